//! PDF files to be judged: typst sets them from a template that a test may change.

use std::sync::LazyLock;

use serde_json::{Value, json};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

/// The template of Kẻng's own reports: a good starting point that changes spoil.
pub const TEMPLATE: &str = include_str!("../../../report/templates/report.typ");

static FACES: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let faces: [&[u8]; 4] = [
        include_bytes!("../../../report/fonts/Tinos-Regular.ttf"),
        include_bytes!("../../../report/fonts/Tinos-Bold.ttf"),
        include_bytes!("../../../report/fonts/Tinos-Italic.ttf"),
        include_bytes!("../../../report/fonts/Tinos-BoldItalic.ttf"),
    ];
    faces.iter().flat_map(|face| Font::iter(Bytes::new(*face))).collect()
});

struct Sheet {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    source: Source,
    data: Bytes,
}

fn id(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).unwrap()).intern()
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, _: FileId) -> FileResult<Source> {
        Ok(self.source.clone())
    }

    fn file(&self, asked: FileId) -> FileResult<Bytes> {
        if asked == id("report.json") { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FACES.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Sets `data` by `template`.
pub fn pdf(template: &str, data: &Value) -> Vec<u8> {
    let sheet = Sheet {
        library: LazyHash::new(Library::builder().build()),
        book: LazyHash::new(FontBook::from_fonts(FACES.iter())),
        source: Source::new(id("report.typ"), template.to_owned()),
        data: Bytes::new(serde_json::to_vec(data).unwrap()),
    };
    let document = typst::compile::<PagedDocument>(&sheet).output.unwrap();
    typst_pdf::pdf(&document, &PdfOptions::default()).unwrap()
}

/// What a report says, as the template takes it.
pub fn data() -> Value {
    let column = |title: &str| json!({ "title": title, "group": null, "share": 10, "align": "left" });
    let table = json!({
        "columns": [column("TT"), column("Tên mô hình")],
        "rows": [{ "kind": "plain", "cells": ["1", "Tiếng kẻng an ninh"] }],
    });
    let long = "Công an tỉnh đã chỉ đạo các đơn vị rà soát, thống kê, phân loại các mô hình phong trào toàn dân bảo vệ \
                an ninh Tổ quốc trên địa bàn, chấm dứt các mô hình hoạt động không đúng mục đích.";
    let paragraph = |text: &str| json!({ "kind": "paragraph", "text": text });
    let mut blocks = vec![
        paragraph(&format!("{long} Số liệu tại Phụ lục I và II kèm theo.")),
        json!({ "kind": "heading", "text": "I. TÌNH HÌNH, KẾT QUẢ" }),
    ];
    blocks.extend((1..=12).map(|n| paragraph(&format!("{n}. {long}"))));
    blocks.extend(["a", "b", "c", "d", "đ", "e", "g"].map(|letter| paragraph(&format!("{letter}) {long}"))));
    blocks.push(json!({ "kind": "table", "table": table }));
    blocks.push(paragraph(
        "Trên đây là báo cáo của Công an tỉnh Kon Tum, kính báo cáo Bộ Công an và Ủy ban nhân dân tỉnh./.",
    ));
    let annex = |n: &str, title: &str| {
        json!({
            "label": format!("Phụ lục {n}"), "title": title, "table": table, "note": "Số liệu chốt.",
            "reference": "(Kèm theo Báo cáo số 05/BC-CAT ngày 05 tháng 6 năm 2022 của Công an tỉnh)",
        })
    };
    json!({
        "cut_off": "2022-11-09",
        "head": {
            "superior": "BỘ CÔNG AN", "issuer": "CÔNG AN TỈNH KON TUM", "issuer_in_text": "Công an tỉnh Kon Tum",
            "number": "Số: 05/BC-CAT", "nation": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "motto": "Độc lập - Tự do - Hạnh phúc", "place_and_date": "Kon Tum, ngày 05 tháng 6 năm 2022",
        },
        "kind": "BÁO CÁO",
        "subject": "Kết quả xây dựng, nhân rộng mô hình, điển hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ quốc",
        "addressees": ["Bộ Công an (Cục V05)", "Ủy ban nhân dân tỉnh Kon Tum"],
        "blocks": blocks,
        "signer": ["GIÁM ĐỐC"], "secretary": null,
        "recipients": ["Như trên", "Lưu: VT, PV05"],
        "annexes": [annex("I", "THỐNG KÊ MÔ HÌNH"), annex("II", "THỐNG KÊ ĐƠN VỊ")],
    })
}
