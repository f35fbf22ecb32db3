//! The hub's return file.

use std::path::Path;

use keng_desk::bundle::source::Source;
use keng_desk::bundle::words::not_for_us;
use keng_desk::bundle::{Imported, Tell};
use keng_desk::{Told, clock};
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{BundleHeader, Pull, Receipt, TreeHead};
use keng_store::Store;
use keng_sync::bundle::{BadBundle, Piece, read_receipt};
use keng_sync::head::{PublicKey, feed_head, verify_tree_head};
use keng_sync::session::Epoch;
use keng_sync::session::client::{Reason, compare, read_pull};

use crate::sync::{SEAL_RECIPIENT, SyncFault, hub_key};

/// Takes receipts and the entries of others from a return file. Taking it twice does no harm.
///
/// # Errors
/// In words, when nothing of the file can be taken. A file that begins after what this node holds
/// gives its receipts; [`Imported::left`] says that its entries have to wait.
pub fn import(store: &mut Store, path: &Path, tell: Tell<'_>) -> Result<Imported, Told> {
    let mut source = Source::open(path, None)?;
    let verified = source.verify(tell)?;
    let hub = hub_key(store)?;
    let name = source.name().to_owned();
    let header = &verified.header;
    check_addressee(store, &name, header, &hub)?;
    verified
        .signed_by(&hub)
        .map_err(|_| not_for_us(&name, "không mang chữ ký của trạm tỉnh", "Hãy xin tỉnh xuất lại gói trả về."))?;
    let epoch: Epoch = header.epoch.as_ref().try_into().map_err(|_| source.told(&BadBundle::Misplaced { at: 0 }))?;
    follow_epoch(store, &name, header, epoch)?;
    for life in header.hub_lives.iter().filter_map(|life| Incarnation::from_slice(life).ok()) {
        store.note_hub_life(life)?;
    }
    store.set_introduced(true)?;
    if !header.seal_recipient.is_empty() && store.meta(SEAL_RECIPIENT)?.as_deref() != Some(&header.seal_recipient) {
        store.set_meta(SEAL_RECIPIENT, &header.seal_recipient)?;
    }

    let mut taker = Taker { store, hub, epoch, at: Lsn(header.cursor), done: Imported::default() };
    let reachable = taker.at <= taker.store.cursor()?;
    let mut left = false;
    let total = verified.bytes;
    let mut pieces = source.pieces(&verified)?;
    while let Some(piece) = pieces.next() {
        match piece.map_err(|bad| keng_desk::bundle::words::bad(&name, &bad))? {
            Piece::Receipt(receipt) => taker.receipt(&receipt)?,
            Piece::Pull(pull) if reachable => taker.pull(&pull)?,
            Piece::Pull(_) => left = true,
            Piece::TreeHead(head) => taker.tree_head(&head)?,
            // Only nodes push.
            Piece::Push(_) => return Err(keng_desk::bundle::words::bad(&name, &BadBundle::Misplaced { at: 0 })),
        }
        tell(pieces.read(), total);
    }
    let mut done = taker.done;
    done.more = !verified.is_last();
    if !left && !done.more {
        // What still waited of ended lives may go now: all that the hub held of them is here.
        taker.store.settle_lives()?;
    }
    if left {
        done.left = Some(format!(
            "Gói {name} (phần {}) tiếp sau vị trí {} của sổ cái, máy này mới nhận đến {}: chưa nhận số liệu của nơi khác trong gói. Không mất gì; hãy nhập các phần trước rồi nhập lại gói này.",
            header.part,
            header.cursor,
            store.cursor()?
        ));
    }
    Ok(done)
}

fn check_addressee(store: &Store, name: &str, header: &BundleHeader, hub: &PublicKey) -> Result<(), Told> {
    let id = store.identity();
    let refused = |why: &str, next: &str| Err(not_for_us(name, why, next));
    if !header.from_hub {
        return refused("là gói gửi lên tỉnh, không phải gói trả về của tỉnh", "Hãy nhập gói này tại trạm tỉnh.");
    }
    if header.hub_public_key != hub.as_bytes().as_slice() {
        return refused("là của một trạm tỉnh khác", "Hãy chọn gói trả về của tỉnh mình.");
    }
    if header.node != id.node.0 {
        let why = format!("dành cho máy {}, không phải máy này ({})", header.node, id.node);
        return refused(&why, "Hãy chọn đúng gói.");
    }
    if header.incarnation != store.present_life()?.0.as_slice() {
        return refused("dành cho lần cài đặt khác của máy này", "Hãy xuất gói gửi lên tỉnh, rồi xin gói trả về mới.");
    }
    Ok(())
}

