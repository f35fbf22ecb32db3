//! Samples of the pages of submissions, nominations and other records.

use keng_domain::figures::Totals;
use keng_domain::rule_pack::DirectingLetter;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::movement::{Line, Sheet};
use keng_domain::rules::nomination::Condition;
use keng_domain::rules::submission::{Frozen, OpenItem};
use keng_domain::schema::Kind;

use super::{HOSTILE, id, shell};
use crate::form::{Choice, Input, InputKind};
use crate::lint::Samples;
use crate::pages::Standpoint;
use crate::pages::documents::{DocumentsCard, Upload};
use crate::pages::duties::{Conditions, Decide, DossierLine, PathCard, PathStep};
use crate::pages::figures::{FiguresCard, Other};
use crate::pages::models::Filter;
use crate::pages::nominations::{NominationPage, NominationRow, NominationsPage};
use crate::pages::papers::{PaperLine, PapersCard};
use crate::pages::records::{
    AssessmentCard, LackingCard, LackingRow, PersonCard, RecordPage, RecordRow, RecordsPage, SheetCard, WithdrawnRow,
};
use crate::pages::submission::SubmissionPage;
use crate::parts::{Cell, Fact, Find, Link, Tag, Tone};

fn path_card() -> PathCard {
    let step = |what: &str, who: &str, reason: Option<&str>| PathStep {
        what: what.into(),
        who: who.into(),
        when: "08/11 16:50 · tới tỉnh 08/11 17:20".into(),
        reason: reason.map(str::to_owned),
    };
    PathCard {
        steps: vec![
            step("Trình", "A Thiu, Huyện Tu Mơ Rông", None),
            step("Trả lại", HOSTILE, Some("thiếu số tổ của thôn 3")),
            step("Trình", "A Thiu, Huyện Tu Mơ Rông", None),
        ],
        trace: Link::new("Ai ghi giá trị này?", "/records/01/trace"),
    }
}

fn papers(titles: &[&str]) -> PapersCard {
    let files = || ["Word", "PDF"].map(|format| Link::new(format, "/letters/01/docx")).into();
    PapersCard(titles.iter().map(|title| PaperLine { title: (*title).into(), files: files() }).collect())
}

fn conditions() -> Vec<Condition> {
    let found = |rule, holds, sentence: &str| Condition { rule, holds, sentence: sentence.into() };
    vec![
        found("R13", true, "3 điểm xếp loại Tốt năm 2022, đã nhân rộng ở 05 điểm, mô hình hiệu quả."),
        found("R14", false, "Hồ sơ còn thiếu: Kế hoạch; Tờ trình."),
        found("R15", false, "Chưa trình; hạn là trước ngày 10/12/2022."),
        found("R16", true, HOSTILE),
    ]
}

impl Samples for SubmissionPage {
    fn samples() -> Vec<Self> {
        let frozen = |points, teams| Frozen {
            totals: Totals { models: 2, points, teams, members: 1_394, ..Totals::default() },
            by_model: [(id(1), [u64::from(points), teams, 900, 60, 41, 2]), (id(2), [14, 28, 494, 14, 9, 0])].into(),
            as_of: None,
        };
        let (then, now) = (frozen(87, 161), frozen(88, 163));
        let names = ["Tiếng kẻng an ninh", HOSTILE];
        let link = |id: keng_domain::id::RecordId| Link::new(names[usize::from(id.0[0]) - 1], "/models/01");
        let rows = |_: crate::pages::figures::Rows| "/points?show=counted".to_owned();
        let item = |code: &str, points| OpenItem { code: code.into(), points }.sentence(&DirectingLetter::default());
        let page = Self {
            shell: shell("duties"),
            list: Link::new("Nghĩa vụ", "/duties"),
            title: "Báo cáo năm 2022 – Huyện Tu Mơ Rông".into(),
            path: "/submissions/01".into(),
            state: Tag::new(Tone::Wait, "Đã trình"),
            not_of_period: Some("không thuộc kỳ này: từ ngày 01/07/2025 do Xã Măng Ri trình".into()),
            nothing: false,
            decision_reason: None,
            evidence: vec![
                Fact::new("Cán bộ trình", "A Thiu"),
                Fact::new("Trình lúc (giờ máy)", "09/11/2022 23:50"),
                Fact::new("Tỉnh nhận lúc", "12/11/2022 08:10"),
                Fact::new("Liên lạc với tỉnh trước khi trình", "05/11/2022 17:02"),
                Fact::new("Đồng hồ máy lúc đó", "khớp với tỉnh"),
            ],
            timeliness: (
                Tag::new(Tone::Calm, "Đúng hạn (lập khi mất mạng)"),
                "Đúng hạn (lập khi mất mạng): trình lúc 23:50 ngày 09/11/2022, tỉnh nhận lúc 08:10 ngày 12/11/2022; hạn là trước ngày 10/11/2022.".into(),
                "Công văn 4267/BCĐ-NC, điểm 1.d".into(),
            ),
            open_items: vec![item("UNRATED", 2), item("SPONTANEOUS", 1)],
            figures: FiguresCard::of("Số liệu đã chốt khi trình", &then, Some(Other { name: "số hiện nay", word: "nay", figures: &now }), link, rows),
            others: vec![Link::new("Bản trước", "/submissions/02")],
            papers: papers(&["Báo cáo của đơn vị", "Công văn trả lại"]),
            path_card: path_card(),
            decide: Some(Decide::default()),
            accepted: false,
        };
        let refused = Self {
            decide: Some(Decide { reason: HOSTILE.into(), fault: Some(HOSTILE.into()), ..Decide::default() }),
            accepted: true,
            ..page.clone()
        };
        let returned = Self {
            decide: None,
            nothing: true,
            decision_reason: Some(HOSTILE.into()),
            open_items: vec![],
            others: vec![],
            ..page.clone()
        };
        vec![page, refused, returned]
    }
}

