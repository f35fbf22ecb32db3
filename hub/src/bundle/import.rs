//! What a node sends by stick.

use std::collections::HashMap;
use std::path::Path;

use keng_desk::bundle::source::Source;
use keng_desk::bundle::{Imported, Tell, words};
use keng_desk::folder::Keys;
use keng_desk::seal::{self, Identity};
use keng_desk::{Told, clock};
use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_domain::unit::{UnitCode, UnitKey};
use keng_proto::{BundleHeader, Introduction};
use keng_records::authority::Role as Writer;
use keng_store::bundle::BundlePeer;
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::Log;
use keng_store::{Store, StoreError};
use keng_sync::batch::{RawEntry, decode};
use keng_sync::bundle::{BadBundle, Piece, Verified};
use keng_sync::entry::{FeedId, Seq};
use keng_sync::head::{PublicKey, verify_succession};
use keng_sync::push::{self, BadPush, Checked};
use keng_sync::session::RefusalCode;

use super::waiting::Waiting;
use crate::session::{Peer, visit};

/// A verified file of an enrolled incarnation.
pub(super) struct Sender {
    peer: Peer,
    pub(super) incarnation: Incarnation,
    key: PublicKey,
}

/// What became of one file.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) done: Imported,
    /// Entries before some of these are missing: another file has to come first.
    pub(super) gap: bool,
    /// Why the rest was not looked at, as a session would have ended.
    pub(super) refused: Option<String>,
}

/// Takes a file from a stick. Taking it twice does no harm; files of one export may come in any
/// order: one that comes too early waits in the data folder.
///
/// # Errors
/// In words, when nothing of the file was taken.
pub fn import(store: &mut Store, path: &Path, tell: Tell<'_>) -> Result<Imported, Told> {
    let identity = seal::identity(&Keys::of(store.folder()))?;
    let mut source = Source::open(path, Some(&identity))?;
    let verified = source.verify(tell)?;
    let sender = check(store, source.name(), &verified)?;
    let mut taken = take(store, &mut source, &verified, &sender, tell)?;
    let waiting = Waiting::of(store.folder(), sender.incarnation);
    if taken.gap {
        taken.done.left = Some(waiting.keep(path, source.name(), &verified.header)?);
    } else if taken.refused.is_none() {
        settle(store, &sender, &verified)?;
        taken.done.add(&go_on(store, &waiting, &identity, &sender)?);
    }
    finish(store, &sender, &verified, taken)
}

/// Whether the file is for this hub, from an incarnation that the register knows, and signed by it.
pub(super) fn check(store: &mut Store, name: &str, verified: &Verified) -> Result<Sender, Told> {
    let header = &verified.header;
    let hub = Keys::of(store.folder()).signing_key()?.public();
    if header.hub_public_key != hub.as_bytes().as_slice() {
        return Err(words::not_for_us(name, "dành cho một trạm tỉnh khác", "Hãy mang gói tới đúng tỉnh."));
    }
    if header.from_hub {
        let why = format!("là gói trả về cho máy {}, không phải gói gửi lên tỉnh", header.node);
        return Err(words::not_for_us(name, &why, "Hãy nhập gói này tại máy của đơn vị."));
    }
    let stranger = || {
        let why = format!("đến từ máy {} (đơn vị {}) mà sổ đăng ký của tỉnh không biết", header.node, header.unit);
        words::not_for_us(name, &why, "Hãy cho máy đó gia nhập bằng mã mời rồi xuất lại.")
    };
    let incarnation = Incarnation::from_slice(&header.incarnation).map_err(|_| stranger())?;
    let unit: UnitCode = header.unit.parse().map_err(|_| stranger())?;
    let node = NodeId(header.node.clone());
    // A header names the code alone; the catalogue is the one in which the node was enrolled.
    let enrolled = store.nodes()?.into_iter().find(|n| n.node == node).map(|n| n.unit).filter(|u| u.code == unit);
    let peer = Peer { unit: enrolled.unwrap_or_else(|| UnitKey::from(&unit)), node };
    if peer.key_of(store, incarnation)?.is_none() {
        introduced(store, header.introduction.as_ref(), incarnation, &peer)?;
    }
    let Some(key) = peer.key_of(store, incarnation)? else { return Err(stranger()) };
    let key = PublicKey::from_slice(&key).map_err(|_| stranger())?;
    let signed = verified.signed_by(&key).is_ok() && header.export.len() == 16 && header.part > 0;
    if !signed {
        let why = format!("không mang chữ ký của máy {}", header.node);
        return Err(words::not_for_us(name, &why, "Hãy xuất lại gói ở máy đó."));
    }
    Ok(Sender { peer, incarnation, key })
}

