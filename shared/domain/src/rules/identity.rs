//! When two models may be one (R1). The rule only suggests; a person merges.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::point::Point;
use crate::text::{name_key, search_key};
use crate::tree::Tree;
use crate::unit::UnitCode;

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Equal folded names ([`name_key`]): accepted by `merge --suggested`.
    Certain,
    /// Alike without diacritics, signs or word order; a person decides.
    LookAlike,
}

/// Models that could be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// How sure.
    pub likeness: Likeness,
    /// The model that would stand for all.
    pub into: RecordId,
    /// Its name.
    pub name: String,
    /// The models that would be merged into it.
    pub from: Vec<RecordId>,
}

/// Suggests merges among `models` (in order of their arrival), certain ones first.
///
/// The model that stays is one that others were merged into already, else the first to arrive
/// whose name is not all in capitals, else the first.
#[must_use]
pub fn suggest(models: &[Model]) -> Vec<Suggestion> {
    let merges = Merges::of(models);
    let targets: BTreeSet<RecordId> =
        models.iter().filter(|m| m.merged_into.is_some()).map(|m| merges.target(m.id)).collect();
    let open: Vec<&Model> = models.iter().filter(|m| merges.target(m.id) == m.id).collect();
    let mut suggestions = grouped(&open, &targets, Likeness::Certain, |m| name_key(&m.name));
    let going: BTreeSet<RecordId> = suggestions.iter().flat_map(|s| s.from.iter().copied()).collect();
    let rest: Vec<&Model> = open.into_iter().filter(|m| !going.contains(&m.id)).collect();
    suggestions.extend(grouped(&rest, &targets, Likeness::LookAlike, |m| look_alike_key(&m.name)));
    suggestions
}

/// Models that `name`, about to be given to a new one, may mean already; certain ones first, then
/// the likest. Merged models are told by the one they went into.
///
/// Wider than [`suggest`], for it costs a look and spares a merge: beside equal and look-alike
/// names it tells names of which one holds all words of the other, and names that differ by a slip
/// of the hand.
#[must_use]
pub fn alike(name: &str, models: &[Model]) -> Vec<(Likeness, RecordId)> {
    let (exact, key) = (name_key(name), look_alike_key(name));
    if exact.is_empty() {
        return Vec::new();
    }
    let merges = Merges::of(models);
    // Distance 0 is an equal key; a slip of the hand is one letter in six.
    let distance = |other: &str| match strsim::damerau_levenshtein(&key, other) {
        0 => Some(0),
        n if n * 6 <= key.chars().count() || holds_all(&key, other) || holds_all(other, &key) => Some(n),
        _ => None,
    };
    let mut found: Vec<(Likeness, usize, RecordId)> = models
        .iter()
        .filter_map(|m| {
            let target = merges.target(m.id);
            if name_key(&m.name) == exact {
                return Some((Likeness::Certain, 0, target));
            }
            Some((Likeness::LookAlike, distance(&look_alike_key(&m.name))?, target))
        })
        .collect();
    found.sort();
    let mut told = BTreeSet::new();
    found.into_iter().filter(|(.., id)| told.insert(*id)).map(|(likeness, _, id)| (likeness, id)).collect()
}

/// Whether a new place may be one that stands there already, of the same model in the same commune:
/// equal without diacritics, with all words of the other, or different by a slip of the hand.
///
/// Numbers and single letters are what tells places apart: "Thôn 1" and "Thôn 2", "Trường A" and
/// "Trường B" are no slip.
#[must_use]
pub fn places_alike(a: &str, b: &str) -> bool {
    let (a, b) = (search_key(a), search_key(b));
    let telling = |key: &str| {
        let is_telling = |w: &&str| w.chars().count() == 1 || w.chars().any(|c| c.is_ascii_digit());
        key.split(' ').filter(is_telling).map(str::to_owned).collect::<BTreeSet<String>>()
    };
    if a.is_empty() || b.is_empty() || telling(&a) != telling(&b) {
        return false;
    }
    let slip = || {
        let (wa, wb): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
        let near = |(x, y): (&&str, &&str)| x == y || strsim::damerau_levenshtein(x, y) * 6 <= x.chars().count();
        wa.len() == wb.len() && wa.iter().zip(&wb).all(near)
    };
    a.replace(' ', "") == b.replace(' ', "") || holds_all(&a, &b) || holds_all(&b, &a) || slip()
}

/// Points that a new one of `model` at `place` in the commune `unit` may mean already: those of the same model, after
/// merges, in the same commune, whose places are alike or equal. One that names no place is like the others that
/// name none.
pub fn points_alike<'a>(
    points: &'a [Point],
    (model, merges): (RecordId, &Merges),
    (unit, tree): (&UnitCode, &Tree),
    place: &str,
) -> Vec<&'a Point> {
    let is_same_model = |p: &Point| p.model.is_some_and(|m| merges.target(m) == merges.target(model));
    // A point of a unit that went into this one lies here now.
    let is_here = |p: &Point| tree.place(&p.unit_key()).is_some_and(|u| u.code == *unit);
    let is_alike = |p: &Point| search_key(&p.place) == search_key(place) || places_alike(&p.place, place);
    points.iter().filter(|p| is_same_model(p) && is_here(p) && is_alike(p)).collect()
}

