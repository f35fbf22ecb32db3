//! Samples of the officer's own pages; each is rendered and checked.

use chrono::{DateTime, Utc};
use keng_domain::field::{Author, Candidate, Contest, Field, Fields, Value};
use keng_domain::figures::Totals;
use keng_domain::id::{Incarnation, NodeId, RecordId};
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::criteria::{Line, Sheet};
use keng_domain::rules::identity::Likeness;
use keng_domain::rules::submission::{Frozen, OpenItem};
use keng_domain::schema::Kind;
use keng_web::form::Typed;
use keng_web::lint::{Samples, check_samples, faults};
use keng_web::pages::documents::{DocumentRow, DocumentsCard};
use keng_web::pages::figures::{FiguresCard, Other};
use keng_web::pages::papers::{PaperLine, PapersCard};
use keng_web::shell::Notice;
use keng_web::{Choice, Fact, Link, Shell, SyncChip, Tag, Tone};

use super::home::{HomePage, Task, Urgency};
use super::model_new::{Alike, ModelNewPage};
use super::point_edit::{Past, PointEditPage, criteria, inputs, rating};
use super::reports::{Chosen, DutyLine, HandIn, OpenLine, ReportsPage, Returned, Standing};
use super::settle::Settle;
use super::sync::{Matter, RefusedLine, Round, SyncPage, Upload, WaitingLine};
use super::{Frame, Place};

const HOSTILE: &str = "<script>alert(1)</script>\" onload=\"x' & \u{202e}Đắk";

#[test]
fn every_page_with_every_sample() {
    check_samples::<HomePage>("node-home");
    check_samples::<PointEditPage>("node-point-edit");
    check_samples::<ModelNewPage>("node-model-new");
    check_samples::<ReportsPage>("node-reports");
    check_samples::<SyncPage>("node-sync");
}

#[test]
fn a_message_of_the_stream_is_well_formed_by_itself() {
    let page = &HomePage::samples()[0];
    assert_eq!(faults(&format!("{}{}", page.shell.update(), page.upload.oob())), Vec::<String>::new());
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2022-11-08T09:50:00Z")
}

fn offline() -> SyncChip {
    SyncChip::Offline { since: Some(at("2022-11-05T10:02:00Z")), changes: 42 }
}

fn shell(place: Place, state: &SyncChip) -> Shell {
    let frame = Frame {
        unit: "Công an huyện Tu Mơ Rông".into(),
        officer: "A Thiu".into(),
        year: 2022,
        current_year: 2022,
        years: vec![2020, 2021, 2022],
        csrf: "token".into(),
        chip: state.chip(now()),
        tasks: 5,
        contests: 1,
    };
    frame.shell(place)
}

fn upload(state: &SyncChip) -> Upload {
    Upload {
        chip: state.chip(now()),
        facts: vec![
            Fact::new("Tỉnh đã nhận đến", "05/11 16:58"),
            Fact::new("Chờ gửi", "42 thay đổi · 9 KB"),
            Fact::new("Đã nhận của tỉnh đến", "05/11 16:58"),
            Fact::new("Thử lại", "tự động, khi có mạng"),
        ],
    }
}

