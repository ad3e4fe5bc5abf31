//! People of today for rules that ask about somebody the facts of the past do not carry: a draft
//! may name a role, a group or a person that nobody asked about when the facts were kept.

use std::collections::BTreeMap;

use crate::{
    base::id::OrganisationId,
    domain::{
        approval::{Facts, Person},
        role::Role,
    },
    store::{self, Conn},
};

use super::super::{AppError, Rules, requisition};

/// Whoever a set of rules names, as they are today.
#[derive(Debug, Clone, Default)]
pub(in crate::app) struct Today {
    holders: BTreeMap<Role, Vec<Person>>,
    groups: BTreeMap<String, Vec<Person>>,
    named: Vec<Person>,
}

impl Today {
    pub async fn read(
        conn: &mut Conn,
        organisation: OrganisationId,
        rules: &Rules,
    ) -> Result<Self, AppError> {
        let mut today = Self::default();
        for role in rules.approval.roles_asked() {
            let found = store::person::holders(conn, organisation, &role).await?;
            today.holders.insert(role, found.iter().map(requisition::known).collect());
        }
        for group in rules.approval.groups_asked() {
            let people = requisition::members(conn, organisation, &group).await?;
            today.groups.insert(group, people);
        }
        for mail in rules.approval.people_asked() {
            let found = requisition::colleague(conn, organisation, &mail).await?;
            today.named.extend(found.as_ref().map(requisition::known));
        }
        Ok(today)
    }

    /// The facts with whoever they lack.
    pub fn fill(&self, mut facts: Facts) -> Facts {
        for (role, people) in &self.holders {
            facts.holders.entry(role.clone()).or_insert_with(|| people.clone());
        }
        for (group, people) in &self.groups {
            facts.groups.entry(group.clone()).or_insert_with(|| people.clone());
        }
        for person in &self.named {
            if facts.person_named(&person.mail).is_none() {
                facts.named.push(person.clone());
            }
        }
        facts
    }
}
