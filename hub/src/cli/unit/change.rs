//! `keng-hub unit change`: checked as a whole, shown, and with `--confirm` written as one record.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use keng_desk::acts::By;
use keng_desk::program::print_json;
use keng_desk::{Told, clock};
use keng_domain::lineage::{Lineage, read_pairs};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::{Catalogue, CatalogueId, UnitCode, UnitKey};
use keng_domain::units::Units;
use keng_records::record::Meta;
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::query::lineage_record;

use super::effect::Effect;
use super::told;
use crate::cli::init::catalogue_act;

/// Which units go where.
#[derive(Debug, clap::Args)]
pub struct Change {
    /// Tệp CSV có hai cột from_code,to_code: mỗi đơn vị cơ sở của danh mục trước một dòng.
    file: PathBuf,
    /// Ghi vào sổ cái. Không có thì chỉ xem trước, không ghi gì.
    #[arg(long)]
    confirm: bool,
    /// Danh mục sau, khi trạm chưa có (CSV như ở init; tên tệp là tên danh mục).
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Ngày đầu tiên của các đơn vị mới (mặc định: ngày ghi trong danh mục sau).
    #[arg(long)]
    effective: Option<NaiveDate>,
    /// Tên cán bộ xác nhận (mặc định: tên đặt khi khởi tạo).
    #[arg(long)]
    officer: Option<String>,
    /// Căn cứ, ví dụ số nghị quyết; mọi đơn vị sẽ đọc được.
    #[arg(long)]
    reason: Option<String>,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

/// A catalogue that comes with the command and is not here yet, and its text.
type Brought = Option<(Catalogue, String)>;

impl Change {
    /// Shows the effect; with `--confirm` writes it. Confirming the same pairs again writes nothing.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        let name = self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let pairs = read_pairs(&read(&self.file)?).map_err(|e| told::unreadable(&name, &e))?;
        let known = store.units()?;
        let brought = self.brought(&known)?;
        let catalogues = known.catalogues().chain(brought.iter().map(|(c, _)| c)).cloned().collect();
        let units = Units::new(catalogues, known.lineages().cloned().collect());
        if let Some(earlier) = same(&units, &pairs) {
            return self.show(&Effect::of(&store, &units, earlier)?.confirmed());
        }
        let lineage =
            self.check((&units, &store.identity().unit_key()), &pairs, brought.as_ref().map(|(c, _)| &c.id))?;
        let effect = Effect::of(&store, &units, &lineage)?;
        if !self.confirm {
            return self.show(&effect);
        }
        self.write(&mut store, &lineage, &brought, &name)?;
        self.show(&effect.confirmed())
    }

    fn brought(&self, known: &Units) -> Result<Brought, Told> {
        let Some(path) = &self.catalogue else { return Ok(None) };
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let id: CatalogueId = stem.parse().map_err(|_| told::bad_name(stem))?;
        let csv = read(path)?;
        let catalogue = Catalogue::from_csv(id, &csv).map_err(|e| told::bad_catalogue(path, &e))?;
        match known.catalogue(&catalogue.id) {
            Some(held) if *held != catalogue => Err(told::other_catalogue(&catalogue.id)),
            Some(_) => Ok(None),
            None => Ok(Some((catalogue, csv))),
        }
    }

    fn check(
        &self,
        (units, province): (&Units, &UnitKey),
        pairs: &[(UnitCode, UnitCode)],
        brought: Option<&CatalogueId>,
    ) -> Result<Lineage, Told> {
        let from = from_of(units, province, pairs).ok_or_else(|| told::no_source(pairs))?;
        if let Some(earlier) = units.change_of(&from.id) {
            return Err(told::again(units, earlier, pairs));
        }
        let named = self.catalogue.as_ref().and_then(|p| p.file_stem()?.to_str()?.parse().ok());
        let to = match brought.or(named.as_ref()) {
            Some(id) => units.catalogue(id),
            None => to_of(units, from, pairs),
        };
        let to = to.filter(|to| to.id != from.id).ok_or_else(|| told::no_target(from, pairs))?;
        let effective = self.effective.or_else(|| first_day(from, to, pairs)).ok_or_else(|| told::no_day(to))?;
        Lineage::new(from, to, effective, pairs).map_err(|faults| told::faults(from, to, &faults))
    }

