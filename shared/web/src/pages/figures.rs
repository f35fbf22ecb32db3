//! Figures beside figures: what a unit hands in, against what it handed in before or what stands now.

use askama::Template;
use askama::filters::HtmlSafe;
use keng_domain::id::RecordId;
use keng_domain::rules::submission::Frozen;

use crate::parts::{Count, Link};

/// The sums and the models of one unit, with what differs from other figures of it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/figures.html")]
pub struct FiguresCard {
    /// `Số liệu sẽ trình`.
    pub title: String,
    /// What they are compared with; [`None`]: nothing.
    pub beside: Option<Beside>,
    /// The sums.
    pub totals: Vec<SumLine>,
    /// The models with counted points here or there.
    pub models: Vec<ModelLine>,
}

/// Other figures of the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other<'a> {
    /// See [`Beside::name`].
    pub name: &'a str,
    /// See [`Beside::word`].
    pub word: &'static str,
    /// The figures.
    pub figures: &'a Frozen,
}

/// How other figures are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// In the head: `bản tỉnh đã nhận, 6 tháng đầu năm 2022`.
    pub name: String,
    /// Before each of their numbers: `trước`, `nay`.
    pub word: &'static str,
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumLine {
    /// What is counted.
    pub name: &'static str,
    /// Where the rows stand that are counted, as they are now.
    pub rows: String,
    /// How many.
    pub figure: Figure,
}

/// Of what a sum counts the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Models with counted points.
    Models,
    /// Points, by the word that the list of points knows.
    Points(&'static str),
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLine {
    /// Its name and page.
    pub model: Link,
    /// Points, teams, members, eligible, effective, unrated.
    pub figures: [Figure; 6],
}

/// A number, and the one beside it where it is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Here.
    pub here: Count,
    /// There, where the two differ.
    pub there: Option<Count>,
}

impl Figure {
    fn of(here: u64, there: Option<u64>) -> Self {
        Self { here: Count(here), there: there.filter(|t| *t != here).map(Count) }
    }
}

impl FiguresCard {
    /// `here`, compared with `there`; `link` gives a model its name and page, `rows` a sum the address of its rows.
    #[must_use]
    pub fn of(
        title: impl Into<String>,
        here: &Frozen,
        there: Option<Other<'_>>,
        link: impl Fn(RecordId) -> Link,
        rows: impl Fn(Rows) -> String,
    ) -> Self {
        let other = there.map(|o| o.figures);
        let sums = |f: &Frozen| {
            let t = f.totals;
            [
                ("Mô hình", Rows::Models, u64::from(t.models)),
                ("Điểm được tính", Rows::Points("counted"), u64::from(t.points)),
                ("Tổ", Rows::Points("counted"), t.teams),
                ("Thành viên", Rows::Points("counted"), t.members),
                ("Điểm mới trong kỳ", Rows::Points("new"), u64::from(t.new_points)),
                ("Điểm chấm dứt trong kỳ", Rows::Points("gone"), u64::from(t.ended)),
                ("Tự phát, chờ công nhận", Rows::Points("spontaneous"), u64::from(t.spontaneous_pending)),
            ]
        };
        let others = other.map(sums);
        let totals = sums(here).into_iter().enumerate();
        let mut ids: Vec<RecordId> = here.by_model.keys().copied().collect();
        ids.extend(other.into_iter().flat_map(|o| o.by_model.keys()).filter(|id| !here.by_model.contains_key(*id)));
        let line = |id: RecordId| {
            let own = here.by_model.get(&id).copied().unwrap_or_default();
            let its = other.map(|o| o.by_model.get(&id).copied().unwrap_or_default());
            ModelLine { model: link(id), figures: std::array::from_fn(|i| Figure::of(own[i], its.map(|f| f[i]))) }
        };
        let mut models: Vec<ModelLine> = ids.into_iter().map(line).collect();
        models.sort_by(|a, b| keng_domain::text::compare(&a.model.label, &b.model.label));
        Self {
            title: title.into(),
            totals: totals
                .map(|(i, (name, of, n))| SumLine {
                    name,
                    rows: rows(of),
                    figure: Figure::of(n, others.map(|o| o[i].2)),
                })
                .collect(),
            models,
            beside: there.map(|o| Beside { name: o.name.to_owned(), word: o.word }),
        }
    }

    /// How many of the numbers differ.
    fn differing(&self) -> usize {
        let all = self.totals.iter().map(|l| l.figure).chain(self.models.iter().flat_map(|m| m.figures));
        all.filter(|f| f.there.is_some()).count()
    }
}

impl HtmlSafe for FiguresCard {}

#[cfg(test)]
mod tests {
    use super::{FiguresCard, Other, Rows};
    use crate::parts::{Count, Link};
    use keng_domain::figures::Totals;
    use keng_domain::id::RecordId;
    use keng_domain::rules::submission::Frozen;

    fn frozen(points: u32, models: &[(u8, u64)]) -> Frozen {
        let by_model = models.iter().map(|(n, p)| (RecordId([*n; 16]), [*p, 0, 0, 0, 0, 0])).collect();
        Frozen { totals: Totals { points, ..Totals::default() }, by_model, as_of: None }
    }

    #[test]
    fn a_model_that_is_gone_is_told_with_what_it_had() {
        let (here, there) = (frozen(3, &[(1, 3)]), frozen(5, &[(1, 3), (2, 2)]));
        let link = |id: RecordId| Link::new(id.to_string(), "/");
        let rows = |of: Rows| format!("{of:?}");
        let card = FiguresCard::of("x", &here, Some(Other { name: "y", word: "nay", figures: &there }), link, rows);
        let gone = &card.models[1].figures[0];
        assert_eq!((card.models.len(), gone.here, gone.there), (2, Count(0), Some(Count(2))));
        assert_eq!(card.differing(), 2);
        assert_eq!(FiguresCard::of("x", &here, None, link, rows).differing(), 0);
    }
}
