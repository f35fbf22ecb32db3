//! Section II: the models whose verdict is open, near, or not asked for.

use keng_domain::explanation::Verdict;
use keng_domain::figures::{Figures, ModelFigures};
use keng_domain::period::PeriodKind;
use keng_domain::rule_pack::Share;
use keng_domain::rules::half_points::CLAUSE_TEXT;

use super::{by_year, counted};
use crate::document::Block;
use crate::words::{clip, percent_by};

/// From 45 to 55 of 100 is "near half": a few ratings more or less would turn the verdict.
const NEAR_HALF_PERCENT: u64 = 5;

/// The section.
pub fn section(figures: &Figures) -> Vec<Block> {
    let counted_models = || figures.models.iter().filter(|m| m.points > 0);
    let of = |verdict: Verdict| counted_models().filter(move |m| m.verdict == verdict);
    let mut blocks = vec![
        Block::heading(format!("II. ĐÁNH GIÁ THEO ĐIỂM 1.C CÔNG VĂN {}", figures.letter.number)),
        Block::paragraph(format!("Quy định áp dụng: “{CLAUSE_TEXT}”")),
    ];
    blocks.extend(by_which_year(figures).map(Block::paragraph));
    let mut list = |found: Vec<Block>, none: &str, some: &dyn Fn(String) -> String| {
        let n = counted(found.len() as u64, "mô hình");
        blocks.push(Block::paragraph(if found.is_empty() { none.to_owned() } else { some(n) }));
        blocks.extend(found);
    };
    list(
        of(Verdict::Undetermined).map(|m| Block::item(format!("{}: {}", clip(&m.name), m.why))).collect(),
        "1. Không có mô hình nào chưa đủ căn cứ kết luận.",
        &|n| {
            format!(
                "1. Chưa đủ căn cứ kết luận: {n}, do còn điểm chưa đánh giá hoặc kết quả đánh giá chưa thống nhất, cụ \
                 thể:"
            )
        },
    );
    list(
        counted_models().filter(|m| is_near_half(m)).map(|m| near_half(m, figures.threshold)).collect(),
        "2. Không có mô hình nào có tỷ lệ điểm hiệu quả ở sát mức một nửa.",
        &|n| {
            format!(
                "2. Đã kết luận nhưng tỷ lệ điểm hiệu quả ở sát mức một nửa (chênh không quá {NEAR_HALF_PERCENT} điểm \
                 phần trăm; đúng một nửa là đạt): {n}, cụ thể:"
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

/// Decided, over several points, with a share within [`NEAR_HALF_PERCENT`] of one half.
fn is_near_half(model: &ModelFigures) -> bool {
    let (part, whole) = (u64::from(model.effective), u64::from(model.eligible));
    let decided = matches!(model.verdict, Verdict::Effective | Verdict::NotEffective);
    decided && whole > 1 && (2 * part).abs_diff(whole) * 100 <= 2 * whole * NEAR_HALF_PERCENT
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
