//! By what words a component is known.

use super::Role;
use crate::paper::{Line, Side};
use crate::words::{folded, is_upper, roman};

/// The types of papers (annex III, I), folded.
const TYPES: [&str; 29] = [
    "nghi quyet",
    "quyet dinh",
    "chi thi",
    "quy che",
    "quy dinh",
    "thong cao",
    "thong bao",
    "huong dan",
    "chuong trinh",
    "ke hoach",
    "phuong an",
    "de an",
    "du an",
    "bao cao",
    "bien ban",
    "to trinh",
    "hop dong",
    "cong dien",
    "ban ghi nho",
    "ban thoa thuan",
    "giay uy quyen",
    "giay moi",
    "giay gioi thieu",
    "giay nghi phep",
    "phieu gui",
    "phieu chuyen",
    "phieu bao",
    "thu cong",
    "cong van",
];

/// Forms with a head of their own that other texts prescribe beside those types, folded: the score sheet of
/// QĐ 510/QĐ-BCA-V05.
const FORMS: [&str; 1] = ["bang cham diem"];

/// Whether it is the type of a paper, or the name of a form with such a head.
pub fn is_type(words: &str) -> bool {
    TYPES.contains(&words) || FORMS.contains(&words)
}

/// Stamps stand where they stand: a line that holds nothing else.
pub fn stamp(line: &Line, words: &str) -> Option<Role> {
    let text = line.text.trim();
    match words {
        "mat" | "toi mat" | "tuyet mat" if is_upper(text) => Some(Role::Secrecy),
        "hoa toc" | "thuong khan" | "khan" if !line.grid => Some(Role::Urgency),
        "luu hanh noi bo" | "xem xong tra lai" if !line.grid => Some(Role::Circulation),
        _ => None,
    }
}

pub fn is_annex_label(line: &Line, words: &str) -> bool {
    let rest = words.strip_prefix("phu luc").map(str::trim);
    line.side == Side::Whole && rest.is_some_and(|n| n.len() <= 6 && n.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Whether it is a date as it stands under the nation, filled in or not.
pub fn is_date(words: &str) -> bool {
    let mut rest = words.split_whitespace();
    ["ngay", "thang", "nam"].iter().all(|wanted| rest.any(|w| w == *wanted))
}

/// Whether it is number and symbol, also where the colon is missing.
pub fn is_number(words: &str) -> bool {
    let blank = words.starts_with("so:") || words.starts_with("so :");
    words.len() < 60 && (blank || (words.starts_with("so ") && words.contains('/')))
}

/// Whether the head has ended: a type of paper, or addressees.
pub fn ends_head(words: &str) -> bool {
    is_type(words) || words.starts_with("kinh gui")
}

/// Whether it is the type of minutes, which have no place and date in their head (annex III, Mẫu 1.9).
pub fn is_minutes(words: &str) -> bool {
    words == "bien ban"
}

/// Whether it is the office of who signs on the left where two sign: minutes and score sheets.
pub fn is_secretary(words: &str) -> bool {
    words.len() < 30 && ["thu ky", "nguoi ghi bien ban", "dai dien co so"].iter().any(|w| words.starts_with(w))
}

pub fn is_basis(words: &str) -> bool {
    words.starts_with("can cu ") || words.starts_with("theo de nghi cua ")
}

pub fn numbered_part(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let kind = words.next().map(folded);
    matches!(kind.as_deref(), Some("phan" | "chuong"))
        && words.next().is_some_and(|n| roman(n).is_some())
        && words.next().is_none()
}

/// `I. `, `1. `, `a) ` or none of them.
pub fn numbered(text: &str) -> Role {
    let Some((mark, _)) = text.trim_start().split_once(char::is_whitespace) else { return Role::Body };
    if let Some(number) = mark.strip_suffix('.') {
        return match number {
            n if roman(n).is_some() => Role::Section,
            n if !n.is_empty() && n.len() <= 3 && n.chars().all(|c| c.is_ascii_digit()) => Role::Clause,
            _ => Role::Body,
        };
    }
    let mut letter = mark.chars();
    match (letter.next(), letter.next(), letter.next()) {
        (Some(c), Some(')'), None) if c.is_lowercase() => Role::Point,
        _ => Role::Body,
    }
}

/// `PL.(300)`.
pub fn is_drafter(text: &str) -> bool {
    let copies = text.split_once('(').and_then(|(who, n)| Some((who, n.strip_suffix(')')?)));
    copies.is_some_and(|(who, n)| {
        !who.is_empty()
            && who.len() <= 16
            && !who.contains(' ')
            && !n.is_empty()
            && n.chars().all(|c| c.is_ascii_digit())
    })
}
