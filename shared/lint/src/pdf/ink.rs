//! What a page prints: letters and straight strokes, with their places in points from the top left.

use std::collections::HashMap;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::{BlendMode, ClipPath, Device, GlyphDrawMode, Image, Paint, PathDrawMode, SoftMask};
use kurbo::{Affine, BezPath, PathSeg, Point, Shape};

use super::fonts::{Font, named};
use crate::limits::{GLYPHS_MAX, STROKES_MAX};

/// A letter, or the letters of a ligature.
#[derive(Debug, Clone)]
pub struct Letter {
    pub text: String,
    pub x: f64,
    /// Of the baseline.
    pub y: f64,
    pub end: f64,
    pub size_pt: f64,
    /// Index into [`Ink::fonts`].
    pub font: usize,
    pub black: bool,
}

/// A straight stroke: from, to, and where it lies on the other axis.
#[derive(Debug, Clone, Copy)]
pub struct Stroke {
    pub from: f64,
    pub to: f64,
    pub at: f64,
}

/// All of a page.
#[derive(Debug)]
pub struct Ink {
    known: HashMap<u128, Font>,
    places: HashMap<u128, usize>,
    pub fonts: Vec<Font>,
    pub glyphs: Vec<Letter>,
    pub level: Vec<Stroke>,
    pub upright: Vec<Stroke>,
    /// More than is looked at.
    pub overfull: bool,
}

/// Shorter strokes are parts of drawings, pt.
const STROKE_PT: f64 = 4.0;
/// Rules are thinner, pt; wider fills are shades.
const THIN_PT: f64 = 2.5;
/// Darker than this is black: printers' black is not always zero.
const DARK: f32 = 0.2;

impl Ink {
    /// An empty page with these fonts.
    pub fn new(known: HashMap<u128, Font>) -> Self {
        Self {
            known,
            places: HashMap::new(),
            fonts: Vec::new(),
            glyphs: Vec::new(),
            level: Vec::new(),
            upright: Vec::new(),
            overfull: false,
        }
    }

    fn font(&mut self, glyph: &Glyph<'_>) -> usize {
        let key = match glyph {
            Glyph::Outline(outline) => outline.font_cache_key(),
            Glyph::Type3(_) => 0,
        };
        if let Some(at) = self.places.get(&key) {
            return *at;
        }
        let font = match (self.known.get(&key), glyph) {
            (Some(font), _) => font.clone(),
            // A font of a form within the page: its own data says what it is.
            (None, Glyph::Outline(outline)) => outline.font_data().map_or_else(Font::default, |data| Font {
                embedded: true,
                bold: data.weight.is_some_and(|w| w >= 600),
                italic: data.is_italic,
                ..named(data.postscript_name.as_deref().unwrap_or_default())
            }),
            (None, Glyph::Type3(_)) => Font { name: "Type 3".to_owned(), embedded: true, ..Font::default() },
        };
        self.fonts.push(font);
        self.places.insert(key, self.fonts.len() - 1);
        self.fonts.len() - 1
    }

    fn stroke(&mut self, a: Point, b: Point) {
        if self.level.len() + self.upright.len() >= STROKES_MAX {
            return;
        }
        let (dx, dy) = ((b.x - a.x).abs(), (b.y - a.y).abs());
        if dy < 0.5 && dx > STROKE_PT {
            self.level.push(Stroke { from: a.x.min(b.x), to: a.x.max(b.x), at: a.y });
        } else if dx < 0.5 && dy > STROKE_PT {
            self.upright.push(Stroke { from: a.y.min(b.y), to: a.y.max(b.y), at: a.x });
        }
    }
}

fn is_black(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(colour) => colour.to_rgba().components()[..3].iter().all(|c| *c < DARK),
        Paint::Pattern(_) => false,
    }
}

fn is_white(paint: &Paint<'_>) -> bool {
    matches!(paint, Paint::Color(c) if c.to_rgba().components()[..3].iter().all(|c| *c > 0.95))
}

impl<'a> Device<'a> for Ink {
    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, mode: &PathDrawMode) {
        if is_white(paint) || self.level.len() + self.upright.len() >= STROKES_MAX {
            return;
        }
        if matches!(mode, PathDrawMode::Fill(_)) {
            let bounds = transform.transform_rect_bbox(path.bounding_box());
            if bounds.width().min(bounds.height()) > THIN_PT {
                return;
            }
        }
        for segment in path.segments() {
            if let PathSeg::Line(line) = segment {
                self.stroke(transform * line.p0, transform * line.p1);
            }
        }
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        if matches!(mode, GlyphDrawMode::Invisible) {
            return;
        }
        if self.glyphs.len() >= GLYPHS_MAX {
            self.overfull = true;
            return;
        }
        let whole = transform * glyph_transform;
        let [a, b, c, d, x, y] = whole.as_coeffs();
        if ![a, b, c, d, x, y].iter().all(|n| n.is_finite()) {
            return;
        }
        let advance = match glyph {
            Glyph::Outline(outline) => f64::from(outline.advance_width().unwrap_or(500.0)),
            Glyph::Type3(_) => 500.0,
        };
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(s)) => s,
            None => char::REPLACEMENT_CHARACTER.to_string(),
        };
        let font = self.font(glyph);
        let end = x + advance * a.hypot(b);
        self.glyphs.push(Letter { text, x, y, end, size_pt: c.hypot(d) * 1000.0, font, black: is_black(paint) });
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
