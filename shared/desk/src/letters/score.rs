//! Bảng chấm điểm: the sheet of one place and year (QĐ 510/QĐ-BCA-V05).

use chrono::NaiveDate;
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, ScoreSheet};
use keng_domain::rules::movement::sheet;
use keng_domain::schema::{Kind, OBJECTS};
use keng_domain::scope::Scope;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::Store;

use super::{decision, lines};
use crate::Told;
use crate::duties::of_kind;
use crate::duties::records::DISTRICT;
use crate::names::Names;

/// The score sheet of a record, by the rule pack of its year.
///
/// # Errors
/// For a record of another kind, and a place for which the rule pack has no lines.
pub fn score(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let view = of_kind(store, Kind::Score, id)?;
    let names = Names::of(store)?;
    let text = |key: &str| view.fields.text(key).map(str::trim).filter(|text| !text.is_empty());
    // Both are written when a score is added and checked then.
    let year: Option<i32> = text("year").and_then(|y| y.parse().ok());
    let year = year.ok_or_else(|| Told::refused("Bản ghi chấm điểm này không có năm."))?;
    let code = text("object").unwrap_or_default();
    let object = match OBJECTS.iter().find(|(c, _)| *c == code) {
        Some((_, label)) => *label,
        None => "Huyện, thành phố",
    };
    let pack = names.packs.of_year(year);
    let sheet = sheet(&view.fields, &pack.movement);
    if sheet.lines.is_empty() {
        return Err(Told::refused(format!(
            "Bộ quy tắc {} chưa có mục chấm điểm nào cho đối tượng “{object}”, nên chưa lập được bảng chấm điểm. \
             Tỉnh thêm mục chấm vào bộ quy tắc (keng-hub rules).",
            pack.id
        )));
    }
    let unit: Option<UnitKey> = text("unit").and_then(|u| u.parse::<UnitCode>().ok()).map(|unit| match &view.scope {
        Scope::Area { catalogue, .. } => UnitKey::new(catalogue, &unit),
        Scope::Province => (&unit).into(),
    });
    let name = unit.as_ref().map_or_else(String::new, |key| names.unit_of(key));
    // A commune or district is scored by what is above it; what lies in a unit, by that unit.
    let is_unit = matches!(code, "XA" | DISTRICT);
    let parent = unit.as_ref().and_then(|key| {
        let parent = names.tree.units.unit(key)?.parent.as_ref()?;
        Some(names.unit_of(&UnitKey { code: parent.clone(), ..key.clone() }))
    });
    Ok(Letter::Score(Box::new(ScoreSheet {
        above: parent.filter(|_| is_unit).unwrap_or_else(|| name.clone()),
        place: text("name").map_or_else(|| name.clone(), str::to_owned),
        unit: name,
        object: object.to_owned(),
        year,
        points: pack.movement.points,
        assumed: pack.movement.assumed,
        rule_pack: pack.id.clone(),
        sheet,
        proposed_class: text("proposed_class").map(str::to_owned),
        decided_class: text("class").map(str::to_owned),
        decision: text("decision_no").map(|number| decision(number.to_owned(), view.fields.date("decision_date"))),
        note: lines(view.fields.text("note")),
        today,
        record: id,
    })))
}