fn case_inputs() -> Vec<Input> {
    let input = |key: &str| Input::of_field(Kind::Nomination.field(key).unwrap(), "tot");
    vec![input("case"), input("justification").hinted("Mô hình mới bắt buộc nêu")]
}

impl Samples for NominationsPage {
    fn samples() -> Vec<Self> {
        let row = |name: &str, state: Tag| NominationRow {
            model: Link::new(name, "/nominations/01"),
            unit: "Huyện Tu Mơ Rông".into(),
            quarter: "quý IV năm 2022".into(),
            due: "trước 10/12/2022".into(),
            conditions: conditions(),
            timeliness: (state.tone != Tone::Calm).then(|| Tag::new(Tone::Ok, "Đúng hạn")),
            state,
        };
        let rows = vec![
            row("Già làng với an ninh buôn làng", Tag::new(Tone::Warn, "Trả lại")),
            row("Tiếng kẻng an ninh", Tag::new(Tone::Wait, "Đã trình")),
            row(HOSTILE, Tag::new(Tone::Calm, "Đang soạn")),
        ];
        let hub = Self {
            shell: shell("nominations"),
            standpoint: Standpoint::Province,
            period: "Năm 2022".into(),
            find: Find::new("/nominations", "", &[]),
            rows,
            add: vec![],
            fault: None,
            notices: papers(&["Công văn thông báo quý III năm 2022", "Công văn thông báo quý IV năm 2022"]),
        };
        let node = Self {
            standpoint: Standpoint::Area,
            add: case_inputs(),
            fault: Some("Đề xuất phải nêu mô hình. Chưa ghi gì.".into()),
            notices: PapersCard::default(),
            ..hub.clone()
        };
        let nothing = Self { rows: vec![], find: Find::new("/nominations", HOSTILE, &[]), ..hub.clone() };
        vec![hub.clone(), node, nothing, Self { rows: vec![], ..hub }]
    }
}

