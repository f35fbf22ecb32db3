//! Tờ trình: the province proposes models to the Ministry by letter 4267, 2, with the case that
//! allows each (R17) and its dossier.

use keng_domain::letter::{Paper, Proposal, ProposedBy, ProposedModel};
use keng_domain::rule_pack::DirectingLetter;
use keng_domain::rules::nomination::{Basis, PROPOSAL_CLAUSE};
use keng_domain::schema::PROPOSAL_BASES;
use keng_domain::text;

use super::agency::{Agency, in_sentence};
use super::{BLANK_DATE, MOVEMENT, WORK, counted, head_of_police, reference};
use crate::document::{Annex, Block, Cell, Column, Document, Row, Table};
use crate::words::{clip, printable};

/// The number of a proposal that nobody has issued yet (R29).
pub const NUMBER: &str = "Số:      /TTr-…";
/// To whom models are proposed (letter 4267, 2).
pub const MINISTRY: &str = "Bộ Công an (Cục V05)";

/// Writes the proposal.
pub fn compose(of: &Proposal) -> Document {
    let agency = Agency::of(&of.province);
    let quarter = of.quarter.map_or_else(String::new, |q| format!(" {}", q.title()));
    Document {
        cut_off: of.today,
        head: head_of_police(&agency, NUMBER),
        kind: Some("TỜ TRÌNH".to_owned()),
        subject: format!("Về việc đề nghị thông báo toàn quốc mô hình trong {MOVEMENT}{quarter}"),
        addressees: vec![MINISTRY.to_owned()],
        blocks: blocks(of, &agency),
        signer: vec!["GIÁM ĐỐC".to_owned()],
        secretary: None,
        recipients: vec![
            "Như trên".to_owned(),
            format!("{} (b/c)", agency.committee),
            of.order.committee_listed.clone(),
            "Lưu: VT, PV05".to_owned(),
        ],
        annexes: vec![dossiers(of, &agency)],
    }
}

fn blocks(of: &Proposal, agency: &Agency) -> Vec<Block> {
    let mut blocks = bases(of);
    blocks.push(Block::paragraph(format!(
        "{} kính đề nghị {MINISTRY} thông báo toàn quốc {} sau đây để các đơn vị, địa phương nghiên cứu, tham khảo vận \
         dụng và nhân rộng:",
        agency.issuer,
        counted(of.models.len() as u64, "mô hình"),
    )));
    for (i, model) in of.models.iter().enumerate() {
        blocks.extend(one(i + 1, model, &of.order));
    }
    blocks.push(Block::paragraph(format!(
        "Danh mục hồ sơ của từng mô hình tại Phụ lục kèm theo. {} kính trình {MINISTRY} xem xét, quyết định./.",
        agency.issuer,
    )));
    blocks
}

/// Guide and letter, on which every proposal rests.
fn orders(order: &DirectingLetter) -> [String; 2] {
    [format!("Căn cứ {} về việc {WORK} trong {MOVEMENT}", order.guide), format!("Căn cứ {}", order.with_issuer())]
}

/// What a unit's proposal rests on.
pub fn unit_bases(order: &DirectingLetter) -> Vec<Block> {
    ended(&orders(order))
}

