//! A bundle that came: sealed or open, verified as a whole before anything of it is used.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use keng_store::StoreError;
use keng_sync::bundle::{BadBundle, Pieces, Verified, verify};

use super::{Tell, words};
use crate::Told;
use crate::seal::{self, Identity};

/// A file and the way to read it.
pub struct Source<'a> {
    file: File,
    /// What people call it.
    name: String,
    bytes: u64,
    sealed: bool,
    identity: Option<&'a Identity>,
}

impl<'a> Source<'a> {
    /// Opens a file; `identity` opens the seal, where there may be one.
    ///
    /// # Errors
    /// When it cannot be read, or is sealed and there is no identity.
    pub fn open(path: &Path, identity: Option<&'a Identity>) -> Result<Self, Told> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let io = |source| Told::from(StoreError::Io { path: path.to_owned(), source });
        let mut file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        if metadata.is_dir() {
            return Err(Told::refused(format!("{} là thư mục, không phải tệp.", path.display())));
        }
        let mut first = Vec::new();
        (&mut file).take(seal::MAGIC.len() as u64).read_to_end(&mut first).map_err(io)?;
        let sealed = first == seal::MAGIC;
        if sealed && identity.is_none() {
            return Err(words::sealed(&name));
        }
        Ok(Self { file, name, bytes: metadata.len(), sealed, identity })
    }

    /// What people call the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Goes through the whole file.
    ///
    /// # Errors
    /// In words, with the place.
    pub fn verify(&mut self, tell: Tell<'_>) -> Result<Verified, Told> {
        let total = self.bytes;
        let verified = self.reader().map_err(BadBundle::Io).and_then(|r| verify(r, |done| tell(done, total)));
        verified.map_err(|bad| self.told(&bad))
    }

    /// What is in it.
    ///
    /// # Errors
    /// In words.
    pub fn pieces<'v>(&mut self, verified: &'v Verified) -> Result<Pieces<'v, Box<dyn Read + '_>>, Told> {
        let name = self.name.clone();
        let pieces = self.reader().map_err(BadBundle::Io).and_then(|reader| verified.pieces(reader));
        pieces.map_err(|bad| words::bad(&name, &bad))
    }

    /// What is wrong with it, in words.
    #[must_use]
    pub fn told(&self, bad: &BadBundle) -> Told {
        words::bad(&self.name, bad)
    }

    fn reader(&mut self) -> io::Result<Box<dyn Read + '_>> {
        self.file.rewind()?;
        let file = BufReader::with_capacity(64 * 1024, &self.file);
        match self.identity {
            Some(identity) if self.sealed => Ok(Box::new(seal::unseal(identity, file)?)),
            _ => Ok(Box::new(file)),
        }
    }
}
