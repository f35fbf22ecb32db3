//! The bodies of a province by their names, derived from the name of its unit.

use keng_domain::rule_pack::DirectingLetter;

use crate::words::clip;

/// How a province and the bodies in it are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// `tỉnh`.
    pub kind: &'static str,
    /// `tỉnh Kon Tum`: the kind is a common noun (decree 30/2020, annex II).
    pub province: String,
    /// `toàn tỉnh`.
    pub everywhere: &'static str,
    /// The standing body of the steering committee (letter 4267, 2): it consolidates and reports.
    pub issuer: String,
    /// The People's Committee, to whom it reports beside the Ministry.
    pub committee: String,
    /// The Party's committee.
    pub party: &'static str,
    /// The place in the line of place and date.
    pub place: String,
}

impl Agency {
    /// Derives all names from that of the province's unit, e.g. `Tỉnh Kon Tum`.
    pub fn of(unit: &str) -> Self {
        let unit = clip(unit);
        let unit = unit.trim();
        let (kind, everywhere, party, name) = match unit.split_at_checked("Thành phố ".len()) {
            Some(("Thành phố ", name)) => ("thành phố", "toàn thành phố", "Thành ủy", name),
            _ => ("tỉnh", "toàn tỉnh", "Tỉnh ủy", unit.strip_prefix("Tỉnh ").unwrap_or(unit)),
        };
        let province = format!("{kind} {name}").trim_end().to_owned();
        Self {
            kind,
            everywhere,
            issuer: format!("Công an {province}"),
            committee: format!("Ủy ban nhân dân {province}"),
            party,
            place: match name {
                "" => "…".to_owned(),
                // A place called after a person keeps its kind (decree 30/2020, annex I, II.4.a).
                "Hồ Chí Minh" => unit.to_owned(),
                name => name.to_owned(),
            },
            province,
        }
    }
}

impl Agency {
    /// The number of a letter of the police of the province that nobody has issued yet (R29).
    pub fn letter_number(&self) -> String {
        let police = if self.kind == "thành phố" { "CATP" } else { "CAT" };
        format!("Số:      /{police}-PV05")
    }
}

/// Kinds of unit, which are common nouns within a sentence.
const KINDS: [&str; 9] = ["Tỉnh", "Thành phố", "Huyện", "Quận", "Thị xã", "Xã", "Phường", "Thị trấn", "Đặc khu"];

/// A unit within a sentence: `huyện Đăk Hà`; a kind that a number follows keeps its capital
/// (`Phường 1`; decree 30/2020, annex II, IV).
pub fn in_sentence(unit: &str) -> String {
    let unit = clip(unit);
    let named = |kind: &&&str| unit.strip_prefix(**kind).is_some_and(|rest| rest.starts_with(' '));
    match KINDS.iter().find(named) {
        Some(kind) if !unit[kind.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{}{}", kind.to_lowercase(), &unit[kind.len()..])
        }
        _ => unit,
    }
}

/// Whether a unit is one of administration; the others are members of the steering committee.
pub fn is_administrative(unit: &str) -> bool {
    KINDS.iter().any(|kind| unit.strip_prefix(kind).is_some_and(|rest| rest.starts_with(' ')))
}

/// To whom the province writes about a unit: its steering committee, or the member itself (letter 4267, Kính gửi).
pub fn committee_of(unit: &str, order: &DirectingLetter) -> String {
    let said = in_sentence(unit);
    if is_administrative(unit) { format!("{} {said}", order.committee) } else { said }
}

/// Whom a unit's police ask to decide.
pub fn head_of(unit: &str) -> String {
    let said = in_sentence(unit);
    if is_administrative(unit) {
        format!("Chủ tịch Ủy ban nhân dân {said}")
    } else {
        format!("Thủ trưởng {said}")
    }
}

/// The same with the office that he has in the steering committee.
pub fn head_in_full(unit: &str, order: &DirectingLetter) -> String {
    let head = head_of(unit);
    if is_administrative(unit) { format!("{head}, Trưởng {},", committee_of(unit, order)) } else { head }
}

/// The kinds of these units within a sentence: `huyện, thành phố`; members of the committee have none.
pub fn kinds_of(units: &[String]) -> String {
    let of_kind = |kind: &&&str| units.iter().any(|u| u.strip_prefix(**kind).is_some_and(|rest| rest.starts_with(' ')));
    // As the letter has it: the city after the districts.
    let (mut cities, mut others): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for kind in KINDS.iter().filter(of_kind) {
        if matches!(*kind, "Thành phố" | "Thị xã") { cities.push(kind) } else { others.push(kind) }
    }
    let all: Vec<String> = others.into_iter().chain(cities).map(str::to_lowercase).collect();
    if all.is_empty() { "đơn vị, địa phương".to_owned() } else { all.join(", ") }
}

