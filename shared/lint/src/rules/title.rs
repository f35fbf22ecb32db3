//! Boxes 5a and 9a: type, subject, addressees.

use super::Read;
use super::look::{Case, Look, ruled};
use crate::catalogue::{ADDRESSEES, SUBJECT, TYPE};
use crate::finding::Findings;
use crate::paper::Line;
use crate::roles::Role;
use crate::words::decimal;

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    let bold = |case| Look::plain(case, 13.0..=14.0).bold().centred();
    for line in read.of(Role::Type) {
        bold(Case::Upper).check(&TYPE, "Tên loại văn bản", line, findings);
    }
    let subject: Vec<&Line> = read.of(Role::Subject).collect();
    for line in &subject {
        bold(Case::Lower).check(&SUBJECT, "Trích yếu", line, findings);
    }
    match (read.of(Role::Type).next(), subject.last()) {
        (Some(line), None) => findings.add(
            &SUBJECT,
            line.named(),
            "không thấy trích yếu dưới tên loại",
            "trích yếu ngay dưới tên loại, canh giữa",
        ),
        (_, Some(last)) => {
            let width = subject.iter().map(|line| line.width_mm).fold(0.0, f64::max);
            ruled(&SUBJECT, "trích yếu", last, width, 1.0 / 3.0..=0.5, findings);
        }
        (None, None) => {}
    }
    addressees(read, findings);
}

fn addressees(read: &Read<'_>, findings: &mut Findings) {
    let Some(to) = read.of(Role::To).next() else { return };
    let names: Vec<&Line> = read.of(Role::Addressee).collect();
    for line in std::iter::once(&to).chain(&names) {
        Look::plain(Case::Lower, 13.0..=14.0).check(&ADDRESSEES, "Kính gửi và nơi nhận văn bản", line, findings);
    }
    let Some((_, one)) = to.text.split_once(':') else {
        findings.add(&ADDRESSEES, to.named(), "sau từ “Kính gửi” không có dấu hai chấm", "“Kính gửi:”");
        return;
    };
    let count = names.len() + usize::from(!one.trim().is_empty());
    if count == 0 {
        findings.add(
            &ADDRESSEES,
            to.named(),
            "không thấy tên nơi nhận sau “Kính gửi:”",
            "tên cơ quan, tổ chức, cá nhân nhận văn bản",
        );
    } else if count == 1 && !names.is_empty() {
        findings.add(
            &ADDRESSEES,
            names[0].named(),
            "gửi một nơi nhưng xuống dòng",
            "gửi một nơi thì ghi cùng dòng với “Kính gửi:”",
        );
    } else if count > 1 && !one.trim().is_empty() {
        findings.add(
            &ADDRESSEES,
            to.named(),
            "nơi nhận thứ nhất ghi cùng dòng với “Kính gửi:”",
            "gửi hai nơi trở lên thì mỗi nơi một dòng riêng, dưới dòng “Kính gửi:”",
        );
    }
    ends(&ADDRESSEES, &names, findings);
    let lefts: Vec<f64> = names.iter().filter_map(|line| line.left_mm).collect();
    if let Some((at, mm)) = lefts.iter().enumerate().find(|(_, mm)| (*mm - lefts[0]).abs() > 1.0) {
        let found = format!("gạch đầu dòng lệch {} mm", decimal((mm - lefts[0]).abs().round()));
        findings.add(&ADDRESSEES, names[at].named(), found, "các gạch đầu dòng thẳng hàng với nhau, dưới dấu hai chấm");
    }
}

/// Each line of a list ends with ";", the last one with ".".
pub fn ends(rule: &crate::catalogue::Rule, lines: &[&Line], findings: &mut Findings) {
    let Some((last, others)) = lines.split_last() else { return };
    for line in others.iter().filter(|line| !line.text.trim_end().ends_with(';')) {
        findings.add(rule, line.named(), "cuối dòng không có dấu chấm phẩy", "cuối dòng có dấu “;”");
    }
    if !last.text.trim_end().ends_with('.') {
        findings.add(rule, last.named(), "cuối dòng cuối cùng không có dấu chấm", "cuối dòng cuối cùng có dấu “.”");
    }
}
