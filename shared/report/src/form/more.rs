//! Single figures that a template may have and need not: what the movement brought in the year (section III of the
//! report) and the period before (section I.5). A template that was adopted before they were known stays whole.

use keng_domain::figures::Figures;
use keng_domain::text::date_dmy;

use super::names::Single;
use crate::compose::comparison;
use crate::document::Cell;

/// All of them, in the order of the report.
pub(super) const MORE: &[Single] = &[
    ("keng_truoc_ky", "Kỳ trước: tên kỳ", |f| Cell::text(&f.previous.title)),
    ("keng_truoc_ngay_chot", "Kỳ trước: ngày chốt", |f| Cell::text(date_dmy(f.previous.cut_off))),
    ("keng_truoc_mo_hinh", "Kỳ trước: số mô hình", |f| compared(f, 0, BEFORE)),
    ("keng_truoc_diem", "Kỳ trước: số điểm", |f| compared(f, 1, BEFORE)),
    ("keng_truoc_to", "Kỳ trước: số tổ (theo số hiện nay của từng điểm)", |f| {
        compared(f, 2, BEFORE)
    }),
    ("keng_truoc_hieu_qua", "Kỳ trước: số mô hình hiệu quả", |f| compared(f, 3, BEFORE)),
    ("keng_nay_hieu_qua", "Kỳ này: số mô hình hiệu quả để so với kỳ trước", |f| {
        compared(f, 3, NOW)
    }),
    ("keng_tang_mo_hinh", "Tăng, giảm so với kỳ trước: số mô hình", |f| compared(f, 0, CHANGE)),
    ("keng_tang_diem", "Tăng, giảm so với kỳ trước: số điểm", |f| compared(f, 1, CHANGE)),
    ("keng_tang_to", "Tăng, giảm so với kỳ trước: số tổ", |f| compared(f, 2, CHANGE)),
    ("keng_tang_hieu_qua", "Tăng, giảm so với kỳ trước: số mô hình hiệu quả", |f| {
        compared(f, 3, CHANGE)
    }),
    ("keng_phong_trao_nam", "Phong trào: năm của kết quả", |f| Cell::text(f.movement.year.to_string())),
    ("keng_an_toan_noi", "An toàn về ANTT (TT 124): số nơi được theo dõi", |f| {
        f.movement.safety_in_all().places.into()
    }),
    ("keng_an_toan_dang_ky", "An toàn về ANTT (TT 124): số nơi đã đăng ký", |f| {
        f.movement.safety_in_all().registered.into()
    }),
    ("keng_an_toan_cong_nhan", "An toàn về ANTT (TT 124): số nơi được công nhận", |f| {
        f.movement.safety_in_all().recognised.into()
    }),
    ("keng_an_toan_khong_cong_nhan", "An toàn về ANTT (TT 124): số nơi không được công nhận", |f| {
        f.movement.safety_in_all().not_recognised.into()
    }),
    ("keng_an_toan_chua_quyet_dinh", "An toàn về ANTT (TT 124): số nơi chưa có quyết định", |f| {
        f.movement.safety_in_all().undecided().into()
    }),
    ("keng_cham_diem_noi", "Chấm điểm phong trào (QĐ 510): số nơi được chấm điểm", |f| {
        f.movement.scored().into()
    }),
    ("keng_cham_diem_da_phan_loai", "Chấm điểm phong trào (QĐ 510): số nơi đã phân loại", |f| {
        (f.movement.scored() - f.movement.unclassified()).into()
    }),
    ("keng_cham_diem_chua_phan_loai", "Chấm điểm phong trào (QĐ 510): số nơi chưa phân loại", |f| {
        f.movement.unclassified().into()
    }),
    (
        "keng_dien_hinh_thieu_ngay",
        "Số điển hình chưa ghi ngày quyết định, không tính vào kỳ nào",
        |f| f.movement.exemplars_without_date.into(),
    ),
    ("keng_de_xuat_luot", "Số lượt mô hình được đề xuất thông báo", |f| {
        f.movement.nominated().into()
    }),
];

/// Columns of the report's comparison.
const BEFORE: usize = 1;
const NOW: usize = 2;
const CHANGE: usize = 3;

/// A cell of the report's comparison.
fn compared(figures: &Figures, row: usize, column: usize) -> Cell {
    let cells = &comparison(figures)[row].cells;
    cells.get(column).cloned().unwrap_or_else(Cell::blank)
}
