//! A statistics form of an earlier year, taken in: models, and what of them is not recorded yet. Its totals are
//! compared with the points of this machine; no point comes of them, for a form does not say where they are.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use keng_desk::{Told, acts, consolidation};
use keng_domain::field::{Field, Value};
use keng_domain::form::{Counts, difference};
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::period::Period;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::text::{name_key, thousands};
use keng_store::Store;
use keng_store::imports::Values;

use super::form_told::{Difference, FOUNDED_ON, FormTold, Left};
use super::plan::{Found, Plan, change, fields_said};
use crate::import::{Form, ModelRow, Precision, RowName};

/// What the rows of a form come to, model by model.
pub(super) struct Totals {
    /// The first decision among the points of each model that are here.
    decided: BTreeMap<RecordId, NaiveDate>,
    /// In the order of the rows.
    order: Vec<RecordId>,
    said: BTreeMap<RecordId, (Vec<u32>, String, Counts)>,
    left: Vec<Left>,
    /// Models that begin with a year of which no day is told, and got its first one.
    years: usize,
}

impl Totals {
    /// Before any row of the form.
    pub(super) fn new(store: &Store) -> Result<Self, Told> {
        let merges = Merges::of(&store.models()?);
        let mut decided: BTreeMap<RecordId, NaiveDate> = BTreeMap::new();
        for point in store.points()? {
            if let (Some(model), Some(day)) = (point.model, point.decision_date) {
                let first = decided.entry(merges.target(model)).or_insert(day);
                *first = day.min(*first);
            }
        }
        Ok(Self { decided, order: Vec::new(), said: BTreeMap::new(), left: Vec::new(), years: 0 })
    }

    /// Plans a row: its model, what is to be filled in, and what it adds to the totals.
    pub(super) fn take(&mut self, plan: &mut Plan<'_>, store: &Store, row: &ModelRow) -> Result<(), Told> {
        let mut says = says(row);
        let ahead = says.get(FOUNDED_ON).and_then(|day| acts::refuse_future(store, FOUNDED_ON, day).err());
        if ahead.is_some() {
            says.remove(FOUNDED_ON);
        }
        let (model, found) = plan.model(store, &RowName { sheet: None, row: row.row }, &row.name, says.clone());
        let filled = match found {
            Found::Added => says.keys().cloned().collect(),
            Found::Here | Found::Back => self.fill(plan, store, (model, row), &says)?,
        };
        let year_alone = row.founded.is_some_and(|f| f.precision == Precision::Year);
        self.years += usize::from(year_alone && filled.iter().any(|key| key == FOUNDED_ON));
        plan.counts[match found {
            Found::Added | Found::Back => 0,
            Found::Here if !filled.is_empty() => 1,
            Found::Here => 2,
        }] += 1;
        let known = plan.known(store, model)?;
        known.base.extend(says);
        let base = known.base.clone();
        plan.bases.insert(model, base);
        if let (Some(why), Some(founded)) = (ahead, row.founded) {
            self.left.push(Left::ahead(model, row, founded.day, &why));
        }
        if let Some(text) = &row.undated {
            self.left.push(Left::undated(model, row, text));
        }
        match self.said.get_mut(&model) {
            Some((rows, _, counts)) => {
                rows.push(row.row);
                counts.add(&row.counts);
            }
            None => {
                self.order.push(model);
                self.said.insert(model, (vec![row.row], row.name.clone(), row.counts.clone()));
            }
        }
        Ok(())
    }

    /// Fills the empty fields of a model that is here; what says something else there is told and left.
    /// As with points, a value that the last import has brought already is not brought again.
    fn fill(
        &mut self,
        plan: &mut Plan<'_>,
        store: &Store,
        (model, row): (RecordId, &ModelRow),
        says: &Values,
    ) -> Result<Vec<String>, Told> {
        let decided = self.decided.get(&model).copied();
        let known = plan.known(store, model)?;
        let mut filled = Values::new();
        for (key, said) in says {
            // A year or a month in which its first point was decided tells less than that decision does.
            let vague = row.founded.filter(|f| key == FOUNDED_ON && f.precision != Precision::Day);
            if vague.zip(decided).is_some_and(|(founded, day)| founded.is(day)) {
                continue;
            }
            match known.fields.get(key) {
                None | Some(Field::Settled(Value::Null)) => {
                    if known.base.get(key) != Some(said) {
                        filled.insert(key.clone(), said.clone());
                    }
                }
                Some(field) if !says_same(field, key, said, row) => {
                    self.left.push(Left::kept(model, row, key, said, field));
                }
                Some(_) => {}
            }
        }
        let keys = filled.keys().cloned().collect();
        if !filled.is_empty() {
            let deed = change(model, &mut known.fields, filled);
            plan.act(deed);
        }
        Ok(keys)
    }

