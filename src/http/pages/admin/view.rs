//! What every admin page is made of: one view with forms, tables and facts, in calm order.

use askama::{Template, filters::HtmlSafe};
use poem::Response;

use crate::{
    app::AppError,
    domain::refusal::Refusal,
    http::{
        actor::{Query, SignedIn},
        guard::Form as Posted,
        part::{Crumbs, Empty, Facts, Fault, Field, Given, Html, Notice, Pager, Shell, Tone},
        problem,
    },
};
pub(super) use typed::{lines, text, ticked, ticked_names, value};

mod typed;

/// One page.
#[derive(Template)]
#[template(path = "pages/admin/view.html", config = ".askama.toml")]
pub(super) struct View {
    pub shell: Shell,
    crumbs: Option<Crumbs>,
    badge: Option<Html>,
    lead: Option<String>,
    actions: Vec<Html>,
    sections: Vec<Section>,
    refused: Option<http::StatusCode>,
}

/// A part of a page, from top to bottom.
#[derive(Template)]
#[template(path = "pages/admin/section.html", config = ".askama.toml")]
pub(super) enum Section {
    Form(Form),
    Table(Table),
    Facts(&'static str, Facts),
    /// Plain text as it stands.
    Text(String, String),
    /// A secret, shown this once: title, what to do with it, the secret.
    Once(&'static str, String, String),
    Empty(Empty),
    Note(String),
    Cards(&'static str, Vec<Card>),
}

impl HtmlSafe for Section {}

/// A way on.
pub(super) struct Card {
    pub href: String,
    pub title: &'static str,
    pub what: String,
}

/// A form with its button.
pub(super) struct Form {
    title: Option<&'static str>,
    action: String,
    csrf: Html,
    parts: Vec<Part>,
    button: &'static str,
    /// Further buttons, sent as `then`: value and label.
    others: Vec<(&'static str, &'static str)>,
    back: Option<String>,
}

/// One control, or several under one question.
pub(super) enum Part {
    Field(Field),
    Group(Group),
}

/// Boxes to tick under one question.
pub(super) struct Group {
    name: &'static str,
    legend: &'static str,
    hint: Option<&'static str>,
    fault: Option<String>,
    fields: Vec<Field>,
}

/// Rows under heads; the first cell of a row names it.
pub(super) struct Table {
    title: Option<&'static str>,
    note: Option<String>,
    heads: Vec<&'static str>,
    rows: Vec<Vec<Html>>,
    pager: Option<Pager>,
}

/// A form that was refused: what stood in it, and why.
pub(super) struct Again {
    pub form: Posted,
    pub refusal: Refusal,
}

impl View {
    /// A page below /admin, with what a refusal says at its top.
    pub async fn new(
        who: &SignedIn,
        title: impl Into<String>,
        again: Option<&Again>,
    ) -> Result<Self, AppError> {
        let mut shell = who.shell(title, "/admin").await?;
        let refused = again.map(|again| {
            shell.refuse(&again.refusal);
            problem::status(&again.refusal)
        });
        Ok(Self {
            shell,
            crumbs: None,
            badge: None,
            lead: None,
            actions: Vec::new(),
            sections: Vec::new(),
            refused,
        })
    }

    /// The way here: from Admin over this list.
    pub fn under(mut self, lists: &[(&str, &str)]) -> Self {
        let mut crumbs = Crumbs::to(self.shell.title.clone());
        crumbs = crumbs.over("Admin", self.shell.href("/admin"));
        for (label, path) in lists {
            crumbs = crumbs.over(*label, self.shell.href(path));
        }
        self.crumbs = Some(crumbs);
        self
    }

    pub fn narrow(mut self) -> Self {
        self.shell.narrow = true;
        self
    }

    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    pub fn badge(mut self, badge: Html) -> Self {
        self.badge = Some(badge);
        self
    }

    pub fn action(mut self, action: Html) -> Self {
        self.actions.push(action);
        self
    }

    /// What was done just before, told by `?done=` of the address.
    pub fn done(mut self, query: &Query) -> Self {
        let text = match query.0.maybe("done").ok().flatten() {
            Some("saved") => "Saved.",
            Some("sent") => "The link is on its way.",
            Some("disabled") => "Disabled. Every session has ended.",
            Some("enabled") => "Enabled.",
            Some("removed") => "Removed.",
            Some("resent") => "It is sent again.",
            Some("active") => "In force from now on.",
            _ => return self,
        };
        self.shell.notice = Some(Notice { tone: Tone::Good, text: text.to_owned() });
        self
    }

    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    pub fn form(self, form: Form) -> Self {
        self.section(Section::Form(form))
    }

    pub fn table(self, table: Table) -> Self {
        self.section(Section::Table(table))
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.shell.faults.clone()
    }

    /// A form that posts to the path (without prefix).
    pub fn new_form(&self, path: &str, button: &'static str) -> Form {
        Form {
            title: None,
            action: self.shell.href(path),
            csrf: self.shell.csrf_field(),
            parts: Vec::new(),
            button,
            others: Vec::new(),
            back: None,
        }
    }

    pub fn answer(self, who: &SignedIn) -> poem::Result<Response> {
        let mut answer = who.page(&self)?;
        if let Some(status) = self.refused {
            answer.set_status(status);
        }
        Ok(answer)
    }
}

impl Form {
    pub fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    pub fn field(mut self, field: Field) -> Self {
        self.parts.push(Part::Field(field));
        self
    }

    /// Whether it must be sent in parts.
    fn has_file(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Field(field) if field.is_file()))
    }

    pub fn group(mut self, group: Group) -> Self {
        self.parts.push(Part::Group(group));
        self
    }

    /// A further button; its value comes as `then`.
    pub fn or(mut self, value: &'static str, label: &'static str) -> Self {
        self.others.push((value, label));
        self
    }

    /// Where Cancel leads.
    pub fn back(mut self, href: String) -> Self {
        self.back = Some(href);
        self
    }
}

impl Group {
    pub fn new(name: &'static str, legend: &'static str, fields: Vec<Field>) -> Self {
        Self { name, legend, hint: None, fault: None, fields }
    }

    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub fn faults(mut self, faults: &[Fault]) -> Self {
        let own = faults.iter().find(|fault| fault.field.as_deref() == Some(self.name));
        self.fault = own.map(|fault| fault.message.clone());
        self
    }
}

impl Table {
    /// The head over a column, for cells that name themselves on a phone.
    fn head(&self, column: impl Given<usize>) -> &'static str {
        self.heads.get(column.given()).copied().unwrap_or_default()
    }

    pub fn new(heads: &[&'static str], rows: Vec<Vec<Html>>) -> Self {
        Self { title: None, note: None, heads: heads.to_vec(), rows, pager: None }
    }

    pub fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub fn pager(mut self, pager: Pager) -> Self {
        self.pager = Some(pager);
        self
    }
}
