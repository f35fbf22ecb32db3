//! Who is behind when the digests differ: the hub, this node, or only a receipt that got lost.

use std::collections::HashMap;

use keng_domain::scope::Scope;
use keng_proto::FeedHead;

use super::reason::{BadFrame, Behind, Reason};
use crate::entry::{Hash, Seq};
use crate::head::{BadHead, read_feed_head};

/// Whether the hub lacks entries that have receipts.
///
/// `own` is read after `held` came, so that entries which another session of this node has pushed
/// meanwhile are in it: a hub that holds more than `own` proves a restored copy.
///
/// # Errors
/// [`Reason::Fork`] and [`Reason::NodeBehind`]; [`BadFrame::Head`] for heads that are none.
pub fn compare(held: &[FeedHead], own: &[FeedHead], acknowledged: &[FeedHead]) -> Result<bool, Reason> {
    let held = by_scope(held)?;
    let own = by_scope(own)?;
    let acknowledged = by_scope(acknowledged)?;
    for (scope, head) in own.iter().chain(&acknowledged) {
        match held.get(scope) {
            Some(hub) if hub.0 == head.0 && hub.1 != head.1 => {
                return Err(Reason::Fork { scope: scope.clone(), seq: head.0 });
            }
            Some(_) | None => {}
        }
    }
    let last = |heads: &Heads, scope| heads.get(scope).map_or(0, |head| head.0);
    let mut feeds: Vec<Behind> = held
        .iter()
        .map(|(scope, hub)| Behind { scope: scope.clone(), own: last(&own, scope), hub: hub.0 })
        .filter(|feed| feed.hub > feed.own)
        .collect();
    feeds.sort_by(|a, b| a.scope.cmp(&b.scope));
    if !feeds.is_empty() {
        return Err(Reason::NodeBehind { feeds });
    }
    Ok(acknowledged.iter().any(|(scope, head)| last(&held, scope) < head.0))
}

type Heads = HashMap<Scope, (Seq, Hash)>;

fn by_scope(heads: &[FeedHead]) -> Result<Heads, BadFrame> {
    let read = |head| read_feed_head(head).map(|(scope, seq, hash)| (scope, (seq, hash)));
    Ok(heads.iter().map(read).collect::<Result<_, BadHead>>()?)
}

#[cfg(test)]
mod tests {
    use super::super::reason::Reason;
    use super::compare;
    use crate::head::feed_head;
    use keng_proto::FeedHead;

    /// `"1:5 2:3"`: commune 1 at seq 5, commune 2 at 3; a letter after the seq makes another hash.
    fn heads(text: &str) -> Vec<FeedHead> {
        let head = |word: &str| {
            let (code, seq) = word.split_once(':').unwrap();
            let number = seq.trim_end_matches(char::is_alphabetic);
            let other = u8::from(number != seq);
            feed_head(&format!("area:a:{code}").parse().unwrap(), number.parse().unwrap(), &[other; 32])
        };
        text.split_whitespace().map(head).collect()
    }

    fn check(held: &str, own: &str, acknowledged: &str, expected: &str) {
        let told = match compare(&heads(held), &heads(own), &heads(acknowledged)) {
            Ok(false) => "go on".into(),
            Ok(true) => "resend".into(),
            Err(Reason::Fork { scope, seq }) => format!("fork {scope} {seq}"),
            Err(Reason::NodeBehind { feeds }) => {
                feeds.iter().map(|f| format!("behind {} {}<{}", f.scope, f.own, f.hub)).collect::<Vec<_>>().join(", ")
            }
            Err(other) => other.to_string(),
        };
        assert_eq!(told, expected, "hub {held}, own {own}, acknowledged {acknowledged}");
    }

    #[test]
    fn a_lost_receipt_is_no_reason_to_do_anything() {
        check("1:5", "1:5", "1:3", "go on");
        check("1:4 2:1", "1:5 2:1", "1:3", "go on");
    }

    #[test]
    fn a_hub_restored_from_an_older_copy_gets_its_entries_again() {
        check("1:2", "1:5", "1:3", "resend");
        check("", "1:5 2:1", "1:3 2:1", "resend");
    }

    #[test]
    fn a_restored_node_is_told_so() {
        check("1:7 2:1 3:2", "1:5 2:1", "1:5", "behind area:a:1 5<7, behind area:a:3 0<2");
    }

    #[test]
    fn two_histories_are_a_fork() {
        check("1:5x", "1:5", "1:5", "fork area:a:1 5");
        check("1:5x", "1:6", "1:5", "fork area:a:1 5");
        check("1:6x", "1:6", "1:5", "fork area:a:1 6");
    }
}
