//! Annexes: heading, number, reference, and that the text names them.

use super::Read;
use super::head::zeros;
use super::look::{Case, Look};
use crate::catalogue::{ANNEX_HEADING, ANNEX_NUMBER, ANNEX_REFERENCE, PAGE_NUMBER_ANNEX};
use crate::finding::Findings;
use crate::paper::Line;
use crate::roles::Role;
use crate::words::{folded, roman};

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    for (role, line) in read.with_roles() {
        match role {
            Role::AnnexLabel => {
                // "PHỤ LỤC I" is upper; so is the numeral of "Phụ lục I", which is right.
                Look::plain(Case::Lower, 14.0..=14.0).bold().centred().check(
                    &ANNEX_HEADING,
                    "Từ “Phụ lục”",
                    line,
                    findings,
                );
            }
            Role::AnnexTitle => {
                Look::plain(Case::Upper, 13.0..=14.0).bold().centred().check(
                    &ANNEX_HEADING,
                    "Tên phụ lục",
                    line,
                    findings,
                );
            }
            Role::AnnexReference => {
                Look::plain(Case::Lower, 13.0..=14.0).italic().centred().check(
                    &ANNEX_REFERENCE,
                    "Dòng “(Kèm theo …)”",
                    line,
                    findings,
                );
                zeros(line, findings);
            }
            _ => {}
        }
    }
    let labels: Vec<&Line> = read.of(Role::AnnexLabel).collect();
    numbers(&labels, findings);
    named(read, &labels, findings);
    for (at, label) in labels.iter().enumerate() {
        let shares_part = label.part == 0 || labels[..at].iter().any(|other| other.part == label.part);
        if shares_part {
            findings.add(
                &PAGE_NUMBER_ANNEX,
                label.named(),
                "phụ lục không có số trang riêng (chung phần với văn bản)",
                "số trang đánh riêng theo từng phụ lục",
            );
        }
    }
}

fn numeral(line: &Line) -> &str {
    line.text.split_whitespace().nth(2).unwrap_or_default()
}

fn numbers(labels: &[&Line], findings: &mut Findings) {
    for (at, line) in (1..).zip(labels) {
        match numeral(line) {
            "" if labels.len() > 1 => findings.add(
                &ANNEX_NUMBER,
                line.named(),
                "phụ lục không có số thứ tự",
                "có từ hai phụ lục thì đánh số bằng chữ số La Mã",
            ),
            "" => {}
            n => match roman(n) {
                None => findings.add(
                    &ANNEX_NUMBER,
                    line.named(),
                    format!("số thứ tự “{n}”"),
                    "số thứ tự phụ lục bằng chữ số La Mã",
                ),
                Some(value) if value != at => findings.add(
                    &ANNEX_NUMBER,
                    line.named(),
                    format!("phụ lục thứ {at} mang số “{n}”"),
                    "số thứ tự phụ lục liên tiếp từ I",
                ),
                Some(_) => {}
            },
        }
    }
}

/// The text must point to each annex (III.1.a): by its number where there are several.
fn named(read: &Read<'_>, labels: &[&Line], findings: &mut Findings) {
    let is_text = |r: Role| matches!(r, Role::Body | Role::Clause | Role::Point | Role::Section | Role::Basis);
    let text: String =
        read.with_roles().filter(|(r, _)| is_text(*r)).map(|(_, line)| folded(&line.text) + "\n").collect();
    // A wrong number has been told already.
    let right = |(at, line): &(u32, &&Line)| numeral(line).is_empty() || roman(numeral(line)) == Some(*at);
    for (_, line) in (1..).zip(labels).filter(right) {
        let n = folded(numeral(line));
        let points = |after: &str| {
            let list =
                after.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && *w != "va" && *w != "den");
            n.is_empty() || list.take_while(|w| roman(&w.to_uppercase()).is_some()).any(|w| w == n)
        };
        if !text.split("phu luc").skip(1).any(points) {
            findings.add(
                &ANNEX_NUMBER,
                line.named(),
                "nội dung văn bản không nhắc tới phụ lục này",
                "trong văn bản phải có chỉ dẫn về phụ lục",
            );
        }
    }
}
