//! The text of the report: sections I to V.

use keng_domain::explanation::Verdict;
use keng_domain::figures::{Figures, ModelFigures};
use keng_domain::period::PeriodKind;
use keng_domain::rules::half_points::CLAUSE_TEXT;
use keng_domain::text;

use super::agency::Agency;
use super::contest::{self, CONTESTS_MAX, INTERIM_MARK};
use super::{GUIDE, LETTER, MOVEMENT, WORK, counted, cut_sentence, subject};
use crate::document::{Block, Cell, Column, Row, Table};
use crate::words::{clip, percent, printable, stamp};

/// From 45 to 55 of 100 is "near half": a few ratings more or less would turn the verdict.
const NEAR_HALF_PERCENT: u64 = 5;

/// All sections in order; `annexes` is the sentence that points to the annexes.
pub fn blocks(figures: &Figures, agency: &Agency, annexes: String) -> Vec<Block> {
    let mut blocks = vec![introduction(figures, agency)];
    for section in [situation(figures, agency), verdicts(figures), missing(figures), contests(figures), checks(figures)]
    {
        blocks.extend(section);
    }
    blocks.push(Block::paragraph(annexes));
    blocks.push(Block::paragraph(cut_sentence(&figures.cut)));
    blocks.push(Block::paragraph(format!(
        "Trên đây là báo cáo kết quả {}, {} kính báo cáo./.",
        subject(figures),
        agency.issuer
    )));
    blocks
}

fn introduction(figures: &Figures, agency: &Agency) -> Block {
    Block::paragraph(format!(
        "Thực hiện {LETTER} về việc {WORK} trong {MOVEMENT} và {GUIDE}, {} báo cáo kết quả {} (từ {} đến hết {}) như \
         sau:",
        agency.issuer,
        printable(&figures.title),
        text::date_long(figures.from),
        text::date_long(figures.cut.cut_off),
    ))
}

fn situation(figures: &Figures, agency: &Agency) -> Vec<Block> {
    let t = &figures.totals;
    let incomplete = match figures.missing_units.len() {
        0 => String::new(),
        n => format!(" (chưa gồm số liệu của {} nêu tại Mục III)", counted(n as u64, "đơn vị")),
    };
    let spontaneous = match t.spontaneous_pending {
        0 => "Không còn điểm tự phát chờ công nhận.".to_owned(),
        n => format!(
            "Còn {} chưa có quyết định công nhận, được theo dõi riêng và không tính vào các số liệu trên; cấp có thẩm \
             quyền phải công nhận hoặc chấm dứt hoạt động theo công văn số 4267/BCĐ-NC, điểm 1.c.",
            counted(n, "điểm tự phát")
        ),
    };
    vec![
        Block::heading("I. TÌNH HÌNH, KẾT QUẢ"),
        Block::paragraph(format!(
            "1. Đến hết {}, {} có {} với {}, {}, {}{incomplete}.",
            text::date_long(figures.cut.cut_off),
            agency.everywhere,
            counted(t.models, "mô hình"),
            counted(t.points, "điểm"),
            counted(t.teams, "tổ"),
            counted(t.members, "thành viên"),
        )),
        Block::paragraph(format!(
            "2. Trong kỳ thành lập mới, nhân rộng {}; chấm dứt hoạt động {}. {spontaneous}",
            counted(t.new_points, "điểm"),
            counted(t.ended, "điểm"),
        )),
        Block::paragraph(format!("3. {}", levels(figures))),
        Block::paragraph(format!("4. Kết quả đánh giá {} như sau:", counted(t.models, "mô hình"))),
        Block::Table { table: verdict_table(figures) },
    ]
}

/// How the eligible points were rated, level by level.
fn levels(figures: &Figures) -> String {
    let eligible: u64 = figures.models.iter().map(|m| u64::from(m.eligible)).sum();
    if eligible == 0 {
        return "Chưa có điểm nào đủ thời gian hoạt động để xếp loại.".to_owned();
    }
    let at = |code: &str| figures.models.iter().filter_map(|m| m.by_level.get(code)).map(|n| u64::from(*n)).sum();
    let open: u64 = figures.models.iter().map(unrated_points).sum();
    let parts: Vec<String> = figures
        .levels
        .iter()
        .map(|(code, label)| (clip(label), at(code)))
        .chain([("chưa đánh giá".to_owned(), open)])
        .map(|(label, n)| format!("{label} {} ({})", counted(n, "điểm"), percent(n, eligible)))
        .collect();
    format!("Trong {} đủ điều kiện xếp loại: {}.", counted(eligible, "điểm"), parts.join("; "))
}