/// What it rests on: guide, letter, and each directing document that is cited by its number.
fn bases(of: &Proposal) -> Vec<Block> {
    let mut texts = orders(&of.order).to_vec();
    let directing =
        of.models.iter().flat_map(|m| &m.by).filter(|m| m.basis == Basis::Directive).filter_map(|m| m.cited.as_ref());
    for paper in directing.filter(|p| p.number.is_some()) {
        let text = format!("Căn cứ {}", reference(paper));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    ended(&texts)
}

/// Each ends with a semicolon, the last with a full stop.
fn ended(texts: &[String]) -> Vec<Block> {
    let end = |i| if i + 1 == texts.len() { "." } else { ";" };
    texts.iter().enumerate().map(|(i, text)| Block::basis(format!("{text}{}", end(i)))).collect()
}

/// A model: who proposes it, why, and the case that allows it.
fn one(number: usize, of: &ProposedModel, order: &DirectingLetter) -> Vec<Block> {
    let mut blocks =
        vec![Block::paragraph(format!("{number}. Mô hình “{}”, do {}:", clip(&of.name), proposers(&of.by)))];
    for by in &of.by {
        let whose = if of.by.len() > 1 { format!("{}. ", printable(&by.of.unit)) } else { String::new() };
        blocks.push(Block::item(format!("{whose}{} {}", case(&by.of.case), found(by, "R13"))));
        blocks.extend(justification(by.of.justification.as_deref()));
        blocks.push(Block::item(allowed(by, order).trim_end()));
    }
    blocks
}

/// `huyện A đề xuất quý IV năm 2022`; of several `huyện A, huyện B đề xuất quý IV năm 2022`.
fn proposers(by: &[ProposedBy]) -> String {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for by in by {
        let (quarter, unit) = (by.of.quarter.title(), in_sentence(&by.of.unit));
        match told.iter_mut().find(|(of, _)| *of == quarter) {
            Some((_, units)) => units.push(unit),
            None => told.push((quarter, vec![unit])),
        }
    }
    let each = told.iter().map(|(quarter, units)| format!("{} đề xuất {quarter}", units.join(", ")));
    each.collect::<Vec<_>>().join(", ")
}

/// The case of letter 4267, 2, and what it rests on.
fn allowed(of: &ProposedBy, order: &DirectingLetter) -> String {
    let label = PROPOSAL_BASES.iter().find(|(code, _)| *code == of.basis.code()).map_or("", |(_, label)| label);
    let rests_on = match (of.basis, &of.cited) {
        (Basis::Dossier, _) => ["R14", "R15", "R16"].map(|rule| found(of, rule)).join(" "),
        (Basis::Directive | Basis::Finding, Some(paper)) => format!("{}.", reference(paper)),
        (Basis::Directive | Basis::Finding, None) => String::new(),
    };
    format!("Trường hợp đề nghị Bộ ({}): {label}. {rests_on}", order.clause(PROPOSAL_CLAUSE))
}

/// What was found of a condition.
fn found<'a>(of: &'a ProposedBy, rule: &str) -> &'a str {
    of.conditions.iter().find(|c| c.rule == rule).map_or("", |c| c.sentence.as_str())
}

/// The case of letter 4267, 1.b, by its label.
pub fn case(label: &str) -> String {
    format!("Trường hợp đề xuất (điểm 1.b): {}.", printable(label))
}

/// Why, in the unit's words.
pub fn justification(words: Option<&str>) -> Option<Block> {
    let why = words.filter(|why| !why.trim().is_empty())?;
    Some(Block::item(format!("Cách làm, hiệu quả theo đề xuất: {}", sentence(why))))
}

/// Words of a person, with a full stop.
pub fn sentence(words: &str) -> String {
    let words = printable(words.trim());
    if words.ends_with(['.', '!', '?', '…']) { words } else { format!("{words}.") }
}

/// The documents of every model.
fn dossiers(of: &Proposal, agency: &Agency) -> Annex {
    let mut rows = Vec::new();
    for (number, model) in (1..).zip(&of.models) {
        // What lies with the model itself is in the dossier of each who nominates it.
        let mut papers: Vec<&Paper> = Vec::new();
        for paper in model.by.iter().flat_map(|by| &by.of.dossier) {
            if !papers.contains(&paper) {
                papers.push(paper);
            }
        }
        rows.extend(papers.into_iter().map(|paper| row(number, &model.name, paper)));
    }
    let note = format!("Theo hồ sơ tỉnh đã nhận đến hết {}.", text::date_long(of.today));
    annex("Danh mục hồ sơ mô hình đề nghị thông báo toàn quốc", &agency.issuer, rows, note)
}

/// The annex that lists dossiers.
pub fn annex(title: &str, issuer: &str, rows: Vec<Row>, note: String) -> Annex {
    let number = NUMBER.trim_start_matches("Số:").trim_end();
    Annex {
        label: "Phụ lục".to_owned(),
        title: title.to_uppercase(),
        reference: format!("(Kèm theo Tờ trình số{number} {BLANK_DATE}của {issuer})"),
        table: Table {
            sheet: "Hồ sơ".to_owned(),
            caption: "Danh mục hồ sơ".to_owned(),
            columns: vec![
                Column::narrow("TT", 8),
                Column::wide("Mô hình", 56),
                Column::wide("Văn bản", 44),
                Column::wide("Số, ký hiệu", 32),
                Column::narrow("Ngày", 24),
                Column::wide("Cơ quan ban hành", 44),
                Column::wide("Tệp", 44),
            ],
            rows,
        },
        note,
    }
}

/// A document of a dossier.
pub fn row(number: u64, model: &str, paper: &Paper) -> Row {
    let words = |text: &Option<String>| text.as_deref().map_or_else(Cell::blank, Cell::text);
    Row::plain(vec![
        number.into(),
        Cell::text(model),
        Cell::text(&paper.kind),
        words(&paper.number),
        paper.issued_on.map_or_else(Cell::blank, |d| Cell::text(text::date_dmy(d))),
        words(&paper.issuer),
        Cell::text(&paper.file),
    ])
}
