//! Word: the decree's page with docx-rs, in "Times New Roman".

mod head;
mod pack;
mod table;

use docx_rs::{
    AlignmentType, Docx, Header, LineSpacing, LineSpacingType, PageMargin, PageNum, PageNumType, PageOrientationType,
    PageSize, Paragraph, Run, RunFonts, Section, SpecialIndentType,
};

use crate::ReportError;
use crate::document::{Annex, Block, Document};
use crate::page;

/// Lays the document out and packs it.
pub fn lay_out(document: &Document) -> Result<Vec<u8>, ReportError> {
    let fonts = RunFonts::new().ascii(page::FONT).hi_ansi(page::FONT).east_asia(page::FONT).cs(page::FONT);
    let day = format!("{}T12:00:00Z", document.cut_off.format("%Y-%m-%d"));
    let mut docx = Docx::new()
        .default_fonts(fonts)
        .default_size(half_points(page::TEXT_PT))
        .created_at(&day)
        .updated_at(&day)
        .page_margin(margins())
        .page_num_type(PageNumType::new().start(1))
        .header(page_number())
        .title_pg();
    // What comes last has no section of its own: it ends with the document, whose properties are
    // set here.
    let last = match document.annexes.split_last() {
        None => {
            docx = docx.page_size(twips(page::WIDTH_MM), twips(page::HEIGHT_MM));
            text_parts(document)
        }
        Some((last, others)) => {
            docx = docx.add_section(text_section(document));
            for annex in others {
                docx = docx.add_section(annex_section(annex));
            }
            docx = docx
                .page_size(twips(page::HEIGHT_MM), twips(page::WIDTH_MM))
                .page_orient(PageOrientationType::Landscape);
            annex_parts(last)
        }
    };
    for part in last {
        docx = match part {
            Part::Paragraph(p) => docx.add_paragraph(*p),
            Part::Table(t) => docx.add_table(*t),
        };
    }
    pack::pack(docx)
}

/// A piece of a section.
enum Part {
    Paragraph(Box<Paragraph>),
    Table(Box<docx_rs::Table>),
}

impl From<Paragraph> for Part {
    fn from(p: Paragraph) -> Self {
        Self::Paragraph(Box::new(p))
    }
}

impl From<docx_rs::Table> for Part {
    fn from(t: docx_rs::Table) -> Self {
        Self::Table(Box::new(t))
    }
}

fn text_section(document: &Document) -> Section {
    let upright = PageSize::new().size(twips(page::WIDTH_MM), twips(page::HEIGHT_MM));
    filled(Section::new().page_size(upright), text_parts(document))
}

fn text_parts(document: &Document) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![head::masthead(document).into()];
    parts.extend(head::title(document).into_iter().map(Part::from));
    let last = document.blocks.len().saturating_sub(1);
    for (at, block) in document.blocks.iter().enumerate() {
        parts.push(match block {
            Block::Heading { text } => paragraph(text, Run::bold, Indent::First).keep_next(true).into(),
            // A signature on a page of its own could be put under any other text.
            Block::Paragraph { text } => paragraph(text, |run| run, Indent::First).keep_next(at == last).into(),
            Block::Basis { text } => paragraph(text, Run::italic, Indent::First).into(),
            Block::Item { text } => paragraph(&format!("- {text}"), |run| run, Indent::First).into(),
            Block::Table { table } => table::table(table, page::TEXT_WIDTH_MM, page::TABLE_PT).into(),
        });
        if matches!(block, Block::Table { .. }) {
            parts.push(gap(page::GAP_PT).into());
        }
    }
    parts.push(head::closing(document).into());
    parts
}

fn annex_section(annex: &Annex) -> Section {
    let size = PageSize::new().size(twips(page::HEIGHT_MM), twips(page::WIDTH_MM));
    filled(Section::new().page_size(size).page_orient(PageOrientationType::Landscape), annex_parts(annex))
}

/// Margins, page numbers from 1, and the contents. The first page has a header of its own
/// (`title_pg`) that no section gives, so that it stays empty.
fn filled(section: Section, parts: Vec<Part>) -> Section {
    let section =
        section.page_margin(margins()).page_num_type(PageNumType::new().start(1)).header(page_number()).title_pg();
    parts.into_iter().fold(section, |section, part| match part {
        Part::Paragraph(p) => section.add_paragraph(*p),
        Part::Table(t) => section.add_table(*t),
    })
}

fn annex_parts(annex: &Annex) -> Vec<Part> {
    let sized =
        |text: &str, dress: fn(Run) -> Run| centred(dress(Run::new().add_text(text).size(half_points(page::HEAD_PT))));
    vec![
        centred(Run::new().add_text(&annex.label).bold()).into(),
        sized(&annex.title, Run::bold).into(),
        sized(&annex.reference, Run::italic).into(),
        gap(page::GAP_PT).into(),
        table::table(&annex.table, page::WIDE_TEXT_WIDTH_MM, page::ANNEX_TABLE_PT).into(),
        gap(page::GAP_PT).into(),
        Paragraph::new()
            .add_run(Run::new().add_text(&annex.note).italic().size(half_points(page::RECIPIENTS_PT)))
            .into(),
    ]
}

/// Where the first line of a paragraph begins.
#[derive(Clone, Copy)]
enum Indent {
    None,
    First,
}

fn paragraph(text: &str, dress: impl Fn(Run) -> Run, indent: Indent) -> Paragraph {
    let p = Paragraph::new()
        .add_run(dress(Run::new().add_text(text)))
        .align(AlignmentType::Both)
        .line_spacing(LineSpacing::new().before(0).after(points(page::GAP_PT)));
    match indent {
        Indent::None => p,
        Indent::First => p.indent(None, Some(SpecialIndentType::FirstLine(signed(twips(page::INDENT_MM)))), None, None),
    }
}

fn centred(run: Run) -> Paragraph {
    Paragraph::new().add_run(run).align(AlignmentType::Center)
}

/// An empty line of this height: Word joins tables that touch each other.
fn gap(height_pt: usize) -> Paragraph {
    let exact = LineSpacing::new().line_rule(LineSpacingType::Exact).line(signed(points(height_pt)));
    Paragraph::new().line_spacing(exact)
}

fn page_number() -> Header {
    let number = Paragraph::new().align(AlignmentType::Center).size(half_points(page::HEAD_PT));
    Header::new().add_paragraph(number.add_page_num(PageNum::new()))
}

fn margins() -> PageMargin {
    PageMargin {
        top: signed(twips(page::TOP_MM)),
        bottom: signed(twips(page::BOTTOM_MM)),
        left: signed(twips(page::LEFT_MM)),
        right: signed(twips(page::RIGHT_MM)),
        header: signed(twips(page::TOP_MM / 2.0)),
        footer: signed(twips(page::BOTTOM_MM / 2.0)),
        gutter: 0,
    }
}

/// A twip is a twentieth of a point.
fn points(pt: usize) -> u32 {
    u32::try_from(pt * 20).unwrap_or(u32::MAX)
}

/// Lengths in twips, rounded up: a margin of 15 mm must not come out below 15.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page is far below the range")]
fn twips(mm: f64) -> u32 {
    (mm * 1440.0 / 25.4).ceil() as u32
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// Word gives sizes of letters in half points.
fn half_points(pt: usize) -> usize {
    pt * 2
}
