//! What stands behind a field: lines of a trace grouped as people read them.

use keng_domain::field::{Candidate, Value};
use keng_domain::id::RecordId;
use keng_store::query::RecordView;
use keng_store::trace::{Base, TraceLine};

use super::Reading;
use crate::format;

/// All that was written about one year's rating belongs together: each rater's own value and
/// the province's choice. Other fields stand for themselves.
#[must_use]
pub fn group_of(field: &str) -> String {
    let mut parts = field.split('/');
    match (parts.next(), parts.next()) {
        (Some("ratings" | "approved"), Some(year)) => format!("ratings/{year}"),
        _ => field.to_owned(),
    }
}

/// The line of a trace that wrote a candidate.
#[must_use]
pub fn line_of<'a>(lines: &'a [TraceLine], candidate: &Candidate) -> Option<&'a TraceLine> {
    lines.iter().rev().find(|l| {
        l.author.incarnation == candidate.author.incarnation
            && l.author.device_time_ms == candidate.author.device_time_ms
            && l.value == candidate.value
    })
}

impl Reading<'_> {
    /// `6 (05/11 16:58)`, `7 ↔ 9`; [`None`] for a first value.
    #[must_use]
    pub fn seen(&self, kind: &str, field: &str, base: &[Base]) -> Option<String> {
        let shown = |b: &Base| {
            let value = self.shown(kind, field, &b.value);
            format!("{value} ({})", format::stamp(format::of_millis(b.device_time_ms)))
        };
        (!base.is_empty()).then(|| base.iter().map(shown).collect::<Vec<_>>().join(" ↔ "))
    }

    /// [`Reading::shown`], for a record that is at hand.
    #[must_use]
    pub fn shown_of(&self, view: &RecordView, field: &str, value: &Value) -> String {
        if field == "unit" { self.names.value_of(view, field, value) } else { self.shown(&view.kind, field, value) }
    }

    /// A value as people read it; a rating that was cleared is "not rated".
    #[must_use]
    pub fn shown(&self, kind: &str, field: &str, value: &Value) -> String {
        match value {
            Value::Null if field.starts_with("ratings") || field.starts_with("approved") => "Chưa đánh giá".to_owned(),
            Value::Int(n) => keng_domain::text::thousands(n.unsigned_abs()),
            _ if field == "record" => self.record_named(value),
            _ => self.names.value(kind, field, value),
        }
    }

    /// What the record is called that a value names; the value itself when there is none here.
    pub(super) fn record_named(&self, value: &Value) -> String {
        let id = value.as_text().and_then(|t| t.parse::<RecordId>().ok());
        let of = id.and_then(|id| self.store.record(id).ok().flatten());
        of.map_or_else(|| value.to_string(), |view| self.names.record(&view))
    }
}

#[cfg(test)]
mod tests {
    use super::group_of;

    #[test]
    fn a_rating_is_traced_with_the_choice_between_raters() {
        assert_eq!([group_of("ratings/2022/610"), group_of("approved/2022")], ["ratings/2022", "ratings/2022"]);
        assert_eq!([group_of("ratings/2022"), group_of("teams")], ["ratings/2022", "teams"]);
    }
}
