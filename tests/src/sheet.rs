//! Spreadsheets as units send them, written by rule.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Result, ensure};
use rust_xlsxwriter::{Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// One point of a list.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Name of the model.
    pub model: &'a str,
    /// The commune.
    pub commune: &'a str,
    /// Hamlet, school, office.
    pub place: &'a str,
    /// Date of the decision, `dd/mm/yyyy`; empty for a spontaneous point.
    pub decided: &'a str,
    /// Teams.
    pub teams: u32,
    /// Members.
    pub members: u32,
    /// The rating, in words; empty where there is none.
    pub rating: &'a str,
}

/// Writes the list of a unit for a year.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, unit: &str, year: i32, rows: &[Row<'_>]) -> Result<()> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, unit.to_uppercase())?;
    sheet.write(2, 0, format!("DANH SÁCH MÔ HÌNH, ĐIỂM MÔ HÌNH NĂM {year}"))?;
    let rating = format!("Xếp loại năm {year}");
    let titles = [
        "TT",
        "Tên mô hình",
        "Xã, phường, thị trấn",
        "Địa bàn, đơn vị",
        "Số quyết định",
        "Ngày quyết định",
        "Số tổ",
        "Số thành viên",
        &rating,
        "Trạng thái",
    ];
    for (column, title) in (0u16..).zip(titles) {
        sheet.write(4, column, title)?;
    }
    for (n, row) in (1u32..).zip(rows) {
        write_row(sheet, n, row)?;
    }
    book.save(path)?;
    Ok(())
}

fn write_row(sheet: &mut Worksheet, n: u32, row: &Row<'_>) -> Result<()> {
    let line = 4 + n;
    sheet.write(line, 0, n)?;
    sheet.write(line, 1, row.model)?;
    sheet.write(line, 2, row.commune)?;
    sheet.write(line, 3, row.place)?;
    if !row.decided.is_empty() {
        sheet.write(line, 4, format!("{n}/QĐ-UBND"))?;
        sheet.write(line, 5, row.decided)?;
    }
    sheet.write(line, 6, row.teams)?;
    sheet.write(line, 7, row.members)?;
    sheet.write(line, 8, row.rating)?;
    sheet.write(line, 9, "Đang hoạt động")?;
    Ok(())
}

/// Writes the workbook `from` to `to` with one of its defined names called otherwise: a template that lacks it.
///
/// # Errors
/// For what is no workbook, or has no such name.
pub fn without_name(from: &Path, to: &Path, name: &str) -> Result<()> {
    let mut book = ZipArchive::new(File::open(from)?)?;
    let mut other = ZipWriter::new(File::create(to)?);
    for i in 0..book.len() {
        let mut part = book.by_index(i)?;
        let (path, mut bytes) = (part.name()?.into_owned(), Vec::new());
        part.read_to_end(&mut bytes)?;
        if path == "xl/workbook.xml" {
            let xml = String::from_utf8(bytes)?;
            let renamed = xml.replace(&format!("\"{name}\""), "\"ten_khac\"");
            ensure!(renamed != xml, "{} has no name {name}", from.display());
            bytes = renamed.into_bytes();
        }
        other.start_file(path, SimpleFileOptions::default())?;
        other.write_all(&bytes)?;
    }
    other.finish()?;
    Ok(())
}
