//! Styles: what a paragraph or a run looks like before it says anything itself.

use std::collections::HashMap;

use roxmltree::{Document, Node};

use super::look::{ParagraphLook, RunLook, attribute, child, is};
use super::package::ThemeFonts;
use crate::limits::DEPTH_MAX;

/// One style.
#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    run: RunLook,
    paragraph: ParagraphLook,
    /// Whether tables in it have rules.
    ruled_table: Option<bool>,
}

/// All styles of a document.
#[derive(Debug, Default)]
pub struct Styles {
    theme: ThemeFonts,
    run: RunLook,
    paragraph: ParagraphLook,
    styles: HashMap<String, Style>,
    default_paragraph: Option<String>,
}

impl Styles {
    /// Reads `word/styles.xml`.
    pub fn read(tree: &Document<'_>, theme: ThemeFonts) -> Self {
        let mut all = Self { theme, ..Self::default() };
        let root = tree.root_element();
        if let Some(defaults) = child(root, "docDefaults") {
            let inner = |outer, name| child(defaults, outer).and_then(|n| child(n, name));
            all.run = inner("rPrDefault", "rPr").map(|n| all.run_look(n)).unwrap_or_default();
            all.paragraph = inner("pPrDefault", "pPr").map(ParagraphLook::read).unwrap_or_default();
        }
        for node in root.children().filter(|n| is(*n, "style")) {
            let Some(id) = attribute(node, "styleId").map(str::to_owned) else { continue };
            let of_paragraphs = attribute(node, "type") == Some("paragraph");
            if of_paragraphs && matches!(attribute(node, "default"), Some("1" | "true" | "on")) {
                all.default_paragraph = Some(id.clone());
            }
            let style = Style {
                based_on: child(node, "basedOn").and_then(|n| attribute(n, "val")).map(str::to_owned),
                run: child(node, "rPr").map(|n| all.run_look(n)).unwrap_or_default(),
                paragraph: child(node, "pPr").map(ParagraphLook::read).unwrap_or_default(),
                ruled_table: child(node, "tblPr").and_then(table_rules),
            };
            all.styles.insert(id, style);
        }
        all
    }

    /// Reads `w:rPr` with this document's theme.
    pub fn run_look(&self, properties: Node<'_, '_>) -> RunLook {
        RunLook::read(properties, |place| {
            if place.starts_with("major") { self.theme.major.clone() } else { self.theme.minor.clone() }
        })
    }

    /// What paragraphs of style `id` look like; of the default style without one.
    pub fn paragraph(&self, id: Option<&str>) -> (ParagraphLook, RunLook) {
        let mut look = (self.paragraph.clone(), self.run.clone());
        for style in self.chain(id.or(self.default_paragraph.as_deref())) {
            look = (look.0.under(&style.paragraph), look.1.under(&style.run));
        }
        look
    }

    /// `look` with the character style `id` over it.
    pub fn run(&self, look: RunLook, id: Option<&str>) -> RunLook {
        self.chain(id).into_iter().fold(look, |look, style| look.under(&style.run))
    }

    /// Whether tables of style `id` have rules.
    pub fn ruled_table(&self, id: &str) -> bool {
        self.chain(Some(id)).into_iter().filter_map(|style| style.ruled_table).next_back().unwrap_or(false)
    }

    /// From the root of the family down to `id`. A circle of styles ends at the bound.
    fn chain(&self, id: Option<&str>) -> Vec<&Style> {
        let mut chain = Vec::new();
        let mut next = id;
        while let Some(style) = next.and_then(|id| self.styles.get(id)).filter(|_| chain.len() < DEPTH_MAX) {
            chain.push(style);
            next = style.based_on.as_deref();
        }
        chain.reverse();
        chain
    }
}

/// Whether `w:tblPr` gives a table rules between its cells; `None` when it says nothing.
pub fn table_rules(properties: Node<'_, '_>) -> Option<bool> {
    Some(drawn_sides(child(properties, "tblBorders")?) > 0)
}

/// How many sides of a table or a cell have a rule.
pub fn drawn_sides(borders: Node<'_, '_>) -> usize {
    let drawn = |n: &Node<'_, '_>| n.is_element() && !matches!(attribute(*n, "val"), None | Some("nil" | "none"));
    borders.children().filter(drawn).count()
}
