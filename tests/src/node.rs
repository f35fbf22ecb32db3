//! A unit's node as a process, behind its own link.

use std::ops::Deref;
use std::path::Path;

use anyhow::{Context, Result};

use crate::answers::{Document, Imported, ImportedFile, NodeStatus, Synced};
use crate::command::Answer;
use crate::{Hub, Office, Relay};

/// A node: all words of [`Office`], and its own.
#[derive(Debug)]
pub struct Node {
    office: Office,
    link: Relay,
}

impl Deref for Node {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.office
    }
}

impl Node {
    /// Invited by the hub and joined, through a link of its own.
    ///
    /// # Errors
    /// When hub or node refuses.
    pub fn join(program: &Path, folder: &Path, hub: &Hub, unit: &str, officer: &str) -> Result<Self> {
        let link = Relay::to(hub.address())?;
        let token = hub.invite(unit, link.address())?;
        let office = Office::new(program, folder);
        office.tell(&["join", &token, "--officer", officer])?;
        Ok(Self { office, link })
    }

    /// The link to the hub.
    #[must_use]
    pub fn link(&self) -> &Relay {
        &self.link
    }

    /// Starts `serve`: pages, and syncing by itself.
    ///
    /// # Errors
    /// When it does not get ready.
    pub fn serve(&self) -> Result<()> {
        self.office.start(&["--web", "127.0.0.1:0"])
    }

    /// Imports a spreadsheet all of whose rows can be read.
    ///
    /// # Errors
    /// When it is refused or a row is rejected.
    pub fn import(&self, file: &Path) -> Result<ImportedFile> {
        let answer: Imported = self.try_import(file)?.done()?.json()?;
        answer.files.into_iter().next().context("import told of no file")
    }

    /// Imports a file, whatever it answers.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn try_import(&self, file: &Path) -> Result<Answer> {
        self.ask(&["import", file.to_str().context("a path in UTF-8")?, "--json"])
    }

    /// Adds a file to a record, whatever is answered.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn try_add(&self, record: &str, file: &Path, kind: &str) -> Result<Answer> {
        let file = file.to_str().context("a path in UTF-8")?;
        self.ask(&["document", "add", record, file, "--kind", kind, "--json"])
    }

    /// Adds a file to a record.
    ///
    /// # Errors
    /// When it is refused.
    pub fn add(&self, record: &str, file: &Path, kind: &str) -> Result<Document> {
        self.try_add(record, file, kind)?.done()?.json()
    }

    /// Sends and receives all.
    ///
    /// # Errors
    /// When the hub is not reached.
    pub fn sync(&self) -> Result<Synced> {
        self.try_sync()?.done()?.json()
    }

    /// One session, whatever comes of it.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn try_sync(&self) -> Result<Answer> {
        self.ask(&["sync", "--once", "--json"])
    }

    /// How the node stands.
    ///
    /// # Errors
    /// When the command fails.
    pub fn status(&self) -> Result<NodeStatus> {
        self.tell(&["status", "--json"])?.json()
    }
}
