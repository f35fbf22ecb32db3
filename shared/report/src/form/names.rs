//! The one table of names: name → meaning for officers → which figure.

use keng_domain::explanation::Verdict;
use keng_domain::figures::Figures;
use keng_domain::text::date_dmy;

use super::more::MORE;
use crate::compose::cut_sentence;
use crate::document::Cell;

/// What every name of the program begins with. Excel does not tell capitals in names from small letters.
pub const PREFIX: &str = "keng_";

/// A level of the rule pack: code and label.
pub type Level = (String, String);

/// A name that a template may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As in Excel's name manager: letters, digits and underscores.
    pub name: String,
    /// What goes into its cell, in Vietnamese.
    pub meaning: String,
    /// To which table it belongs; `None`: a single figure.
    pub table: Option<Kind>,
    /// Whether a template may do without it: a single figure alone, a column with its whole table.
    pub optional: bool,
}

/// The tables of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A row for each model.
    Models,
    /// A row for each exemplar.
    Exemplars,
    /// A row for each unit.
    Units,
    /// A row for each counted point. As long as the province: a form may do without, or have all of it.
    Points,
    /// A row for each count of the movement (section III of the report).
    Movement,
}

impl Kind {
    /// All tables, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Models, Self::Exemplars, Self::Units, Self::Points, Self::Movement];

    /// Whether a form may leave the whole table out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Points | Self::Movement)
    }
}

/// Name, meaning, figure.
pub(super) type Single = (&'static str, &'static str, fn(&Figures) -> Cell);

/// Single figures. The sums of the levels follow in [`names`], for the rule pack says which there are.
pub(super) const SINGLES: &[Single] = &[
    ("keng_tinh", "Tên tỉnh, thành phố", |f| Cell::text(&f.province.name)),
    ("keng_ky", "Kỳ báo cáo", |f| Cell::text(&f.title)),
    ("keng_tu_ngay", "Ngày đầu của kỳ", |f| Cell::text(date_dmy(f.from))),
    ("keng_ngay_chot", "Ngày chốt số liệu", |f| Cell::text(date_dmy(f.cut.cut_off))),
    ("keng_diem_chot", "Điểm chốt: ngày, mục của sổ cái, bộ quy tắc", |f| {
        Cell::text(cut_sentence(&f.cut))
    }),
    ("keng_bo_quy_tac", "Mã bộ quy tắc", |f| Cell::text(&f.cut.rule_pack)),
    ("keng_tong_mo_hinh", "Tổng số mô hình (mô hình chung của nhiều đơn vị tính một lần)", |f| {
        f.totals.models.into()
    }),
    ("keng_tong_diem", "Tổng số điểm", |f| f.totals.points.into()),
    ("keng_tong_to", "Tổng số tổ", |f| f.totals.teams.into()),
    ("keng_tong_thanh_vien", "Tổng số thành viên", |f| f.totals.members.into()),
    ("keng_tong_diem_moi", "Số điểm mới trong kỳ", |f| f.totals.new_points.into()),
    ("keng_tong_cham_dut", "Số điểm chấm dứt trong kỳ", |f| f.totals.ended.into()),
    ("keng_tong_tu_phat", "Số điểm tự phát chờ công nhận (không tính vào tổng)", |f| {
        f.totals.spontaneous_pending.into()
    }),
    ("keng_mo_hinh_hieu_qua", "Số mô hình hiệu quả", |f| f.totals.effective_models.into()),
    ("keng_mo_hinh_chua_hieu_qua", "Số mô hình chưa hiệu quả", |f| f.totals.not_effective_models.into()),
    ("keng_mo_hinh_chua_du_can_cu", "Số mô hình chưa đủ căn cứ kết luận", |f| {
        f.totals.undetermined_models.into()
    }),
    ("keng_mo_hinh_chua_danh_gia", "Số mô hình chưa có điểm đủ thời gian để đánh giá", |f| {
        f.totals.not_rated_models.into()
    }),
    ("keng_tong_diem_hieu_qua", "Số điểm được xếp loại ở mức hiệu quả", |f| {
        f.models.iter().map(|m| u64::from(m.effective)).sum::<u64>().into()
    }),
    ("keng_tong_chua_danh_gia", "Số điểm đủ thời gian mà chưa đánh giá", |f| {
        f.models.iter().map(crate::compose::unrated_points).sum::<u64>().into()
    }),
    ("keng_tong_dien_hinh", "Số điển hình tiên tiến được công nhận trong kỳ", |f| {
        (f.exemplars.len() as u64).into()
    }),
    ("keng_so_don_vi", "Số đơn vị báo cáo về tỉnh", |f| (f.units.len() as u64).into()),
    ("keng_don_vi_thieu", "Số đơn vị chưa gửi số liệu", |f| (f.missing_units.len() as u64).into()),
    ("keng_ten_don_vi_thieu", "Tên các đơn vị chưa gửi số liệu", |f| {
        Cell::text(f.missing_units.iter().map(|u| u.name.as_str()).collect::<Vec<_>>().join("; "))
    }),
    ("keng_so_xung_dot", "Số xung đột chưa chọn khi lập báo cáo", |f| (f.contests.len() as u64).into()),
];

