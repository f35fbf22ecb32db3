//! Samples of the shared pages; each is rendered and checked.

use keng_domain::explanation::Tally;
use keng_domain::id::RecordId;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::half_points::judge_by_points;

use super::Standpoint;
use super::bundle::BundlePage;
use super::contests::{
    CandidateCard, ContestPage, ContestRow, ContestsPage, Decided, ParallelRow, Previous, Severity, WhatIf, WrittenLine,
};
use super::documents::{DocumentRow, DocumentsCard, RemovedRow, Upload};
use super::model_edit::{ModelEditPage, own_fields};
use super::models::{Filter, Found, FoundPoint, ModelPage, ModelRow, ModelsPage, PointLine};
use super::nominations::{NominationPage, NominationsPage};
use super::points::PointsPage;
use super::records::{RecordPage, RecordsPage};
use super::submission::SubmissionPage;
use super::trace::{EntryDetail, FieldLink, Step, TracePage, TracedField};
use crate::form::{Choice, Input, InputKind};
use crate::lint::{Samples, check_samples};
use crate::parts::{Cell, Count, Fact, Find, Link, Tag, Tone};
use crate::shell::{MenuItem, Notice, Period, Search, Shell, province_chip};
use crate::{Refusal, SyncChip};

mod duties;
mod points;

const HOSTILE: &str = "<script>alert(1)</script>\" onload=\"x' & \u{202e}Đắk";

#[test]
fn every_page_with_every_sample() {
    check_samples::<ModelsPage>("models");
    check_samples::<ModelPage>("model");
    check_samples::<ModelEditPage>("model-edit");
    check_samples::<PointsPage>("points");
    check_samples::<ContestsPage>("contests");
    check_samples::<ContestPage>("contest");
    check_samples::<TracePage>("trace");
    check_samples::<BundlePage>("bundle");
    check_samples::<Refusal>("refusal");
    check_samples::<SubmissionPage>("submission");
    check_samples::<NominationsPage>("nominations");
    check_samples::<NominationPage>("nomination");
    check_samples::<RecordsPage>("others");
    check_samples::<RecordPage>("other");
}

fn id(n: u8) -> RecordId {
    RecordId([n; 16])
}

fn shell(here: &str) -> Shell {
    let item = |key, label, href, waiting| MenuItem { key, label, href, waiting, here: key == here };
    Shell {
        unit: "Công an tỉnh Kon Tum · PV05".into(),
        menu: vec![
            item("board", "Toàn tỉnh", "/", 0),
            item("units", "Đơn vị & thiết bị", "/units", 0),
            item("models", "Mô hình", "/models", 0),
            item("contests", "Xung đột", "/contests", 3),
            item("merges", "Gộp mô hình", "/merges", 4),
            item("reports", "Báo cáo", "/reports", 0),
        ],
        search: Some(Search {
            action: "/models".into(),
            placeholder: "Tìm mô hình, điểm, đơn vị…".into(),
            query: String::new(),
        }),
        period: Some(Period { label: "Năm 2022".into(), others: vec![Link::new("Năm 2021", "?year=2021")] }),
        year: "2022".into(),
        chip: Some(province_chip(9, 10)),
        chip_href: "/units".into(),
        user: "Ng. T. Hạnh".into(),
        csrf: "token".into(),
        events: Some("/events".into()),
        notice: None,
    }
}

fn judged(points: u32, eligible: u32, effective: u32, unrated: u32) -> keng_domain::explanation::Judgement {
    let tally = Tally { points, eligible, effective, unrated, contested: unrated.min(1) };
    judge_by_points(tally, chrono::NaiveDate::from_ymd_opt(2022, 11, 9).unwrap(), &RulePack::kontum_2022())
}

