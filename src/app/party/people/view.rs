//! Looking at people.

use std::collections::{BTreeSet, HashMap};

use crate::{
    app::{AppError, Reader},
    base::{
        id::{CostCenterId, OrganisationId, PersonId, SupplierId},
        page::{Cut, Page},
    },
    domain::{
        party::{Email, Home, Person},
        refusal::Refusal,
        role::Role,
    },
    store::{self, Conn},
};

/// A person with the names that stand for ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    pub person: Person,
    /// The supplier's short name, for people of its desk.
    pub supplier: Option<String>,
    /// The manager's e-mail address.
    pub manager: Option<String>,
    /// Codes of the cost centres the person may charge.
    pub cost_centers: Vec<String>,
    pub default_cost_center: Option<String>,
}

/// Roles that a person can be given: those the access policy knows, without those that come by
/// themselves.
pub fn manageable_roles(known: &BTreeSet<Role>) -> Vec<Role> {
    let by_itself = [Role::PUNCHOUT, Role::PARTNER, Role::SUPPLIER];
    known.iter().filter(|role| !by_itself.contains(role)).cloned().collect()
}

/// The person of this address when the organisation keeps it: one of its own, or of the desk of a
/// supplier whose master data it keeps.
pub(super) async fn kept(
    conn: &mut Conn,
    organisation: OrganisationId,
    email: &str,
) -> Result<Person, AppError> {
    let nobody = || AppError::from(Refusal::not_found("person"));
    let email: Email = email.parse().map_err(|_| nobody())?;
    let person = store::person::by_email(conn, &email).await?.ok_or_else(nobody)?;
    let own = match person.home {
        Home::Organisation(home) => home == organisation,
        Home::Supplier(supplier) => {
            let supplier = store::supplier::get(conn, supplier).await?;
            supplier.is_some_and(|supplier| supplier.owner == Some(organisation))
        }
    };
    if own { Ok(person) } else { Err(nobody()) }
}

/// One person.
pub async fn get(reader: &mut Reader<'_>, email: &str) -> Result<PersonView, AppError> {
    reader.need("person", "read-all")?;
    let organisation = reader.actor.need_organisation()?;
    let person = kept(&mut reader.conn, organisation, email).await?;
    let names = Names::of(&mut reader.conn, organisation).await?;
    Ok(names.view(person))
}

/// Everybody of the organisation and of the desks it keeps, disabled people included, newest
/// first.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<PersonView>, AppError> {
    reader.need("person", "read-all")?;
    let organisation = reader.actor.need_organisation()?;
    let people = store::person::page(&mut reader.conn, organisation, cut).await?;
    let names = Names::of(&mut reader.conn, organisation).await?;
    Ok(people.map(|person| names.view(person)))
}

/// Everybody of the organisation itself by name: who can be chosen as a manager or an owner.
pub async fn everybody(reader: &mut Reader<'_>) -> Result<Vec<Person>, AppError> {
    reader.need("person", "read-all")?;
    let organisation = reader.actor.need_organisation()?;
    let mut all = store::person::of_organisation(&mut reader.conn, organisation).await?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// Who can give the reader a role: those who keep the people of the own organisation, by name.
/// Anybody who is signed in may know them; without a role there is nobody else to ask.
pub async fn keepers(reader: &mut Reader<'_>) -> Result<Vec<Person>, AppError> {
    reader.actor.need_person()?;
    let Some(organisation) = reader.actor.organisation else { return Ok(Vec::new()) };
    let rights = reader.app.policies.rights(&mut reader.conn, Some(organisation)).await?;
    let mut all = store::person::of_organisation(&mut reader.conn, organisation).await?;
    all.retain(|person| person.is_active() && rights.may(&person.roles, "person", "edit"));
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// Names of what people refer to.
struct Names {
    people: HashMap<PersonId, String>,
    centers: HashMap<CostCenterId, String>,
    charges: HashMap<PersonId, Vec<CostCenterId>>,
    suppliers: HashMap<SupplierId, String>,
}

impl Names {
    async fn of(conn: &mut Conn, organisation: OrganisationId) -> Result<Self, AppError> {
        let people = store::person::of_organisation(conn, organisation).await?;
        let centers = store::organisation::cost_centers(conn, organisation).await?;
        let mut charges: HashMap<PersonId, Vec<CostCenterId>> = HashMap::new();
        for (person, center) in store::person::charges(conn, organisation).await? {
            charges.entry(person).or_default().push(center);
        }
        let suppliers = store::supplier::all(conn).await?;
        Ok(Self {
            people: people.into_iter().map(|one| (one.id, one.email.to_string())).collect(),
            centers: centers.into_iter().map(|center| (center.id, center.code)).collect(),
            charges,
            suppliers: suppliers.into_iter().map(|one| (one.id, one.name)).collect(),
        })
    }

    fn view(&self, person: Person) -> PersonView {
        let charges = self.charges.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let code = |id: &CostCenterId| self.centers.get(id).cloned();
        let mut cost_centers: Vec<String> = charges.iter().filter_map(code).collect();
        cost_centers.sort();
        PersonView {
            supplier: person.supplier().and_then(|id| self.suppliers.get(&id).cloned()),
            manager: person.manager.and_then(|id| self.people.get(&id).cloned()),
            default_cost_center: person.default_cost_center.as_ref().and_then(code),
            cost_centers,
            person,
        }
    }
}
