//! What is wrong with an organisation's sets, found before they are in force.
//!
//! The three kinds lean on each other (rules name roles, limits decide who is "over"), so they are
//! always checked together, the changed one beside those in force. A fault comes with a witness: a
//! line, or a requisition that nobody would sign.

mod reach;
mod staff;
mod tiers;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    access::Access,
    approval::Ruleset,
    case::Case,
    limits::Limits,
    rule::{Effect, Rule},
    seed::Seed,
    table::unsound,
};
use crate::{
    base::{
        id::PersonId,
        money::{Currency, Money},
    },
    domain::{
        approval::{ApproverSource, Facts, Line, Person, Rate, plain},
        refusal::Refusal,
        requisition::RequisitionSource,
        role::Role,
        spending::Standing,
    },
};

/// One organisation's policies, loaded and fit to decide.
#[derive(Debug, Clone)]
pub struct Policies {
    pub access: Arc<Access>,
    pub approval: Arc<Ruleset>,
    pub limits: Arc<Limits>,
}

/// The version of each kind, as it is named in plans and explanations.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'v> {
    pub approval: &'v str,
    pub limits: &'v str,
}

/// What is known about the organisation when its sets are checked. An empty list of people means
/// "not known", as for files on a disk.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The organisation's own currency.
    pub currency: Currency,
    /// The active holders of each role; `None` when they are not known.
    pub holders: Option<BTreeMap<Role, Vec<Person>>>,
    /// The active people by e-mail; `None` when they are not known.
    pub people: Option<BTreeSet<String>>,
    pub rates: Vec<Rate>,
    /// Everybody of the organisation; empty when they are not known.
    pub staff: Vec<Member>,
    /// Roles that the rules in force ask and nobody holds yet: a draft that asks them too opens no
    /// dead end that is not there.
    pub awaited: BTreeSet<Role>,
}

impl Surroundings {
    /// Whether a rule asks a role that nobody holds, as the rules in force do already.
    fn awaits(&self, source: &ApproverSource) -> bool {
        matches!(source, ApproverSource::Role(role) if self.awaited.contains(role))
    }

    fn is_held(&self, role: &Role) -> bool {
        let holders = self.holders.as_ref().and_then(|holders| holders.get(role));
        holders.into_iter().flatten().any(|person| person.active)
    }
}

/// The roles that rules ask and nobody active holds, each with a rule that asks it; none when the
/// holders are not known.
pub fn unheld(rules: &Ruleset, around: &Surroundings) -> BTreeMap<Role, String> {
    let mut found = BTreeMap::new();
    for rule in rules.rules().iter().filter(|_| around.holders.is_some()) {
        if let Some(ApproverSource::Role(role)) = rule.effect.source()
            && !around.is_held(role)
        {
            found.entry(role.clone()).or_insert_with(|| rule.id.clone());
        }
    }
    found
}

/// Somebody of the organisation, as far as a set can be checked against them.
#[derive(Debug, Clone)]
pub struct Member {
    pub person: Person,
    pub roles: Vec<Role>,
    pub manager: Option<PersonId>,
    pub unit: Option<String>,
    pub groups: Vec<String>,
}

impl Policies {
    /// Loads three sets that belong together, as they stand in the database.
    pub fn load(sets: &Seed, versions: Versions<'_>) -> Result<Self, Refusal> {
        let access = Access::load(&sets.access)?;
        let approval = Ruleset::load(&sets.approval, versions.approval, access.roles())?;
        let limits = Arc::new(Limits::load(&sets.limits, versions.limits, access.roles())?);
        Ok(Self { access, approval, limits })
    }
}

/// Loads three sets and looks for what would go wrong with them: the first fault is refused as
/// `policy-unsound`.
pub fn check(
    sets: &Seed,
    versions: Versions<'_>,
    around: &Surroundings,
) -> Result<Policies, Refusal> {
    let policies = Policies::load(sets, versions)?;
    policies.access.check_keepers()?;
    let rules = policies.approval.rules();
    check_twins(rules)?;
    reach::check(&policies)?;
    tiers::check(rules)?;
    check_rates(&policies, around)?;
    rules.iter().try_for_each(|rule| check_approver(rule, around))?;
    staff::check(&policies, around)?;
    check_gaps(&policies, around)?;
    prove(&policies, around)?;
    Ok(policies)
}

/// Whether casbin reads the set as it is compiled, on one plain order; whatever makes a difference
/// on others is a fault of the program, which tests look for.
fn prove(policies: &Policies, around: &Surroundings) -> Result<(), Refusal> {
    let total = Money::from_minor(100_000, around.currency);
    let facts = plain_order(total, RequisitionSource::Cart, around);
    match policies.approval.prove(&policies.limits, &facts) {
        Err(refusal) if refusal.field.as_deref() == Some("policy") => Err(refusal),
        Err(_) | Ok(()) => Ok(()),
    }
}

/// The conditions of a rule, as they were written.
type Cells<'r> = &'r [(String, String)];

