//! Section II: the models whose verdict is open, near, or not asked for.

use keng_domain::explanation::{Tally, Verdict};
use keng_domain::figures::{Figures, ModelFigures};
use keng_domain::period::PeriodKind;
use keng_domain::rule_pack::Share;
use keng_domain::rules::half_points::open;
use keng_domain::text::padded;

use super::{by_year, counted};
use crate::document::Block;
use crate::words::{clip, percent_by};

/// From 45 to 55 of 100 is "near" one half: a few ratings more or less would turn the verdict.
const NEAR_PERCENT: u64 = 5;

/// The section.
pub fn section(figures: &Figures) -> Vec<Block> {
    let limit = match figures.threshold {
        Share::HALF => "một nửa".to_owned(),
        other => other.said(),
    };
    let counted_models = || figures.models.iter().filter(|m| m.points > 0);
    let of = |verdict: Verdict| counted_models().filter(move |m| m.verdict == verdict);
    let mut blocks = vec![
        Block::heading(format!("II. ĐÁNH GIÁ THEO ĐIỂM 1.C CÔNG VĂN {}", figures.letter.number)),
        Block::paragraph(applied(figures)),
    ];
    blocks.extend(by_which_year(figures).map(Block::paragraph));
    let mut list = |found: Vec<Block>, none: &str, some: &dyn Fn(String) -> String| {
        let n = counted(found.len() as u64, "mô hình");
        blocks.push(Block::paragraph(if found.is_empty() { none.to_owned() } else { some(n) }));
        blocks.extend(found);
    };
    list(
        of(Verdict::Undetermined).map(|m| Block::item(still_open(m, figures.threshold))).collect(),
        "1. Không có mô hình nào chưa đủ căn cứ kết luận.",
        &|n| {
            format!(
                "1. Chưa đủ căn cứ kết luận: {n}, do còn điểm chưa đánh giá hoặc kết quả đánh giá chưa thống nhất, cụ \
                 thể:"
            )
        },
    );
    list(
        counted_models().filter(|m| is_near(m, figures.threshold)).map(|m| near_half(m, figures.threshold)).collect(),
        &format!("2. Không có mô hình nào có tỷ lệ điểm hiệu quả ở sát mức {limit}."),
        &|n| {
            format!(
                "2. Đã kết luận nhưng tỷ lệ điểm hiệu quả ở sát mức {limit} (chênh không quá {NEAR_PERCENT} điểm phần \
                 trăm; đúng {limit} là đạt): {n}, cụ thể:"
            )
        },
    );
    list(
        of(Verdict::NotRated).map(|m| Block::item(format!("{}: {}", clip(&m.name), m.why))).collect(),
        "3. Không có mô hình nào chưa đánh giá.",
        &|n| format!("3. Chưa đánh giá: {n}, cụ thể:"),
    );
    blocks
}

/// The clause in its words, and the threshold where these do not say it.
fn applied(figures: &Figures) -> String {
    let threshold = figures.threshold;
    let rule = || format!("mô hình có từ {} số điểm trở lên hoạt động hiệu quả là mô hình hiệu quả", threshold.said());
    match &figures.letter.quoted.verdict {
        None => format!("Quy định áp dụng: {}.", rule()),
        Some(words) if threshold == Share::HALF => format!("Quy định áp dụng: “{words}”"),
        Some(words) => format!("Quy định: “{words}” Bộ quy tắc {} áp dụng: {}.", figures.cut.rule_pack, rule()),
    }
}

/// Ratings come with the annual report (letter 4267, 1.c): by which year's a report between two of them judges.
fn by_which_year(figures: &Figures) -> Option<String> {
    if figures.kind == PeriodKind::Annual.code() {
        return None;
    }
    if figures.rated.is_none() {
        return Some("Chưa có kết quả xếp loại của năm nào, nên chưa kết luận được về các mô hình.".to_owned());
    }
    let t = &figures.totals;
    let parts = [
        (Verdict::Effective, t.effective_models),
        (Verdict::NotEffective, t.not_effective_models),
        (Verdict::Undetermined, t.undetermined_models),
        (Verdict::NotRated, t.not_rated_models),
    ];
    let parts = parts.map(|(verdict, n)| format!("{} {}", verdict.label().to_lowercase(), counted(n, "mô hình")));
    Some(format!("{}{}.", by_year(figures), parts.join("; ")))
}

/// Decided, over several points, with a share within [`NEAR_PERCENT`] of the threshold.
fn is_near(model: &ModelFigures, threshold: Share) -> bool {
    let (part, whole) = (u64::from(model.effective), u64::from(model.eligible));
    let (above, below) = (u64::from(threshold.numerator), u64::from(threshold.denominator));
    let decided = matches!(model.verdict, Verdict::Effective | Verdict::NotEffective);
    decided && whole > 1 && (below * part).abs_diff(above * whole) * 100 <= below * whole * NEAR_PERCENT
}

/// Why its verdict is open; numbers as in prose.
fn still_open(model: &ModelFigures, threshold: Share) -> String {
    let (eligible, effective, unrated) = (model.eligible, model.effective, model.unrated);
    let tally = Tally { points: model.points, eligible, effective, unrated, contested: 0 };
    let needed = threshold.least(eligible).saturating_sub(effective);
    format!("{}: {}", clip(&model.name), open(tally, needed, threshold, |n| padded(n.into())))
}

fn near_half(model: &ModelFigures, threshold: Share) -> Block {
    Block::item(format!(
        "{}: {} hiệu quả trên {} đủ điều kiện ({}), kết luận: {}.",
        clip(&model.name),
        counted(model.effective, "điểm"),
        counted(model.eligible, "điểm"),
        percent_by(model.effective.into(), model.eligible.into(), threshold),
        model.verdict.label().to_lowercase(),
    ))
}
