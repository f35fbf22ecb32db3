//! What the own unit says of a point for the year: its level and its points for each criterion, where they
//! stand and what a form says of them.

use keng_desk::acts::rating::{by_pack, points};
use keng_domain::field::{Fields, Value};
use keng_domain::point::{CRITERIA, RATINGS, rater_in};
use keng_domain::rules::criteria::{Sheet, sheet};
use keng_store::query::RecordView;
use keng_web::reading::Reading;
use keng_web::reading::model_edit::overtaken;

use crate::pages::point_edit::{CRITERION, PointEditPage, PointForm, RATING};

/// The own unit as the rater of one point.
pub(super) struct OwnRating<'r, 's> {
    r: &'r Reading<'s>,
    /// As the keys of the point name it.
    rater: String,
}

impl<'r, 's> OwnRating<'r, 's> {
    /// Of a point, or of a new one, which will lie in the own catalogue.
    pub(super) fn of(r: &'r Reading<'s>, view: Option<&RecordView>) -> Self {
        let me = r.store.identity().unit_key();
        Self { r, rater: view.map_or_else(|| me.code.to_string(), |view| rater_in(&view.scope, &me)) }
    }

    fn key(&self, collection: &str) -> String {
        format!("{collection}/{}/{}", self.r.year(), self.rater)
    }

    /// Level and points as they stand.
    pub(super) fn sheet(&self, fields: Option<&Fields>) -> Sheet {
        sheet(fields.unwrap_or(&Fields::default()), self.r.year(), &self.rater, &self.r.names.pack)
    }

    /// Reads what the form says of both; returns whether anything of it is wrong.
    pub(super) fn read(&self, page: &mut PointEditPage, form: &PointForm, values: &mut Vec<(String, Value)>) -> bool {
        let is_level_wrong = self.read_level(page, form, values);
        self.read_points(page, form, values) || is_level_wrong
    }

    fn read_level(&self, page: &mut PointEditPage, form: &PointForm, values: &mut Vec<(String, Value)>) -> bool {
        let Some(level) = form.get(RATING) else { return false };
        if level == form.was(RATING).unwrap_or(&page.rating.value) {
            return false;
        }
        level.clone_into(&mut page.rating.value);
        let value = match (level, self.r.names.pack.level(level)) {
            ("", _) => Value::Null,
            (_, Some(level)) => Value::from(level.code.as_str()),
            (_, None) => {
                page.rating.error = Some("Hãy chọn một mức trong danh sách".to_owned());
                return true;
            }
        };
        values.push((self.key(RATINGS), value));
        false
    }

    fn read_points(&self, page: &mut PointEditPage, form: &PointForm, values: &mut Vec<(String, Value)>) -> bool {
        let (key, pack) = (self.key(CRITERIA), &self.r.names.pack);
        let changed: Vec<String> = form.changed(&page.criteria).into_iter().map(|(key, _)| key).collect();
        for input in page.criteria.iter_mut().filter(|input| changed.contains(&input.key)) {
            let (line, typed) = (input.key.trim_start_matches(CRITERION).to_owned(), form.text(&input.key));
            input.error = form.overtaken(input).then(|| overtaken(&input.value));
            typed.clone_into(&mut input.value);
            match points(pack, &line, typed) {
                Ok(value) => values.push((format!("{key}/{line}"), value)),
                Err(why) => input.error = Some(why),
            }
        }
        if !changed.is_empty() {
            values.push(by_pack(&key, pack));
        }
        page.criteria.iter().any(|input| input.error.is_some())
    }
}
