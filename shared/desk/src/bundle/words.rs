//! What is wrong with a bundle, for people.

use keng_sync::bundle::{BadBundle, VERSION};

use crate::Told;
use crate::seal::Broken;

const NOTHING: &str = "Chưa nhập gì; dữ liệu trên máy giữ nguyên.";
const AGAIN: &str = "Hãy chép lại từ máy đã xuất, hoặc xuất lại sang USB khác.";

/// A file that is no usable bundle.
#[must_use]
pub fn bad(name: &str, bad: &BadBundle) -> Told {
    match bad {
        BadBundle::Empty => Told::new(format!("Tệp {name} rỗng (0 byte)."), NOTHING, AGAIN),
        BadBundle::NotABundle => {
            Told::new(format!("Tệp {name} không phải gói USB của Kẻng."), NOTHING, "Hãy chọn đúng tệp.")
        }
        BadBundle::Newer(version) => Told::new(
            format!("Gói {name} thuộc phiên bản {version}, chương trình này chỉ đọc được đến phiên bản {VERSION}."),
            NOTHING,
            "Hãy cài bản Kẻng mới hơn.",
        ),
        BadBundle::Damaged { from, to } => damaged(name, *from, *to),
        BadBundle::Truncated { at } => {
            Told::new(format!("Gói {name} bị cắt cụt: tệp hết ở byte {at}, chưa có phần kết."), NOTHING, AGAIN)
        }
        BadBundle::Trailing { at } => {
            Told::new(format!("Gói {name} có nội dung lạ từ byte {at}, sau phần kết."), NOTHING, AGAIN)
        }
        BadBundle::Misplaced { at } => {
            Told::new(format!("Gói {name} có một mảnh không đúng chỗ ở byte {at}."), NOTHING, AGAIN)
        }
        BadBundle::TooManyPieces => Told::new(format!("Gói {name} có quá nhiều mảnh."), NOTHING, AGAIN),
        BadBundle::Changed => Told::new(
            format!("Gói {name} bị thay đổi trong lúc đọc."),
            "Những mảnh đã đọc trước đó vẫn đúng và được giữ.",
            "Hãy cắm lại USB rồi nhập lại.",
        ),
        BadBundle::Io(e) => match e.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
            Some(Broken::Damaged { from, to }) => damaged(name, *from, *to),
            Some(Broken::WrongKey { to }) => Told::new(
                format!(
                    "Gói {name} được niêm phong cho trạm tỉnh khác, hoặc phần đầu bị hỏng (byte 0 đến byte {}).",
                    to.saturating_sub(1)
                ),
                NOTHING,
                "Hãy kiểm tra đúng gói của tỉnh này, hoặc xuất lại.",
            ),
            None => Told::new(format!("Không đọc được {name}: {e}."), NOTHING, "Hãy cắm lại USB rồi thử lại."),
        },
    }
}

fn damaged(name: &str, from: u64, to: u64) -> Told {
    let last = to.saturating_sub(1).max(from);
    Told::new(format!("Gói {name} bị hỏng hoặc bị cắt ở byte {from} (đoạn byte {from} đến {last})."), NOTHING, AGAIN)
}

/// A sealed file at a node: nodes have no key.
#[must_use]
pub fn sealed(name: &str) -> Told {
    Told::new(
        format!("Gói {name} đã niêm phong cho trạm tỉnh; máy của đơn vị không mở được."),
        NOTHING,
        "Hãy chọn gói trả về của tỉnh.",
    )
}

/// A whole bundle that is not for here, or from nobody known.
#[must_use]
pub fn not_for_us(name: &str, why: &str, next: &str) -> Told {
    Told::new(format!("Gói {name} {why}."), NOTHING, next)
}

/// The part of an export that a file is, for the sentence that tells of missing ones.
#[must_use]
pub fn parts(parts: &[u32]) -> String {
    let list: Vec<String> = parts.iter().map(u32::to_string).collect();
    list.join(", ")
}