/// The columns of a table, in the order of the cells of its rows: name, meaning. Where [`LEVELS`] stands,
/// each level of the rule pack has a column.
type Columns = &'static [(&'static str, &'static str)];

const LEVELS: &str = "keng_mh_muc_";
/// Sums of the levels over the province.
const LEVEL_SUMS: &str = "keng_tong_muc_";

const MODELS: Columns = &[
    ("keng_mh_tt", "Số thứ tự của mô hình"),
    ("keng_mh_ten", "Tên mô hình"),
    ("keng_mh_linh_vuc", "Lĩnh vực"),
    ("keng_mh_chu_tri", "Đơn vị chủ trì"),
    ("keng_mh_nam", "Năm xây dựng (số quyết định)"),
    ("keng_mh_diem", "Số điểm của mô hình"),
    ("keng_mh_to", "Số tổ của mô hình"),
    ("keng_mh_thanh_vien", "Số thành viên của mô hình"),
    (LEVELS, "Số điểm xếp loại"),
    ("keng_mh_chua_danh_gia", "Số điểm của mô hình chưa đánh giá"),
    ("keng_mh_hieu_qua", "Mô hình hiệu quả: Có, Không, Chưa đủ căn cứ"),
    ("keng_mh_diem_moi", "Số điểm mới của mô hình trong kỳ"),
    ("keng_mh_cham_dut", "Số điểm của mô hình chấm dứt trong kỳ"),
    ("keng_mh_ghi_chu", "Ghi chú"),
];

const EXEMPLARS: Columns = &[
    ("keng_dh_tt", "Số thứ tự của điển hình tiên tiến"),
    ("keng_dh_ten", "Họ tên, đơn vị điển hình"),
    ("keng_dh_dia_chi", "Địa chỉ"),
    ("keng_dh_thanh_tich", "Thành tích"),
    ("keng_dh_quyet_dinh", "Quyết định công nhận"),
    ("keng_dh_hinh_thuc", "Hình thức khen"),
];

const UNITS: Columns = &[
    ("keng_dv_tt", "Số thứ tự của đơn vị"),
    ("keng_dv_ten", "Tên đơn vị"),
    ("keng_dv_mo_hinh", "Số mô hình của đơn vị"),
    ("keng_dv_diem", "Số điểm của đơn vị"),
    ("keng_dv_to", "Số tổ của đơn vị"),
    ("keng_dv_thanh_vien", "Số thành viên của đơn vị"),
    ("keng_dv_hieu_qua", "Số điểm hiệu quả của đơn vị"),
    ("keng_dv_diem_moi", "Số điểm mới của đơn vị trong kỳ"),
    ("keng_dv_cham_dut", "Số điểm của đơn vị chấm dứt trong kỳ"),
    ("keng_dv_nhan_den", "Nhận số liệu của đơn vị đến lúc nào"),
    ("keng_dv_bao_cao", "Báo cáo của đơn vị: đã trình chưa, đúng hạn không"),
];

