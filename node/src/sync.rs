//! One session with the hub: drives the node's state machine between the store and the wire.

use std::collections::VecDeque;
use std::time::Duration;

use keng_desk::duties::heard::{LAST_CONTACT, note_clock};
use keng_desk::folder::Keys;
use keng_desk::{Told, clock, life};
use keng_domain::id::{Incarnation, Lsn};
use keng_proto::hub_frame::Frame;
use keng_proto::sync_client::SyncClient;
use keng_proto::{ClientFrame, HubFrame};
use keng_store::owner::Owner;
use keng_store::project::QUIET;
use keng_store::restitution::Restitution;
use keng_store::{Store, StoreError};
use keng_sync::head::{PublicKey, SigningKey, feed_head};
use keng_sync::limits::MESSAGE_BYTES_MAX;
use keng_sync::session::client::{
    Brought, ClientEffect, ClientEvent, ClientSession, ClientState, Mode, OutboxEntry, OutboxPosition, Reason, Summary,
};
use keng_sync::session::{GoodbyeCode, LifeReason, OUTGOING_FRAMES_MAX};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Streaming};

use crate::link::{self, Tls, Wire};

/// How often a live session looks whether an officer has saved something, here or at the
/// command line.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What happened in a session, as it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// So much was done; bytes sent so far.
    Progress(Summary, u64),
    /// Nothing is left to do for now.
    CaughtUp(Lsn),
}

/// What a session did.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// Entries, turns, cursor.
    pub summary: Summary,
    /// Bytes sent, TLS included.
    pub bytes_sent: u64,
    /// Bytes received, TLS included.
    pub bytes_received: u64,
    /// How long it took.
    pub took: Duration,
}

impl Done {
    /// This one and the session after it, as one.
    fn and(&self, next: &Self) -> Self {
        let (a, b) = (&self.summary, &next.summary);
        Self {
            summary: Summary {
                sent: a.sent + b.sent,
                acknowledged: a.acknowledged + b.acknowledged,
                refused: a.refused + b.refused,
                received: a.received + b.received,
                round_trips: a.round_trips + b.round_trips,
                lsn: b.lsn,
            },
            bytes_sent: self.bytes_sent + next.bytes_sent,
            bytes_received: self.bytes_received + next.bytes_received,
            took: self.took + next.took,
        }
    }
}

