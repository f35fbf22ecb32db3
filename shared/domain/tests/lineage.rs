//! The change of 1/7/2025, by the real catalogues: no record is lost or comes to a wrong home.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use keng_domain::lineage::{BadPair, Fault, Lineage, Moved, read_pairs};
use keng_domain::scope::Scope;
use keng_domain::tree::Tree;
use keng_domain::unit::{Catalogue, UnitCode, UnitKey};
use keng_domain::units::Units;
use proptest::prelude::*;

const OLD: &str = include_str!("../../../tests/fixtures/units/kontum-2022.csv");
const NEW: &str = include_str!("../../../tests/fixtures/units/quangngai-2025.csv");
const PAIRS: &str = include_str!("../../../tests/fixtures/units/lineage-2025-07-01.csv");
const COLUMNS: &str = "code,name,kind,parent,valid_from,valid_to";

/// The codes of 2025 that name another commune than in 2022 (DOMAIN §5, trap 1).
const REUSED: [(&str, &str, &str); 22] = [
    ("23284", "Phường Duy Tân", "Phường Đăk Cấm"),
    ("23293", "Phường Thắng Lợi", "Phường Kon Tum"),
    ("23302", "Phường Lê Lợi", "Phường Đăk Bla"),
    ("23332", "Xã Chư Hreng", "Xã Đăk Rơ Wa"),
    ("23341", "Thị trấn Đăk Glei", "Xã Đăk Pék"),
    ("23344", "Xã Đăk Blô", "Xã Đăk Plô"),
    ("23356", "Xã Đăk Choong", "Xã Xốp"),
    ("23377", "Thị trấn Plei Kần", "Xã Bờ Y"),
    ("23383", "Xã Đăk Dục", "Xã Dục Nông"),
    ("23392", "Xã Đăk Kan", "Xã Sa Loong"),
    ("23425", "Xã Đăk Hà", "Xã Tu Mơ Rông"),
    ("23430", "Xã Đăk Trăm", "Xã Kon Đào"),
    ("23446", "Xã Tê Xăng", "Xã Măng Ri"),
    ("23455", "Xã Đăk Ring", "Xã Măng Bút"),
    ("23476", "Xã Hiếu", "Xã Kon Plông"),
    ("23485", "Xã Đăk Tơ Lung", "Xã Đăk Kôi"),
    ("23497", "Xã Tân Lập", "Xã Kon Braih"),
    ("23504", "Xã Đăk Long", "Xã Đăk Pxi"),
    ("23510", "Xã Đăk Ngọk", "Xã Đăk Ui"),
    ("23515", "Xã Ngọk Wang", "Xã Ngọk Réo"),
    ("23534", "Xã Hơ Moong", "Xã Sa Bình"),
    ("23548", "Xã Ya Xiêr", "Xã Ya Ly"),
];

/// Names of 2022 that belong to another code in 2025 (trap 2): old code, name, the code that has it now.
const MOVED: [(&str, &str, &str); 16] = [
    ("23311", "Xã Đăk Cấm", "23284"),
    ("23323", "Xã Đăk Blà", "23302"),
    ("23335", "Xã Đăk Rơ Wa", "23332"),
    ("23353", "Xã Đăk Pék", "23341"),
    ("23359", "Xã Xốp", "23356"),
    ("23398", "Xã Sa Loong", "23392"),
    ("23410", "Xã Măng Ri", "23446"),
    ("23422", "Xã Tu Mơ Rông", "23425"),
    ("23434", "Xã Kon Đào", "23430"),
    ("23458", "Xã Măng Bút", "23455"),
    ("23482", "Xã Đăk Kôi", "23485"),
    ("23503", "Xã Đăk Pxi", "23504"),
    ("23509", "Xã Đăk Ui", "23510"),
    ("23518", "Xã Ngọk Réo", "23515"),
    ("23545", "Xã Sa Bình", "23534"),
    ("23554", "Xã Ya ly", "23548"),
];

fn catalogue(id: &str, csv: &str) -> Catalogue {
    Catalogue::from_csv(id.parse().unwrap(), csv).unwrap()
}

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

fn key(text: &str) -> UnitKey {
    text.parse().unwrap()
}

