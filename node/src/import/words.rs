//! What officers are told of a file beside its rows.

use std::collections::BTreeMap;
use std::fmt::Display;

use keng_domain::text::{Encoding, Legacy};
use keng_domain::unit::UnitCode;

use super::header::Header;
use super::layout::Layout;
use super::rows::RowReader;
use super::titles::Column;
use super::units::Units;
use super::{PointRow, RowName};

/// The key `encoding` of the command's answer.
#[must_use]
pub fn encoding_code(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Unicode => "unicode",
        Encoding::Legacy(Legacy::Tcvn3) | Encoding::Partly(Legacy::Tcvn3) => "tcvn3",
        Encoding::Legacy(Legacy::Vni) | Encoding::Partly(Legacy::Vni) => "vni",
        Encoding::Legacy(Legacy::Cp1258) | Encoding::Partly(Legacy::Cp1258) => "windows-1258",
        Encoding::Undecided => "undecided",
    }
}

/// What became of the encoding, for the officer; `None` where nothing did.
#[must_use]
pub fn encoding_notice(encoding: Encoding) -> Option<String> {
    let name = |legacy| match legacy {
        Legacy::Tcvn3 => "TCVN3 (ABC)",
        Legacy::Vni => "VNI-Windows",
        Legacy::Cp1258 => "Windows-1258",
    };
    match encoding {
        Encoding::Unicode => None,
        Encoding::Legacy(legacy) => Some(format!("Tệp dùng bảng mã {}; đã chuyển sang Unicode.", name(legacy))),
        Encoding::Partly(legacy) => Some(format!(
            "Một phần tệp dùng bảng mã {}; phần ấy đã chuyển sang Unicode, phần còn lại giữ nguyên.",
            name(legacy)
        )),
        Encoding::Undecided => Some(
            "Một số chữ có thể thuộc bảng mã cũ nhưng không đủ căn cứ để biết là bảng mã nào; đã giữ nguyên. \
             Hãy kiểm tra lại các chữ có dấu."
                .to_owned(),
        ),
    }
}

/// That columns were read as an officer said of an earlier file; `None` where nothing was said, or
/// just now.
#[must_use]
pub fn layout_notice(layout: Option<&Layout>) -> Option<String> {
    let layout = layout.filter(|l| !l.is_given)?;
    Some(format!("Các cột được đọc theo lần chỉ cột trước đây: {}.", layout.mapping))
}

/// The encoding of two sheets together.
pub(super) fn encoding_of_both(one: Encoding, other: Encoding) -> Encoding {
    match (one, other) {
        (one, other) if one == other => one,
        (Encoding::Legacy(legacy) | Encoding::Partly(legacy), _)
        | (_, Encoding::Legacy(legacy) | Encoding::Partly(legacy)) => Encoding::Partly(legacy),
        _ => Encoding::Undecided,
    }
}

/// That something stands in `columns` of a sheet that an import does not read; `None` where there are none.
/// Its name is told where it is not the only one.
pub(super) fn unread_notice(columns: &[String], sheet: &str, is_one: bool) -> Option<String> {
    let named = columns.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    let more = match columns.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        n => format!(" và {n} cột khác"),
    };
    let (cell, sheet) = if is_one { ("Cột", String::new()) } else { ("cột", format!("Trang “{sheet}”: ")) };
    (!columns.is_empty()).then(|| format!("{sheet}{cell} {named}{more} không được đọc; cần thì chỉ rõ đó là cột nào."))
}

/// That `rows` of another sheet were not read, and why.
pub(super) fn unread_sheet_notice(sheet: &str, rows: usize, why: &str) -> String {
    format!("Trang “{sheet}” cũng là danh sách ({rows} dòng), chưa đọc: {why}.")
}

/// That the name of a sheet says of which unit its rows are; `None` where a column does.
pub(super) fn sheet_unit_notice(header: &Header, units: &Units<'_>) -> Option<String> {
    let unit = header.unit.as_ref().filter(|_| header.position(Column::Unit).is_none())?;
    let (sheet, unit) = (&header.sheet, units.name(&unit.code));
    Some(format!("Trang “{sheet}” không có cột xã; các dòng của trang được ghi vào {unit}."))
}

