//! A small province: three districts, of which one has sent nothing.

use std::collections::BTreeMap;

use keng_domain::changes::Changes;
use keng_domain::field::{Author, Candidate, Field, Fields, Value};
use keng_domain::figures::{
    Cut, Exemplar, Figures, HandedIn, Input, Issued, Nominated, OpenContest, SafePlace, ScoredPlace, Totals,
    consolidate,
};
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::model::Model;
use keng_domain::point::{Point, YearRating};
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::places::PlaceKey;
use keng_domain::rules::submission::State;
use keng_domain::rules::timeliness::Timeliness;
use keng_domain::scope::Scope;
use keng_domain::tree::Tree;
use keng_domain::unit::{Catalogue, UnitCode};
use keng_domain::units::Units;
use keng_report::{Format, render};

const UNITS: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
612,Huyện Đắk Tô,HUYEN,62,,
615,Huyện Đăk Hà,HUYEN,62,,
";

/// Names and places that a test may replace.
pub struct Sample {
    pub pack: RulePack,
    pub kind: &'static str,
    pub period: &'static str,
    pub province: String,
    pub bell: String,
    pub fields: String,
    pub officer: String,
    pub received: Vec<(&'static str, &'static str)>,
    pub contests: Vec<OpenContest>,
    pub handed_in: BTreeMap<UnitCode, HandedIn>,
    pub places: Vec<SafePlace>,
    pub scored: Vec<ScoredPlace>,
    pub exemplars: Vec<Exemplar>,
    pub nominations: Vec<Nominated>,
    /// Whether a report of this period was issued before, with other figures.
    pub corrects: bool,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            pack: RulePack::kontum_2022(),
            kind: "annual",
            period: "2022",
            province: "Tỉnh Kon Tum".to_owned(),
            bell: "Tiếng kẻng an ninh".to_owned(),
            fields: "Tự quản khu dân cư".to_owned(),
            officer: "Y Blê".to_owned(),
            received: vec![("610", "2022-11-08T01:05:00Z"), ("612", "2022-11-09T17:30:00Z")],
            contests: Vec::new(),
            handed_in: BTreeMap::new(),
            places: Vec::new(),
            scored: Vec::new(),
            exemplars: Vec::new(),
            nominations: Vec::new(),
            corrects: false,
        }
    }
}

impl Sample {
    pub fn figures(&self) -> Figures {
        let packs = RulePacks::from(self.pack.clone());
        let period = packs.period(self.kind, self.period).unwrap();
        let csv = UNITS.replace("Tỉnh Kon Tum", &format!("\"{}\"", self.province.replace('"', "\"\"")));
        let catalogue = Catalogue::from_csv("kontum-2022".parse().unwrap(), &csv).unwrap();
        let code = |c: &str| c.parse::<UnitCode>().unwrap();
        let received: BTreeMap<_, _> =
            self.received.iter().map(|(unit, at)| (code(unit), at.parse().unwrap())).collect();
        let mut figures = consolidate(Input {
            period,
            cut: Cut {
                lsn: Lsn(12_345),
                root: "3fa91c07".repeat(8),
                rule_pack: packs.latest().id.clone(),
                cut_off: period.cut_off,
            },
            packs: &packs,
            tree: &Tree::new(Units::new(vec![catalogue.clone()], Vec::new()), catalogue, code("62")),
            models: &[
                model(1, &self.bell, &self.fields),
                model(2, "Camera an ninh", "Công nghệ"),
                model(3, "Dòng họ tự quản", "Dòng họ"),
            ],
            points: &[
                // Exactly half of four: effective (letter 4267, 1.c).
                point(10, 1, "610", "2019-03-01", "tot"),
                point(11, 1, "610", "2019-03-01", "kha"),
                point(12, 1, "612", "2020-03-01", "yeu"),
                point(13, 1, "612", "2022-02-01", "trung_binh"),
                // One of three, one not rated: open.
                point(20, 2, "612", "2021-03-01", "tot"),
                point(21, 2, "612", "2021-03-01", "yeu"),
                point(22, 2, "610", "2021-03-01", ""),
                // Too young to be rated.
                point(30, 3, "610", "2022-09-01", ""),
                // Waiting for recognition, and ended in the period.
                Point { spontaneous: true, decision_date: None, ..point(31, 3, "612", "2022-01-01", "") },
                Point { ended_on: "2022-06-30".parse().ok(), ..point(32, 3, "612", "2018-01-01", "yeu") },
            ],
            received: &received,
            contests: self.contests.clone(),
            handed_in: &self.handed_in,
            places: self.places.clone(),
            scored: self.scored.clone(),
            exemplars: self.exemplars.clone(),
            nominations: self.nominations.clone(),
        });
        if self.corrects {
            let mut issued = figures.clone();
            issued.totals.teams -= 3;
            issued.models[0].teams -= 3;
            issued.units[0].teams -= 3;
            figures.changes = Some(Changes::between(&issued, &figures));
            let number = "12/BC-CAT".to_owned();
            figures.replaces = Some(Issued { number, issued_on: "2022-11-20".parse().unwrap() });
        }
        figures
    }

