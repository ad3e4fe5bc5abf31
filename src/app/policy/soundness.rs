//! Checking a policy set against the organisation it is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    base::{id::OrganisationId, time::Time},
    domain::{approval::Person, refusal::Refusal, role::Role},
    policy::{
        check::{self, Member, Surroundings, Versions},
        seed::Seed,
    },
    store::{self, Conn},
};

use super::{
    super::{AppError, Reader, register, requisition::known},
    MAX_BYTES, PolicyKind,
};

/// Whether a set would be sound beside the others in force; the refusal carries a witness. Answers
/// what is to be done before every order finds its approver, in sentences.
pub async fn checked(
    reader: &mut Reader<'_>,
    kind: PolicyKind,
    csv: &str,
) -> Result<Vec<String>, AppError> {
    reader.need("policy", "check")?;
    let organisation = reader.actor.need_organisation()?;
    let now = reader.app.now();
    let sound = check_set(&mut reader.conn, organisation, (kind, csv), now).await?;
    let around = surroundings(&mut reader.conn, organisation, now).await?;
    let told = |(role, rule): (Role, String)| {
        format!("rule {rule} asks role {role}, which nobody active holds: give it to somebody")
    };
    Ok(check::unheld(&sound.approval, &around).into_iter().map(told).collect())
}

/// The three sets with one of them replaced, checked together with the organisation's people.
pub(super) async fn check_set(
    conn: &mut Conn,
    organisation: OrganisationId,
    (kind, csv): (PolicyKind, &str),
    now: Time,
) -> Result<check::Policies, AppError> {
    if csv.len() > MAX_BYTES {
        return Err(Refusal::invalid("policy-too-large", "The set is too large.")
            .field("csv")
            .got(format!("{} bytes", csv.len()))
            .expected(format!("at most {MAX_BYTES} bytes"))
            .into());
    }
    let sets = sets_with(conn, organisation, kind, csv).await?;
    let mut around = surroundings(conn, organisation, now).await?;
    let versions = Versions { approval: "draft", limits: "draft" };
    let today = in_force(conn, organisation).await?;
    // Rules that cannot be read any more keep nobody waiting.
    if let Ok(today) = check::Policies::load(&today, versions) {
        around.awaited = check::unheld(&today.approval, &around).into_keys().collect();
    }
    Ok(check::check(&sets, versions, &around)?)
}

/// The sets in force, with one of them replaced.
pub(super) async fn sets_with(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: PolicyKind,
    csv: &str,
) -> Result<Seed, AppError> {
    let mut sets = in_force(conn, organisation).await?;
    let replaced = match kind {
        PolicyKind::Access => &mut sets.access,
        PolicyKind::Approval => &mut sets.approval,
        PolicyKind::Limits => &mut sets.limits,
    };
    csv.clone_into(replaced);
    Ok(sets)
}

async fn in_force(conn: &mut Conn, organisation: OrganisationId) -> Result<Seed, AppError> {
    let mut texts: BTreeMap<PolicyKind, String> = BTreeMap::new();
    for kind in PolicyKind::ALL.iter().copied() {
        if let Some(active) = store::policy::active(conn, organisation, kind.word()).await? {
            texts.insert(kind, store::policy::csv(conn, active.id).await?);
        }
    }
    let mut take = |kind: PolicyKind| texts.remove(&kind).unwrap_or_default();
    Ok(Seed {
        access: take(PolicyKind::Access),
        approval: take(PolicyKind::Approval),
        limits: take(PolicyKind::Limits),
    })
}

async fn surroundings(
    conn: &mut Conn,
    organisation: OrganisationId,
    now: Time,
) -> Result<Surroundings, AppError> {
    let found = store::organisation::get(conn, organisation).await?;
    let found = found.ok_or_else(|| Refusal::not_found("organisation"))?;
    let rates = register::rates(conn, organisation, now.day_in(&found.time_zone)).await?;
    let currency = found.currency;
    let people = store::person::of_organisation(conn, organisation).await?;
    let mut holders: BTreeMap<Role, Vec<Person>> = BTreeMap::new();
    let mut mails = BTreeSet::new();
    for person in people.iter().filter(|person| person.is_active()) {
        mails.insert(person.email.to_string());
        for role in &person.roles {
            holders.entry(role.clone()).or_default().push(known(person));
        }
    }
    let groups = store::register::all(conn, organisation, "groups").await?;
    let units = store::register::all(conn, organisation, "units").await?;
    let staff = people.iter().map(|person| {
        let mail = person.email.as_str();
        let own = groups.iter().filter(|entry| entry.value == mail);
        Member {
            person: known(person),
            roles: person.roles.clone(),
            manager: person.manager,
            unit: units.iter().find(|entry| entry.name == mail).map(|entry| entry.value.clone()),
            groups: own.map(|entry| entry.name.clone()).collect(),
        }
    });
    Ok(Surroundings {
        currency,
        staff: staff.collect(),
        holders: Some(holders),
        people: Some(mails),
        rates,
        awaited: BTreeSet::new(),
    })
}
