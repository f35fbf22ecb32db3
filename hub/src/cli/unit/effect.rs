//! What a change of units does to what is here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use keng_desk::Told;
use keng_domain::figures::{TreeSums, sums_of};
use keng_domain::id::RecordId;
use keng_domain::lineage::Lineage;
use keng_domain::model::Merges;
use keng_domain::point::Point;
use keng_domain::text::{date_dmy, thousands};
use keng_domain::tree::Tree;
use keng_domain::unit::{CatalogueId, UnitCode, UnitKey};
use keng_domain::units::Units;
use keng_store::Store;
use serde_json::{Value, json};

/// A change, and what it does.
pub struct Effect {
    from: CatalogueId,
    to: CatalogueId,
    effective: NaiveDate,
    confirmed: bool,
    units: Vec<Line>,
    /// Units above communes with records of their own that no new unit takes whole: cần chuyển.
    to_move: Vec<ToMove>,
    nodes: Vec<Node>,
    before: (usize, TreeSums),
    after: (usize, TreeSums),
}

struct Line {
    from: (UnitCode, String),
    to: (UnitCode, String),
    reused_code: bool,
    moved_name: bool,
    points: u64,
    models: u64,
}

struct ToMove {
    from: (UnitCode, String),
    to: (UnitCode, String),
    records: Vec<RecordId>,
}

struct Node {
    node: String,
    unit: (UnitCode, String),
    successors: Vec<(UnitCode, String)>,
}

impl Effect {
    /// Counts by both trees as of the eve of the change.
    pub fn of(store: &Store, units: &Units, lineage: &Lineage) -> Result<Self, Told> {
        let lost = || Told::refused("Danh mục của sắp xếp này không còn đọc được.");
        let from = units.catalogue(&lineage.from).ok_or_else(lost)?;
        let to = units.catalogue(&lineage.to).ok_or_else(lost)?;
        let others = units.lineages().filter(|l| l.from != lineage.from).cloned();
        let known = Units::new(units.catalogues().cloned().collect(), others.chain([lineage.clone()]).collect());
        let any = from.smallest().next().map(|u| UnitKey::new(&from.id, &u.code)).ok_or_else(lost)?;
        let before = Tree::of(known.clone(), &any, &from.id).ok_or_else(lost)?;
        let after = Tree::of(known, &any, &to.id).ok_or_else(lost)?;

        let (models, points) = (store.models()?, store.points()?);
        let eve = lineage.effective - Days::new(1);
        let pack = store.rule_pack_of(eve.year())?;
        let merges = Merges::of(&models);
        let mut by_unit: BTreeMap<&UnitCode, Vec<&Point>> = BTreeMap::new();
        for point in &points {
            if let Some(unit) = before.place(&point.unit_key()) {
                by_unit.entry(&unit.code).or_default().push(point);
            }
        }
        let at = |code: &UnitCode| by_unit.get(code).map_or(&[][..], Vec::as_slice);
        let lines = lineage.moves(from, to).into_iter().map(|moved| Line {
            from: (moved.from.code.clone(), moved.from.name.clone()),
            to: (moved.to.code.clone(), moved.to.name.clone()),
            reused_code: moved.reused_code,
            moved_name: moved.moved_name,
            points: at(&moved.from.code).len() as u64,
            models: at(&moved.from.code)
                .iter()
                .filter_map(|p| p.model)
                .map(|m| merges.target(m))
                .collect::<BTreeSet<_>>()
                .len() as u64,
        });
        let above = by_unit.iter().filter(|(code, _)| !from.is_smallest(code)).filter_map(|(code, points)| {
            let home = after.place(&UnitKey::new(&from.id, code)).filter(|home| !to.is_smallest(&home.code))?;
            Some(ToMove {
                from: ((*code).clone(), from.unit(code)?.name.clone()),
                to: (home.code.clone(), home.name.clone()),
                records: points.iter().map(|p| p.id).collect(),
            })
        });
        let concerned = store.nodes()?.into_iter().filter_map(|node| {
            let home = after.units.home(&node.unit).filter(|home| home.id == from.id)?;
            let successors = after.units.successors(&node.unit, &to.id);
            Some(Node {
                node: node.node.to_string(),
                unit: (node.unit.code.clone(), home.unit(&node.unit.code)?.name.clone()),
                successors: successors.iter().map(|u| (u.code.clone(), u.name.clone())).collect(),
            })
        });
        let count = |tree: &Tree| (tree.catalogue.smallest().count(), sums_of(tree, &models, &points, eve, &pack));
        Ok(Self {
            from: from.id.clone(),
            to: to.id.clone(),
            effective: lineage.effective,
            confirmed: false,
            units: lines.collect(),
            to_move: above.collect(),
            nodes: concerned.collect(),
            before: count(&before),
            after: count(&after),
        })
    }

