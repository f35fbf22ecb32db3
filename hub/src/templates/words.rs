//! Why a template is refused, and what is odd about it, in words.

use keng_desk::Told;
use keng_report::form::{BadTemplate, Misplaced, Name};

/// How many names a sentence lists; the rest are counted.
const LISTED_MAX: usize = 40;

/// What becomes of the template in force when another one is refused.
pub(super) fn stays(name: &str) -> String {
    format!("Mẫu đang dùng ({name}) giữ nguyên.")
}

/// A refusal: what is wrong, what stays, what to do.
pub(super) fn refused(name: &str, fault: &BadTemplate, stays: &str) -> Told {
    const SAVE_AGAIN: &str = "Hãy mở bằng Excel hoặc LibreOffice và lưu lại dạng .xlsx.";
    const EXPORT: &str = "Đặt tên cho ô ở thẻ Công thức, Trình quản lý tên; \
        xem mẫu có sẵn với đủ tên: keng-hub template export TỆP; ý nghĩa từng tên: keng-hub template names.";
    let megabytes = |bytes: u64| bytes / 1_048_576;
    let (what, next) = match fault {
        BadTemplate::TooLarge { max } => (
            format!("Tệp “{name}” lớn quá {} MB, không thể là mẫu thống kê.", megabytes(*max)),
            "Hãy bỏ ảnh và dữ liệu thừa khỏi mẫu.",
        ),
        BadTemplate::UnpacksTooLarge { max } => (
            format!("Tệp “{name}” giải nén ra lớn quá {} MB, không thể là mẫu thống kê.", megabytes(*max)),
            "Hãy bỏ ảnh và dữ liệu thừa khỏi mẫu.",
        ),
        BadTemplate::OldOrLocked => (format!("Tệp “{name}” là bảng tính đời cũ (.xls) hoặc đặt mật khẩu."), SAVE_AGAIN),
        BadTemplate::NotXlsx => (format!("Tệp “{name}” không phải bảng tính .xlsx."), SAVE_AGAIN),
        BadTemplate::Macros { .. } => {
            (format!("Tệp “{name}” có macro; mẫu thống kê không được có macro."), "Hãy lưu lại dạng .xlsx không macro.")
        }
        BadTemplate::Damaged(why) => (format!("Tệp “{name}” hỏng, không đọc được ({why})."), SAVE_AGAIN),
        BadTemplate::Missing(missing) => {
            (format!("Mẫu “{name}” thiếu {} tên ô: {}.", missing.len(), listed(missing)), EXPORT)
        }
        BadTemplate::Misplaced(faults) => {
            let said: Vec<String> = faults.iter().take(LISTED_MAX).map(misplaced).collect();
            (format!("Mẫu “{name}” có tên ô đặt sai chỗ: {}.", said.join("; ")), EXPORT)
        }
        BadTemplate::TooLong { sheet, max } => {
            (format!("Trang tính “{sheet}” của mẫu “{name}” sẽ dài quá {max} dòng."), "Hãy bỏ danh sách điểm khỏi mẫu.")
        }
    };
    Told::new(what, stays, next)
}

fn misplaced(fault: &Misplaced) -> String {
    match fault {
        Misplaced::NoCell { name, refers_to } => format!("{name} không chỉ vào ô nào của tệp ({refers_to})"),
        Misplaced::Scattered { name, at, first, first_at } => {
            format!("{name} ở {at}, khác dòng với {first} ở {first_at}; các cột của một bảng phải cùng một dòng")
        }
        Misplaced::Shared { name, other, at } => format!("{name} và {other} cùng chỉ vào ô {at}"),
        Misplaced::Covered { name, at, merged } => {
            format!("{name} ở {at} bị ô gộp {merged} che; hãy đặt tên cho ô đầu của ô gộp")
        }
        Misplaced::Stretched { merged, name } => format!(
            "ô gộp {merged} trùm lên dòng mẫu của bảng (dòng của {name}) và dòng khác; hãy bỏ gộp, bảng sẽ dài thêm ở dòng ấy"
        ),
        Misplaced::InExcelTable { sheet } => {
            format!(
                "trang tính “{sheet}” có bảng kiểu Table của Excel; hãy chuyển thành vùng thường (Convert to Range)"
            )
        }
    }
}

/// `keng_tong_to (Tổng số tổ); …`.
fn listed(names: &[Name]) -> String {
    let mut said: Vec<String> = names.iter().take(LISTED_MAX).map(|n| format!("{} ({})", n.name, n.meaning)).collect();
    if names.len() > LISTED_MAX {
        said.push(format!("và {} tên khác", names.len() - LISTED_MAX));
    }
    said.join("; ")
}

/// Names that begin like the program's and are none.
pub(super) fn unknown(names: &[String]) -> Option<String> {
    let said = || names.iter().take(LISTED_MAX).cloned().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("Tên ô lạ, không được điền: {}. Nếu gõ nhầm, hãy sửa rồi đặt lại mẫu.", said()))
}

/// What a template in force lacks.
pub(super) fn lacking(names: &[Name]) -> Option<String> {
    (!names.is_empty()).then(|| {
        format!(
            "Mẫu thống kê đang dùng thiếu {} tên ô nên XLSX không in: {}. Hãy bổ sung rồi đặt lại mẫu (template adopt).",
            names.len(),
            listed(names)
        )
    })
}
