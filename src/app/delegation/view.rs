//! Delegations as people see them.

use crate::{
    base::{
        id::DelegationId,
        page::{Cut, Page},
    },
    domain::{delegation::Delegation, party::Person, refusal::Refusal},
    store,
};

use super::super::{AppError, Reader};

/// A delegation with its people.
#[derive(Debug, Clone)]
pub struct DelegationView {
    pub delegation: Delegation,
    pub principal: Option<Person>,
    pub deputy: Option<Person>,
}

/// Delegations from and to the reader; of everybody for an admin. Newest first.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<DelegationView>, AppError> {
    reader.need("delegation", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let me = reader.actor.need_person()?.id;
    let only = (!reader.may("person", "edit")).then_some(me);
    let page = store::delegation::page(&mut reader.conn, organisation, only, cut).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for delegation in page.items {
        items.push(shown(reader, delegation).await?);
    }
    Ok(Page { items, next: page.next })
}

/// One delegation that the reader may see.
pub async fn get(reader: &mut Reader<'_>, id: DelegationId) -> Result<DelegationView, AppError> {
    reader.need("delegation", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let me = reader.actor.need_person()?.id;
    let all = reader.may("person", "edit");
    let found = store::delegation::get(&mut reader.conn, organisation, id).await?;
    let seen = |one: &Delegation| all || one.principal == me || one.deputy == me;
    let found = found.filter(seen).ok_or_else(|| Refusal::not_found("delegation"))?;
    shown(reader, found).await
}

async fn shown(
    reader: &mut Reader<'_>,
    delegation: Delegation,
) -> Result<DelegationView, AppError> {
    let principal = store::person::get(&mut reader.conn, delegation.principal).await?;
    let deputy = store::person::get(&mut reader.conn, delegation.deputy).await?;
    Ok(DelegationView { delegation, principal, deputy })
}

/// The colleagues whom the reader may choose as deputies, by name.
pub async fn choices(reader: &mut Reader<'_>) -> Result<Vec<Person>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let me = reader.actor.need_person()?.id;
    let rights = reader.app.policies.rights(&mut reader.conn, Some(organisation)).await?;
    let all = store::person::of_organisation(&mut reader.conn, organisation).await?;
    let fits = |person: &Person| {
        person.id != me && person.is_active() && rights.may(&person.roles, "delegation", "receive")
    };
    let mut people: Vec<Person> = all.into_iter().filter(fits).collect();
    people.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(people)
}