impl Samples for ModelsPage {
    fn samples() -> Vec<Self> {
        let row = |n, name: &str, j, contests| ModelRow {
            id: id(n),
            name: name.into(),
            run_by: "10 đơn vị".into(),
            points: Count(69),
            teams: Count(148),
            members: Count(1_394),
            judgement: j,
            contests,
        };
        let full = Self {
            shell: shell("models"),
            standpoint: Standpoint::Province,
            period: "Năm 2022".into(),
            state: "9/10 đơn vị · đến 16:21".into(),
            query: String::new(),
            filters: [("Tất cả (29)", true), ("Hiệu quả (14)", false), ("Chưa đủ căn cứ (2)", false)]
                .map(|(label, on)| Filter { link: Link::new(label, "/models?verdict=x"), on })
                .into(),
            ways: vec![Link::new("Gộp mô hình (4)", "/merges"), Link::new("Hồ sơ khác", "/others")],
            rows: vec![
                row(1, "Ánh sáng an ninh", judged(30, 28, 22, 2), 1),
                row(2, "Camera an ninh", judged(12, 12, 4, 0), 0),
                row(3, "Tiếng kẻng an ninh", judged(70, 68, 31, 9), 2),
                row(4, "Tổ gác rẫy", judged(1, 0, 0, 0), 0),
            ],
            found: None,
        };
        let place = |label: &str| FoundPoint {
            place: Link::new(label, "/records/01/trace"),
            model: Some(Link::new("Tiếng kẻng an ninh", "/models/03")),
            decision: "112/QĐ-UBND · 14/04/2019".into(),
        };
        let found = Found {
            models: vec![Link::new(HOSTILE, "/models/05")],
            is_area: true,
            points: vec![place("thôn Mô Pả, Xã Đăk Hà"), place(HOSTILE)],
            points_total: Count(31),
            all_points: "/points?q=an+ninh".into(),
            units: vec![Link::new("Xã Đăk Hà, Huyện Tu Mơ Rông", "/units#unit-617")],
        };
        let searched = Self { query: "an ninh".into(), found: Some(found), ..full.clone() };
        let none = Self {
            rows: vec![],
            found: Some(Found::default()),
            query: HOSTILE.into(),
            standpoint: Standpoint::Area,
            ..full.clone()
        };
        let hostile = Self { rows: vec![row(5, HOSTILE, judged(2, 2, 1, 0), 0)], ..full.clone() };
        vec![full, none, hostile, searched]
    }
}

fn documents(upload: bool) -> DocumentsCard {
    let row = |n, name: &str, state: Tag| DocumentRow {
        id: id(n),
        file: Link::new(name, "/documents/00"),
        kind: "Kế hoạch".into(),
        about: "số 12/KH-BCĐ ngày 09/11/2022 của UBND huyện về việc phát động".into(),
        details: ["12/KH-BCĐ", "09/11/2022", "UBND huyện", "phát động", "Chủ tịch", HOSTILE, "5"].map(str::to_owned),
        size: "5,1 MB".into(),
        by: "A Thiu · hôm nay 16:48".into(),
        state,
    };
    DocumentsCard {
        record: id(3),
        summary: "1/2 tệp đã tới tỉnh".into(),
        checklist: Some(HOSTILE.into()),
        rows: vec![
            row(21, "KH 12.pdf", Tag::new(Tone::Ok, "đã tới tỉnh")),
            row(22, HOSTILE, Tag::new(Tone::Wait, "đang chờ gửi")),
        ],
        removed: vec![RemovedRow {
            id: id(23),
            name: HOSTILE.into(),
            kind: "Kế hoạch".into(),
            why: "đã gỡ: quét nhầm (A Thiu, 09/11/2022 16:48)".into(),
        }],
        upload: upload.then(|| Upload {
            csrf: "token".into(),
            bytes_max: 64 << 20,
            kind: String::new(),
            way: "Lưu ngay tại máy.",
        }),
    }
}

