//! What stands above and below the text: agency and nation, title and addressees, recipients
//! and signer.

use docx_rs::{
    AlignmentType, LineSpacing, LineSpacingType, Paragraph, ParagraphBorder, ParagraphBorderPosition, ParagraphBorders,
    Run, SpecialIndentType, Table, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::{Indent, centred, gap, half_points, paragraph, points, signed, twips};
use crate::document::Document;
use crate::page;

/// Width of the agency's column, mm. The nation's line in 13 pt bold takes 98 of the rest.
const AGENCY_MM: f64 = 62.0;
/// Width of the nation's column, mm.
const NATION_MM: f64 = page::TEXT_WIDTH_MM - AGENCY_MM;
/// Length of "Độc lập - Tự do - Hạnh phúc" in 14 pt bold, mm: its rule is as long (II.1.b).
const MOTTO_MM: f64 = 60.5;
/// Rules under agency and subject: a third to a half of their line (II.2.b, II.5.b).
const RULE_SHARE: f64 = 0.42;
/// An em of 13 pt, mm.
const CAPITALS_EM_MM: f64 = 13.0 * 25.4 / 72.0;
/// Width of a letter in 14 pt bold, mm, as subjects have them on average.
const LETTER_MM: f64 = 2.45;
/// Length of a line of a subject that goes on in a second one, mm.
const FULL_SUBJECT_MM: f64 = 145.0;
/// Where "Kính gửi:" begins, mm from the left margin.
const TO_MM: f64 = 30.0;
/// Where its colon stands; the dashes stand under it (II.9.d).
const COLON_MM: f64 = TO_MM + 17.6;

/// Agency and nation beside each other, number and date under them; of a letter also its subject.
pub fn masthead(document: &Document) -> Table {
    let head = &document.head;
    let line =
        |text: &str, pt: usize, dress: fn(Run) -> Run| centred(dress(Run::new().add_text(text).size(half_points(pt))));
    let row = |left: Vec<Paragraph>, right: Vec<Paragraph>| {
        TableRow::new(vec![cell(left, AGENCY_MM), cell(right, NATION_MM)])
    };
    let mut number = vec![line(&head.number, page::HEAD_PT, |run| run)];
    if document.kind.is_none() {
        let subject = line(&document.subject, page::REGARDING_PT, |run| run);
        number.push(subject.line_spacing(LineSpacing::new().before(points(page::GAP_PT))));
    }
    // A cell without a paragraph is no cell to Word.
    let date = head.place_and_date.as_deref().unwrap_or_default();
    bare_table(
        vec![
            row(
                vec![
                    line(&head.superior, page::HEAD_PT, |run| run),
                    line(&head.issuer, page::HEAD_PT, Run::bold),
                    rule(longest_line(&head.issuer, AGENCY_MM) * RULE_SHARE, AGENCY_MM),
                ],
                vec![
                    line(&head.nation, page::HEAD_PT, Run::bold),
                    line(&head.motto, page::TEXT_PT, Run::bold),
                    rule(MOTTO_MM, NATION_MM),
                ],
            ),
            row(number, vec![line(date, page::TEXT_PT, Run::italic)]),
        ],
        AGENCY_MM,
        NATION_MM,
    )
}

/// Kind and subject with its rule, where there is a kind; addressees.
pub fn title(document: &Document) -> Vec<Paragraph> {
    let bold = |text: &str| centred(Run::new().add_text(text).bold());
    let mut lines = vec![gap(page::TEXT_PT)];
    if let Some(kind) = &document.kind {
        let rule = rule(share_of(&document.subject, LETTER_MM, FULL_SUBJECT_MM), page::TEXT_WIDTH_MM);
        lines.extend([bold(kind), bold(&document.subject), rule, gap(page::TEXT_PT)]);
    }
    lines.extend(addressees(&document.addressees));
    lines
}

/// A single addressee stands on the line of "Kính gửi:", several one a line under it (II.9.d).
fn addressees(names: &[String]) -> Vec<Paragraph> {
    const TO: &str = "Kính gửi:";
    let said = |text: String, left_mm: f64| {
        let line = Paragraph::new().add_run(Run::new().add_text(text));
        line.indent(Some(signed(twips(left_mm))), None, None, None)
    };
    let mut lines = match names {
        [] => return Vec::new(),
        [one] => {
            let hanging = SpecialIndentType::Hanging(signed(twips(COLON_MM + 3.0 - TO_MM)));
            let line = Paragraph::new().add_run(Run::new().add_text(format!("{TO} {one}")));
            vec![line.indent(Some(signed(twips(COLON_MM + 3.0))), Some(hanging), None, None)]
        }
        _ => vec![said(TO.to_owned(), TO_MM).keep_next(true)],
    };
    if names.len() > 1 {
        lines.extend(ended(names).map(|line| said(line, COLON_MM)));
    }
    lines.push(gap(page::TEXT_PT));
    lines
}

/// Lines of a list: each ends with a semicolon, the last with a full stop.
fn ended(names: &[String]) -> impl Iterator<Item = String> {
    let last = names.len().saturating_sub(1);
    names.iter().enumerate().map(move |(i, name)| format!("- {name}{}", if i == last { "." } else { ";" }))
}

/// Recipients on the left, the signer on the right with room for stamp and signature. Minutes and
/// score sheets are signed by two; their recipients stand below (Mẫu 1.9).
pub fn closing(document: &Document) -> Table {
    let half = page::TEXT_WIDTH_MM / 2.0;
    let row = |left, right| TableRow::new(vec![cell(left, half), cell(right, half)]);
    let signer = office(&document.signer);
    let rows = match &document.secretary {
        None => vec![row(recipients(&document.recipients), signer)],
        Some(name) => vec![
            row(office(std::slice::from_ref(name)), signer),
            row(recipients(&document.recipients), vec![Paragraph::new()]),
        ],
    };
    bare_table(rows, half, half)
}

fn recipients(names: &[String]) -> Vec<Paragraph> {
    let words = Run::new().add_text("Nơi nhận:").bold().italic().size(half_points(page::RECIPIENTS_HEAD_PT));
    let line =
        |text: String| Paragraph::new().add_run(Run::new().add_text(text).size(half_points(page::RECIPIENTS_PT)));
    std::iter::once(Paragraph::new().add_run(words).keep_next(true)).chain(ended(names).map(line)).collect()
}

/// Power and office, and room for stamp and signature.
fn office(lines: &[String]) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> =
        lines.iter().map(|text| centred(Run::new().add_text(text).bold()).keep_next(true)).collect();
    out.extend([gap(80), paragraph("", |r| r, Indent::None)]);
    out
}