    pub fn render(&self, format: Format) -> Vec<u8> {
        render(&self.figures(), format).unwrap()
    }

    /// The same with three contests: a count, a rating, and a state against an emptied field.
    pub fn with_contests(self) -> Self {
        let contests = vec![
            self.contest("teams", "Số tổ", [Value::Int(7), Value::Int(1_200)]),
            self.contest("ratings/2022", "Xếp loại năm 2022", ["tot".into(), "yeu".into()]),
            self.contest("status", "Trạng thái", ["HOAT_DONG".into(), Value::Null]),
        ];
        Self { contests, ..self }
    }

    /// The same with a model that was proposed for notice.
    pub fn with_nominations(mut self) -> Self {
        self.nominations.push(Nominated {
            id: RecordId([40; 16]),
            unit: "Huyện Đắk Glei".to_owned(),
            model: self.bell.clone(),
            quarter: "2022-Q3".to_owned(),
            case: "Xếp loại Tốt, đã nhân rộng".to_owned(),
            state: "Thông báo toàn tỉnh".to_owned(),
            basis: None,
        });
        self
    }

    /// The same with what a unit handed in, which stands so.
    pub fn with_hand_in(mut self, unit: &str, state: State, timeliness: Timeliness) -> Self {
        let handed_in = HandedIn {
            id: RecordId([50; 16]),
            state,
            timeliness,
            handed_in_at: "2022-11-08T02:00:00Z".parse().unwrap(),
            first_handed_in_at: None,
            received_at: None,
            nothing: false,
            frozen: Some(Totals { models: 2, points: 3, teams: 8, members: 600, ..Totals::default() }),
        };
        self.handed_in.insert(unit.parse().unwrap(), handed_in);
        self
    }

    /// The same with places that were assessed and scored, and with exemplars, of which one has no date.
    pub fn with_movement(mut self) -> Self {
        // Each has no unit, so that each is a place of its own.
        let next = std::cell::Cell::new(100_u8);
        let named = |object: &str, year: i32| {
            next.set(next.get() + 1);
            let id = RecordId([next.get(); 16]);
            let pairs = [("object", object.to_owned()), ("year", year.to_string())];
            let fields = pairs.into_iter().map(|(k, v)| (k.to_owned(), Field::Settled(Value::from(v)))).collect();
            (id, PlaceKey::of(id, &Scope::Province, &Fields(fields)).unwrap())
        };
        let place = |object: &str, year, recognised| {
            let (id, key) = named(object, year);
            SafePlace { id, key, object: object.to_owned(), year, registered: true, recognised }
        };
        self.places = vec![
            place("KHU_DAN_CU", 2022, Some(true)),
            place("KHU_DAN_CU", 2022, Some(false)),
            place("XA", 2022, None),
            SafePlace { registered: false, ..place("CO_QUAN", 2022, None) },
            place("XA", 2021, Some(true)),
        ];
        let scored = |object: &str, class: Option<&str>| {
            let (id, key) = named(object, 2022);
            ScoredPlace { id, key, object: object.to_owned(), year: 2022, class: class.map(str::to_owned) }
        };
        self.scored =
            vec![scored("HUYEN", None), scored("XA", Some("Khá")), scored("XA", Some("Khá")), scored("XA", None)];
        let exemplar = |n: u8, name: &str, date: &str, kind: &str, level: &str| Exemplar {
            id: RecordId([n; 16]),
            name: name.to_owned(),
            address: "Thôn 2, xã Đăk Long".to_owned(),
            achievement: "Bắt quả tang 03 vụ trộm".to_owned(),
            decision: "41/QĐ-UBND".to_owned(),
            decision_date: date.parse().ok(),
            reward: "Giấy khen".to_owned(),
            year: None,
            exemplar_kind: kind.to_owned(),
            level: level.to_owned(),
        };
        self.exemplars = vec![
            exemplar(60, "Y Thanh", "2022-03-20", "Cá nhân", "Cấp huyện"),
            exemplar(61, "Tổ tự quản thôn 2", "2022-03-20", "Tập thể", "Cấp tỉnh"),
            exemplar(62, "A Sơn", "", "Cá nhân", ""),
            exemplar(63, "A Blong", "2021-03-20", "Cá nhân", "Cấp xã"),
        ];
        self
    }