    /// The same, as it stands in the log.
    pub fn confirmed(self) -> Self {
        Self { confirmed: true, ..self }
    }

    /// As the command prints it for machines. Nothing is ever dropped: such a file is refused.
    pub fn json(&self) -> Value {
        let unit = |(code, name): &(UnitCode, String)| json!({ "code": code, "name": name });
        let totals = |(units, sums): &(usize, TreeSums)| {
            json!({
                "units": units, "models": sums.models, "points": sums.points, "teams": sums.teams,
                "members": sums.members,
            })
        };
        json!({
            "from": self.from,
            "to": self.to,
            "effective": self.effective,
            "confirmed": self.confirmed,
            "units": self.units.iter().map(|l| json!({
                "from": l.from.0, "from_name": l.from.1, "to": l.to.0, "to_name": l.to.1,
                "reused_code": l.reused_code, "moved_name": l.moved_name, "points": l.points, "models": l.models,
            })).collect::<Vec<_>>(),
            "dropped": [],
            "to_move": self.to_move.iter().map(|m| json!({
                "from": m.from.0, "from_name": m.from.1, "to": m.to.0, "to_name": m.to.1,
                "points": m.records.len(), "records": m.records,
            })).collect::<Vec<_>>(),
            "nodes": self.nodes.iter().map(|n| json!({
                "id": n.node, "unit": n.unit.0, "name": n.unit.1,
                "successors": n.successors.iter().map(unit).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "totals": { "before": totals(&self.before), "after": totals(&self.after) },
        })
    }

    /// As the command prints it for people.
    pub fn print(&self) {
        let n = thousands;
        println!("Sắp xếp đơn vị {} → {}, có hiệu lực từ {}.", self.from, self.to, date_dmy(self.effective));
        for l in &self.units {
            let mut marks = Vec::new();
            if l.reused_code {
                marks.push("mã cũ nay là đơn vị khác");
            }
            if l.moved_name {
                marks.push("tên cũ nay mang mã khác");
            }
            let marks = if marks.is_empty() { String::new() } else { format!(" · {}", marks.join(", ")) };
            println!(
                "  {} {} → {} {} · {} điểm, {} mô hình{marks}",
                l.from.0,
                l.from.1,
                l.to.0,
                l.to.1,
                n(l.points),
                n(l.models)
            );
        }
        for m in &self.to_move {
            println!(
                "  Cần chuyển: {} điểm của {} ({}), nay tính cho {}.",
                m.records.len(),
                m.from.1,
                m.from.0,
                m.to.1
            );
        }
        for node in &self.nodes {
            let names: Vec<&str> = node.successors.iter().map(|(_, name)| name.as_str()).collect();
            println!("  Máy {} của {}: số liệu được tính cho {}.", node.node, node.unit.1, names.join(", "));
        }
        for (what, (units, s)) in [("Trước", &self.before), ("Sau", &self.after)] {
            println!(
                "{what}: {} đơn vị cơ sở · {} mô hình · {} điểm · {} tổ · {} thành viên",
                n(*units as u64),
                n(s.models),
                n(s.points),
                n(s.teams),
                n(s.members)
            );
        }
        match self.confirmed {
            true => println!("Đã xác nhận: sắp xếp này ở trong sổ cái."),
            false => println!("Mới xem trước, chưa ghi gì. Xác nhận: thêm --confirm --reason CĂN_CỨ."),
        }
    }
}
