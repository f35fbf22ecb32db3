//! Samples of the province's own pages; each is rendered and checked.

use keng_domain::explanation::{Judgement, Tally, Verdict};
use keng_domain::id::RecordId;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::half_points::judge_by_points;
use keng_web::form::Input;
use keng_web::lint::{Samples, check_samples, faults};
use keng_web::pages::models::Filter;
use keng_web::{Choice, Count, Link, Shell, Tag, Tile, Tone};

use super::board::{BoardLive, BoardPage, NearModel, UnitLine, UnitState};
use super::calls::{CallRow, CallsPage, LateDuty};
use super::contacts::ContactPage;
use super::duties::{DutiesLive, DutiesPage, DutyCell, DutyRow};
use super::editions::{ChangesPage, EditionAct, EditionForm, EditionLine};
use super::machines::MachinesSaid;
use super::merges::{MergeLine, Merged, MergesPage, ModelName};
use super::ratings::{RatingRow, RatingsPage};
use super::reports::{MadeReport, ReportsPage, TemplateInForce};
use super::rules::{Adopted, ProposedPack, RulesPage, TemplateCard};
use super::spontaneous::{SpontaneousPage, SpontaneousRow};
use super::units::{NodeLine, OtherLog, OtherLogs, Quarantined, UnitNodes, UnitsPage};
use super::{Frame, Place};
use crate::rules::{Changed, Effect, Proposed};

const HOSTILE: &str = "<script>alert(1)</script>\" onload=\"x' & \u{202e}Đắk";

#[test]
fn every_page_with_every_sample() {
    check_samples::<BoardPage>("hub-board");
    check_samples::<DutiesPage>("hub-duties");
    check_samples::<CallsPage>("hub-calls");
    check_samples::<ContactPage>("hub-contact");
    check_samples::<RatingsPage>("hub-ratings");
    check_samples::<SpontaneousPage>("hub-spontaneous");
    check_samples::<UnitsPage>("hub-units");
    check_samples::<MergesPage>("hub-merges");
    check_samples::<ReportsPage>("hub-reports");
    check_samples::<RulesPage>("hub-rules");
    check_samples::<ChangesPage>("hub-changes");
}

#[test]
fn a_message_of_the_stream_is_well_formed_by_itself() {
    let page = &BoardPage::samples()[0];
    let message = format!("{}{}", page.shell.update(), page.live.oob());
    let duties = format!("{}{}", page.shell.update(), DutiesPage::samples()[0].live.oob());
    assert_eq!(faults(&duties), Vec::<String>::new());
    assert_eq!(faults(&message), Vec::<String>::new());
    assert!(message.contains("hx-swap-oob"));
    if let Some(folder) = std::env::var_os("KENG_PAGES") {
        std::fs::write(std::path::PathBuf::from(folder).join("event.html"), &message).unwrap();
    }
}

fn frame() -> Frame {
    Frame {
        unit: "Công an tỉnh Kon Tum · PV05".into(),
        user: "Ng. T. Hạnh".into(),
        year: 2022,
        current_year: 2022,
        years: vec![2021, 2022],
        csrf: "token".into(),
        complete: 9,
        units: 10,
        contests: 3,
        merges: 4,
        spontaneous: 3,
        waiting: (2, 1),
    }
}

fn shell(place: Place) -> Shell {
    frame().shell(place)
}

fn judged(eligible: u32, effective: u32, unrated: u32) -> Judgement {
    let tally = Tally { points: eligible, eligible, effective, unrated, contested: 0 };
    judge_by_points(tally, chrono::NaiveDate::from_ymd_opt(2022, 11, 9).unwrap(), &RulePack::kontum_2022())
}

