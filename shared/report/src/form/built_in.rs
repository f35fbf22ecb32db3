//! The template that goes with the program: all names that exist, laid out as the annexes of the report.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::names::{Kind, Level, Name, names};
use super::reference::letters;
use crate::ReportError;
use crate::document::{Align, Column};
use crate::page;
use crate::xlsx::sheet::{boxed, font, height, put, put_across, set_page};

/// The sheet of the single figures.
const FIGURES: &str = "Tổng hợp";
/// The sheet that explains the names; nothing of it is filled.
const GUIDE: &str = "Tên ô";
/// Widths of what a single figure is, and of the figure, in characters.
const FIGURE_WIDTHS: [f64; 2] = [58.0, 30.0];
/// Characters in a row of a page on its side.
const WIDE_CHARS: f64 = 135.0;
/// Where the tables begin, counted from 0: title, period, empty line, heading.
const FIRST_ROW: u32 = 5;

/// Writes the template for the levels of a rule pack. Equal levels give equal bytes.
///
/// # Errors
/// Whatever the writer says; with names that Excel takes it has nothing to say.
pub fn built_in(levels: &[Level]) -> Result<Vec<u8>, ReportError> {
    let all = names(levels);
    let mut book = Workbook::new();
    let noon = ExcelDateTime::from_ymd(2022, 12, 16)?.and_hms(12, 0, 0)?;
    book.set_properties(
        &DocProperties::new().set_title("Mẫu thống kê").set_author("Kẻng").set_creation_datetime(&noon),
    );
    let mut places = Vec::new();
    figures(book.add_worksheet(), &all, &mut places)?;
    for kind in Kind::ALL {
        let columns: Vec<&Name> = all.iter().filter(|n| n.table == Some(kind)).collect();
        table(book.add_worksheet(), kind, &columns, levels, &mut places)?;
    }
    guide(book.add_worksheet(), &all)?;
    for (name, place) in places {
        book.define_name(name, &format!("={place}"))?;
    }
    Ok(book.save_to_buffer()?)
}

type Places = Vec<(String, String)>;

fn place(sheet: &str, row: u32, column: u16) -> String {
    format!("'{sheet}'!${}${}", letters(u32::from(column) + 1), row + 1)
}

/// Every single figure with what it is.
fn figures(sheet: &mut Worksheet, all: &[Name], places: &mut Places) -> Result<(), XlsxError> {
    sheet.set_name(FIGURES)?;
    set_page(sheet, false)?;
    sheet.set_column_width(0, FIGURE_WIDTHS[0])?.set_column_width(1, FIGURE_WIDTHS[1])?;
    let centred = font(page::HEAD_PT).set_bold().set_align(FormatAlign::Center).set_text_wrap();
    put_across(sheet, 0, (0, 1), "THỐNG KÊ MÔ HÌNH, ĐIỂN HÌNH TIÊN TIẾN TRONG PHONG TRÀO", &centred)?;
    put_across(sheet, 1, (0, 1), "TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC", &centred)?;
    let (label, value) = (boxed(page::TABLE_PT), boxed(page::TABLE_PT).set_num_format("#,##0"));
    for (row, name) in (3..).zip(all.iter().filter(|n| n.table.is_none())) {
        sheet.set_row_height(row, height([(name.meaning.as_str(), FIGURE_WIDTHS[0])], page::TABLE_PT))?;
        put(sheet, row, 0, &name.meaning, &label)?;
        sheet.write_blank(row, 1, &value)?;
        places.push((name.name.clone(), place(FIGURES, row, 1)));
    }
    Ok(())
}

