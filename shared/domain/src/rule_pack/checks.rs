//! What keeps a rule pack from being used, in words for the province: each parameter by its place in the file.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Authority, MonthDay, Movement, RulePack, Safety, Share, packs};
use crate::period::Period;
use crate::schema::{DISTRICT, OBJECTS};

/// Longest name, text or label in a pack, in characters.
const LINE_CHARS_MAX: usize = 500;
/// Most months that a parameter may name.
const MONTHS_MAX: u32 = 120;
/// Largest denominator of a share: finer ones decide nothing in a province.
const DENOMINATOR_MAX: u32 = 10_000;
/// Most points of a scale, a criterion, an item.
pub(super) const POINTS_MAX: u32 = 1_000;

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn unless(&mut self, holds: bool, say: impl Into<String>) {
        if !holds {
            self.0.push(say.into());
        }
    }

    /// `name` is a line that can be printed.
    pub(super) fn unless_line(&mut self, name: &str, text: &str) {
        self.unless_line_within(name, text, LINE_CHARS_MAX);
    }

    pub(super) fn unless_line_within(&mut self, name: &str, text: &str, most: usize) {
        let is_line = !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
        self.unless(is_line, format!("{name} phải là một dòng chữ, không để trống, không quá {most} ký tự"));
    }

    fn unless_share(&mut self, name: &str, share: Share) {
        let is_share = share.denominator <= DENOMINATOR_MAX && (1..=share.denominator).contains(&share.numerator);
        self.unless(
            is_share,
            format!("{name}: numerator từ 1 đến denominator, denominator không quá {DENOMINATOR_MAX}"),
        );
    }

    fn unless_day(&mut self, name: &str, day: MonthDay) -> bool {
        let is_day = in_common_year(day).is_some();
        self.unless(is_day, format!("{name}: không có ngày {}/{} trong mọi năm", day.day, day.month));
        is_day
    }

    fn unless_object(&mut self, name: &str, code: &str) {
        self.unless(is_object(code), format!("{name}: không có loại “{code}”; các loại: {}", objects()));
    }

    fn unless_once<'a>(&mut self, name: &str, keys: impl IntoIterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        let again: BTreeSet<&str> = keys.into_iter().filter(|key| !seen.insert(*key)).collect();
        for key in again {
            self.unless(false, format!("{name}: “{key}” ghi hai lần"));
        }
    }
}

/// All faults of a pack; empty for one that can be used.
pub(super) fn faults(pack: &RulePack) -> Vec<String> {
    let mut all = Faults::default();
    all.unless(
        pack.id.parse::<crate::unit::CatalogueId>().is_ok(),
        "id chỉ gồm chữ không dấu, chữ số và các dấu - _ .",
    );
    all.unless_line("name", &pack.name);
    all.unless_line("basis", &pack.basis);
    all.unless(
        pack.effective_from.is_none_or(packs::is_possible),
        "effective_from phải là một ngày từ năm 1990 đến năm 2100",
    );
    all.unless_share("effective_share", pack.effective_share);
    all.unless(pack.eligibility.months <= MONTHS_MAX, format!("eligibility.months không quá {MONTHS_MAX} tháng"));
    pack.letter.check(&mut all);
    levels(pack, &mut all);
    periods(pack, &mut all);
    pack.rating.check(&mut all);
    pack.nomination.check(MONTHS_MAX, &mut all);
    pack.submission.check(&mut all);
    safety(&pack.safety, &mut all);
    movement(&pack.movement, &mut all);
    authorities(&pack.authorities, &mut all);
    all.0
}

fn levels(pack: &RulePack, all: &mut Faults) {
    let levels = &pack.levels;
    all.unless(!levels.is_empty(), "levels phải có ít nhất một mức");
    for level in levels {
        // Names of template cells are made of it.
        let is_word = !level.code.is_empty()
            && level.code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        all.unless(is_word, format!("levels.code “{}”: chỉ gồm chữ thường không dấu, chữ số và _", level.code));
        all.unless_line("levels.label", &level.label);
    }
    all.unless_once("levels.code", levels.iter().map(|l| l.code.as_str()));
    let labels: Vec<String> = levels.iter().map(|l| crate::text::search_key(&l.label)).collect();
    all.unless_once("levels.label", labels.iter().map(String::as_str));
    let judged = levels.iter().filter_map(|l| l.effective);
    all.unless(
        judged.is_sorted_by(|better, next| better >= next),
        "levels phải xếp từ mức tốt nhất: mức chưa hiệu quả không đứng trên mức hiệu quả",
    );
    let falls = levels.iter().filter_map(|l| l.from).is_sorted_by(|better, next| better > next);
    all.unless(falls, "levels.from phải giảm dần từ mức tốt nhất");
    let total: u32 = pack.rating.criteria.iter().map(|c| c.points.min(POINTS_MAX)).sum();
    let reachable = pack.rating.criteria.is_empty() || levels.iter().filter_map(|l| l.from).all(|from| from <= total);
    all.unless(reachable, format!("levels.from không quá tổng điểm của rating.criteria ({total})"));
}

