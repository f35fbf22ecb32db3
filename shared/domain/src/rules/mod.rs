//! The rules, one clause a file. Pure functions: records, rule pack and cut-off in; result and
//! reasons out. Integers decide, never floats.

pub mod contradictions;
pub mod counting;
pub mod criteria;
pub mod dossier;
pub mod effective;
pub mod half_points;
pub mod identity;
pub mod movement;
pub mod nomination;
pub mod places;
pub mod safety;
pub mod secrecy;
pub mod spontaneous;
pub mod state;
pub mod submission;
pub mod timeliness;
pub mod what_if;
pub mod yearly;
