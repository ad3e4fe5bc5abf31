//! What a requisition says beside its lines for the rules alone: project, the organisation's own
//! fields, and people whom the requester wants to be asked as well. It is part of what is signed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{base::id::PersonId, base::text::shorten, domain::refusal::Refusal};

/// Own fields of a requisition or of one of its lines.
const MOST_FIELDS: usize = 50;
/// People a requester may add.
const MOST_ADDED: usize = 5;
/// Characters of a field's name, of its value and of a reason.
const LONGEST: usize = 200;

/// Somebody whom the requester added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub person: PersonId,
    pub reason: String,
}

/// A named value of the procurement system's own; it travels to the suppliers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extrinsic {
    pub name: String,
    pub value: String,
}

/// What stands beside the lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// The project's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// By line number, from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub line_fields: BTreeMap<u32, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ad_hoc: Vec<Added>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extrinsics: Vec<Extrinsic>,
    /// By line number, from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub line_extrinsics: BTreeMap<u32, Vec<Extrinsic>>,
}

/// A name and what is said under it, to be shown.
pub type Said = (String, String);

fn shown<'s>(
    fields: impl Iterator<Item = (&'s String, &'s String)>,
    extrinsics: &[Extrinsic],
) -> Vec<Said> {
    let fields = fields.map(|(name, value)| (name.clone(), value.clone()));
    // Somebody else's name stands for nothing of ours.
    let extrinsics =
        extrinsics.iter().map(|own| (format!("Extrinsic {}", own.name), own.value.clone()));
    fields.chain(extrinsics).collect()
}

impl Extras {
    /// What is said of the whole, for who signs it.
    pub fn said(&self) -> Vec<Said> {
        shown(self.fields.iter(), &self.extrinsics)
    }

    /// The same of one line.
    pub(super) fn said_of(&self, line: u32) -> Vec<Said> {
        let fields = self.line_fields.get(&line).into_iter().flatten();
        let extrinsics = self.line_extrinsics.get(&line);
        shown(fields, extrinsics.map_or(&[], Vec::as_slice))
    }

    /// Refuses what no rule could name and no page could show.
    pub fn check(&self) -> Result<(), Refusal> {
        let code = |text: &str| {
            (1..=80).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        if let Some(project) = self.project.as_deref().filter(|p| !code(p) || *p == "none") {
            return Err(bad("project", project, "a project's code such as p-17"));
        }
        let all = self.line_fields.values().chain([&self.fields]);
        for fields in all {
            if fields.len() > MOST_FIELDS {
                return Err(bad("fields", &fields.len().to_string(), "at most 50 fields"));
            }
            for (name, value) in fields {
                let fine = !value.trim().is_empty()
                    && value.chars().count() <= LONGEST
                    && !value.contains(|c: char| c.is_control() || "|=;".contains(c));
                if !code(name) || !fine {
                    let expected = "names of letters, digits, - _ . and values without | = ;";
                    return Err(bad("fields", &format!("{name}: {value}"), expected));
                }
            }
        }
        if self.ad_hoc.len() > MOST_ADDED {
            return Err(bad("ad_hoc", &self.ad_hoc.len().to_string(), "at most 5 people"));
        }
        let reason = |added: &&Added| {
            added.reason.trim().is_empty()
                || added.reason.chars().count() > LONGEST
                || added.reason.contains(char::is_control)
        };
        match self.ad_hoc.iter().find(reason) {
            Some(added) if added.reason.trim().is_empty() => {
                let message = "Say why somebody else is to be asked as well.";
                Err(Refusal::invalid("bad-extra", message)
                    .field("ad_hoc.reason")
                    .got("nothing")
                    .expected("a reason of one line")
                    .mend("They read it when they are asked."))
            }
            Some(added) => Err(bad("ad_hoc.reason", &added.reason, "a reason of one line")),
            None => Ok(()),
        }
    }
}

fn bad(field: &str, got: &str, expected: &str) -> Refusal {
    Refusal::invalid("bad-extra", "What stands beside the lines cannot be read.")
        .field(field)
        .got(shorten(got, 60))
        .expected(expected)
}
