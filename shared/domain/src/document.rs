//! A document (văn bản): the link between a record and a file, a decision that was scanned.
//!
//! The link is a record like any other: it travels with the figures, is traced, converges. The
//! file itself travels apart, addressed by its content.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::field::{Fields, Value};
use crate::id::RecordId;
use crate::schema::REMOVED;
use crate::text::search_key;

/// Kinds of document (data dictionary, `loai_ho_so`): code, label on screens.
pub const DOCUMENT_KINDS: &[(&str, &str)] = &[
    ("QD_THANH_LAP", "Quyết định thành lập"),
    ("QD_KIEN_TOAN", "Quyết định kiện toàn"),
    ("QUY_CHE_BCD", "Quy chế Ban Chỉ đạo"),
    ("QUY_CHE_MO_HINH", "Quy chế hoạt động của mô hình"),
    ("DS_THANH_VIEN", "Danh sách thành viên"),
    ("VB_CHI_DAO", "Văn bản chỉ đạo"),
    ("KE_HOACH", "Kế hoạch"),
    ("BIEN_BAN_RA_MAT", "Biên bản ra mắt"),
    ("BC_DINH_KY", "Báo cáo định kỳ"),
    ("BC_SO_KET", "Báo cáo sơ kết"),
    ("BC_TONG_KET", "Báo cáo tổng kết"),
    ("VB_NHAN_RONG", "Văn bản nhân rộng"),
    ("PHIEU_DANH_GIA", "Phiếu đánh giá"),
    ("QD_CONG_NHAN", "Quyết định công nhận"),
    ("VB_CHAM_DUT", "Văn bản chấm dứt hoạt động"),
    ("TO_TRINH", "Tờ trình"),
    ("BC_DE_XUAT", "Báo cáo đề xuất"),
    ("Y_KIEN_CHI_DAO", "Ý kiến chỉ đạo"),
    ("KET_QUA_KHAO_SAT", "Kết quả khảo sát"),
    ("KHAC", "Văn bản khác"),
];

/// The kind of the document that leads to the key of a person's record. It is none of
/// [`DOCUMENT_KINDS`]: nobody adds one by hand, no list shows it. Taking it out of the record erases the
/// person: every replica then deletes the file.
pub const KEY_KIND: &str = "KHOA";

/// Longest name of a file, in characters: what a screen still shows on one line.
pub const NAME_CHARS_MAX: usize = 120;

/// The SHA-256 of a file's content: its address. Written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(pub [u8; 32]);

/// A text that is not the hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a SHA-256 of 64 hexadecimal digits")]
pub struct BadHash(pub String);

impl FileHash {
    /// Takes the bytes of a hash.
    ///
    /// # Errors
    /// When there are not exactly thirty-two.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, BadHash> {
        bytes.try_into().map(Self).map_err(|_| BadHash(hex::encode(bytes)))
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHash({self})")
    }
}