/// That rows which name no commune were taken for that of the heading above them; `None` where there are none.
pub(super) fn section_notice(reader: &RowReader<'_>, rows: &[u32], units: &Units<'_>) -> Option<String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for found in rows.iter().filter_map(|row| reader.unit_above(*row)) {
        let name = found.former.as_ref().map_or_else(|| units.name(&found.code), |former| former.name.clone());
        *taken.entry(name).or_default() += 1;
    }
    let all: usize = taken.values().sum();
    let each: Vec<String> = taken.iter().take(NAMED_MAX).map(|(name, n)| format!("{name} ({n})")).collect();
    let more = if taken.len() > NAMED_MAX { ", …" } else { "" };
    (all > 0)
        .then(|| format!("{all} dòng không ghi xã được lấy theo dòng tiêu đề phía trên: {}{more}.", each.join(", ")))
}

/// That rows name units that went into others, and where they come in; `None` where none does.
pub(super) fn former_notice(rows: &[PointRow], units: &Units<'_>) -> Option<String> {
    let mut by_name: BTreeMap<(&str, &UnitCode), usize> = BTreeMap::new();
    for row in rows {
        if let Some(former) = &row.former {
            *by_name.entry((&former.name, &row.unit)).or_default() += 1;
        }
    }
    let named = by_name.iter().map(|((name, into), rows)| format!("{name} → {} ({rows} dòng)", units.name(into)));
    let named: Vec<String> = named.collect();
    (!named.is_empty())
        .then(|| format!("Các dòng ghi tên đơn vị cũ được nhập vào đơn vị nay là: {}.", named.join("; ")))
}

/// Rows that a notice names; the rest are counted.
const NAMED_MAX: usize = 20;

/// `7, 9`, and how many more there are than a sentence holds.
#[must_use]
pub fn rows_named<R: Display>(rows: &[R]) -> String {
    let named: Vec<String> = rows.iter().take(NAMED_MAX).map(R::to_string).collect();
    let more = match rows.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        n => format!(" và {n} dòng khác"),
    };
    format!("{}{more}", named.join(", "))
}

/// That points are in whose decision is dated ahead (R2): `rows` are theirs, as Excel shows them; `None`
/// where there are none.
#[must_use]
pub fn ahead_notice<R: Display>(points: usize, rows: &[R]) -> Option<String> {
    (points > 0)
        .then(|| format!("{points} điểm có ngày quyết định chưa tới; chưa được tính (R2): dòng {}.", rows_named(rows)))
}

/// That new names of a file are like each other, as `pairs` say; `None` where there are none.
#[must_use]
pub fn alike_notice(pairs: &[String]) -> Option<String> {
    let named: Vec<&str> = pairs.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = match pairs.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        n => format!("; và {n} cặp khác"),
    };
    (!pairs.is_empty()).then(|| {
        format!(
            "Tên mới gần giống nhau trong tệp, được ghi riêng; nếu là một thì hoàn tác, sửa cho cùng tên rồi nhập lại: {}{more}.",
            named.join("; ")
        )
    })
}

/// That points stand in several rows each, which say the same of them; `None` where there are none.
#[must_use]
pub fn same_notice(points: &[&[RowName]]) -> Option<String> {
    let named: Vec<String> = points.iter().take(NAMED_MAX).map(|rows| format!("dòng {}", rows_named(rows))).collect();
    let more = match points.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        n => format!("; và {n} điểm khác"),
    };
    (!points.is_empty()).then(|| {
        let (points, rows) = (points.len(), named.join("; "));
        format!("{points} điểm được ghi ở nhiều dòng giống nhau, mỗi điểm chỉ tính một lần: {rows}{more}.")
    })
}

#[cfg(test)]
mod tests {
    use super::ahead_notice;

    #[test]
    fn rows_dated_ahead_are_named_up_to_a_bound() {
        assert_eq!(ahead_notice::<u32>(0, &[]), None);
        assert_eq!(
            ahead_notice(2, &[7, 9]).as_deref(),
            Some("2 điểm có ngày quyết định chưa tới; chưa được tính (R2): dòng 7, 9.")
        );
        let rows: Vec<u32> = (7..500).collect();
        assert!(ahead_notice(493, &rows).is_some_and(|told| told.ends_with("25, 26 và 473 dòng khác.")));
    }
}