fn unit(code: &str, name: &str, points: u32, teams: u32, at: &str, state: UnitState) -> UnitLine {
    let silent = matches!(state, UnitState::Silent { .. } | UnitState::Never);
    UnitLine {
        code: code.parse().unwrap(),
        name: name.into(),
        points: points.into(),
        rows: format!("/points?show=counted&unit={code}"),
        teams: teams.into(),
        stands_in: silent,
        pending: (!silent).then_some(Count(if state == UnitState::Sending { 128 } else { 0 })),
        is_complete: !silent,
        complete_to: at.into(),
        contests: if let UnitState::Contested(n) = state { n } else { 0 },
        last_contact: at.into(),
        state,
    }
}

fn tile(name: &str, value: u64, tone: Option<Tone>, change: Option<&str>, state: &str) -> Tile {
    let change = change.map(str::to_owned);
    Tile { name: name.into(), value: Count(value), tone, change, state: state.into(), href: "/models".into() }
}

impl Samples for BoardPage {
    fn samples() -> Vec<Self> {
        let ok = UnitState::Received;
        let near = |n, name: &str, judgement| NearModel { id: RecordId([n; 16]), name: name.into(), judgement };
        let mut live = BoardLive {
            tiles: vec![
                tile("Mô hình", 29, None, None, "9/10 đơn vị · đến 16:21"),
                tile("Điểm đang hoạt động", 1_689, None, Some("+6"), "9/10 đơn vị · đến 16:21"),
                tile("Hiệu quả", 14, Some(Tone::Ok), None, "12 chưa hiệu quả"),
                tile("Chưa đủ căn cứ", 2, Some(Tone::Warn), None, "chờ 1 đơn vị, 9 đánh giá"),
                tile("Xung đột", 3, Some(Tone::Danger), None, "1 có thể đổi kết luận"),
            ],
            units: vec![
                unit("608", "TP. Kon Tum", 109, 215, "16:19", ok),
                unit("610", "Đắk Glei", 91, 200, "16:20", ok),
                unit("611", "Ngọc Hồi", 66, 128, "16:12", ok),
                unit("612", "Đắk Tô", 40, 92, "16:21", UnitState::Sending),
                unit("613", "Kon Plông", 67, 144, "15:58", ok),
                unit("614", "Kon Rẫy", 59, 124, "16:20", ok),
                unit("615", "Đăk Hà", 78, 147, "16:17", UnitState::Contested(2)),
                unit("616", "Sa Thầy", 76, 144, "16:20", ok),
                unit("617", "Tu Mơ Rông", 83, 161, "06/11 08:40", UnitState::Silent { days: 3 }),
                unit("618", "Ia H'Drai", 20, 31, "16:03", UnitState::Quarantined(1)),
            ],
            footnote: "số gần nhất đã nhận, 06/11 08:40; máy của đơn vị còn thay đổi chưa gửi".into(),
            rehomed: vec![],
            near: vec![
                near(1, "Tiếng kẻng an ninh", judged(68, 31, 9)),
                near(2, "Trường học không ma túy", judged(31, 14, 4)),
                near(3, "Ánh sáng an ninh", judged(28, 22, 1)),
                near(4, "Chợ an toàn", judged(31, 21, 0)),
            ],
        };
        live.sort();
        let page = Self {
            shell: shell(Place::Board),
            title: "Báo cáo năm 2022".into(),
            due: "còn 2 ngày đến hạn (trước 10/11) · bộ quy tắc kontum-2022".into(),
            live,
        };
        let empty = BoardLive { tiles: vec![], units: vec![], footnote: String::new(), rehomed: vec![], near: vec![] };
        let mut hostile = page.clone();
        hostile.live.units[0].name = HOSTILE.into();
        hostile.live.units[1].state = UnitState::Never;
        hostile.live.units[2].state = UnitState::Revoked;
        hostile.live.near[0].name = HOSTILE.into();
        hostile.live.rehomed = vec![HOSTILE.into()];
        hostile.shell.unit = HOSTILE.into();
        vec![page.clone(), Self { live: empty, ..page }, hostile]
    }
}

