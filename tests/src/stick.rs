//! Bundles on a stick, and the pages that carry them: the words of scenarios without a link.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::Office;
use crate::command::Answer;

/// A page that takes longer has no answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);

/// What `bundle export` wrote.
#[derive(Debug, Clone, Deserialize)]
pub struct Exported {
    /// Its files.
    pub files: Vec<PathBuf>,
    /// Entries in them.
    pub entries: u64,
    /// Their size.
    pub bytes: u64,
}

/// What `bundle import` took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Taken {
    /// New entries.
    pub entries: u64,
    /// Entries with a receipt.
    pub receipts: u64,
    /// Entries that were refused.
    pub refused: u64,
    /// What was there already.
    pub already: u64,
    /// What has to wait, in words.
    pub left: Option<String>,
}

impl Office {
    /// Writes a bundle; `more` are further arguments.
    ///
    /// # Errors
    /// When it is refused.
    pub fn export_bundle(&self, to: &Path, more: &[&str]) -> Result<Exported> {
        let mut args = vec!["bundle", "export", to.to_str().context("a path in UTF-8")?, "--json"];
        args.extend(more);
        self.tell(&args)?.json()
    }

    /// Takes a bundle whole.
    ///
    /// # Errors
    /// When it is refused, or something of it has to wait.
    pub fn import_bundle(&self, file: &Path) -> Result<Taken> {
        self.try_import_bundle(file)?.done()?.json()
    }

    /// Takes a bundle, whatever comes of it.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn try_import_bundle(&self, file: &Path) -> Result<Answer> {
        self.ask(&["bundle", "import", file.to_str().context("a path in UTF-8")?, "--json"])
    }

    /// What the running program answers to a browser at `path`.
    ///
    /// # Errors
    /// When it answers anything but 200.
    pub fn page(&self, path: &str) -> Result<Vec<u8>> {
        let request = format!("GET {path} HTTP/1.0\r\n");
        match self.browse(&request, &[])? {
            (200, body) => Ok(body),
            (status, body) => bail!("GET {path}: {status} {}", String::from_utf8_lossy(&body)),
        }
    }

    /// Sends a file with the form on the page at `from`; the answer's status and page.
    ///
    /// # Errors
    /// When nothing answers, or the page has no form.
    pub fn upload(&self, from: &str, action: &str, file: &Path) -> Result<(u16, String)> {
        let page = String::from_utf8(self.page(from)?)?;
        let token = page.split_once("name=\"csrf\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (token, _) = token.context("the page has no form")?;
        let name = file.file_name().and_then(|n| n.to_str()).context("a name in UTF-8")?;
        let part = |head: String| format!("--keng-stick\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        let mut body = format!("{}{token}\r\n", part("name=\"csrf\"".to_owned())).into_bytes();
        body.extend(part(format!("name=\"file\"; filename=\"{name}\"")).bytes());
        body.extend(std::fs::read(file)?);
        body.extend("\r\n--keng-stick--\r\n".bytes());
        let request = format!(
            "POST {action} HTTP/1.0\r\ncontent-type: multipart/form-data; boundary=keng-stick\r\ncontent-length: {}\r\n",
            body.len()
        );
        let (status, page) = self.browse(&request, &body)?;
        Ok((status, String::from_utf8_lossy(&page).into_owned()))
    }

    fn browse(&self, request: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
        let web = self.web()?;
        let host = web.strip_prefix("http://").context("an http address")?;
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
        stream.write_all(format!("{request}host: {host}\r\n\r\n").as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("an answer with a head")?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("a status")?;
        Ok((status, answer.split_off(end + 4)))
    }
}
