//! What a statistics form says of a model beside what records hold (letter 4267, 1.d; data dictionary,
//! "Mẫu thống kê"). Such a form counts points and does not say where they are: it can be compared, and no point
//! can be made of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::figures::ModelFigures;
use crate::rule_pack::Level;
use crate::text::thousands;

/// The counts of a model. In a form one that is not told is absent; of records all are known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Counted points (R2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<u64>,
    /// Teams at these points (R3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams: Option<u64>,
    /// Members at these points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// Points rated at a level, by its code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_level: BTreeMap<String, u64>,
}

impl Counts {
    /// The counts of a model in consolidated figures; of one that is not among them, zeros.
    #[must_use]
    pub fn held(figures: Option<&ModelFigures>) -> Self {
        Self {
            points: Some(figures.map_or(0, |m| m.points.into())),
            teams: Some(figures.map_or(0, |m| m.teams)),
            members: Some(figures.map_or(0, |m| m.members)),
            by_level: figures.map_or_else(BTreeMap::new, |m| {
                m.by_level.iter().map(|(level, n)| (level.clone(), u64::from(*n))).collect()
            }),
        }
    }

    /// Adds another row of the same model: a form may give each of its units one.
    pub fn add(&mut self, other: &Self) {
        let sum = |a: &mut Option<u64>, b: Option<u64>| {
            *a = a.map_or(b, |a| Some(a.saturating_add(b.unwrap_or(0))));
        };
        sum(&mut self.points, other.points);
        sum(&mut self.teams, other.teams);
        sum(&mut self.members, other.members);
        for (level, n) in &other.by_level {
            let at = self.by_level.entry(level.clone()).or_default();
            *at = at.saturating_add(*n);
        }
    }
}

/// In what a form differs from records, and what to do about it: `biểu ghi 12 điểm, 15 tổ; máy này có 9 điểm, 11
/// tổ. Còn 3 điểm chưa nhập: …`. `None` where all agrees that the form tells.
///
/// `uncounted` is how many living points of the model records hold that do not count on that day, for want of a
/// decision (R2, R4).
#[must_use]
pub fn difference(said: &Counts, held: &Counts, uncounted: u64, levels: &[Level]) -> Option<String> {
    let mut pairs = Vec::new();
    let mut pair = |said: Option<u64>, held: u64, what: &str| {
        if let Some(said) = said.filter(|said| *said != held) {
            pairs.push((format!("{} {what}", thousands(said)), format!("{} {what}", thousands(held))));
        }
    };
    pair(said.points, held.points.unwrap_or(0), "điểm");
    pair(said.teams, held.teams.unwrap_or(0), "tổ");
    pair(said.members, held.members.unwrap_or(0), "thành viên");
    for level in levels {
        let held = held.by_level.get(&level.code).copied().unwrap_or(0);
        pair(said.by_level.get(&level.code).copied(), held, &format!("điểm xếp loại {}", level.label));
    }
    if pairs.is_empty() {
        return None;
    }
    let (said_all, held_all): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let held_all = match held.points {
        // Zeros of everything say no more.
        Some(0) => "chưa có điểm nào được tính".to_owned(),
        _ => format!("có {}", held_all.join(", ")),
    };
    Some(format!(
        "biểu ghi {}; máy này {held_all}. {}",
        said_all.join(", "),
        remedy(said.points, held.points.unwrap_or(0), uncounted)
    ))
}

fn remedy(said: Option<u64>, held: u64, uncounted: u64) -> String {
    match said {
        Some(said) if said > held && uncounted == 0 => {
            format!("Còn {} điểm chưa nhập: nhập từng điểm bằng danh sách điểm.", thousands(said - held))
        }
        Some(said) if said > held => format!(
            "Máy này còn {} điểm của mô hình chưa được tính (R2): bổ sung quyết định, ngày ra mắt mà các điểm ấy còn thiếu; \
             điểm chưa có thì nhập bằng danh sách điểm.",
            thousands(uncounted)
        ),
        Some(said) if said < held => {
            format!("Máy này nhiều hơn {} điểm: xem điểm nào đã chấm dứt hoặc ghi hai lần.", thousands(held - said))
        }
        Some(_) => "Số điểm khớp; hãy kiểm tra lại từng điểm.".to_owned(),
        None => "Hãy kiểm tra lại từng điểm.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, difference};
    use crate::rule_pack::RulePack;

    fn counts(points: u64, teams: u64, good: u64) -> Counts {
        Counts { points: Some(points), teams: Some(teams), members: None, by_level: [("tot".to_owned(), good)].into() }
    }

    fn told(said: &Counts, held: &Counts, uncounted: u64) -> Option<String> {
        difference(said, held, uncounted, &RulePack::kontum_2022().levels)
    }

    #[test]
    fn what_differs_is_told_with_what_to_do() {
        assert_eq!(
            told(&counts(12, 15, 7), &counts(9, 11, 7), 0).as_deref(),
            Some(
                "biểu ghi 12 điểm, 15 tổ; máy này có 9 điểm, 11 tổ. Còn 3 điểm chưa nhập: nhập từng điểm bằng danh sách điểm."
            )
        );
        let more = told(&counts(1_200, 11, 7), &counts(1_202, 11, 5), 0).unwrap();
        assert!(more.starts_with("biểu ghi 1.200 điểm, 7 điểm xếp loại Tốt; máy này có 1.202 điểm, 5 điểm"), "{more}");
        assert!(more.ends_with("nhiều hơn 2 điểm: xem điểm nào đã chấm dứt hoặc ghi hai lần."), "{more}");
        assert!(
            told(&counts(9, 15, 7), &counts(9, 11, 7), 2)
                .unwrap()
                .ends_with("Số điểm khớp; hãy kiểm tra lại từng điểm.")
        );
    }

    #[test]
    fn points_without_a_decision_are_not_called_missing() {
        let told = told(&counts(12, 15, 7), &counts(9, 11, 7), 3).unwrap();
        assert!(told.contains("còn 3 điểm của mô hình chưa được tính") && !told.contains("chưa nhập"), "{told}");
    }

    #[test]
    fn what_a_form_does_not_tell_differs_from_nothing() {
        let held = Counts { members: Some(90), ..counts(9, 11, 7) };
        assert_eq!(told(&counts(9, 11, 7), &held, 0), None);
        assert_eq!(told(&Counts::default(), &held, 0), None);
        assert_eq!(
            told(&counts(9, 11, 7), &Counts::held(None), 0).as_deref(),
            Some(
                "biểu ghi 9 điểm, 11 tổ, 7 điểm xếp loại Tốt; máy này chưa có điểm nào được tính. Còn 9 điểm chưa nhập: nhập \
                 từng điểm bằng danh sách điểm."
            )
        );
    }

    #[test]
    fn rows_of_one_model_are_added() {
        let mut sum = counts(5, 6, 1);
        sum.add(&Counts { members: Some(7), ..counts(2, 3, 4) });
        assert_eq!(sum, Counts { members: Some(7), ..counts(7, 9, 5) });
    }
}
