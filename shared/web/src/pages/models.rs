//! Mô hình: the list with verdicts, and one model with "vì sao".

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use keng_domain::explanation::Judgement;
use keng_domain::id::RecordId;
use keng_domain::text::{date_dmy, percent, percent_by, thousands};

use crate::pages::Standpoint;
use crate::pages::documents::DocumentsCard;
use crate::parts::{Bar, Cell, Count, Fact, Link, Tag};
use crate::shell::Shell;

/// The list. `GET /models?q=&verdict=`; `q` needs no diacritics.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/models.html")]
pub struct ModelsPage {
    /// The frame.
    pub shell: Shell,
    /// Whose verdicts.
    pub standpoint: Standpoint,
    /// `Năm 2022`.
    pub period: String,
    /// What the figures rest on: `9/10 đơn vị · đến 16:21`.
    pub state: String,
    /// What was searched; empty for all.
    pub query: String,
    /// The verdicts to choose from, with how many models each has: `Hiệu quả (14)`.
    pub filters: Vec<Filter>,
    /// Where else one goes from here.
    pub ways: Vec<Link>,
    /// The models, in Vietnamese order of names.
    pub rows: Vec<ModelRow>,
    /// What else was found; [`None`] when nothing was searched.
    pub found: Option<Found>,
}

/// What a text finds beside the models of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/found.html")]
pub struct Found {
    /// Models without a point here, which no list of figures has.
    pub models: Vec<Link>,
    /// Whether points elsewhere are not seen from here.
    pub is_area: bool,
    /// The first points by place, unit and number of the decision.
    pub points: Vec<FoundPoint>,
    /// How many there are.
    pub points_total: Count,
    /// The list of points with the same text.
    pub all_points: String,
    /// Units, each with its line on the page of units.
    pub units: Vec<Link>,
}

impl HtmlSafe for Found {}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPoint {
    /// Where, with its page.
    pub place: Link,
    /// Its model.
    pub model: Option<Link>,
    /// `45/QĐ-UBND · 05/01/2021`.
    pub decision: String,
}

/// A way to narrow a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The words and the address.
    pub link: Link,
    /// Whether it is on.
    pub on: bool,
}

/// One model's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// Its record.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// The unit that runs it, or how many do.
    pub run_by: String,
    /// Counted points.
    pub points: Count,
    /// Their teams.
    pub teams: Count,
    /// Their members.
    pub members: Count,
    /// The verdict with what it rests on.
    pub judgement: Judgement,
    /// Open contests in it or its points.
    pub contests: u32,
}

/// One model. `GET /models/{id}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/model.html")]
pub struct ModelPage {
    /// The frame.
    pub shell: Shell,
    /// Whose verdict.
    pub standpoint: Standpoint,
    /// Its record.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// `Năm 2022`.
    pub period: String,
    /// What the figures rest on: `9/10 đơn vị · đến 16:21`.
    pub state: String,
    /// The verdict and why.
    pub judgement: Judgement,
    /// Fields of work, origin, founding, sums, names merged into it.
    pub facts: Vec<Fact>,
    /// Its points.
    pub points: Vec<PointLine>,
    /// Its documents.
    pub documents: DocumentsCard,
}

/// One point of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointLine {
    /// Its record.
    pub id: RecordId,
    /// Where.
    pub place: String,
    /// The unit that reports it.
    pub unit: String,
    /// Number and date of the decision.
    pub decision: String,
    /// Teams.
    pub teams: Cell,
    /// Members.
    pub members: Cell,
    /// The level of the year, or why there is none.
    pub rating: Cell,
    /// Whether it speaks for the verdict: `Tính là hiệu quả`, `Chưa đủ 6 tháng`.
    pub effect: Tag,
}

/// The bar of a judgement.
fn bar(judgement: &Judgement) -> Bar {
    Bar::of_tally(judgement.explanation.inputs, judgement.verdict, judgement.explanation.threshold)
}

/// `48,5 %`.
fn share(judgement: &Judgement) -> String {
    let why = &judgement.explanation;
    percent_by(why.inputs.effective.into(), why.inputs.eligible.into(), why.threshold)
}

impl ModelRow {
    fn bar(&self) -> Bar {
        bar(&self.judgement)
    }

    fn share(&self) -> String {
        share(&self.judgement)
    }

    fn verdict(&self) -> Tag {
        Tag::verdict(self.judgement.verdict)
    }
}

impl ModelPage {
    fn bar(&self) -> Bar {
        bar(&self.judgement)
    }

    fn share(&self) -> String {
        share(&self.judgement)
    }

    fn verdict(&self) -> Tag {
        Tag::verdict(self.judgement.verdict)
    }

    /// The inputs of the rule, as a table of reasons.
    fn inputs(&self) -> Vec<Fact> {
        let why = &self.judgement.explanation;
        let number = |n: u32| thousands(n.into());
        let threshold = percent(why.threshold.numerator.into(), why.threshold.denominator.into());
        vec![
            Fact::new("Điểm đang hoạt động", number(why.inputs.points)),
            Fact::new("Đủ điều kiện đánh giá", number(why.inputs.eligible)),
            Fact::new("Đánh giá hiệu quả", number(why.inputs.effective)),
            Fact::new("Chưa đánh giá", number(why.inputs.unrated)),
            Fact::new("Trong đó đang xung đột", number(why.inputs.contested)),
            Fact::new("Tỷ lệ / ngưỡng", format!("{} / {threshold}", self.share())),
            Fact::new("Còn cần để hiệu quả", format!("{} điểm", number(why.effective_needed))),
            Fact::new("Ngày chốt", date_dmy(why.cut_off)),
            Fact::new("Bộ quy tắc", format!("{} · {}", why.rule_pack, why.rule)),
        ]
    }
}