/// Eligible points without any level, for which nobody has rated or raters disagree.
pub fn unrated_points(model: &ModelFigures) -> u64 {
    let rated: u64 = model.by_level.values().map(|n| u64::from(*n)).sum();
    u64::from(model.eligible).saturating_sub(rated)
}

fn verdict_table(figures: &Figures) -> Table {
    let t = &figures.totals;
    let whole = u64::from(t.models);
    let line = |verdict: Verdict, n: u32| {
        Row::plain(vec![Cell::text(verdict.label()), n.into(), Cell::text(percent(n.into(), whole))])
    };
    Table {
        sheet: "Kết luận".to_owned(),
        caption: "Kết luận về mô hình".to_owned(),
        columns: vec![Column::wide("Kết luận", 50), Column::narrow("Số mô hình", 25), Column::narrow("Tỷ lệ", 25)],
        rows: vec![
            line(Verdict::Effective, t.effective_models),
            line(Verdict::NotEffective, t.not_effective_models),
            line(Verdict::Undetermined, t.undetermined_models),
            line(Verdict::NotRated, t.not_rated_models),
            Row::total(vec![Cell::text("Tổng số"), t.models.into(), Cell::text(percent(whole, whole))]),
        ],
    }
}

fn verdicts(figures: &Figures) -> Vec<Block> {
    let counted_models = || figures.models.iter().filter(|m| m.points > 0);
    let of = |verdict: Verdict| counted_models().filter(move |m| m.verdict == verdict);
    let mut blocks = vec![
        Block::heading("II. ĐÁNH GIÁ THEO ĐIỂM 1.C CÔNG VĂN 4267/BCĐ-NC"),
        Block::paragraph(format!("Quy định áp dụng: “{CLAUSE_TEXT}”")),
    ];
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
        counted_models().filter(|m| is_near_half(m)).map(near_half).collect(),
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

/// Decided, over several points, with a share within [`NEAR_HALF_PERCENT`] of one half.
fn is_near_half(model: &ModelFigures) -> bool {
    let (part, whole) = (u64::from(model.effective), u64::from(model.eligible));
    let decided = matches!(model.verdict, Verdict::Effective | Verdict::NotEffective);
    decided && whole > 1 && (2 * part).abs_diff(whole) * 100 <= 2 * whole * NEAR_HALF_PERCENT
}

fn near_half(model: &ModelFigures) -> Block {
    Block::item(format!(
        "{}: {} hiệu quả trên {} đủ điều kiện ({}), kết luận: {}.",
        clip(&model.name),
        counted(model.effective, "điểm"),
        counted(model.eligible, "điểm"),
        percent(model.effective.into(), model.eligible.into()),
        model.verdict.label().to_lowercase(),
    ))
}

/// R21: who has not reported, and as of when the others stand.
fn missing(figures: &Figures) -> Vec<Block> {
    let expected = figures.units.iter().filter(|u| u.code != figures.province.code).count();
    let absent = figures.missing_units.len();
    let mut times: Vec<_> = figures.units.iter().filter_map(|u| Some((u.as_of?, u))).collect();
    times.sort_by_key(|(at, _)| *at);
    let as_of = match (times.first(), times.last()) {
        (Some((first, early)), Some((last, late))) => format!(
            " Lần nhận số liệu gần nhất của từng đơn vị ghi tại Phụ lục III; sớm nhất là {} ({}), muộn nhất là {} ({}).",
            stamp(*first),
            clip(&early.name),
            stamp(*last),
            clip(&late.name)
        ),
        _ => String::new(),
    };
    let heading = Block::heading("III. ĐƠN VỊ CHƯA NHẬN ĐƯỢC SỐ LIỆU");
    if absent == 0 {
        let all = format!("Đã nhận được số liệu của tất cả {}.{as_of}", counted(expected as u64, "đơn vị"));
        return [heading, Block::paragraph(all)].into_iter().chain(handed_in(figures)).collect();
    }
    let mut blocks = vec![
        heading,
        Block::paragraph(format!(
            "Đã nhận được số liệu của {} trên {}.{as_of}",
            text::padded(expected.saturating_sub(absent) as u64),
            counted(expected as u64, "đơn vị")
        )),
        Block::paragraph(format!("Chưa nhận được số liệu của {}:", counted(absent as u64, "đơn vị"))),
    ];
    blocks.extend(figures.missing_units.iter().map(|u| Block::item(format!("{}.", clip(&u.name)))));
    blocks.extend(handed_in(figures));
    blocks
}

/// Letter 4267, 1.d: who has handed in the period, and whether in time. Quarters are nominated, not
/// reported.
fn handed_in(figures: &Figures) -> Option<Block> {
    if figures.kind == PeriodKind::Quarter.code() {
        return None;
    }
    let of: Vec<_> = figures.units.iter().filter(|u| u.code != figures.province.code).collect();
    let done: Vec<_> = of.iter().filter_map(|u| u.handed_in.as_ref()).collect();
    let late = done.iter().filter(|h| !h.timeliness.is_kept()).count();
    let open: Vec<String> = of.iter().filter(|u| u.handed_in.is_none()).map(|u| clip(&u.name)).collect();
    let rest = match open.len() {
        0 => String::new(),
        _ => format!(" Chưa trình: {}.", open.join("; ")),
    };
    Some(Block::paragraph(format!(
        "Đã trình báo cáo {}: {} trên {}, trong đó quá hạn {}.{rest}",
        printable(&figures.title),
        text::padded(done.len() as u64),
        counted(of.len() as u64, "đơn vị"),
        counted(late as u64, "đơn vị"),
    )))
}

fn contests(figures: &Figures) -> Vec<Block> {
    let heading = Block::heading("IV. XUNG ĐỘT CHƯA CHỌN");
    let n = figures.contests.len();
    if n == 0 {
        return vec![heading, Block::paragraph("Đến điểm chốt không còn xung đột nào chưa chọn.")];
    }
    let mut blocks = vec![
        heading,
        Block::paragraph(format!(
            "Đến điểm chốt còn {} chưa chọn. Giá trị đánh dấu {INTERIM_MARK} là giá trị tạm dùng trong báo cáo này; điểm \
             có xếp loại đang xung đột được tính là chưa đánh giá.",
            counted(n as u64, "xung đột")
        )),
        Block::Table { table: contest::table(figures) },
        Block::paragraph(weight(figures)),
    ];
    if n > CONTESTS_MAX {
        blocks.push(Block::paragraph(format!(
            "Bảng trên ghi {} đầu tiên; còn {} trong tệp số liệu kèm theo.",
            counted(CONTESTS_MAX as u64, "xung đột"),
            counted((n - CONTESTS_MAX) as u64, "xung đột")
        )));
    }
    blocks
}

/// Whether choosing could turn a verdict of this report.
fn weight(figures: &Figures) -> String {
    match figures.contests.iter().filter(|c| c.may_change_verdict).count() {
        0 => "Chọn giá trị nào cũng không làm thay đổi kết luận về mô hình.".to_owned(),
        n => format!("Trong đó {} có thể làm thay đổi kết luận về mô hình.", counted(n as u64, "xung đột")),
    }
}

/// R20: sums that must agree, counted both ways.
fn checks(figures: &Figures) -> Vec<Block> {
    let broken = figures.reconciliation.iter().filter(|line| !line.holds).count();
    let result = match broken {
        0 => "Các số liệu đối chiếu đều khớp.".to_owned(),
        n => format!("Có {} đối chiếu không khớp, cần kiểm tra lại.", counted(n as u64, "nội dung")),
    };
    let rows = figures.reconciliation.iter().enumerate().map(|(i, line)| {
        Row::plain(vec![
            Cell::from(i as u64 + 1),
            Cell::text(&line.what),
            Cell::text(&line.left),
            Cell::text(&line.right),
            Cell::text(if line.holds { "Khớp" } else { "Không khớp" }),
        ])
    });
    let table = Table {
        sheet: "Đối chiếu".to_owned(),
        caption: "Đối chiếu số liệu".to_owned(),
        columns: vec![
            Column::narrow("TT", 6),
            Column::wide("Nội dung đối chiếu", 46),
            Column::narrow("Vế thứ nhất", 18),
            Column::narrow("Vế thứ hai", 14),
            Column::narrow("Kết quả", 14),
        ],
        rows: rows.collect(),
    };
    vec![Block::heading("V. ĐỐI CHIẾU SỐ LIỆU"), Block::paragraph(result), Block::Table { table }]
}
