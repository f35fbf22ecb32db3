//! Sửa điểm: one form with all fields, the rating of the year, a reason, and the history beside.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::field::Fields;
use keng_domain::id::RecordId;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::criteria::{Line, Sheet};
use keng_domain::schema::{FieldType, Kind};
pub use keng_web::form::Typed as PointForm;
use keng_web::form::WAS;
use keng_web::pages::documents::DocumentsCard;
use keng_web::pages::papers::PapersCard;
use keng_web::{Choice, Input, InputKind, Link, Shell, Tag, Tone};

use super::settle::Settle;

/// The name of the rating in the form.
pub const RATING: &str = "rating";
/// Stands before the number of a criterion in the form.
pub const CRITERION: &str = "criterion-";
/// The name of the choice of a unit, for a new point only.
pub const UNIT: &str = "unit";

/// `GET /points/new`, `GET /points/{id}/edit`, and again when what was sent cannot be saved.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "point_edit.html")]
pub struct PointEditPage {
    /// The frame.
    pub shell: Shell,
    /// The record; [`None`] for a new point.
    pub id: Option<RecordId>,
    /// `Chợ an toàn · chợ xã Đăk Hà`, `Điểm mới`.
    pub name: String,
    /// All fields in the order of the schema, see [`inputs`].
    pub inputs: Vec<Input>,
    /// The rating of the year, see [`rating`].
    pub rating: Input,
    /// Points by criterion, where the rule pack of the year has criteria; see [`criteria`].
    pub criteria: Vec<Input>,
    /// What they come to: `Tổng 90/100 điểm: mức Tốt theo bộ quy tắc`; empty without criteria.
    pub total: String,
    /// The reason as typed.
    pub reason: String,
    /// Points that look like the one being added; saving once more adds it all the same.
    pub alike: Vec<Link>,
    /// The model and place for which they are shown; another one is looked for anew.
    pub confirmed: String,
    /// What was written before, newest first.
    pub history: Vec<Past>,
    /// The ratings of earlier years: `2021`, `Khá`.
    pub earlier: Vec<(i32, String)>,
    /// The documents of the point; [`None`] for a new one.
    pub documents: Option<DocumentsCard>,
    /// The two ends of a spontaneous point; [`None`] for others.
    pub settle: Option<Settle>,
    /// The proposal to recognise or to end the point, where one of them is to be asked for.
    pub papers: PapersCard,
    /// Why an act was refused for which the page has no form any more.
    pub fault: Option<String>,
    /// The year that [`PointEditPage::rating`] rates.
    pub year: i32,
    /// What stood in each field when the page was made, by key; the form sends it back.
    pub was: Vec<(String, String)>,
}

/// A value of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// `Xếp loại năm: Tốt`.
    pub what: String,
    /// `A Thiu`.
    pub officer: String,
    /// `hôm nay 16:48 · máy 617-1 · đã lưu tại máy`.
    pub remark: String,
}

impl PointEditPage {
    fn action(&self) -> String {
        self.id.map_or_else(|| "/points/new".to_owned(), |id| format!("/points/{id}/edit"))
    }

    /// The fields that are wrong, for the summary at the top.
    fn wrong(&self) -> Vec<(&Input, &str)> {
        let all = self.inputs.iter().chain([&self.rating]).chain(&self.criteria);
        all.filter_map(|input| Some((input, input.error.as_deref()?))).collect()
    }

    /// Whether any criterion has points, or is wrong.
    fn is_scored(&self) -> bool {
        self.criteria.iter().any(|input| !input.value.is_empty() || input.error.is_some())
    }

    /// How wide a field stands: what belongs together fills a row.
    fn width(input: &Input) -> &'static str {
        match (input.key.as_str(), &input.kind) {
            (_, InputKind::Text) => "full",
            ("model" | "unit", _) => "half",
            ("end_ground", _) => "rest",
            _ => "third",
        }
    }
}