fn periods(pack: &RulePack, all: &mut Faults) {
    let p = &pack.periods;
    all.unless((2..=28).contains(&p.quarter_due_day), "periods.quarter_due_day phải từ ngày 2 đến ngày 28");
    let days = [
        ("periods.annual_due", Some(p.annual_due)),
        ("periods.half_year_due", Some(p.half_year_due)),
        ("periods.annual_end", p.annual_end),
        ("periods.half_year_end", p.half_year_end),
        ("periods.rating_due", p.rating_due),
    ];
    let mut sound = true;
    for (name, day) in days {
        sound &= day.is_none_or(|day| all.unless_day(name, day));
    }
    if !sound {
        return;
    }
    all.unless(
        p.annual_end.is_some() || p.annual_due.month >= 7,
        "periods.annual_due trong nửa đầu năm thì phải ghi annual_end: năm kết thúc ngày nào",
    );
    // Any year shows how the days lie.
    let (year, half) = (Period::annual(2001, p), Period::half_year(2001, p));
    all.unless(
        half.from < half.cut_off && half.cut_off < year.cut_off,
        "periods: 6 tháng đầu năm phải kết thúc trước khi năm kết thúc (half_year_due, half_year_end)",
    );
}

fn safety(of: &Safety, all: &mut Faults) {
    all.unless_share("safety.registered_share", of.registered_share);
    all.unless_share("safety.recognised_share", of.recognised_share);
    all.unless_share("safety.sub_units_share", of.sub_units_share);
    all.unless_once("safety.objects", of.objects.iter().map(|o| o.object.as_str()));
    for object in &of.objects {
        let name = format!("safety.objects “{}”", object.object);
        let is_known = OBJECTS.iter().any(|(code, _)| *code == object.object);
        all.unless(is_known, format!("{name}: không có loại này; các loại: {}", objects()));
        let days = [("from", object.from), ("to", object.to), ("due", object.due)];
        let mut sound = true;
        for (key, day) in days {
            sound &= all.unless_day(&format!("{name}, {key}"), day);
        }
        if let (true, [Some(from), Some(to), Some(due)]) = (sound, days.map(|(_, day)| in_common_year(day))) {
            // From a day of the year before to one of the year itself.
            all.unless(from > to, format!("{name}: từ from năm trước đến to năm nay không quá một năm"));
            all.unless(due > to, format!("{name}: due phải sau to"));
        }
        for criterion in &object.criteria {
            all.unless_line(&format!("{name}, criteria"), criterion);
        }
    }
}

fn movement(of: &Movement, all: &mut Faults) {
    all.unless((1..=POINTS_MAX).contains(&of.points), format!("movement.points phải từ 1 đến {POINTS_MAX}"));
    all.unless_once("movement.due", of.due.iter().map(|d| d.object.as_str()));
    for due in &of.due {
        all.unless_object("movement.due", &due.object);
        all.unless_day(&format!("movement.due “{}”", due.object), due.day);
    }
    for item in &of.items {
        all.unless_object("movement.items", &item.object);
        all.unless_line("movement.items.text", &item.text);
        let bears = (1..=of.points).contains(&item.points);
        all.unless(bears, format!("movement.items “{}”: points phải từ 1 đến {}", item.text, of.points));
    }
    for class in &of.classes {
        all.unless_line("movement.classes.label", &class.label);
        let bears = class.from <= of.points;
        all.unless(bears, format!("movement.classes “{}”: from không quá {} điểm", class.label, of.points));
    }
    all.unless_once("movement.classes", of.classes.iter().map(|c| c.label.as_str()));
    let falls = of.classes.windows(2).all(|w| w[0].from > w[1].from);
    all.unless(falls, "movement.classes phải xếp từ mức cao nhất");
}

/// Most lines of the table.
const AUTHORITIES_MAX: usize = 200;

fn authorities(lines: &[Authority], all: &mut Faults) {
    all.unless(lines.len() <= AUTHORITIES_MAX, format!("authorities không quá {AUTHORITIES_MAX} dòng"));
    for (i, line) in lines.iter().take(AUTHORITIES_MAX).enumerate() {
        let name = format!("authorities, dòng {}", i + 1);
        let is_act = [super::authorities::SAFETY, super::authorities::CLASS].contains(&line.act.as_str());
        all.unless(is_act, format!("{name}: act là TT124 hoặc QD510, không phải “{}”", line.act));
        all.unless_object(&name, &line.object);
        all.unless_line(&format!("{name}, body"), &line.body);
        let in_order = line.from.zip(line.until).is_none_or(|(from, until)| from <= until);
        all.unless(in_order, format!("{name}: from phải không sau until"));
        let earlier = lines[..i].iter().position(|other| other.overlaps(line));
        if let Some(earlier) = earlier {
            all.unless(false, format!("{name}: trùng ngày với dòng {}", earlier + 1));
        }
    }
}

