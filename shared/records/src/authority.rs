//! Who may write which field. Unit and role come from the feed's certificate.

use keng_domain::point::{CRITERIA, RATINGS, rater_in};
use keng_domain::schema::{FieldType, Kind, Writer};
use keng_domain::scope::Scope;
use keng_domain::unit::{CatalogueId, UnitCode, UnitKey};

use crate::gate::Decoded;
use crate::record::META_KEYS;

/// Who stands behind a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The unit of the certificate.
    pub unit: UnitCode,
    /// The catalogue in which it is a unit; `None`: the first one that has the code.
    pub catalogue: Option<CatalogueId>,
    /// Whether it is the hub.
    pub is_hub: bool,
}

impl Role {
    /// A unit's.
    #[must_use]
    pub fn of_unit(unit: impl Into<UnitKey>) -> Self {
        let UnitKey { catalogue, code } = unit.into();
        Self { unit: code, catalogue, is_hub: false }
    }

    /// The hub's, which stands for the province.
    #[must_use]
    pub fn of_hub(province: UnitCode) -> Self {
        Self { unit: province, catalogue: None, is_hub: true }
    }

    /// The unit by catalogue and code.
    #[must_use]
    pub fn unit_key(&self) -> UnitKey {
        UnitKey { catalogue: self.catalogue.clone(), code: self.unit.clone() }
    }
}

/// Why a writer may not write what a change writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// `kind`, `scope`, `owner` or another fixed field after creation.
    #[error("{0:?} is written once, at creation")]
    Fixed(String),
    /// The record belongs to another scope than the feed that carries the change.
    #[error("the record belongs to {record}, the feed to {feed}")]
    Scope {
        /// Where the record belongs.
        record: Scope,
        /// Where the feed writes.
        feed: Scope,
    },
    /// A field or kind that only the hub writes.
    #[error("only the hub writes {0:?}")]
    HubOnly(String),
    /// A rating in another unit's name.
    #[error("{key:?} is another unit's rating, the writer is {unit}")]
    OthersRating {
        /// The key.
        key: String,
        /// The writer.
        unit: UnitCode,
    },
}

/// Checks one change against the record it belongs to: `kind` and `scope` as the record has
/// them (for a first change, as it sets them).
///
/// # Errors
/// [`Forbidden`].
pub fn check(
    change: &Decoded,
    is_new: bool,
    kind: &str,
    scope: &Scope,
    feed: &Scope,
    role: &Role,
) -> Result<(), Forbidden> {
    if scope != feed {
        return Err(Forbidden::Scope { record: scope.clone(), feed: feed.clone() });
    }
    let known = Kind::of_code(kind);
    if !role.is_hub && known.is_some_and(Kind::is_hub_only) {
        return Err(Forbidden::HubOnly(kind.to_owned()));
    }
    let creates = is_new && change.is_first();
    let rater = rater_in(scope, &role.unit_key());
    for (key, _) in change.writes() {
        let spec = known.and_then(|k| k.field(key));
        if !creates && (META_KEYS.contains(&key) || spec.is_some_and(|s| s.kind == FieldType::Fixed)) {
            return Err(Forbidden::Fixed(key.to_owned()));
        }
        if role.is_hub {
            continue;
        }
        if spec.is_some_and(|s| s.writer == Writer::Hub) {
            return Err(Forbidden::HubOnly(key.to_owned()));
        }
        let mut parts = key.split('/');
        let is_rating =
            known == Some(Kind::Point) && parts.next().is_some_and(|head| [RATINGS, CRITERIA].contains(&head));
        if is_rating && parts.nth(1) != Some(rater.as_str()) {
            return Err(Forbidden::OthersRating { key: key.to_owned(), unit: role.unit.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Forbidden, Role, check};
    use crate::gate::decode;
    use crate::record::tests::{point, stamp};
    use keng_domain::field::Value;
    use keng_domain::id::Incarnation;
    use keng_domain::scope::Scope;
    use keng_domain::unit::UnitKey;

    fn judged(key: &str, unit: &str, is_hub: bool) -> Result<(), Forbidden> {
        let (mut record, _) = point(1);
        let change = record.edit(&[(key.to_owned(), Value::from("x"))], Incarnation([1; 16]), &stamp("A")).unwrap();
        let role = Role { is_hub, ..Role::of_unit(unit.parse::<UnitKey>().unwrap()) };
        let scope: Scope = "area:kontum-2022:23425".parse().unwrap();
        check(&decode(&change).unwrap(), false, "point", &scope, &scope, &role)
    }

    #[test]
    fn a_unit_writes_its_own_rating_alone() {
        assert!(judged("ratings/2022/610", "610", false).is_ok());
        for others in ["ratings/2022/612", "rating_points/2022/612/1", "ratings/2022", "rating_points/2022"] {
            assert!(matches!(judged(others, "610", false), Err(Forbidden::OthersRating { .. })), "{others}");
        }
        assert!(judged("rating_points/2022/610/1", "610", false).is_ok());
    }

    #[test]
    fn units_of_two_catalogues_with_one_code_are_two_raters() {
        let (old, new) = ("kontum-2022:23425", "quangngai-2025:23425");
        assert!(judged("ratings/2025/23425", old, false).is_ok());
        assert!(judged("ratings/2025/quangngai-2025:23425", new, false).is_ok());
        assert!(matches!(judged("ratings/2025/23425", new, false), Err(Forbidden::OthersRating { .. })));
        assert!(matches!(judged("ratings/2025/quangngai-2025:23425", old, false), Err(Forbidden::OthersRating { .. })));
    }

    #[test]
    fn approvals_are_the_hubs() {
        assert!(matches!(judged("approved/2022", "610", false), Err(Forbidden::HubOnly(_))));
        assert!(judged("approved/2022", "62", true).is_ok());
    }

    #[test]
    fn scope_owner_and_unit_never_change() {
        for key in ["scope", "owner", "kind", "unit"] {
            assert!(matches!(judged(key, "62", true), Err(Forbidden::Fixed(_))), "{key}");
        }
    }
}
