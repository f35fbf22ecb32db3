//! Pages as pictures, and Word documents as texts, as they were looked at and found right.
//!
//! `KENG_GOLDEN=write` keeps what is made now; look at it before it is committed.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::Command;

use keng_domain::letter::Letter;
use keng_report::{Format, render_letter};

use crate::letter_sample::decided::{ending, notice, recognition, returned_report};
use crate::letter_sample::unit::{nomination, score, unit_report};
use crate::letter_sample::{minutes, proposal, rating, reminder};
use crate::sample::{Sample, paragraphs};

/// A pixel differs when its grey does by more than this: smoothing is no difference.
const GREY: u8 = 64;
/// Of a thousand pixels, one may differ: another poppler draws edges otherwise, a moved line is more.
const DIFFERING_PER_MILLE: usize = 1;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn is_kept_anew() -> bool {
    std::env::var_os("KENG_GOLDEN").is_some_and(|v| v == "write")
}

/// One of each paper, by a short name.
fn papers() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let of = |letter: &Letter| [Format::Docx, Format::Pdf].map(|f| render_letter(letter, f).unwrap());
    let report = Sample::default().with_contests();
    let correction = Sample::default().with_movement().with_nominations().correcting();
    let half_year = Sample { kind: "half-year", ..Sample::default() };
    let named = |name, [docx, pdf]: [Vec<u8>; 2]| (name, docx, pdf);
    vec![
        named("bao-cao", [Format::Docx, Format::Pdf].map(|f| report.render(f))),
        named("thay-the", [Format::Docx, Format::Pdf].map(|f| correction.render(f))),
        named("sau-thang", [Format::Docx, Format::Pdf].map(|f| half_year.render(f))),
        named("cong-van", of(&Letter::Reminder(reminder()))),
        named("to-trinh", of(&Letter::Proposal(proposal()))),
        named("bien-ban", of(&Letter::Minutes(Box::new(minutes())))),
        // A name that does not begin with another one's: pages are kept by their beginning.
        named("xep-loai", of(&Letter::Rating(Box::new(rating())))),
        // As above: `bao-cao` is the province's.
        named("don-vi", of(&Letter::Report(Box::new(unit_report())))),
        named("de-xuat", of(&Letter::Nomination(Box::new(nomination())))),
        named("thong-bao", of(&Letter::Notice(Box::new(notice())))),
        named("tra-lai", of(&Letter::SentBack(Box::new(returned_report())))),
        named("cong-nhan", of(&Letter::Settling(Box::new(recognition())))),
        named("cham-dut", of(&Letter::Settling(Box::new(ending())))),
        named("cham-diem", of(&Letter::Score(Box::new(score())))),
    ]
}

/// A page in greys.
struct Picture {
    width: u32,
    height: u32,
    greys: Vec<u8>,
}

impl Picture {
    /// As pdftoppm writes one: `P5`, width, height, 255, greys.
    fn read(pgm: &[u8]) -> Self {
        let head = pgm.iter().enumerate().filter(|(_, b)| b.is_ascii_whitespace()).nth(3).unwrap().0 + 1;
        let words: Vec<&str> = std::str::from_utf8(&pgm[..head]).unwrap().split_whitespace().collect();
        assert_eq!((words[0], words[3]), ("P5", "255"));
        Self { width: words[1].parse().unwrap(), height: words[2].parse().unwrap(), greys: pgm[head..].to_vec() }
    }

    /// As it is kept.
    fn open(file: &Path) -> Self {
        let bytes = BufReader::new(File::open(file).unwrap_or_else(|e| panic!("{}: {e}", file.display())));
        let mut picture = png::Decoder::new(bytes).read_info().unwrap();
        let mut greys = vec![0; picture.output_buffer_size().unwrap()];
        let info = picture.next_frame(&mut greys).unwrap();
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Eight));
        Self { width: info.width, height: info.height, greys }
    }

    fn keep(&self, file: &Path) {
        let mut picture = png::Encoder::new(BufWriter::new(File::create(file).unwrap()), self.width, self.height);
        picture.set_color(png::ColorType::Grayscale);
        picture.set_compression(png::Compression::High);
        picture.write_header().unwrap().write_image_data(&self.greys).unwrap();
    }
}

/// The pages of a PDF, in order.
fn pictures(pdf: &[u8]) -> Vec<Picture> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("paper.pdf"), pdf).unwrap();
    let done = Command::new("pdftoppm").args(["-r", "50", "-gray", "paper.pdf", "page"]).current_dir(&folder).status();
    assert!(done.expect("pdftoppm is missing; ./check installs it (poppler-utils)").success());
    let made = kept("page-", folder.path());
    made.iter().map(|page| Picture::read(&std::fs::read(page).unwrap())).collect()
}

/// Files of a folder that begin so, in order.
fn kept(begin: &str, folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        all.filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(begin))).collect();
    pages.sort();
    pages
}

#[test]
fn pages_look_as_they_were_found_right() {
    for (name, _, pdf) in papers() {
        let (pages, begin) = (pictures(&pdf), format!("{name}-"));
        if is_kept_anew() {
            kept(&begin, &folder()).iter().for_each(|old| std::fs::remove_file(old).unwrap());
            for (number, page) in (1..).zip(&pages) {
                page.keep(&folder().join(format!("{begin}{number}.png")));
            }
        }
        let golden = kept(&begin, &folder());
        assert_eq!(pages.len(), golden.len(), "pages of {name}");
        for (now, file) in pages.iter().zip(&golden) {
            let then = Picture::open(file);
            assert_eq!((now.width, now.height), (then.width, then.height), "size of {}", file.display());
            let differing = now.greys.iter().zip(&then.greys).filter(|(a, b)| a.abs_diff(**b) > GREY).count();
            let bound = DIFFERING_PER_MILLE * now.greys.len();
            assert!(differing * 1_000 <= bound, "{differing} pixels differ in {}", file.display());
        }
    }
}

#[test]
fn word_documents_say_what_was_found_right() {
    for (name, docx, _) in papers() {
        let file = folder().join(format!("{name}.txt"));
        let made = paragraphs(&docx).join("\n") + "\n";
        if is_kept_anew() {
            std::fs::write(&file, &made).unwrap();
        }
        assert_eq!(made, std::fs::read_to_string(&file).unwrap(), "{}", file.display());
    }
}
