//! What the pages of both programs share: the shell, the parts, the guards, Vietnamese formats.
//!
//! A page is a struct, a template and samples. The struct holds what the page shows and nothing
//! else; who fetches the data fills it. All pages extend one template, `shell.html`, which reads
//! a [`Shell`] from the field `shell`. The templates of the programs find it because their
//! `askama.toml` lists this crate's `templates` folder after their own.
//!
//! * [`shell`]: header, menu, the chip of the header, partial updates of both over SSE.
//! * [`parts`], [`form`]: tags, chips, bars, tiles, fields of forms. Each is a value that renders
//!   itself, so that it looks the same everywhere.
//! * [`sync_chip`]: the seven states of the way to the province, in words.
//! * [`pages`]: the pages that node and hub have in common; [`reading`]: fills them from a store.
//! * [`handlers`]: what both programs do with a request in the same way.
//! * [`answer`], [`live`]: faults become pages, and a watched state becomes a stream (SSE).
//! * [`refusal`]: the page that says what happened, what became of the data, and the way on.
//! * [`download`]: a stored file, streamed, saved and never shown; [`turn`]: papers are made one at a time.
//! * [`guard`], [`csrf`]: who may ask: Host, Origin, headers, size, token.
//! * [`assets`]: stylesheet, scripts and icon, built in and addressed by content.
//! * [`bundle`]: files that the browser brings from a stick and saves to one.
//! * [`format`], [`messages`]: times, shares and sizes; faults in Vietnamese.
//! * [`lint`]: what every rendered page is checked for, by the tests of both programs.

pub mod answer;
pub mod assets;
pub mod bundle;
pub mod csrf;
pub mod download;
pub mod form;
pub mod format;
pub mod guard;
pub mod handlers;
pub mod lint;
pub mod live;
pub mod messages;
pub mod pages;
pub mod parts;
pub mod reading;
pub mod refusal;
pub mod shell;
pub mod sync_chip;
pub mod turn;

pub use form::{Choice, Input, InputKind};
pub use parts::{Bar, Cell, Chip, Count, Fact, Icon, Link, Tag, Tile, Tone};
pub use refusal::Refusal;
pub use shell::{MenuItem, Period, Search, Shell, ShellUpdate};
pub use sync_chip::SyncChip;
