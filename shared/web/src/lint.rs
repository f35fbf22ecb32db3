//! What every page must be, whoever made it: well formed, titled, labelled, without inline code.
//!
//! The tests of both programs render every page with every sample and pass it through
//! [`check_samples`]. With `KENG_PAGES=folder` they also leave the HTML there to look at.

use std::collections::BTreeSet;
use std::path::PathBuf;

use askama::Template;

const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Attributes whose value leads somewhere.
const LEADS: [&str; 4] = ["href", "src", "action", "formaction"];

/// A page with the values it is tried with: the usual, the empty, the full, the hostile.
pub trait Samples: Sized {
    /// The values.
    fn samples() -> Vec<Self>;
}

/// Renders each sample of a page and checks it.
///
/// # Panics
/// With the name of the page and all its faults, when there are any: this is for tests.
pub fn check_samples<P: Samples + Template>(name: &str) {
    for (n, page) in P::samples().iter().enumerate() {
        let html = page.render().unwrap_or_else(|e| panic!("{name} {n}: {e}"));
        let faults = faults(&html);
        assert!(faults.is_empty(), "{name}, sample {n}:\n{}\n{html}", faults.join("\n"));
        if let Some(folder) = std::env::var_os("KENG_PAGES") {
            let file = PathBuf::from(folder).join(format!("{name}-{n}.html"));
            std::fs::write(&file, &html).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        }
    }
}

/// All that is wrong with a page, or with a fragment (one that does not start with a doctype).
#[must_use]
pub fn faults(html: &str) -> Vec<String> {
    let mut page = Page::default();
    page.read(html);
    if html.trim_start().starts_with("<!") {
        page.check_whole(html);
    }
    page.check_labels();
    page.faults
}

#[derive(Default)]
struct Page {
    faults: Vec<String>,
    open: Vec<String>,
    ids: BTreeSet<String>,
    labelled: BTreeSet<String>,
    fields: Vec<String>,
    headings: usize,
    tables: usize,
    captions: usize,
    post_forms: usize,
    tokens: usize,
}

impl Page {
    fn read(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = &rest[at..];
            let Some(end) = tag_end(rest) else {
                return self.faults.push(format!("unfinished tag: {}", head(rest)));
            };
            let tag = &rest[1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                match self.open.pop() {
                    Some(open) if open == name.trim() => {}
                    open => self.faults.push(format!("</{name}> closes {open:?}")),
                }
            } else if !tag.starts_with('!') {
                self.opens(tag);
            }
        }
        if !self.open.is_empty() {
            self.faults.push(format!("never closed: {:?}", self.open));
        }
    }

    fn opens(&mut self, tag: &str) {
        let inner = tag.trim_end_matches('/');
        let name = inner.split_whitespace().next().unwrap_or_default().to_owned();
        let attributes = attributes(&inner[name.len()..]);
        let get = |key: &str| attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        for (key, value) in &attributes {
            if key.starts_with("on") || key.starts_with("hx-on") || key == "style" {
                self.faults.push(format!("inline {key} in <{}>", head(tag)));
            }
            if LEADS.contains(&key.as_str()) && !value.starts_with(['/', '#', '?']) {
                self.faults.push(format!("{key}={value:?} leads away in <{}>", head(tag)));
            }
        }
        match name.as_str() {
            "script" if get("src").is_none() => self.faults.push("inline script".to_owned()),
            "style" => self.faults.push("inline style sheet".to_owned()),
            "h1" => self.headings += 1,
            "table" => self.tables += 1,
            "caption" => self.captions += 1,
            "form" if get("method") == Some("post") => self.post_forms += 1,
            "label" => self.labelled.extend(get("for").map(str::to_owned)),
            "input" | "select" | "textarea" => self.field(&name, &get),
            _ => {}
        }
        if let Some(id) = get("id")
            && !self.ids.insert(id.to_owned())
        {
            self.faults.push(format!("id {id:?} twice"));
        }
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            self.open.push(name);
        }
    }

    fn field<'a>(&mut self, name: &str, get: &impl Fn(&str) -> Option<&'a str>) {
        if get("name") == Some("csrf") {
            self.tokens += 1;
        }
        if get("type") == Some("hidden") || get("aria-label").is_some() {
            return;
        }
        match get("id") {
            Some(id) => self.fields.push(id.to_owned()),
            None => self.faults.push(format!("<{name} name={:?}> has neither id nor label", get("name"))),
        }
    }

    fn check_whole(&mut self, html: &str) {
        let title =
            html.split_once("<title>").and_then(|(_, t)| t.split_once("</title>")).map_or("", |(t, _)| t.trim());
        let checks = [
            (!title.is_empty() && !title.starts_with('·'), "no title"),
            (html.contains("<html lang=\"vi\""), "no language"),
            (html.contains("<main"), "no main part"),
            (self.headings == 1, "not exactly one h1"),
        ];
        self.faults.extend(checks.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault.to_owned()));
    }

    fn check_labels(&mut self) {
        for id in &self.fields {
            if !self.labelled.contains(id) {
                self.faults.push(format!("field {id:?} has no label"));
            }
        }
        if self.tables != self.captions {
            self.faults.push(format!("{} tables, {} captions", self.tables, self.captions));
        }
        if self.post_forms != self.tokens {
            self.faults.push(format!("{} forms that post, {} tokens", self.post_forms, self.tokens));
        }
    }
}

/// Where a tag ends: the first `>` outside quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(i, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(i)
    })
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"").and_then(|r| r.split_once('"')) {
            Some((value, after)) => {
                rest = after;
                value.to_owned()
            }
            None => {
                rest = rest.strip_prefix('=').unwrap_or(rest);
                String::new()
            }
        };
        found.push((key, value));
        rest = rest.trim_start();
    }
    found
}

fn head(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn the_faults_it_is_for_are_found() {
        for (html, fault) in [
            ("<p><b>x</p></b>", "closes"),
            ("<p>x", "never closed"),
            ("<p onclick=\"x()\">x</p>", "inline onclick"),
            ("<p style=\"color:red\">x</p>", "inline style"),
            ("<script>alert(1)</script>", "inline script"),
            ("<a href=\"javascript:x\">x</a>", "leads away"),
            ("<input id=\"a\" name=\"a\">", "no label"),
            ("<table></table>", "captions"),
            ("<form method=\"post\"></form>", "tokens"),
            ("<i id=\"a\"></i><i id=\"a\"></i>", "twice"),
            ("<!doctype html><html lang=\"vi\"></html>", "no title"),
        ] {
            assert!(faults(html).iter().any(|f| f.contains(fault)), "{html}: {:?}", faults(html));
        }
        assert_eq!(faults("<p title=\"a > b\">x<br></p><svg><rect/></svg>"), Vec::<String>::new());
    }
}
