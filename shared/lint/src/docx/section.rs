//! Sections: sheet, margins, and how their pages are numbered.

use roxmltree::Node;

use super::body::Reader;
use super::look::{MM_PER_TWIP, ParagraphLook, RunLook, attribute, child, is, number, switch};
use super::package::{Package, parse};
use super::styles::Styles;
use crate::Unreadable;
use crate::paper::{Align, Line, Margin, Numbers, Part};

/// The properties of each section, in order; the last one's end the body.
pub struct Sections<'a, 'i> {
    all: Vec<Node<'a, 'i>>,
}

/// Which header or footer of a section a relation leads to.
#[derive(Debug, Clone, Default)]
struct Edges {
    default: Option<String>,
    first: Option<String>,
}

impl<'a, 'i> Sections<'a, 'i> {
    /// Finds them. Changes that are tracked hold older ones, which do not count.
    pub fn of(body: Node<'a, 'i>) -> Self {
        let counts = |n: &Node<'_, '_>| is(*n, "sectPr") && n.parent().is_some_and(|p| is(p, "pPr") || is(p, "body"));
        Self { all: body.descendants().filter(counts).collect() }
    }

    /// Length of a line in each section, mm.
    pub fn text_widths_mm(&self) -> Vec<f64> {
        self.all
            .iter()
            .map(|n| (side(*n, "pgSz", "w") - side(*n, "pgMar", "left") - side(*n, "pgMar", "right")).max(1.0))
            .collect()
    }

    /// What the rules want to know of each. Adds what stands in headers and footers to `lines`.
    pub fn parts(&self, package: &Package, styles: &Styles, lines: &mut Vec<Line>) -> Result<Vec<Part>, Unreadable> {
        let (mut headers, mut footers) = (Edges::default(), Edges::default());
        let mut seen: Vec<String> = Vec::new();
        let mut parts = Vec::new();
        for (at, node) in self.all.iter().enumerate() {
            headers.take(*node, "headerReference");
            footers.take(*node, "footerReference");
            for id in [&headers.default, &headers.first, &footers.default, &footers.first].into_iter().flatten() {
                if !seen.contains(id) {
                    seen.push(id.clone());
                    if let Some(xml) = package.related(id)? {
                        lines.extend(Reader::beside(styles, parse(xml)?.root_element(), at, self.text_widths_mm()[at]));
                    }
                }
            }
            let has_grid = lines.iter().any(|line| line.part == at && line.grid);
            let several = self.all.len() > 1;
            parts.push(Part {
                place: if several { format!("phần (section) {}", at + 1) } else { "cả văn bản".to_owned() },
                width_mm: side(*node, "pgSz", "w"),
                height_mm: side(*node, "pgSz", "h"),
                margins: ["top", "bottom", "left", "right"].map(|name| Margin::Exact(side(*node, "pgMar", name))),
                has_grid,
                numbers: numbers(*node, &headers, &footers, package, styles)?,
            });
        }
        Ok(parts)
    }
}

impl Edges {
    /// A section that names none goes on with that of the section before.
    fn take(&mut self, section: Node<'_, '_>, kind: &str) {
        for node in section.children().filter(|n| is(*n, kind)) {
            let id = attribute(node, "id").map(str::to_owned);
            match attribute(node, "type") {
                Some("first") => self.first = id,
                Some("even") => {}
                _ => self.default = id,
            }
        }
    }
}

/// A length of the section, mm; A4 and the usual margins where it is silent are not assumed.
fn side(section: Node<'_, '_>, of: &str, name: &str) -> f64 {
    child(section, of).and_then(|n| number(n, name)).unwrap_or(0.0) * MM_PER_TWIP
}

fn numbers(
    section: Node<'_, '_>,
    headers: &Edges,
    footers: &Edges,
    package: &Package,
    styles: &Styles,
) -> Result<Numbers, Unreadable> {
    let shown = |id: &Option<String>| -> Result<Option<Field>, Unreadable> {
        let Some(xml) = id.as_deref().map(|id| package.related(id)).transpose()?.flatten() else { return Ok(None) };
        Ok(page_field(parse(xml)?.root_element(), styles))
    };
    let (top, bottom) = (shown(&headers.default)?, shown(&footers.default)?);
    let (first_top, first_bottom) = (shown(&headers.first)?, shown(&footers.first)?);
    let first_differs = switch(section, "titlePg").unwrap_or(false);
    let in_top_margin = top.is_some();
    let on_later = top.or(bottom);
    let on_first = if first_differs { first_top.is_some() || first_bottom.is_some() } else { on_later.is_some() };
    let kind = child(section, "pgNumType");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let start = kind.and_then(|n| number(n, "start")).map(|n| n.clamp(0.0, 30_000.0) as u32);
    let field = on_later.clone().unwrap_or_default();
    Ok(Numbers {
        on_first,
        later: Some(on_later.is_some()),
        start,
        arabic: kind.and_then(|n| attribute(n, "fmt")).is_none_or(|f| matches!(f, "decimal" | "numberInDash"))
            && !field.other_digits,
        in_top_margin,
        centred: field.centred,
        size_pt: field.size_pt,
        upright: field.upright,
    })
}

/// A page number and its look.
#[derive(Debug, Clone, Default)]
struct Field {
    centred: bool,
    size_pt: Option<f64>,
    upright: bool,
    /// `\* roman` and the like.
    other_digits: bool,
}

/// The first field PAGE under `root`.
fn page_field(root: Node<'_, '_>, styles: &Styles) -> Option<Field> {
    let code = |n: Node<'_, '_>| match n.tag_name().name() {
        "instrText" => n.text().map(str::to_owned),
        "fldSimple" => attribute(n, "instr").map(str::to_owned),
        _ => None,
    };
    let is_page = |code: &str| code.split_whitespace().next().is_some_and(|w| w.eq_ignore_ascii_case("PAGE"));
    let (node, code) = root.descendants().find_map(|n| Some((n, code(n).filter(|c| is_page(c))?)))?;
    let paragraph = node.ancestors().find(|n| is(*n, "p"))?;
    let properties = child(paragraph, "pPr");
    let style = properties.and_then(|n| child(n, "pStyle")).and_then(|n| attribute(n, "val"));
    let (shape, letters) = styles.paragraph(style);
    let shape = properties.map_or_else(|| shape.clone(), |n| shape.under(&ParagraphLook::read(n)));
    let framed = properties.and_then(|n| child(n, "framePr")).and_then(|n| attribute(n, "xAlign"));
    let run = node.ancestors().find(|n| is(*n, "r")).or_else(|| node.descendants().find(|n| is(*n, "r")));
    let own = run.and_then(|n| child(n, "rPr"));
    let named = own.and_then(|n| child(n, "rStyle")).and_then(|n| attribute(n, "val"));
    let look = styles.run(letters, named).under(&own.map_or_else(RunLook::default, |n| styles.run_look(n)));
    Some(Field {
        centred: shape.align == Some(Align::Center) || framed == Some("center"),
        size_pt: look.size_pt,
        upright: look.italic != Some(true),
        other_digits: code.to_lowercase().contains("roman") || code.to_lowercase().contains("alphabetic"),
    })
}
