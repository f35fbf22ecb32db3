//! Section III: what the movement brought, with which letter 4267, 2 ties the work with models.

use keng_domain::figures::Figures;
use keng_domain::text;

use super::counted;
use crate::document::{Block, Cell, Column, Row, Table};
use crate::words::clip;

const SAFETY: &str = "An toàn về an ninh, trật tự (Thông tư số 124/2021/TT-BCA)";
const SCORES: &str = "Chấm điểm, phân loại phong trào (Quyết định số 510/QĐ-BCA-V05)";
const EXEMPLARS: &str = "Điển hình tiên tiến được công nhận trong kỳ";
const NOMINATIONS: &str = "Mô hình được đề xuất thông báo";

/// The section.
pub fn section(figures: &Figures) -> Vec<Block> {
    let heading = Block::heading("III. KẾT QUẢ CÔNG TÁC XÂY DỰNG PHONG TRÀO");
    let of = &figures.movement;
    if of.is_empty() {
        return vec![
            heading,
            Block::paragraph(format!(
                "Chưa có kết quả công tác xây dựng phong trào năm {} gửi về (an toàn về an ninh, trật tự; chấm điểm, \
                 phân loại phong trào; điển hình tiên tiến; đề xuất thông báo).",
                of.year
            )),
        ];
    }
    let sentences = [safety(figures), scores(figures), exemplars(figures), nominations(figures)];
    let mut blocks = vec![heading];
    blocks.extend((1..).zip(sentences).map(|(n, sentence)| Block::paragraph(format!("{n}. {sentence}"))));
    let table = table(figures);
    // Exemplars without a date alone give no row.
    blocks.extend((!table.rows.is_empty()).then_some(Block::Table { table }));
    blocks
}

fn none(what: &str) -> String {
    format!("{what}: chưa có kết quả gửi về.")
}

fn safety(figures: &Figures) -> String {
    let of = &figures.movement;
    let what = format!("{SAFETY} năm {}", of.year);
    if of.safety.is_empty() {
        return none(&what);
    }
    let all = of.safety_in_all();
    format!(
        "{what}: {} được theo dõi; đã đăng ký {}; được công nhận {}, không được công nhận {}, chưa có quyết định {}.",
        counted(all.places, "nơi"),
        counted(all.registered, "nơi"),
        counted(all.recognised, "nơi"),
        counted(all.not_recognised, "nơi"),
        counted(all.undecided(), "nơi"),
    )
}

fn scores(figures: &Figures) -> String {
    let of = &figures.movement;
    let what = format!("{SCORES} năm {}", of.year);
    if of.scores.is_empty() {
        return none(&what);
    }
    let (all, open) = (of.scored(), of.unclassified());
    format!(
        "{what}: {} được chấm điểm; đã phân loại {}, chưa phân loại {}.",
        counted(all, "nơi"),
        counted(all - open, "nơi"),
        counted(open, "nơi")
    )
}

fn exemplars(figures: &Figures) -> String {
    let told = match figures.exemplars.len() {
        0 => none(EXEMPLARS),
        n => format!("{EXEMPLARS}: {} (danh sách tại Phụ lục II).", counted(n as u64, "điển hình")),
    };
    match figures.movement.exemplars_without_date {
        0 => told,
        n => format!(
            "{told} Còn {} chưa ghi ngày quyết định nên không tính vào kỳ nào; đơn vị cần ghi bổ sung.",
            counted(n, "điển hình")
        ),
    }
}

fn nominations(figures: &Figures) -> String {
    let (of, all) = (&figures.movement.nominations, figures.movement.nominated());
    if of.is_empty() {
        return none(NOMINATIONS);
    }
    let parts: Vec<String> = of
        .iter()
        .map(|c| format!("{} {}", clip(&c.state).to_lowercase(), text::padded(c.nominations.into())))
        .collect();
    format!("{NOMINATIONS}: {} ({}; danh sách tại Phụ lục IV).", counted(all, "lượt"), parts.join(", "))
}

/// Every count beside what it is of: one line each, so that a spreadsheet can be filtered.
pub fn table(figures: &Figures) -> Table {
    let of = &figures.movement;
    let row = |what: &str, object: &str, result: &str, n: u32| {
        Row::plain(vec![Cell::text(what), Cell::text(object), Cell::text(result), n.into()])
    };
    let or = |words: &str, else_: &str| if words.is_empty() { else_.to_owned() } else { words.to_owned() };
    let mut rows = Vec::new();
    for c in &of.safety {
        let lines = [
            ("Đã đăng ký", c.registered),
            ("Được công nhận", c.recognised),
            ("Không được công nhận", c.not_recognised),
            ("Chưa có quyết định", c.undecided()),
        ];
        // What is asked of every place stands there even as zero; the rest where there is some.
        let told = lines.into_iter().enumerate().filter(|(at, (_, n))| *at < 2 || *n > 0);
        rows.extend(told.map(|(_, (result, n))| row("An toàn về an ninh, trật tự", &c.object, result, n)));
    }
    for c in &of.scores {
        let class = c.class.as_deref().unwrap_or("Chưa phân loại");
        rows.push(row("Phân loại phong trào", &c.object, class, c.places));
    }
    for c in &of.exemplars {
        let (kind, level) = (or(&c.kind, "Chưa ghi loại"), or(&c.level, "Chưa ghi cấp công nhận"));
        rows.push(row("Điển hình tiên tiến", &kind, &level, c.exemplars));
    }
    rows.extend(of.nominations.iter().map(|c| row("Đề xuất thông báo", "Mô hình", &c.state, c.nominations)));
    Table {
        sheet: "Phong trào".to_owned(),
        caption: "Kết quả công tác xây dựng phong trào".to_owned(),
        columns: columns(),
        rows,
    }
}

/// The columns of [`table`].
pub fn columns() -> Vec<Column> {
    vec![
        Column::wide("Nội dung", 36),
        Column::wide("Đối tượng", 28),
        Column::wide("Kết quả", 32),
        Column::narrow("Số lượng", 14),
    ]
}