/// A table: title, period, heading, the row that is filled, and the row of sums.
fn table(
    sheet: &mut Worksheet,
    kind: Kind,
    columns: &[&Name],
    levels: &[Level],
    places: &mut Places,
) -> Result<(), XlsxError> {
    let (name, title) = match kind {
        Kind::Models => ("Mô hình", "THỐNG KÊ MÔ HÌNH"),
        Kind::Exemplars => ("Điển hình tiên tiến", "THỐNG KÊ ĐIỂN HÌNH TIÊN TIẾN"),
        Kind::Units => ("Đơn vị", "THỐNG KÊ THEO ĐƠN VỊ"),
        Kind::Points => ("Danh sách điểm", "DANH SÁCH ĐIỂM MÔ HÌNH"),
        Kind::Movement => ("Phong trào", "KẾT QUẢ CÔNG TÁC XÂY DỰNG PHONG TRÀO"),
    };
    let headings = super::values::headings(kind, levels);
    sheet.set_name(name)?;
    set_page(sheet, true)?;
    let whole: u32 = headings.iter().map(|c| c.share).sum();
    let widths: Vec<f64> = headings.iter().map(|c| WIDE_CHARS * f64::from(c.share) / f64::from(whole.max(1))).collect();
    for (at, width) in (0..).zip(&widths) {
        sheet.set_column_width(at, *width)?;
    }
    let last = u16::try_from(headings.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let centred = font(page::HEAD_PT).set_bold().set_align(FormatAlign::Center);
    put_across(sheet, 0, (0, last), title, &centred)?;
    // The name stands in one cell; elsewhere a formula says it again.
    put_across(sheet, 1, (0, last), "", &centred)?;
    sheet.write_formula_with_format(1, 0, "=keng_ky", &centred)?;
    let titles = headings.iter().map(|c| c.title.as_str()).zip(widths.iter().copied());
    sheet.set_row_height(FIRST_ROW - 1, height(titles, page::ANNEX_TABLE_PT))?;
    let heading = boxed(page::ANNEX_TABLE_PT).set_bold().set_align(FormatAlign::Center);
    for (at, column) in (0..).zip(&headings) {
        put(sheet, FIRST_ROW - 1, at, &column.title, &heading)?;
        sheet.write_blank(FIRST_ROW, at, &aligned(column))?;
    }
    for (at, column) in (0..).zip(columns) {
        places.push((column.name.clone(), place(name, FIRST_ROW, at)));
    }
    sheet.set_repeat_rows(FIRST_ROW - 1, FIRST_ROW - 1)?;
    // Neither has a sum: the one counts by its last row, the other counts different things.
    if matches!(kind, Kind::Exemplars | Kind::Movement) {
        return Ok(());
    }
    let sum = boxed(page::ANNEX_TABLE_PT).set_bold().set_align(FormatAlign::Center).set_num_format("#,##0");
    for (at, column) in (0..).zip(columns) {
        sheet.write_blank(FIRST_ROW + 1, at, &sum)?;
        if let Some(total) = total_of(&column.name) {
            sheet.write_formula_with_format(FIRST_ROW + 1, at, format!("={total}").as_str(), &sum)?;
        }
    }
    put(sheet, FIRST_ROW + 1, 1, "Tổng số", &sum)
}

/// The single figure that is the sum of a column. Not reckoned from the rows: a model that several units
/// share is one model of the province (R20).
fn total_of(column: &str) -> Option<String> {
    let (_, what) = column.strip_prefix("keng_")?.split_once('_')?;
    let total = match what {
        "mo_hinh" if column.starts_with("keng_dv_") => "keng_tong_mo_hinh",
        "hieu_qua" if column.starts_with("keng_dv_") => "keng_tong_diem_hieu_qua",
        "diem" => "keng_tong_diem",
        "to" => "keng_tong_to",
        "thanh_vien" => "keng_tong_thanh_vien",
        "diem_moi" => "keng_tong_diem_moi",
        "cham_dut" => "keng_tong_cham_dut",
        "chua_danh_gia" => "keng_tong_chua_danh_gia",
        level if level.starts_with("muc_") => return Some(format!("keng_tong_{level}")),
        _ => return None,
    };
    Some(total.to_owned())
}

fn aligned(column: &Column) -> Format {
    boxed(page::ANNEX_TABLE_PT)
        .set_align(match column.align {
            Align::Left => FormatAlign::Left,
            Align::Center => FormatAlign::Center,
        })
        .set_num_format("#,##0")
}

/// What each name means, beside the form.
fn guide(sheet: &mut Worksheet, all: &[Name]) -> Result<(), XlsxError> {
    sheet.set_name(GUIDE)?;
    sheet.set_column_width(0, 32)?.set_column_width(1, 90)?;
    let wrapped = font(page::TABLE_PT).set_text_wrap();
    for (row, line) in (0..).zip([
        "Ô mang tên (thẻ Công thức, Trình quản lý tên) thì được điền khi lập báo cáo; mọi ô khác giữ nguyên.",
        "Cột của một bảng đặt tên ở dòng đầu của bảng; các dòng sau được thêm vào dưới dòng ấy, phần bên dưới lùi xuống.",
        "Số liệu mà biểu không in thì đặt tên ở một trang tính ẩn; cột không in thì ẩn cột. Tên không bắt buộc có thể bỏ; bảng không bắt buộc thì bỏ cả bảng.",
    ]) {
        put_across(sheet, row, (0, 1), line, &wrapped)?;
    }
    let heading = boxed(page::TABLE_PT).set_bold();
    put(sheet, 4, 0, "Tên", &heading)?;
    put(sheet, 4, 1, "Được điền", &heading)?;
    for (row, name) in (5..).zip(all) {
        put(sheet, row, 0, &name.name, &boxed(page::TABLE_PT))?;
        let remark = if name.optional { " (không bắt buộc)" } else { "" };
        put(sheet, row, 1, &format!("{}{remark}", name.meaning), &boxed(page::TABLE_PT))?;
    }
    Ok(())
}