    fn write(&self, store: &mut Store, lineage: &Lineage, new: &Brought, name: &str) -> Result<(), Told> {
        let owner = store.identity().province.clone();
        let meta = |kind: Kind| Meta { kind: kind.code().to_owned(), scope: Scope::Province, owner: owner.clone() };
        let mut acts: Vec<Act> =
            new.iter().map(|(catalogue, csv)| catalogue_act(catalogue, csv, meta(Kind::Catalogue))).collect();
        acts.push(Act::Create {
            id: lineage_record(&lineage.from),
            meta: meta(Kind::Lineage),
            values: vec![
                ("from".to_owned(), lineage.from.to_string().into()),
                ("to".to_owned(), lineage.to.to_string().into()),
                ("effective".to_owned(), lineage.effective.to_string().into()),
                ("pairs".to_owned(), lineage.to_csv().into()),
            ],
        });
        let reason = self.reason.clone().unwrap_or_else(|| format!("sắp xếp đơn vị theo {name}"));
        let stamp = By { officer: self.officer.clone(), reason: Some(reason) }.stamp(store);
        store.commit(&acts, &stamp, clock::now_ms())?;
        Ok(())
    }

    fn show(&self, effect: &Effect) -> Result<(), Told> {
        if self.json {
            print_json(&effect.json());
        } else {
            effect.print();
        }
        Ok(())
    }
}

/// A confirmed change that says exactly these pairs.
fn same<'a>(units: &'a Units, pairs: &[(UnitCode, UnitCode)]) -> Option<&'a Lineage> {
    let mut sorted: Vec<(&UnitCode, &UnitCode)> = pairs.iter().map(|(old, new)| (old, new)).collect();
    sorted.sort();
    sorted.dedup();
    units.lineages().find(|l| l.pairs().eq(sorted.iter().copied()))
}

/// The catalogue that has most of the old codes. Codes are used again: of two that have as many, the
/// one whose units have not gone anywhere yet, and then the one that stands for the province now.
fn from_of<'a>(units: &'a Units, province: &UnitKey, pairs: &[(UnitCode, UnitCode)]) -> Option<&'a Catalogue> {
    let has = |c: &Catalogue| pairs.iter().filter(|(old, _)| c.unit(old).is_some()).count();
    let base = &units.home(province)?.id;
    let last = units.changes_from(base).last().map_or(base, |l| &l.to);
    let best = units.catalogues().max_by_key(|c| (has(c), units.change_of(&c.id).is_none(), c.id == *last))?;
    (has(best) > 0).then_some(best)
}

/// The catalogue that has most of the new codes, among those that do not come before `from`.
fn to_of<'a>(units: &'a Units, from: &Catalogue, pairs: &[(UnitCode, UnitCode)]) -> Option<&'a Catalogue> {
    let has = |c: &Catalogue| pairs.iter().filter(|(_, new)| c.unit(new).is_some()).count();
    let before = |c: &Catalogue| units.changes_from(&c.id).iter().any(|l| l.to == from.id);
    let best = units.catalogues().filter(|c| c.id != from.id && !before(c)).max_by_key(|c| has(c))?;
    (has(best) > 0).then_some(best)
}

/// The day on which the last of the new units begins, or the day after the last of the old ones ends.
fn first_day(from: &Catalogue, to: &Catalogue, pairs: &[(UnitCode, UnitCode)]) -> Option<NaiveDate> {
    let begin = pairs.iter().filter_map(|(_, new)| to.unit(new)?.valid_from).max();
    let end = pairs.iter().filter_map(|(old, _)| from.unit(old)?.valid_to).max();
    begin.or_else(|| end?.succ_opt())
}

fn read(path: &Path) -> Result<String, Told> {
    std::fs::read_to_string(path).map_err(|e| Told::refused(format!("Không đọc được {}: {e}.", path.display())))
}
