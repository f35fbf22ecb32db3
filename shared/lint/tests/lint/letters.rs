//! Every other paper that Kẻng writes keeps the decree, and the linter sees where one does not.

use keng_domain::letter::Letter;
use keng_lint::lint;
use keng_report::{Format, letter_stem, render_letter};

use crate::letter_sample::{all, minutes};
use crate::reports::told;

#[track_caller]
fn check(format: Format) {
    let mut faults = Vec::new();
    for (at, letter) in all().iter().enumerate() {
        let bytes = render_letter(letter, format).unwrap();
        if let Some(folder) = std::env::var_os("KENG_REPORTS") {
            let name = format!("{at:02}-{}.{format}", letter_stem(letter));
            std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
        }
        let findings = lint(&bytes).unwrap().findings;
        if !findings.is_empty() {
            faults.push(format!("{at} {}:\n{}", letter_stem(letter), told(&findings)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn letters_proposals_and_minutes_are_clean_in_word() {
    check(Format::Docx);
}

#[test]
fn letters_proposals_and_minutes_are_clean_in_pdf() {
    check(Format::Pdf);
}

/// Mẫu 1.9: the two who sign stand above "Nơi nhận:", and there is neither place nor date in the head.
#[test]
fn minutes_are_read_as_minutes_in_both_formats() {
    for format in [Format::Docx, Format::Pdf] {
        let bytes = render_letter(&Letter::Minutes(Box::new(minutes())), format).unwrap();
        assert_eq!(lint(&bytes).unwrap().findings, [], "{format}");
    }
}