impl Samples for NominationPage {
    fn samples() -> Vec<Self> {
        let line = |kind: &str, files: &[&str], add: bool| DossierLine {
            kind: kind.into(),
            state: if files.is_empty() { Tag::new(Tone::Warn, "Chưa có") } else { Tag::new(Tone::Ok, "Có") },
            files: files.iter().map(|f| Link::new(*f, "/documents/00")).collect(),
            add: add.then(|| "/nominations/01?add=KE_HOACH#documents".into()),
        };
        let dossier = |add| {
            vec![
                line("Tờ trình hoặc Báo cáo đề xuất", &["Tờ trình 12.pdf"], add),
                line("Quyết định thành lập", &["QĐ 45.pdf", HOSTILE], add),
                line("Quy chế hoạt động của mô hình", &[], add),
                line("Kế hoạch", &[], add),
            ]
        };
        let upload =
            Upload { csrf: "token".into(), bytes_max: 64 << 20, kind: "KE_HOACH".into(), way: "Lưu ngay tại máy." };
        let documents = |upload| DocumentsCard {
            record: id(1),
            summary: String::new(),
            checklist: None,
            rows: vec![],
            removed: vec![],
            upload,
        };
        let node = Self {
            shell: shell("nominations"),
            path: "/nominations/01".into(),
            model: Link::new("Già làng với an ninh buôn làng", "/models/01"),
            about: "Huyện Tu Mơ Rông · quý IV năm 2022 · trước 10/12/2022".into(),
            state: Tag::new(Tone::Warn, "Trả lại"),
            case: "Xếp loại Tốt, đã nhân rộng".into(),
            justification: HOSTILE.into(),
            decision_reason: Some("thiếu kế hoạch".into()),
            basis: None,
            unfounded: None,
            conditions: Conditions(conditions()),
            dossier: dossier(true),
            assumed: true,
            documents: documents(Some(upload)),
            path_card: path_card(),
            edit: case_inputs(),
            fault: None,
            papers: papers(&["Tờ trình của đơn vị"]),
            decide: None,
        };
        let hub = Self {
            state: Tag::new(Tone::Wait, "Đã trình"),
            decision_reason: None,
            dossier: dossier(false),
            documents: documents(None),
            edit: vec![],
            papers: papers(&["Tờ trình của đơn vị", "Công văn thông báo toàn tỉnh", "Tờ trình đề nghị Bộ Công an"]),
            decide: Some(Decide {
                documents: vec![Choice::new("00", "Tờ trình · Tờ trình 12.pdf"), Choice::new("01", HOSTILE)],
                receivable: true,
                ..Decide::default()
            }),
            ..node.clone()
        };
        let refused = Self {
            decide: Some(Decide {
                reason: HOSTILE.into(),
                basis: "directive".into(),
                document: "01".into(),
                fault: Some("Công văn 4267/BCĐ-NC, điểm 2: phải dẫn văn bản có ý kiến chỉ đạo.".into()),
                ..hub.decide.clone().unwrap()
            }),
            basis: Some((
                "Hồ sơ đầy đủ, đúng hạn, có trong danh sách thống kê".into(),
                Some(Link::new(HOSTILE, "/documents/00")),
            )),
            unfounded: Some(format!("Căn cứ đề nghị Bộ cho “{HOSTILE}” nay không còn đủ (R17).")),
            path_card: PathCard { steps: vec![], ..path_card() },
            ..hub.clone()
        };
        vec![node, hub, refused]
    }
}

impl Samples for RecordsPage {
    fn samples() -> Vec<Self> {
        let filter = |label: &str, on| Filter { link: Link::new(label, "/others?kind=x"), on };
        let row = |name: &str, mark: Option<Tag>| RecordRow {
            href: "/others/01".into(),
            name: name.into(),
            cells: ["Xã Đăk Hà", "2022", "Khu dân cư", name, "Có", "5"].map(Cell::text).into(),
            mark,
        };
        let page = Self {
            shell: shell("others"),
            kinds: vec![
                filter("Điển hình tiên tiến (3)", false),
                filter("Ban chỉ đạo, ban điều hành (41)", false),
                filter("Tổ (161)", false),
                filter("Kiểm tra, khảo sát (2)", false),
                filter("Đánh giá an toàn về an ninh, trật tự (2)", true),
                filter("Chấm điểm phong trào (1)", false),
            ],
            find: Find::new("/others", "", &[("kind", "assessment"), ("year", "")]),
            title: "Đánh giá an toàn về an ninh, trật tự".into(),
            add: "/others/new?kind=assessment".into(),
            columns: vec![
                "Xã, phường, thị trấn",
                "Năm",
                "Đối tượng",
                "Tên nơi được đánh giá",
                "Đã đăng ký",
                "Số đơn vị trực thuộc",
            ],
            rows: vec![row("Thôn Mô Pả", Some(Tag::new(Tone::Ok, "Đủ điều kiện"))), row(HOSTILE, None)],
            withdrawn: vec![WithdrawnRow { link: Link::new(HOSTILE, "/others/01"), why: HOSTILE.into() }],
            lacking: Some(LackingCard {
                year: 2022,
                communes: 1,
                rows: vec![
                    LackingRow {
                        object: "Xã, phường, thị trấn".into(),
                        place: "Xã Đăk Hà".into(),
                        why: "Không có điểm nào được tính: 01 điểm đã chấm dứt.".into(),
                        way: Link::new("Lập đánh giá", "/others/new?kind=assessment"),
                    },
                    LackingRow {
                        object: "Cơ sở giáo dục".into(),
                        place: HOSTILE.into(),
                        why: HOSTILE.into(),
                        way: Link::new("Mở đánh giá", "/others/01"),
                    },
                ],
                more: 3,
            }),
        };
        let none = LackingCard { year: 2022, communes: 0, rows: vec![], more: 0 };
        let nothing = Self { rows: vec![], find: Find::new("/others", HOSTILE, &[("kind", "team")]), ..page.clone() };
        vec![
            page.clone(),
            nothing,
            Self { rows: vec![], lacking: Some(none), withdrawn: vec![], ..page.clone() },
            Self { lacking: None, ..page },
        ]
    }
}