impl Samples for HomePage {
    fn samples() -> Vec<Self> {
        let task = |urgency, title: &str, tag: Option<Tag>, text: &str, act: &str| Task {
            urgency,
            title: title.into(),
            tag,
            text: text.into(),
            act: Link::new(act, "/points"),
            other: (urgency == Urgency::Spontaneous).then(|| Link::new("Chấm dứt", "/points/04/edit#end")),
        };
        let mut page = Self {
            shell: shell(Place::Home, &offline()),
            now: keng_web::format::heading(now()),
            rehomed: None,
            tasks: vec![
                task(
                    Urgency::Draft,
                    "Bản nháp",
                    None,
                    "Hồ sơ đề xuất “Già làng với an ninh buôn làng”: thiếu quyết định công nhận, ảnh · sửa lần cuối hôm qua",
                    "Mở",
                ),
                task(
                    Urgency::Spontaneous,
                    "1 mô hình tự phát, chờ công nhận",
                    None,
                    "Tổ gác rẫy – thôn Tu Thó, xã Tê Xăng; ghi nhận 12/08/2022",
                    "Mở",
                ),
                task(
                    Urgency::Unrated,
                    "2 điểm chưa đánh giá",
                    None,
                    "Chợ an toàn – xã Đăk Hà · Camera an ninh – xã Tu Mơ Rông",
                    "Đánh giá",
                ),
                task(
                    Urgency::Contest,
                    "1 xung đột",
                    Some(Tag::new(Tone::Danger, "số tổ: 7 ↔ 9")),
                    "Ánh sáng an ninh – thôn Mô Bành 2, xã Đăk Na. Tỉnh ghi 9, huyện ghi 7.",
                    "Xem",
                ),
                task(
                    Urgency::Due,
                    "Báo cáo năm 2022",
                    Some(Tag::new(Tone::Warn, "còn 1 ngày · trước 10/11")),
                    "Đủ số liệu 85/87 điểm. Làm được ngay cả khi chưa có mạng: máy ghi giờ nộp, gửi khi có mạng hoặc xuất ra USB.",
                    "Tiếp tục",
                ),
            ],
            upload: upload(&offline()),
            provisional: vec![
                ("Điểm đang hoạt động".to_owned(), Link::new("87", "/points?show=counted")),
                ("Hiệu quả".to_owned(), Link::new("41 / 76", "/models")),
                ("Tự phát, chờ công nhận".to_owned(), Link::new("1", "/points?show=spontaneous")),
            ],
        };
        page.sort();
        let done = SyncChip::AllAcknowledged { at: now(), received_until: Some(now()) };
        let calm = Self {
            tasks: vec![],
            rehomed: Some(
                "Huyện Tu Mơ Rông đã sắp xếp từ 01/07/2025; số liệu được tính cho Xã Đăk Sao, Xã Đăk Tờ Kan, \
                 Xã Tu Mơ Rông, Xã Măng Ri."
                    .into(),
            ),
            upload: upload(&done),
            shell: shell(Place::Home, &done),
            ..page.clone()
        };
        let mut hostile = page.clone();
        hostile.tasks[0].title = HOSTILE.into();
        hostile.rehomed = Some(HOSTILE.into());
        hostile.tasks[1].text = HOSTILE.into();
        hostile.shell.user = HOSTILE.into();
        vec![page, calm, hostile]
    }
}

fn stored() -> Fields {
    let author = Author {
        unit: "617".parse().unwrap(),
        node: NodeId("617-1".into()),
        incarnation: Incarnation([1; 16]),
        officer: "A Thiu".into(),
        device_time_ms: 0,
        reason: None,
    };
    let candidate = |n: i64| Candidate {
        value: Value::Int(n),
        author: author.clone(),
        change: String::new(),
        side: "617".parse().unwrap(),
    };
    let contest = Contest { interim: Value::Int(7), candidates: vec![candidate(7), candidate(9)] };
    let settled = |v: &str| Field::Settled(v.into());
    let fields = [
        ("model", settled(&RecordId([1; 16]).to_string())),
        ("unit", settled("23425")),
        ("place", settled("chợ xã Đăk Hà")),
        ("object", settled("KHU_DAN_CU")),
        ("origin", settled("CHI_DAO")),
        ("decision_no", settled("45/QĐ-UBND")),
        ("decision_date", settled("2021-03-20")),
        ("status", settled("HOAT_DONG")),
        ("teams", Field::Contested(contest)),
        ("members", Field::Settled(Value::Int(12))),
    ];
    Fields(fields.map(|(k, v)| (k.to_owned(), v)).into())
}

fn documents() -> DocumentsCard {
    let row = |n, name: &str, state: Tag| DocumentRow {
        id: RecordId([n; 16]),
        file: Link::new(name, "/documents/00"),
        kind: "Quyết định thành lập".into(),
        about: String::new(),
        details: Default::default(),
        size: "5,1 MB".into(),
        by: "A Thiu · hôm nay 16:48".into(),
        state,
    };
    DocumentsCard {
        record: RecordId([4; 16]),
        summary: "1/2 tệp đã tới tỉnh".into(),
        checklist: Some("Danh mục hồ sơ (bộ quy tắc kontum-2022, giả định): có 1/7 loại văn bản.".into()),
        rows: vec![
            row(21, "QĐ 45.pdf", Tag::new(Tone::Ok, "đã tới tỉnh")),
            row(22, HOSTILE, Tag::new(Tone::Wait, "đang chờ gửi")),
        ],
        removed: vec![],
        upload: Some(keng_web::pages::documents::Upload {
            csrf: "token".into(),
            bytes_max: 64 << 20,
            kind: String::new(),
            way: "Lưu ngay tại máy; tệp tự gửi lên tỉnh sau số liệu, đứt mạng thì gửi tiếp từ chỗ dở.",
        }),
    }
}

