//! Section I: sheet, margins, letters, page numbers.

use super::Read;
use crate::catalogue::{
    COLOUR, FONT, FONT_EMBEDDED, MARGIN, ORIENTATION, PAGE_NUMBER, PAGE_NUMBER_ANNEX, PAGE_NUMBER_FIRST, PAGE_SIZE,
};
use crate::finding::Findings;
use crate::paper::{Kind, Margin, Part};
use crate::roles::Role;
use crate::words::decimal;

/// Sides of A4, mm.
const A4_MM: (f64, f64) = (210.0, 297.0);
/// Twips and points round.
const SIZE_SLACK_MM: f64 = 1.0;
const MARGIN_SLACK_MM: f64 = 0.3;
/// Name and range of each margin, mm, in the order of [`Part::margins`].
const MARGINS: [(&str, f64, f64); 4] =
    [("trên", 20.0, 25.0), ("dưới", 20.0, 25.0), ("trái", 30.0, 35.0), ("phải", 15.0, 20.0)];
/// Fonts with the letters and widths of Times New Roman, as PDF names them without spaces.
const IN_PDF: [&str; 3] = ["TimesNewRoman", "LiberationSerif", "Tinos"];

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    for (at, part) in read.paper.parts.iter().enumerate() {
        let annex = read.with_roles().any(|(role, line)| role == Role::AnnexLabel && line.part == at);
        sheet(part, findings);
        margins(part, findings);
        numbers(part, at, annex, findings);
    }
    letters(read, findings);
}

fn sheet(part: &Part, findings: &mut Findings) {
    let (short, long) = (part.width_mm.min(part.height_mm), part.width_mm.max(part.height_mm));
    if (short - A4_MM.0).abs() > SIZE_SLACK_MM || (long - A4_MM.1).abs() > SIZE_SLACK_MM {
        let found = format!("khổ giấy {} × {} mm", decimal(part.width_mm.round()), decimal(part.height_mm.round()));
        findings.add(&PAGE_SIZE, &part.place, found, "khổ A4 (210 × 297 mm)");
    }
    if part.width_mm > part.height_mm && !part.has_grid {
        findings.add(
            &ORIENTATION,
            &part.place,
            "trang nằm ngang mà không có bảng, biểu",
            "trình bày theo chiều dài của khổ A4",
        );
    }
}

fn margins(part: &Part, findings: &mut Findings) {
    for (margin, (name, least, most)) in part.margins.iter().zip(MARGINS) {
        let (mm, most) = match *margin {
            Margin::Exact(mm) => (mm, most + MARGIN_SLACK_MM),
            Margin::Measured(mm, line) => (mm, most + line + MARGIN_SLACK_MM),
            Margin::AtLeast(mm) => (mm, f64::INFINITY),
        };
        if mm < least - MARGIN_SLACK_MM || mm > most {
            let found = format!("lề {name} {} mm", decimal((mm * 10.0).round() / 10.0));
            findings.add(
                &MARGIN,
                &part.place,
                found,
                format!("lề {name} {} đến {} mm", decimal(least), decimal(most_of(name))),
            );
        }
    }
}

fn most_of(name: &str) -> f64 {
    MARGINS.iter().find(|m| m.0 == name).map_or(0.0, |m| m.2)
}

fn numbers(part: &Part, at: usize, annex: bool, findings: &mut Findings) {
    let n = &part.numbers;
    if at == 0 && n.on_first {
        findings.add(
            &PAGE_NUMBER_FIRST,
            &part.place,
            "trang thứ nhất hiển thị số trang",
            "không hiển thị số trang thứ nhất",
        );
    }
    if let Some(start) = n.start.filter(|s| *s != 1) {
        let found = format!("số trang bắt đầu từ {start}");
        if annex {
            findings.add(&PAGE_NUMBER_ANNEX, &part.place, found, "số trang đánh riêng theo từng phụ lục, từ 1");
        } else if at == 0 {
            findings.add(&PAGE_NUMBER, &part.place, found, "số trang đánh từ 1");
        }
    }
    if annex && n.start.is_none() && n.later == Some(true) {
        findings.add(
            &PAGE_NUMBER_ANNEX,
            &part.place,
            "số trang nối tiếp phần trước",
            "số trang đánh riêng theo từng phụ lục",
        );
    }
    let mut fault = |found: &str, wanted: &str| findings.add(&PAGE_NUMBER, &part.place, found, wanted);
    match n.later {
        None => return,
        Some(false) if n.on_first => return,
        Some(false) => return fault("không thấy số trang", "có số trang từ trang thứ hai, ở giữa lề trên"),
        Some(true) => {}
    }
    if !n.arabic {
        fault("số trang không phải chữ số Ả Rập", "số trang bằng chữ số Ả Rập");
    }
    if !n.in_top_margin {
        fault("số trang không nằm trong lề trên", "số trang nằm trong phần lề trên");
    }
    if !n.centred {
        fault("số trang không ở giữa", "số trang canh giữa theo chiều ngang");
    }
    if let Some(pt) = n.size_pt.filter(|pt| !(12.74..=14.26).contains(pt)) {
        fault(&format!("số trang cỡ chữ {}", decimal(pt)), "số trang cỡ chữ 13 đến 14");
    }
    if !n.upright {
        fault("số trang chữ nghiêng", "số trang kiểu chữ đứng");
    }
}

fn letters(read: &Read<'_>, findings: &mut Findings) {
    let pdf = read.paper.kind == Kind::Pdf;
    for (role, line) in read.with_roles() {
        // The stamps of urgency are red.
        let stamp = matches!(role, Role::Urgency | Role::Secrecy);
        for span in line.visible() {
            let family = span.font.replace([' ', ','], "");
            let known = if pdf {
                IN_PDF.iter().any(|f| family.starts_with(f))
            } else {
                span.font.eq_ignore_ascii_case("Times New Roman")
            };
            if !known {
                findings.add(&FONT, line.named(), format!("phông chữ {}", span.font), "phông chữ Times New Roman");
            }
            if pdf && !span.embedded {
                findings.add(
                    &FONT_EMBEDDED,
                    line.named(),
                    format!("phông chữ {} không nhúng trong tệp", span.font),
                    "phông chữ nhúng trong tệp, để nơi nhận thấy đúng chữ",
                );
            }
            if !span.black && !stamp {
                findings.add(&COLOUR, line.named(), "chữ không phải màu đen", "chữ màu đen");
            }
        }
    }
}