/// Why a session ended before it was done. Local data are untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum SyncFault {
    /// No link: the hub is not reached.
    #[error("the hub is not reached: {0}")]
    NoLink(String),
    /// The hub, or what answers in its place, is not the hub of our CA.
    #[error("the certificate is not of our hub: {0}")]
    WrongHub(String),
    /// The hub does not know this node's certificate.
    #[error("the hub does not know this node")]
    NotEnrolled,
    /// The session ended for a reason of the protocol.
    #[error(transparent)]
    Session(#[from] Reason),
    /// The own store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys are missing or damaged.
    #[error(transparent)]
    Keys(#[from] Told),
}

impl SyncFault {
    /// Whether trying again later may help without a person.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NoLink(_) | Self::Store(_) => true,
            Self::WrongHub(_) | Self::NotEnrolled | Self::Keys(_) => false,
            Self::Session(Reason::Lost) => true,
            Self::Session(Reason::Goodbye { code, .. }) => {
                matches!(code, Ok(GoodbyeCode::Overloaded | GoodbyeCode::ShuttingDown | GoodbyeCode::Failed))
            }
            Self::Session(_) => false,
        }
    }

    /// Whether the hub contradicts what it has signed: only a person, or a new epoch of the hub, can
    /// end that, and asking again soon would only gather the same evidence.
    #[must_use]
    pub fn is_contradiction(&self) -> bool {
        matches!(self, Self::Session(Reason::Inconsistent { .. } | Reason::HubBehind { .. }))
    }

    /// Whether the province has taken this node's right to send away: asking again and again
    /// changes nothing.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        matches!(self, Self::Session(Reason::Goodbye { code: Ok(GoodbyeCode::Revoked), .. }))
    }

    /// What happened and what to do; that the data are safe is said once, by the caller.
    #[must_use]
    pub fn in_vietnamese(&self) -> String {
        match self {
            Self::NoLink(_) | Self::Session(Reason::Lost) => "Chưa tới được trạm tỉnh (mất mạng hoặc trạm đang tắt).".to_owned(),
            Self::WrongHub(_) => {
                "Máy trả lời không phải trạm tỉnh đã cấp mã mời (chứng thư khác). Hãy kiểm tra địa chỉ và báo quản trị.".to_owned()
            }
            Self::NotEnrolled => "Trạm tỉnh không nhận chứng thư của máy này. Hãy báo quản trị tỉnh.".to_owned(),
            Self::Session(Reason::Goodbye { code, detail }) => match code {
                Ok(GoodbyeCode::Version) => "Trạm tỉnh dùng phiên bản khác. Hãy cài bản Kẻng cùng đời với tỉnh.".to_owned(),
                Ok(GoodbyeCode::UnknownIncarnation | GoodbyeCode::NotEnrolled) => {
                    "Trạm tỉnh không biết máy này. Hãy báo quản trị tỉnh.".to_owned()
                }
                Ok(GoodbyeCode::Revoked) => {
                    let why = detail.trim_end_matches('.');
                    format!("Máy này đã bị tỉnh thu hồi quyền kết nối (lý do: {why}). Hãy liên hệ quản trị tỉnh để xin mã mời mới.")
                }
                Ok(GoodbyeCode::Overloaded | GoodbyeCode::ShuttingDown) => "Trạm tỉnh đang bận hoặc đang dừng; máy sẽ tự thử lại.".to_owned(),
                Ok(_) | Err(_) => format!("Trạm tỉnh từ chối phiên đồng bộ ({detail}). Hãy báo quản trị tỉnh."),
            },
            Self::Session(Reason::Version { .. }) => "Trạm tỉnh dùng phiên bản khác. Hãy cài bản Kẻng cùng đời với tỉnh.".to_owned(),
            Self::Session(Reason::NodeBehind { .. }) => {
                "Dữ liệu trên máy này cũ hơn dữ liệu tỉnh đã nhận của chính nó (thư mục được chép lại từ bản cũ). Hãy báo quản trị.".to_owned()
            }
            Self::Session(Reason::Inconsistent { known, shown }) => format!(
                "Trạm tỉnh đưa ra sổ cái khác với sổ cái đã ký trước đây (đã thấy {known} mục; {shown} mục đưa ra nay không nối tiếp). \
                 Máy đã giữ cả hai chữ ký làm bằng chứng và vẫn làm việc bình thường. Hãy báo quản trị (keng-node evidence list)."
            ),
            Self::Session(Reason::HubBehind { known, size }) => format!(
                "Trạm tỉnh đưa ra sổ cái khác với sổ cái đã ký trước đây (đã thấy {known} mục, nay chỉ còn {size}): \
                 trạm được dựng lại từ bản cũ, hoặc sổ cái bị sửa. \
                 Máy vẫn làm việc bình thường. Hãy báo quản trị (keng-node evidence list)."
            ),
            Self::Session(Reason::Fork { .. }) => {
                "Có hai thư mục dữ liệu cùng ghi dưới tên máy này. Hãy dừng một bên và báo quản trị.".to_owned()
            }
            Self::Session(reason) => format!("Phiên đồng bộ dừng vì lỗi giao thức ({reason}). Hãy báo quản trị."),
            Self::Store(e) => Told::from(e).to_string(),
            Self::Keys(told) => told.to_string(),
        }
    }
}

/// The address of the hub, as the token had it.
pub const HUB_ADDRESS: &str = "hub_address";
pub use keng_store::fsck::HUB_PUBLIC_KEY;
/// To whom bundles for the hub are sealed (age); nodes that joined before there were bundles learn it
/// from the first return file.
pub const SEAL_RECIPIENT: &str = "seal_recipient";