/// Whether `long` has every word of `short`, which has at least two: one word alone ("camera")
/// belongs to half of all models.
fn holds_all(long: &str, short: &str) -> bool {
    let words: BTreeSet<&str> = long.split(' ').collect();
    short.contains(' ') && short.split(' ').all(|w| words.contains(w))
}

fn grouped(
    models: &[&Model],
    targets: &BTreeSet<RecordId>,
    likeness: Likeness,
    key: impl Fn(&Model) -> String,
) -> Vec<Suggestion> {
    let mut groups: BTreeMap<String, Vec<&Model>> = BTreeMap::new();
    for model in models {
        groups.entry(key(model)).or_default().push(model);
    }
    let mut out = Vec::new();
    for group in groups.into_values().filter(|g| g.len() > 1) {
        let Some(into) = group.iter().min_by_key(|m| (!targets.contains(&m.id), is_shouted(&m.name))) else { continue };
        let from = group.iter().map(|m| m.id).filter(|id| *id != into.id).collect();
        out.push(Suggestion { likeness, into: into.id, name: into.name.clone(), from });
    }
    out
}

fn is_shouted(name: &str) -> bool {
    name.chars().all(|c| !c.is_lowercase())
}

/// Words that say nothing about which model is meant, and the abbreviations of practice.
fn look_alike_key(name: &str) -> String {
    let spelled = format!(" {} ", search_key(name))
        .replace(" antt ", " an ninh trat tu ")
        .replace(" pccc ", " phong chay chua chay ");
    let mut words: Vec<&str> =
        spelled.split_whitespace().filter(|w| !["mo", "hinh", "ve", "va", "giam", "sat"].contains(w)).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Likeness, alike, places_alike, suggest};
    use crate::id::RecordId;
    use crate::model::Model;

    fn models(names: &[&str]) -> Vec<Model> {
        let model = |(i, name): (usize, &&str)| Model {
            id: RecordId([i as u8; 16]),
            name: (*name).to_owned(),
            fields: None,
            origin: None,
            lead: None,
            founded_on: None,
            decision_date: None,
            ended_on: None,
            merged_into: None,
        };
        names.iter().enumerate().map(model).collect()
    }

    #[test]
    fn equal_folded_names_are_certain() {
        let s = suggest(&models(&["CAMERA AN NINH", "Camera an ninh", "Camera  an ninh"]));
        assert_eq!(s.len(), 1);
        assert_eq!((s[0].likeness, s[0].name.as_str(), s[0].from.len()), (Likeness::Certain, "Camera an ninh", 2));
    }

    #[test]
    fn look_alikes_are_left_to_a_person() {
        let s = suggest(&models(&["Camera an ninh", "Mô hình camera giám sát an ninh"]));
        assert_eq!(s[0].likeness, Likeness::LookAlike);
    }

    #[test]
    fn different_models_stay_two() {
        assert!(suggest(&models(&["Cụm an ninh liên hoàn", "Cụm giáp ranh an toàn về an ninh, trật tự"])).is_empty());
    }

    fn told(name: &str, among: &[&str]) -> Vec<String> {
        let models = models(among);
        let name_of = |id| models.iter().find(|m| m.id == id).map(|m| m.name.clone()).unwrap();
        alike(name, &models).into_iter().map(|(_, id)| name_of(id)).collect()
    }

    #[test]
    fn before_a_model_is_added_the_ones_it_may_be_are_told_the_surest_first() {
        let all =
            ["Tiếng kẻng an ninh trật tự", "Chợ an toàn", "TIẾNG KẺNG AN NINH", "Tiếng kẽng an nin", "Camera an ninh"];
        assert_eq!(
            told("tiếng kẻng an ninh", &all),
            ["TIẾNG KẺNG AN NINH", "Tiếng kẽng an nin", "Tiếng kẻng an ninh trật tự"]
        );
        assert!(told("Dòng họ tự quản", &all).is_empty() && told("  ", &all).is_empty());
    }

    #[test]
    fn a_merged_name_leads_to_the_model_that_stands_for_it() {
        let mut m = models(&["Kẻng an ninh", "Tiếng kẻng an ninh"]);
        m[0].merged_into = Some(m[1].id);
        assert_eq!(alike("kẻng an ninh", &m), [(Likeness::Certain, m[1].id)]);
    }

    #[test]
    fn places_are_told_apart_by_their_numbers_and_letters() {
        for (a, b) in [
            ("Thôn Đăk Xế", "Thôn Dak Xe"),
            ("Trường Nguyễn Huệ", "Trường THCS Nguyễn Huệ"),
            ("Tổ dân phố 5", "tổ dân phố  5"),
            ("Trường Nguyễn Huệ", "Trường Nguyển Huệ"),
            ("Chợ Thanglong", "Chợ Thang Long"),
        ] {
            assert!(places_alike(a, b), "{a} / {b}");
        }
        for (a, b) in [
            ("Thôn 1", "Thôn 2"),
            ("Thôn 5", "Thôn 5.1"),
            ("Trường THCS A", "Trường THCS B"),
            ("Thôn Đăk Xế", "Thôn Đăk Dé"),
            ("", "Thôn 1"),
        ] {
            assert!(!places_alike(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn what_is_merged_is_not_suggested_again() {
        let mut m = models(&["Camera an ninh", "Camera An Ninh"]);
        m[0].merged_into = Some(m[1].id);
        assert!(suggest(&m).is_empty());
    }
}
