//! Chapter 3: the link of one district returns, and its power fails in the midst of sending.

use std::time::Duration;

use anyhow::Result;

use crate::Story;
use crate::half::YEAR;
use crate::outage::points_of;
use crate::teller::number;

/// Whose power fails.
const UNIT: &str = "610";
/// Past the handshake, within the first batch.
const BYTES_UNTIL_POWER_FAILS: u64 = 10_000;

/// SIGKILL to the node between its first byte sent and the receipt; then it starts again.
pub fn power_fails_in_mid_sync(story: &Story) -> Result<()> {
    let Story { province, truth, teller } = story;
    let (node, district) = (province.node(UNIT), &truth.districts[UNIT]);
    teller.chapter(&format!("{}: có mạng lại, rồi mất điện giữa lúc gửi", district.name));
    let waiting = node.status()?.pending;
    // A machine that starts tries the link at once.
    node.stop()?;
    node.link().stall_after(BYTES_UNTIL_POWER_FAILS);
    node.serve()?;
    node.link().wait_until_reached(Duration::from_secs(30))?;
    node.kill();
    let left = node.status()?.pending;
    teller.fact(
        format!(
            "Sau {} byte thì mất điện (SIGKILL): còn {left}/{waiting} thay đổi chưa có biên nhận.",
            number(BYTES_UNTIL_POWER_FAILS)
        ),
        0 < left && left <= waiting,
        || left.to_string(),
    )?;

    node.link().open();
    node.serve()?;
    let busy = teller.busy("máy bật lại, gửi tiếp");
    province.wait_sent(UNIT, Duration::from_secs(60))?;
    busy.finish_and_clear();
    let seen = points_of(&province.hub().figures(YEAR)?, UNIT);
    teller.fact(
        format!("Bật lại, tự gửi tiếp: tỉnh có đúng {} điểm, không mất, không trùng.", district.counted_points),
        seen == Some(district.counted_points),
        || format!("{seen:?}"),
    )
}