impl Samples for DutiesPage {
    fn samples() -> Vec<Self> {
        let cell = |tone, text: &str, timeliness: Option<&str>| DutyCell {
            state: Tag::new(tone, text),
            part: None,
            timeliness: timeliness.map(|t| Tag::new(Tone::Calm, t)),
            letter: (tone == Tone::Danger)
                .then(|| Link::new("Huyện Tu Mơ Rông, năm 2022", "/letters/remind/2022-annual/617/docx")),
            record: (tone != Tone::Calm).then(|| Link::new("Huyện Tu Mơ Rông, năm 2022", "/submissions/01")),
        };
        let (late, back) = (cell(Tone::Danger, "Quá hạn 12 ngày", None), cell(Tone::Warn, "Trả lại", None));
        let (there, done) = (cell(Tone::Wait, "Đã trình", Some("Quá hạn")), cell(Tone::Ok, "Đã nhận", None));
        let offline = cell(Tone::Ok, "Đã nhận", Some("Đúng hạn (lập khi mất mạng)"));
        let (calm, soon) = (cell(Tone::Calm, "Không phát sinh", None), cell(Tone::Calm, "Chưa đến hạn", None));
        let drafting = cell(Tone::Calm, "Đang soạn", None);
        let rated = |of: &DutyCell| DutyCell { part: Some("27/30 điểm · 1 xung đột".into()), ..of.clone() };
        let row = |name: &str, half: &DutyCell, q4: &DutyCell, year: &DutyCell, at: &str, tone| DutyRow {
            name: name.into(),
            machines: machines(at, if tone == Tone::Warn { 128 } else { 0 }),
            cells: [&calm, half, &done, &calm, &rated(year), year, q4].map(DutyCell::clone).into(),
            tone,
        };
        let heads = ["Quý I", "6 tháng", "Quý II", "Quý III", "Xếp loại", "Năm", "Quý IV"];
        let due = ["10/03", "10/05", "10/06", "10/09", "10/11", "10/11", "10/12"];
        let live = DutiesLive {
            summary: "10 đơn vị · 1 quá hạn · 1 trả lại · 2 chờ tỉnh".into(),
            duties: heads.iter().zip(due).map(|(h, d)| ((*h).to_owned(), format!("trước {d}/2022"))).collect(),
            earlier: Some(Link::new("Năm 2021 còn 2 việc: 1 quá hạn · 1 trả lại · 0 chờ tỉnh", "/duties?year=2021")),
            waiting: (2, 1),
            rows: vec![
                row("Tu Mơ Rông", &done, &soon, &late, "06/11 08:40", Tone::Warn),
                row("Ia H'Drai", &offline, &soon, &back, "16:03", Tone::Ok),
                row("Đăk Hà", &done, &back, &there, "16:17", Tone::Danger),
                row("Đắk Tô", &calm, &soon, &there, "đang nối", Tone::Wait),
                row("TP. Kon Tum", &done, &drafting, &done, "16:19", Tone::Ok),
                row("Đắk Glei", &done, &soon, &done, "16:20", Tone::Ok),
            ],
        };
        let page = Self { shell: shell(Place::Duties), year: 2022, live };
        let mut hostile = page.clone();
        hostile.live.rows[0].name = HOSTILE.into();
        let empty = DutiesLive { rows: vec![], earlier: None, ..page.live.clone() };
        vec![page.clone(), Self { live: empty, ..page }, hostile]
    }
}

fn machines(at: &str, waiting: u64) -> MachinesSaid {
    MachinesSaid {
        last_contact: at.into(),
        waiting: Some(Count(waiting)),
        complete_to: "05/11 17:02".into(),
        clock: "chậm 10 phút".into(),
        version: "0.1.0".into(),
    }
}

