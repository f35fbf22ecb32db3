//! The three cases in which the province proposes a model to the Ministry (letter 4267, 2; R17).

use super::{Assessment, PROPOSAL_CLAUSE};
use crate::document::kind_label;
use crate::rule_pack::RulePack;

/// On what a proposal to the Ministry rests (letter 4267, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Complete, on time and listed.
    Dossier,
    /// A directing opinion of a competent authority.
    Directive,
    /// What a review, inspection or survey has found.
    Finding,
}

impl Basis {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::Directive => "directive",
            Self::Finding => "finding",
        }
    }

    /// The basis with this code, see [`crate::schema::PROPOSAL_BASES`].
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "dossier" => Some(Self::Dossier),
            "directive" => Some(Self::Directive),
            "finding" => Some(Self::Finding),
            _ => None,
        }
    }
}

/// R17: whether a model may be proposed to the Ministry on `basis`; `cited` are the kinds under
/// which the document that is cited stands in the dossier.
///
/// # Errors
/// What is missing, as a sentence.
pub fn may_propose(basis: Basis, assessment: &Assessment, cited: &[&str], pack: &RulePack) -> Result<(), String> {
    let (rules, clause) = (&pack.nomination, pack.letter.clause(PROPOSAL_CLAUSE));
    let cites = |kinds: &[String], what: &str| {
        if kinds.iter().any(|kind| cited.contains(&kind.as_str())) {
            Ok(())
        } else {
            let labels: Vec<&str> = kinds.iter().map(|kind| kind_label(kind)).collect();
            Err(format!("{clause}: phải dẫn {what} đã có trong hồ sơ ({}).", labels.join("; ")))
        }
    };
    match basis {
        Basis::Directive => cites(&rules.directive, "văn bản có ý kiến chỉ đạo của cấp có thẩm quyền"),
        Basis::Finding => cites(&rules.finding, "kết quả sơ kết, tổng kết, kiểm tra hoặc khảo sát"),
        Basis::Dossier => {
            let failed: Vec<&str> = assessment
                .conditions
                .iter()
                .filter(|c| c.rule != "R13" && !c.holds)
                .map(|c| c.sentence.as_str())
                .collect();
            if failed.is_empty() { Ok(()) } else { Err(format!("{clause}: {}", failed.join(" "))) }
        }
    }
}
