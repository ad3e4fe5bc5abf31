//! Small parts of lists: the way here, the pager, names and values, and what an empty page says.

use askama::{Template, filters::HtmlSafe};

use super::{Html, coded, text};

/// The way from the start to this page; the last entry is the page itself and no link.
#[derive(Debug, Clone, Default, Template)]
#[template(
    source = r#"<nav aria-label="Breadcrumb"><ol class="crumbs">
{%- for (label, href) in steps %}<li><a href="{{ href }}">{{ label }}</a></li>{% endfor -%}
<li aria-current="page">{{ here }}</li></ol></nav>"#,
    ext = "html"
)]
pub struct Crumbs {
    steps: Vec<(String, String)>,
    here: String,
}
impl HtmlSafe for Crumbs {}

impl Crumbs {
    /// The page itself.
    pub fn to(here: impl Into<String>) -> Self {
        Self { steps: Vec::new(), here: here.into() }
    }

    /// A page on the way, first the outermost; `href` comes from [`super::Shell::href`].
    #[must_use]
    pub fn over(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.steps.push((label.into(), href.into()));
        self
    }
}

/// Links to the first and the next page of a list; prints nothing when all is on one page.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"{% if first.is_some() || next.is_some() %}<nav class="pager" aria-label="Pages">
{%- if let Some(href) = first %}<a href="{{ href }}">Back to the newest</a>
{%- else %}<span></span>{% endif -%}
{%- if let Some(href) = next %}<a href="{{ href }}" rel="next">Next page</a>{% endif -%}
</nav>{% endif %}"#,
    ext = "html"
)]
pub struct Pager {
    first: Option<String>,
    next: Option<String>,
}
impl HtmlSafe for Pager {}

impl Pager {
    /// `path` is the list's address with its filters (from [`super::Shell::href`]), `after` where
    /// this page starts, `next` where the following one does (`base::page::Page::next`).
    pub fn new(path: &str, after: Option<&str>, next: Option<&str>) -> Self {
        let joint = if path.contains('?') { '&' } else { '?' };
        Self {
            first: after.map(|_| path.to_owned()),
            next: next.map(|next| format!("{path}{joint}after={}", coded(next))),
        }
    }
}

/// Names and values of one object.
#[derive(Debug, Clone, Default, Template)]
#[template(
    source = r#"<dl class="facts{% if small %} small{% endif %}">
{%- for (name, value) in entries %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor -%}</dl>"#,
    ext = "html"
)]
pub struct Facts {
    entries: Vec<(String, Html)>,
    small: bool,
}
impl HtmlSafe for Facts {}

impl Facts {
    pub fn new() -> Self {
        Self::default()
    }

    /// In the smaller type of a side column.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// A plain text, escaped.
    #[must_use]
    pub fn text(self, name: impl Into<String>, value: &str) -> Self {
        self.html(name, text(value))
    }

    /// A plain text when there is one.
    #[must_use]
    pub fn maybe(self, name: impl Into<String>, value: Option<&str>) -> Self {
        match value {
            Some(value) if !value.is_empty() => self.text(name, value),
            _ => self,
        }
    }

    /// What another part made: money, a time, a badge, a link.
    #[must_use]
    pub fn html(mut self, name: impl Into<String>, value: Html) -> Self {
        self.entries.push((name.into(), value));
        self
    }
}

/// What an empty page says: what would be here, and what to do first.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"<div class="card empty"><h2>{{ title }}</h2><p>{{ what }}</p>
{%- if let Some((label, href)) = first -%}
<p><a class="button" href="{{ href }}">{{ label }}</a></p>{% endif -%}
</div>"#,
    ext = "html"
)]
pub struct Empty {
    title: String,
    what: String,
    first: Option<(String, String)>,
}
impl HtmlSafe for Empty {}

impl Empty {
    pub fn new(title: impl Into<String>, what: impl Into<String>) -> Self {
        Self { title: title.into(), what: what.into(), first: None }
    }

    /// The one thing to do first; `href` comes from [`super::Shell::href`].
    #[must_use]
    pub fn first(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.first = Some((label.into(), href.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_keeps_the_filters_and_vanishes_on_a_short_list() {
        let pager = Pager::new("/orders?state=sent", None, Some("po_1")).to_string();
        assert!(pager.contains("/orders?state=sent&#38;after=po_1"), "{pager}");
        assert_eq!(Pager::new("/orders", None, None).to_string(), "");
    }

    #[test]
    fn facts_escape_what_they_show_and_skip_what_is_missing() {
        let facts = Facts::new().text("Name", "<b>").maybe("Comment", None).to_string();
        assert_eq!(facts, "<dl class=\"facts\"><dt>Name</dt><dd>&lt;b&gt;</dd></dl>");
    }
}
