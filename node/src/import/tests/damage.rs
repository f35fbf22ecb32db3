//! Files that are broken, hostile, or something else altogether.

use std::io::{Cursor, Write};

use keng_domain::text::Legacy;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::super::Lookalike;
use super::{
    Context, HEADER, Layouts, Limits, RulePack, Unreadable, catalogue, fixture, read_as, read_sheet, read_within, xlsx,
};

const ROW: &str = "1 | Camera an ninh | Xã Đăk Môn | Thôn 1";

fn refused(bytes: &[u8]) -> Unreadable {
    read_as("kontum-2022/610", bytes).unwrap_err()
}

/// The same package with one part replaced.
pub(super) fn with_part(bytes: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = old.file_names().map(|n| n.unwrap().into_owned()).collect();
    for part in names.iter().filter(|n| *n != name) {
        new.raw_copy_file(old.by_name(part).unwrap()).unwrap();
    }
    new.start_file(name, SimpleFileOptions::default()).unwrap();
    new.write_all(content).unwrap();
    new.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_spreadsheet_is_named() {
    for (bytes, kind) in [
        (&b""[..], Lookalike::Nothing),
        (b"%PDF-1.7", Lookalike::Pdf),
        (b"<html><table>", Lookalike::WebPage),
        (b"K\xc3\xadnh g\xe1\xbb\xadi \xc4\x91\xe1\xbb\x93ng ch\xc3\xad", Lookalike::Unknown),
        (b"\x89PNG\r\n\x1a\n,;,;", Lookalike::Unknown),
    ] {
        assert_eq!(refused(bytes), Unreadable::NoSpreadsheet(kind));
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    assert_eq!(refused(&zip.finish().unwrap().into_inner()), Unreadable::NoSpreadsheet(Lookalike::Word));
}

#[test]
fn an_encrypted_workbook_asks_for_its_password_to_be_removed() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage").unwrap().write_all(b"secret").unwrap();
    file.flush().unwrap();
    assert_eq!(refused(&file.into_inner().into_inner()), Unreadable::Locked);
}

#[test]
fn a_bomb_is_refused_before_it_is_opened() {
    let limits = Limits { unpacked_bytes: 1024 * 1024, ..Limits::default() };
    let bomb = with_part(&xlsx(HEADER), "xl/media/bomb.bin", &vec![0; 2 * 1024 * 1024]);
    assert!(bomb.len() < 64 * 1024);
    let refused = |bytes: &[u8]| read_within("kontum-2022/610", bytes, &limits).unwrap_err();
    assert!(matches!(refused(&bomb), Unreadable::UnpacksTooLarge { .. }));
    // The same bomb that claims in both of its headers to be small.
    let mut liar = bomb;
    let size = (2 * 1024 * 1024_u32).to_le_bytes();
    for at in (0..liar.len() - 4).filter(|at| liar[*at..*at + 4] == size).collect::<Vec<_>>() {
        liar[at..at + 4].copy_from_slice(&16_u32.to_le_bytes());
    }
    assert!(matches!(refused(&liar), Unreadable::UnpacksTooLarge { .. } | Unreadable::Damaged { .. }));
}

#[test]
fn a_claim_of_a_billion_texts_is_refused() {
    let claim = br#"<?xml version="1.0"?><sst uniqueCount="90000000000"></sst>"#;
    let refused = refused(&with_part(&xlsx(&format!("{HEADER}\n{ROW}")), "xl/sharedStrings.xml", claim));
    assert!(matches!(refused, Unreadable::Damaged { .. }), "{refused:?}");
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    super::draw(sheet, &format!("{HEADER}\n{ROW}"));
    sheet.write(1_048_575, 16_383, "x").unwrap();
    assert_eq!(read_as("kontum-2022/610", &book.save_to_buffer().unwrap()).unwrap().rows, 1);
}

#[test]
fn limits_of_size_and_rows_hold() {
    let rows = format!("{HEADER}\n{}", format!("{ROW}\n").repeat(12));
    let read = |limits: Limits| read_within("kontum-2022/610", &xlsx(&rows), &limits);
    assert_eq!(read(Limits { rows: 12, ..Limits::default() }).unwrap().rows, 12);
    for rows in [5, 11] {
        let refused = read(Limits { rows, ..Limits::default() }).unwrap_err();
        assert!(matches!(refused, Unreadable::TooManyRows { .. }), "{refused:?}");
    }
    assert!(matches!(read(Limits { file_bytes: 100, ..Limits::default() }), Err(Unreadable::TooLarge { .. })));
    assert!(matches!(read(Limits { cells: 20, ..Limits::default() }), Err(Unreadable::TooManyCells { .. })));
    assert!(matches!(read(Limits { text_bytes: 99, ..Limits::default() }), Err(Unreadable::UnpacksTooLarge { .. })));
}

#[test]
fn a_legacy_file_is_measured_before_it_is_laid_out() {
    let legacy = fixture("node/tests/fixtures/618-2022.xls");
    let read = |limits: Limits| read_within("kontum-2022/618", &legacy, &limits);
    assert!(matches!(read(Limits { cells: 100, ..Limits::default() }), Err(Unreadable::TooManyCells { .. })));
    assert!(matches!(read(Limits { text_bytes: 99, ..Limits::default() }), Err(Unreadable::UnpacksTooLarge { .. })));
}

/// A small generator (splitmix64) with a fixed seed: a failure comes again with its number.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// Breaks a file 300 times in 300 ways; each must give an answer, whichever.
fn survives(importer: &str, original: &[u8], seed: u64) {
    let mut random = Random(seed);
    // A broken row number lays out a sheet of a million cells: allowed, but slow 300 times.
    let limits = Limits { cells: 50_000, ..Limits::default() };
    let (id, unit) = importer.split_once('/').unwrap();
    let (catalogue, unit, pack) = (catalogue(id), unit.parse().unwrap(), RulePack::kontum_2022());
    let context = Context {
        catalogue: &catalogue,
        unit: &unit,
        pack: &pack,
        layouts: &Layouts::default(),
        all: &Default::default(),
    };
    for round in 0..300 {
        let mut bytes = original.to_vec();
        if round % 5 == 0 {
            bytes.truncate(random.below(bytes.len()));
        } else {
            for _ in 0..=random.below(8) {
                let at = random.below(bytes.len());
                bytes[at] = random.below(256) as u8;
            }
        }
        if let Err(refused) = read_sheet(&bytes, &context, &limits) {
            assert!(refused.in_vietnamese().contains("Chưa ghi gì"), "round {round}");
        }
    }
}

#[test]
fn a_damaged_xlsx_never_panics() {
    survives("kontum-2022/610", &xlsx(&format!("{HEADER}\n{}", format!("{ROW}\n").repeat(10))), 4267);
}

/// Without compression and checksums in the way, damage reaches the XML itself.
#[test]
fn a_damaged_sheet_never_panics() {
    let whole = xlsx(&format!("{HEADER}\n{}", format!("{ROW}\n").repeat(10)));
    let mut part = Vec::new();
    let mut zip = ZipArchive::new(Cursor::new(&whole)).unwrap();
    std::io::Read::read_to_end(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut part).unwrap();
    let mut random = Random(124);
    for _ in 0..100 {
        let mut broken = part.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(broken.len());
            broken[at] = random.below(128) as u8;
        }
        let _ = read_as("kontum-2022/610", &with_part(&whole, "xl/worksheets/sheet1.xml", &broken));
    }
}

