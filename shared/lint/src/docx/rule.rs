//! Horizontal rules as people draw them in Word: a border, a drawn line, a row of underscores.

use roxmltree::Node;

use super::look::{attribute, is, number};
use crate::words::MM_PER_PT;

/// English metric units to millimetres.
const MM_PER_EMU: f64 = 1.0 / 36_000.0;
/// What is thicker is a picture or a box, mm.
const THICK_MM: f64 = 1.5;

/// Length of a line drawn in a paragraph, mm.
pub fn drawn_mm(node: Node<'_, '_>) -> Option<f64> {
    if is(node, "extent") {
        let (long, thick) = (number(node, "cx")? * MM_PER_EMU, number(node, "cy")? * MM_PER_EMU);
        return (thick < THICK_MM && long > thick).then_some(long);
    }
    if is(node, "line") {
        let ends = [attribute(node, "from")?, attribute(node, "to")?].map(point_mm);
        let [(x0, y0), (x1, y1)] = [ends[0]?, ends[1]?];
        return ((y1 - y0).abs() < THICK_MM).then_some((x1 - x0).abs());
    }
    None
}

/// `12.5pt,3pt` of VML, mm.
fn point_mm(text: &str) -> Option<(f64, f64)> {
    let (x, y) = text.split_once(',')?;
    Some((length_mm(x)?, length_mm(y)?))
}

fn length_mm(text: &str) -> Option<f64> {
    let text = text.trim();
    let units = [("pt", MM_PER_PT), ("in", 25.4), ("cm", 10.0), ("mm", 1.0), ("px", 25.4 / 96.0)];
    let known = units.iter().find_map(|(unit, mm)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * mm));
    known.or_else(|| text.parse::<f64>().ok().map(|px| px * 25.4 / 96.0)).filter(|n| n.is_finite())
}

/// Length of a row of underscores, mm; each is half as wide as its size.
pub fn underscores_mm(text: &str, size_pt: f64) -> Option<f64> {
    let text = text.trim();
    let all = text.chars().all(|c| matches!(c, '_' | '─' | '—'));
    #[expect(clippy::cast_precision_loss, reason = "signs of a line")]
    (all && text.chars().count() >= 3).then(|| text.chars().count() as f64 * size_pt / 2.0 * MM_PER_PT)
}
