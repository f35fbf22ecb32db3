//! A node with good keys and bad manners: what it says about files is refused with a fixed code,
//! and its honest neighbour, and its own honest files, are not affected.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use keng_desk::folder::Keys;
use keng_node::link;
use keng_proto::blobs_client::BlobsClient;
use keng_proto::{BlobFetch, BlobFrame, BlobOffer};
use keng_tests::{Province, fixtures};
use tonic::{Code, Status};

struct Altered {
    client: BlobsClient<link::Channel>,
    offer: BlobOffer,
}

impl Altered {
    fn offer(&self, change: impl FnOnce(&mut BlobOffer)) -> BlobOffer {
        let mut offer = self.offer.clone();
        change(&mut offer);
        offer
    }

    async fn offers(&mut self, offer: BlobOffer) -> Result<u64, Status> {
        Ok(self.client.offer(offer).await?.into_inner().have)
    }

    /// Sends frames one after the other; the first names the file. What the hub says in the end.
    async fn uploads(&mut self, frames: &[(u64, usize)]) -> Result<u64, Status> {
        let mut all: Vec<BlobFrame> = frames
            .iter()
            .map(|(from, len)| BlobFrame { file: None, from: *from, data: vec![7; *len].into() })
            .collect();
        all[0].file = Some(self.offer.clone());
        let mut progress = self.client.upload(tokio_stream::iter(all)).await?.into_inner();
        let mut have = 0;
        while let Some(said) = progress.message().await? {
            have = said.have;
        }
        Ok(have)
    }
}

fn code<T>(answer: Result<T, Status>, expected: Code, word: &str) -> Result<()> {
    let status = answer.err().context("it was taken")?;
    ensure!(status.code() == expected && status.message().starts_with(word), "{status:?}, not {word}");
    Ok(())
}

#[test]
fn what_an_altered_node_says_about_files_is_refused_and_harms_nobody() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.import(&fixtures::spreadsheet("618"))?;
    let point = node.points()?[0].id.clone();
    let file = p.folder().join("quét.pdf");
    std::fs::write(&file, vec![42; 20_000])?;
    let added = node.add(&point, &file, "KHAC")?;
    node.tell(&["sync", "--once", "--no-files"])?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        rustls::crypto::ring::default_provider().install_default().ok();
        let tls = link::enrolled(&Keys::of(node.folder()))?;
        let (channel, _) = link::dial(&node.link().address().to_string(), tls).await?;
        let (incarnation, hash) = (unhex(&node.status()?.incarnation)?, unhex(&added.hash)?);
        let offer = BlobOffer { incarnation, hash, bytes: added.bytes };
        let mut altered = Altered { client: BlobsClient::new(channel), offer };
        ensure!(altered.offers(altered.offer.clone()).await? == 0, "the honest offer");

        let bad = Code::InvalidArgument;
        code(altered.offers(altered.offer(|o| o.hash = Bytes::new())).await, bad, "MALFORMED")?;
        code(altered.offers(altered.offer(|o| o.incarnation = Bytes::new())).await, bad, "MALFORMED")?;
        for bytes in [0, u64::MAX] {
            code(altered.offers(altered.offer(|o| o.bytes = bytes)).await, bad, "TOO_LARGE")?;
        }
        let stranger = altered.offer(|o| o.incarnation = vec![3; 16].into());
        code(altered.offers(stranger).await, Code::Unauthenticated, "NOT_ENROLLED")?;
        for offer in [altered.offer(|o| o.bytes += 1), altered.offer(|o| o.hash = vec![1; 32].into())] {
            code(altered.offers(offer.clone()).await, Code::PermissionDenied, "NO_DOCUMENT")?;
            let fetch = BlobFetch { file: Some(offer), from: 0 };
            code(altered.client.fetch(fetch).await, Code::PermissionDenied, "NO_DOCUMENT")?;
        }
        let early = BlobFetch { file: Some(altered.offer.clone()), from: 0 };
        code(altered.client.fetch(early).await, Code::NotFound, "NO_FILE")?;

        let place = Code::FailedPrecondition;
        for frames in [
            &[(u64::MAX, 10)][..],
            &[(4_096, 10)],
            &[(0, 5_000)],
            &[(0, 4_000), (0, 4_000)],
            &[(0, 4_096), (4_096, 4_096), (8_192, 4_096), (12_288, 4_096), (16_384, 4_096)],
        ] {
            code(altered.uploads(frames).await, place, "OUT_OF_PLACE")?;
        }
        let monstrous = altered.uploads(&[(0, 100_000)]).await;
        ensure!(monstrous.is_err() || monstrous.is_ok_and(|have| have <= 20_000), "a frame of 100 KB was taken");
        // What came in its place stayed; it is not what was offered, and so goes at the last byte.
        let have = altered.offers(altered.offer.clone()).await?;
        ensure!((1..20_000).contains(&have), "{have} bytes stayed");
        let rest = (20_000 - have) as usize;
        let frames: Vec<(u64, usize)> =
            (0..rest.div_ceil(4_096)).map(|n| (have + n as u64 * 4_096, (rest - n * 4_096).min(4_096))).collect();
        code(altered.uploads(&frames).await, Code::DataLoss, "WRONG_CONTENT")?;
        ensure!(altered.offers(altered.offer.clone()).await? == 0, "something wrong was kept");
        Ok(())
    })?;

    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.bytes) == (1, 20_000), "{synced:?}");
    ensure!(hub.content(&added.hash)? == vec![42; 20_000]);
    Ok(())
}

fn unhex(text: &str) -> Result<Bytes> {
    let digits: Vec<u8> = text.bytes().collect();
    let bytes = digits.chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    Ok(bytes.collect::<Result<Vec<u8>>>()?.into())
}
