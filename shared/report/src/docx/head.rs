//! What stands above and below the text: agency and nation, title and addressees, recipients
//! and signer.

use docx_rs::{
    AlignmentType, LineSpacing, LineSpacingType, Paragraph, ParagraphBorder, ParagraphBorderPosition, ParagraphBorders,
    Run, Table, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::{Indent, centred, gap, half_points, paragraph, points, signed, twips};
use crate::document::{Document, Head};
use crate::page;

/// Width of the agency's column, mm. The nation's line in 13 pt bold takes 98 of the rest.
const AGENCY_MM: f64 = 62.0;
/// Width of the nation's column, mm.
const NATION_MM: f64 = page::TEXT_WIDTH_MM - AGENCY_MM;
/// Length of "Độc lập - Tự do - Hạnh phúc" in 14 pt bold, mm: its rule is as long (II.1.b).
const MOTTO_MM: f64 = 60.5;
/// Length of the rule under the agency: a third to a half of its line (II.2.b).
const AGENCY_RULE_MM: f64 = 26.0;
/// Length of the rule under the subject: a third to a half of its line (II.5.b).
const SUBJECT_RULE_MM: f64 = 60.0;
/// Where "Kính gửi:" begins, mm from the left margin.
const TO_MM: f64 = 30.0;
/// Where its colon stands; the dashes stand under it (II.9.d).
const COLON_MM: f64 = TO_MM + 17.6;

/// Agency and nation beside each other, number and date under them.
pub fn masthead(head: &Head) -> Table {
    let line =
        |text: &str, pt: usize, dress: fn(Run) -> Run| centred(dress(Run::new().add_text(text).size(half_points(pt))));
    let row = |left: Vec<Paragraph>, right: Vec<Paragraph>| {
        TableRow::new(vec![cell(left, AGENCY_MM), cell(right, NATION_MM)])
    };
    bare_table(
        vec![
            row(
                vec![
                    line(&head.superior, page::HEAD_PT, |run| run),
                    line(&head.issuer, page::HEAD_PT, Run::bold),
                    rule(AGENCY_RULE_MM, AGENCY_MM),
                ],
                vec![
                    line(&head.nation, page::HEAD_PT, Run::bold),
                    line(&head.motto, page::TEXT_PT, Run::bold),
                    rule(MOTTO_MM, NATION_MM),
                ],
            ),
            row(
                vec![line(&head.number, page::HEAD_PT, |run| run)],
                vec![line(&head.place_and_date, page::TEXT_PT, Run::italic)],
            ),
        ],
        AGENCY_MM,
        NATION_MM,
    )
}

/// Kind, subject with its rule, addressees.
pub fn title(document: &Document) -> Vec<Paragraph> {
    let bold = |text: &str| centred(Run::new().add_text(text).bold());
    let mut lines = vec![
        gap(page::TEXT_PT),
        bold(&document.kind),
        bold(&document.subject),
        rule(SUBJECT_RULE_MM, page::TEXT_WIDTH_MM),
        gap(page::TEXT_PT),
    ];
    let last = document.addressees.len().saturating_sub(1);
    let to = Paragraph::new().add_run(Run::new().add_text("Kính gửi:")).keep_next(true);
    lines.push(to.indent(Some(signed(twips(TO_MM))), None, None, None));
    for (i, name) in document.addressees.iter().enumerate() {
        let end = if i == last { "." } else { ";" };
        let line = Paragraph::new().add_run(Run::new().add_text(format!("- {name}{end}")));
        lines.push(line.indent(Some(signed(twips(COLON_MM))), None, None, None));
    }
    lines.push(gap(page::TEXT_PT));
    lines
}

/// Recipients on the left, the signer on the right with room for stamp and signature.
pub fn closing(document: &Document) -> Table {
    let words = Run::new().add_text("Nơi nhận:").bold().italic().size(half_points(page::RECIPIENTS_HEAD_PT));
    let mut left = vec![Paragraph::new().add_run(words).keep_next(true)];
    let last = document.recipients.len().saturating_sub(1);
    for (i, name) in document.recipients.iter().enumerate() {
        let end = if i == last { "." } else { ";" };
        let run = Run::new().add_text(format!("- {name}{end}")).size(half_points(page::RECIPIENTS_PT));
        left.push(Paragraph::new().add_run(run));
    }
    let right =
        vec![centred(Run::new().add_text(&document.signer).bold()), gap(80), paragraph("", |r| r, Indent::None)];
    let half = page::TEXT_WIDTH_MM / 2.0;
    bare_table(vec![TableRow::new(vec![cell(left, half), cell(right, half)])], half, half)
}

/// A rule of `length_mm` in the middle of a line of `line_mm`: the upper border of an empty line.
fn rule(length_mm: f64, line_mm: f64) -> Paragraph {
    let side = signed(twips((line_mm - length_mm) / 2.0));
    let mut line = Paragraph::new()
        .indent(Some(side), None, Some(side), None)
        .line_spacing(LineSpacing::new().before(points(3)).line_rule(LineSpacingType::Exact).line(signed(points(4))));
    let border = ParagraphBorder::new(ParagraphBorderPosition::Top).size(6);
    line.property = line.property.set_borders(ParagraphBorders::with_empty().set(border));
    line.align(AlignmentType::Center)
}

fn cell(lines: Vec<Paragraph>, width_mm: f64) -> TableCell {
    let empty = TableCell::new().width(twips(width_mm) as usize, WidthType::Dxa).vertical_align(VAlignType::Top);
    lines.into_iter().fold(empty, TableCell::add_paragraph)
}

fn bare_table(rows: Vec<TableRow>, left_mm: f64, right_mm: f64) -> Table {
    // Without margins in its cells the list of recipients touches the left margin (II.9.d).
    Table::without_borders(rows)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(0, 0, 0, 0))
        .width(twips(left_mm + right_mm) as usize, WidthType::Dxa)
        .set_grid(vec![twips(left_mm) as usize, twips(right_mm) as usize])
}