impl Samples for ContactPage {
    fn samples() -> Vec<Self> {
        let input =
            |key: &str, value: &str| Input::of_field(keng_domain::schema::Kind::Contact.field(key).unwrap(), value);
        let page = Self {
            shell: shell(Place::Units),
            code: "617".parse().unwrap(),
            name: "Huyện Tu Mơ Rông".into(),
            inputs: vec![input("officer", "A Thanh"), input("phone", "0260 3862 123")],
            was: vec![("officer".into(), "A Thanh".into())],
            fault: None,
            trace: Some(Link::new("Ai ghi giá trị này?", "/records/01/trace")),
        };
        let wrong = Self {
            name: HOSTILE.into(),
            inputs: vec![input("phone", HOSTILE)],
            fault: Some(format!("“{HOSTILE}” không phải số điện thoại.")),
            trace: None,
            ..page.clone()
        };
        vec![page, wrong]
    }
}

impl Samples for RatingsPage {
    fn samples() -> Vec<Self> {
        let row = |model: &str, level: &str, effect| RatingRow {
            model: Some(Link::new(model, "/models/01")),
            place: Link::new("thôn Tu Thó, Xã Tê Xăng", "/records/01/trace"),
            decision: "12/QĐ-UBND · 20/02/2021".into(),
            level: level.into(),
            stage: "Đơn vị tự đánh giá · 90/100 điểm".into(),
            effect,
        };
        let filter = |label: &str, on| Filter { link: Link::new(label, "/ratings/617?year=2022"), on };
        let page = Self {
            shell: shell(Place::Ratings),
            year: 2022,
            code: "617".parse().unwrap(),
            name: "Huyện Tu Mơ Rông".into(),
            part: "27/30 điểm · 1 xung đột".into(),
            state: Tag::new(Tone::Danger, "Quá hạn 12 ngày"),
            filters: vec![filter("Chưa xếp loại (3)", true), filter("Đã xếp loại (27)", false)],
            rows: vec![
                row("Tổ gác rẫy", "", Tag::new(Tone::Calm, "Chưa đánh giá")),
                row(HOSTILE, "khác nhau", Tag::new(Tone::Danger, "Xung đột")),
            ],
            total: 3,
            more: Some("/ratings/617?from=200&year=2022".into()),
            minutes: ["DOCX", "PDF"].map(|f| Link::new(f, "/letters/rating/2022/617/docx")).into(),
            waiting: 26,
        };
        vec![page.clone(), Self { rows: vec![], more: None, minutes: vec![], waiting: 0, ..page }]
    }
}

impl Samples for CallsPage {
    fn samples() -> Vec<Self> {
        let late = |what: &str, days: &str| LateDuty {
            what: what.into(),
            days: days.into(),
            letters: ["DOCX", "PDF"].map(|f| Link::new(f, "/letters/remind/2022-annual/617/docx")).into(),
        };
        let row = CallRow {
            code: "617".parse().unwrap(),
            name: "Huyện Tu Mơ Rông".into(),
            late: vec![
                late("Báo cáo 6 tháng đầu năm 2022 (đã trả lại)", "195 ngày"),
                late("Báo cáo năm 2022", "11 ngày"),
            ],
            officer: Some("A Thanh".into()),
            phone: Some("0260 3862 123".into()),
            machines: machines("06/11 08:40", 128),
        };
        let never = CallRow {
            code: "618".parse().unwrap(),
            name: "Huyện Ia H'Drai".into(),
            late: vec![late("Báo cáo năm 2022", "1 ngày")],
            officer: None,
            phone: None,
            machines: MachinesSaid {
                last_contact: "chưa lần nào".into(),
                waiting: None,
                complete_to: "chưa lần nào gửi hết".into(),
                clock: String::new(),
                version: String::new(),
            },
        };
        let hostile =
            CallRow { name: HOSTILE.into(), officer: Some(HOSTILE.into()), phone: Some(HOSTILE.into()), ..row.clone() };
        let page = |rows| Self { shell: shell(Place::Calls), year: Some(2022), rows };
        vec![page(vec![row, never]), page(vec![hostile]), page(Vec::new())]
    }
}

