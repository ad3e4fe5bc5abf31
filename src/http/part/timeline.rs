//! What happened to one object, newest first.

use askama::{Template, filters::HtmlSafe};

use super::{Html, Tone};

/// One fact on a timeline.
#[derive(Debug, Clone)]
pub struct Event {
    /// From [`super::Shell::when`].
    pub at: Html,
    /// Who did it: a person, a partner or "the server".
    pub who: String,
    /// One sentence, past tense.
    pub what: String,
    /// A comment, a reason, a counterfactual.
    pub detail: Option<String>,
    pub tone: Tone,
    /// Where it comes from; a link inside the house.
    pub href: Option<String>,
}

impl Event {
    pub fn new(at: Html, who: impl Into<String>, what: impl Into<String>) -> Self {
        let (who, what) = (who.into(), what.into());
        Self { at, who, what, detail: None, tone: Tone::Plain, href: None }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// The timeline of one object's page.
#[derive(Debug, Clone, Default, Template)]
#[template(
    source = r#"<ol class="timeline">{% for event in events %}<li class="{{ event.tone.class() }}">
{%- if let Some(href) = event.href %}<p><a href="{{ href }}">{{ event.what }}</a></p>
{%- else %}<p>{{ event.what }}</p>{% endif -%}
{%- if let Some(detail) = event.detail %}<p class="small break">{{ detail }}</p>{% endif -%}
<p class="meta">{{ event.at }}, {{ event.who }}</p></li>{% endfor %}</ol>"#,
    ext = "html"
)]
pub struct Timeline {
    pub events: Vec<Event>,
}
impl HtmlSafe for Timeline {}
