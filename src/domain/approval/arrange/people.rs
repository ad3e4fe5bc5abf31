//! Who a rule's approvers are, and why there may be none.

use crate::domain::refusal::Refusal;

use super::super::{ApproverSource, Asked, Facts, Person, Wanted};

/// The people a source names: active, never the requester, each once. They need not have the right
/// to decide: whoever is only told of a requisition has not.
pub fn people(facts: &Facts, source: &Wanted) -> Vec<Person> {
    named(facts, source, |_| true)
}

pub(super) fn named(facts: &Facts, source: &Wanted, fits: impl Fn(&Person) -> bool) -> Vec<Person> {
    let may = |person: &&Person| person.active && person.id != facts.requester.id && fits(person);
    let managers = |count: usize| {
        let mut chain: Vec<Person> = Vec::new();
        for person in facts.managers.iter().filter(may) {
            if chain.len() < count && chain.iter().all(|known| known.id != person.id) {
                chain.push(person.clone());
            }
        }
        chain
    };
    let sorted = |mut found: Vec<Person>| {
        found.sort_by_key(|person| person.id);
        found.dedup_by_key(|person| person.id);
        found
    };
    let all = |list: Option<&Vec<Person>>| {
        sorted(list.into_iter().flatten().filter(may).cloned().collect())
    };
    match source {
        Wanted::Source(ApproverSource::Manager(level)) => {
            let level = usize::from(*level);
            let mut chain = managers(level);
            if chain.len() < level { Vec::new() } else { chain.split_off(level - 1) }
        }
        Wanted::Source(ApproverSource::ManagerChain) => managers(usize::MAX),
        Wanted::Managers(count) => count.map_or_else(Vec::new, managers),
        Wanted::Source(ApproverSource::Role(role)) => all(facts.holders.get(role)),
        Wanted::Source(ApproverSource::Group(group)) => all(facts.groups.get(group)),
        Wanted::Source(ApproverSource::Person(mail)) => {
            facts.person_named(mail).filter(may).cloned().into_iter().collect()
        }
        Wanted::Source(ApproverSource::CostCenterOwner) => {
            facts.cost_center_owner.iter().filter(may).cloned().collect()
        }
        Wanted::Source(ApproverSource::ContractOwner) => {
            sorted(facts.contract_owners.values().filter(may).cloned().collect())
        }
        Wanted::ContractOwners(suppliers) => {
            let owners = suppliers.iter().filter_map(|name| facts.contract_owners.get(name));
            sorted(owners.filter(may).cloned().collect())
        }
        Wanted::AdHoc(person) => Some(person).filter(may).cloned().into_iter().collect(),
    }
}

/// The people a rule asks. A contract without an owner is a dead end, even beside one that has.
pub(super) fn resolve(facts: &Facts, rule: &Asked) -> Result<Vec<Person>, Refusal> {
    if let Wanted::ContractOwners(suppliers) = &rule.source
        && let Some(name) = suppliers.iter().find(|name| !facts.contract_owners.contains_key(*name))
    {
        let mend = format!("Name an owner for the contract with {name}.");
        return Err(dead_end(facts, rule, 0).got(format!("no owner for {name}")).mend(mend));
    }
    Ok(named(facts, &rule.source, |person| person.decides))
}

pub(super) fn dead_end(facts: &Facts, rule: &Asked, found: usize) -> Refusal {
    let other = &facts.requester.mail;
    let (whom, mend) = match &rule.source {
        Wanted::Source(source) => {
            let mend = match source {
                ApproverSource::Role(role) => {
                    format!("Give the role {role} to somebody other than {other}.")
                }
                ApproverSource::Group(group) => {
                    format!("Put somebody other than {other} into the group {group}.")
                }
                ApproverSource::Person(mail) => {
                    format!("Name somebody other than {mail} in the rule.")
                }
                ApproverSource::CostCenterOwner => {
                    let center = &facts.cost_center;
                    format!("Make somebody other than {other} the owner of cost centre {center}.")
                }
                _ => format!("Give {other} a manager who is not disabled and may decide."),
            };
            (source.to_string(), mend)
        }
        Wanted::Managers(_) => (
            "the chain of managers".to_owned(),
            "Give a manager in the chain a limit (period sign) that covers the amount.".to_owned(),
        ),
        Wanted::ContractOwners(_) => {
            ("the owner of the contract".to_owned(), "Name another owner.".to_owned())
        }
        Wanted::AdHoc(person) => (person.mail.clone(), "Name another person.".to_owned()),
    };
    let needed = rule.mode.needed(found);
    let why = if found > 0 {
        format!("{needed} signatures are needed and only {found} can be given")
    } else {
        "nobody can be asked".to_owned()
    };
    Refusal::invalid(
        "no-approver",
        format!(
            "Rule {} asks {whom}, but {why}: a requester never approves, and disabled people and \
             those who may not decide do not count.",
            rule.rule.id
        ),
    )
    .field("approver")
    .expected("one active person other than the requester, who may decide, for each signature")
    .mend(mend)
    .with("rule", rule.rule.id.clone())
    .with("version", rule.rule.version.clone())
}
