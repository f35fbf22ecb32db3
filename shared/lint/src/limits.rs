//! What a file may cost. A report with all annexes of a province is a hundredth of this.

/// Largest file, bytes.
pub const FILE_BYTES_MAX: usize = 32 << 20;
/// Most that all parts of a file together may unpack to, bytes.
pub const UNPACKED_BYTES_MAX: u64 = 64 << 20;
/// Most parts of a DOCX, and most streams of a PDF.
pub const PARTS_MAX: usize = 20_000;
/// Most nodes of one XML part.
pub const XML_NODES_MAX: u32 = 2_000_000;
/// Deepest nesting of tables and of styles that is followed.
pub const DEPTH_MAX: usize = 32;
/// Most pages of a PDF.
pub const PAGES_MAX: usize = 2_000;
/// Most letters of a PDF.
pub const GLYPHS_MAX: usize = 4_000_000;
/// Most strokes on one page of a PDF that are looked at.
pub const STROKES_MAX: usize = 20_000;
/// Most findings that are told: a person mends these and asks again.
pub const FINDINGS_MAX: usize = 500;
