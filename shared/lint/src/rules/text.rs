//! Box 6: the text, its bases and its headings.

use super::Read;
use super::look::{Case, Look};
use super::title::ends;
use crate::catalogue::{BASIS, END_MARK, HEADING, LINE_SPACING, TEXT, TEXT_ALIGN, TEXT_GAP, TEXT_INDENT};
use crate::finding::Findings;
use crate::paper::{Align, Line};
use crate::roles::Role;
use crate::words::decimal;

/// First-line indents, mm.
const INDENTS_MM: [f64; 2] = [10.0, 12.7];
/// How far an indent may be off: Word rounds to twips, people to tenths of a centimetre.
const INDENT_SLACK_MM: f64 = 0.4;
/// What measuring costs, pt.
const GAP_SLACK_PT: f64 = 0.35;
/// Printers' "single" differs from Word's by some per cent.
const SPACING_SLACK: f64 = 0.06;

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    for (role, line) in read.with_roles() {
        match role {
            Role::Basis => {
                Look::plain(Case::Lower, 13.0..=14.0).italic().check(&BASIS, "Căn cứ", line, findings);
                running(line, findings);
            }
            Role::Body | Role::Clause | Role::Point => {
                let upright = Look { bold: None, ..Look::plain(Case::Any, 13.0..=14.0) };
                let whole = line.share(|s| s.italic) > 0.9;
                Look { italic: whole.then_some(false), ..upright }.check(&TEXT, "Nội dung", line, findings);
                running(line, findings);
            }
            Role::Section => {
                Look::plain(Case::Upper, 13.0..=14.0).bold().check(&HEADING, "Tiêu đề mục", line, findings);
            }
            Role::Part => {
                Look::plain(Case::Lower, 13.0..=14.0).bold().centred().check(&HEADING, "Phần, chương", line, findings);
            }
            Role::PartTitle => {
                Look::plain(Case::Upper, 13.0..=14.0).bold().centred().check(
                    &HEADING,
                    "Tiêu đề phần, chương",
                    line,
                    findings,
                );
            }
            _ => {}
        }
    }
    ends(&BASIS, &read.of(Role::Basis).collect::<Vec<_>>(), findings);
    gaps(read, findings);
    end_mark(read, findings);
}

/// What all running text shares.
fn running(line: &Line, findings: &mut Findings) {
    if line.align.is_some_and(|a| a != Align::Justify) {
        findings.add(&TEXT_ALIGN, line.named(), "không canh đều hai lề", "canh đều cả hai lề");
    }
    if let Some(mm) = line.first_mm.filter(|mm| INDENTS_MM.iter().all(|i| (mm - i).abs() > INDENT_SLACK_MM)) {
        findings.add(
            &TEXT_INDENT,
            line.named(),
            format!("chữ đầu dòng lùi vào {} cm", decimal(mm / 10.0)),
            "lùi vào 1 cm hoặc 1,27 cm",
        );
    }
    if let Some(n) = line.pitch.filter(|n| *n < 1.0 - SPACING_SLACK || *n > 1.5 + SPACING_SLACK) {
        findings.add(
            &LINE_SPACING,
            line.named(),
            format!("khoảng cách dòng {}", decimal(n)),
            "từ dòng đơn đến 1,5 dòng",
        );
    }
}

/// White between two paragraphs that follow each other.
fn gaps(read: &Read<'_>, findings: &mut Findings) {
    let is_text = |r: Role| matches!(r, Role::Basis | Role::Body | Role::Clause | Role::Point | Role::Section);
    let mut before = Role::Other;
    for (role, line) in read.with_roles() {
        let follows = is_text(role) && is_text(before);
        if let Some(pt) = line.gap_pt.filter(|pt| follows && *pt < 6.0 - GAP_SLACK_PT) {
            let found = format!("cách đoạn trên {} pt", decimal(pt.max(0.0)));
            findings.add(&TEXT_GAP, line.named(), found, "khoảng cách giữa các đoạn tối thiểu 6 pt");
        }
        before = role;
    }
}

fn end_mark(read: &Read<'_>, findings: &mut Findings) {
    let is_text = |r: Role| matches!(r, Role::Body | Role::Clause | Role::Point);
    let closed = read.roles.iter().any(|r| matches!(r, Role::RecipientsHead | Role::Authority));
    let last = read.with_roles().filter(|(r, _)| is_text(*r)).last();
    if let Some((_, line)) = last.filter(|(_, line)| closed && !line.text.trim_end().ends_with("./.")) {
        findings.add(&END_MARK, line.named(), "hết nội dung không có dấu “./.”", "cuối nội dung văn bản có dấu “./.”");
    }
}
