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
            StoreError::Signature { .. } => Self::new(
                "Dữ liệu tỉnh gửi về không đúng chữ ký của đơn vị đã ghi.",
                "Chưa ghi gì; phần đã có vẫn nguyên, vẫn làm việc bình thường.",
                "Hãy báo quản trị: có thể trạm tỉnh đã bị sửa dữ liệu.",
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
            StoreError::NoKey(record) => Self::new(
                format!("Chưa đọc được thông tin cá nhân của bản ghi {record}: khóa của bản ghi chưa tới máy này."),
                "Chưa ghi gì.",
                "Hãy đồng bộ khi có mạng, rồi thử lại.",
            ),
            StoreError::Erased(record) => Self::new(
                format!("Thông tin cá nhân của bản ghi {record} đã bị xóa, không lấy lại được."),
                "Chưa ghi gì.",
                "Nếu người này tham gia lại, hãy thêm thành viên mới.",
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

/// Why an entry was refused, for people: the one place with words for the codes of receipts and
/// of quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalWords {
    /// What is wrong.
    pub why: &'static str,
    /// What the officer of the unit can do.
    pub act: &'static str,
}

/// The words for a code of a receipt or of quarantine ([`keng_sync::session::RefusalCode`]).
#[must_use]
pub fn refusal_words(code: &str) -> RefusalWords {
    use keng_sync::session::RefusalCode as Code;
    const ASK: &str = "Hãy báo quản trị tỉnh; tỉnh giữ bản gốc trong khu cách ly.";
    const REPAIR: &str = "Hãy giữ nguyên thư mục dữ liệu, đừng sao chép sang máy khác, và báo quản trị tỉnh.";
    let (why, act) = match code.parse::<Code>() {
        Ok(Code::Scope) => (
            "Đơn vị không được ghi vào địa bàn này",
            "Hãy kiểm tra lại xã, phường của bản ghi; nếu địa bàn vừa sắp xếp lại, hãy báo tỉnh cập nhật danh mục rồi ghi lại.",
        ),
        Ok(Code::TooLarge) => ("Nội dung một lần ghi quá lớn", "Hãy rút ngắn rồi ghi lại."),
        Ok(Code::Fork) => {
            ("Dòng ghi của máy có hai bản khác nhau: thư mục dữ liệu có thể đã bị nhân bản hoặc khôi phục", REPAIR)
        }
        Ok(Code::Gap) => ("Thiếu các mục ghi trước mục này", "Hãy bấm “Gửi ngay”; nếu vẫn vậy, hãy báo quản trị tỉnh."),
        Ok(Code::Hash) => ("Nội dung nhận được khác với nội dung máy đã ký", REPAIR),
        Ok(Code::Signature) => ("Chữ ký không phải của máy này", REPAIR),
        Ok(Code::Malformed) => ("Nội dung không đọc được", ASK),
        Ok(Code::ForeignActor) => ("Thay đổi mang tên một máy khác", ASK),
        Ok(Code::UnknownIncarnation) => {
            ("Lần cài đặt này chưa có trong sổ đăng ký của tỉnh", "Hãy xin tỉnh cấp mã mời và gia nhập lại.")
        }
        Ok(Code::Dependency) => ("Thay đổi dựa trên một thay đổi mà tỉnh chưa nhận", ASK),
        Ok(Code::Revoked) => {
            ("Máy đã bị tỉnh thu hồi trước khi mục này tới", "Hãy liên hệ tỉnh; dữ liệu trong máy vẫn còn nguyên.")
        }
        // Stored by ingest beside the codes of receipts.
        Err(_) if code == "OVERLOADED" => ("Khu cách ly của máy này đã đầy", ASK),
        Err(_) => ("Tỉnh không nhận; lý do chưa có lời ở phiên bản này", ASK),
    };
    RefusalWords { why, act }
}

fn forbidden(f: &Forbidden) -> String {
    match f {
        Forbidden::Fixed(key) => format!("Mục “{key}” chỉ ghi một lần khi lập bản ghi, không sửa được."),
        Forbidden::Scope { .. } => "Bản ghi này thuộc địa bàn khác.".to_owned(),
        Forbidden::HubOnly(key) => format!("Chỉ tỉnh mới ghi được mục “{key}”."),
        Forbidden::OthersRating { .. } => "Đơn vị chỉ được ghi xếp loại của chính mình.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::refusal_words;
    use keng_sync::session::RefusalCode;

    #[test]
    fn every_code_of_a_refusal_has_words_of_its_own() {
        let unknown = refusal_words("NEWER").why;
        for code in RefusalCode::ALL {
            let words = refusal_words(code.as_str());
            assert!(words.why != unknown && words.act.ends_with('.'), "{}", code.as_str());
        }
        assert_ne!(refusal_words("OVERLOADED").why, unknown);
    }
}
