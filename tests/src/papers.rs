//! Papers that the programs make, read as an officer would: judged by the linter, opened as text.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{Hub, Office};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Makes papers at the hub and judges each by the decree; the linter fails the command when there are findings (R30).
///
/// # Errors
/// When the command is refused, or a paper has findings.
pub fn made(hub: &Hub, args: &[&str], out: &Path) -> Result<Vec<PathBuf>> {
    judged(hub, hub, args, out)
}

/// The same of papers that another office makes.
///
/// # Errors
/// As [`made`].
pub fn judged(hub: &Hub, office: &Office, args: &[&str], out: &Path) -> Result<Vec<PathBuf>> {
    let answer = office.tell(&[args, &["--out", out.to_str().context("a path in UTF-8")?]].concat())?;
    let files: Vec<PathBuf> = answer.stdout.lines().map(PathBuf::from).collect();
    for file in &files {
        hub.tell(&["lint", file.to_str().context("a path in UTF-8")?])?;
    }
    Ok(files)
}

/// What a PDF says, in one line.
///
/// # Errors
/// Without pdftotext.
pub fn words(file: &Path) -> Result<String> {
    let output = Command::new("pdftotext").args(["-raw".as_ref(), file.as_os_str(), "-".as_ref()]).output();
    let output = output.context("pdftotext is missing; ./check installs it (poppler-utils)")?;
    Ok(String::from_utf8(output.stdout)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The paragraphs of a Word document, those in cells too.
///
/// # Errors
/// For a file that is none.
pub fn paragraphs(docx: &Path) -> Result<Vec<String>> {
    let mut xml = String::new();
    let mut package = zip::ZipArchive::new(File::open(docx)?)?;
    std::io::Read::read_to_string(&mut package.by_name("word/document.xml")?, &mut xml)?;
    let document = roxmltree::Document::parse(&xml)?;
    let of = |p: roxmltree::Node<'_, '_>| {
        p.descendants().filter(|n| n.has_tag_name((W, "t"))).filter_map(|n| n.text()).collect::<String>()
    };
    Ok(document.descendants().filter(|n| n.has_tag_name((W, "p"))).map(of).filter(|line| !line.is_empty()).collect())
}

/// Whether a text has these words.
///
/// # Errors
/// When it has not, with the text.
#[track_caller]
pub fn says(text: &str, wanted: &str) -> Result<()> {
    ensure!(text.contains(wanted), "“{wanted}” is missing in\n{text}");
    Ok(())
}

/// The file of this name.
///
/// # Errors
/// When there is none.
pub fn file<'a>(files: &'a [PathBuf], name: &str) -> Result<&'a Path> {
    let found = files.iter().find(|f| f.file_name().is_some_and(|n| n == name));
    found.map(PathBuf::as_path).with_context(|| format!("no {name} among {files:?}"))
}
