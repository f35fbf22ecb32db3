//! The dossier of a model or point against the checklist of the rule pack (letter 4267, 1.c; R14; data
//! dictionary, `ho_so`): complete or not follows from the documents that are there, nobody types it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::document::kind_label;
use crate::rule_pack::RulePack;

/// A dossier as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// The rule pack whose checklist this is (`danh_muc_phien_ban`).
    pub checklist: String,
    /// The kinds of document that the checklist names, in its order.
    pub required: Vec<String>,
    /// Those of which there is none.
    pub missing: Vec<String>,
    /// Whether no text that we could read fixes the checklist.
    pub assumed: bool,
}

impl Dossier {
    /// Compares the kinds of document that are there with the checklist.
    #[must_use]
    pub fn of(documents: &BTreeSet<&str>, pack: &RulePack) -> Self {
        let required = pack.nomination.dossier.clone();
        let missing = required.iter().filter(|kind| !documents.contains(kind.as_str())).cloned().collect();
        Self { checklist: pack.id.clone(), required, missing, assumed: pack.nomination.assumed }
    }

    /// Whether every kind of the checklist is there (`day_du`).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// In words: `Danh mục hồ sơ (bộ quy tắc kontum-2022, giả định): có 5/7 loại văn bản; còn thiếu: …`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (all, there) = (self.required.len(), self.required.len() - self.missing.len());
        let assumed = if self.assumed { ", giả định" } else { "" };
        let lacking: Vec<&str> = self.missing.iter().map(|kind| kind_label(kind)).collect();
        let rest = match lacking.is_empty() {
            true => "; đủ".to_owned(),
            false => format!("; còn thiếu: {}", lacking.join("; ")),
        };
        format!("Danh mục hồ sơ (bộ quy tắc {}{assumed}): có {there}/{all} loại văn bản{rest}.", self.checklist)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Dossier;
    use crate::rule_pack::RulePack;

    #[test]
    fn a_dossier_is_complete_when_every_kind_of_the_checklist_is_there() {
        let pack = RulePack::kontum_2022();
        let mut there: BTreeSet<&str> = pack.nomination.dossier.iter().map(String::as_str).collect();
        assert!(Dossier::of(&there, &pack).is_complete());
        there.remove("KE_HOACH");
        there.insert("KHAC");
        let dossier = Dossier::of(&there, &pack);
        assert_eq!((dossier.missing.as_slice(), dossier.is_complete()), (&["KE_HOACH".to_owned()][..], false));
        let said = "Danh mục hồ sơ (bộ quy tắc kontum-2022, giả định): có 6/7 loại văn bản; còn thiếu: Kế hoạch.";
        assert_eq!(dossier.sentence(), said);
    }
}
