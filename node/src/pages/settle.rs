//! The acts that settle a point, on its page: one that arose by itself is recognised by a decision (R4), any
//! that runs is ended (R5).

use keng_domain::schema::{FieldSpec, Kind};
use keng_web::Input;
use keng_web::form::Typed;

/// The forms, with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settle {
    /// Number and date of the decision that recognises; none for a point that did not arise by itself.
    pub recognise: Vec<Input>,
    /// Ground and date of the end.
    pub end: Vec<Input>,
    /// Why nothing was written.
    pub fault: Option<String>,
}

impl Default for Settle {
    fn default() -> Self {
        Self {
            recognise: inputs(&[("recognise-number", "decision_no"), ("recognise-date", "decision_date")]),
            ..Self::of_running()
        }
    }
}

/// Fields of a point under names of their own: the form of the whole point stands on the same page.
fn inputs(of: &[(&str, &str)]) -> Vec<Input> {
    let spec = |key: &str| -> Option<&'static FieldSpec> { Kind::Point.field(key) };
    let input = |(name, key): &(&str, &str)| Some(Input { key: (*name).to_owned(), ..Input::of_field(spec(key)?, "") });
    of.iter().filter_map(input).collect()
}

impl Settle {
    /// The form of a point that is no spontaneous one that waits: it can only be ended.
    #[must_use]
    pub fn of_running() -> Self {
        Self {
            recognise: Vec::new(),
            end: inputs(&[("end-ground", "end_ground"), ("end-date", "ended_on")]),
            fault: None,
        }
    }

    /// Whether both ends are open.
    #[must_use]
    pub fn is_spontaneous(&self) -> bool {
        !self.recognise.is_empty()
    }

    /// The forms again, with what was typed and why nothing was written.
    pub fn refused(&mut self, typed: &Typed, why: &str) {
        for input in self.recognise.iter_mut().chain(&mut self.end) {
            typed.text(&input.key).clone_into(&mut input.value);
        }
        self.fault = Some(why.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::Settle;

    #[test]
    fn both_forms_have_both_fields_and_a_running_point_has_one_form() {
        let (settle, running) = (Settle::default(), Settle::of_running());
        assert_eq!((settle.recognise.len(), settle.end.len()), (2, 2));
        assert_eq!((running.recognise.len(), running.end), (0, settle.end));
    }
}
