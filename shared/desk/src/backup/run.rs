//! The two commands, from arguments to words.

use std::path::Path;

use keng_store::Store;

use super::{BackUp, Restore, back_up, for_backup, restore};
use crate::Told;
use crate::progress::Progress;

/// `backup FILE`.
///
/// # Errors
/// As [`back_up`].
pub fn run_back_up(
    store: &Store,
    program: &str,
    file: &Path,
    passphrase_file: Option<&Path>,
    force: bool,
) -> Result<(), Told> {
    let passphrase = for_backup(passphrase_file)?;
    let progress = Progress::default();
    let ask = BackUp { program, file, passphrase: passphrase.as_ref(), force };
    let done = back_up(store, &ask, &mut |step, done, of| progress.say(step.words(), done, of))?;
    drop(progress);
    println!(
        "Đã sao lưu {} (máy {}, đến mục {}) vào {}, {} byte, đã đọc lại và khớp.",
        done.head.unit,
        done.head.node,
        done.head.lsn,
        file.display(),
        done.bytes
    );
    if !done.head.keys_sealed {
        eprintln!(
            "Khóa trong bản sao lưu chưa được niêm bằng mật khẩu: ai có tệp này thì mạo danh được máy. \
             Hãy cất tệp ở nơi khóa kín, hoặc sao lưu lại với --passphrase-file TỆP (hay biến KENG_PASSPHRASE)."
        );
    }
    Ok(())
}

/// `restore FILE`.
///
/// # Errors
/// As [`restore`].
pub fn run_restore(ask: &Restore<'_>) -> Result<(), Told> {
    let progress = Progress::default();
    let done = restore(ask, &mut |step, done, of| progress.say(step.words(), done, of))?;
    drop(progress);
    println!(
        "Đã khôi phục {} (máy {}) như lúc {}, đến mục {}; đã kiểm tra, không có lỗi.",
        done.head.unit, done.head.node, done.head.created_at, done.head.lsn
    );
    if done.files_missing > 0 {
        eprintln!(
            "{} tệp hồ sơ không có trong bản sao lưu; số liệu vẫn đủ. Hãy xem bằng lệnh fsck.",
            done.files_missing
        );
    }
    if let Some(kept) = done.kept {
        println!("Thư mục cũ được giữ ở {}.", kept.display());
    }
    Ok(())
}
