//! Bars beside bars, as SVG that any browser and any page of Markdown shows.

use std::fmt::Write as _;

const WIDTH: u32 = 880;
const BAR: u32 = 16;
const GAP: u32 = 14;
const LEFT: u32 = 250;
/// Room right of the longest bar for its figure.
const FIGURE: u32 = 130;
const COLOURS: [&str; 3] = ["#1b7f5a", "#c8792b", "#6b7a8f"];

/// Work that everybody did, and the figure of each; the longest bar of a group is as wide as the
/// chart, so that groups need no common scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What was done.
    pub name: String,
    /// Who, how much, and how that is written.
    pub bars: Vec<(String, f64, String)>,
}

/// The chart. Whoever has no figure in a group has no bar there.
pub fn svg(title: &str, groups: &[Group]) -> String {
    let mut who: Vec<&str> = Vec::new();
    for (name, ..) in groups.iter().flat_map(|g| &g.bars) {
        if !who.contains(&name.as_str()) {
            who.push(name);
        }
    }
    let colour = |name: &str| COLOURS[who.iter().position(|w| *w == name).unwrap_or(0) % COLOURS.len()];
    let mut body = String::new();
    // Writing to a String cannot fail; this is so throughout.
    for (n, name) in who.iter().enumerate() {
        let x = LEFT + 170 * n as u32;
        let _ = writeln!(body, r#"<rect x="{x}" y="44" width="12" height="12" fill="{}"/>"#, colour(name));
        let _ = writeln!(body, r#"<text x="{}" y="54">{}</text>"#, x + 18, escape(name));
    }
    let mut y = 76;
    for group in groups {
        let longest = group.bars.iter().map(|b| b.1).fold(f64::MIN_POSITIVE, f64::max);
        let middle = y + BAR * group.bars.len() as u32 / 2 + 4;
        let _ =
            writeln!(body, r#"<text x="{}" y="{middle}" text-anchor="end">{}</text>"#, LEFT - 12, escape(&group.name));
        for (name, figure, written) in &group.bars {
            let width = (f64::from(WIDTH - LEFT - FIGURE) * figure / longest).max(1.0);
            let _ = writeln!(
                body,
                r#"<rect x="{LEFT}" y="{y}" width="{width:.1}" height="{}" fill="{}"/>"#,
                BAR - 3,
                colour(name)
            );
            let x = f64::from(LEFT) + width + 6.0;
            let _ = writeln!(body, r#"<text x="{x:.1}" y="{}">{}</text>"#, y + BAR - 5, escape(written));
            y += BAR;
        }
        y += GAP;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y}\" viewBox=\"0 0 {WIDTH} {y}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{title}\">\n\
         <rect width=\"{WIDTH}\" height=\"{y}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"16\" font-weight=\"bold\">{title}</text>\n{body}</svg>\n",
        title = escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Group, svg};

    #[test]
    fn the_longest_bar_of_a_group_fills_the_width_and_others_are_in_proportion() {
        let bars = vec![("A".to_owned(), 10.0, "10 B".to_owned()), ("B & C".to_owned(), 40.0, "40 B".to_owned())];
        let drawn = svg("Bytes", &[Group { name: "push <1>".to_owned(), bars }]);
        assert!(drawn.contains(r#"width="125.0""#) && drawn.contains(r#"width="500.0""#), "{drawn}");
        assert!(drawn.contains("push &lt;1&gt;") && drawn.contains("B &amp; C"), "{drawn}");
        assert_eq!((drawn.matches("<svg").count(), drawn.matches("</svg>").count()), (1, 1));
    }
}
