//! The rule packs of the province: what is in force, what another one would change, and its adoption.
//!
//! A pack is a TOML file (`keng_domain::rule_pack`). Every pack that was adopted is kept; which one judges a
//! year follows from the day from which it is in force.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use chrono::Datelike;
use keng_desk::acts::{By, commit};
use keng_desk::{Told, clock};
use keng_domain::explanation::Verdict;
use keng_domain::figures::judge_all;
use keng_domain::model::Merges;
use keng_domain::period::Period;
use keng_domain::rule_pack::{Parameter, RulePack, RulePacks, adopting};
use keng_store::edit::Act;
use keng_store::query::rule_pack_record;
use keng_store::trace::TraceLine;
use keng_store::{Store, StoreError};

/// Largest file: a pack is a few pages of text, and a form carries each of its bytes as up to three.
pub const FILE_BYTES_MAX: usize = 64 * 1024;

/// The text of a file that should hold a pack.
///
/// # Errors
/// For one that cannot be read, is no text, or is larger than [`FILE_BYTES_MAX`].
pub fn read(path: &Path) -> Result<String, Told> {
    let refused =
        |why: String| Told::new(why, "Chưa ghi gì.", "Bộ quy tắc là tệp chữ .toml, xem: keng-hub rules export.");
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .map_err(|e| refused(format!("Không đọc được {}: {e}.", path.display())))?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(refused(format!(
            "{} lớn hơn {} KiB, không phải bộ quy tắc.",
            path.display(),
            FILE_BYTES_MAX / 1024
        )));
    }
    String::from_utf8(bytes).map_err(|_| refused(format!("{} không phải tệp chữ UTF-8.", path.display())))
}

/// A pack that was read and not adopted: what would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The pack.
    pub pack: RulePack,
    /// Parameters that differ from those of the pack adopted last.
    pub changes: Vec<Changed>,
    /// For each year with ratings, and the calendar's: the verdicts that would be others.
    pub effects: Vec<Effect>,
}

/// A parameter that another pack changes; `None` where it has none of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Group and name: `Kết luận: Ngưỡng hiệu quả của mô hình`.
    pub name: String,
    /// Its value now.
    pub before: Option<String>,
    /// Its value then.
    pub after: Option<String>,
}

/// What another pack does to one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The year.
    pub year: i32,
    /// Whether it judges that year at all.
    pub judges: bool,
    /// Models whose verdict would be another: name, now, then.
    pub models: Vec<(String, Verdict, Verdict)>,
}

/// The text of the pack adopted last.
///
/// # Errors
/// [`StoreError::NoCatalogue`] where there is none.
pub fn toml(store: &Store) -> Result<String, StoreError> {
    let view = store.record(rule_pack_record())?;
    view.and_then(|v| v.fields.text("toml").map(str::to_owned)).ok_or(StoreError::NoCatalogue)
}

/// Who adopted which pack, when and why, oldest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn history(store: &Store) -> Result<Vec<TraceLine>, StoreError> {
    store.trace(rule_pack_record(), Some("pack"))
}

/// Reads a pack and tells what it would change; `None` where it is the one adopted last, word for word.
///
/// # Errors
/// For a text that is no pack, and an identifier that another pack has: reports print the identifier and are
/// made again from their cut, so that one identifier is one content.
pub fn propose(store: &Store, name: &str, text: &str) -> Result<Option<Proposed>, Told> {
    let stays = "Bộ đang dùng giữ nguyên.";
    let pack = RulePack::from_toml(text).map_err(|e| {
        Told::new(
            format!("Bộ quy tắc trong {name} không dùng được: {e}."),
            stays,
            "Hãy sửa tệp; bộ đầy đủ để so: keng-hub rules export.",
        )
    })?;
    let packs = store.rule_packs()?;
    // Hubs of before kept the latest pack alone; their history has the identifiers.
    let is_used = packs.newest_first().any(|p| p.id == pack.id)
        || history(store)?.iter().any(|line| line.value.as_text() == Some(pack.id.as_str()));
    if is_used {
        if toml(store)? == text {
            return Ok(None);
        }
        return Err(Told::new(
            format!("Mã {} đã dùng cho một bộ quy tắc.", pack.id),
            stays,
            "Báo cáo in mã của bộ, nên bộ khác phải có mã khác: hãy đổi id trong tệp.",
        ));
    }
    let packs = store.rule_packs()?;
    let with =
        RulePacks::new(packs.newest_first().collect::<Vec<_>>().into_iter().rev().cloned().collect(), pack.clone());
    Ok(Some(Proposed {
        changes: changes(&packs.latest().parameters(), &pack.parameters()),
        effects: effects(store, &packs, &with)?,
        pack,
    }))
}

fn changes(before: &[Parameter], after: &[Parameter]) -> Vec<Changed> {
    let of = |all: &[Parameter], p: &Parameter| {
        all.iter().find(|other| (other.group, &other.name) == (p.group, &p.name)).map(told)
    };
    let gone = before.iter().filter(|p| of(after, p).is_none());
    after
        .iter()
        .chain(gone)
        .map(|p| Changed { name: format!("{}: {}", p.group, p.name), before: of(before, p), after: of(after, p) })
        .filter(|c| c.before != c.after)
        .collect()
}

fn told(p: &Parameter) -> String {
    if p.assumed { format!("{} (giả định)", p.value) } else { p.value.clone() }
}

fn effects(store: &Store, now: &RulePacks, then: &RulePacks) -> Result<Vec<Effect>, StoreError> {
    let (models, points) = (store.models()?, store.points()?);
    let merges = Merges::of(&models);
    let mut years: BTreeSet<i32> = points.iter().flat_map(|p| p.ratings.keys().copied()).collect();
    years.insert(clock::today().year());
    let judged = |packs: &RulePacks, year: i32| {
        let pack = packs.of_year(year);
        judge_all(&models, &points, year, Period::annual(year, &pack.periods).cut_off, pack)
    };
    let effect = |year: i32| {
        let judges = then.of_year(year).id == then.latest().id;
        let (now, then) = (judged(now, year), judged(then, year));
        let mut moved: Vec<(String, Verdict, Verdict)> = models
            .iter()
            .filter(|m| merges.target(m.id) == m.id)
            .filter_map(|m| Some((m.name.clone(), now.get(&m.id)?.1.verdict, then.get(&m.id)?.1.verdict)))
            .filter(|(_, now, then)| now != then)
            .collect();
        moved.sort_by(|a, b| keng_domain::text::compare(&a.0, &b.0));
        Effect { year, judges, models: moved }
    };
    Ok(years.into_iter().rev().map(effect).collect())
}

/// Adopts a pack; every year that it judges is judged anew. `false` where it is the one adopted last.
///
/// # Errors
/// As [`propose`].
pub fn adopt(store: &mut Store, name: &str, text: &str, by: &By) -> Result<Option<RulePack>, Told> {
    let Some(Proposed { pack, .. }) = propose(store, name, text)? else { return Ok(None) };
    let view = store.record(rule_pack_record())?.ok_or(StoreError::NoCatalogue)?;
    let values = adopting(&view.fields, &pack, text);
    commit(store, &[Act::Change { id: rule_pack_record(), values }], by)?;
    Ok(Some(pack))
}
