//! Faults for people: what happened, what became of the data, what to do. The one place with
//! words for the faults of the store.

use keng_records::authority::Forbidden;
use keng_store::StoreError;

/// A fault as an officer is told it, in Vietnamese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Told(String);

impl Told {
    /// Three sentences: what happened, what became of the data, what to do.
    #[must_use]
    pub fn new(what: impl AsRef<str>, data: impl AsRef<str>, next: impl AsRef<str>) -> Self {
        let parts = [what.as_ref(), data.as_ref(), next.as_ref()];
        let sentence = |s: &&str| !s.is_empty();
        Self(parts.iter().filter(|s| sentence(s)).copied().collect::<Vec<_>>().join(" "))
    }

    /// Nothing was written, and the sentence says all there is to do.
    #[must_use]
    pub fn refused(what: impl AsRef<str>) -> Self {
        Self::new(what, "Chưa ghi gì.", "")
    }
}

impl From<StoreError> for Told {
    fn from(e: StoreError) -> Self {
        Self::from(&e)
    }
}

impl From<&StoreError> for Told {
    fn from(e: &StoreError) -> Self {
        match e {
            StoreError::NoData(path) => Self::new(
                format!("Thư mục {} chưa có dữ liệu Kẻng.", path.display()),
                "",
                "Hãy kiểm tra --data, hoặc gia nhập bằng mã mời (join) hay khởi tạo trạm tỉnh (init).",
            ),
            StoreError::HasData(path) => Self::new(
                format!("Thư mục {} đã có dữ liệu.", path.display()),
                "Dữ liệu cũ được giữ nguyên.",
                "Hãy chọn một thư mục khác.",
            ),
            StoreError::Newer { path, found, known } => Self::new(
                format!(
                    "Dữ liệu trong {} thuộc phiên bản {found}, chương trình này chỉ đọc được đến phiên bản {known}.",
                    path.display()
                ),
                "Dữ liệu được giữ nguyên.",
                "Hãy cài bản Kẻng mới hơn.",
            ),
            StoreError::DiskFull => Self::new(
                "Ổ đĩa đã đầy.",
                "Lần ghi này chưa được lưu; những gì đã lưu trước đó vẫn nguyên.",
                "Hãy giải phóng chỗ trống rồi làm lại.",
            ),
            StoreError::Busy => Self::new(
                "Một chương trình khác đang ghi vào thư mục dữ liệu.",
                "Chưa ghi gì.",
                "Hãy đợi chương trình đó xong rồi thử lại.",
            ),
            StoreError::Sqlite(inner) => Self::new(
                format!("Cơ sở dữ liệu báo lỗi: {inner}."),
                "Lần ghi này chưa được lưu; những gì đã lưu trước đó vẫn nguyên.",
                "Nếu lỗi lặp lại, hãy sao lưu thư mục dữ liệu và báo quản trị.",
            ),
            StoreError::Io { path, source } => Self::new(
                format!("Không đọc hoặc ghi được {}: {source}.", path.display()),
                "Chưa ghi gì.",
                "Hãy kiểm tra đường dẫn và quyền truy cập.",
            ),
            StoreError::Damaged(what) => Self::new(
                format!("Dữ liệu lưu trên máy bị hỏng ({what})."),
                "Không có gì bị ghi đè.",
                "Hãy giữ nguyên thư mục dữ liệu và báo quản trị.",
            ),
            StoreError::NoRecord(id) => Self::refused(format!("Không có bản ghi {id} trên máy này.")),
            StoreError::TooLarge { bytes, max } => {
                Self::refused(format!("Nội dung một lần ghi quá lớn ({bytes} byte, tối đa {max}). Hãy rút ngắn."))
            }
            StoreError::Forbidden(f) => Self::refused(forbidden(f)),
            StoreError::ForeignScope(scope) => {
                Self::refused(format!("Đơn vị của máy này không được ghi vào địa bàn {scope}."))
            }
            StoreError::Chain { feed, expected, got } => Self::new(
                format!(
                    "Dữ liệu từ tỉnh thiếu một đoạn (dòng ghi {}, cần mục {expected}, nhận mục {got}).",
                    feed.scope
                ),
                "Chưa ghi gì; phần đã có vẫn nguyên.",
                "Hãy đồng bộ lại.",
            ),
            StoreError::NoCatalogue => Self::new(
                "Máy này chưa nhận được danh mục đơn vị và bộ quy tắc từ tỉnh.",
                "Chưa ghi gì.",
                "Hãy đồng bộ một lần khi có mạng (sync --once).",
            ),
            StoreError::NoLsn(lsn) => Self::refused(format!("Sổ cái chưa có mục {lsn}.")),
            StoreError::NoFile(hash) => Self::refused(format!("Không có văn bản nào mang mã {hash} trên máy này.")),
            StoreError::FileDamaged(hash) => Self::new(
                format!("Nội dung tệp {hash} không khớp với mã của nó (tệp hỏng)."),
                "Bản hỏng không được dùng; số liệu không bị ảnh hưởng.",
                "Hãy tải lại từ tỉnh (document get), hoặc thêm lại tệp gốc (document add).",
            ),
            StoreError::NotAtHub(hash) => Self::new(
                format!("Tỉnh chưa có biên nhận cho tệp {hash}."),
                "Bản trên máy này được giữ nguyên.",
                "Hãy đồng bộ khi có mạng (sync --once), rồi thử lại.",
            ),
            StoreError::Closing => {
                Self::new("Chương trình đang dừng.", "Lần ghi này chưa được lưu.", "Hãy thử lại sau khi mở lại.")
            }
        }
    }
}

fn forbidden(f: &Forbidden) -> String {
    match f {
        Forbidden::Fixed(key) => format!("Mục “{key}” chỉ ghi một lần khi lập bản ghi, không sửa được."),
        Forbidden::Scope { .. } => "Bản ghi này thuộc địa bàn khác.".to_owned(),
        Forbidden::HubOnly(key) => format!("Chỉ tỉnh mới ghi được mục “{key}”."),
        Forbidden::OthersRating { .. } => "Đơn vị chỉ được ghi xếp loại của chính mình.".to_owned(),
    }
}