impl Samples for ModelPage {
    fn samples() -> Vec<Self> {
        let line = |n, place: &str, teams: Cell, rating: Cell, effect: Tag| PointLine {
            id: id(n),
            place: place.into(),
            unit: "Huyện Đăk Hà".into(),
            decision: "112/QĐ-UBND ngày 14/04/2019".into(),
            teams,
            members: Cell::number(31),
            rating,
            effect,
        };
        let contested = Cell::number(7).contested(&["7".into(), "9".into()], "c1");
        let open = judged(70, 68, 31, 9);
        let full = Self {
            shell: shell("models"),
            standpoint: Standpoint::Province,
            id: id(3),
            name: "Tiếng kẻng an ninh".into(),
            period: "Năm 2022".into(),
            state: "9/10 đơn vị · đến 16:21".into(),
            judgement: open,
            facts: vec![
                Fact::new("Lĩnh vực", "An ninh nông thôn"),
                Fact::new("Thực hiện", "10 đơn vị"),
                Fact::new("Xây dựng", "2019 (112/QĐ-UBND)"),
                Fact::new("Tổ · thành viên", "148 · 1.394"),
                Fact::new("Tên khác", "Kẻng an ninh; Tiếng kẻng an ninh trật tự"),
            ],
            points: vec![
                line(11, "thôn Mô Pả, xã Đăk Hà", Cell::number(3), Cell::text("Tốt"), Tag::new(Tone::Ok, "Hiệu quả")),
                line(12, "thôn Đăk Rơ Wang", contested, Cell::text("Khá"), Tag::new(Tone::Ok, "Hiệu quả")),
                line(
                    13,
                    "UBND xã Tu Mơ Rông",
                    Cell::number(1),
                    Cell::text("—"),
                    Tag::new(Tone::Calm, "Chưa đủ 6 tháng"),
                ),
            ],
            documents: documents(false),
        };
        let none = DocumentsCard { rows: vec![], ..documents(true) };
        let empty = Self {
            judgement: judged(0, 0, 0, 0),
            points: vec![],
            name: HOSTILE.into(),
            documents: none,
            ..full.clone()
        };
        let area = Self {
            standpoint: Standpoint::Area,
            documents: documents(true),
            judgement: judged(4, 4, 2, 0),
            ..full.clone()
        };
        vec![full, empty, area]
    }
}

impl Samples for ModelEditPage {
    fn samples() -> Vec<Self> {
        let value = |key: &str| match key {
            "name" => "Tiếng kẻng an ninh",
            "origin" => "CHI_DAO",
            "founded_on" => "2019-04-14",
            "goal" => "Giữ gìn an ninh, trật tự tại thôn, làng",
            _ => "",
        };
        let inputs = own_fields().map(|spec| Input::of_field(spec, value(spec.key)));
        let full = Self {
            shell: shell("models"),
            id: id(3),
            name: "Tiếng kẻng an ninh".into(),
            inputs: inputs.collect(),
            was: vec![("name".into(), "Tiếng kẻng an ninh".into())],
            reason: String::new(),
            fault: None,
        };
        let mut wrong = Self { name: HOSTILE.into(), reason: HOSTILE.into(), ..full.clone() };
        for (input, spec) in wrong.inputs.iter_mut().zip(own_fields()) {
            match spec.key {
                "name" => *input = input.clone().typed(spec, HOSTILE).tagged(Tag::new(Tone::Danger, "xung đột")),
                "founded_on" => *input = input.clone().typed(spec, "31/13/2021"),
                _ => {}
            }
        }
        let refused = Self { fault: Some("Ổ đĩa đầy: chưa ghi gì.".into()), ..full.clone() };
        vec![full, wrong, refused]
    }
}

