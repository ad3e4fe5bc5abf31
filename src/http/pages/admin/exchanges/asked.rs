//! Which exchanges are asked for, as the address says it.

use poem::Result;

use crate::{
    app::wire::{Outcome, Search},
    base::time::Time,
    domain::refusal::Refusal,
    http::{
        guard::Form,
        part::{self as ui, Choice, Field, coded},
    },
};

use super::PATH;

/// What the form asks for, and its address.
pub(super) struct Asked {
    pub(super) search: Search,
    pairs: Vec<(&'static str, String)>,
}

pub(super) fn asked(query: &Form) -> Result<Asked, Refusal> {
    let given = |name| Ok::<_, Refusal>(query.filled(name)?.unwrap_or_default().to_owned());
    let day = |name: &str, text: &str, last: &str| -> Result<Option<Time>, Refusal> {
        if text.is_empty() {
            return Ok(None);
        }
        let time = format!("{text}T{last}Z").parse();
        time.map(Some).map_err(|_| {
            Refusal::invalid("bad-day", "This is no day.").field(name).expected("2026-11-21")
        })
    };
    let names = ["q", "partner", "way", "result", "cause", "from", "until"];
    let mut pairs = Vec::new();
    for name in names {
        pairs.push((name, given(name)?));
    }
    let value = |name: &str| {
        let found = pairs.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let search = Search {
        text: value("q"),
        partner: value("partner").parse().ok(),
        direction: value("way").parse().ok(),
        outcome: Outcome::of_word(&value("result")),
        cause: value("cause"),
        from: day("from", &value("from"), "00:00:00")?,
        until: day("until", &value("until"), "23:59:59.999")?,
    };
    pairs.retain(|(_, value)| !value.is_empty());
    Ok(Asked { search, pairs })
}

impl Asked {
    fn value(&self, name: &str) -> String {
        let found = self.pairs.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub(super) fn address(&self) -> String {
        let parts: Vec<_> =
            self.pairs.iter().map(|(name, value)| format!("{name}={}", coded(value))).collect();
        if parts.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", parts.join("&")) }
    }

    pub(super) fn fields(&self, partners: Vec<Choice>) -> Vec<Field> {
        let any = |label: &str| Choice::new("", label);
        let partners = std::iter::once(any("Every partner")).chain(partners);
        let ways = [any("Both ways"), Choice::new("in", "Received"), Choice::new("out", "Sent")];
        let results =
            [any("All"), Choice::new("failed", "Failed"), Choice::new("passed", "Passed")];
        let day = |name: &'static str, label: &str| {
            let kind = ui::Kind::Input("date");
            Field::new(name, label, kind).optional().value(self.value(name))
        };
        vec![
            Field::text("q", "payloadID, order or identity").optional().value(self.value("q")),
            Field::select("partner", "Partner", partners).optional().value(self.value("partner")),
            Field::select("way", "Way", ways).optional().value(self.value("way")),
            Field::select("result", "Result", results).optional().value(self.value("result")),
            day("from", "From"),
            day("until", "Until"),
        ]
    }
}