/// Runs a session. In mode [`Mode::Live`] it ends only by a fault.
///
/// A hub that holds other entries in the places of own ones, or later ones, means that this folder
/// is a copy or was restored: it begins another life and goes on. To a hub that has forgotten it, it
/// presents itself.
///
/// # Errors
/// [`SyncFault`]; what was acknowledged until then is kept, and the next session goes on there.
pub async fn session(store: &Owner, tls: &Tls, mode: Mode, mut tell: impl FnMut(Happening)) -> Result<Done, SyncFault> {
    let (mut begun, mut presented) = (false, false);
    let mut before: Option<Done> = None;
    loop {
        match one(store, tls, mode, &mut tell).await {
            Err(SyncFault::Session(reason)) if !begun && is_fork(&reason) && may_begin(store).await? => {
                tracing::warn!("sync: {reason}");
                begun = true;
                store.call(|s| Ok(life::begin(s, LifeReason::Forked))).await??;
            }
            Err(SyncFault::Session(Reason::Goodbye { code: Ok(GoodbyeCode::UnknownIncarnation), .. }))
                if !presented =>
            {
                presented = true;
                store.call(|s| s.set_introduced(false)).await?;
            }
            Err(fault) => return Err(fault),
            Ok((done, settled)) => {
                let done = before.map_or(done, |before| before.and(&done));
                // What still waited of ended lives may go now.
                if settled == 0 || store.call(|s| s.pending()).await?.entries == 0 {
                    return Ok(done);
                }
                before = Some(done);
            }
        }
    }
}

fn is_fork(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NodeBehind { .. } | Reason::Fork { .. } | Reason::Goodbye { code: Ok(GoodbyeCode::Fork), .. }
    )
}

/// Lives that may end before the one before them is settled: a folder may be put back again and
/// again, but one that is found to be a copy at every attempt needs a person.
const UNSETTLED_LIVES_MAX: usize = 8;

async fn may_begin(store: &Owner) -> Result<bool, StoreError> {
    store.call(|s| Ok(s.lives()?.iter().filter(|life| !life.settled).count() < UNSETTLED_LIVES_MAX)).await
}

async fn one(
    store: &Owner,
    tls: &Tls,
    mode: Mode,
    mut tell: impl FnMut(Happening),
) -> Result<(Done, usize), SyncFault> {
    let began = Instant::now();
    let (state, address, keys) = store
        .call(move |store| {
            let keys = Keys::of(store.folder());
            Ok(state(store, &keys, mode).map(|(state, address)| (state, address, keys)))
        })
        .await??;
    let (channel, wire) = link::dial(&address, tls.of(&keys)?).await.map_err(|e| dial_fault(&e))?;
    let mut client = SyncClient::new(channel)
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    let (out, frames) = mpsc::channel(OUTGOING_FRAMES_MAX);
    let life = state.incarnation;
    let machine = ClientSession::new(state);
    // Also what a command beside this program may have left, when it was killed after its pull.
    let project_at = Some(Instant::now() + QUIET);
    let mut driver = Driver { machine, life, settled: 0, project_at, store, out, wire: &wire, tell: &mut tell };
    // The first frame must wait in the stream before the call: the hub answers only to it.
    driver.handle(ClientEvent::Connected).await?;
    let mut incoming = client.session(ReceiverStream::new(frames)).await.map_err(|s| status_fault(&s))?.into_inner();
    let ended = driver.run(&mut incoming, mode).await;
    let (took, settled, behind) = (began.elapsed(), driver.settled, driver.project_at.is_some());
    if ended.is_ok() {
        wire.end();
    }
    drop((driver, incoming, client));
    // The hub need not wait for what only this machine has to do.
    while behind && store.call(Store::project_step).await?.more {}
    let done = Done { summary: ended?, bytes_sent: wire.sent(), bytes_received: wire.received(), took };
    Ok((done, settled))
}

fn state(store: &Store, keys: &Keys, mode: Mode) -> Result<(ClientState, String), SyncFault> {
    let damaged = |what: &str| SyncFault::Store(StoreError::Damaged(what.to_owned()));
    let address = store.meta(HUB_ADDRESS)?.ok_or_else(|| damaged("no address of the hub"))?;
    let state = begin(store, |life| Ok::<_, SyncFault>(keys.signing_key_of(life)?), mode, clock::now_ms())?;
    Ok((state, address))
}