    /// The same as a correction of what was issued before.
    pub fn correcting(self) -> Self {
        Self { corrects: true, ..self }
    }

    pub fn contest(&self, field: &str, label: &str, values: [Value; 2]) -> OpenContest {
        let sides = ["610", "62"];
        let candidates = values.into_iter().zip(sides).map(|(value, side)| candidate(value, side, &self.officer));
        OpenContest {
            id: format!("0a:{field}"),
            record: RecordId([10; 16]),
            kind: "point".to_owned(),
            name: format!("{}, Thôn Đăk Ung", self.bell),
            field: field.to_owned(),
            label: label.to_owned(),
            candidates: candidates.collect(),
            may_change_verdict: false,
            tips: Vec::new(),
        }
    }
}

fn candidate(value: Value, side: &str, officer: &str) -> Candidate {
    let unit: UnitCode = side.parse().unwrap();
    let author = Author {
        unit: unit.clone(),
        node: NodeId(format!("{side}-1")),
        incarnation: Incarnation([7; 16]),
        officer: officer.to_owned(),
        device_time_ms: 1_667_900_000_000, // 2022-11-08 16:33:20 in Vietnam
        reason: None,
    };
    Candidate { value, author, change: "ab".repeat(32), side: unit }
}

fn model(n: u8, name: &str, fields: &str) -> Model {
    Model {
        id: RecordId([n; 16]),
        name: name.to_owned(),
        fields: Some(fields.to_owned()),
        origin: None,
        lead: None,
        founded_on: None,
        decision_date: None,
        ended_on: None,
        merged_into: None,
    }
}

fn point(n: u8, model: u8, unit: &str, decided: &str, level: &str) -> Point {
    // What was old enough the year before was rated alike then.
    let years = [2021, 2022].into_iter().filter(|year| *year == 2022 || decided < "2021-05-10");
    let rated = years.filter(|_| !level.is_empty()).map(|year| (year, YearRating::Rated(level.to_owned())));
    Point {
        id: RecordId([n; 16]),
        model: Some(RecordId([model; 16])),
        unit: unit.parse().unwrap(),
        catalogue: None,
        place: format!("Thôn {n}"),
        object: None,
        spontaneous: false,
        decision_no: Some("12/QĐ-UBND".to_owned()),
        decision_date: decided.parse().ok(),
        launched_on: None,
        teams: 2,
        members: 150,
        status: None,
        ended_on: None,
        end_ground: None,
        ratings: rated.collect(),
    }
}

/// The parts of an archive by name.
pub fn unzip(bytes: &[u8]) -> BTreeMap<String, String> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().into_owned(), text)
        })
        .collect()
}

/// The paragraphs of a Word document as text.
pub fn paragraphs(docx: &[u8]) -> Vec<String> {
    let document = &unzip(docx)["word/document.xml"];
    document.split("</w:p>").map(text_of).filter(|line| !line.is_empty()).collect()
}

/// What remains of XML without its tags.
pub fn text_of(xml: &str) -> String {
    let mut out = String::new();
    for piece in xml.split('<').skip(1) {
        out.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    for (entity, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
        out = out.replace(entity, sign);
    }
    out
}