/// A unit as the place in the line of place and date: its name without its kind, unless the name is a number
/// (decree 30/2020, annex I, II.4.a).
pub fn place(unit: &str) -> String {
    let unit = clip(unit);
    let bare = KINDS.iter().find_map(|kind| unit.strip_prefix(kind)?.strip_prefix(' ')).map(str::trim_start);
    let bare = bare.filter(|name| !name.starts_with(|c: char| c.is_ascii_digit()));
    bare.map_or_else(|| unit.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Agency, DirectingLetter, committee_of, head_in_full, in_sentence, kinds_of, place};

    #[test]
    fn the_kind_of_a_unit_is_small_within_a_sentence_unless_a_number_follows() {
        let told = ["Huyện Đăk Hà", "Thành phố Kon Tum", "Phường 1", "Xã Xốp", "Thị trấn Plei Kần", "Măng Ri"];
        let said = ["huyện Đăk Hà", "thành phố Kon Tum", "Phường 1", "xã Xốp", "thị trấn Plei Kần", "Măng Ri"];
        assert_eq!(told.map(in_sentence), said);
    }

    #[test]
    fn a_paper_is_dated_at_the_name_of_its_unit() {
        let units = ["Huyện Đăk Hà", "Phường 1", "Thị trấn Plei Kần", "Xã Xốp", "Măng Ri", ""];
        assert_eq!(units.map(place), ["Đăk Hà", "Phường 1", "Plei Kần", "Xốp", "Măng Ri", ""]);
    }

    #[test]
    fn units_are_written_to_by_what_they_are() {
        let kinds = |units: &[&str]| kinds_of(&units.iter().map(|u| (*u).to_owned()).collect::<Vec<_>>());
        assert_eq!(kinds(&["Thành phố Kon Tum", "Huyện Đăk Hà", "Huyện Sa Thầy", "Sở Y tế"]), "huyện, thành phố");
        assert_eq!(kinds(&["Phường 1", "Xã Xốp", "Đặc khu Lý Sơn"]), "xã, phường, đặc khu");
        assert_eq!(kinds(&[]), "đơn vị, địa phương");
        let committees = ["Huyện Đăk Hà", "Sở Y tế"].map(|unit| committee_of(unit, &DirectingLetter::default()));
        assert_eq!(committees, ["Ban Chỉ đạo Phòng, chống tội phạm huyện Đăk Hà", "Sở Y tế"]);
        let head = "Chủ tịch Ủy ban nhân dân xã Xốp, Trưởng Ban Chỉ đạo Phòng, chống tội phạm xã Xốp,";
        assert_eq!(
            ["Xã Xốp", "Sở Y tế"].map(|unit| head_in_full(unit, &DirectingLetter::default())),
            [head, "Thủ trưởng Sở Y tế"]
        );
        let city = Agency::of("Thành phố Đà Nẵng").letter_number();
        assert_eq!([Agency::of("Tỉnh Kon Tum").letter_number(), city], ["Số:      /CAT-PV05", "Số:      /CATP-PV05"]);
    }

    fn check(unit: &str, issuer: &str, place: &str) {
        let agency = Agency::of(unit);
        assert_eq!((agency.issuer.to_uppercase().as_str(), agency.place.as_str()), (issuer, place), "{unit}");
    }

    #[test]
    fn the_issuer_is_the_police_of_the_province() {
        check("Tỉnh Kon Tum", "CÔNG AN TỈNH KON TUM", "Kon Tum");
        check("Tỉnh Quảng Ngãi", "CÔNG AN TỈNH QUẢNG NGÃI", "Quảng Ngãi");
        check("Thành phố Đà Nẵng", "CÔNG AN THÀNH PHỐ ĐÀ NẴNG", "Đà Nẵng");
        check("Thành phố Hồ Chí Minh", "CÔNG AN THÀNH PHỐ HỒ CHÍ MINH", "Thành phố Hồ Chí Minh");
        check("", "CÔNG AN TỈNH", "…");
    }

    #[test]
    fn a_city_has_its_own_words() {
        let city = Agency::of("Thành phố Đà Nẵng");
        assert_eq!((city.everywhere, city.party), ("toàn thành phố", "Thành ủy"));
        assert_eq!(city.committee, "Ủy ban nhân dân thành phố Đà Nẵng");
    }
}
