//! What handlers share: the stores, the present board, the streams.

use std::sync::Arc;

use keng_desk::Told;
use keng_desk::folder::random;
use keng_desk::letters::Press;
use keng_store::log::Log;
use keng_store::owner::Owner;
use keng_store::{Store, StoreError};
use keng_web::answer::{Answer, Fault};
use keng_web::csrf::Csrf;
use keng_web::handlers::{Program, Spot};
use keng_web::live::Streams;
use keng_web::reading::Reading;
use keng_web::shell::Notice;
use keng_web::turn::Turn;
use keng_web::{Shell, Tone};
use tokio::sync::watch;

use super::board::{self, Board};
use super::reports::Made;
use crate::hub::Hub;
use crate::pages::{Frame, Place};
use crate::press::PRESS;

/// The state of all handlers. Cloning is cheap.
#[derive(Clone)]
pub struct App {
    hub: Hub,
    /// Reads for pages on a thread of its own: no page makes a node's session wait.
    pages: Owner,
    board: watch::Receiver<Arc<Board>>,
    streams: Streams,
    csrf: Csrf,
    turn: Turn,
    /// Reports that were made.
    pub(super) made: Made,
}

impl App {
    /// Draws the first board and keeps it fresh until `stopping`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(hub: Hub, stopping: watch::Receiver<bool>) -> Result<Self, StoreError> {
        let reader = hub.writer.call(|store| store.reader()).await?;
        let pages = Owner::start("pages", reader)?;
        let csrf = Csrf::new(random());
        let changed = hub.changed.subscribe();
        let first = board::draw(&pages).await?;
        let (tell_message, messages) = watch::channel(board::message(&first));
        let (tell_board, board) = watch::channel(Arc::new(first));
        tokio::spawn(board::follow(pages.clone(), changed, stopping.clone(), tell_board, tell_message));
        let folder = hub.writer.call(|store| Ok(store.folder().to_owned())).await?;
        let turn = Turn::default();
        let made = Made::of(&folder, turn.clone());
        made.clear_parts().await;
        Ok(Self { hub, pages, board, streams: Streams::new(messages, stopping), csrf, turn, made })
    }

    /// The token of forms.
    #[must_use]
    pub fn csrf(&self) -> Csrf {
        self.csrf.clone()
    }

    /// The streams of the present board.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The board as it was last drawn.
    #[must_use]
    pub fn board(&self) -> Arc<Board> {
        self.board.borrow().clone()
    }

    /// The frame of pages, as of the present board.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame { csrf: self.csrf.token().to_owned(), ..self.board().frame.clone() }
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
            let frame = Frame {
                year: reading.year(),
                current_year: reading.current_year,
                years: reading.years.clone(),
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

    /// Does an officer's act on the writing thread, and wakes sessions and boards.
    ///
    /// # Errors
    /// The outer one when the store is gone, the inner one what the act says.
    pub async fn act<T, F>(&self, act: F) -> Result<Result<T, Told>, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, Told> + Send + 'static,
    {
        let (done, tail) = self.hub.writer.call(|store| Ok((act(store), store.tail()?))).await?;
        self.hub.advanced(tail);
        Ok(done)
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
        "chosen" => "Đã chọn. Lựa chọn đã lưu tại tỉnh và sẽ tới các đơn vị; muốn hoàn tác, hãy ghi lại giá trị khác.",
        "merged" => "Đã gộp. Điểm của các tên được tính chung; hoàn tác được ở mục “Đã gộp”.",
        "undone" => "Đã bỏ gộp. Mô hình lại đứng riêng.",
        "apart" => "Đã để riêng; sẽ không gợi ý gộp các tên này nữa.",
        "accepted" => "Đã nhận báo cáo. Đơn vị sẽ thấy ở lần nối tới.",
        "returned" => "Đã trả lại; đơn vị sẽ thấy lý do ở lần nối tới.",
        "received" => "Đã tiếp nhận đề xuất để nghiên cứu. Đơn vị sẽ thấy ở lần nối tới.",
        "selected" => "Đã chọn thông báo toàn tỉnh. Đơn vị sẽ thấy ở lần nối tới.",
        "proposed" => "Đã đề nghị Bộ Công an; căn cứ được ghi cùng quyết định.",
        "saved" => "Đã lưu tại tỉnh; đơn vị sẽ thấy ở lần nối tới.",
        "contact" => "Đã lưu liên hệ; danh sách gọi in số này.",
        "document" => "Đã thêm tệp vào hồ sơ và lưu tại tỉnh.",
        "document-removed" => "Đã gỡ văn bản khỏi hồ sơ; lý do và người gỡ được giữ lại, đưa lại được bất cứ lúc nào.",
        "document-same" => {
            "Hồ sơ này đã có tệp đó với cùng loại, nên không ghi thêm; số, ngày đã có thì sửa ở văn bản ấy."
        }
        "document-filled" => "Hồ sơ này đã có tệp đó với cùng loại: chỉ ghi thêm mục còn trống; mục đã có giữ nguyên.",
        "erased" => "Đã xóa thông tin cá nhân ở tỉnh; máy của đơn vị xóa theo ở lần nối tới.",
        "approved" => {
            "Đã duyệt xếp loại; đơn vị thấy ở lần nối tới. Đơn vị đổi xếp loại sau đó thì mức đã duyệt vẫn giữ."
        }
        "same" => "Không có gì thay đổi, nên không ghi gì.",
        "rules" => "Đã đặt bộ quy tắc; kết luận đã được tính lại, các đơn vị nhận ở lần nối tới.",
        "template" => "Đã đặt mẫu thống kê; báo cáo lập từ nay điền theo mẫu này.",
        "kept" => "Đã giữ bản dự thảo. Số liệu của bản này không đổi nữa; trình ký ở mục “Bản báo cáo”.",
        "submitted" => "Đã trình ký. Khi có bản ký, ghi số và ngày để ban hành.",
        "issued" => "Đã ban hành; bản trước của kỳ này, nếu có, được ghi là đã thay thế.",
        "made" => "Đã lập báo cáo. Tải về ở danh sách “Đã lập”.",
        _ => return None,
    };
    Some(Notice { tone: Tone::Ok, text: text.to_owned(), way: None })
}