fn new_key(code: &str) -> UnitKey {
    key(&format!("quangngai-2025:{code}"))
}

fn old_scope(code: &str) -> Scope {
    format!("area:kontum-2022:{code}").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn both() -> (Catalogue, Catalogue) {
    (catalogue("kontum-2022", OLD), catalogue("quangngai-2025", NEW))
}

fn of_2025() -> Lineage {
    let (old, new) = both();
    Lineage::new(&old, &new, day("2025-07-01"), &read_pairs(PAIRS).unwrap()).unwrap()
}

fn units() -> Units {
    let (old, new) = both();
    Units::new(vec![old, new], vec![of_2025()])
}

fn tree(id: &str) -> Tree {
    Tree::of(units(), &key("62"), &id.parse().unwrap()).unwrap()
}

#[test]
fn every_commune_of_2022_has_one_home_among_forty() {
    let (old, new) = both();
    let lineage = of_2025();
    let homes: BTreeMap<&str, &str> =
        old.smallest().map(|u| (u.code.as_str(), lineage.successor(&u.code).unwrap().as_str())).collect();
    let units: BTreeSet<&str> = homes.values().copied().collect();
    assert_eq!((homes.len(), units.len()), (102, 40));
    assert!(units.iter().all(|c| new.unit(&code(c)).is_some()));
    for line in PAIRS.lines().skip(1) {
        let (from, to) = line.split_once(',').unwrap();
        assert_eq!(homes[from], to);
    }
}

#[test]
fn the_reused_codes_and_the_moved_names_are_told() {
    let ((old, new), lineage) = (both(), of_2025());
    let moves = lineage.moves(&old, &new);
    let reused: BTreeSet<(&str, &str, &str)> = moves
        .iter()
        .filter(|m| m.reused_code)
        .map(|m| (m.from.code.as_str(), m.from.name.as_str(), new.unit(&m.from.code).unwrap().name.as_str()))
        .collect();
    assert_eq!(reused, BTreeSet::from(REUSED));
    let moved = |m: &&Moved<'_>| m.moved_name;
    let moved: BTreeSet<(&str, &str)> =
        moves.iter().filter(moved).map(|m| (m.from.code.as_str(), m.from.name.as_str())).collect();
    assert_eq!(moved, MOVED.iter().map(|(code, name, _)| (*code, *name)).collect());
}

#[test]
fn a_unit_with_a_reused_code_holds_what_lineage_gives_it_and_no_more() {
    let (units, lineage) = (units(), of_2025());
    for (reused, ..) in REUSED {
        let own = format!("area:quangngai-2025:{reused}").parse::<Scope>().unwrap();
        let expected: BTreeSet<Scope> = lineage
            .pairs()
            .filter(|(_, to)| to.as_str() == reused)
            .map(|(from, _)| old_scope(from.as_str()))
            .chain([Scope::Province, own.clone()])
            .collect();
        assert_eq!(BTreeSet::from_iter(units.scopes_of(&new_key(reused))), expected, "{reused}");
        // The old unit of that code has no part in the new one.
        assert!(!units.holds(&key(&format!("kontum-2022:{reused}")), &own));
    }
}

#[test]
fn a_moved_name_is_found_where_its_lineage_leads() {
    let (units, lineage) = (units(), of_2025());
    for (old, name, namesake) in MOVED {
        let home = lineage.successor(&code(old)).unwrap();
        // Đăk Blà gave its name to a ward and its people to another commune.
        assert_eq!(home.as_str() == namesake, old != "23323", "{name}");
        assert!(units.holds(&new_key(home.as_str()), &old_scope(old)), "{name}");
        assert_eq!(units.holds(&new_key(namesake), &old_scope(old)), old != "23323", "{name}");
    }
}

#[test]
fn the_new_communes_share_out_the_old_scopes() {
    let (units, (old, new)) = (units(), both());
    let mut seen = BTreeSet::new();
    for unit in new.smallest() {
        for scope in units.scopes_of(&UnitKey::new(&new.id, &unit.code)) {
            if matches!(&scope, Scope::Area { catalogue, .. } if *catalogue == old.id) {
                assert!(seen.insert(scope.clone()), "{scope} belongs to two communes");
            }
        }
    }
    assert_eq!(seen, old.smallest().map(|u| old.scope_of(&u.code)).collect());
}

#[test]
fn a_district_whose_communes_parted_stays_with_the_province() {
    let (tree, units) = (tree("quangngai-2025"), units());
    assert_eq!(tree.root.as_str(), "51");
    assert_eq!(tree.reporting_unit(&key("kontum-2022:617")).unwrap().code.as_str(), "51");
    let after = units.successors(&key("kontum-2022:617"), &tree.catalogue.id);
    let after: Vec<&str> = after.iter().map(|u| u.code.as_str()).collect();
    assert_eq!(after, ["23416", "23419", "23425", "23446"]);
    assert!(!units.holds(&new_key("23425"), &old_scope("617")));
    assert!(units.holds(&new_key("51"), &old_scope("617")));
}

#[test]
fn a_district_whose_communes_all_went_to_one_unit_goes_with_them() {
    let old = "1,Tỉnh,TINH,,,\n10,Huyện,HUYEN,1,,\n101,A,XA,10,,\n102,B,XA,10,,\n20,Huyện 2,HUYEN,1,,\n201,C,XA,20,,";
    let old = catalogue("old", &format!("{COLUMNS}\n{old}\n"));
    let new = catalogue("new", &format!("{COLUMNS}\n9,Tỉnh,TINH,,,\n101,AB,XA,9,,\n102,C,XA,9,,\n"));
    let pairs = read_pairs("from_code,to_code\n101,101\n102,101\n201,102\n").unwrap();
    let lineage = Lineage::new(&old, &new, day("2025-07-01"), &pairs).unwrap();
    let units = Units::new(vec![old, new], vec![lineage]);
    let scope = |text: &str| format!("area:old:{text}").parse::<Scope>().unwrap();
    assert_eq!(units.place(&key("old:10"), &"new".parse().unwrap()).unwrap().code.as_str(), "101");
    assert!(units.holds(&key("new:101"), &scope("10")));
    assert!(units.scopes_of(&key("new:101")).contains(&scope("10")));
    // Crossed codes: 102 of the new catalogue was 201, never 102.
    assert!(units.holds(&key("new:102"), &scope("201")) && !units.holds(&key("new:102"), &scope("102")));
}

#[test]
fn the_new_communes_are_summed_by_the_old_districts_they_were_made_of() {
    let (tree, new) = (tree("kontum-2022"), both().1);
    let reports = |code: &str| tree.reporting_unit(&new_key(code)).unwrap().code.to_string();
    assert_eq!([reports("23425"), reports("23538"), reports("23293")], ["617", "618", "608"]);
    // What was never in Kon Tum has no district there.
    assert_eq!([reports("21025"), reports("51")], ["62", "62"]);
    assert!(new.units().all(|u| tree.reporting_unit(&UnitKey::new(&new.id, &u.code)).is_some()));
}

#[test]
fn the_tree_in_force_changes_on_the_day() {
    let at = |d: &str| Tree::in_force(units(), &key("62"), day(d)).unwrap().catalogue.id.to_string();
    assert_eq!([at("2022-11-09"), at("2025-06-30")], ["kontum-2022"; 2]);
    assert_eq!([at("2025-07-01"), at("2025-11-09")], ["quangngai-2025"; 2]);
}

#[test]
fn a_change_is_checked_as_a_whole() {
    let (old, new) = both();
    let real = PAIRS.replace('\r', "");
    let check = |pairs: &str| Lineage::new(&old, &new, day("2025-07-01"), &read_pairs(pairs).unwrap());
    let faults = |pairs: String| check(&pairs).unwrap_err();
    assert_eq!(faults(real.replace("23422,23425\n", "")), [Fault::Dropped(code("23422"))]);
    assert_eq!(faults(format!("{real}99999,23425\n")), [Fault::UnknownOld(code("99999"))]);
    assert_eq!(faults(real.replace("23422,23425", "23422,99999")), [Fault::UnknownNew(code("99999"))]);
    assert_eq!(faults(format!("{real}617,23425\n")), [Fault::NotSmallestOld(code("617"))]);
    assert_eq!(faults(real.replace("23422,23425", "23422,51")), [Fault::NotSmallestNew(code("51"))]);
    let split = Fault::Split(code("23422"), vec![code("23425"), code("23446")]);
    assert_eq!(faults(format!("{real}23422,23446\n")), [split]);
    assert!(check(&format!("{real}23422,23425\n")).is_ok(), "the same line twice says nothing new");
    assert!(read_pairs("from_code,to_code\n").is_err() && read_pairs("a,b\n1,2\n").is_err());
}

#[test]
fn pairs_are_read_with_any_delimiter_and_a_fault_names_the_column() {
    let expect = read_pairs("from_code,to_code\n101,102\n103,102\n").unwrap();
    for text in [
        "from_code;to_code\r\n101;102\r\n103;102\r\n;\r\n",
        "\u{feff}from_code\tto_code\n101\t102\n103\t102\n",
        "Tên;TO_CODE;From_code\nXã A, B;102;101\nXã C;102;103",
    ] {
        assert_eq!(read_pairs(text), Ok(expect.clone()), "{text}");
    }
    let why = |text: &str| read_pairs(text).map_err(|bad| (bad.line, bad.why));
    assert_eq!(why("mã cũ;to_code\n101;102"), Err((1, BadPair::NoColumn("from_code"))));
    assert_eq!(why("from_code;to_code\n101;102\n103"), Err((3, BadPair::NoCode("to_code"))));
    assert_eq!(why("from_code;to_code\n10 1;102"), Err((2, BadPair::BadCode("from_code", "10 1".to_owned()))));
}

/// A province of `n` communes in districts of three.
fn province(id: &str, n: usize) -> Catalogue {
    let district = |i: usize| format!("d{},Huyện {i},HUYEN,1,,\n", i / 3);
    let commune = |i: usize| format!("c{i},Xã {i},XA,d{},,\n", i / 3);
    let lines: String = (0..n).map(|i| if i % 3 == 0 { district(i) } else { String::new() } + &commune(i)).collect();
    catalogue(id, &format!("{COLUMNS}\n1,Tỉnh,TINH,,,\n{lines}"))
}

/// A change in which old commune `i` goes to new commune `homes[i]`.
fn change(from: &Catalogue, to: &Catalogue, homes: &[usize]) -> Lineage {
    let pair = |(i, to): (usize, &usize)| (code(&format!("c{i}")), code(&format!("c{to}")));
    let pairs: Vec<_> = homes.iter().enumerate().map(pair).collect();
    Lineage::new(from, to, day("2025-07-01"), &pairs).unwrap()
}

proptest! {
    #[test]
    fn through_any_changes_each_commune_has_exactly_one_home(
        first in prop::collection::vec(0..6_usize, 9),
        second in prop::collection::vec(0..4_usize, 6),
    ) {
        let (a, b, c) = (province("a", 9), province("b", 6), province("c", 4));
        let changes = vec![change(&a, &b, &first), change(&b, &c, &second)];
        let units = Units::new(vec![a.clone(), b, c.clone()], changes);
        for (i, home) in first.iter().enumerate() {
            let expected = format!("c{}", second[*home]);
            let scope = a.scope_of(&code(&format!("c{i}")));
            let holders: Vec<&str> = c.smallest()
                .filter(|u| units.holds(&UnitKey::new(&c.id, &u.code), &scope))
                .map(|u| u.code.as_str())
                .collect();
            prop_assert_eq!(holders, [expected.as_str()]);
        }
        let all: Vec<UnitKey> =
            units.catalogues().flat_map(|c| c.units().map(|u| UnitKey::new(&c.id, &u.code))).collect();
        // One function says what a unit may write, the other what it receives: they agree.
        for key in &all {
            let received = units.scopes_of(key);
            for cat in units.catalogues() {
                for scope in cat.units().map(|u| cat.scope_of(&u.code)) {
                    prop_assert_eq!(units.holds(key, &scope), received.contains(&scope), "{} {}", key, scope);
                }
            }
        }
        // Forth to the new tree and back to the old one, nothing is without a unit.
        for id in ["a", "b", "c"] {
            let tree = Tree::of(units.clone(), &key("a:1"), &id.parse().unwrap()).unwrap();
            prop_assert!(all.iter().all(|key| tree.reporting_unit(key).is_some()));
        }
    }
}