impl Samples for ContestsPage {
    fn samples() -> Vec<Self> {
        let row = |n: u8, record: &str, field: &str, values: [&str; 2], severity, tips_verdict| ContestRow {
            id: format!("c{n}"),
            record: record.into(),
            field: field.into(),
            values: values.map(str::to_owned).into(),
            sides: vec!["Huyện Đăk Hà".into(), "Công an tỉnh (PV05)".into()],
            age: "2 ngày".into(),
            severity,
            tips_verdict,
        };
        let rows = vec![
            row(
                1,
                "Tiếng kẻng an ninh – thôn Đăk Rơ Wang",
                "Xếp loại năm 2022",
                ["Tốt", "Trung bình"],
                Severity::Contest,
                true,
            ),
            row(2, "Ánh sáng an ninh – thôn Mô Bành 2", "Số tổ", ["7", "9"], Severity::Contest, false),
            row(3, HOSTILE, "Ghi chú", [HOSTILE, ""], Severity::Contest, false),
        ];
        let line = |field: &str, value: &str, unit: &str, officer: &str| WrittenLine {
            field: Link::new(field, "/records/0c/trace?field=note"),
            value: value.into(),
            unit: unit.into(),
            officer: officer.into(),
            at: "05/11 16:58".into(),
            arrived: "tới tỉnh 16:17".into(),
        };
        let parallel = |name: &str, value: &str| ParallelRow {
            record: Link::new(name, "/records/0c/trace"),
            written: vec![
                line("Ghi chú", value, "Huyện Đăk Hà", "Trần Văn Bình"),
                line("Số quyết định", "77/QĐ-UBND", "Công an tỉnh (PV05)", "Nguyễn Thị Hạnh"),
            ],
        };
        let full = Self {
            shell: shell("contests"),
            rows,
            parallel: vec![
                parallel("Ánh sáng an ninh – thôn Mô Bành 2", "bổ sung 2 tổ từ tháng 10"),
                parallel(HOSTILE, HOSTILE),
            ],
            parallel_total: 2,
            find: Find::new("/contests", "", &[("year", "2021")]),
        };
        let calm = Self { rows: vec![], parallel: vec![], parallel_total: 0, ..full.clone() };
        let nothing = Self { find: Find::new("/contests", HOSTILE, &[]), ..calm.clone() };
        vec![Self { rows: vec![], ..full.clone() }, full, calm, nothing]
    }
}

