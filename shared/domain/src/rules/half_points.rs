//! "Từ 50% số điểm trở lên" (letter 4267, 1.c, third dash; rules R9, R10).

use chrono::NaiveDate;

use crate::explanation::{Explanation, Judgement, Tally, Verdict};
use crate::rule_pack::{RulePack, Share};

/// Judges a model by its points: letter 4267, 1.c, third dash; rules R9 and R10.
///
/// Exactly half is enough. Points not yet rated can tip the verdict either way, so it stays
/// open until they no longer matter. A model of one eligible point takes that point's result;
/// with none it is not rated.
#[must_use]
pub fn judge_by_points(tally: Tally, cut_off: NaiveDate, pack: &RulePack) -> Judgement {
    let share = pack.effective_share;
    let verdict = match tally.eligible {
        0 => Verdict::NotRated,
        n if share.reached(tally.effective, n) => Verdict::Effective,
        n if !share.reached(tally.effective + tally.unrated, n) => Verdict::NotEffective,
        _ => Verdict::Undetermined,
    };
    let effective_needed = share.least(tally.eligible).saturating_sub(tally.effective);
    Judgement {
        verdict,
        explanation: Explanation {
            rule: if tally.eligible < 2 { "R10" } else { "R9" }.to_owned(),
            clause: pack.letter.clause("điểm 1.c, gạch đầu dòng thứ ba"),
            clause_text: pack.letter.quoted.verdict.clone().unwrap_or_default(),
            rule_pack: pack.id.clone(),
            cut_off,
            threshold: share,
            inputs: tally,
            effective_needed,
            sentence: sentence(verdict, tally, effective_needed, pack),
        },
    }
}

/// Why a model's verdict is open, with numbers as `number` writes them: screens and papers write them differently.
#[must_use]
pub fn open(t: Tally, needed: u32, share: Share, number: impl Fn(u32) -> String) -> String {
    format!(
        "{} hiệu quả trên {} điểm đủ điều kiện, {} chưa đánh giá; cần thêm {} điểm hiệu quả để đạt {}.",
        number(t.effective),
        number(t.eligible),
        number(t.unrated),
        number(needed),
        share.said()
    )
}

fn sentence(verdict: Verdict, t: Tally, needed: u32, pack: &RulePack) -> String {
    let share = pack.effective_share.said();
    let seen = format!("{} hiệu quả trên {} điểm đủ điều kiện", t.effective, t.eligible);
    match verdict {
        Verdict::NotRated if t.points == 0 => "Chưa có điểm nào được tính.".to_owned(),
        Verdict::NotRated => {
            format!("Chưa điểm nào hoạt động đủ {} tháng đến ngày chốt, nên chưa xếp loại.", pack.eligibility.months)
        }
        Verdict::Effective => format!("{seen}, đạt từ {share} trở lên."),
        Verdict::NotEffective if t.unrated == 0 => format!("{seen}, dưới {share}; cần thêm {needed} điểm hiệu quả."),
        Verdict::NotEffective => {
            format!("{seen}, {} chưa đánh giá; dù tất cả hiệu quả vẫn dưới {share}.", t.unrated)
        }
        Verdict::Undetermined => open(t, needed, pack.effective_share, |n| n.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::judge_by_points;
    use crate::explanation::{Tally, Verdict};
    use crate::rule_pack::{RulePack, Share};

    fn check(effective: u32, not: u32, unrated: u32, expect: Verdict) {
        let eligible = effective + not + unrated;
        let tally = Tally { points: eligible, eligible, effective, unrated, contested: 0 };
        let cut_off = "2022-11-09".parse().unwrap();
        assert_eq!(judge_by_points(tally, cut_off, &RulePack::kontum_2022()).verdict, expect, "{tally:?}");
    }

    #[test]
    fn exactly_half_of_the_points_is_effective() {
        check(3, 3, 0, Verdict::Effective);
        check(2, 3, 0, Verdict::NotEffective);
    }

    #[test]
    fn a_threshold_that_no_whole_percentage_says_is_told_as_it_is() {
        let mut pack = RulePack::kontum_2022();
        pack.effective_share = Share { numerator: 2, denominator: 3 };
        let tally = Tally { points: 3, eligible: 3, effective: 1, unrated: 0, contested: 0 };
        let judged = judge_by_points(tally, "2022-11-09".parse().unwrap(), &pack).explanation;
        assert_eq!(judged.sentence, "1 hiệu quả trên 3 điểm đủ điều kiện, dưới 2/3; cần thêm 1 điểm hiệu quả.");
        pack.letter.quoted.verdict = None;
        let cited = judge_by_points(tally, judged.cut_off, &pack).explanation.cited();
        assert_eq!(cited, "Công văn 4267/BCĐ-NC, điểm 1.c, gạch đầu dòng thứ ba", "no words, no quotation");
    }

    #[test]
    fn one_unrated_point_can_still_tip_the_model() {
        check(2, 3, 1, Verdict::Undetermined);
        check(2, 4, 1, Verdict::NotEffective);
        check(3, 2, 1, Verdict::Effective);
    }

    #[test]
    fn a_single_point_gives_its_result_to_the_model() {
        check(1, 0, 0, Verdict::Effective);
        check(0, 1, 0, Verdict::NotEffective);
        check(0, 0, 1, Verdict::Undetermined);
        check(0, 0, 0, Verdict::NotRated);
    }

    #[test]
    fn the_figures_of_kon_tum_2022() {
        check(31, 31, 6, Verdict::Undetermined); // Tiếng kẻng an ninh: 31 of 68, 6 unrated
        check(14, 14, 3, Verdict::Undetermined); // Trường học không tệ nạn xã hội
        check(10, 22, 1, Verdict::NotEffective); // Camera an ninh
        check(10, 8, 2, Verdict::Effective); // Thôn bình yên: exactly half
    }
}
