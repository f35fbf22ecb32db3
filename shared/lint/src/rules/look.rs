//! Case, size, weight and slope: what the table in annex I, part I, section V gives each component.

use std::ops::RangeInclusive;

use crate::catalogue::Rule;
use crate::finding::Findings;
use crate::paper::{Align, Line};
use crate::words::{decimal, is_upper};

/// Word rounds to half points, PDF to hundredths.
const SIZE_SLACK_PT: f64 = 0.26;

/// Chữ in hoa, in thường.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Upper,
    Lower,
    Any,
}

/// How a component looks; `None` where the decree leaves it open.
#[derive(Debug, Clone)]
pub struct Look {
    pub case: Case,
    pub size_pt: RangeInclusive<f64>,
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub centred: bool,
}

impl Look {
    /// Letters of this size; upright and not bold.
    pub fn plain(case: Case, size_pt: RangeInclusive<f64>) -> Self {
        Self { case, size_pt, bold: Some(false), italic: Some(false), centred: false }
    }

    /// The same, bold.
    pub fn bold(self) -> Self {
        Self { bold: Some(true), ..self }
    }

    /// The same, italic.
    pub fn italic(self) -> Self {
        Self { italic: Some(true), ..self }
    }

    /// The same, in the middle of its column.
    pub fn centred(self) -> Self {
        Self { centred: true, ..self }
    }

    /// Notes each trait that `line` lacks. `name` is the component in Vietnamese.
    pub fn check(&self, rule: &Rule, name: &str, line: &Line, findings: &mut Findings) {
        let text = line.text.trim();
        match self.case {
            Case::Upper if !is_upper(text) => {
                findings.add(rule, line.named(), format!("{name} không viết in hoa"), format!("{name} viết in hoa"));
            }
            Case::Lower if is_upper(text) && text.chars().filter(|c| c.is_alphabetic()).count() > 1 => {
                findings.add(rule, line.named(), format!("{name} viết in hoa"), format!("{name} viết in thường"));
            }
            _ => {}
        }
        self.size(rule, name, line, findings);
        for (wanted, share, yes, no) in [
            (self.bold, line.share(|s| s.bold), "chữ đậm", "chữ không đậm"),
            (self.italic, line.share(|s| s.italic), "chữ nghiêng", "chữ đứng"),
        ] {
            let (found, right) = match wanted {
                Some(true) if share < 0.9 => (no, yes),
                Some(false) if share > 0.1 => (yes, no),
                _ => continue,
            };
            findings.add(rule, line.named(), format!("{name}: {found}"), format!("{name}: {right}"));
        }
        if self.centred && line.align.is_some_and(|a| a != Align::Center) {
            findings.add(rule, line.named(), format!("{name} không canh giữa"), format!("{name} canh giữa"));
        }
    }

    fn size(&self, rule: &Rule, name: &str, line: &Line, findings: &mut Findings) {
        let (least, most) = (*self.size_pt.start(), *self.size_pt.end());
        let fits = |pt: f64| pt >= least - SIZE_SLACK_PT && pt <= most + SIZE_SLACK_PT;
        if let Some(bad) = line.visible().find(|s| !fits(s.size_pt)) {
            let wanted = match () {
                () if least < most => format!("{name} cỡ chữ {} đến {}", decimal(least), decimal(most)),
                () => format!("{name} cỡ chữ {}", decimal(least)),
            };
            findings.add(rule, line.named(), format!("{name} cỡ chữ {}", decimal(bad.size_pt)), wanted);
        }
    }
}

/// Notes a rule that is missing under `line`, or whose length is not within these shares of it.
/// What is not drawn to the point, or measured from widths, is given a tenth.
pub fn ruled(
    rule: &Rule,
    name: &str,
    line: &Line,
    width_mm: f64,
    shares: RangeInclusive<f64>,
    findings: &mut Findings,
) {
    const SLACK: f64 = 1.1;
    let wanted = if *shares.start() >= 1.0 {
        format!("dưới {name} có đường kẻ ngang, nét liền, dài bằng dòng chữ")
    } else {
        format!("dưới {name} có đường kẻ ngang, nét liền, dài từ 1/3 đến 1/2 dòng chữ")
    };
    match line.rule_mm {
        None => findings.add(rule, line.named(), format!("không có đường kẻ dưới {name}"), wanted),
        Some(mm) if mm < width_mm * shares.start() / SLACK || mm > width_mm * shares.end() * SLACK => {
            let found =
                format!("đường kẻ dài {} mm, dòng chữ dài {} mm", decimal(mm.round()), decimal(width_mm.round()));
            findings.add(rule, line.named(), found, wanted);
        }
        Some(_) => {}
    }
}