impl Samples for PointEditPage {
    fn samples() -> Vec<Self> {
        let pack = RulePack::kontum_2022();
        let models = [Choice::new(RecordId([1; 16]).to_string(), "Chợ an toàn"), Choice::new("x", HOSTILE)];
        let communes = [Choice::new("23425", "xã Đăk Hà"), Choice::new("23428", "xã Đăk Na")];
        let past =
            |what: &str, remark: &str| Past { what: what.into(), officer: "A Thiu".into(), remark: remark.into() };
        let page = Self {
            shell: shell(Place::Points, &SyncChip::Waiting { changes: 42 }),
            id: Some(RecordId([4; 16])),
            name: "Chợ an toàn · chợ xã Đăk Hà".into(),
            inputs: inputs(Some(&stored()), &models, &communes),
            rating: rating(2022, Some("tot"), &pack),
            criteria: vec![],
            total: String::new(),
            reason: String::new(),
            alike: vec![],
            confirmed: String::new(),
            history: vec![
                past("Xếp loại năm: Tốt", "hôm nay 16:48 · máy 617-1 · đã lưu tại máy"),
                past("Xếp loại năm: Khá", "03/11 09:20 · tỉnh đã nhận 05/11"),
            ],
            earlier: vec![(2021, "Khá".into()), (2020, "—".into())],
            documents: Some(documents()),
            settle: None,
            papers: PapersCard(vec![PaperLine {
                title: "Tờ trình đề nghị công nhận".into(),
                files: vec![Link::new("Word", "/letters/recognise/01/docx")],
            }]),
            fault: None,
            year: 2022,
            was: vec![("teams".into(), HOSTILE.into())],
        };
        let mut wrong = page.clone();
        for (key, text) in [("decision_date", "31/13/2021"), ("teams", "bảy"), ("note", HOSTILE)] {
            let spec = Kind::Point.field(key).unwrap();
            let input = wrong.inputs.iter_mut().find(|i| i.key == key).unwrap();
            *input = input.clone().typed(spec, text);
        }
        wrong.history[0].what = HOSTILE.into();
        let mut settle = Settle::default();
        let typed = [("recognise-number", HOSTILE), ("end-ground", "TRUC_LOI")];
        settle.refused(&Typed(typed.map(|(k, v)| (k.to_owned(), v.to_owned())).into()), HOSTILE);
        wrong.settle = Some(settle);
        let line = |text: &str, given| Line { text: text.into(), points: 60, given };
        wrong.criteria = criteria(&Sheet {
            rater: "610".into(),
            level: Some("tot".into()),
            lines: vec![line("Kết quả", Some(52)), line(HOSTILE, None)],
            total: 52,
            level_by_total: None,
            pack: None,
        });
        wrong.criteria[0].error = Some("Tiêu chí 1: tối đa 60 điểm, không phải 61.".into());
        wrong.total = "Tổng 52/120 điểm".into();
        let mut running = page.clone();
        running.settle = Some(Settle::of_running());
        wrong.fault = Some(HOSTILE.into());
        let new = Self {
            id: None,
            name: "Điểm mới".into(),
            inputs: inputs(None, &models, &communes),
            rating: rating(2022, None, &pack),
            confirmed: HOSTILE.into(),
            alike: vec![Link::new("Chợ an toàn · chợ xã Đăk Hà (45/QĐ-UBND)", "/points/04/edit")],
            history: vec![],
            earlier: vec![],
            documents: None,
            papers: PapersCard::default(),
            year: 2022,
            was: vec![("teams".into(), HOSTILE.into())],
            ..page.clone()
        };
        vec![page, wrong, running, new]
    }
}

impl Samples for ModelNewPage {
    fn samples() -> Vec<Self> {
        let alike = |name: &str, likeness, points| Alike {
            model: Link::new(name, "/models/01"),
            points,
            likeness,
            add_point: "/points/new?model=01".into(),
        };
        let blank = Self {
            shell: shell(Place::Models, &offline()),
            inputs: super::model_new::inputs(&[HOSTILE.to_owned()]),
            reason: String::new(),
            alike: vec![],
            confirmed: String::new(),
            fault: None,
        };
        let mut typed = blank.clone();
        for (key, text) in [("name", "Tiếng kẻng an ninh"), ("founded_on", "31/13/2021"), ("goal", HOSTILE)] {
            let spec = Kind::Model.field(key).unwrap();
            let input = typed.inputs.iter_mut().find(|i| i.key == key).unwrap();
            *input = input.clone().typed(spec, text);
        }
        typed.confirmed = HOSTILE.into();
        typed.alike = vec![
            alike("TIẾNG KẺNG AN NINH", Likeness::Certain, 12),
            alike("Tiếng kẻng an ninh trật tự", Likeness::LookAlike, 0),
            alike(HOSTILE, Likeness::LookAlike, 1),
        ];
        vec![blank.clone(), typed, Self { fault: Some("Ổ đĩa đã đầy.".into()), ..blank }]
    }
}

