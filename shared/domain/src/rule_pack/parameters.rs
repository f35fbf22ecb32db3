//! A pack as officers read it: each parameter with its value, and whether a text fixes it.

use super::{MonthDay, RulePack, authorities};
use crate::document::kind_label;
use crate::rules::submission::OPEN_ITEMS;
use crate::schema::OBJECTS;
use crate::text::date_dmy;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What it belongs to: `Kết luận`, `Thời hạn`.
    pub group: &'static str,
    /// What it is: `Ngưỡng hiệu quả`.
    pub name: String,
    /// Its value in words.
    pub value: String,
    /// The rule and the text that gives it; for what no text fixes, what it is assumed after.
    pub source: &'static str,
    /// No text that could be read fixes it.
    pub assumed: bool,
}

const LETTER: &str = "Công văn chỉ đạo";
const VERDICT: &str = "Kết luận";
const DUE: &str = "Thời hạn";
const NOMINATION: &str = "Đề xuất";
const SUBMISSION: &str = "Trình báo cáo";
const SAFETY: &str = "Thông tư 124/2021";
const MOVEMENT: &str = "Quyết định 510";

impl RulePack {
    /// All parameters, by group.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        self.of_letter(&mut all);
        self.judging(&mut all);
        self.of_ratings(&mut all);
        self.deadlines(&mut all);
        self.of_nominations(&mut all);
        self.of_assessments(&mut all);
        self.of_authorities(&mut all);
        all
    }

    /// The parameters that figures and verdicts rest on and no text fixes, as reports list them:
    /// `Mức “Khá” tính là hiệu quả`.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let mut all = Vec::new();
        self.judging(&mut all);
        self.deadlines(&mut all);
        all.into_iter().filter(|p| p.assumed).map(|p| format!("{}: {}", p.name, p.value)).collect()
    }

    /// Whose clauses the sources below name.
    fn of_letter(&self, all: &mut Vec<Parameter>) {
        let l = &self.letter;
        let said = [
            ("Số, ký hiệu", l.number.clone()),
            ("Ngày ban hành", date_dmy(l.date)),
            ("Cơ quan ban hành", l.issuer.clone()),
            ("Về việc", l.subject.clone()),
            ("Thực hiện", l.guide.clone()),
            ("Ban Chỉ đạo của đơn vị", l.committee.clone()),
            ("Ban Chỉ đạo của tỉnh", l.committee_listed.clone()),
        ];
        all.extend(said.map(|(name, value)| Parameter {
            group: LETTER,
            name: name.to_owned(),
            value,
            source: "bộ quy tắc",
            assumed: false,
        }));
    }

    fn judging(&self, all: &mut Vec<Parameter>) {
        let fixed = |group, name: &str, value, source| Parameter {
            group,
            name: name.to_owned(),
            value,
            source,
            assumed: false,
        };
        all.push(fixed(
            VERDICT,
            "Hiệu lực",
            self.effective_from
                .map_or_else(|| "mọi năm".to_owned(), |d| format!("các năm chốt từ ngày {}", date_dmy(d))),
            "bộ quy tắc",
        ));
        all.push(fixed(
            VERDICT,
            "Ngưỡng hiệu quả của mô hình",
            format!("từ {} số điểm trở lên", self.effective_share.said()),
            "R9; công văn chỉ đạo, điểm 1.c",
        ));
        all.push(Parameter {
            group: VERDICT,
            name: "Điểm được tính".to_owned(),
            value: format!("{} đến ngày chốt, chưa chấm dứt", self.counting.from.said()),
            source: "R2; công văn chỉ đạo, điểm 1.c",
            assumed: self.counting.assumed,
        });
        all.push(Parameter {
            group: VERDICT,
            name: "Thời gian tối thiểu để xếp loại".to_owned(),
            value: format!(
                "{} tháng từ {}; điểm chưa đủ không vào mẫu số",
                self.eligibility.months,
                self.counting.from.day()
            ),
            source: "R7, R9",
            assumed: self.eligibility.assumed,
        });
        all.push(Parameter {
            group: VERDICT,
            name: "Mẫu số".to_owned(),
            value: match self.eligibility.months {
                0 => "mọi điểm được tính đến ngày chốt".to_owned(),
                _ => "điểm được tính và đủ thời gian".to_owned(),
            },
            source: "R2, R9; công văn chỉ đạo, điểm 1.c",
            assumed: self.eligibility.assumed,
        });
        all.extend(self.levels.iter().map(|level| Parameter {
            group: VERDICT,
            name: format!("Mức “{}”", level.label),
            value: match level.effective {
                Some(true) => "tính là hiệu quả".to_owned(),
                Some(false) => "tính là chưa hiệu quả".to_owned(),
                None => "coi như chưa xếp loại".to_owned(),
            },
            source: "R8",
            assumed: level.assumed,
        }));
    }

    /// By what a level is given; figures and verdicts rest on the level alone.
    fn of_ratings(&self, all: &mut Vec<Parameter>) {
        let mut push = |name: &str, value| {
            let assumed = self.rating.assumed;
            all.push(Parameter {
                group: VERDICT,
                name: name.to_owned(),
                value,
                source: "công văn chỉ đạo, điểm 1.c",
                assumed,
            });
        };
        let criteria = &self.rating.criteria;
        let total: u32 = criteria.iter().map(|c| c.points).sum();
        push(
            "Tiêu chí xếp loại",
            match criteria.len() {
                0 => "tỉnh chưa đặt; đơn vị ghi mức".to_owned(),
                n => {
                    let each = joined(criteria.iter().map(|c| format!("{} ({} điểm)", c.text, c.points)));
                    format!("{n} tiêu chí, {total} điểm: {each}")
                }
            },
        );
        let from = self.levels.iter().filter_map(|l| Some(format!("{} từ {} điểm", l.label, l.from?)));
        let from = joined(from);
        push("Mức theo tổng điểm", if from.is_empty() { "do người xếp loại".to_owned() } else { from });
    }

    fn deadlines(&self, all: &mut Vec<Parameter>) {
        let p = &self.periods;
        let until = |day: MonthDay| format!("đến hết ngày {:02}/{:02}", day.day, day.month);
        let before = |day: MonthDay| format!("trước ngày {:02}/{:02}", day.day, day.month);
        let due = |name: &str, value, source, assumed| Parameter {
            group: DUE,
            name: name.to_owned(),
            value,
            source,
            assumed,
        };
        all.push(due("Báo cáo 6 tháng", before(p.half_year_due), "R18; công văn chỉ đạo, điểm 1.d", false));
        all.push(due("Báo cáo năm", before(p.annual_due), "R18; công văn chỉ đạo, điểm 1.d", false));
        all.push(due(
            "Đề xuất theo quý",
            format!("trước ngày {:02} tháng cuối quý", p.quarter_due_day),
            "R15; công văn chỉ đạo, điểm 1.b",
            false,
        ));
        all.push(due(
            "Xếp loại năm",
            p.rating_due.map_or_else(|| "cùng hạn báo cáo năm".to_owned(), before),
            "R6; công văn chỉ đạo, điểm 1.c không ghi ngày",
            true,
        ));
        all.push(due(
            "Đầu và cuối kỳ báo cáo",
            match (p.annual_end, p.half_year_end) {
                (None, None) => "từ hạn của năm trước đến hết ngày trước hạn".to_owned(),
                (annual, half) => format!(
                    "năm: {}; 6 tháng: {}",
                    annual.map_or_else(|| "đến hết ngày trước hạn".to_owned(), until),
                    half.map_or_else(|| "đến hết ngày trước hạn".to_owned(), until)
                ),
            },
            "R18",
            p.bounds_assumed,
        ));
    }

    fn of_nominations(&self, all: &mut Vec<Parameter>) {
        let n = &self.nomination;
        let kinds = |codes: &[String]| joined(codes.iter().map(|code| kind_label(code)));
        let mut push = |group, name: &str, value, source, assumed| {
            all.push(Parameter { group, name: name.to_owned(), value, source, assumed });
        };
        push(
            NOMINATION,
            "Mô hình mới",
            format!("trong {} tháng trước hạn đề xuất", n.new_within_months),
            "R13",
            n.assumed,
        );
        push(NOMINATION, "Hồ sơ phải có", kinds(&n.dossier), "R14; công văn chỉ đạo, điểm 2", n.assumed);
        push(NOMINATION, "Văn bản đề xuất, một trong", kinds(&n.proposal), "R14", n.assumed);
        push(NOMINATION, "Ý kiến chỉ đạo, một trong", kinds(&n.directive), "R17", n.assumed);
        push(NOMINATION, "Kết quả kiểm tra, một trong", kinds(&n.finding), "R17", n.assumed);
        let s = &self.submission;
        let items = OPEN_ITEMS.iter().filter(|item| s.blocking.iter().any(|code| code == item.code));
        let blocking = joined(items.map(|item| item.what));
        push(
            SUBMISSION,
            "Việc phải xong mới trình được",
            if blocking.is_empty() {
                "không có; việc còn mở được ghi kèm bản trình".to_owned()
            } else {
                blocking
            },
            "R4, R6, R12",
            s.assumed,
        );
    }

    /// Who decides, line by line.
    fn of_authorities(&self, all: &mut Vec<Parameter>) {
        for a in &self.authorities {
            let group = if a.act == authorities::SAFETY { SAFETY } else { MOVEMENT };
            let from = a.from.map(|day| format!(" từ ngày {}", date_dmy(day)));
            let until = a.until.map(|day| format!(" đến hết ngày {}", date_dmy(day)));
            let days: String = from.into_iter().chain(until).collect();
            all.push(Parameter {
                group,
                // One kind of place has a line for each time.
                name: format!("Cấp quyết định: {}{days}", object(&a.object)),
                value: a.body.clone(),
                source: if group == SAFETY {
                    "Thông tư 124/2021, Điều 9, 10"
                } else {
                    "Quyết định 510, Điều 11"
                },
                assumed: a.assumed,
            });
        }
    }

    fn of_assessments(&self, all: &mut Vec<Parameter>) {
        let (s, m) = (&self.safety, &self.movement);
        let mut push = |group, name: String, value, source, assumed| {
            all.push(Parameter { group, name, value, source, assumed });
        };
        push(
            SAFETY,
            "Xã: nơi thuộc diện đã đăng ký".to_owned(),
            s.registered_share.said(),
            "R23; Điều 5 khoản 4",
            false,
        );
        push(
            SAFETY,
            "Xã: nơi thuộc diện được công nhận".to_owned(),
            s.recognised_share.said(),
            "R23; Điều 5 khoản 4",
            false,
        );
        push(
            SAFETY,
            "Đơn vị trực thuộc đạt danh hiệu".to_owned(),
            s.sub_units_share.said(),
            "R27; Điều 6, Điều 7",
            false,
        );
        for of in &s.objects {
            let day = |d: MonthDay| format!("{:02}/{:02}", d.day, d.month);
            let model = if of.needs_model { "; phải có mô hình hiệu quả" } else { "" };
            let value = format!(
                "{} năm trước đến {}; quyết định trước {}{model}; {} tiêu chí do người đánh giá: {}",
                day(of.from),
                day(of.to),
                day(of.due),
                of.criteria.len(),
                joined(of.criteria.iter())
            );
            push(SAFETY, object(&of.object).to_owned(), value, "R22, R24–R26; Điều 8–10", false);
        }
        push(MOVEMENT, "Thang điểm".to_owned(), format!("{} điểm", m.points), "R28", false);
        for due in &m.due {
            let value = format!("xong trước ngày {:02}/{:02}", due.day.day, due.day.month);
            push(MOVEMENT, object(&due.object).to_owned(), value, "R28; Điều 11", false);
        }
        let mut scored: Vec<&str> = Vec::new();
        for item in &m.items {
            if !scored.contains(&item.object.as_str()) {
                scored.push(&item.object);
            }
        }
        for code in scored {
            let items = joined(m.items_of(code).map(|item| format!("{} ({} điểm)", item.text, item.points)));
            push(MOVEMENT, format!("Mục chấm điểm: {}", object(code)), items, "R28", m.assumed);
        }
        let classes = joined(m.classes.iter().map(|c| format!("{} từ {} điểm", c.label, c.from)));
        push(
            MOVEMENT,
            "Mức phân loại".to_owned(),
            if classes.is_empty() { "tỉnh chưa đặt".to_owned() } else { classes },
            "R28",
            m.assumed,
        );
    }
}

