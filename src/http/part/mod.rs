//! The vocabulary of the pages: the shell round each page and the parts inside it.
//!
//! A page is a plain view struct beside its template. It embeds a [`Shell`], its template says
//! `{% extends "part/layout.html" %}`, and its parts are values that print themselves:
//! `{{ shell.money(total) }}`, `{{ ui::badge(state) }}`, `{{ quantity_field }}`. Everything is
//! escaped where it is printed; a part marks its own markup as safe, a page never does. Nothing
//! here decides what a person may do, and nothing carries inline script or style: the
//! Content-Security-Policy forbids both.
//!
//! ```text
//! use crate::http::part::{self as ui, Shell};
//!
//! #[derive(askama::Template)]
//! #[template(path = "pages/cart.html", config = ".askama.toml")]
//! struct CartPage { shell: Shell, .. }
//! ```
//!
//! What needs the page's own content is plain markup with a class of the stylesheet: `card` (and
//! `flush` round a table), `columns`, `cards`, `stats`, `table` with `table.stack` (rows become
//! blocks on a phone, cells named by `data-label`), `num`, `actions`, `button` (`second`,
//! `danger`, `small`), `head`, `muted`, `notice`. The templates in `gallery/` show all of them.
//!
//! The script knows these attributes: `form[data-auto-submit]` (sent once on load),
//! `form[data-search]` with `data-live="id"` (results replaced while typing; `/` focuses it),
//! `form[data-filter]` (sent when a select or box changes).

use std::fmt;

mod badge;
mod document;
mod field;
mod list;
mod plan;
mod shell;
mod timeline;

pub use badge::{Tone, badge, tone_of, toned};
pub use document::document;
pub use field::{Choice, Field, Kind};
pub use list::{Crumbs, Empty, Facts, Pager};
pub use plan::{Plan, PlanStep, PlanTask};
pub use shell::{Fault, Given, NavItem, Notice, Shell, Sight, Visit, nav};
pub use timeline::{Event, Timeline};

/// Markup that is already safe: made by a part, never from outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl askama::filters::HtmlSafe for Html {}

/// What may stand in an address as it is (RFC 3986, unreserved).
const CODED: percent_encoding::AsciiSet =
    percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one part of an address: of its path or of its query.
pub fn coded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, &CODED).to_string()
}

/// The text with everything escaped that means something in HTML.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // A text that turns the writing direction can pretend to be another: show the mark.
            c if crate::base::text::is_bidi_mark(c) => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Plain text as markup, escaped.
pub fn text(plain: &str) -> Html {
    Html(escape(plain))
}

/// A link inside the house; `href` comes from [`Shell::href`].
pub fn link(href: &str, label: &str) -> Html {
    Html(format!("<a href=\"{}\">{}</a>", escape(href), escape(label)))
}

/// A field that nobody sees.
pub fn hidden(name: &str, value: &str) -> Html {
    let (name, value) = (escape(name), escape(value));
    Html(format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"))
}

/// A link that looks like a button: the one way on from a list.
pub fn button_link(href: &str, label: &str) -> Html {
    Html(format!("<a class=\"button\" href=\"{}\">{}</a>", escape(href), escape(label)))
}

#[cfg(test)]
mod gallery;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup_or_turns_the_text() {
        assert_eq!(escape("<b a=\"x\" b='y'>&"), "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
        assert_eq!(escape("a\u{202E}b"), "a\u{FFFD}b");
        assert_eq!(
            link("/x?a=1&b=\"2", "<i>").to_string(),
            "<a href=\"/x?a=1&amp;b=&quot;2\">&lt;i&gt;</a>"
        );
    }
}