    /// Compares the totals with the points of this machine, as of the end of the form's period or of today,
    /// whichever is earlier. The notices come with it.
    pub(super) fn compared(
        self,
        store: &Store,
        form: &Form,
        today: NaiveDate,
    ) -> Result<(FormTold, Vec<String>), Told> {
        let packs = store.rule_packs()?;
        let named = form.period.as_deref().and_then(|id| packs.period_of_id(id).ok());
        let period = named.unwrap_or_else(|| packs.annual(today.year()));
        let mut period = Period { cut_off: if named.is_some() { period.cut_off.min(today) } else { today }, ..period };
        if let (keng_domain::period::PeriodKind::Annual, Some(year)) = (period.kind, form.rated_year) {
            period.year = year;
        }
        let figures = consolidation::own_figures(store, period)?;
        let printed = figures.as_printed();
        let rated = figures.rated.as_ref().map_or(figures.year, |rated| rated.rated_year);
        let has_levels = self.said.values().any(|(_, _, counts)| !counts.by_level.is_empty());
        // Ratings of one year say nothing of those of another.
        let by_level = named.is_some() && form.rated_year.is_none_or(|year| year == rated);
        let pack = packs.of_year(rated);
        let levels = if by_level { &pack.levels[..] } else { &[] };
        let held: BTreeMap<RecordId, _> = printed.models.iter().map(|m| (m.id, m)).collect();
        let uncounted = uncounted(store, period.cut_off, packs.of_year(period.year))?;
        let mut differences = Vec::new();
        for id in self.order {
            let Some((rows, name, said)) = self.said.get(&id) else { continue };
            let held = Counts::held(held.get(&id).copied());
            let waiting = uncounted.get(&id).copied().unwrap_or(0);
            if let Some(what) = difference(said, &held, waiting, levels) {
                let named: Vec<String> = rows.iter().map(u32::to_string).collect();
                let sentence = format!("Dòng {}, mô hình “{name}”: {what}", named.join(", "));
                let (rows, name, said) = (rows.clone(), name.clone(), said.clone());
                differences.push(Difference { rows, model: id, name, said, held, sentence });
            }
        }
        let told = FormTold {
            period: named.map(|p| p.title()),
            as_of: period.cut_off,
            models: self.said.len(),
            differences,
            left: self.left,
        };
        let levels_told = (has_levels && !by_level).then(|| {
            "Chưa so số điểm theo mức xếp loại: không rõ biểu xếp loại của năm nào mà máy này có số.".to_owned()
        });
        let years_told = (self.years > 0).then(|| {
            format!(
                "{} mô hình chỉ có năm xây dựng: ngày xây dựng ghi là 01/01 năm ấy; biết ngày thì sửa ở trang mô hình.",
                thousands(self.years as u64)
            )
        });
        let notices = [Some(told.summary()), levels_told, years_told].into_iter().flatten().collect();
        Ok((told, notices))
    }
}

/// What a row says of its model's own fields.
fn says(row: &ModelRow) -> Values {
    let mut says = fields_said(row.fields.as_deref());
    says.extend(row.lead.as_deref().map(|lead| ("lead".to_owned(), Value::from(lead))));
    says.extend(row.founded.map(|f| (FOUNDED_ON.to_owned(), Value::from(f.day.to_string()))));
    says
}

/// Whether a recorded value, or one of those in contest, is what the row says: names by their key, a time as
/// exactly as the form tells it.
fn says_same(field: &Field, key: &str, said: &Value, row: &ModelRow) -> bool {
    let same = |value: &Value| match (value.as_text(), said.as_text()) {
        (Some(text), _) if key == FOUNDED_ON => {
            let day = text.parse::<NaiveDate>().ok();
            day.zip(row.founded).is_some_and(|(day, founded)| founded.is(day))
        }
        (Some(a), Some(b)) => name_key(a) == name_key(b),
        _ => value == said,
    };
    match field {
        Field::Settled(value) => same(value),
        Field::Contested(contest) => contest.candidates.iter().any(|c| same(&c.value)),
    }
}

/// Points of each model, after merges, that live and do not count at the end of `day`.
fn uncounted(store: &Store, day: NaiveDate, pack: &RulePack) -> Result<BTreeMap<RecordId, u64>, Told> {
    let merges = Merges::of(&store.models()?);
    let mut waiting: BTreeMap<RecordId, u64> = BTreeMap::new();
    for point in store.points()? {
        if let (Some(model), Standing::NotYet | Standing::NotLaunched | Standing::SpontaneousPending) =
            (point.model, standing(&point, day, pack))
        {
            *waiting.entry(merges.target(model)).or_default() += 1;
        }
    }
    Ok(waiting)
}