impl Samples for ContestPage {
    fn samples() -> Vec<Self> {
        let levels = ["tot", "kha", "trung_binh", "yeu"].into_iter().zip(["Tốt", "Khá", "Trung bình", "Yếu"]);
        let two_units_differ = Self {
            shell: shell("contests"),
            standpoint: Standpoint::Province,
            id: "c1".into(),
            record: id(12),
            name: "Điểm “Tiếng kẻng an ninh – thôn Đăk Rơ Wang”".into(),
            field: "Kết quả đánh giá năm 2022".into(),
            severity: Severity::Contest,
            tips_verdict: true,
            position: "1 / 3".into(),
            next: Some("c2".into()),
            previous: Some(Previous {
                value: "Chưa đánh giá".into(),
                facts: vec![Fact::new("Ghi bởi", "Huyện Đăk Hà"), Fact::new("Lúc", "14/03/2022 09:12")],
            }),
            candidates: vec![
                candidate(
                    "Tốt",
                    "Huyện Đăk Hà",
                    [
                        ("Cán bộ", "Trần Văn Bình"),
                        ("Máy", "615-1 · lần cài đặt thứ nhất"),
                        ("Ghi lúc", "04/11/2022 15:40, khi mất mạng"),
                        ("Tới tỉnh", "08/11/2022 16:17 · mục 18.204"),
                        ("Đã thấy", "Chưa đánh giá (14/03)"),
                    ],
                ),
                candidate(
                    "Trung bình",
                    "Công an tỉnh (PV05)",
                    [
                        ("Cán bộ", "Nguyễn Thị Hạnh"),
                        ("Máy", "trạm tỉnh"),
                        ("Ghi lúc", "07/11/2022 10:05"),
                        ("Tới tỉnh", "07/11/2022 10:05 · mục 17.951"),
                        ("Đã thấy", "Chưa đánh giá (14/03)"),
                    ],
                ),
            ],
            what_if: Some(WhatIf {
                model: "Tiếng kẻng an ninh".into(),
                clause: "Điểm 1.c, Công văn 4267: “có từ 50% số điểm trở lên … được đánh giá là hiệu quả”".into(),
                rows: vec![("Tốt".into(), judged(70, 68, 34, 0)), ("Trung bình".into(), judged(70, 68, 33, 0))],
            }),
            interim: "Tốt".into(),
            other: Input {
                key: "value".into(),
                label: "Giá trị khác".into(),
                hint: None,
                kind: InputKind::Radio(levels.map(|(v, l)| Choice::new(v, l)).collect()),
                value: String::new(),
                error: None,
                tag: None,
            },
            reason: String::new(),
            faults: vec![],
            decided: None,
        };
        let mut refused = two_units_differ.clone();
        refused.faults = vec!["Cần ghi lý do".into()];
        refused.candidates[0].value = HOSTILE.into();
        refused.candidates[0].missing = Some("Chưa nhận đủ dữ liệu của bên này; có thể để sau.".into());
        refused.candidates.extend([refused.candidates[0].clone(), refused.candidates[1].clone()]);
        refused.next = None;
        let resolved = Self {
            standpoint: Standpoint::Area,
            decided: Some(Decided {
                value: "Tốt".into(),
                by: "Công an tỉnh (PV05) · Nguyễn Thị Hạnh · 08/11 16:40".into(),
                reason: "theo biên bản kiểm tra ngày 03/11/2022".into(),
                trace: Link::new("Xem hoặc hoàn tác", "/records/0c/trace"),
            }),
            what_if: None,
            previous: None,
            ..two_units_differ.clone()
        };
        vec![two_units_differ, refused, resolved]
    }
}

fn candidate(value: &str, unit: &str, facts: [(&str, &str); 5]) -> CandidateCard {
    CandidateCard {
        value: value.into(),
        unit: unit.into(),
        facts: facts.map(|(n, v)| Fact::new(n, v)).into(),
        reason: None,
        missing: None,
    }
}