/// Enters another life of an enrolled node into the register. No TLS certificate says who is on a
/// stick: the life before must vouch for it.
fn introduced(
    store: &mut Store,
    introduction: Option<&Introduction>,
    incarnation: Incarnation,
    peer: &Peer,
) -> Result<(), Told> {
    let Some(introduction) = introduction.filter(|i| i.incarnation == incarnation.0.as_slice()) else { return Ok(()) };
    let Ok(previous) = Incarnation::from_slice(&introduction.previous) else { return Ok(()) };
    let before = peer.key_of(store, previous)?.and_then(|key| PublicKey::from_slice(&key).ok());
    let vouched = before.is_some_and(|before| verify_succession(introduction, &before).is_ok());
    if vouched && store.revocation(&peer.node)?.is_none() {
        // Refused, it stays a stranger.
        visit::register(store, peer, introduction, clock::now_ms())?;
    }
    Ok(())
}

/// Hands pushes to the log, each as a session would.
pub(super) fn take(
    store: &mut Store,
    source: &mut Source<'_>,
    verified: &Verified,
    sender: &Sender,
    tell: Tell<'_>,
) -> Result<Taken, Told> {
    let mut taken = Taken::default();
    let mut feeds = Feeds::default();
    let name = source.name().to_owned();
    let mut pieces = source.pieces(verified)?;
    while let Some(piece) = pieces.next() {
        let push = match piece.map_err(|bad| words::bad(&name, &bad))? {
            Piece::Push(push) => push,
            // Only hubs write these; the signature is an enrolled node's, so its program is not ours.
            Piece::Receipt(_) | Piece::Pull(_) | Piece::TreeHead(_) => {
                return Err(words::bad(&name, &BadBundle::Misplaced { at: pieces.read() }));
            }
        };
        tell(pieces.read(), verified.bytes);
        match push::check(push.clone(), sender.incarnation, &sender.key) {
            Ok(Checked { entries, .. }) if feeds.gap(store, &entries)? => taken.gap = true,
            Ok(Checked { entries, heads, brought }) => {
                feeds.advance(&entries);
                let push = sender.push(entries, heads, brought);
                if let Err(refused) = append(store, &push, &mut taken.done)? {
                    taken.refused = Some(refused.to_string());
                    break;
                }
            }
            Err(bad) => {
                taken.refused = Some(bad.to_string());
                taken.done.refused += set_apart(store, sender, push, &bad)?;
                break;
            }
        }
    }
    Ok(taken)
}

impl Sender {
    fn push(&self, entries: Vec<RawEntry>, heads: keng_proto::SignedHeads, brought: bool) -> Push {
        let writer = (!brought).then(|| Writer::of_unit(&self.peer.unit));
        Push { node: self.peer.node.clone(), writer, entries, heads }
    }
}

/// How far the log has the feeds of whoever wrote what the file holds.
#[derive(Default)]
struct Feeds(HashMap<FeedId, Seq>);

impl Feeds {
    /// Whether entries are missing before these. A session of the same node may be pushing too, so
    /// that the log is asked again before anything is called missing.
    fn gap(&mut self, store: &Store, entries: &[RawEntry]) -> Result<bool, StoreError> {
        let Some(incarnation) = entries.first().map(|entry| entry.feed.incarnation) else { return Ok(false) };
        if !self.lacks(entries) {
            return Ok(false);
        }
        let held = store.heads_of(incarnation)?;
        self.0.extend(held.into_iter().map(|(scope, seq, _)| (FeedId { incarnation, scope }, seq)));
        Ok(self.lacks(entries))
    }

    fn lacks(&self, entries: &[RawEntry]) -> bool {
        let mut first: HashMap<&FeedId, Seq> = HashMap::new();
        for entry in entries {
            first.entry(&entry.feed).or_insert(entry.seq);
        }
        first.into_iter().any(|(feed, seq)| seq > self.0.get(feed).copied().unwrap_or(0) + 1)
    }

    fn advance(&mut self, entries: &[RawEntry]) {
        for entry in entries {
            let last = self.0.entry(entry.feed.clone()).or_default();
            *last = entry.seq.max(*last);
        }
    }
}