fn check_twins(rules: &[Rule]) -> Result<(), Refusal> {
    let mut seen: BTreeMap<(Cells<'_>, String), &str> = BTreeMap::new();
    for rule in rules {
        let whom = match &rule.effect {
            Effect::Ask { source, .. } => format!("asks {source}"),
            Effect::Watch(source) => format!("tells {source}"),
            Effect::Block => "blocks".to_owned(),
            Effect::Warn => "warns".to_owned(),
        };
        if let Some(other) = seen.insert((&rule.cells, whom.clone()), &rule.id) {
            let witness =
                format!("rule {other} {whom} and so does {} on equal conditions", rule.id);
            return Err(unsound("approval", "each rule once", witness));
        }
    }
    Ok(())
}

fn check_rates(policies: &Policies, around: &Surroundings) -> Result<(), Refusal> {
    let rules = policies.approval.rules().iter();
    let of_rules = rules.filter_map(|rule| Some(("approval", &rule.id, rule.currency()?)));
    let limits = policies.limits.all().iter();
    let of_limits = limits.map(|limit| ("limits", &limit.rule.id, limit.amount.currency()));
    let base = around.currency;
    for (set, id, currency) in of_rules.chain(of_limits) {
        let rated = |rate: &Rate| rate.from == base && rate.to == currency;
        if currency != base && !around.rates.iter().any(rated) {
            return Err(unsound(
                set,
                format!("amounts in {base}, or a rate from {base} to {currency}"),
                format!("rule {id} compares in {currency}: without a rate it blocks every order"),
            ));
        }
    }
    Ok(())
}

fn check_approver(rule: &Rule, around: &Surroundings) -> Result<(), Refusal> {
    let Some(source) = rule.effect.source() else { return Ok(()) };
    let dead_end = |expected: &str| {
        let witness = format!("rule {} asks {source}, and there is no such active person", rule.id);
        Err(unsound("approval", expected, witness))
    };
    match (source, &around.holders, &around.people) {
        (ApproverSource::Role(role), Some(_), _) => {
            if around.is_held(role) || around.awaits(source) {
                return Ok(());
            }
            dead_end("a role that somebody active holds").map_err(|refusal: Refusal| {
                refusal.mend(format!(
                    "Give somebody the role {role} first, or mend the line; the policy in force \
                     has not changed."
                ))
            })
        }
        (ApproverSource::Person(mail), _, Some(people)) => {
            if people.iter().any(|known| crate::base::text::fold(known) == *mail) {
                Ok(())
            } else {
                dead_end("the e-mail address of an active person of the organisation")
            }
        }
        _ => Ok(()),
    }
}

/// Looks at every amount where some rule begins or ends, for an order above the requester's own
/// limit that no rule asks anybody about.
fn check_gaps(policies: &Policies, around: &Surroundings) -> Result<(), Refusal> {
    let rules = &policies.approval;
    let own = policies.limits.all().iter().map(|limit| limit.amount);
    let bounds = rules.rules().iter().flat_map(|rule| [rule.above, rule.up_to]).flatten();
    let in_base = |amount: &Money| amount.currency() == around.currency;
    let lowest = own.filter(in_base).map(Money::minor).min().unwrap_or(0);
    let mut samples: BTreeSet<i64> = [lowest, 99_999_999_999_999].into();
    samples.extend(bounds.filter(in_base).map(Money::minor).filter(|minor| *minor > lowest));
    for minor in samples.iter().flat_map(|minor| [*minor, minor.saturating_add(1)]) {
        if minor <= lowest {
            continue;
        }
        let judged = Money::from_minor(minor, around.currency);
        for source in RequisitionSource::ALL {
            let facts = plain_order(judged, *source, around);
            let standing = Standing {
                within: false,
                judged,
                together: None,
                measured: Vec::new(),
                because: String::new(),
            };
            let case = Case::prepare(rules.needs(), &facts, &standing)?;
            if rules.applying(&case).asks.is_empty() {
                let witness = format!(
                    "an order of {} ({source}) above the requester's own limit is asked of nobody",
                    plain(judged)
                );
                let expected = "a rule with limit over and no other condition for every amount";
                return Err(unsound("approval", expected, witness));
            }
        }
    }
    Ok(())
}

/// An order that meets no condition but those on amount, limit and source.
fn plain_order(total: Money, source: RequisitionSource, around: &Surroundings) -> Facts {
    let nobody = PersonId::from_bits(0);
    let requester = Person {
        id: nobody,
        mail: String::new(),
        name: String::new(),
        active: true,
        decides: true,
    };
    let line = Line {
        unspsc: Some("00000000".to_owned()),
        accounts: vec!["any other".to_owned()],
        ..Line::plain(1, "any other", total)
    };
    Facts {
        currency: around.currency,
        cost_center: "any other".to_owned(),
        ship_to_country: Some("any other".to_owned()),
        lines: vec![line],
        source,
        rates: around.rates.clone(),
        ..Facts::plain(requester, total)
    }
}
