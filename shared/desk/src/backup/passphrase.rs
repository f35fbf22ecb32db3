//! The passphrase that seals the keys of a backup: from the environment, a file, or a person.

use std::io::IsTerminal;
use std::path::Path;

use age::secrecy::SecretString;
use zeroize::Zeroizing;

use crate::Told;

/// Where unattended runs give the passphrase.
const VARIABLE: &str = "KENG_PASSPHRASE";
/// A passphrase file holds one line.
const FILE_BYTES_MAX: u64 = 4_096;

/// A passphrase; wiped from memory when dropped.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    pub(super) fn secret(&self) -> SecretString {
        self.0.clone()
    }

    fn of(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(SecretString::from(text.to_owned())))
    }
}

/// The passphrase for a new backup; `None`: the keys stay in clear.
///
/// # Errors
/// When the file cannot be read or is empty, or what was typed differs.
pub fn for_backup(file: Option<&Path>) -> Result<Option<Passphrase>, Told> {
    if let Some(given) = given(file)? {
        return Ok(Some(given));
    }
    if !at_terminal() {
        return Ok(None);
    }
    let first = ask("Mật khẩu niêm khóa (để trống: không niêm): ")?;
    if first.is_empty() {
        return Ok(None);
    }
    if *ask("Nhập lại mật khẩu: ")? != *first {
        return Err(Told::refused("Hai lần nhập mật khẩu khác nhau."));
    }
    Ok(Passphrase::of(&first))
}

/// The passphrase of a backup whose keys are sealed.
pub(super) fn for_restore(file: Option<&Path>) -> Result<Passphrase, Told> {
    if let Some(given) = given(file)? {
        return Ok(given);
    }
    let typed = if at_terminal() { Passphrase::of(&ask("Mật khẩu của bản sao lưu: ")?) } else { None };
    typed.ok_or_else(|| {
        Told::new(
            "Khóa trong bản sao lưu được niêm bằng mật khẩu, nhưng chưa có mật khẩu.",
            "Chưa thay gì.",
            format!("Hãy nêu --passphrase-file TỆP hoặc đặt biến {VARIABLE}."),
        )
    })
}

fn given(file: Option<&Path>) -> Result<Option<Passphrase>, Told> {
    if let Some(path) = file {
        let why = |what: String| Told::refused(format!("Không dùng được tệp mật khẩu {}: {what}.", path.display()));
        let length = std::fs::metadata(path).map_err(|e| why(e.to_string()))?.len();
        if length > FILE_BYTES_MAX {
            return Err(why("tệp quá lớn".to_owned()));
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|e| why(e.to_string()))?);
        let line = text.lines().next().unwrap_or_default();
        return Passphrase::of(line).map(Some).ok_or_else(|| why("tệp rỗng".to_owned()));
    }
    Ok(std::env::var(VARIABLE).ok().map(Zeroizing::new).and_then(|text| Passphrase::of(&text)))
}

/// Somebody can be asked.
fn at_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn ask(question: &str) -> Result<Zeroizing<String>, Told> {
    rpassword::prompt_password(question)
        .map(Zeroizing::new)
        .map_err(|e| Told::refused(format!("Không đọc được mật khẩu từ bàn phím: {e}.")))
}