const POINTS: Columns = &[
    ("keng_ds_tt", "Danh sách điểm: số thứ tự"),
    ("keng_ds_mo_hinh", "Danh sách điểm: tên mô hình"),
    ("keng_ds_don_vi", "Danh sách điểm: đơn vị báo cáo về tỉnh"),
    ("keng_ds_xa", "Danh sách điểm: xã, phường, thị trấn"),
    ("keng_ds_dia_ban", "Danh sách điểm: địa bàn"),
    ("keng_ds_quyet_dinh", "Danh sách điểm: số quyết định"),
    ("keng_ds_ngay", "Danh sách điểm: ngày quyết định"),
    ("keng_ds_to", "Danh sách điểm: số tổ"),
    ("keng_ds_thanh_vien", "Danh sách điểm: số thành viên"),
    ("keng_ds_xep_loai", "Danh sách điểm: xếp loại của năm"),
];

const MOVEMENT: Columns = &[
    ("keng_pt_noi_dung", "Kết quả phong trào: nội dung (TT 124, QĐ 510, điển hình, đề xuất)"),
    ("keng_pt_doi_tuong", "Kết quả phong trào: đối tượng"),
    ("keng_pt_ket_qua", "Kết quả phong trào: kết quả"),
    ("keng_pt_so_luong", "Kết quả phong trào: số lượng"),
];

/// All names that exist with these levels: the single figures, then the columns table by table, in the
/// order of the cells of a row.
#[must_use]
pub fn names(levels: &[Level]) -> Vec<Name> {
    let name = |name: &str, meaning: &str, table: Option<Kind>| Name {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        table,
        optional: table.is_some_and(Kind::is_optional),
    };
    let mut all: Vec<Name> = SINGLES.iter().map(|(n, meaning, _)| name(n, meaning, None)).collect();
    all.extend(
        levels.iter().map(|(code, label)| {
            name(&level_name(LEVEL_SUMS, code), &format!("Tổng số điểm xếp loại “{label}”"), None)
        }),
    );
    all.extend(MORE.iter().map(|(n, meaning, _)| Name { optional: true, ..name(n, meaning, None) }));
    for kind in Kind::ALL {
        for (column, meaning) in columns(kind) {
            if *column == LEVELS {
                all.extend(levels.iter().map(|(code, label)| {
                    name(&level_name(LEVELS, code), &format!("{meaning} “{label}” của mô hình"), Some(kind))
                }));
            } else {
                all.push(name(column, meaning, Some(kind)));
            }
        }
    }
    all
}

/// The single figures by name.
pub(super) fn singles(figures: &Figures) -> Vec<(String, Cell)> {
    let mut all: Vec<(String, Cell)> =
        SINGLES.iter().chain(MORE).map(|(name, _, figure)| ((*name).to_owned(), figure(figures))).collect();
    all.extend(figures.levels.iter().map(|(code, _)| {
        let at_level = figures.models.iter().filter_map(|m| m.by_level.get(code));
        (level_name(LEVEL_SUMS, code), at_level.map(|n| u64::from(*n)).sum::<u64>().into())
    }));
    all
}

fn columns(kind: Kind) -> Columns {
    match kind {
        Kind::Models => MODELS,
        Kind::Exemplars => EXEMPLARS,
        Kind::Units => UNITS,
        Kind::Points => POINTS,
        Kind::Movement => MOVEMENT,
    }
}

/// Codes of levels are words of the province; a name in Excel has letters, digits and underscores.
fn level_name(before: &str, code: &str) -> String {
    let word = code.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    before.chars().chain(word).collect()
}

/// The four verdicts each have a single figure: a fifth would have none.
const _: fn(Verdict) = |verdict| match verdict {
    Verdict::Effective | Verdict::NotEffective | Verdict::Undetermined | Verdict::NotRated => {}
};