impl FromStr for FileHash {
    type Err = BadHash;
    fn from_str(s: &str) -> Result<Self, BadHash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(s.trim(), &mut bytes).map_err(|_| BadHash(s.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A document as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its own record.
    pub id: RecordId,
    /// The record that it belongs to.
    pub record: RecordId,
    /// Code of its kind, see [`DOCUMENT_KINDS`].
    pub kind: String,
    /// The address of the file.
    pub hash: FileHash,
    /// The file's name, as the officer had it.
    pub name: String,
    /// The file's size in bytes.
    pub bytes: u64,
    /// Number and symbol: `12/KH-BCĐ`.
    pub number: Option<String>,
    /// Its day.
    pub issued_on: Option<NaiveDate>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// What it is about, without `về việc`.
    pub subject: Option<String>,
    /// What the one who signed it is: `Phó Chủ tịch`.
    pub signer_title: Option<String>,
    /// Who signed it.
    pub signer: Option<String>,
    /// How many pages it has.
    pub pages: Option<u32>,
    /// Somebody took it out of the dossier: the link stays in the history, the lists leave it out.
    pub removed: bool,
}

/// What a person may write about a document, by key: data dictionary, `van_ban`.
pub const DETAILS: [&str; 7] = ["number", "issued_on", "issuer", "subject", "signer_title", "signer", "pages"];

impl Document {
    /// Reads a document from its fields; `None` when it names no record or no file, as only
    /// another program than ours would write it.
    #[must_use]
    pub fn read(id: RecordId, fields: &Fields) -> Option<Self> {
        let text = |key: &str| fields.text(key).map(str::to_owned);
        Some(Self {
            id,
            record: fields.text("record")?.parse().ok()?,
            kind: fields.text("document_kind").unwrap_or("KHAC").to_owned(),
            hash: fields.text("hash")?.parse().ok()?,
            name: fields.text("name").map_or_else(String::new, file_name),
            bytes: u64::try_from(fields.int("bytes")?).ok()?,
            number: text("number"),
            issued_on: fields.date("issued_on"),
            issuer: text("issuer"),
            subject: text("subject"),
            signer_title: text("signer_title"),
            signer: text("signer"),
            pages: fields.int("pages").and_then(|n| u32::try_from(n).ok()),
            removed: fields.text(REMOVED).is_some(),
        })
    }

    /// The fields of a new document.
    #[must_use]
    pub fn values(record: RecordId, kind: &str, hash: FileHash, name: &str, bytes: u64) -> Vec<(String, Value)> {
        [
            ("record", Value::from(record.to_string())),
            ("document_kind", Value::from(kind)),
            ("hash", Value::from(hash.to_string())),
            ("name", Value::from(file_name(name))),
            ("bytes", Value::Int(i64::try_from(bytes).unwrap_or(i64::MAX))),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
    }

    /// Whether its file is the key of a person's record, see [`KEY_KIND`].
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.kind == KEY_KIND
    }

    /// The label of its kind.
    #[must_use]
    pub fn kind_label(&self) -> &str {
        kind_label(&self.kind)
    }
}

/// The label of a kind; the code itself for one of a newer version.
#[must_use]
pub fn kind_label(code: &str) -> &str {
    DOCUMENT_KINDS.iter().find(|(c, _)| *c == code).map_or(code, |(_, label)| label)
}

/// The code of a kind that a person typed: the code in any case, or the label with or without
/// diacritics; `None` when it is neither.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<&'static str> {
    let (code, label) = (text.trim().replace('-', "_"), search_key(text));
    let found = DOCUMENT_KINDS.iter().find(|(c, l)| c.eq_ignore_ascii_case(&code) || search_key(l) == label);
    found.map(|(code, _)| *code)
}

/// A file's name that is safe to show and to save under: no path, no control or direction marks,
/// at most [`NAME_CHARS_MAX`] characters with its extension kept; never empty.
#[must_use]
pub fn file_name(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = last.nfc().filter(|c| shown(*c)).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = clean.trim_matches('.').trim();
    if clean.is_empty() {
        return "tep".to_owned();
    }
    if clean.chars().count() <= NAME_CHARS_MAX {
        return clean.to_owned();
    }
    let (stem, extension) = clean.rsplit_once('.').filter(|(_, e)| e.chars().count() <= 8).unwrap_or((clean, ""));
    let room = NAME_CHARS_MAX - 1 - extension.chars().count();
    let stem: String = stem.chars().take(room).collect();
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT_KINDS, Document, FileHash, NAME_CHARS_MAX, file_name, kind_of_text};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;

    #[test]
    fn a_kind_is_named_by_code_or_by_label() {
        for text in ["qd_thanh_lap", "QD-THANH-LAP", "Quyết định thành lập", "quyet dinh thanh lap"] {
            assert_eq!(kind_of_text(text), Some("QD_THANH_LAP"), "{text}");
        }
        assert_eq!(kind_of_text("giấy khen"), None);
        assert_eq!(DOCUMENT_KINDS.len(), 20);
    }

    #[test]
    fn a_document_reads_back_as_it_was_written() {
        let values = Document::values(RecordId([1; 16]), "KE_HOACH", FileHash([7; 32]), "C:\\quét\\kế hoạch.pdf", 9);
        let fields = Fields(values.into_iter().map(|(k, v)| (k, Field::Settled(v))).collect());
        let read = Document::read(RecordId([2; 16]), &fields).unwrap();
        assert_eq!((read.hash, read.name.as_str(), read.bytes), (FileHash([7; 32]), "kế hoạch.pdf", 9));
        assert_eq!((read.kind_label(), read.removed), ("Kế hoạch", false));
        for (key, value) in
            [("hash", Value::from("x")), ("bytes", Value::Int(-1)), ("record", Value::Null), ("hash", Value::Null)]
        {
            let mut broken = fields.clone();
            broken.0.insert(key.into(), Field::Settled(value));
            assert_eq!(Document::read(RecordId([2; 16]), &broken), None, "{key}");
        }
    }

    #[test]
    fn a_name_is_safe_to_save_under_and_keeps_its_extension() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("QĐ\u{202e}fdp\u{0}.exe"), "QĐfdp.exe");
        assert_eq!(file_name(" .. "), "tep");
        let long = file_name(&format!("{}.pdf", "á".repeat(500)));
        assert_eq!((long.chars().count(), long.ends_with(".pdf")), (NAME_CHARS_MAX, true));
    }
}