impl Samples for SpontaneousPage {
    fn samples() -> Vec<Self> {
        let row = |unit: &str, place: &str, model: Option<&str>| SpontaneousRow {
            unit: unit.into(),
            place: Link::new(place, "/records/01/trace"),
            model: model.map(|m| Link::new(m, "/models/01")),
            teams: Count(1),
            members: Count(14),
            papers: ["Word", "PDF"].map(|f| Link::new(f, "/letters/recognise/01/docx")).into(),
        };
        let page = Self {
            shell: shell(Place::Spontaneous),
            period: "Năm 2022".into(),
            rows: vec![
                row("Huyện Đắk Glei", "thôn Đắk Ác, Xã Đắk Long", Some("Tiếng kẻng an ninh")),
                row("Huyện Tu Mơ Rông", "thôn Tu Thó, xã Tê Xăng", Some("Tổ gác rẫy")),
                row(HOSTILE, HOSTILE, None),
            ],
        };
        vec![page.clone(), Self { rows: vec![], ..page }]
    }
}

impl Samples for UnitsPage {
    fn samples() -> Vec<Self> {
        let node = |id: &str, state, pending| NodeLine {
            id: id.into(),
            incarnation: "lần cài đặt thứ nhất".into(),
            state,
            last_contact: "16:03".into(),
            complete_to: "16:03".into(),
            pending,
            clock: "khớp".into(),
            quarantined: Count(0),
            version: "0.1.0".into(),
        };
        let unit = |code: &str, name: &str, nodes| UnitNodes {
            code: code.parse().unwrap(),
            name: name.into(),
            contact: "0260 3862 123".into(),
            nodes,
        };
        let page = Self {
            shell: shell(Place::Units),
            summary: "10 đơn vị · 12 máy · 9 đã gửi hết".into(),
            rehomed: vec![
                "Huyện Tu Mơ Rông đã sắp xếp từ 01/07/2025; số liệu được tính cho Xã Đăk Sao, Xã Đăk Tờ Kan, \
                 Xã Tu Mơ Rông, Xã Măng Ri."
                    .into(),
            ],
            units: vec![
                unit(
                    "610",
                    "Huyện Đắk Glei",
                    vec![
                        node("610-1", Tag::new(Tone::Ok, "Đang nối"), Some(Count(0))),
                        node("610-2", Tag::new(Tone::Danger, "Bị thu hồi"), None),
                    ],
                ),
                unit("617", "Huyện Tu Mơ Rông", vec![node("617-1", Tag::new(Tone::Calm, "Ngoại tuyến"), None)]),
                unit("618", "Huyện Ia H'Drai", vec![]),
            ],
            other_logs: Some(OtherLogs {
                what: "2 máy đã thấy sổ cái khác của trạm này".into(),
                why: "Sổ cái của trạm từng dài hơn: có thể thư mục dữ liệu đã bị chép đè bằng bản cũ.".into(),
                seen: vec![
                    OtherLog {
                        at: "08/11 16:17 · 3 lần".into(),
                        node: "618-1".into(),
                        theirs: "18.377 mục, gốc 7f3a52c09b1de684…".into(),
                        ours: "18.370 mục".into(),
                    },
                    OtherLog {
                        at: "08/11 16:12".into(),
                        node: "610-1".into(),
                        theirs: "18.371 mục, gốc 00ffee1290ab34cd…".into(),
                        ours: "18.371 mục".into(),
                    },
                ],
                more: Some("Còn 12 lần nữa: keng-hub evidence list.".into()),
            }),
            quarantine: vec![Quarantined {
                at: "08/11 16:17".into(),
                node: "618-1".into(),
                reason: HOSTILE.into(),
                detail: format!("SCOPE · phạm vi area:kontum-2022:23428, mục 1: {HOSTILE}"),
                download: Link::new("Tải về (1 KB)", "/quarantine/q-1"),
            }],
        };
        vec![page.clone(), Self { units: vec![], quarantine: vec![], other_logs: None, ..page }]
    }
}

