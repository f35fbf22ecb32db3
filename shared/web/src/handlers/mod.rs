//! Handlers that are the same in both programs, over what each program gives them.
//!
//! * [`Program`]: a store to read from, one to write to, a frame around the page.
//! * [`models`]: a model is edited.
//! * [`records`]: exemplars, committees, teams, surveys, assessments and scores.
//! * [`documents`]: a file is added to a record.
//! * [`letters`]: papers to be signed.

pub mod documents;
pub mod letters;
pub mod models;
pub mod records;

use keng_desk::Told;
use keng_desk::letters::Press;
use keng_store::{Store, StoreError};

use crate::answer::Answer;
use crate::csrf::Csrf;
use crate::reading::Reading;
use crate::shell::{Notice, Shell};
use crate::turn::Turn;

/// Where in the menu a common page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Mô hình.
    Models,
    /// Điểm.
    Points,
    /// Hồ sơ khác.
    Others,
}

/// What handlers need of the program that they run in.
pub trait Program: Clone + Send + Sync + 'static {
    /// What it lays papers out as.
    const PRESS: Press;

    /// The frame of a page as of now.
    fn shell(&self, spot: Spot) -> Shell;

    /// The token of forms.
    fn csrf(&self) -> Csrf;

    /// Whose turn it is to have a paper laid out.
    fn turn(&self) -> &Turn;

    /// What the last act brought about, by the word in the address.
    fn notice(done: &str) -> Option<Notice>;

    /// Fills a page from one reading of a year.
    ///
    /// The answer is a fault in the frame of the place when the store cannot be read.
    fn read<T, F>(&self, spot: Spot, year: Option<i32>, fill: F) -> impl Future<Output = Answer<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&Reading<'_>, Shell) -> Result<T, StoreError> + Send + 'static;

    /// Runs something on the reading thread.
    fn look<T, F>(&self, act: F) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static;

    /// Does an officer's act on the writing thread, and wakes whoever waits for news.
    fn act<T, F>(&self, act: F) -> impl Future<Output = Result<Result<T, Told>, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> Result<T, Told> + Send + 'static;
}
