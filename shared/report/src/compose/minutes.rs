//! Biên bản: what a review, inspection or survey of a model has found (decree 30/2020, Mẫu 1.9). Who
//! was there, who presided and from when to when no record tells: these stay blank.

use keng_domain::letter::Minutes;
use keng_domain::text;

use super::agency::{Agency, in_sentence};
use super::issuer::Issuer;
use super::{counted, head, reference};
use crate::document::{Block, Document};
use crate::words::{clip, printable};

/// The number of minutes that nobody has issued yet (R29).
pub const NUMBER: &str = "Số:      /BB-…";
/// Where a person writes.
pub const BLANK: &str = "……………………………………";
/// Where a person writes a day.
pub const BLANK_DAY: &str = "ngày …… tháng …… năm ……";

/// Who was there, to be written.
pub fn present() -> [Block; 3] {
    ["Thành phần tham dự", "Chủ trì (chủ tọa)", "Thư ký (người ghi biên bản)"]
        .map(|who| Block::paragraph(format!("{who}: {BLANK}")))
}

/// Writes the minutes.
pub fn compose(of: &Minutes) -> Document {
    let agency = Agency::of(&of.province);
    let Issuer { superior, issuer, recipients, .. } = Issuer::of(&agency, &of.order, of.unit.as_deref());
    Document {
        cut_off: of.day,
        head: head(&superior, &issuer, NUMBER, None),
        kind: Some("BIÊN BẢN".to_owned()),
        subject: match of.point {
            Some(_) => format!("{} mô hình “{}” tại {}", printable(&of.kind), clip(&of.model), place(of)),
            None => format!("{} mô hình “{}”", printable(&of.kind), clip(&of.model)),
        },
        addressees: Vec::new(),
        blocks: blocks(of),
        signer: vec!["CHỦ TỌA".to_owned()],
        secretary: Some("THƯ KÝ".to_owned()),
        recipients,
        annexes: Vec::new(),
    }
}

fn blocks(of: &Minutes) -> Vec<Block> {
    let day = of.held_on.map_or_else(|| BLANK_DAY.to_owned(), text::date_long);
    let by = of.by.as_deref().map_or_else(|| BLANK.to_owned(), clip);
    let mut blocks = vec![
        Block::paragraph(format!("Thời gian bắt đầu: …… giờ …… phút, {day}.")),
        Block::paragraph(format!("Địa điểm: {}.", place(of))),
        Block::paragraph(format!("Đơn vị thực hiện: {by}.")),
    ];
    blocks.extend(present());
    blocks.push(Block::paragraph("Nội dung:"));
    blocks.push(Block::paragraph(format!("1. Tình hình theo sổ theo dõi: {}", size(of))));
    blocks.extend(part("2. Kết quả", &of.finding));
    blocks.extend(part("3. Kiến nghị, khắc phục", &of.remedy));
    if !of.papers.is_empty() {
        blocks.push(Block::paragraph("4. Văn bản kèm theo:"));
        blocks.extend(of.papers.iter().map(|paper| Block::item(format!("{}.", reference(paper)))));
    }
    blocks.push(Block::paragraph(format!(
        "Buổi {} kết thúc vào …… giờ …… phút, {BLANK_DAY}./.",
        printable(&of.kind).to_lowercase()
    )));
    blocks
}

/// `Thôn Mô Pả, xã Đăk Hà`.
fn place(of: &Minutes) -> String {
    let point = of.point.as_deref().map_or_else(String::new, |place| format!("{}, ", clip(place)));
    format!("{point}{}", in_sentence(&of.area))
}

/// The model in numbers; a point also by its decision and last rating.
fn size(of: &Minutes) -> String {
    let s = &of.size;
    let mut parts = vec![format!(
        "{}, {}, {}",
        counted(s.points, "điểm"),
        counted(s.teams, "tổ"),
        counted(s.members, "thành viên")
    )];
    parts.extend(s.decision.as_ref().map(reference));
    parts.extend(s.rated.as_ref().map(|(year, level)| format!("xếp loại năm {year}: {}", printable(level))));
    format!("{}.", parts.join("; "))
}

/// A numbered part; what nobody has entered is left to be written.
fn part(title: &str, paragraphs: &[String]) -> Vec<Block> {
    match paragraphs {
        [] => vec![Block::paragraph(format!("{title}: {BLANK}"))],
        [one] => vec![Block::paragraph(format!("{title}: {one}"))],
        many => {
            std::iter::once(Block::paragraph(format!("{title}:"))).chain(many.iter().map(Block::paragraph)).collect()
        }
    }
}
