//! A node with a real certificate that lies on the wire: refused or quarantined with a reason, and
//! its neighbours notice nothing (I4).

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use keng_desk::folder::Keys;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_node::link;
use keng_proto::client_frame::Frame as Say;
use keng_proto::hub_frame::Frame as Hear;
use keng_proto::sync_client::SyncClient;
use keng_proto::{ClientFrame, Goodbye, Hello, HubFrame, Push, Receipt};
use keng_store::Store;
use keng_sync::batch::{BatchEntry, encode};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{SigningKey, digest_of, last_heads, sign_heads};
use keng_sync::session::PROTOCOL;
use keng_tests::{Province, fixtures};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

/// A joined unit that speaks for itself, instead of through `keng-node`.
struct Liar {
    incarnation: Incarnation,
    key: SigningKey,
    tls: rustls::ClientConfig,
    address: String,
}

/// How the hub answers a push.
enum Answer {
    Receipt(Receipt),
    Goodbye(Goodbye),
}

impl Liar {
    fn of(p: &Province, unit: &str) -> Result<Self> {
        let folder = p.node(unit).folder();
        let keys = Keys::of(folder);
        Ok(Self {
            incarnation: Store::open(folder)?.identity().incarnation,
            key: keys.signing_key()?,
            tls: link::enrolled(&keys)?,
            address: p.node(unit).link().address().to_string(),
        })
    }

    fn entry(&self, scope: &str, body: &'static [u8]) -> Result<Entry> {
        let feed = FeedId { incarnation: self.incarnation, scope: scope.parse::<Scope>()? };
        Ok(Entry::new(feed, 1, &GENESIS, body.into()))
    }

    /// What an honest node would push of `entry`.
    fn push(&self, entry: &Entry) -> Push {
        let heads = last_heads(std::iter::once(entry));
        let batch = encode(&[BatchEntry { entry: entry.clone(), lsn: Lsn(0), received_at_ms: 0 }]);
        Push { batch: Some(batch), heads: Some(sign_heads(&self.key, self.incarnation, heads, 1)) }
    }

    async fn session(&self, hello_as: Incarnation, push: Push) -> Result<Answer> {
        let (channel, _) = link::dial(&self.address, self.tls.clone()).await?;
        let (say, frames) = mpsc::channel(4);
        let hello = Hello {
            protocol: PROTOCOL,
            incarnation: Bytes::copy_from_slice(&hello_as.0),
            heads_digest: Bytes::copy_from_slice(&digest_of(&[])),
            ..Hello::default()
        };
        say.send(ClientFrame { frame: Some(Say::Hello(hello)) }).await?;
        let mut hub: Streaming<HubFrame> =
            SyncClient::new(channel).session(ReceiverStream::new(frames)).await?.into_inner();
        let mut push = Some(push);
        while let Some(HubFrame { frame: Some(frame) }) = hub.message().await? {
            match frame {
                Hear::Welcome(_) => {
                    let push = push.take().context("welcomed twice")?;
                    say.send(ClientFrame { frame: Some(Say::Push(push)) }).await?;
                }
                Hear::Receipt(receipt) => return Ok(Answer::Receipt(receipt)),
                Hear::Goodbye(goodbye) => return Ok(Answer::Goodbye(goodbye)),
                Hear::Pull(_) | Hear::CaughtUp(_) => {}
            }
        }
        bail!("the hub hung up without a word")
    }

    async fn refused(&self, hello_as: Incarnation, push: Push, code: &str) -> Result<()> {
        match self.session(hello_as, push).await? {
            Answer::Goodbye(goodbye) => ensure!(goodbye.code == code, "{}: {}", goodbye.code, goodbye.detail),
            Answer::Receipt(receipt) => bail!("a receipt for {:?}", receipt.heads),
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_of_an_enrolled_node_are_refused_with_a_reason_and_block_nobody() -> Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut p = Province::kon_tum()?;
    p.join_all(&["611", "612"])?;
    let liar = Liar::of(&p, "611")?;
    let (own, foreign) = ("area:kontum-2022:23377", "area:kontum-2022:23428");
    let before = p.hub().status()?.lsn;

    // Signed by a key that is not the incarnation's.
    let mut push = liar.push(&liar.entry(own, b"a")?);
    let heads = push.heads.take().context("heads")?.heads;
    push.heads = Some(sign_heads(&SigningKey::from_seed(&[9; 32]), liar.incarnation, heads, 1));
    liar.refused(liar.incarnation, push, "BAD_SIGNATURE").await?;

    // In another's name.
    let neighbour = Store::open(p.node("612").folder())?.identity().incarnation;
    liar.refused(neighbour, liar.push(&liar.entry(own, b"a")?), "UNKNOWN_INCARNATION").await?;

    // Signed, but other bytes travel than were signed.
    let mut push = liar.push(&liar.entry(own, b"a")?);
    push.batch = liar.push(&liar.entry(own, b"b")?).batch;
    liar.refused(liar.incarnation, push, "FORK").await?;
    ensure!(p.hub().status()?.lsn == before, "a lie entered the log");

    // Honest in form, but where this unit may not write.
    match liar.session(liar.incarnation, liar.push(&liar.entry(foreign, b"a")?)).await? {
        Answer::Receipt(receipt) => {
            let codes: Vec<&str> = receipt.refusals.iter().map(|r| r.code.as_str()).collect();
            ensure!(codes == ["SCOPE"], "{codes:?}");
        }
        Answer::Goodbye(goodbye) => bail!("{}: {}", goodbye.code, goodbye.detail),
    }
    // Where it may write, but no change of a record: in the log, applied nowhere.
    ensure!(matches!(liar.session(liar.incarnation, liar.push(&liar.entry(own, b"a")?)).await?, Answer::Receipt(_)));
    ensure!(p.hub().status()?.lsn == before + 1);
    ensure!(p.hub().quarantined("611")? == 3, "{} in quarantine", p.hub().quarantined("611")?);

    let honest = p.node("612");
    honest.import(&fixtures::spreadsheet("612"))?;
    honest.sync()?;
    ensure!(honest.status()?.pending == 0 && p.hub().quarantined("612")? == 0);
    Ok(())
}
