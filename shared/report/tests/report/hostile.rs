//! Names that would break a format, or say something else than they show.

use keng_report::Format;

use crate::sample::{Sample, paragraphs, unzip};

const HOSTILE: [&str; 9] = [
    "<w:p/><script>alert(1)</script> & \"x\" 'y'",
    "#set page(width: 1pt) $x$ *đậm* _nghiêng_ `a` @b <c> \\ // [",
    "\u{202e}gnăn gneit\u{202c} \u{200f}\u{feff}\u{2066}x",
    "a\u{0}b\u{8}c\u{1b}[31md\u{ffff}e\u{fffe}f\u{85}g\u{9f}h",
    "🔔 鐘 ع \u{e000} \u{fffd} \u{10ffff}",
    "]]><!-- &#0; &amp;lt; --> ${x} {{y}} %s %n",
    "w14:paraId=\"1\" <w:cantSplit /> <w:trPr /> >unknown<",
    "tiê\u{301}ng ke\u{309}ng \u{301}\u{301}\u{301}\u{301}",
    "\n\n\t \r\n",
];

fn with_name(name: &str) -> Sample {
    let officer = name.to_owned();
    Sample { bell: name.to_owned(), fields: name.to_owned(), officer, ..Sample::default() }.with_contests()
}

/// All formats that this build has; a PDF takes a second in an unoptimised build.
fn render_all(sample: &Sample, what: &str) {
    for format in Format::ALL.into_iter().filter(|f| cfg!(feature = "pdf") || *f != Format::Pdf) {
        assert!(sample.render(format).len() > 1_000, "{format} of {what:?}");
    }
}

#[test]
fn no_name_breaks_a_format() {
    let long = ["ống ".repeat(2_500), "ư".repeat(10_000)];
    let names: Vec<&str> = HOSTILE.into_iter().chain(long.iter().map(String::as_str)).collect();
    for three in names.chunks(3) {
        let at = |i: usize| three[i % three.len()].to_owned();
        let sample = Sample { bell: at(0), fields: at(1), officer: at(2), ..Sample::default() };
        render_all(&sample.with_contests(), &three.join(" | "));
    }
}

#[test]
fn a_province_may_have_any_name_too() {
    for province in [HOSTILE.concat(), HOSTILE[8].to_owned()] {
        render_all(&Sample { province: province.clone(), ..Sample::default() }, &province);
    }
}

#[test]
fn markup_is_printed_as_it_stands() {
    for name in [HOSTILE[0], HOSTILE[5], HOSTILE[6]] {
        let lines = paragraphs(&with_name(name).render(Format::Docx));
        assert!(lines.iter().any(|line| line == name), "{name:?} is missing in\n{}", lines.join("\n"));
    }
}

#[test]
fn what_xml_forbids_is_left_out() {
    for name in HOSTILE {
        for format in [Format::Docx, Format::Xlsx] {
            for (part, xml) in unzip(&with_name(name).render(format)) {
                let bad = xml.chars().find(|c| {
                    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
                        || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202e}' | '\u{feff}')
                });
                assert_eq!(bad, None, "{part} of {name:?}");
            }
        }
    }
}

#[test]
fn a_name_of_ten_kilobytes_is_cut_on_paper_and_whole_in_json() {
    let long = "kẻng ".repeat(2_500);
    let sample = with_name(&long);
    let json = String::from_utf8(sample.render(Format::Json)).unwrap();
    assert!(json.contains(&long));
    let lines = paragraphs(&sample.render(Format::Docx));
    assert!(lines.iter().any(|line| line.ends_with("kẻng…") && line.chars().count() == 300));
}