/// As in a session: a hub that begins another log is followed, and gets again what it lost. A file
/// from before the log that this node knows is only old.
fn follow_epoch(store: &mut Store, name: &str, header: &BundleHeader, epoch: Epoch) -> Result<(), Told> {
    let heads = |heads: Vec<_>| heads.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect::<Vec<_>>();
    let own = heads(store.heads_of(store.present_life()?)?);
    let acknowledged = heads(store.acknowledged()?);
    let lost = compare(&header.heads, &own, &acknowledged).map_err(told)?;
    let known = store.meta("epoch")?.is_some().then(|| store.epoch()).transpose()?;
    if known.is_none_or(|known| known == epoch) {
        return Ok(());
    }
    if store.tree_head()?.is_some_and(|last| header.created_at_ms <= last.at_ms) {
        return Err(not_for_us(
            name,
            "thuộc sổ cái cũ của tỉnh, trước khi tỉnh khôi phục",
            "Hãy xin tỉnh gói trả về mới.",
        ));
    }
    store.reset_cursor(epoch)?;
    if lost {
        store.resend_from(&header.heads)?;
    }
    Ok(())
}

struct Taker<'a> {
    store: &'a mut Store,
    hub: PublicKey,
    epoch: Epoch,
    /// The file's entries have come up to here.
    at: Lsn,
    done: Imported,
}

impl Taker<'_> {
    fn receipt(&mut self, receipt: &Receipt) -> Result<(), Told> {
        let own = self.store.present_life()?;
        let covered = read_receipt(receipt, own, &self.epoch, &self.hub).map_err(told)?;
        let (Some((first, _)), Some((last, _))) = (covered.places.first(), covered.places.last()) else {
            return Ok(());
        };
        let (first, last) = (*first, *last);
        let entries = self.store.own_entries(&covered.scope, first, last)?;
        let same = entries.len() == covered.places.len() && entries.last().is_some_and(|e| e.hash == covered.hash);
        if !same {
            return Err(told(Reason::Fork { scope: covered.scope, seq: last }));
        }
        let fresh = entries.iter().filter(|e| !e.answered).count() as u64;
        self.done.already += entries.len() as u64 - fresh;
        if fresh == 0 {
            return Ok(());
        }
        let refused =
            |(entry, (_, lsn)): (&keng_store::bundle::OwnEntry, &(u64, Option<Lsn>))| !entry.answered && lsn.is_none();
        self.done.refused += entries.iter().zip(&covered.places).filter(|pair| refused(*pair)).count() as u64;
        self.done.receipts += fresh;
        let feed = self.store.own_feed(covered.scope);
        let answered: Vec<_> = entries
            .iter()
            .zip(&covered.places)
            .map(|(entry, (seq, lsn))| (feed.clone(), *seq, entry.hash, *lsn))
            .collect();
        self.store.store_receipt(receipt, &answered)?;
        Ok(())
    }

    fn pull(&mut self, pull: &Pull) -> Result<(), Told> {
        let own = self.store.present_life()?;
        let entries = read_pull(pull, self.at, own).map_err(|bad| told(bad.into()))?;
        let up_to = Lsn(pull.up_to);
        let whole = entries.iter().filter(|entry| entry.body.is_some()).count() as u64;
        let stored = self.store.store_pull(&entries, &pull.heads, up_to, self.epoch, clock::now_ms())?;
        while self.store.project_step()?.more {}
        self.done.entries += stored;
        self.done.already += whole.saturating_sub(stored);
        self.at = up_to;
        Ok(())
    }

    /// The first statement of an epoch is kept as evidence, whichever way it came. A later one comes
    /// without a proof that the log still begins with what was shown before: that a session shows.
    fn tree_head(&mut self, head: &TreeHead) -> Result<(), Told> {
        let signed = verify_tree_head(head, &self.hub).is_ok() && head.epoch == self.epoch.as_slice();
        let first = self.store.tree_head()?.is_none_or(|kept| kept.epoch != head.epoch);
        if signed && first {
            self.store.keep_tree_head(head)?;
        }
        Ok(())
    }
}

fn told(reason: Reason) -> Told {
    tracing::warn!("bundle: {reason}");
    match reason {
        Reason::NodeBehind { .. } | Reason::Fork { .. } => {
            Told::new(SyncFault::Session(reason).in_vietnamese(), "Dữ liệu trên máy giữ nguyên.", "")
        }
        other => Told::new(
            format!("Gói trả về có nội dung không hợp lệ ({other})."),
            "Dữ liệu trên máy giữ nguyên.",
            "Hãy xin tỉnh xuất lại gói trả về.",
        ),
    }
}
