//! One sync by the real program, as the relay saw it.

use std::time::Duration;

use anyhow::Result;
use keng_tests::Node;

/// After the program has ended, its last bytes may still be on their way through the relay.
const LAST_BYTES: Duration = Duration::from_millis(50);

/// What a sync took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crossing {
    /// Bytes from node to hub, TLS included.
    pub up: u64,
    /// Bytes from hub to node, TLS included.
    pub down: u64,
    /// Turns of the conversation, TLS included.
    pub turns: u64,
    /// Of these, after TLS.
    pub round_trips: u64,
    /// Of the session, the start of the program not counted.
    pub ms: u64,
    /// Entries sent and received.
    pub entries: u64,
}

impl Crossing {
    /// Both directions.
    pub fn bytes(&self) -> u64 {
        self.up + self.down
    }

    /// `keng-node sync --once`.
    pub fn of(node: &Node) -> Result<Self> {
        let (before, turns) = (node.link().bytes(), node.link().turns());
        let synced = node.sync()?;
        std::thread::sleep(LAST_BYTES);
        let after = node.link().bytes();
        Ok(Self {
            up: after.0 - before.0,
            down: after.1 - before.1,
            turns: node.link().turns() - turns,
            round_trips: synced.round_trips,
            ms: synced.ms,
            entries: synced.sent.entries + synced.received.entries,
        })
    }
}
