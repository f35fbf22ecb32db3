//! XML that is cut open where something changes; the rest stays as its author's program wrote it.

use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use super::BadTemplate;

/// Nodes of one part: a sheet with 100,000 filled cells, where a form has some hundreds.
const NODES_MAX: u32 = 400_000;

/// Parses a part. Entities are not resolved: there is no DTD in a workbook.
pub fn parse<'a>(name: &str, text: &'a str) -> Result<Document<'a>, BadTemplate> {
    let options = ParsingOptions { nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|e| BadTemplate::Damaged(format!("{name}: {e}")))
}

/// Whether a node is an element of this local name. Namespaces differ between the two editions of the
/// standard, and prefixes between programs.
pub fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// The first child of this name.
pub fn child<'a, 'i>(node: &Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| is(n, name))
}

/// An attribute by its local name.
pub fn attribute<'a>(node: &Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.name() == name).map(|a| a.value())
}

/// Attributes as they are written, with a space before each, but those in `but`.
pub fn attributes(source: &str, node: &Node<'_, '_>, but: &[&str]) -> String {
    let kept = node.attributes().filter(|a| !but.contains(&a.name()));
    kept.map(|a| format!(" {}", &source[a.range()])).collect()
}

/// `x:` in `<x:row>`; empty without a prefix.
pub fn prefix<'s>(source: &'s str, node: &Node<'_, '_>) -> &'s str {
    let tag = &source[node.range().start + 1..];
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
    tag[..end].find(':').map_or("", |colon| &tag[..=colon])
}

/// What stands between the tags of an element.
pub fn inner<'s>(source: &'s str, node: &Node<'_, '_>) -> &'s str {
    match (node.first_child(), node.last_child()) {
        (Some(first), Some(last)) => &source[first.range().start..last.range().end],
        _ => "",
    }
}

/// Text for between tags or in an attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Changes of one text, each a range of bytes and what stands there instead.
#[derive(Debug, Default)]
pub struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Puts `text` in the place of `range`. Ranges do not overlap.
    pub fn put(&mut self, range: Range<usize>, text: String) {
        self.0.push((range, text));
    }

    /// The changed text.
    pub fn apply(mut self, source: &str) -> String {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let more: usize = self.0.iter().map(|(_, text)| text.len()).sum();
        let (mut out, mut at) = (String::with_capacity(source.len() + more), 0);
        for (range, text) in &self.0 {
            out.push_str(&source[at..range.start]);
            out.push_str(text);
            at = range.end;
        }
        out.push_str(&source[at..]);
        out
    }
}
