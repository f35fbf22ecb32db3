//! Pages that node and hub have in common. Each is filled by whoever has the data: the hub with
//! the whole province, the node with its own area; [`Standpoint`] says which words apply.

pub mod bundle;
pub mod contests;
pub mod documents;
pub mod duties;
pub mod figures;
pub mod model_edit;
pub mod models;
pub mod nominations;
pub mod papers;
pub mod points;
pub mod records;
pub mod submission;
pub mod trace;

#[cfg(test)]
mod tests;

/// From where a figure is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standpoint {
    /// The hub: verdicts are the province's.
    Province,
    /// A node: figures of the own area, provisional.
    Area,
}
