//! One labelled control: label, hint, fault and input, tied together for a screen reader.

use askama::Template;

use super::Fault;

/// What the control is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An `input` of this type: `text`, `email`, `password`, `date`, `number`, `url`, `search`.
    Input(&'static str),
    /// Several lines.
    Area,
    /// A file; these name endings are offered.
    File(&'static str),
    /// One of several.
    Select(Vec<Choice>),
    /// Yes or no; the label stands beside the box.
    Check,
}

/// One option of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A labelled control. Its id is `f-` and its name, so that the error summary can link to it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "part/field.html", config = ".askama.toml")]
pub struct Field {
    name: String,
    label: String,
    kind: Kind,
    value: String,
    hint: Option<String>,
    fault: Option<String>,
    required: bool,
    short: bool,
    sheet: bool,
    autocomplete: Option<&'static str>,
    inputmode: Option<&'static str>,
    max: Option<u32>,
}

impl askama::filters::HtmlSafe for Field {}

impl Field {
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            hint: None,
            fault: None,
            required: true,
            short: false,
            sheet: false,
            autocomplete: None,
            inputmode: None,
            max: None,
        }
    }

    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, Kind::Input("text"))
    }

    pub fn area(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, Kind::Area)
    }

    /// A file to be chosen; `accept` lists name endings: `.xml,.csv`.
    pub fn file(name: impl Into<String>, label: impl Into<String>, accept: &'static str) -> Self {
        Self::new(name, label, Kind::File(accept)).optional()
    }

    pub const fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File(_))
    }

    pub fn select(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self::new(name, label, Kind::Select(choices.into_iter().collect()))
    }

    /// A box to tick; it sends `value` (or `yes`) when ticked. Tick it with [`Field::ticked`].
    pub fn check(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, Kind::Check).optional()
    }

    /// What stands in it: the person's own input again, after a refusal.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    #[must_use]
    pub fn ticked(mut self, ticked: bool) -> Self {
        self.value = if ticked { "yes".to_owned() } else { String::new() };
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Takes this field's message from the page's faults (`shell.faults`).
    #[must_use]
    pub fn faults(mut self, faults: &[Fault]) -> Self {
        let own = faults.iter().find(|fault| fault.field.as_deref() == Some(&self.name));
        self.fault = own.map(|fault| fault.message.clone());
        self
    }

    /// Says "(optional)" beside the label; fields are required otherwise.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// A narrow control, for quantities, codes and dates.
    #[must_use]
    pub fn short(mut self) -> Self {
        self.short = true;
        self
    }

    /// A tall and wide area in a fixed-width type, for lists and rules pasted as they are.
    #[must_use]
    pub fn sheet(mut self) -> Self {
        self.sheet = true;
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// Asks a phone for digits with a decimal mark; the value stays text.
    #[must_use]
    pub fn decimal(mut self) -> Self {
        self.inputmode = Some("decimal");
        self
    }

    /// Characters at most.
    #[must_use]
    pub fn at_most(mut self, characters: u32) -> Self {
        self.max = Some(characters);
        self
    }

    fn id(&self) -> String {
        field_id(&self.name)
    }

    /// The ids of hint and fault, for `aria-describedby`.
    fn described_by(&self) -> Option<String> {
        let id = self.id();
        let hint = self.hint.as_ref().map(|_| format!("{id}-hint"));
        let fault = self.fault.as_ref().map(|_| format!("{id}-fault"));
        let ids: Vec<_> = hint.into_iter().chain(fault).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The id of the control with this name; characters that an address would have to escape are `-`.
pub(super) fn field_id(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("f-{}", name.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_ties_hint_and_fault_to_its_control() {
        let faults = [Fault::at("lines[0].quantity", "Enter a quantity above zero.")];
        let html = Field::text("lines[0].quantity", "Quantity")
            .hint("Whole boxes")
            .value("<0>")
            .faults(&faults)
            .to_string();
        assert!(html.contains("id=\"f-lines-0--quantity\""), "{html}");
        let described = "aria-describedby=\"f-lines-0--quantity-hint f-lines-0--quantity-fault\"";
        assert!(html.contains(described), "{html}");
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert!(!html.contains("<0>"), "{html}");
    }

    #[test]
    fn a_select_marks_the_present_value() {
        let choices = [Choice::new("4100", "4100 Office"), Choice::new("4200", "4200 IT")];
        let html = Field::select("cost_center", "Cost centre", choices).value("4200").to_string();
        assert!(html.contains("<option value=\"4200\" selected>4200 IT</option>"), "{html}");
        assert_eq!(html.matches("selected").count(), 1);
    }
}
