//! Properties of runs and paragraphs as WordprocessingML states them (ECMA-376, part 1, 17.3).

use roxmltree::Node;

use crate::paper::Align;

/// Twips to millimetres.
pub const MM_PER_TWIP: f64 = 25.4 / 1440.0;
/// "Single" in Times New Roman, of the size.
const SINGLE: f64 = 1.15;

/// What a style, or a run itself, says of letters; `None` where it says nothing.
#[derive(Debug, Clone, Default)]
pub struct RunLook {
    pub size_pt: Option<f64>,
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub underlined: Option<bool>,
    pub hidden: Option<bool>,
    pub caps: Option<bool>,
    pub font: Option<String>,
    pub black: Option<bool>,
}

/// What a style, or a paragraph itself, says of its shape; lengths in twips.
#[derive(Debug, Clone, Default)]
pub struct ParagraphLook {
    pub align: Option<Align>,
    pub left: Option<f64>,
    pub right: Option<f64>,
    pub first: Option<f64>,
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub line: Option<f64>,
    pub line_rule: Option<String>,
    /// A rule above or below it.
    pub ruled: Option<bool>,
    pub numbering: Option<(String, usize)>,
}

/// Whether a node is this element. Names are enough: the strict and the transitional form of the
/// format differ in their namespaces alone.
pub fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// The first child of this name.
pub fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| is(*n, name))
}

/// An attribute, whatever its namespace.
pub fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.name() == name).map(|a| a.value())
}

/// A number in an attribute.
pub fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    attribute(node, name)?.trim_end_matches("pt").parse().ok().filter(|n: &f64| n.is_finite())
}

/// A property that is on when it only stands there.
pub fn switch(properties: Node<'_, '_>, name: &str) -> Option<bool> {
    let node = child(properties, name)?;
    Some(!matches!(attribute(node, "val"), Some("0" | "false" | "off" | "none")))
}

impl RunLook {
    /// Reads `w:rPr`. `theme` gives the font of a place in the theme.
    pub fn read(properties: Node<'_, '_>, theme: impl Fn(&str) -> Option<String>) -> Self {
        let fonts = child(properties, "rFonts");
        let named = |n: Node<'_, '_>| attribute(n, "ascii").or_else(|| attribute(n, "hAnsi")).map(str::to_owned);
        let themed =
            |n: Node<'_, '_>| attribute(n, "asciiTheme").or_else(|| attribute(n, "hAnsiTheme")).and_then(&theme);
        let colour = child(properties, "color").and_then(|n| attribute(n, "val"));
        Self {
            size_pt: child(properties, "sz").and_then(|n| number(n, "val")).map(|half| half / 2.0),
            bold: switch(properties, "b"),
            italic: switch(properties, "i"),
            underlined: switch(properties, "u"),
            hidden: switch(properties, "vanish"),
            caps: switch(properties, "caps"),
            font: fonts.and_then(|n| themed(n).or_else(|| named(n))),
            black: colour.map(|c| c.eq_ignore_ascii_case("auto") || c == "000000"),
        }
    }

    /// `over` where it says something, else this.
    pub fn under(&self, over: &Self) -> Self {
        Self {
            size_pt: over.size_pt.or(self.size_pt),
            bold: over.bold.or(self.bold),
            italic: over.italic.or(self.italic),
            underlined: over.underlined.or(self.underlined),
            hidden: over.hidden.or(self.hidden),
            caps: over.caps.or(self.caps),
            font: over.font.clone().or_else(|| self.font.clone()),
            black: over.black.or(self.black),
        }
    }
}

impl ParagraphLook {
    /// Reads `w:pPr`.
    pub fn read(properties: Node<'_, '_>) -> Self {
        let align = child(properties, "jc").and_then(|n| attribute(n, "val")).map(|jc| match jc {
            "center" => Align::Center,
            "right" | "end" => Align::Right,
            "both" | "distribute" => Align::Justify,
            _ => Align::Left,
        });
        let indent = child(properties, "ind");
        let of = |name: &str| indent.and_then(|n| number(n, name));
        let spacing = child(properties, "spacing");
        let space = |name: &str| spacing.and_then(|n| number(n, name));
        let rules = child(properties, "pBdr");
        let drawn = |side: &str| {
            let border = rules.and_then(|n| child(n, side)).and_then(|n| attribute(n, "val"));
            border.is_some_and(|val| !matches!(val, "nil" | "none"))
        };
        let list = child(properties, "numPr");
        let level = list.and_then(|n| child(n, "ilvl")).and_then(|n| number(n, "val")).unwrap_or(0.0);
        let numbering = list.and_then(|n| child(n, "numId")).and_then(|n| attribute(n, "val"));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the nine levels there are"
        )]
        Self {
            align,
            left: of("left").or_else(|| of("start")),
            right: of("right").or_else(|| of("end")),
            first: of("firstLine").or_else(|| of("hanging").map(|n| -n)),
            before: space("before"),
            after: space("after"),
            line: space("line"),
            line_rule: spacing.and_then(|n| attribute(n, "lineRule")).map(str::to_owned),
            ruled: rules.map(|_| drawn("top") || drawn("bottom")),
            numbering: numbering.map(|id| (id.to_owned(), level.clamp(0.0, 8.0) as usize)),
        }
    }

    /// `over` where it says something, else this.
    pub fn under(&self, over: &Self) -> Self {
        Self {
            align: over.align.or(self.align),
            left: over.left.or(self.left),
            right: over.right.or(self.right),
            first: over.first.or(self.first),
            before: over.before.or(self.before),
            after: over.after.or(self.after),
            line: over.line.or(self.line),
            line_rule: over.line_rule.clone().or_else(|| self.line_rule.clone()),
            ruled: over.ruled.or(self.ruled),
            numbering: over.numbering.clone().or_else(|| self.numbering.clone()),
        }
    }

    /// Line spacing as a multiple of "single", in letters of this size.
    pub fn pitch(&self, size_pt: f64) -> f64 {
        let line = self.line.unwrap_or(240.0);
        let points = line / 20.0 / (size_pt * SINGLE);
        match self.line_rule.as_deref() {
            Some("exact") => points,
            Some("atLeast") => points.max(1.0),
            _ => line / 240.0,
        }
    }
}