impl Samples for ReportsPage {
    fn samples() -> Vec<Self> {
        let model = |n: u8, figures| (RecordId([n; 16]), figures);
        let frozen = |points, models: Vec<(RecordId, [u64; 6])>| Frozen {
            totals: Totals {
                models: models.len() as u32,
                points,
                teams: 161,
                members: 1_394,
                new_points: 4,
                ended: 1,
                ..Totals::default()
            },
            as_of: None,
            by_model: models.into_iter().collect(),
        };
        let now = frozen(
            87,
            vec![model(1, [31, 62, 540, 30, 24, 1]), model(2, [14, 28, 260, 14, 9, 0]), model(3, [4, 4, 40, 0, 0, 0])],
        );
        let then = frozen(83, vec![model(1, [29, 58, 500, 29, 24, 0]), model(2, [14, 28, 260, 14, 9, 0])]);
        let names = ["Tiếng kẻng an ninh", "Ánh sáng an ninh", HOSTILE];
        let link = |id: RecordId| Link::new(names[usize::from(id.0[0]) - 1], "/models/01");
        let rows = |_: keng_web::pages::figures::Rows| "/points?show=counted".to_owned();
        let duty = |title: &str, due: &str, left: &str, state: Tag, on| DutyLine {
            title: Link::new(title, "/reports?period=2022-annual"),
            due: format!("trước {due}/2022"),
            left: left.into(),
            state,
            timeliness: None,
            on,
        };
        let open = |code: &str, points, blocks| OpenLine {
            sentence: OpenItem { code: code.into(), points }
                .sentence(&keng_domain::rule_pack::DirectingLetter::default()),
            rows: Link::new("Xem các điểm này", "/points?show=unrated"),
            blocks,
        };
        let mut received = duty("Báo cáo 6 tháng đầu năm 2022", "10/05", "", Tag::new(Tone::Ok, "Đã nhận"), false);
        received.timeliness = Some(Tag::new(Tone::Ok, "Đúng hạn"));
        let beside = Some(Other {
            name: "bản tỉnh đã nhận, 6 tháng đầu năm 2022", word: "trước", figures: &then
        });
        let figures = FiguresCard::of("Số liệu sẽ trình, năm 2022", &now, beside, link, rows);
        let page = Self {
            shell: shell(Place::Reports, &offline()),
            year: 2022,
            papers: vec![Link::new("Word", "/letters/rating/2022/docx")],
            returned: vec![],
            duties: vec![
                duty("Đề xuất quý I năm 2022", "10/03", "", Tag::new(Tone::Calm, "Không phát sinh"), false),
                received,
                duty("Báo cáo năm 2022", "10/11", "còn 2 ngày", Tag::new(Tone::Calm, "Đang soạn"), true),
                duty("Đề xuất quý IV năm 2022", "10/12", "còn 32 ngày", Tag::new(Tone::Calm, "Chưa đến hạn"), false),
            ],
            chosen: Chosen {
                period: "2022-annual".into(),
                title: "năm 2022".into(),
                figures,
                open: vec![open("UNRATED", 2, true), open("SPONTANEOUS", 1, false), open("X", 9, false)],
                standing: None,
                act: Some(HandIn {
                    summary: "3 mô hình, 87 điểm, 161 tổ, 1.394 thành viên; 4 điểm mới, 1 điểm chấm dứt trong kỳ. Còn mở 3 việc, sẽ ghi cùng báo cáo.".into(),
                    still_runs: Some("Kỳ năm 2022 còn đến hết ngày 09/11/2022.".into()),
                    seen: "00".into(),
                    nothing: false,
                    fault: None,
                }),
            },
        };
        let standing = Standing {
            state: Tag::new(Tone::Warn, "Trả lại"),
            times: vec![
                Fact::new("Trình lúc", "08/11/2022 16:50 · A Thiu"),
                Fact::new("Tỉnh nhận lúc", "08/11/2022 17:20"),
            ],
            sentence: "Đúng hạn: trình lúc 16:50 ngày 08/11/2022, tỉnh nhận lúc 17:20 ngày 08/11/2022; hạn là trước ngày 10/11/2022.".into(),
            clause: "Công văn 4267/BCĐ-NC, điểm 1.d".into(),
            nothing: true,
            page: Link::new("Xem số liệu đã chốt", "/submissions/01"),
        };
        let mut back = page.clone();
        back.returned = vec![Returned {
            title: "báo cáo năm 2022".into(),
            reason: HOSTILE.into(),
            act: Link::new("Xem và trình lại", "/reports?period=2022-annual"),
        }];
        back.chosen.standing = Some(standing);
        back.chosen.open.clear();
        if let Some(act) = &mut back.chosen.act {
            act.nothing = true;
            act.fault = Some(HOSTILE.into());
        }
        let mut over = back.clone();
        over.returned.clear();
        over.chosen.act = None;
        over.chosen.figures = FiguresCard::of("Số liệu sẽ trình, năm 2022", &frozen(0, vec![]), None, link, rows);
        vec![page, back, over]
    }
}

