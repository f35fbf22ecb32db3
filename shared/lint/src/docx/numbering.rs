//! Numbers that Word puts before paragraphs by itself. They are part of what an officer reads:
//! Word's own list of letters goes "d) e) f)", which is not Vietnamese.

use std::collections::HashMap;

use roxmltree::{Document, Node};

use super::look::{attribute, child, is, number};

const LEVELS: usize = 9;

/// One level of a list.
#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    text: String,
    start: u32,
}

/// The lists of a document and how far each has counted.
#[derive(Debug, Default)]
pub struct Numbering {
    abstracts: HashMap<String, Vec<Level>>,
    lists: HashMap<String, String>,
    counted: HashMap<String, [Option<u32>; LEVELS]>,
}

impl Numbering {
    /// Reads `word/numbering.xml`.
    pub fn read(tree: &Document<'_>) -> Self {
        let mut all = Self::default();
        for node in tree.root_element().children() {
            if is(node, "abstractNum") {
                let id = attribute(node, "abstractNumId").unwrap_or_default();
                let mut levels = vec![Level::default(); LEVELS];
                for level in node.children().filter(|n| is(*n, "lvl")) {
                    let at = attribute(level, "ilvl").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
                    if let Some(slot) = levels.get_mut(at) {
                        *slot = read_level(level);
                    }
                }
                all.abstracts.insert(id.to_owned(), levels);
            } else if is(node, "num") {
                let id = attribute(node, "numId").unwrap_or_default();
                let of = child(node, "abstractNumId").and_then(|n| attribute(n, "val")).unwrap_or_default();
                all.lists.insert(id.to_owned(), of.to_owned());
            }
        }
        all
    }

    /// The next number of list `id` at this level, as it is printed.
    pub fn next(&mut self, id: &str, level: usize) -> Option<String> {
        let of = self.lists.get(id)?;
        let levels = self.abstracts.get(of)?;
        let counted = self.counted.entry(of.clone()).or_default();
        let start = levels.get(level)?.start;
        counted[level] = Some(counted[level].map_or(start, |n| n.saturating_add(1)));
        counted[level + 1..].fill(None);
        let mut text = levels[level].text.clone();
        for (at, one) in levels.iter().enumerate().take(level + 1) {
            let n = counted[at].unwrap_or(one.start);
            text = text.replace(&format!("%{}", at + 1), &printed(n, &one.format));
        }
        // Bullets are signs of symbol fonts; on paper all of them are dashes.
        Some(if levels[level].format == "bullet" { "-".to_owned() } else { text })
    }
}

fn read_level(level: Node<'_, '_>) -> Level {
    let val = |name: &str| child(level, name).and_then(|n| attribute(n, "val"));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let start = child(level, "start").and_then(|n| number(n, "val")).map_or(1, |n| n.clamp(0.0, 30_000.0) as u32);
    Level {
        format: val("numFmt").unwrap_or("decimal").to_owned(),
        text: val("lvlText").unwrap_or_default().to_owned(),
        start,
    }
}

fn printed(n: u32, format: &str) -> String {
    match format {
        "upperRoman" => roman(n),
        "lowerRoman" => roman(n).to_lowercase(),
        "lowerLetter" => letter(n),
        "upperLetter" => letter(n).to_uppercase(),
        _ => n.to_string(),
    }
}

/// a … z, then aa, bb, as Word does.
fn letter(n: u32) -> String {
    let at = n.saturating_sub(1);
    let c = char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
    std::iter::repeat_n(c, (at / 26 + 1).min(9) as usize).collect()
}

fn roman(n: u32) -> String {
    let mut rest = n.min(399);
    let mut out = String::new();
    for (value, sign) in
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    out
}
