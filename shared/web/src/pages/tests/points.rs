//! Samples of the grid of points.

use super::{HOSTILE, shell};
use crate::form::Choice;
use crate::lint::Samples;
use crate::pages::Standpoint;
use crate::pages::models::Filter;
use crate::pages::points::{PointRow, PointsPage};
use crate::parts::{Cell, Link, Tag, Tone};

impl Samples for PointsPage {
    fn samples() -> Vec<Self> {
        let row = |n: u8, model: &str, place: &str, date: &str, members: u64, level: &str, mark| PointRow {
            act: Link::new("Sửa", format!("/points/{n}/edit")),
            number: n.into(),
            model: Cell::text(model),
            place: Cell::text(place),
            unit: "Huyện Tu Mơ Rông".into(),
            decision_no: Cell::text("112/QĐ-UBND"),
            decision_date: Cell::text(date),
            teams: Cell::number(3),
            members: Cell::number(members),
            rating: Cell::text(level),
            papers: vec![],
            mark,
        };
        let waiting = || Some(Tag::new(Tone::Wait, "↑ chờ gửi"));
        let mut rows = vec![
            row(1, "Tiếng kẻng an ninh", "thôn Mô Pả, xã Đăk Hà", "14/04/2019", 31, "Tốt", None),
            row(2, "Tiếng kẻng an ninh", "thôn Ty Tu, xã Đăk Hà", "14/04/2019", 24, "Khá", None),
            row(
                3,
                "Ánh sáng an ninh",
                "thôn Mô Bành 2, xã Đăk Na",
                "02/06/2020",
                46,
                "Tốt",
                Some(Tag::new(Tone::Danger, "xung đột")),
            ),
            row(4, "Chợ an toàn", "chợ xã Đăk Hà", "20/03/2021", 12, "Tốt", waiting()),
            row(5, "Camera an ninh", "UBND xã Tu Mơ Rông", "11/09/2021", 6, "", waiting()),
            row(
                6,
                "Dòng họ tự quản về an ninh, trật tự",
                "thôn Long Leo, xã Đăk Rơ Ông",
                "08/05/2018",
                42,
                "Khá",
                None,
            ),
            row(7, "Già làng với an ninh buôn làng", "thôn Tu Thó, xã Tê Xăng", "19/08/2020", 38, "Tốt", None),
            row(
                8,
                "Tổ liên gia tự quản",
                "thôn Đăk Chum 1, xã Tu Mơ Rông",
                "31/13/2021",
                27,
                "Khá",
                Some(Tag::new(Tone::Danger, "ngày sai")),
            ),
            row(
                9,
                "Biên giới bình yên",
                "thôn Ba Tu 1, xã Ngọk Yêu",
                "10/10/2022",
                20,
                "",
                Some(Tag::new(Tone::Calm, "< 6 tháng")),
            ),
            row(
                10,
                "Thôn bình yên, gia đình hòa thuận",
                "thôn Long Tum, xã Ngọk Lây",
                "05/09/2019",
                33,
                "Trung bình",
                None,
            ),
        ];
        rows[2].teams = rows[2].teams.clone().contested(&["7".into(), "9".into()], "c1");
        rows[7].decision_date = rows[7].decision_date.clone().wrong("Ngày không có thật");
        let filter = |label: &str, on| Filter { link: Link::new(label, "/points?show=x"), on };
        let page = Self {
            shell: shell("models"),
            standpoint: Standpoint::Area,
            summary: "87 điểm · 2 chưa đánh giá · 1 xung đột".into(),
            year: 2022,
            query: String::new(),
            show: String::new(),
            period: String::new(),
            units: vec![],
            unit: String::new(),
            filters: vec![
                filter("Tất cả", true),
                filter("Chưa đánh giá (2)", false),
                filter("Xung đột (1)", false),
                filter("Tự phát (1)", false),
            ],
            rows,
            total: 87,
            more: Some("/points?from=11".into()),
        };
        let mut hostile = page.clone();
        hostile.rows[0].model = Cell::text(HOSTILE);
        hostile.rows[1].place = Cell::text("x".repeat(300));
        hostile.rows[2].unit = HOSTILE.into();
        let of_all = Self {
            standpoint: Standpoint::Province,
            show: "counted".into(),
            period: "2022-half".into(),
            units: vec![Choice::new("", "Mọi đơn vị"), Choice::new("617", "Huyện Tu Mơ Rông")],
            unit: "617".into(),
            ..hostile.clone()
        };
        let none = Self { rows: vec![], more: None, ..page.clone() };
        vec![page, Self { query: HOSTILE.into(), ..none.clone() }, none, hostile, of_all]
    }
}