/// The fields of a point as a form. `models` and `communes` are what can be chosen; contested
/// fields are marked. Without `stored` the form is for a new point, where the unit is chosen too.
#[must_use]
pub fn inputs(stored: Option<&Fields>, models: &[Choice], communes: &[Choice]) -> Vec<Input> {
    let shown = |key: &str| stored.and_then(|f| f.get(key)).map(|f| f.shown().to_string()).unwrap_or_default();
    let specs = Kind::Point.fields().iter().filter(|spec| spec.kind != FieldType::Map);
    specs
        .map(|spec| {
            let mut input = Input::of_field(spec, &shown(spec.key));
            input = match spec.kind {
                FieldType::Record => input.choosing(models.to_vec()),
                FieldType::Fixed if stored.is_none() => input.choosing(communes.to_vec()),
                FieldType::Fixed => {
                    input.value = label(communes, &input.value);
                    input
                }
                _ => input,
            };
            match stored.and_then(|f| f.get(spec.key)).and_then(|f| f.contest()) {
                Some(_) => input.tagged(Tag::new(Tone::Danger, "xung đột")),
                None => input,
            }
        })
        .collect()
}

fn label(choices: &[Choice], value: &str) -> String {
    choices.iter().find(|c| c.value == value).map_or_else(|| value.to_owned(), |c| c.label.clone())
}

/// The rating of `year` as radio buttons; `level` is the code this unit has given, if any.
#[must_use]
pub fn rating(year: i32, level: Option<&str>, pack: &RulePack) -> Input {
    let none = Choice::new("", "Chưa đánh giá");
    let levels = pack.levels.iter().map(|l| Choice::new(&l.code, &l.label));
    Input {
        key: RATING.to_owned(),
        label: format!("Xếp loại năm {year}"),
        hint: None,
        kind: InputKind::Radio(levels.chain([none]).collect()),
        value: level.unwrap_or_default().to_owned(),
        error: None,
        tag: None,
    }
}

/// The own points for each criterion of the year as numbers to type; the keys are those of the form.
#[must_use]
pub fn criteria(sheet: &Sheet) -> Vec<Input> {
    let input = |(i, line): (usize, &Line)| Input {
        key: format!("{CRITERION}{}", i + 1),
        label: format!("{}. {} (tối đa {})", i + 1, line.text, line.points),
        hint: None,
        kind: InputKind::Count,
        value: line.given.map_or_else(String::new, |n| n.to_string()),
        error: None,
        tag: None,
    };
    sheet.lines.iter().enumerate().map(input).collect()
}

#[cfg(test)]
mod tests {
    use super::{PointForm, inputs};
    use keng_domain::field::{Field, Fields, Value};

    #[test]
    fn only_what_was_touched_is_written() {
        let field = |v: Value| Field::Settled(v);
        let stored = Fields(
            [
                ("teams".to_owned(), field(Value::Int(7))),
                ("decision_date".to_owned(), field("2021-09-11".into())),
                ("note".to_owned(), field("một\nhai".into())),
            ]
            .into(),
        );
        let shown = inputs(Some(&stored), &[], &[]);
        let typed =
            [("teams", "9"), ("decision_date", "11/09/2021"), ("note", "một\r\nhai"), ("unit", "x"), ("x", "y")];
        let form = PointForm(typed.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
        assert_eq!(form.changed(&shown), [("teams".to_owned(), "9")]);
    }

    #[test]
    fn a_value_that_came_meanwhile_is_neither_written_back_nor_replaced_unseen() {
        let stored = Fields([("teams".to_owned(), Field::Settled(Value::Int(9)))].into());
        let shown = inputs(Some(&stored), &[], &[]);
        let teams = shown.iter().find(|i| i.key == "teams").unwrap();
        let form = |typed: &str| {
            PointForm([("teams", typed), ("was-teams", "7")].map(|(k, v)| (k.to_owned(), v.to_owned())).into())
        };
        assert!(form("7").changed(&shown).is_empty());
        assert!(form("8").overtaken(teams) && !form("9").overtaken(teams));
    }
}