impl Samples for TracePage {
    fn samples() -> Vec<Self> {
        let step =
            |tone, when: &str, unit: &str, who: &[&str], from: Option<&str>, to: &str, reason: Option<&str>, n| Step {
                tone,
                when: when.into(),
                unit: unit.into(),
                who: who.iter().map(|w| (*w).to_owned()).collect(),
                field: None,
                from: from.map(str::to_owned),
                to: to.into(),
                reason: reason.map(str::to_owned),
                remarks: vec![],
                entry: Some(Link::new(format!("mục {}", Count(n)), format!("?entry={n}"))),
            };
        let (hub, own) = ("Công an tỉnh (PV05)", "Huyện Tu Mơ Rông");
        let said = Some("theo quyết định 87/QĐ-UBND, đơn vị đã xác nhận");
        let mut steps = vec![
            step(Tone::Ok, "08/11 16:40", hub, &["Nguyễn Thị Hạnh", "trạm tỉnh"], None, "chọn 7", said, 18_377),
            step(Tone::Danger, "07/11 10:05", hub, &["Nguyễn Thị Hạnh", "trạm tỉnh"], Some("6"), "9", None, 17_951),
            step(Tone::Danger, "06/11 14:22", own, &["A Thiu", "617-1", "khi mất mạng"], Some("6"), "7", None, 18_204),
            step(
                Tone::Calm,
                "02/06 08:15",
                own,
                &["A Thiu", "617-1", "nhập tệp 617-2022.xlsx dòng 34"],
                None,
                "6",
                None,
                2_118,
            ),
        ];
        steps[1].remarks = vec!["đã thấy 6 (05/11 16:58)".into()];
        steps[2].remarks = vec!["đã thấy 6 (05/11 16:58)".into(), "tới tỉnh 08/11 16:17".into()];
        let field = |label: &str, on, contested| FieldLink { link: Link::new(label, "?field=x"), on, contested };
        let one = Self {
            documents: Some(documents(false)),
            shell: shell("models"),
            trail: vec![Link::new("Toàn tỉnh", "/"), Link::new("Ánh sáng an ninh", "/models/01")],
            name: "thôn Mô Bành 2, xã Đăk Na".into(),
            field: Some(TracedField { label: "Số tổ".into(), state: Tag::new(Tone::Ok, "7 · đã chọn") }),
            fields: vec![field("Tất cả", false, false), field("Số tổ", true, false), field("Ghi chú", false, true)],
            steps,
            entry: Some(EntryDetail {
                title: "Mục 18.204".into(),
                facts: vec![
                    Fact::new("Đơn vị", "Huyện Tu Mơ Rông (617)"),
                    Fact::new("Máy", "617-1, lần cài đặt thứ nhất"),
                    Fact::new("Dòng ghi", "số 1.306"),
                    Fact::new("Chữ ký", "✓ hợp lệ, đầu dòng ký 08/11 16:16").toned(Tone::Ok),
                    Fact::new("Sổ cái", "✓ có trong gốc 7f3a…c91e").toned(Tone::Ok),
                    Fact::new("Biên nhận", "đã trả đơn vị 08/11 16:17"),
                ],
                downloads: vec![Link::new("Tải bằng chứng", "/entries/18204")],
            }),
            whereabouts: vec![
                Fact::new("Báo cáo năm 2022, bản nháp 3", "biểu 1, dòng 7"),
                Fact::new("Tổng số tổ của huyện", "169"),
                Fact::new("Tổng số tổ toàn tỉnh", "1.394"),
            ],
            downloads: vec![Link::new("Xuất (JSON)", "/records/0c/trace.json")],
        };
        let mut all = Self { field: None, entry: None, whereabouts: vec![], ..one.clone() };
        all.name = HOSTILE.into();
        all.steps[0].field = Some("Ghi chú".into());
        all.steps[0].to = String::new();
        all.steps[1].entry = None;
        all.steps[2].to = HOSTILE.into();
        vec![one, all.clone(), Self { steps: vec![], ..all }]
    }
}

impl Samples for Refusal {
    fn samples() -> Vec<Self> {
        let now = "2022-11-08T09:50:00Z".parse().unwrap();
        let chip = SyncChip::Sending { done: 7, total: 12, bytes_left: 240 * 1024 }.chip(now);
        let notice =
            Notice { tone: Tone::Ok, text: "Đã lưu tại máy.".into(), way: Some(Link::new("Hoàn tác", "/x")) };
        let whole = Shell { chip: Some(chip), notice: Some(notice), ..shell("") };
        let broken = Self::broken(whole.clone(), "Bản ghi chưa đổi; những gì đã lưu vẫn còn.", HOSTILE.into());
        vec![Self::not_found(whole), broken, Self::stale_form(), Self::too_large(1 << 20)]
    }
}

impl Samples for BundlePage {
    fn samples() -> Vec<Self> {
        let page = Self {
            shell: Shell::bare(),
            back: Link::new("Gửi lên tỉnh", "/sync"),
            file: HOSTILE.into(),
            fault: None,
            facts: vec![],
            left: None,
            next: Some(Link::new("Xem", "/sync")),
        };
        let done = keng_desk::bundle::Imported {
            entries: 12,
            receipts: 3,
            refused: 1,
            already: 4,
            left: Some(HOSTILE.into()),
            more: false,
        };
        let taken = page.clone().with(&done, ["Mục mới", "", "Đã có từ trước", "Bị cách ly"]);
        vec![taken, Self { fault: Some(HOSTILE.into()), ..page }]
    }
}
