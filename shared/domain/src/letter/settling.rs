//! What a unit asks its head for about one point: to recognise what arose by itself, or to end it (letter 4267, 1.c,
//! second dash; R4, R5). Whether that is done, people decide.

use chrono::NaiveDate;

use super::{Paper, Size, Work};
use crate::id::RecordId;
use crate::rule_pack::DirectingLetter;

/// The grounds for ending that the letter itself names; the others of [`crate::schema::END_GROUNDS`] are of practice.
pub const GROUNDS_OF_LETTER: [&str; 3] = ["KHONG_DUNG_MUC_TIEU", "TRUC_LOI", "ANH_HUONG_ANTT"];

/// The proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlingProposal {
    /// The province's unit.
    pub province: String,
    /// The letter that it carries out.
    pub order: DirectingLetter,
    /// Who proposes: the unit that reports the point, `Huyện Đăk Hà`.
    pub unit: String,
    /// The day as of whose end it is told, in Việt Nam.
    pub today: NaiveDate,
    /// What is asked for.
    pub asked: Asked,
    /// The model: `Tiếng kẻng an ninh`.
    pub model: String,
    /// The place of the point: `Thôn Mô Pả`; empty where nobody has entered one.
    pub place: String,
    /// The unit in which it lies: `Xã Đăk Hà`.
    pub area: String,
    /// Whether the point arose by itself, by its own record or by that of its model.
    pub spontaneous: bool,
    /// Since when it runs, where that is entered.
    pub launched_on: Option<NaiveDate>,
    /// The point in numbers, with its decision and its last rating.
    pub size: Size,
    /// What the model does.
    pub work: Work,
    /// The documents of the point's dossier.
    pub papers: Vec<Paper>,
    /// The record, for the name of the file.
    pub record: RecordId,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A decision that recognises the point.
    Recognition,
    /// A document that ends it.
    End {
        /// The ground as entered: a code of [`crate::schema::END_GROUNDS`].
        ground: Option<String>,
        /// The first day on which it does not count.
        on: Option<NaiveDate>,
    },
}