/// What a session begins with, as the data folder stands; `key_of` gives the key of a life of it.
///
/// # Errors
/// When the data folder lacks the hub's key, and whatever SQLite or `key_of` say.
pub fn begin<E: From<StoreError>>(
    store: &Store,
    key_of: impl Fn(Incarnation) -> Result<SigningKey, E>,
    mode: Mode,
    now_ms: i64,
) -> Result<ClientState, E> {
    let acknowledged = store.acknowledged()?;
    let present = store.present_life()?;
    let signing_key = key_of(present)?;
    let former = store.lives()?.into_iter().map(|ended| Ok((ended.incarnation, key_of(ended.incarnation)?)));
    let introduction = match store.needs_introduction()? {
        true => Some(store.introduction()?.unwrap_or_else(|| life::present_first(&signing_key, present, now_ms))),
        false => None,
    };
    Ok(ClientState {
        incarnation: present,
        former: former.collect::<Result<_, E>>()?,
        introduction,
        signing_key,
        hub_public_key: hub_key(store)?,
        epoch: store.meta("epoch")?.is_some().then(|| store.epoch()).transpose()?,
        restitution_due: store.restitution_due()?,
        cursor: store.cursor()?,
        tree_head: store.tree_head()?,
        acknowledged: acknowledged.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect(),
        pending: store.pending()?.entries,
        mode,
        software: keng_desk::program::VERSION.to_owned(),
    })
}

/// The key by which the hub signs, as it was when this node joined.
///
/// # Errors
/// When the data folder lacks it.
pub fn hub_key(store: &Store) -> Result<PublicKey, StoreError> {
    let key = store.meta(HUB_PUBLIC_KEY)?.and_then(|k| hex::decode(k).ok());
    let key = key.and_then(|k| PublicKey::from_slice(&k).ok());
    key.ok_or_else(|| StoreError::Damaged("the key of the hub".to_owned()))
}

struct Driver<'a, T> {
    machine: ClientSession,
    /// Who this session speaks for.
    life: Incarnation,
    /// Ended lives of which everything has been received in this session.
    settled: usize,
    /// Entries wait for the projection, which waits until nothing has come for a moment.
    project_at: Option<Instant>,
    store: &'a Owner,
    out: mpsc::Sender<ClientFrame>,
    wire: &'a Wire,
    tell: &'a mut T,
}

