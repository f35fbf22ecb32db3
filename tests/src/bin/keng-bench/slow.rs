//! A day's edits over a mountain link.

use std::time::Duration;

use anyhow::{Result, ensure};
use keng_tests::Pace;

use crate::crossing::Crossing;
use crate::page::{Table, held, thousands};
use crate::stage::Stage;
use crate::work::Work;

/// What a district edits in a day.
const EDITS: usize = 50;
/// Records it has.
const RECORDS: usize = 100;
/// 64 kbit/s, 600 ms there and back.
const LINK: Pace = Pace { bits_per_second: 64_000, round_trip: Duration::from_millis(600), loss_percent: 0 };

/// Time to the receipt, without and with loss.
pub fn measure() -> Result<Table> {
    let mut table = Table::new(
        "64 kbit/s, 600 ms",
        "50 one-field edits, `sync --once` of the real program through a relay that carries so many bits a second, so \
         late; a lost segment comes a round trip later and holds up those behind it. TCP's and TLS's handshakes are in \
         it. Asked: below 5 s to the receipt.",
        &["loss", "to the receipt", "bytes up", "bytes down", "turns"],
    );
    let mut stage = Stage::new()?;
    let work = Work::new(RECORDS, &[EDITS, EDITS, EDITS]);
    stage.write_records(&work)?;
    stage.node().sync()?;
    for (edits, loss_percent) in work.edits.iter().zip([0, 5, 5]) {
        stage.write_edits(edits)?;
        stage.node().link().set_pace(Some(Pace { loss_percent, ..LINK }));
        let crossing = Crossing::of(stage.node())?;
        ensure!(crossing.entries == EDITS as u64, "{} of {EDITS} edits sent", crossing.entries);
        table.row([
            format!("{loss_percent} %"),
            held(&format!("{:.2} s", crossing.ms as f64 / 1_000.0), crossing.ms < 5_000),
            thousands(crossing.up),
            thousands(crossing.down),
            crossing.turns.to_string(),
        ]);
    }
    Ok(table)
}
