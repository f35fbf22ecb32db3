//! Boxes 1 to 4 and 5b: nation, agency, number, place and date, what a letter is about.

use super::Read;
use super::look::{Case, Look, ruled};
use crate::catalogue::{DATE_ZERO, ISSUER, MOTTO, NATION, NUMBER, PLACE_DATE, REGARDING, SUPERIOR};
use crate::finding::Findings;
use crate::paper::{Line, Side};
use crate::roles::{Role, is_minutes};
use crate::words::{folded, is_upper};

/// Both spellings stand in the decree itself.
const NATION_WORDS: [&str; 2] = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"];
/// Abbreviations of types of papers that the decree itself writes with a small letter (annex III, I).
const TYPES_WITH_SMALL: [&str; 4] = ["TTr-", "CTr-", "QyĐ-", "TrS-"];
const MOTTO_WORDS: &str = "Độc lập - Tự do - Hạnh phúc";

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    nation_and_motto(read, findings);
    agencies(read, findings);
    number(read, findings);
    place_and_date(read, findings);
    for line in read.of(Role::Regarding) {
        Look::plain(Case::Lower, 12.0..=13.0).centred().check(&REGARDING, "Trích yếu công văn", line, findings);
    }
}

fn nation_and_motto(read: &Read<'_>, findings: &mut Findings) {
    let on_right = |line: &Line, findings: &mut Findings, rule, name: &str| {
        if line.side == Side::Left {
            findings.add(
                rule,
                line.named(),
                format!("{name} ở bên trái"),
                format!("{name} ở phía trên, bên phải trang đầu"),
            );
        }
    };
    match read.of(Role::Nation).next() {
        None => findings.add(&NATION, "Trang 1", "không thấy Quốc hiệu", format!("Quốc hiệu “{}”", NATION_WORDS[0])),
        Some(line) => {
            Look::plain(Case::Upper, 12.0..=13.0).bold().check(&NATION, "Quốc hiệu", line, findings);
            if is_upper(&line.text) && !NATION_WORDS.contains(&line.text.trim()) {
                findings.add(&NATION, line.named(), "Quốc hiệu sai chữ hoặc dấu", format!("“{}”", NATION_WORDS[0]));
            }
            on_right(line, findings, &NATION, "Quốc hiệu");
        }
    }
    match read.of(Role::Motto).next() {
        None => findings.add(&MOTTO, "Trang 1", "không thấy Tiêu ngữ", format!("Tiêu ngữ “{MOTTO_WORDS}”")),
        Some(line) => {
            Look::plain(Case::Lower, 13.0..=14.0).bold().centred().check(&MOTTO, "Tiêu ngữ", line, findings);
            if !is_upper(&line.text) && line.text.trim().replace('–', "-") != MOTTO_WORDS {
                findings.add(&MOTTO, line.named(), format!("“{}”", line.text.trim()), format!("“{MOTTO_WORDS}”"));
            }
            on_right(line, findings, &MOTTO, "Tiêu ngữ");
            ruled(&MOTTO, "Tiêu ngữ", line, line.width_mm, 1.0..=1.0, findings);
        }
    }
}

fn agencies(read: &Read<'_>, findings: &mut Findings) {
    for line in read.of(Role::Superior) {
        Look::plain(Case::Upper, 12.0..=13.0).check(&SUPERIOR, "Tên cơ quan chủ quản", line, findings);
    }
    let issuer: Vec<&Line> = read.of(Role::Issuer).collect();
    for line in &issuer {
        Look::plain(Case::Upper, 12.0..=13.0).bold().centred().check(&ISSUER, "Tên cơ quan ban hành", line, findings);
    }
    match issuer.last() {
        None => findings.add(
            &ISSUER,
            "Trang 1",
            "không thấy tên cơ quan ban hành",
            "tên cơ quan ban hành ở phía trên, bên trái",
        ),
        Some(last) => {
            let width = issuer.iter().map(|line| line.width_mm).fold(0.0, f64::max);
            ruled(&ISSUER, "tên cơ quan ban hành", last, width, 1.0 / 3.0..=0.5, findings);
        }
    }
}