/// The rule that belongs under `text`, mm: Word sets the lines, so their length is a guess, and the
/// share lies in the middle of what is allowed.
#[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
fn share_of(text: &str, letter_mm: f64, line_mm: f64) -> f64 {
    (text.chars().count() as f64 * letter_mm).min(line_mm) * RULE_SHARE
}

/// The longest line of an agency's name, mm, as its words break within `line_mm`: the name of
/// a district may go on in a second line, and its rule belongs under what is seen.
fn longest_line(name: &str, line_mm: f64) -> f64 {
    let wide = |words: &str| words.chars().map(capital_em).sum::<f64>() * CAPITALS_EM_MM;
    let (mut longest, mut line) = (0.0_f64, 0.0_f64);
    for word in name.split_whitespace() {
        let word = wide(word);
        let grown = if line > 0.0 { line + wide(" ") + word } else { word };
        line = if grown > line_mm { word } else { grown };
        longest = longest.max(line);
    }
    longest.min(line_mm)
}

/// Width of a letter of an agency's name in Times New Roman bold, in em: most capitals are alike.
fn capital_em(c: char) -> f64 {
    match c {
        ' ' => 0.25,
        '\'' | '’' | '.' | ',' | '-' => 0.28,
        'I' | 'Í' | 'Ì' | 'Ỉ' | 'Ĩ' | 'Ị' => 0.39,
        'M' | 'W' => 0.96,
        _ if c.is_ascii_digit() => 0.5,
        _ => 0.73,
    }
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

#[cfg(test)]
mod tests {
    use super::{AGENCY_MM, longest_line};

    fn check(name: &str, millimetres: std::ops::Range<f64>) {
        let length = longest_line(name, AGENCY_MM);
        assert!(millimetres.contains(&length), "{length} mm: {name}");
    }

    /// As Word breaks them: Ia H'Drai goes on in a second line, Đăk Hà does not.
    #[test]
    fn the_rule_belongs_to_the_longest_line_of_the_agency() {
        check("CÔNG AN HUYỆN ĐĂK HÀ", 57.0..61.0);
        check("CÔNG AN HUYỆN IA H'DRAI", 44.0..48.0);
        check("CÔNG AN HUYỆN TU MƠ RÔNG", 54.0..58.0);
        check("", 0.0..0.1);
        check(&"Ă".repeat(90), 61.0..62.1);
    }
}
