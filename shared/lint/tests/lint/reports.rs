//! Every report that Kẻng writes keeps the decree.

use keng_lint::{Finding, lint};
use keng_report::Format;

use crate::sample::Sample;

const PERIODS: [(&str, &str); 3] = [("annual", "2022"), ("half-year", "2022"), ("quarter", "2022-Q4")];

fn samples() -> Vec<Sample> {
    let of = |kind, period| Sample { kind, period, ..Sample::default() };
    let mut all: Vec<Sample> = PERIODS.iter().map(|(kind, period)| of(kind, period)).collect();
    all.extend(PERIODS.iter().map(|(kind, period)| of(kind, period).with_contests()));
    // Annexes IV and V come with nominations and with what a correction changes.
    all.push(Sample::default().with_nominations());
    all.push(Sample::default().correcting());
    all.extend(PERIODS.iter().map(|(kind, period)| of(kind, period).with_movement().with_nominations().correcting()));
    let mut complete = Sample::default();
    complete.received.push(("615", "2022-11-08T02:00:00Z"));
    all.push(complete);
    all.push(Sample { received: Vec::new(), ..Sample::default() });
    for province in ["Thành phố Hồ Chí Minh", "Tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Hà Nam", "Thành phố Đà Nẵng"]
    {
        all.push(Sample { province: province.to_owned(), ..Sample::default() });
    }
    all
}

pub fn told(findings: &[Finding]) -> String {
    let line = |f: &Finding| format!("{}: {}: {} (cần: {})", f.rule, f.place, f.found, f.wanted);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn check(format: Format) {
    let mut faults = Vec::new();
    for (at, sample) in samples().iter().enumerate() {
        let bytes = sample.render(format);
        // Reports are judged as pictures too: KENG_REPORTS names a folder for them.
        if let Some(folder) = std::env::var_os("KENG_REPORTS") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{at:02}.{format}")), &bytes).unwrap();
        }
        let findings = lint(&bytes).unwrap().findings;
        if !findings.is_empty() {
            faults.push(format!("{} {} {}:\n{}", sample.kind, sample.period, sample.province, told(&findings)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn word_documents_are_clean() {
    check(Format::Docx);
}

#[test]
fn pdf_files_are_clean() {
    check(Format::Pdf);
}
