//! Chapter 4: "từ 50 % số điểm trở lên", with one district still missing.

use anyhow::{Context, Result};
use keng_domain::text::search_key;
use keng_tests::Office;
use keng_tests::answers::Verdict;

use crate::Story;
use crate::teller::number;

/// The year of the story.
pub const YEAR: i32 = 2022;
/// The district that comes last.
pub const LAST: &str = "617";
/// Without that district 7 of 17 points are effective and 2 unrated; with it, 10 of 20.
const MODEL: &str = "Thôn bình yên, gia đình hòa thuận";

/// The verdict stays open until the last district is there; then exactly half is enough.
pub fn exactly_half(story: &Story) -> Result<()> {
    let Story { province, truth, teller } = story;
    teller.chapter("Đúng một nửa: kết luận chờ huyện cuối cùng");
    let node = province.node("612");
    node.link().open();
    node.sync()?;
    teller.say(format!("{} có mạng lại, cán bộ bấm Đồng bộ. Còn thiếu {}.", name(story, "612"), name(story, LAST)));

    let (from, into) = province.hub().merge_suggested()?;
    teller.fact(
        format!(
            "Tỉnh nhận các gợi ý gộp chắc chắn: {from} bản ghi của các huyện, viết khác nhau, gộp vào {into} mô hình."
        ),
        from > 0,
        || format!("{from}"),
    )?;
    let before = verdict(province.hub(), MODEL)?;
    teller.fact(
        format!("“{MODEL}”: {}, nên CHƯA XÁC ĐỊNH.", tally(&before)),
        before.verdict == "UNDETERMINED",
        || format!("{before:?}"),
    )?;

    let node = province.node(LAST);
    node.link().open();
    node.sync()?;
    province.hub().merge_suggested()?;
    teller.say(format!("{} có mạng lại và gửi hết.", name(story, LAST)));
    let after = verdict(province.hub(), MODEL)?;
    teller.fact(
        format!("“{MODEL}”: {}, đúng một nửa, nên HIỆU QUẢ.", tally(&after)),
        after.verdict == "EFFECTIVE" && after.effective * 2 == after.eligible,
        || format!("{after:?}"),
    )?;

    let compared = truth.compare(&province.hub().figures(YEAR)?);
    teller.fact(
        format!(
            "Số liệu năm {YEAR}: {} mô hình, {} điểm, {} tổ, {} thành viên; từng số khớp bảng đối chiếu lập riêng.",
            truth.model_count,
            number(truth.counted_points),
            number(truth.teams),
            number(truth.members)
        ),
        compared.is_ok(),
        || compared.as_ref().err().map(ToString::to_string).unwrap_or_default(),
    )
}

fn name<'a>(story: &'a Story, unit: &str) -> &'a str {
    &story.truth.districts[unit].name
}

fn tally(v: &Verdict) -> String {
    format!("{} hiệu quả trên {} điểm, {} chưa đánh giá", v.effective, v.eligible, v.unrated)
}

/// The verdict of a model under whichever spelling stayed; the one with most points where a
/// stray spelling stands alone.
pub fn verdict(office: &Office, name: &str) -> Result<Verdict> {
    let of = office.verdicts(YEAR)?.into_iter().filter(|v| search_key(&v.name) == search_key(name));
    of.max_by_key(|v| v.eligible).with_context(|| format!("no verdict on “{name}”"))
}