fn append(store: &mut Store, push: &Push, done: &mut Imported) -> Result<Result<(), PushRefused>, Told> {
    let tail = store.tail()?;
    let receipt = match store.append(std::slice::from_ref(push), clock::now_ms())?.pop() {
        Some(Ok(receipt)) => receipt,
        Some(Err(refused)) => {
            done.refused += push.entries.len() as u64;
            return Ok(Err(refused));
        }
        None => return Ok(Ok(())),
    };
    for run in &receipt.lsns {
        let count = u64::from(run.count);
        done.receipts += count;
        if run.first > 0 {
            // A run may begin before the old end of the log and go on behind it.
            let already = (tail.0 + 1).saturating_sub(run.first).min(count);
            done.already += already;
            done.entries += count - already;
        }
    }
    done.refused += receipt.refusals.len() as u64;
    Ok(Ok(()))
}

/// A push that is not as its node signs them goes to quarantine, as far as it can be read.
fn set_apart(store: &mut Store, sender: &Sender, push: keng_proto::Push, bad: &BadPush) -> Result<u64, Told> {
    let entries = push.batch.as_ref().and_then(|batch| decode(batch).ok()).unwrap_or_default();
    let count = entries.len() as u64;
    let code = match bad {
        BadPush::Signature(_) => RefusalCode::Signature,
        BadPush::Malformed(_) | BadPush::Batch(_) | BadPush::Head(_) => RefusalCode::Malformed,
    };
    let push = sender.push(entries, push.heads.unwrap_or_default(), false);
    store.quarantine(&push, code.as_str(), &bad.to_string(), clock::now_ms())?;
    Ok(count)
}

/// A file was taken whole: what it says of its node is noted.
fn settle(store: &mut Store, sender: &Sender, verified: &Verified) -> Result<(), Told> {
    let header = &verified.header;
    let now_ms = clock::now_ms();
    store.note_bundle_part(sender.incarnation, &header.export, header.part, verified.is_last(), now_ms)?;
    let peer = BundlePeer {
        epoch: header.epoch.as_ref().try_into().ok(),
        cursor: Lsn(header.cursor),
        acknowledged: header.heads.clone(),
    };
    store.note_bundle_peer(sender.incarnation, &peer, header.created_at_ms)?;
    Ok(())
}

/// Files that waited for this one: as many as follow now.
fn go_on(store: &mut Store, waiting: &Waiting, identity: &Identity, sender: &Sender) -> Result<Imported, Told> {
    let mut done = Imported::default();
    for path in waiting.files()? {
        let mut source = Source::open(&path, Some(identity))?;
        let outcome = source.verify(&mut |_, _| {}).and_then(|verified| {
            let taken = take(store, &mut source, &verified, sender, &mut |_, _| {})?;
            Ok((verified, taken))
        });
        match outcome {
            Ok((_, taken)) if taken.gap => continue,
            Ok((verified, taken)) => {
                if taken.refused.is_none() {
                    settle(store, sender, &verified)?;
                }
                done.add(&taken.done);
            }
            // It was whole when it was put there; the stick still has it.
            Err(told) => tracing::warn!("{}: {told}", path.display()),
        }
        Waiting::forget(&path);
    }
    Ok(done)
}

fn finish(store: &mut Store, sender: &Sender, verified: &Verified, taken: Taken) -> Result<Imported, Told> {
    let header: &BundleHeader = &verified.header;
    let (missing, ended) = store.missing_bundle_parts(sender.incarnation, &header.export, header.part)?;
    let whole = !taken.gap && taken.refused.is_none() && missing.is_empty() && ended;
    let now_ms = clock::now_ms();
    // By the node's own clock, which may be wrong; never later than now.
    let complete_to_ms = whole.then(|| header.created_at_ms.clamp(0, now_ms));
    let Peer { node, .. } = &sender.peer;
    store.note_bundle_contact(node, sender.incarnation, &header.software, complete_to_ms, now_ms)?;
    let mut done = taken.done;
    done.more = !ended;
    if let Some(why) = taken.refused {
        done.left = Some(format!(
            "{} mục của máy {node} bị cách ly ({why}). Những mục trước đó đã vào sổ cái; phần còn lại của gói chưa nhận. Hãy xem trang Đơn vị & thiết bị và báo quản trị.",
            done.refused
        ));
    } else if !missing.is_empty() {
        let kept = done.left.unwrap_or_else(|| "Những gì nhận được đã vào sổ cái.".to_owned());
        done.left = Some(format!("Còn thiếu phần {} của gói này. {kept}", words::parts(&missing)));
    }
    Ok(done)
}
