//! Records as Automerge documents, read and written as domain values.
//!
//! A record is one small document whose root is one flat map: fields at fixed keys, collections
//! at path keys (`ratings/2022/610`). Nothing nests, so two replicas never create the same map
//! twice, every operation a record may hold is "put a scalar at a root key", and the key that
//! people ask about is the key in the document.
//!
//! * [`record`]: create, load, edit; what one edit changes is one Automerge change.
//! * [`reading`]: fields with their contests and authors.
//! * `sets`: fields that are sets, element by element.
//! * [`parallel`]: who wrote other fields at the same time without knowing of it.
//! * [`trace`]: who wrote what, when, why and on top of what — from the changes themselves.
//! * [`reauthor`]: a change written again by another author, after a restore or a copy.
//! * [`personal`]: what a record says of a person, sealed under the record's own key.
//! * [`gate`]: how foreign changes enter: they may be malformed, hostile, or both.
//! * [`authority`]: who may write which field.
//!
//! This crate does not know how changes travel.

pub mod authority;
pub mod gate;
pub mod parallel;
pub mod personal;
pub mod reading;
pub mod reauthor;
pub mod record;
mod sets;
pub mod stamp;
pub mod trace;
