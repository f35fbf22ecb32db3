//! Numbers of sections and clauses, letters of points: in order, and Vietnamese.

use super::Read;
use crate::catalogue::{HEADING, LETTERS};
use crate::finding::Findings;
use crate::paper::Line;
use crate::roles::Role;
use crate::words::roman;

/// The order of points: no f, j, w, z, and no letters with marks but đ.
const LETTERS_IN_ORDER: &str = "abcdđeghiklmnopqrstuvxy";

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    let (mut section, mut clause, mut point) = (0, 0, 0);
    for (role, line) in read.with_roles() {
        match role {
            Role::Part => (section, clause, point) = (0, 0, 0),
            Role::Section => {
                let n = roman(mark(line)).unwrap_or(0);
                in_order(n, &mut section, line, findings);
                (clause, point) = (0, 0);
            }
            Role::Clause => {
                let n = mark(line).parse().unwrap_or(0);
                in_order(n, &mut clause, line, findings);
                point = 0;
            }
            Role::Point => letter(line, &mut point, findings),
            _ => {}
        }
    }
}

/// The words before the mark's stop.
fn mark(line: &Line) -> &str {
    line.text.split_whitespace().next().unwrap_or_default().trim_end_matches(['.', ')'])
}

/// One more than the one before, or the first of a new row.
fn in_order(n: u32, last: &mut u32, line: &Line, findings: &mut Findings) {
    if n != 1 && n != *last + 1 {
        let wanted = if *last == 0 {
            "đánh số từ I hoặc 1".to_owned()
        } else {
            format!("số thứ tự {} (số La Mã cho mục, số Ả Rập cho khoản)", *last + 1)
        };
        findings.add(&HEADING, line.named(), format!("số thứ tự “{}” không liền", mark(line)), wanted);
    }
    *last = n.max(1);
}

/// After a wrong letter the row goes on as if it had been right: one fault is one finding.
fn letter(line: &Line, at: &mut usize, findings: &mut Findings) {
    let found = mark(line);
    if found == "a" {
        *at = 0;
    }
    match LETTERS_IN_ORDER.chars().nth(*at) {
        Some(wanted) if found.chars().ne([wanted]) => {
            findings.add(
                &LETTERS,
                line.named(),
                format!("điểm “{found})”"),
                format!("điểm “{wanted})”: theo bảng chữ cái tiếng Việt, có đ, không có f, j, w, z"),
            );
        }
        _ => {}
    }
    *at += 1;
}