fn joined(items: impl Iterator<Item = impl AsRef<str>>) -> String {
    items.map(|item| item.as_ref().to_owned()).collect::<Vec<_>>().join("; ")
}

fn object(code: &str) -> &str {
    let district = ("HUYEN", "Huyện");
    OBJECTS.iter().chain([&district]).find(|(c, _)| *c == code).map_or(code, |(_, label)| label)
}

#[cfg(test)]
mod tests {
    use super::RulePack;
    use crate::rule_pack::DEFAULT_TOML;

    /// The letter says 50 %, the 10th of May and of November; nothing that we could read says six months.
    #[test]
    fn what_a_text_fixes_is_told_apart_from_what_is_assumed() {
        let pack = RulePack::kontum_2022();
        let of = |name: &str| pack.parameters().into_iter().find(|p| p.name == name).expect(name);
        assert_eq!(of("Ngưỡng hiệu quả của mô hình").value, "từ 50 % số điểm trở lên");
        assert!(!of("Ngưỡng hiệu quả của mô hình").assumed && !of("Báo cáo năm").assumed);
        assert!(of("Thời gian tối thiểu để xếp loại").assumed && of("Mức “Khá”").assumed);
        assert!(of("Hồ sơ phải có").assumed);
        assert!(pack.assumptions().contains(&"Mức “Khá”: tính là hiệu quả".to_owned()));
    }

    #[test]
    fn a_pack_says_what_has_been_fixed_since() {
        let text = DEFAULT_TOML.replacen("months = 6\nassumed = true", "months = 9", 1);
        let pack = RulePack::from_toml(&text).unwrap();
        assert!(pack.assumptions().iter().all(|a| !a.starts_with("Thời gian tối thiểu")), "{:?}", pack.assumptions());
    }
}