/// R29: a blank number is right, for it is given when the paper is registered.
fn number(read: &Read<'_>, findings: &mut Findings) {
    let Some(line) = read.of(Role::Number).next() else {
        findings.add(&NUMBER, "Trang 1", "không thấy số, ký hiệu", "dòng “Số: …/…” dưới tên cơ quan ban hành");
        return;
    };
    Look::plain(Case::Any, 13.0..=13.0).centred().check(&NUMBER, "Số, ký hiệu", line, findings);
    let text = line.text.trim();
    let rest = text.chars().skip(2).collect::<String>();
    let Some(rest) = rest.trim_start().strip_prefix(':') else {
        findings.add(&NUMBER, line.named(), "sau từ “Số” không có dấu hai chấm", "“Số:”");
        return;
    };
    if !text.starts_with("Số") {
        findings.add(&NUMBER, line.named(), "từ “Số” viết sai", "“Số:” viết in thường");
    }
    let Some((given, symbol)) = rest.split_once('/') else {
        findings.add(&NUMBER, line.named(), "giữa số và ký hiệu không có dấu gạch chéo", "“Số: 05/BC-CAT”");
        return;
    };
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 1 {
        findings.add(
            &NUMBER,
            line.named(),
            format!("số {digits}"),
            format!("số 0{digits}: số nhỏ hơn 10 có số 0 phía trước"),
        );
    }
    let spaced_number = !digits.is_empty() && given.ends_with(char::is_whitespace);
    if spaced_number || symbol.trim().contains(char::is_whitespace) || symbol.starts_with(char::is_whitespace) {
        findings.add(&NUMBER, line.named(), "có cách chữ quanh dấu gạch", "không cách chữ trước và sau dấu “/”, “-”");
    }
    let symbol = TYPES_WITH_SMALL.iter().fold(symbol.to_owned(), |symbol, kind| symbol.replacen(kind, "", 1));
    if symbol.chars().any(char::is_lowercase) {
        findings.add(&NUMBER, line.named(), "ký hiệu viết in thường", "ký hiệu viết in hoa");
    }
}

fn place_and_date(read: &Read<'_>, findings: &mut Findings) {
    let Some(line) = read.of(Role::PlaceDate).next() else {
        if !read.of(Role::Type).any(|line| is_minutes(&folded(&line.text))) {
            findings.add(&PLACE_DATE, "Trang 1", "không thấy địa danh, ngày tháng năm", "“…, ngày … tháng … năm …”");
        }
        return;
    };
    Look::plain(Case::Lower, 13.0..=14.0).italic().centred().check(&PLACE_DATE, "Địa danh, ngày tháng", line, findings);
    let text = line.text.trim();
    let place = text.split("ngày").next().unwrap_or_default().trim_end();
    if !place.ends_with(',') {
        findings.add(&PLACE_DATE, line.named(), "sau địa danh không có dấu phẩy", "“địa danh, ngày … tháng … năm …”");
    }
    if place.chars().next().is_some_and(char::is_lowercase) {
        findings.add(&PLACE_DATE, line.named(), "địa danh không viết hoa", "chữ cái đầu của địa danh viết hoa");
    }
    zeros(line, findings);
}

/// Days below 10 and the months 1 and 2 have a zero before them; the months 3 to 9 have none.
pub fn zeros(line: &Line, findings: &mut Findings) {
    let words = folded(&line.text).replace([',', ')', '('], " ");
    let after = |word: &str| {
        let mut all = words.split_whitespace().skip_while(|w| *w != word).skip(1);
        all.next().filter(|w| w.chars().all(|c| c.is_ascii_digit())).map(str::to_owned)
    };
    if let Some(day) = after("ngay").filter(|d| d.len() == 1) {
        findings.add(&DATE_ZERO, line.named(), format!("ngày {day}"), format!("ngày 0{day}"));
    }
    if let Some(month) = after("thang") {
        let n: u32 = month.parse().unwrap_or(0);
        let wanted = if n < 3 { format!("{n:02}") } else { n.to_string() };
        if month != wanted {
            findings.add(&DATE_ZERO, line.named(), format!("tháng {month}"), format!("tháng {wanted}"));
        }
    }
}
