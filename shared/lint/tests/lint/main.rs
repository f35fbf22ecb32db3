//! Decree 30/2020 rule by rule: a paper that keeps it, and one that breaks it and nothing else.

#[path = "../../../report/tests/report/letter_sample.rs"]
mod letter_sample;
#[path = "../../../report/tests/report/sample.rs"]
#[expect(dead_code, reason = "the samples of the reports' own tests, of which some are not needed here")]
mod sample;

mod hostile;
mod letters;
mod pages;
mod press;
mod reports;
mod sheet_and_head;
mod spoil;
mod text_and_closing;
mod word;
