//! Faults of the store's check in words: the table, the record, the feed, the place.

use keng_store::fsck::{BlobFault, Difference, Fault as Found, Part, StatementFault, StatementKind};
use keng_sync::entry::FeedId;

use super::{BLOB, Fault};

/// What is being checked, for a progress line.
#[must_use]
pub fn part_words(part: Part) -> &'static str {
    match part {
        Part::Database => "kiểm tra cơ sở dữ liệu",
        Part::Chains => "kiểm tra chuỗi các mục ghi",
        Part::Signatures => "kiểm tra chữ ký",
        Part::Derived => "lập lại số liệu để đối chiếu",
        Part::Blobs => "kiểm tra tệp hồ sơ",
    }
}

pub(super) fn in_vietnamese(fault: &Found) -> Fault {
    let (what, place, detail) = match fault {
        Found::Sqlite(line) => ("sqlite", "cơ sở dữ liệu".to_owned(), format!("SQLite báo: {line}")),
        Found::Unreadable { part, why } => {
            ("unreadable", part_words(*part).to_owned(), format!("không đọc được đến hết ({why})"))
        }
        Found::LsnGap { after, next } => {
            let missing = next.0.saturating_sub(after.0 + 1);
            ("lsn", format!("bảng entry, sau mục {after}"), format!("thiếu {missing} mục, mục kế tiếp là {next}"))
        }
        Found::Missing { feed, first, last } if first == last => {
            ("entry", at(feed, *first), "mục ghi không có trong sổ cái, cũng không có trong khu cách ly".to_owned())
        }
        Found::Missing { feed, first, last } => {
            ("entry", at(feed, *first), format!("thiếu các mục ghi từ {first} đến {last}"))
        }
        Found::Altered { feed, seq, quarantined } => {
            let table = if *quarantined { " (khu cách ly)" } else { "" };
            ("entry", format!("{}{table}", at(feed, *seq)), "nội dung không còn khớp mã băm đã ghi".to_owned())
        }
        Found::Head { feed, seq } => ("feed", at(feed, *seq), "đầu dòng không phải mục ghi cuối của dòng".to_owned()),
        Found::BadRow { table, row } => ("row", format!("bảng {table}, hàng {row}"), "hàng không đọc được".to_owned()),
        Found::Statement { kind, row, why } => {
            let (what, place) = statement(*kind, *row);
            (what, place, statement_fault(why))
        }
        Found::Derived { table, key, how } => {
            let what = match *table {
                "document" => "document",
                "change" => "change",
                "quarantine" => "quarantine",
                _ => "view",
            };
            (what, format!("bảng {table}, khóa {}", key.to_lowercase()), difference(*how))
        }
        Found::Blob { hash, why } => {
            let detail = match why {
                BlobFault::Missing => "không có tệp, dù bảng blob ghi là có",
                BlobFault::Altered => "nội dung tệp không còn khớp mã băm",
            };
            (BLOB, format!("tệp hồ sơ {hash}"), detail.to_owned())
        }
        Found::Position { position, tail } => (
            "position",
            "bảng projection".to_owned(),
            format!("số liệu ghi là đã tính đến mục {position}, nhưng mục cuối chỉ là {tail}"),
        ),
    };
    Fault { what, place, detail, repairable: fault.is_repairable() }
}

fn at(feed: &FeedId, seq: u64) -> String {
    format!("dòng ghi {} · {}, mục {seq}", feed.incarnation, feed.scope)
}

fn statement(kind: StatementKind, row: i64) -> (&'static str, String) {
    match kind {
        StatementKind::Heads => ("signature", format!("bảng signed_heads, hàng {row}")),
        StatementKind::Receipt => ("receipt", format!("bảng receipt, biên nhận {row}")),
        StatementKind::TreeHead => ("tree_head", "gốc sổ cái đã ký".to_owned()),
    }
}

fn statement_fault(why: &StatementFault) -> String {
    match why {
        StatementFault::Unreadable => "không đọc được".to_owned(),
        StatementFault::NoKey(incarnation) => format!("danh bạ không có khóa của lần cài đặt {incarnation}"),
        StatementFault::Signature => "chữ ký không đúng".to_owned(),
        StatementFault::Chain { feed, seq } => format!("ký cho mã băm khác với {}", at(feed, *seq)),
        StatementFault::Root { size } => format!("gốc tính lại từ {size} mục đầu khác với gốc đã ký"),
    }
}

fn difference(how: Difference) -> String {
    match how {
        Difference::Missing => "thiếu hàng mà các mục ghi cho ra".to_owned(),
        Difference::Extra => "có hàng mà các mục ghi không cho ra".to_owned(),
        Difference::Column(column) => format!("cột {column} khác với giá trị lập lại từ các mục ghi"),
    }
}
