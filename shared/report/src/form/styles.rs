//! Styles of cells: how large their letters are, and which are needed besides, with the quote prefix: a text
//! that Excel would take for a formula when somebody edits its cell stays a text.

use std::cell::RefCell;
use std::fmt::Write;

use super::BadTemplate;
use super::xml::{Edits, attribute, attributes, child, inner, is, parse, prefix};

/// What a style tells of the room that a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Size of the letters, pt.
    pub pt: usize,
    /// Whether a long text goes on in the next line.
    pub wraps: bool,
}

impl Look {
    /// Excel's own.
    const PLAIN: Self = Self { pt: 11, wraps: false };
}

/// The styles of a template, and those that are needed beside them.
#[derive(Debug, Default)]
pub struct Styles {
    looks: Vec<Look>,
    /// So many styles the template has; `None` where it has no list of them.
    first: Option<u32>,
    /// The style that each new one is like.
    like: RefCell<Vec<u32>>,
}

/// Whether Excel would read a formula in it.
fn is_risky(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

impl Styles {
    /// Beside the styles in `source`.
    pub fn of(part: &str, source: &str) -> Result<Self, BadTemplate> {
        let document = parse(part, source)?;
        let root = document.root_element();
        let size = |font: roxmltree::Node<'_, '_>| {
            let pt: Option<f64> = child(&font, "sz").and_then(|sz| attribute(&sz, "val")?.parse().ok());
            // Excel's own limits.
            pt.map_or(Look::PLAIN.pt, |pt| pt.clamp(1.0, 409.0).round() as usize)
        };
        let fonts = child(&root, "fonts");
        let sizes: Vec<usize> =
            fonts.iter().flat_map(roxmltree::Node::children).filter(|n| is(n, "font")).map(size).collect();
        let Some(list) = child(&root, "cellXfs") else { return Ok(Self::default()) };
        let look = |xf: roxmltree::Node<'_, '_>| Look {
            pt: attribute(&xf, "fontId").and_then(|id| sizes.get(id.parse::<usize>().ok()?)).copied().unwrap_or(11),
            wraps: child(&xf, "alignment")
                .and_then(|a| attribute(&a, "wrapText"))
                .is_some_and(|w| w != "0" && w != "false"),
        };
        let looks: Vec<Look> = list.children().filter(|n| is(n, "xf")).map(look).collect();
        Ok(Self { first: u32::try_from(looks.len()).ok(), looks, like: RefCell::default() })
    }

    /// What a cell of this style looks like.
    pub fn look(&self, style: Option<&str>) -> Look {
        let at = style.and_then(|s| s.parse().ok()).unwrap_or(0_usize);
        self.looks.get(at).copied().unwrap_or(Look::PLAIN)
    }

    /// The style for `text` in a cell of this style.
    pub fn style(&self, text: &str, style: Option<&str>) -> Option<String> {
        let own = style.map(str::to_owned);
        let (Some(first), true) = (self.first, is_risky(text)) else { return own };
        let base = style.and_then(|s| s.parse().ok()).unwrap_or(0);
        let mut like = self.like.borrow_mut();
        let at = like.iter().position(|known| *known == base).unwrap_or_else(|| {
            like.push(base);
            like.len() - 1
        });
        Some((u64::from(first) + at as u64).to_string())
    }

    /// `source` with the new styles; `None` where none were needed.
    pub fn written(&self, part: &str, source: &str) -> Result<Option<String>, BadTemplate> {
        let like = self.like.borrow();
        if like.is_empty() {
            return Ok(None);
        }
        let document = parse(part, source)?;
        let Some(list) = child(&document.root_element(), "cellXfs") else { return Ok(None) };
        let all: Vec<_> = list.children().filter(|n| is(n, "xf")).collect();
        let (mut more, p) = (String::new(), prefix(source, &list));
        for base in like.iter() {
            let Some(xf) = usize::try_from(*base).ok().and_then(|at| all.get(at)) else { continue };
            let kept = attributes(source, xf, &["quotePrefix"]);
            let _ = write!(more, "<{p}xf{kept} quotePrefix=\"1\">{}</{p}xf>", inner(source, xf));
        }
        let mut edits = Edits::default();
        if let Some(last) = all.last() {
            edits.put(last.range().end..last.range().end, more);
        }
        if let Some(count) = list.attributes().find(|a| a.name() == "count") {
            edits.put(count.range_value(), (all.len() + like.len()).to_string());
        }
        Ok(Some(edits.apply(source)))
    }
}
