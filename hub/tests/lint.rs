//! `keng-hub lint` as a process: exit codes, JSON, and files that are made to hurt.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

fn lint(name: &str, bytes: &[u8], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    run(file, arguments)
}

fn run(file: PathBuf, arguments: &[&str]) -> Output {
    // It needs no data folder.
    let mut command = Command::new(env!("CARGO_BIN_EXE_keng-hub"));
    command.env_remove("KENG_DATA").arg("lint").arg(file).args(arguments).output().unwrap()
}

/// Refused with one sentence, exit code 1, and soon.
fn refused(name: &str, bytes: &[u8], sentence: &str) {
    let began = Instant::now();
    let output = lint(name, bytes, &["--json"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(sentence) && told.trim().lines().count() == 1, "{told}");
    assert!(output.stdout.is_empty() && began.elapsed() < Duration::from_secs(60));
}

fn word(body: &str) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    write!(zip, r#"<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn findings_come_as_json_and_as_sentences_with_exit_code_1() {
    let bytes = word("<w:p><w:r><w:t>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</w:t></w:r></w:p>");
    let output = lint("thư.docx", &bytes, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["kind"], "docx");
    assert!(answer["file"].as_str().unwrap().ends_with("thư.docx"));
    let finding = &answer["findings"][0];
    for key in ["rule", "where", "found", "wanted", "clause"] {
        assert!(finding[key].is_string(), "{key} in {finding}");
    }
    let output = lint("thư.docx", &bytes, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text.contains("lỗi thể thức") && text.contains("Quốc hiệu") && text.contains("Phụ lục I, Phần I"),
        "{text}"
    );
}

#[test]
fn what_is_no_paper_is_refused_with_a_sentence() {
    refused("thư.docx", b"Xin ch\xc3\xa0o", "không phải tệp .docx hay .pdf");
    refused("thư.doc", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "tệp .doc cũ hoặc tệp Word đặt mật khẩu");
    refused("thư.docx", b"PK\x03\x04", "bị hỏng");
    refused("thư.pdf", b"%PDF-1.7\ntrailer\n<</Encrypt 2 0 R>>", "đặt mật khẩu");
    refused("thư.docx", &word(""), "không có chữ nào đọc được");
    refused("bom.docx", &word(&" ".repeat(65 << 20)), "bung ra lớn hơn 64 MiB");
    refused("to.pdf", &vec![b'%'; (32 << 20) + 1], "lớn hơn 32 MiB");
    let none = run(PathBuf::from("/không/có.docx"), &[]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("Không đọc được /không/có.docx"));
}

#[test]
fn a_reader_that_dies_is_told_in_a_sentence() {
    let deep = 2_000_000;
    for (open, close) in [("[", "]"), ("<</A", ">>")] {
        let pdf =
            format!("%PDF-1.7\n1 0 obj\n{}{}\nendobj\ntrailer\n<</Root 1 0 R>>", open.repeat(deep), close.repeat(deep));
        refused("sâu.pdf", pdf.as_bytes(), "sâu.pdf");
    }
}
