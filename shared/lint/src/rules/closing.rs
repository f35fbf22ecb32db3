//! Boxes 7, 9b, 12 and the stamps of boxes 10 and 11.

use super::Read;
use super::look::{Case, Look};
use crate::catalogue::{
    ARCHIVE, AUTHORITY, CIRCULATION, DRAFTER, RECIPIENTS, RECIPIENTS_HEAD, SECRECY, SIGNER, URGENCY,
};
use crate::finding::Findings;
use crate::paper::Line;
use crate::roles::Role;
use crate::words::folded;

/// How powers to sign are abbreviated.
const POWERS: [&str; 5] = ["TM.", "Q.", "KT.", "TL.", "TUQ."];
/// Degrees and honours that do not stand before a name. Ranks may, in the armed forces.
const TITLES: [&str; 8] = ["GS", "PGS", "TS", "ThS", "Th.S", "CN", "NSND", "BS"];

pub fn check(read: &Read<'_>, findings: &mut Findings) {
    signature(read, findings);
    recipients(read, findings);
    for (role, line) in read.with_roles() {
        let bold = Look::plain(Case::Upper, 13.0..=14.0).bold();
        match role {
            Role::Secrecy => findings.add(
                &SECRECY,
                line.named(),
                format!("dấu chỉ độ mật “{}”", line.text.trim()),
                "văn bản mật không được đưa vào hệ thống này (quy tắc R32)",
            ),
            Role::Urgency => bold.check(&URGENCY, "Dấu chỉ mức độ khẩn", line, findings),
            Role::Circulation => bold.check(&CIRCULATION, "Chỉ dẫn phạm vi lưu hành", line, findings),
            Role::Drafter => {
                Look::plain(Case::Upper, 11.0..=11.0).check(&DRAFTER, "Ký hiệu người soạn thảo", line, findings);
            }
            _ => {}
        }
    }
}

fn signature(read: &Read<'_>, findings: &mut Findings) {
    let offices: Vec<&Line> = read.of(Role::Authority).collect();
    let closed = read.roles.contains(&Role::RecipientsHead);
    if offices.is_empty() && closed {
        let place = read.of(Role::RecipientsHead).next().map(Line::named).unwrap_or_default();
        findings.add(
            &AUTHORITY,
            place,
            "không thấy quyền hạn, chức vụ của người ký viết in hoa",
            "quyền hạn, chức vụ viết in hoa, ngang hàng với “Nơi nhận:”",
        );
    }
    for line in &offices {
        Look::plain(Case::Upper, 13.0..=14.0).bold().check(&AUTHORITY, "Quyền hạn, chức vụ", line, findings);
        let first = line.text.split_whitespace().next().unwrap_or_default();
        let power = first.trim_end_matches('.');
        let unfinished = POWERS.iter().any(|p| p.trim_end_matches('.') == power) && !POWERS.contains(&first);
        if unfinished {
            findings.add(&AUTHORITY, line.named(), format!("“{first}” không có dấu chấm"), format!("“{power}.”"));
        }
    }
    for line in read.of(Role::Signer) {
        Look::plain(Case::Lower, 13.0..=14.0).bold().check(
            &SIGNER,
            "Họ tên, chức vụ khác của người ký",
            line,
            findings,
        );
        let first = line.text.split_whitespace().next().unwrap_or_default();
        if let Some(title) = first.split('.').find(|t| TITLES.contains(t)).filter(|_| first.contains('.')) {
            findings.add(
                &SIGNER,
                line.named(),
                format!("có học hàm, học vị “{title}”"),
                "trước họ tên không ghi học hàm, học vị, danh hiệu",
            );
        }
    }
}

fn recipients(read: &Read<'_>, findings: &mut Findings) {
    let Some(head) = read.of(Role::RecipientsHead).next() else {
        if read.roles.contains(&Role::Nation) {
            findings.add(
                &RECIPIENTS_HEAD,
                "Cuối văn bản",
                "không thấy “Nơi nhận:”",
                "“Nơi nhận:” ngang hàng với chức vụ của người ký, sát lề trái",
            );
        }
        return;
    };
    Look::plain(Case::Lower, 12.0..=12.0).bold().italic().check(&RECIPIENTS_HEAD, "Từ “Nơi nhận”", head, findings);
    if !head.text.trim_end().ends_with(':') {
        findings.add(&RECIPIENTS_HEAD, head.named(), "sau từ “Nơi nhận” không có dấu hai chấm", "“Nơi nhận:”");
    }
    let list: Vec<&Line> = read.of(Role::Recipient).collect();
    for line in &list {
        Look::plain(Case::Lower, 11.0..=11.0).check(&RECIPIENTS, "Danh sách nơi nhận", line, findings);
        if !line.text.trim_start().starts_with(['-', '–']) {
            findings.add(
                &RECIPIENTS,
                line.named(),
                "đầu dòng không có gạch đầu dòng",
                "đầu dòng có dấu “-” sát lề trái",
            );
        }
    }
    let Some((last, others)) = list.split_last() else {
        findings.add(
            &RECIPIENTS,
            head.named(),
            "dưới “Nơi nhận:” không có danh sách",
            "mỗi nơi nhận một dòng, dòng cuối là “- Lưu: VT, ….”",
        );
        return;
    };
    for line in others.iter().filter(|line| !line.text.trim_end().ends_with(';')) {
        findings.add(&RECIPIENTS, line.named(), "cuối dòng không có dấu chấm phẩy", "cuối dòng có dấu “;”");
    }
    if read.roles.contains(&Role::To) && !folded(&list[0].text).contains("nhu tren") {
        findings.add(
            &RECIPIENTS,
            list[0].named(),
            "dòng đầu không phải “Như trên”",
            "văn bản có “Kính gửi” thì dòng đầu của nơi nhận là “- Như trên;”",
        );
    }
    archive(last, findings);
}

fn archive(last: &Line, findings: &mut Findings) {
    let words = last.text.trim().trim_start_matches(['-', '–']).trim();
    let kept = words.strip_prefix("Lưu:").map(str::trim);
    let wanted = "“- Lưu: VT, tên viết tắt đơn vị soạn thảo.”";
    let found = match kept {
        None => "dòng cuối không phải “Lưu:”",
        Some(kept) if !kept.starts_with("VT") => "sau “Lưu:” không phải “VT”",
        Some(kept) if !kept.ends_with('.') => "cuối dòng “Lưu” không có dấu chấm",
        Some(kept) if kept.len() > 3 && !kept.starts_with("VT,") => "sau “VT” không có dấu phẩy",
        Some(_) => return,
    };
    findings.add(&ARCHIVE, last.named(), found, wanted);
}
