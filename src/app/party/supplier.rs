//! Suppliers: their master data is kept by the organisation that added them; how orders reach them
//! is a setting of each organisation (`app::delivery`).

use serde::{Deserialize, Serialize};

use super::diff::{self, Diff, MAX_NAME};
use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::text::shorten,
    domain::{
        party::{Channel, Partner, PartnerKind, Supplier},
        refusal::Refusal,
    },
    store,
};

/// A supplier as one organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierView {
    pub supplier: Supplier,
    /// Whether this organisation keeps its master data and its catalogue.
    pub own: bool,
    /// How this organisation's orders reach it; the desk when nothing was set.
    pub channel: Channel,
    /// Items that are offered.
    pub items: u64,
    /// People at its desk who can sign in.
    pub people: u64,
}

/// Adds a supplier. Its orders wait at the supplier desk, or go by mail when an address is given.
#[derive(Debug, Clone)]
pub struct Add {
    /// Short name, unique on the server: `office-one`.
    pub name: String,
    pub title: String,
    /// Where orders go by mail.
    pub email: Option<String>,
}

/// The supplier's short name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub name: String,
}

impl Command for Add {
    type Answer = Saved;
    const NEED: Need = Need::May("supplier", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let name = diff::short_name("name", &self.name)?;
        if store::supplier::by_name(cx.conn, &name).await?.is_some() {
            return Err(Refusal::conflict("name-taken", "This short name is in use.")
                .field("name")
                .got(name)
                .expected("a name that no supplier on this server has")
                .into());
        }
        let supplier = Supplier {
            id: cx.id(),
            name,
            title: diff::line("title", &self.title, MAX_NAME)?,
            email: diff::maybe_email("email", self.email.as_deref())?,
            owner: Some(organisation),
            version: 1,
        };
        store::supplier::insert(cx.conn, &supplier, cx.now).await?;
        let connection = connection(cx, &supplier)?;
        store::partner::save(cx.conn, &connection, cx.now).await?;
        let mut diff = Diff::default();
        diff.note("name", "", &supplier.name);
        diff.note("title", "", &supplier.title);
        diff.maybe("email", None, supplier.email.as_ref());
        diff.settle(cx, "supplier", supplier.id);
        Ok(Saved { name: supplier.name })
    }
}

/// The connection over which the organisation orders, to begin with.
fn connection(cx: &Cx<'_>, supplier: &Supplier) -> Result<Partner, AppError> {
    let by_mail = supplier.email.is_some();
    let kind = PartnerKind::Supplier {
        supplier: supplier.id,
        channel: if by_mail { Channel::Email } else { Channel::Desk },
        url: None,
        email: supplier.email.clone(),
    };
    Ok(Partner::new(cx.id(), cx.actor.need_organisation()?, kind, &supplier.title))
}

/// Changes title and mail address of a supplier that the organisation keeps.
#[derive(Debug, Clone)]
pub struct Edit {
    pub name: String,
    pub title: String,
    pub email: Option<String>,
}

impl Command for Edit {
    type Answer = Saved;
    const NEED: Need = Need::May("supplier", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let before = own(cx, &self.name).await?;
        let after = Supplier {
            title: diff::line("title", &self.title, MAX_NAME)?,
            email: diff::maybe_email("email", self.email.as_deref())?,
            ..before.clone()
        };
        let mut diff = Diff::default();
        diff.note("title", &before.title, &after.title);
        diff.maybe("email", before.email.as_ref(), after.email.as_ref());
        if !diff.is_empty() {
            store::supplier::update(cx.conn, &after).await?;
        }
        diff.settle(cx, "supplier", after.id);
        Ok(Saved { name: after.name })
    }
}

/// The supplier of this name when the actor's organisation keeps its master data.
pub(super) async fn own(cx: &mut Cx<'_>, name: &str) -> Result<Supplier, AppError> {
    let organisation = cx.actor.need_organisation()?;
    let found = store::supplier::by_name(cx.conn, name.trim()).await?;
    let found = found.ok_or_else(|| Refusal::not_found("supplier"))?;
    if found.owner == Some(organisation) {
        return Ok(found);
    }
    Err(Refusal::forbidden("not-yours", "This supplier is kept by another organisation.")
        .field("supplier")
        .got(shorten(name, 60))
        .into())
}

/// Suppliers of the server by short name, as the organisation sees them.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<SupplierView>, AppError> {
    reader.need("supplier", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let all = store::supplier::all(&mut reader.conn).await?;
    let counts = store::supplier::counts(&mut reader.conn).await?;
    let partners = store::partner::of_organisation(&mut reader.conn, organisation).await?;
    let channel = |supplier: &Supplier| {
        partners.iter().find_map(|partner| match &partner.kind {
            PartnerKind::Supplier { supplier: id, channel, .. } if *id == supplier.id => {
                Some(*channel)
            }
            _ => None,
        })
    };
    let view = |supplier: Supplier| {
        let counted = counts.iter().find(|counted| counted.supplier == supplier.id);
        SupplierView {
            own: supplier.owner == Some(organisation),
            channel: channel(&supplier).unwrap_or(Channel::Desk),
            items: counted.map_or(0, |counted| counted.items),
            people: counted.map_or(0, |counted| counted.people),
            supplier,
        }
    };
    Ok(all.into_iter().map(view).collect())
}

/// One supplier by short name.
pub async fn get(reader: &mut Reader<'_>, name: &str) -> Result<SupplierView, AppError> {
    let all = list(reader).await?;
    let found = all.into_iter().find(|one| one.supplier.name == name);
    Ok(found.ok_or_else(|| Refusal::not_found("supplier"))?)
}
