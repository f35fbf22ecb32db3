//! One change to a good Word document, and what comes of it.

use keng_lint::{Finding, lint};

use crate::word::{Word, report};

pub fn findings(word: &Word) -> Vec<Finding> {
    lint(&word.bytes()).unwrap().findings
}

/// Puts `to` for the first `from` in the document, header or styles.
pub fn changed(mut word: Word, from: &str, to: &str) -> Word {
    let part = [&mut word.document, &mut word.header, &mut word.styles].into_iter().find(|p| p.contains(from));
    let part = part.unwrap_or_else(|| panic!("{from:?} is not in the document"));
    *part = part.replacen(from, to, 1);
    word
}

pub fn gives(word: Word, rule: &str, from: &str, to: &str) {
    let found = findings(&changed(word, from, to));
    let rules: Vec<&str> = found.iter().map(|f| f.rule).collect();
    assert_eq!(rules, [rule], "{from:?} → {to:?} gave {found:#?}");
    assert!(found[0].clause.contains("Phụ lục") && !found[0].wanted.is_empty());
}

/// Breaks the report.
pub fn breaks(rule: &str, from: &str, to: &str) {
    gives(report(), rule, from, to);
}

/// The report still keeps the decree.
pub fn keeps(from: &str, to: &str) {
    let found = findings(&changed(report(), from, to));
    assert!(found.is_empty(), "{from:?} → {to:?} gave {found:#?}");
}

/// The run of letters that says `text`, with other traits: `<w:b/>` and so on.
pub fn dressed(rule: &str, text: &str, from: &str, to: &str) {
    let good = report().document;
    let at = good.find(&format!(">{text}<")).unwrap_or_else(|| panic!("{text:?} is not in the document"));
    let start = good[..at].rfind("<w:p>").unwrap();
    let (old, new) = (&good[start..at], good[start..at].replacen(from, to, 1));
    assert_ne!(old, new, "{text:?} has no {from}");
    let mut word = report();
    word.document = format!("{}{new}{}", &good[..start], &good[at..]);
    let found = findings(&word);
    let rules: Vec<&str> = found.iter().map(|f| f.rule).collect();
    assert_eq!(rules, [rule], "{text:?} with {to:?} gave {found:#?}");
}