#[test]
fn a_damaged_csv_never_panics() {
    let row = ROW.replace(" | ", ";");
    let text = format!("sep=;\n{}\n{}", HEADER.replace(" | ", ";"), format!("\"Mô hình\";{row}\n").repeat(10));
    survives("kontum-2022/610", text.as_bytes(), 5712);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    survives("kontum-2022/610", &utf16, 1258);
    let old: Vec<u8> = Legacy::Tcvn3.encode(&text).chars().map(|c| u32::from(c) as u8).collect();
    survives("kontum-2022/610", &old, 1993);
}

#[test]
fn a_damaged_ods_never_panics() {
    let ods = super::open_document::ods(&format!("{HEADER}\n{}", format!("{ROW}\n").repeat(10)));
    survives("kontum-2022/610", &ods, 26_300);
    let content = super::open_document::content(&format!("{HEADER}\n{ROW}\n{ROW}"));
    let mut random = Random(300);
    for _ in 0..100 {
        let mut broken = content.clone().into_bytes();
        for _ in 0..=random.below(4) {
            let at = random.below(broken.len());
            broken[at] = random.below(128) as u8;
        }
        let _ = read_within(
            "kontum-2022/610",
            &with_part(&ods, "content.xml", &broken),
            &Limits { cells: 50_000, ..Limits::default() },
        );
    }
}

#[test]
fn a_damaged_xls_never_panics() {
    survives("kontum-2022/618", &fixture("node/tests/fixtures/618-2022.xls"), 2022);
}
