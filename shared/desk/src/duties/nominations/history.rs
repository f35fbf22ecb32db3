//! What happened to a nomination, act by act, out of the history of its record: the fields tell the last act alone, and
//! one that a later act did not touch still carries the words of an earlier one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keng_domain::document::FileHash;
use keng_domain::field::Value;
use keng_domain::rules::nomination::Basis;
use keng_domain::rules::timeliness::Evidence;
use keng_domain::scope::Scope;
use keng_store::blobs::DocumentView;
use keng_store::trace::TraceLine;

use crate::duties::{CLOCK_OFFSET_AFTER, HANDED_IN_AT};

/// One hand-in.
#[derive(Debug, Clone)]
pub struct HandIn {
    /// What the field says, by which decisions name it.
    name: String,
    /// What is known of its time.
    pub evidence: Evidence,
    /// The act itself.
    line: TraceLine,
}

/// What the province has decided about one hand-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Code of [`keng_domain::schema::NOMINATION_DECISIONS`].
    pub what: String,
    /// The name of the hand-in.
    about: String,
    /// The reason, in the province's words.
    pub reason: Option<String>,
    /// Of a proposal to the Ministry: the case of letter 4267, 2, and the document cited for it.
    pub basis: Option<(Basis, Option<FileHash>)>,
}

/// All acts, oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    hand_ins: Vec<HandIn>,
    decisions: Vec<Decision>,
}

impl History {
    /// Reads the history of a record: `lines` of all its fields, oldest first.
    ///
    /// An act is what one entry carries. Values that stood there already are not written again, so that each act is
    /// read with all that had been written by then.
    pub fn of(lines: &[TraceLine]) -> Self {
        let mut history = Self::default();
        let mut said = BTreeMap::new();
        for act in lines.chunk_by(|a, b| a.entry.is_some() && a.entry == b.entry) {
            said.extend(act.iter().map(|line| (line.field.clone(), line.value.clone())));
            let text = |key: &str| said.get(key).and_then(|v| v.as_text()).map(str::to_owned);
            let moment = |text: &str| text.parse::<DateTime<Utc>>().ok();
            if let (Some(line), Some(name)) = (act.iter().find(|l| l.field == HANDED_IN_AT), text(HANDED_IN_AT)) {
                let evidence = Evidence {
                    acted_at: moment(&name).unwrap_or_default(),
                    clock_offset_ms: said.get("clock_offset_ms").and_then(Value::as_int),
                    // Told later, by an act of its own.
                    clock_offset_after_ms: None,
                    last_contact_at: text("last_contact_at").as_deref().and_then(moment),
                    received_at: line.arrival.and_then(|a| DateTime::from_timestamp_millis(a.at_ms)),
                };
                history.hand_ins.push(HandIn { name, evidence, line: line.clone() });
            }
            let measured = act.iter().find(|l| l.field == CLOCK_OFFSET_AFTER).and_then(|l| l.value.as_int());
            if let (Some(after), Some(last)) = (measured, history.hand_ins.last_mut()) {
                last.evidence.clock_offset_after_ms = Some(after);
            }
            let is_decision = act.iter().any(|l| matches!(l.field.as_str(), "decision" | "decided_hand_in"));
            let rests_anew = act.iter().any(|l| matches!(l.field.as_str(), "basis" | "basis_document"));
            if let (true, Some(what), Some(about)) =
                (is_decision || rests_anew, text("decision"), text("decided_hand_in"))
            {
                let basis = text("basis").as_deref().and_then(Basis::of_code).filter(|_| what == "PROPOSED");
                let document = text("basis_document").and_then(|hash| hash.parse().ok());
                let basis = basis.map(|basis| (basis, document));
                history.decisions.push(Decision { what, about, reason: text("decision_reason"), basis });
            }
        }
        history
    }

    /// The hand-in that stands: the last of those that the record names.
    pub fn standing(&self, named: Option<&str>) -> Option<&HandIn> {
        self.hand_ins.iter().rfind(|h| Some(h.name.as_str()) == named)
    }

    /// The hand-in by which `standing` keeps its deadline: the first that the province has sent back, or itself.
    pub fn first<'a>(&'a self, standing: &'a HandIn) -> &'a HandIn {
        let was_returned = |h: &&HandIn| self.decisions.iter().any(|d| d.what == "RETURNED" && d.about == h.name);
        let earlier = self.hand_ins.iter().take_while(|h| h.name != standing.name);
        earlier.into_iter().find(was_returned).unwrap_or(standing)
    }

    /// What the province has decided about a hand-in, oldest first. A return takes back what it had said of it before.
    pub fn about(&self, hand_in: &HandIn) -> Vec<&Decision> {
        let mut all: Vec<&Decision> = self.decisions.iter().filter(|d| d.about == hand_in.name).collect();
        let from = all.iter().rposition(|d| d.what == "RETURNED").unwrap_or(0);
        all.split_off(from)
    }
}

impl HandIn {
    /// Whether a document was added after this act; `scope` is what the nomination belongs to.
    ///
    /// What one machine wrote into one scope keeps its order everywhere, whatever its clock said. Of other documents
    /// only the clocks tell.
    pub fn is_before(&self, document: &DocumentView, scope: &Scope) -> bool {
        let (author, of) = &document.feed;
        if *author == Some(self.line.author.incarnation) && of == scope {
            return document.local_lsn > self.line.local_lsn;
        }
        let acted = match *author == Some(self.line.author.incarnation) {
            true => self.evidence.acted_at,
            false => self.evidence.acted(),
        };
        document.added_at_ms > acted.timestamp_millis()
    }
}
