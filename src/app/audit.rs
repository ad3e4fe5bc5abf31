//! The audit trail: reading it on somebody's behalf, and proving that it is whole.
//!
//! Entries are written by the one door alone; nothing here writes any.

pub mod heads;
mod named;
mod verify;

pub use crate::store::{
    audit::{Asked, Entry},
    chain::Head,
};
pub use verify::{Broken, Whole, verify};

use std::collections::HashMap;

use crate::{
    base::page::{Cut, Page},
    domain::fact::Fact,
    store::{self, Conn},
};

use super::{AppError, Reader};

/// Which entries a person asks for, in a person's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// An id, an order's or requisition's or invoice's number, an e-mail address, a short name.
    pub about: Option<String>,
    /// A fact's name: `order-issued`.
    pub kind: Option<String>,
    /// Who did it: an e-mail address, a partner's id, `system:..`.
    pub person: Option<String>,
}

/// The organisation's entries, newest first, for those who may read the audit trail.
pub async fn list(
    reader: &mut Reader<'_>,
    filter: &Filter,
    cut: &Cut,
) -> Result<Page<Entry>, AppError> {
    reader.need("audit", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let about = match said(filter.about.as_deref()) {
        Some(name) => {
            // Entries about refusals and failed sign-ins name what was typed, so the word itself
            // counts beside what goes by it.
            let folded = name.to_lowercase();
            let mail = if name.contains('@') { &*folded } else { name };
            let mut found = store::audit::named(&mut reader.conn, organisation, mail).await?;
            found.insert(0, mail.to_owned());
            found.truncate(store::audit::MOST_OBJECTS);
            found
        }
        None => Vec::new(),
    };
    let kind = said(filter.kind.as_deref()).map(str::to_owned);
    let actor = said(filter.person.as_deref()).map(|person| match person.contains('@') {
        true => person.to_lowercase(),
        false => person.to_owned(),
    });
    let asked = Asked { about, kind, actor };
    Ok(store::audit::list(&mut reader.conn, organisation, &asked, cut).await?)
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The kinds of facts there are to choose from.
pub async fn kinds(reader: &mut Reader<'_>) -> Result<Vec<String>, AppError> {
    reader.need("audit", "read")?;
    let organisation = reader.actor.need_organisation()?;
    Ok(store::audit::kinds(&mut reader.conn, organisation).await?)
}

/// The end of the chain, to be kept somewhere else.
pub async fn head(reader: &mut Reader<'_>) -> Result<Head, AppError> {
    reader.need("audit", "read")?;
    Ok(store::chain::head(&mut reader.conn).await?)
}

/// Names of the objects that entries speak of, for people.
#[derive(Debug, Clone, Default)]
pub struct Labels(HashMap<String, String>);

impl Labels {
    /// The number, address or short name; without one the id itself.
    pub fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

/// The names of what these entries, which the reader may see, speak of.
pub async fn labels(conn: &mut Conn, entries: &[Entry]) -> Result<Labels, AppError> {
    let mut found = HashMap::new();
    for entry in entries {
        let assignee = match serde_json::from_str::<Fact>(&entry.body) {
            Ok(Fact::TaskOpened { assignee, .. }) => Some(assignee),
            _ => None,
        };
        for id in [Some(entry.actor.clone()), Some(entry.about.clone()), assignee] {
            let Some(id) = id.filter(|id| id.contains('_') && !found.contains_key(id)) else {
                continue;
            };
            if let Some(label) = store::audit::label(conn, &id).await? {
                found.insert(id, label);
            }
        }
    }
    Ok(Labels(found))
}