impl Samples for SyncPage {
    fn samples() -> Vec<Self> {
        let waiting = |change: &str| WaitingLine {
            at: "hôm nay 16:48".into(),
            record: Link::new("Chợ an toàn · chợ xã Đăk Hà", "/records/04/trace"),
            change: change.into(),
            officer: "A Thiu".into(),
        };
        let round = |at: &str, outcome, detail: &str| Round { at: at.into(), outcome, detail: detail.into() };
        let matter = |what: &str, data: &str, act: &str| Matter {
            what: what.into(),
            data: data.into(),
            act: Link::new(act, "/contests"),
        };
        let page = |state: &SyncChip| Self {
            shell: shell(Place::Sync, state),
            upload: upload(state),
            matters: vec![],
            refused: vec![],
            refused_total: 0,
            waiting: vec![waiting("Xếp loại năm 2022: Khá → Tốt"), waiting(HOSTILE)],
            waiting_total: 42,
            rounds: vec![
                round("05/11 17:02", Tag::new(Tone::Calm, "Chưa có mạng"), "đã lưu tại máy"),
                round("05/11 16:58", Tag::new(Tone::Ok, "Đã gửi 12"), "2 KB · nhận về 3"),
                round("05/11 16:50", Tag::new(Tone::Ok, "Không có gì mới"), "hai bên như nhau"),
            ],
            machine: vec![
                Fact::new("Đơn vị", "Huyện Tu Mơ Rông (617)"),
                Fact::new("Máy", "617-1, lần cài đặt thứ nhất"),
                Fact::new("Đồng hồ", "khớp với tỉnh (lệch 0,4 giây)").toned(Tone::Ok),
                Fact::new("Máy tỉnh", "keng.kontum.bca:7443"),
            ],
        };
        let reason = "Máy tỉnh từ chối chứng thư.".to_owned();
        let states = [
            offline(),
            SyncChip::AllAcknowledged { at: now(), received_until: None },
            SyncChip::Waiting { changes: 12 },
            SyncChip::Sending { done: 7, total: 12, bytes_left: 240 * 1024 },
            SyncChip::Stalled { since: at("2022-11-08T09:24:00Z"), reason, next_try: Some(now()) },
            SyncChip::NeedsPerson { matters: 2 },
            SyncChip::ClockProblem { offset_ms: 600_000 },
        ];
        let mut pages: Vec<Self> = states.iter().map(page).collect();
        pages[1].waiting.clear();
        pages[1].rounds.clear();
        pages[1].shell.notice = Some(Notice {
            tone: Tone::Ok,
            text: "Đã hỏi tỉnh lúc 16:50: không có gì mới để gửi hay nhận.".into(),
            way: None,
        });
        pages[5].matters = vec![
            matter("1 xung đột chờ chọn", "Số liệu tạm dùng giá trị của huyện.", "Xem"),
            matter("Máy này bị nhân bản", "Dữ liệu còn nguyên; tạm ngừng gửi.", "Cách xử lý"),
        ];
        pages[5].refused_total = 2;
        pages[5].refused = ["Xã Đăk Long, thôn Đăk Ác", HOSTILE]
            .map(|name| RefusedLine {
                at: "05/11 16:58".into(),
                records: vec![Link::new(name, "/records/04/trace")],
                why: "Đơn vị không được ghi vào địa bàn này".into(),
                act: "Hãy kiểm tra lại xã, phường của bản ghi.".into(),
                detail: format!("SCOPE · phạm vi area:kontum-2022:23428, mục 1: {name}"),
            })
            .into();
        pages
    }
}