fn in_common_year(day: MonthDay) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2001, day.month, day.day)
}

fn is_object(code: &str) -> bool {
    code == DISTRICT || OBJECTS.iter().any(|(known, _)| *known == code)
}

fn objects() -> String {
    OBJECTS.iter().map(|(code, _)| *code).chain([DISTRICT]).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::rule_pack::{DEFAULT_TOML, RulePack};

    /// What the built-in pack says where `from` stands as `to`; nothing where it is used.
    #[track_caller]
    fn fault(from: &str, to: &str) -> String {
        assert!(DEFAULT_TOML.contains(from), "{from}");
        let refused = RulePack::from_toml(&DEFAULT_TOML.replacen(from, to, 1)).err();
        refused.map_or_else(String::new, |why| why.to_string())
    }

    #[track_caller]
    fn refused(from: &str, to: &str, says: &str) {
        let why = fault(from, to);
        assert!(why.contains(says), "{to}: {why}");
    }

    #[test]
    fn levels_are_told_apart_and_go_from_the_best() {
        refused("code = \"kha\"", "code = \"tot\"", "levels.code: “tot” ghi hai lần");
        refused("label = \"Khá\"", "label = \"TỐT\"", "levels.label");
        refused("label = \"Khá\"", "label = \" \"", "levels.label");
        refused("code = \"kha\"", "code = \"khá\"", "levels.code “khá”");
        refused("label = \"Tốt\"\neffective = true", "label = \"Tốt\"\neffective = false", "xếp từ mức tốt nhất");
    }

    #[test]
    fn shares_lie_between_nothing_and_all() {
        refused("numerator = 1\n", "numerator = 0\n", "effective_share");
        refused("denominator = 2\n", "denominator = 100000000\n", "effective_share");
        assert_eq!(fault("denominator = 2\n", "denominator = 1\n"), "", "all of them is a threshold too");
    }

    /// R18: a half year ends within its year; a deadline may lie in the January after it, where the year's end is said.
    #[test]
    fn periods_follow_one_another() {
        refused("half_year_due = { month = 5,", "half_year_due = { month = 12,", "6 tháng đầu năm");
        refused("annual_due = { month = 11, day = 10 }", "annual_due = { month = 1, day = 10 }", "annual_end");
        let january = "annual_due = { month = 1, day = 10 }\nannual_end = { month = 12, day = 31 }";
        assert_eq!(fault("annual_due = { month = 11, day = 10 }", january), "");
        refused("annual_due = { month = 11, day = 10 }", "annual_due = { month = 2, day = 29 }", "29/2");
    }

    #[test]
    fn assessments_name_places_days_and_points_that_there_are() {
        refused("object = \"KHU_DAN_CU\"\nday", "object = \"LANG\"\nday", "movement.due: không có loại “LANG”");
        refused("object = \"CO_QUAN\"\ntext", "object = \"LANG\"\ntext", "movement.items: không có loại “LANG”");
        refused("points = 3\n", "points = 3000\n", "points phải từ 1 đến 100");
        refused("points = 100\n", "points = 0\n", "movement.points");
        refused("object = \"XA\"\nfrom", "object = \"KHU_DAN_CU\"\nfrom", "safety.objects: “KHU_DAN_CU” ghi hai lần");
        refused("from = { month = 11, day = 1 }", "from = { month = 10, day = 1 }", "không quá một năm");
        let class = "[[movement.due]]\nobject = \"KHU_DAN_CU\"";
        let with = |from: u32| format!("[[movement.classes]]\nlabel = \"Xuất sắc\"\nfrom = {from}\n\n{class}");
        refused(class, &with(200), "from không quá 100");
        assert_eq!(fault(class, &with(90)), "");
    }

    #[test]
    fn nobody_decides_beside_another_on_one_day() {
        refused("until = \"2025-06-30\"", "until = \"2025-07-30\"", "trùng ngày với dòng 2");
        refused("act = \"TT124\"", "act = \"TT125\"", "không phải “TT125”");
    }

    #[test]
    fn names_are_lines() {
        refused("name = \"Bộ quy tắc Kon Tum 2022\"", "name = \"\"", "name phải là một dòng chữ");
        refused("basis = \"Công văn", "basis = \"\\u0000Công văn", "basis phải là một dòng chữ");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let text =
            DEFAULT_TOML.replacen("code = \"kha\"", "code = \"tot\"", 1).replace("points = 100\n", "points = 0\n");
        let why = RulePack::from_toml(&text).unwrap_err().to_string();
        assert!(why.contains("levels.code") && why.contains("movement.points"), "{why}");
    }
}
