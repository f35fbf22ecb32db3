//! What handlers share: the stores, the worker, the present state, the streams.

use std::sync::Arc;

use keng_desk::folder::random;
use keng_desk::letters::Press;
use keng_desk::{Told, clock};
use keng_store::owner::Owner;
use keng_store::{Store, StoreError};
use keng_web::answer::{Answer, Fault};
use keng_web::csrf::Csrf;
use keng_web::handlers::{Program, Spot};
use keng_web::live::Streams;
use keng_web::reading::Reading;
use keng_web::shell::Notice;
use keng_web::turn::Turn;
use keng_web::{Shell, Tone, format};
use tokio::sync::watch;

use super::importing::Kept;
use super::present::{self, Present};
use super::sync::Rounds;
use crate::pages::sync::Upload;
use crate::pages::{Frame, Place};
use crate::press::PRESS;
use crate::worker::Worker;

/// The state of all handlers. Cloning is cheap.
#[derive(Clone)]
pub struct App {
    store: Owner,
    /// Reads for pages on a thread of its own: no page makes the sync worker wait.
    pages: Owner,
    /// The sync worker.
    pub(super) worker: Worker,
    present: watch::Receiver<Arc<Present>>,
    streams: Streams,
    csrf: Csrf,
    turn: Turn,
    /// The last attempts to reach the province.
    pub(super) rounds: Rounds,
    /// Rejected rows of the last imports.
    pub(super) kept: Kept,
}

impl App {
    /// Reads the present state and keeps it fresh until `stopping`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(store: Owner, worker: Worker, stopping: watch::Receiver<bool>) -> Result<Self, StoreError> {
        let reader = store.call(|store| store.reader()).await?;
        let pages = Owner::start("pages", reader)?;
        let facts = pages.call(|store| present::facts(store)).await?;
        let first = Present::of(&facts, &worker.state.borrow(), format::of_millis(clock::now_ms()));
        let (tell_message, messages) = watch::channel(first.message());
        let (tell_present, present) = watch::channel(Arc::new(first));
        let rounds = Rounds::default();
        tokio::spawn(present::follow(
            pages.clone(),
            worker.state.clone(),
            stopping.clone(),
            facts,
            tell_present,
            tell_message,
            rounds.clone(),
        ));
        let streams = Streams::new(messages, stopping);
        Ok(Self {
            store,
            pages,
            worker,
            present,
            streams,
            csrf: Csrf::new(random()),
            turn: Turn::default(),
            rounds,
            kept: Kept::default(),
        })
    }

    /// The token of forms.
    #[must_use]
    pub fn csrf(&self) -> Csrf {
        self.csrf.clone()
    }

    /// The streams of the present state.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The frame of pages as of now.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame { csrf: self.csrf.token().to_owned(), ..self.present.borrow().frame.clone() }
    }

    /// The card of the way to the province as of now.
    #[must_use]
    pub fn upload(&self) -> Upload {
        self.present.borrow().upload.clone()
    }

    /// Fills a page at `place` from one reading.
    ///
    /// # Errors
    /// A fault in the frame of the place.
    pub async fn read<T, F>(&self, place: Place, year: Option<i32>, fill: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Reading<'_>, Shell) -> Result<T, StoreError> + Send + 'static,
    {
        let frame = self.frame();
        let shell = frame.clone().in_year(year).shell(place);
        let filled = self.pages.call(move |store| {
            let reading = Reading::of(store, year)?.offering(PRESS.formats);
            // What was written a moment ago is not in the present state yet.
            let contests = u32::try_from(reading.contests.len()).unwrap_or(u32::MAX);
            let frame = Frame {
                year: reading.year(),
                current_year: reading.current_year,
                years: reading.years.clone(),
                contests,
                ..frame
            };
            fill(&reading, frame.shell(place))
        });
        filled.await.map_err(|e| Fault::from(e).in_shell(shell))
    }

    /// Runs something on the reading thread of the pages.
    ///
    /// # Errors
    /// What `act` says.
    pub async fn look<T, F>(&self, act: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    {
        self.pages.call(act).await
    }

    /// The writing thread, for what takes longer than one act.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.store
    }

    /// Does an officer's act on the writing thread.
    ///
    /// # Errors
    /// The outer one when the store is gone, the inner one what the act says.
    pub async fn act<T, F>(&self, act: F) -> Result<Result<T, Told>, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, Told> + Send + 'static,
    {
        self.store.call(|store| Ok(act(store))).await
    }
}

