//! Section IV: from whom figures came, and who has handed in the period.

use keng_domain::figures::{Figures, UnitFigures};
use keng_domain::period::PeriodKind;
use keng_domain::rules::submission::State;
use keng_domain::text;

use super::counted;
use crate::document::Block;
use crate::words::{clip, printable, stamp};

/// R21: who has not reported, and as of when the others stand.
pub fn section(figures: &Figures) -> Vec<Block> {
    let expected = figures.units.iter().filter(|u| u.code != figures.province.code).count();
    let absent = figures.missing_units.len();
    let mut times: Vec<_> = figures.units.iter().filter_map(|u| Some((u.as_of?, u))).collect();
    times.sort_by_key(|(at, _)| *at);
    let as_of = match (times.first(), times.last()) {
        (Some((first, early)), Some((last, late))) => format!(
            " Lần nhận số liệu gần nhất của từng đơn vị ghi tại Phụ lục III; sớm nhất là {} ({}), muộn nhất là {} ({}).",
            stamp(*first),
            clip(&early.name),
            stamp(*last),
            clip(&late.name)
        ),
        _ => String::new(),
    };
    let heading = Block::heading("IV. ĐƠN VỊ CHƯA NHẬN ĐƯỢC SỐ LIỆU");
    if absent == 0 {
        let all = format!("Đã nhận được số liệu của tất cả {}.{as_of}", counted(expected as u64, "đơn vị"));
        return [heading, Block::paragraph(all)].into_iter().chain(handed_in(figures)).collect();
    }
    let mut blocks = vec![
        heading,
        Block::paragraph(format!(
            "Đã nhận được số liệu của {} trên {}.{as_of}",
            text::padded(expected.saturating_sub(absent) as u64),
            counted(expected as u64, "đơn vị")
        )),
        Block::paragraph(format!("Chưa nhận được số liệu của {}:", counted(absent as u64, "đơn vị"))),
    ];
    blocks.extend(figures.missing_units.iter().map(|u| Block::item(format!("{}.", clip(&u.name)))));
    blocks.extend(handed_in(figures));
    blocks
}

/// Letter 4267, 1.d: who has handed in the period, and whether in time; whose report was sent back. Quarters
/// are nominated, not reported.
fn handed_in(figures: &Figures) -> Option<Block> {
    if figures.kind == PeriodKind::Quarter.code() {
        return None;
    }
    let of = || figures.units.iter().filter(|u| u.code != figures.province.code);
    // A report that was sent back counts as none until the unit has mended it.
    let stands = |u: &&UnitFigures| u.handed_in.as_ref().is_some_and(|h| h.state != State::Returned);
    let done: Vec<_> = of().filter(stands).filter_map(|u| u.handed_in.as_ref()).collect();
    let late = done.iter().filter(|h| !h.timeliness.is_kept()).count();
    let accepted = done.iter().filter(|h| h.state == State::Accepted).count();
    let named = |what: &str, units: Vec<String>| match units.len() {
        0 => String::new(),
        _ => format!(" {what}: {}.", units.join("; ")),
    };
    let back = of().filter(|u| u.handed_in.is_some() && !stands(u)).map(|u| clip(&u.name)).collect();
    let open = of().filter(|u| u.handed_in.is_none()).map(|u| clip(&u.name)).collect();
    Some(Block::paragraph(format!(
        "Đã trình báo cáo {}: {} trên {}, trong đó quá hạn {}; tỉnh đã nhận báo cáo của {}.{}{}",
        printable(&figures.title),
        text::padded(done.len() as u64),
        counted(of().count() as u64, "đơn vị"),
        counted(late as u64, "đơn vị"),
        counted(accepted as u64, "đơn vị"),
        named("Đã trả lại, chưa trình lại", back),
        named("Chưa trình", open),
    )))
}