impl Samples for RecordPage {
    fn samples() -> Vec<Self> {
        let pack = RulePack::kontum_2022();
        let input = |kind: Kind, key: &str, value: &str| Input::of_field(kind.field(key).unwrap(), value);
        let inputs = |kind: Kind| -> Vec<Input> {
            let shown = kind.fields().iter().filter(|s| s.kind != keng_domain::schema::FieldType::Map);
            shown.map(|s| Input::of_field(s, "")).collect()
        };
        let criteria = pack.safety.object("XA").unwrap().criteria.iter().enumerate().map(|(i, text)| Input {
            key: format!("criteria/{}", i + 1),
            label: format!("{}. {text}", i + 1),
            hint: None,
            kind: InputKind::Radio(vec![
                Choice::new("CO", "Có"),
                Choice::new("KHONG", "Không"),
                Choice::new("", "Chưa đánh giá"),
            ]),
            value: if i == 0 { "CO".into() } else { String::new() },
            error: None,
            tag: None,
        });
        let assessment = Self {
            shell: shell("others"),
            kind: ("assessment", "Đánh giá an toàn về an ninh, trật tự".into()),
            id: Some(id(1)),
            name: "UBND xã Đăk Hà · Xã Đăk Hà · 2022".into(),
            inputs: inputs(Kind::Assessment),
            was: vec![("name".into(), HOSTILE.into())],
            reason: String::new(),
            fault: None,
            assessment: Some(AssessmentCard {
                holds: Tag::new(Tone::Warn, "2 điều kiện chưa đạt"),
                conditions: Conditions(conditions()),
                criteria: criteria.collect(),
                days: vec![
                    Fact::new("Thời gian đánh giá (Điều 8)", "16/11/2021 – 15/11/2022"),
                    Fact::new("Quyết định (Điều 9, 10)", "trước 20/11/2022"),
                ],
            }),
            sheet: None,
            person: None,
            papers: vec![Link::new("Word", "/letters/minutes/01/docx")],
            withdrawn: None,
            same_place: vec![Link::new(HOSTILE, "/others/02")],
            documents: Some(DocumentsCard {
                record: id(1),
                summary: String::new(),
                checklist: None,
                rows: vec![],
                removed: vec![],
                upload: None,
            }),
        };
        let line = |n: u32, text: &str| Line { text: text.into(), points: n, own: Some(n), above: None };
        let sheet = Sheet {
            lines: vec![line(3, "Nghị quyết, kế hoạch quý I"), line(5, HOSTILE)],
            own: 8,
            above: 0,
            class: Some("Khá".into()),
            due: "2022-11-30".parse().ok(),
            decided_on: "2022-12-19".parse().ok(),
            late: true,
        };
        let score = Self {
            kind: ("score", "Chấm điểm phong trào".into()),
            inputs: inputs(Kind::Score),
            assessment: None,
            withdrawn: Some(HOSTILE.into()),
            papers: vec![Link::new("Word", "/letters/score/01/docx"), Link::new("PDF", "/letters/score/01/pdf")],
            sheet: Some(SheetCard {
                typed: vec![["3".into(), String::new()], ["5".into(), HOSTILE.into()]],
                sheet,
                points: 100,
                due: "trước 30/11/2022".into(),
                assumed: true,
            }),
            fault: Some("Mục chấm 1: tối đa 3 điểm (QĐ 510), không phải 4. Chưa ghi gì.".into()),
            ..assessment.clone()
        };
        let mut new = Self {
            id: None,
            kind: ("committee", "Ban chỉ đạo, ban điều hành".into()),
            same_place: Vec::new(),
            name: "Thêm ban chỉ đạo, ban điều hành".into(),
            inputs: inputs(Kind::Committee),
            assessment: None,
            papers: Vec::new(),
            documents: None,
            ..assessment.clone()
        };
        new.inputs[0] = input(Kind::Committee, "unit", "617").choosing(vec![Choice::new("617", HOSTILE)]);
        let spec = Kind::Committee.field("decision_date").unwrap();
        let wrong = new.inputs.iter_mut().find(|i| i.key == "decision_date").unwrap();
        *wrong = wrong.clone().typed(spec, "31/13/2021");
        let member = |person: PersonCard| Self {
            kind: ("member", "Thành viên".into()),
            name: HOSTILE.into(),
            inputs: inputs(Kind::Member),
            assessment: None,
            documents: None,
            person: Some(person),
            ..assessment.clone()
        };
        let fault = Some("Xóa thông tin cá nhân phải ghi lý do. Chưa ghi gì.".into());
        let by = format!("26/11/2026 09:10, {HOSTILE} (Công an huyện Đăk Hà): {HOSTILE}");
        let members =
            [PersonCard::Here { fault: None }, PersonCard::Here { fault }, PersonCard::Away, PersonCard::Erased { by }];
        let members = members.map(member);
        [vec![assessment, score, new], members.into()].concat()
    }
}