impl Program for App {
    const PRESS: Press = PRESS;

    fn shell(&self, spot: Spot) -> Shell {
        self.frame().shell(place(spot))
    }

    fn csrf(&self) -> Csrf {
        self.csrf.clone()
    }

    fn turn(&self) -> &Turn {
        &self.turn
    }

    fn notice(done: &str) -> Option<Notice> {
        notice(done)
    }

    fn read<T, F>(&self, spot: Spot, year: Option<i32>, fill: F) -> impl Future<Output = Answer<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&Reading<'_>, Shell) -> Result<T, StoreError> + Send + 'static,
    {
        Self::read(self, place(spot), year, fill)
    }

    fn look<T, F>(&self, act: F) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    {
        Self::look(self, act)
    }

    fn act<T, F>(&self, act: F) -> impl Future<Output = Result<Result<T, Told>, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, Told> + Send + 'static,
    {
        Self::act(self, act)
    }
}

fn place(spot: Spot) -> Place {
    match spot {
        Spot::Models => Place::Models,
        Spot::Points => Place::Points,
        Spot::Others => Place::Others,
    }
}

/// What the last act brought about, by the word in the address.
#[must_use]
pub fn notice(done: &str) -> Option<Notice> {
    let text = match done {
        "chosen" => "Đã chọn và lưu tại máy. Tỉnh sẽ thấy sau lần gửi tới; muốn hoàn tác, hãy ghi lại giá trị khác.",
        "saved" => "Đã lưu tại máy; tự gửi lên tỉnh khi có mạng.",
        "remembered" => "Đã nhớ lựa chọn cho các tệp sau. Hãy chọn lại tệp rồi bấm Nhập.",
        "undone" => "Đã hoàn tác lần nhập; tự gửi lên tỉnh khi có mạng. Nhập lại tệp sẽ đưa các dòng trở lại.",
        "same" => "Không có gì thay đổi, nên không ghi gì.",
        "model" => "Đã thêm mô hình và lưu tại máy; hãy thêm điểm đầu tiên của mô hình.",
        "document" => "Đã thêm tệp vào hồ sơ và lưu tại máy; tệp tự gửi lên tỉnh sau số liệu.",
        "document-removed" => "Đã gỡ văn bản khỏi hồ sơ; lý do và người gỡ được giữ lại, đưa lại được bất cứ lúc nào.",
        "document-same" => {
            "Hồ sơ này đã có tệp đó với cùng loại, nên không ghi thêm; số, ngày đã có thì sửa ở văn bản ấy."
        }
        "document-filled" => "Hồ sơ này đã có tệp đó với cùng loại: chỉ ghi thêm mục còn trống; mục đã có giữ nguyên.",
        "handed-in" => "Đã trình, đã lưu tại máy; tự gửi lên tỉnh khi có mạng.",
        "nominated" => "Đã lập đề xuất, đang soạn, lưu tại máy. Thêm hồ sơ rồi trình.",
        "erased" => "Đã xóa thông tin cá nhân ở máy này; tỉnh xóa theo khi có mạng.",
        "recognised" => "Đã ghi quyết định công nhận, lưu tại máy; từ ngày quyết định điểm được tính.",
        "ended" => "Đã ghi chấm dứt, lưu tại máy; điểm không còn được tính từ ngày đó.",
        "added" => "Đã thêm điểm và lưu tại máy; tự gửi lên tỉnh khi có mạng.",
        _ => return None,
    };
    Some(Notice { tone: Tone::Ok, text: text.to_owned(), way: None })
}
