//! Who heads, dates and signs the papers of a unit (decree 30/2020, annex I, II).

use keng_domain::rule_pack::DirectingLetter;

use super::agency::{Agency, in_sentence, is_administrative, place};

/// Whose paper it is.
pub struct Issuer {
    /// The agency above.
    pub superior: String,
    /// The issuing agency.
    pub issuer: String,
    /// Where its papers are dated.
    pub place: String,
    /// The office of who signs; the name is never filled.
    pub signer: &'static str,
    /// `Nơi nhận:`.
    pub recipients: Vec<String>,
}

impl Issuer {
    /// Of a unit's police, of a member of the steering committee that is no unit of administration, or of the
    /// province's police.
    pub fn of(agency: &Agency, order: &DirectingLetter, unit: Option<&str>) -> Self {
        match unit {
            Some(member) if !is_administrative(member) => Self {
                superior: agency.committee.clone(),
                issuer: in_sentence(member),
                place: agency.place.clone(),
                signer: "THỦ TRƯỞNG",
                recipients: vec![agency.issuer.clone(), "Lưu: VT, hồ sơ".to_owned()],
            },
            Some(unit) => Self {
                superior: agency.issuer.clone(),
                issuer: format!("Công an {}", in_sentence(unit)),
                place: place(unit),
                signer: "TRƯỞNG CÔNG AN",
                recipients: vec![agency.issuer.clone(), "Lưu: VT, hồ sơ".to_owned()],
            },
            None => Self {
                superior: "Bộ Công an".to_owned(),
                issuer: agency.issuer.clone(),
                place: agency.place.clone(),
                signer: "GIÁM ĐỐC",
                recipients: vec![order.committee_listed.clone(), "Lưu: VT, PV05, hồ sơ".to_owned()],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Agency, DirectingLetter, Issuer};

    /// Letter 4267 is addressed to the members of the provincial steering committee too.
    #[test]
    fn a_member_that_is_no_unit_of_administration_heads_its_own_papers() {
        let agency = Agency::of("Tỉnh Kon Tum");
        let told = |unit: Option<&str>| {
            let Issuer { superior, issuer, place, signer, .. } = Issuer::of(&agency, &DirectingLetter::default(), unit);
            [superior, issuer, place, signer.to_owned()]
        };
        let district = ["Công an tỉnh Kon Tum", "Công an huyện Đăk Hà", "Đăk Hà", "TRƯỞNG CÔNG AN"];
        assert_eq!(told(Some("Huyện Đăk Hà")), district);
        let member = ["Ủy ban nhân dân tỉnh Kon Tum", "Sở Y tế", "Kon Tum", "THỦ TRƯỞNG"];
        assert_eq!(told(Some("Sở Y tế")), member);
        assert_eq!(told(None), ["Bộ Công an", "Công an tỉnh Kon Tum", "Kon Tum", "GIÁM ĐỐC"]);
    }
}
