//! What each line is: recognised by its words, and by where it stands where words do not tell.

mod signs;

use crate::paper::{Align, Line, Side};
use crate::words::{folded, is_upper, letters};
pub use signs::{ends_head, is_date, is_minutes, is_number, is_secretary};
use signs::{is_annex_label, is_basis, is_drafter, is_type, numbered, numbered_part, stamp};

/// A component of the decree's annex I, part I, section IV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Nation,
    Motto,
    Superior,
    Issuer,
    Number,
    PlaceDate,
    Regarding,
    Type,
    Subject,
    To,
    Addressee,
    Basis,
    /// `Phần I`, `Chương II`.
    Part,
    PartTitle,
    /// `I. TIÊU ĐỀ`.
    Section,
    /// `1. …`.
    Clause,
    /// `a) …`.
    Point,
    Body,
    RecipientsHead,
    Recipient,
    Authority,
    /// Name of the signer, and another office above it.
    Signer,
    AnnexLabel,
    AnnexTitle,
    AnnexReference,
    AnnexBody,
    Cell,
    Secrecy,
    Urgency,
    Circulation,
    Drafter,
    /// Beside the components: headers, footers, boxes.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    Title,
    Text,
    Closing,
    AnnexHead,
    Annex,
}

/// One role a line.
pub fn roles(lines: &[Line]) -> Vec<Role> {
    let mut stage = Stage::Head;
    let mut out: Vec<Role> = Vec::with_capacity(lines.len());
    for line in lines {
        let words = folded(&line.text);
        let before = out.last().copied();
        let role = stamp(line, &words).unwrap_or_else(|| match () {
            () if line.floating => Role::Other,
            () if line.grid => Role::Cell,
            () if is_annex_label(line, &words) && stage != Stage::Head => {
                stage = Stage::AnnexHead;
                Role::AnnexLabel
            }
            () => loop {
                let (next, role) = match stage {
                    Stage::Head => head(line, &words, before),
                    Stage::Title => title(line, &words, before),
                    Stage::Text => text(line, &words, &out),
                    Stage::Closing => (stage, closing(line)),
                    Stage::AnnexHead => annex_head(line, &words, lines, &out),
                    Stage::Annex => (stage, Some(Role::AnnexBody)),
                };
                stage = next;
                if let Some(role) = role {
                    break role;
                }
            },
        });
        out.push(role);
    }
    name_agencies(lines, &mut out);
    out
}

fn head(line: &Line, words: &str, before: Option<Role>) -> (Stage, Option<Role>) {
    let role = match letters(words).as_str() {
        "conghoaxahoichunghiavietnam" => Role::Nation,
        "doclaptudohanhphuc" => Role::Motto,
        _ if is_number(words) => Role::Number,
        _ if words.starts_with("v/v") => Role::Regarding,
        _ if is_date(words) && words.len() < 80 => Role::PlaceDate,
        _ if is_type(words) && line.side == Side::Whole => return (Stage::Title, Some(Role::Type)),
        _ if line.side == Side::Left && before == Some(Role::Regarding) => Role::Regarding,
        _ if line.side == Side::Left => Role::Superior,
        _ if line.side == Side::Right => Role::Other,
        _ => return (Stage::Text, None),
    };
    (Stage::Head, Some(role))
}

fn title(line: &Line, words: &str, before: Option<Role>) -> (Stage, Option<Role>) {
    let below_type = before == Some(Role::Type) && line.share(|s| s.bold) > 0.5;
    if (line.align == Some(Align::Center) || below_type) && !begins_text(words) {
        return (Stage::Title, Some(Role::Subject));
    }
    (Stage::Text, None)
}

fn begins_text(words: &str) -> bool {
    words.starts_with("kinh gui") || words.starts_with("can cu")
}

fn text(line: &Line, words: &str, before: &[Role]) -> (Stage, Option<Role>) {
    let last = before.last().copied();
    if words.starts_with("noi nhan") && words.len() < 14 {
        return (Stage::Closing, Some(Role::RecipientsHead));
    }
    let first_words = || !before.iter().any(|r| matches!(r, Role::Body | Role::Section | Role::Clause | Role::Part));
    let role = match () {
        () if words.starts_with("kinh gui") => Role::To,
        () if words.starts_with('-') && matches!(last, Some(Role::To | Role::Addressee)) => Role::Addressee,
        () if is_basis(words) && first_words() && !words.ends_with(':') => Role::Basis,
        () if line.side == Side::Right && (is_upper(&line.text) || last == Some(Role::Authority)) => {
            if is_upper(&line.text) { Role::Authority } else { Role::Signer }
        }
        // Minutes are signed on both sides (annex III, Mẫu 1.9).
        () if line.side == Side::Left && is_secretary(words) => Role::Authority,
        () if line.side == Side::Left && matches!(last, Some(Role::Authority | Role::Signer)) => Role::Signer,
        () if numbered_part(&line.text) => Role::Part,
        () if last == Some(Role::Part) => Role::PartTitle,
        () => numbered(&line.text),
    };
    (Stage::Text, Some(role))
}

fn closing(line: &Line) -> Option<Role> {
    let text = line.text.trim();
    Some(match line.side {
        _ if is_drafter(text) => Role::Drafter,
        Side::Right if is_upper(text) => Role::Authority,
        Side::Right => Role::Signer,
        Side::Left => Role::Recipient,
        Side::Whole if text.starts_with('-') => Role::Recipient,
        Side::Whole => Role::Other,
    })
}

/// The title ends with the reference; an annex without one begins where a line is not centred.
fn annex_head(line: &Line, words: &str, lines: &[Line], before: &[Role]) -> (Stage, Option<Role>) {
    let open = before.last() == Some(&Role::AnnexReference);
    match () {
        () if open && !lines[before.len() - 1].text.trim_end().ends_with(')') => {
            (Stage::AnnexHead, Some(Role::AnnexReference))
        }
        () if open => (Stage::Annex, None),
        () if words.starts_with("(kem theo") => (Stage::AnnexHead, Some(Role::AnnexReference)),
        () if line.align == Some(Align::Center) => (Stage::AnnexHead, Some(Role::AnnexTitle)),
        () => (Stage::Annex, None),
    }
}

/// Of the agencies the bold ones issue; where none is bold, the last one does.
fn name_agencies(lines: &[Line], roles: &mut [Role]) {
    let all: Vec<usize> = (0..roles.len()).filter(|i| roles[*i] == Role::Superior).collect();
    let bold = |i: &&usize| lines[**i].share(|s| s.bold) > 0.5;
    let issuing: Vec<usize> = match all.iter().filter(bold).count() {
        0 => all.last().copied().into_iter().collect(),
        _ => all.iter().filter(bold).copied().collect(),
    };
    for i in issuing {
        roles[i] = Role::Issuer;
    }
}
