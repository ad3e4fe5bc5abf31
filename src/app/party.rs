//! Setting up an organisation: people, cost centres, addresses, suppliers, connections, prices and
//! its own settings.
//!
//! Every change states what was changed from what to what; a secret is never named by value. Nobody
//! changes the own rights, whatever role they have.

pub mod address;
pub mod certificate;
pub mod cost_center;
pub mod organisation;
pub mod partner;
pub mod people;
pub mod price;
pub mod secret;
pub mod supplier;
pub mod token;

mod diff;
mod site;

pub(super) use site::url as check_url;

use super::{AppError, Reader};
use crate::{domain::party::AddressKind, domain::party::Channel, store};

/// One thing that an organisation needs before the first order, and whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetUpStep {
    pub name: &'static str,
    pub what: &'static str,
    /// Where it is done, without prefix.
    pub path: &'static str,
    pub done: bool,
}

/// What is set up and what is left, in the order in which it is best done.
pub async fn set_up(reader: &mut Reader<'_>) -> Result<Vec<SetUpStep>, AppError> {
    reader.need("organisation", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    let everybody = store::person::of_organisation(&mut reader.conn, organisation).await?;
    let active = || everybody.iter().filter(|person| person.is_active());
    let shops = active().any(|person| person.roles.iter().any(|role| role.as_str() == "requester"));
    let decides = active().any(|person| !person.roles.is_empty() && !only_keeps(person));
    let admins = active().filter(|person| person.roles.iter().any(|r| r.as_str() == "admin"));
    let two_admins = admins.count() > 1;
    let centers = cost_center::list(reader).await?;
    let charged = store::person::charges(&mut reader.conn, organisation).await?;
    let main = AddressKind::ShipTo;
    let ship_to = store::organisation::addresses(&mut reader.conn, organisation, main).await?;
    let addressed = ship_to.iter().any(|address| address.postal.street != "to be filled in");
    let suppliers = supplier::list(reader).await?;
    let reached = suppliers.iter().any(|own| own.channel != Channel::Desk || own.people > 0);
    let offered = suppliers.iter().any(|own| own.items > 0);
    let partners = partner::list(reader).await?;
    // Whoever comes from a procurement system for the first time has this manager.
    let settings = store::organisation::get(&mut reader.conn, organisation).await?;
    let manager = settings.and_then(|settings| settings.default_manager);
    let manager = active().find(|person| Some(person.id) == manager).map(|one| one.roles.clone());
    let rights = reader.app.policies.rights(&mut reader.conn, Some(organisation)).await?;
    let manager_decides = manager.is_some_and(|roles| rights.may(&roles, "task", "decide"));
    let step = |name, what, path, done| SetUpStep { name, what, path, done };
    Ok(vec![
        step("People", "Somebody who shops and somebody who decides.", "/admin/people", {
            shops && decides && everybody.len() > 2
        }),
        step("A second admin", "Policies are put in force by another admin.", "/admin/people", {
            two_admins
        }),
        step("Cost centres", "Who may charge which.", "/admin/cost-centers", {
            !centers.is_empty() && !charged.is_empty()
        }),
        step(
            "Default manager",
            "Who may decide, for people who come by punchout.",
            "/admin/settings",
            manager_decides,
        ),
        step("Addresses", "Where goods and invoices go.", "/admin/addresses", addressed),
        step("A supplier", "And how orders reach it.", "/admin/suppliers", reached),
        step("A catalogue", "Import a price list.", "/admin/import", offered),
        step("A procurement system", "Only when people punch out of one.", "/admin/partners", {
            !partners.is_empty()
        }),
    ])
}

/// Whether somebody keeps or reads things and is never asked to decide.
fn only_keeps(person: &crate::domain::party::Person) -> bool {
    let keeps = ["admin", "auditor", "requester", "receiver"];
    person.roles.iter().all(|role| keeps.contains(&role.as_str()))
}
