//! The bodies of a province by their names, derived from the name of its unit.

use crate::words::clip;

/// How a province and the bodies in it are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
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

#[cfg(test)]
mod tests {
    use super::Agency;

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
