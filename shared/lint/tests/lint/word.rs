//! Papers as Word writes them, made here by hand and not by Kẻng: a report with everything that the
//! decree knows, and a letter.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The parts that a test may change.
#[derive(Clone)]
pub struct Word {
    pub document: String,
    pub header: String,
    pub styles: String,
}

const W: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing""#;
const HEADER: &str = r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="26"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr><w:sz w:val="26"/></w:rPr><w:instrText> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"#;
const STYLES: &str = r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Body"><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="both"/><w:ind w:firstLine="567"/><w:spacing w:before="120" w:line="264" w:lineRule="auto"/></w:pPr></w:style>
<w:style w:type="character" w:styleId="Strong"><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="table" w:styleId="TableGrid"><w:tblPr><w:tblBorders><w:top w:val="single"/><w:insideV w:val="single"/></w:tblBorders></w:tblPr></w:style>"#;

impl Word {
    fn of(body: &str) -> Self {
        Self {
            document: format!("<w:document {W}><w:body>{body}</w:body></w:document>"),
            header: format!("<w:hdr {W}>{HEADER}</w:hdr>"),
            styles: format!("<w:styles {W}>{STYLES}</w:styles>"),
        }
    }

    /// Zips it.
    pub fn bytes(&self) -> Vec<u8> {
        let relations = r#"<Relationships><Relationship Id="rId1" Target="header1.xml"/></Relationships>"#;
        let numbering = format!(
            r#"<w:numbering {W}><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"#
        );
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [
            ("word/document.xml", self.document.as_str()),
            ("word/header1.xml", &self.header),
            ("word/styles.xml", &self.styles),
            ("word/numbering.xml", &numbering),
            ("word/_rels/document.xml.rels", relations),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

/// A run: letters of `traits` (`b`, `i`, `26` for 13 pt).
fn run(traits: &str, text: &str) -> String {
    let property = |t: &str| match t.parse::<u32>() {
        Ok(half) => format!(r#"<w:sz w:val="{half}"/>"#),
        Err(_) => format!("<w:{t}/>"),
    };
    let properties: String = traits.split_whitespace().map(property).collect();
    format!(r#"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>"#)
}

fn line(align: &str, traits: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>{}</w:p>"#, run(traits, text))
}

fn body(traits: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="Body"/></w:pPr>{}</w:p>"#, run(traits, text))
}

/// A line drawn as Word draws one, anchored in an empty paragraph.
fn drawn(mm: u32) -> String {
    format!(
        r#"<w:p><w:r><w:drawing><wp:anchor><wp:extent cx="{}" cy="0"/></wp:anchor></w:drawing></w:r></w:p>"#,
        mm * 36_000
    )
}

fn columns(left: &str, right: &str, widths: [u32; 2]) -> String {
    let cell = |width: u32, inside: &str| {
        format!(r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{inside}</w:tc>"#)
    };
    format!("<w:tbl><w:tblPr/><w:tr>{}{}</w:tr></w:tbl>", cell(widths[0], left), cell(widths[1], right))
}

fn head(about: &str, number: &str) -> String {
    let left = [
        line("center", "26", "BỘ CÔNG AN"),
        line("center", "b 26", "CÔNG AN TỈNH KON TUM"),
        drawn(25),
        line("center", "26", number),
        about.to_owned(),
    ];
    let right = [
        line("center", "b 26", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        line("center", "b 28", "Độc lập - Tự do - Hạnh phúc"),
        drawn(60),
        line("center", "i 28", "Kon Tum, ngày 05 tháng 6 năm 2022"),
    ];
    columns(&left.concat(), &right.concat(), [3700, 5700])
}

fn to() -> String {
    let dash = |text: &str| format!(r#"<w:p><w:pPr><w:ind w:left="2700"/></w:pPr>{}</w:p>"#, run("", text));
    line("left", "", "Kính gửi:") + &dash("- Bộ Công an (Cục V05);") + &dash("- Ủy ban nhân dân tỉnh Kon Tum.")
}

fn closing() -> String {
    let left = [
        line("left", "b i 24", "Nơi nhận:"),
        line("left", "22", "- Như trên;"),
        line("left", "22", "- Thường trực Tỉnh ủy (b/c);"),
        line("left", "22", "- Lưu: VT, PV05."),
        line("left", "22", "PL.(300)"),
    ];
    let right = [
        line("center", "b", "TM. BAN CHỈ ĐẠO"),
        line("center", "b", "TRƯỞNG BAN"),
        line("center", "b", "Chủ tịch Ủy ban nhân dân tỉnh"),
        line("center", "b", "Lê Ngọc Tuấn"),
    ];
    columns(&left.concat(), &right.concat(), [4700, 4700])
}

fn section(size: &str) -> String {
    format!(
        r#"<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:pgSz {size}/><w:pgMar w:top="1134" w:right="851" w:bottom="1140" w:left="1701" w:header="567" w:footer="567"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>"#
    )
}

/// A report with bases, parts, sections, clauses, points, stamps of both kinds and two annexes.
pub fn report() -> Word {
    let annex = |n: &str, title: &str| {
        let grid = r#"<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tr><w:tc><w:p><w:r><w:rPr><w:sz w:val="20"/></w:rPr><w:t>TT</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"#;
        [
            line("center", "b 28", n),
            line("center", "b 26", title),
            line("center", "i 26", "(Kèm theo Báo cáo số 05/BC-CAT ngày 05 tháng 6 năm 2022 của Công an tỉnh)"),
            grid.to_owned(),
        ]
        .concat()
    };
    let parts = [
        head("", "Số: 05/BC-CAT"),
        line("center", "b 26", "KHẨN"),
        line("center", "b 26", "LƯU HÀNH NỘI BỘ"),
        line("center", "b", "BÁO CÁO"),
        line("center", "b", "Kết quả xây dựng mô hình"),
        drawn(25),
        to(),
        body("i", "Căn cứ Luật Công an nhân dân;"),
        body("i", "Căn cứ Thông tư số 124/2021/TT-BCA;"),
        body("i", "Theo đề nghị của Trưởng phòng PV05."),
        line("center", "b", "Phần I"),
        line("center", "b", "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ"),
        body("b", "I. NHỮNG KẾT QUẢ"),
        body("", "1. Đã duy trì các mô hình trên địa bàn, số liệu tại Phụ lục I và II kèm theo."),
        body("", "2. Đã làm được một số việc như sau:"),
        body("", "a) Việc thứ nhất;"),
        body("", "b) Việc thứ hai;"),
        body("", "c) Việc thứ ba;"),
        body("", "d) Việc thứ tư;"),
        body("", "đ) Việc thứ năm;"),
        body("", "e) Việc thứ sáu;"),
        body("", "g) Việc thứ bảy."),
        body("b", "II. TỒN TẠI, HẠN CHẾ"),
        body("", "Một số nơi chưa gửi báo cáo đúng hạn."),
        body("", "Trên đây là báo cáo của Công an tỉnh./."),
        closing(),
        format!("<w:p><w:pPr>{}</w:pPr></w:p>", section(r#"w:w="11906" w:h="16838""#)),
        annex("Phụ lục I", "THỐNG KÊ MÔ HÌNH"),
        format!("<w:p><w:pPr>{}</w:pPr></w:p>", section(r#"w:w="16838" w:h="11906""#)),
        annex("Phụ lục II", "THỐNG KÊ ĐƠN VỊ"),
        section(r#"w:w="16838" w:h="11906" w:orient="landscape""#),
    ];
    Word::of(&parts.concat())
}

/// A letter to one addressee: no type, "V/v" under the number.
pub fn letter() -> Word {
    let parts = [
        head(&line("center", "24", "V/v nâng cao chất lượng mô hình"), "Số: 15/CAT-PV05"),
        line("center", "", "Kính gửi: Công an các huyện"),
        body("", "Công an tỉnh đề nghị các đơn vị rà soát./."),
        closing(),
        section(r#"w:w="11906" w:h="16838""#),
    ];
    Word::of(&parts.concat())
}