impl Samples for MergesPage {
    fn samples() -> Vec<Self> {
        let model = |n, name: &str, unit: &str, points| ModelName {
            id: RecordId([n; 16]),
            name: name.into(),
            unit: unit.into(),
            points: Count(points),
        };
        let line = |into, from| MergeLine { into, from };
        let page = Self {
            shell: shell(Place::Merges),
            certain: vec![
                line(
                    model(1, "Thôn bình yên, gia đình hòa thuận", "Đăk Hà", 24),
                    vec![
                        model(2, "THÔN BÌNH YÊN, GIA ĐÌNH HÒA THUẬN", "Sa Thầy", 11),
                        model(3, "Thôn bình yên, gia đình hoà thuận", "Kon Rẫy", 7),
                    ],
                ),
                line(
                    model(4, "Tiếng kẻng an ninh", "Đắk Tô", 30),
                    vec![model(5, "Tiếng kẻng  An ninh", "Đắk Glei", 12)],
                ),
            ],
            alike: vec![line(
                model(6, "Cụm an ninh liên hoàn", "Ngọc Hồi", 4),
                vec![model(7, HOSTILE, "Kon Plông", 2)],
            )],
            done: vec![Merged {
                from: model(8, "Camera an ninh trật tự", "TP. Kon Tum", 9),
                into: "Camera an ninh".into(),
                by: "Nguyễn Thị Hạnh · 08/11 16:40".into(),
            }],
        };
        vec![page.clone(), Self { certain: vec![], alike: vec![], done: vec![], ..page }]
    }
}

impl Samples for ChangesPage {
    fn samples() -> Vec<Self> {
        let page = Self {
            shell: shell(Place::Reports),
            title: "Báo cáo năm 2022".into(),
            before: "số 12/BC-CAT ngày 20/11/2022".into(),
            after: "đến mục 18.402".into(),
            lines: vec![
                ["Toàn tỉnh", "Số tổ", "1.394", "1.397"].map(str::to_owned),
                [HOSTILE, "Kết luận", "Chưa đủ căn cứ", "Hiệu quả"].map(str::to_owned),
            ],
            more: Some(240),
        };
        vec![page.clone(), Self { lines: vec![], more: None, ..page }]
    }
}

