//! The same cut gives the same bytes (I7), whatever else the process has rendered.

use std::thread;

use keng_report::{Format, render};

use crate::sample::Sample;

fn formats() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|f| cfg!(feature = "pdf") || *f != Format::Pdf)
}

#[test]
fn two_renderings_are_equal_also_with_another_report_between() {
    let figures = Sample::default().with_contests().figures();
    let other = Sample { kind: "half-year", bell: "Chợ an toàn".to_owned(), ..Sample::default() }.figures();
    for format in formats() {
        let first = render(&figures, format).unwrap();
        let between = render(&other, format).unwrap();
        assert_ne!(first, between, "{format}");
        assert!(render(&figures, format).unwrap() == first, "{format} differs");
    }
}

#[test]
fn two_threads_render_the_same() {
    let figures = Sample::default().with_contests().figures();
    for format in formats() {
        let [a, b] = thread::scope(|scope| {
            let both = [(); 2].map(|()| scope.spawn(|| render(&figures, format).unwrap()));
            both.map(|thread| thread.join().unwrap())
        });
        assert!(a == b, "{format} differs between threads");
    }
}

#[test]
fn figures_made_again_give_the_same() {
    for format in formats() {
        let of = || Sample::default().with_contests().render(format);
        assert!(of() == of(), "{format} differs");
    }
}
