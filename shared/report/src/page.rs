//! The page of decree 30/2020/NĐ-CP, annex I, part I: measures that all formats share. What a
//! format does not find here (rules, gaps) it sets by its own means.

/// Height of an A4 sheet, mm.
pub const HEIGHT_MM: f64 = 297.0;
/// Width of an A4 sheet, mm.
pub const WIDTH_MM: f64 = 210.0;
/// Top margin, mm (20–25 are allowed).
pub const TOP_MM: f64 = 20.0;
/// Bottom margin, mm (20–25).
pub const BOTTOM_MM: f64 = 20.0;
/// Left margin, mm (30–35: the binding).
pub const LEFT_MM: f64 = 30.0;
/// Right margin, mm (15–20).
pub const RIGHT_MM: f64 = 15.0;
/// Width of the text on an upright page, mm.
pub const TEXT_WIDTH_MM: f64 = WIDTH_MM - LEFT_MM - RIGHT_MM;
/// Width of the text on a page that lies on its side (tables only), mm.
pub const WIDE_TEXT_WIDTH_MM: f64 = HEIGHT_MM - LEFT_MM - RIGHT_MM;

/// The font that the decree names. The PDF embeds Tinos, which has the same widths.
pub const FONT: &str = "Times New Roman";
/// The text, pt (13–14).
pub const TEXT_PT: usize = 14;
/// Quốc hiệu and the names of the agencies, the number, the page number, pt.
pub const HEAD_PT: usize = 13;
/// What a letter is about, under its number, pt (12–13).
pub const REGARDING_PT: usize = 12;
/// Tables within the text, pt.
pub const TABLE_PT: usize = 12;
/// Tables of the annexes, pt: seventeen columns on a page on its side.
pub const ANNEX_TABLE_PT: usize = 10;
/// The words "Nơi nhận:", pt, bold italic.
pub const RECIPIENTS_HEAD_PT: usize = 12;
/// The list of recipients, pt.
pub const RECIPIENTS_PT: usize = 11;
/// First-line indent, mm (10 or 12.7).
pub const INDENT_MM: f64 = 12.7;
/// Gap between paragraphs, pt (at least 6).
pub const GAP_PT: usize = 6;