impl Samples for ReportsPage {
    fn samples() -> Vec<Self> {
        let files = ["DOCX", "XLSX", "PDF", "JSON"].map(|f| Link::new(f, "/reports/1/annual-2022"));
        let made = |title: &str, state| MadeReport {
            title: title.into(),
            cut: "điểm chốt 18.377 · gốc 7f3a…c91e · kontum-2022".into(),
            made: "08/11 16:40 · Nguyễn Thị Hạnh".into(),
            state,
            warning: None,
            files: files.clone().into(),
        };
        let edition = |n: u8, label: &str, tone, act: Option<EditionAct>| EditionLine {
            id: RecordId([n; 16]),
            title: "Báo cáo năm 2022".into(),
            cut: "đến mục 18.377".into(),
            state: Tag::new(tone, label),
            number: act.is_none().then(|| "số 12/BC-CAT ngày 20/11/2022".into()),
            replaces: None,
            act,
            changes: (n > 1).then(|| Link::new("Khác gì bản trước", "/editions/1/changes")),
            attempt: None,
        };
        let page = Self {
            editions: vec![],
            shell: shell(Place::Reports),
            template: TemplateInForce { name: "mẫu có sẵn của chương trình".into(), adopted: None },
            choices: vec![
                Choice::new("annual 2022", "Báo cáo năm 2022"),
                Choice::new("half-year 2022", "Báo cáo 6 tháng đầu năm 2022"),
                Choice::new("quarter 2022-Q4", "Đề xuất quý IV/2022"),
            ],
            chosen: "annual 2022".into(),
            fault: None,
            warnings: vec!["Chưa có số của Huyện Tu Mơ Rông từ 06/11 08:40".into(), "3 xung đột chưa chọn".into()],
            made: vec![
                made("Báo cáo năm 2022", Tag::new(Tone::Warn, "thiếu 1 đơn vị")),
                made("Báo cáo 6 tháng đầu năm 2022", Tag::new(Tone::Ok, "10/10 đơn vị")),
            ],
        };
        let fault = Some("Chưa lập được: chưa có đơn vị nào gửi số liệu.".to_owned());
        let template = TemplateInForce {
            name: "bieu-01-bca.xlsx".into(),
            adopted: Some("07/11 09:15 · Nguyễn Thị Hạnh".into()),
        };
        let tried = EditionForm { act: "issue".into(), number: HOSTILE.into(), date: "31/02/2022".into() };
        let refused = EditionLine {
            attempt: Some(("Ngày ban hành: “31/02/2022” không phải ngày.".into(), tried)),
            replaces: Some("thay thế số 12/BC-CAT ngày 20/11/2022".into()),
            ..edition(3, "Đã trình ký", Tone::Wait, Some(EditionAct::Issue))
        };
        let editions = vec![
            edition(4, "Dự thảo", Tone::Calm, Some(EditionAct::Submit)),
            refused,
            edition(2, "Đã ban hành", Tone::Ok, None),
            edition(1, "Đã được thay thế", Tone::Calm, None),
        ];
        let mut own = Self { template, editions, ..page.clone() };
        own.made[0].warning =
            Some("Mẫu thống kê đang dùng thiếu 1 tên ô nên XLSX không in: keng_tong_to (Tổng số tổ).".into());
        vec![page.clone(), own, Self { fault, made: vec![], warnings: vec![], ..page }]
    }
}

impl Samples for RulesPage {
    fn samples() -> Vec<Self> {
        let pack = RulePack::kontum_2022();
        let parameters = pack.parameters();
        let of = |group: &'static str| (group, parameters.iter().filter(|p| p.group == group).cloned().collect());
        let adopted = |what: &str| Adopted {
            what: what.into(),
            by: "Nguyễn Thị Hạnh, hôm nay 09:15".into(),
            reason: Some("theo Hướng dẫn 22".into()),
        };
        let page = Self {
            shell: shell(Place::Rules),
            pack: (pack.id.clone(), pack.name.clone()),
            basis: pack.basis.clone(),
            year: 2022,
            groups: vec![of("Kết luận"), of("Thời hạn"), of("Đề xuất")],
            history: vec![adopted("kontum-2022")],
            proposed: None,
            fault: None,
            template: TemplateCard {
                name: "mẫu có sẵn của chương trình".into(),
                built_in: true,
                names: 76,
                history: vec![],
                warnings: vec![],
                file: Link::new("Tải mẫu đang dùng", "/reports/template"),
            },
        };
        let changed = Changed {
            name: "Kết luận: Ngưỡng hiệu quả của mô hình".into(),
            before: Some("từ 50 % số điểm trở lên".into()),
            after: Some(HOSTILE.into()),
        };
        let moved = |n| (format!("Mô hình {n}"), Verdict::Effective, Verdict::NotEffective);
        let effects = vec![
            Effect { year: 2023, judges: true, models: (0..30).map(moved).collect() },
            Effect { year: 2022, judges: false, models: vec![] },
        ];
        let proposed = ProposedPack {
            file: HOSTILE.into(),
            toml: HOSTILE.into(),
            effect: Proposed { pack, changes: vec![changed], effects },
            reason: HOSTILE.into(),
        };
        let wrong = Self { proposed: Some(proposed), fault: Some(HOSTILE.into()), ..page.clone() };
        let mut own = page.clone();
        own.template =
            TemplateCard { name: HOSTILE.into(), built_in: false, warnings: vec![HOSTILE.into()], ..own.template };
        vec![page, wrong, own]
    }
}
