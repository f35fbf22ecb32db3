//! The province's hub as a process.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::answers::HubStatus;
use crate::{HubAddress, Office};

/// A hub: all words of [`Office`], and its own.
#[derive(Debug)]
pub struct Hub {
    office: Office,
    address: HubAddress,
}

impl Deref for Hub {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.office
    }
}

impl Hub {
    /// Initialises a hub in `folder`; it does not serve yet.
    ///
    /// # Errors
    /// When `init` is refused.
    pub fn init(program: &Path, folder: &Path, province: &str, units: &Path) -> Result<Self> {
        Self::init_with(program, folder, province, &[units])
    }

    /// [`Hub::init`] with several catalogues of units.
    ///
    /// # Errors
    /// When `init` is refused.
    pub fn init_with(program: &Path, folder: &Path, province: &str, units: &[&Path]) -> Result<Self> {
        let office = Office::new(program, folder);
        let mut args = vec!["init", "--province", province, "--units"];
        for path in units {
            args.push(path.to_str().context("a path in UTF-8")?);
        }
        office.tell(&args)?;
        Ok(Self { office, address: HubAddress::default() })
    }

    /// A hub whose folder is there already, restored or moved; it does not serve yet.
    #[must_use]
    pub fn at(program: &Path, folder: &Path) -> Self {
        Self { office: Office::new(program, folder), address: HubAddress::default() }
    }

    /// Starts `serve` on free ports; the relays find it.
    ///
    /// # Errors
    /// When it does not get ready.
    pub fn serve(&self) -> Result<()> {
        self.office.start(&["--grpc", "127.0.0.1:0", "--web", "127.0.0.1:0"])?;
        let address: SocketAddr = self.ready("grpc")?.parse()?;
        self.address.set(Some(address));
        Ok(())
    }

    /// Where it listens, for relays.
    #[must_use]
    pub fn address(&self) -> HubAddress {
        self.address.clone()
    }

    /// A token for a unit, with the address that it carries.
    ///
    /// # Errors
    /// When the unit is unknown.
    pub fn invite(&self, unit: &str, reached_at: SocketAddr) -> Result<String> {
        let answer: Value = self.tell(&["invite", unit, "--hub", &reached_at.to_string(), "--json"])?.json()?;
        answer["token"].as_str().map(str::to_owned).context("invite printed no token")
    }

    /// How the units stand.
    ///
    /// # Errors
    /// When the command fails.
    pub fn status(&self) -> Result<HubStatus> {
        self.tell(&["status", "--json"])?.json()
    }

    /// How many entries of a unit's nodes lie in quarantine.
    ///
    /// # Errors
    /// When the command fails.
    pub fn quarantined(&self, unit: &str) -> Result<u64> {
        let status = self.status()?;
        let of_node = |node: &Value| node["pending_quarantine"].as_u64().context("no pending_quarantine");
        status.unit(unit)?.nodes.iter().map(of_node).sum()
    }

    /// Accepts the suggested merges; returns how many models went into how many others.
    ///
    /// # Errors
    /// When the command fails.
    pub fn merge_suggested(&self) -> Result<(usize, usize)> {
        let answer: Value = self.tell(&["merge", "--suggested", "--json"])?.json()?;
        let merged = answer["merged"].as_array().context("merge printed no list")?;
        let from = merged.iter().filter_map(|m| m["from"].as_array()).map(Vec::len).sum();
        Ok((from, merged.len()))
    }

    /// Writes the annual report in the given formats; returns its files.
    ///
    /// # Errors
    /// When the command fails.
    pub fn report(&self, year: i32, out: &Path, formats: &str, at: Option<u64>) -> Result<Vec<PathBuf>> {
        let (year, at) = (year.to_string(), at.map(|lsn| lsn.to_string()));
        let folder = out.to_str().context("a path in UTF-8")?;
        let mut args = vec!["report", "annual", &year, "--out", folder, "--format", formats];
        if let Some(at) = &at {
            args.extend(["--at", at]);
        }
        let answer = self.tell(&args)?;
        Ok(answer.stdout.lines().map(PathBuf::from).collect())
    }

    /// The annual report as its JSON file has it.
    ///
    /// # Errors
    /// When the command fails or writes no JSON.
    pub fn figures(&self, year: i32) -> Result<Value> {
        let out = tempfile::tempdir()?;
        match self.report(year, out.path(), "json", None)?.as_slice() {
            [file] => Ok(serde_json::from_slice(&std::fs::read(file)?)?),
            files => bail!("one report file was asked for, and {} written", files.len()),
        }
    }
}