impl<T: FnMut(Happening)> Driver<'_, T> {
    async fn run(&mut self, incoming: &mut Streaming<HubFrame>, mode: Mode) -> Result<Summary, SyncFault> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut seen = None;
        loop {
            let quiet = tokio::time::sleep_until(self.project_at.unwrap_or_else(Instant::now));
            let event = tokio::select! {
                biased;
                frame = incoming.message() => match frame {
                    Ok(Some(frame)) => {
                        if matches!(frame.frame, Some(Frame::Welcome(_))) {
                            self.store.call(|s| s.set_meta(LAST_CONTACT, &clock::now_ms().to_string())).await?;
                        }
                        ClientEvent::Frame(frame)
                    }
                    Ok(None) => ClientEvent::Lost,
                    Err(status) => return Err(status_fault(&status)),
                },
                _ = look.tick(), if mode == Mode::Live => {
                    let version = self.store.call(|s| s.data_version()).await?;
                    if seen.replace(version) == Some(version) {
                        continue;
                    }
                    ClientEvent::LocalChange
                }
                () = quiet, if self.project_at.is_some() => {
                    let step = self.store.call(Store::project_step).await?;
                    self.project_at = step.more.then(Instant::now);
                    continue;
                }
            };
            if let Some(summary) = self.handle(event).await? {
                return Ok(summary);
            }
        }
    }

    /// Gives an event to the machine and carries out what it wants, in its order.
    async fn handle(&mut self, event: ClientEvent) -> Result<Option<Summary>, SyncFault> {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.machine.handle(clock::now_ms(), event) {
                match effect {
                    ClientEffect::Send(frame) => {
                        // Honest machines never leave more frames waiting than fit.
                        self.out.try_send(frame).map_err(|_| Reason::Lost)?;
                    }
                    ClientEffect::ReadHeads => {
                        let life = self.life;
                        let heads = self.store.call(move |s| s.heads_of(life)).await?;
                        let heads = heads.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect();
                        events.push_back(ClientEvent::OwnHeads(heads));
                    }
                    ClientEffect::ReadOutbox { after, max_bytes } => {
                        let (present, (entries, more)) =
                            self.store.call(move |s| Ok((s.present_life()?, s.outbox(after.0, max_bytes)?))).await?;
                        if present != self.life {
                            // A command beside this program has begun another life: speak for that one.
                            return Err(Reason::Lost.into());
                        }
                        let entries = entries
                            .into_iter()
                            .map(|(p, entry)| OutboxEntry { position: OutboxPosition(p), entry })
                            .collect();
                        events.push_back(ClientEvent::Outbox { entries, more });
                    }
                    ClientEffect::ReadRestitution { held, after, max_bytes } => {
                        let Restitution { pushes, next } =
                            self.store.call(move |s| s.restitution(&held, after, max_bytes)).await?;
                        let pushes = pushes.into_iter().map(|(entries, signed)| Brought { entries, signed }).collect();
                        events.push_back(ClientEvent::Restitution { pushes, next });
                    }
                    ClientEffect::Restituted => self.store.call(Store::restituted).await?,
                    ClientEffect::HubLives(lives) => {
                        self.store
                            .call(move |s| {
                                lives.into_iter().try_for_each(|life| s.note_hub_life(life))?;
                                s.set_introduced(true)
                            })
                            .await?;
                    }
                    ClientEffect::StoreReceipt { receipt, entries } => {
                        self.store.call(move |s| s.store_receipt(&receipt, &entries)).await?;
                        events.push_back(ClientEvent::ReceiptStored);
                    }
                    ClientEffect::StorePull { entries, heads, up_to, epoch } => {
                        // A session of an ended life would move the cursor on, over what the new one reads again.
                        let life = self.life;
                        let stored = self.store.call(move |s| match s.present_life()? == life {
                            true => s.store_pull(&entries, &heads, up_to, epoch, clock::now_ms()).map(Some),
                            false => Ok(None),
                        });
                        if stored.await?.is_none() {
                            return Err(Reason::Lost.into());
                        }
                        self.project_at = Some(Instant::now() + QUIET);
                        events.push_back(ClientEvent::PullStored { up_to });
                    }
                    ClientEffect::ResetCursor { epoch } => self.store.call(move |s| s.reset_cursor(epoch)).await?,
                    ClientEffect::ResendFrom { held } => self.store.call(move |s| s.resend_from(&held)).await?,
                    ClientEffect::Clock { offset_ms, .. } => {
                        self.store.call(move |s| note_clock(s, offset_ms)).await?;
                    }
                    ClientEffect::TreeHead(head) => self.store.call(move |s| s.keep_tree_head(&head)).await?,
                    ClientEffect::KeepEvidence(evidence) => {
                        self.store.call(move |s| s.keep_evidence(&evidence, clock::now_ms())).await?;
                    }
                    ClientEffect::Progress(summary) => (self.tell)(Happening::Progress(summary, self.wire.sent())),
                    ClientEffect::CaughtUp { lsn } => {
                        (self.tell)(Happening::CaughtUp(lsn));
                        // What the hub holds of an ended life, only a session of a later one has been told.
                        let life = self.life;
                        let settled = self.store.call(move |s| match s.present_life()? == life {
                            true => s.settle_lives(),
                            false => Ok(0),
                        });
                        let settled = settled.await?;
                        if settled > 0 {
                            self.settled += settled;
                            events.push_back(ClientEvent::LocalChange);
                        }
                    }
                    ClientEffect::Done(summary) => return Ok(Some(summary)),
                    ClientEffect::Closed(reason) => return Err(reason.into()),
                }
            }
        }
        Ok(None)
    }
}

pub(crate) fn dial_fault(e: &std::io::Error) -> SyncFault {
    let text = chain(e);
    // rustls says "invalid peer certificate: …" whatever is wrong with it.
    if text.contains("peer certificate") { SyncFault::WrongHub(text) } else { SyncFault::NoLink(text) }
}

pub(crate) fn status_fault(status: &tonic::Status) -> SyncFault {
    match status.code() {
        Code::Unauthenticated | Code::PermissionDenied => SyncFault::NotEnrolled,
        _ => SyncFault::NoLink(chain(status)),
    }
}

/// A fault with all its causes, for the log.
pub(crate) fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut source = e.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
