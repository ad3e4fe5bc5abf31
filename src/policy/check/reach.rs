//! Rules that can never speak: conditions that no requisition meets together, rules behind a block
//! that covers them, and rules that ask whom another asks at every amount already.

use super::{
    super::{
        rule::{Effect, FieldTest, LineTest, Rule},
        table::unsound,
    },
    Policies,
};
use crate::{
    base::money::Money,
    domain::{
        approval::{Place, plain},
        refusal::Refusal,
        requisition::RequisitionSource,
    },
};

/// Refuses the first rule that can never speak.
pub fn check(policies: &Policies) -> Result<(), Refusal> {
    let rules = policies.approval.rules();
    for rule in rules {
        contradicts(rule, policies)?;
    }
    for rule in rules.iter().filter(|rule| rule.effect != Effect::Block) {
        let covers = |other: &&Rule| other.effect == Effect::Block && implies(rule, other);
        if let Some(block) = rules.iter().find(covers) {
            let witness = format!(
                "{} meets rule {} and is blocked by rule {} every time",
                typical(rule),
                rule.id,
                block.id
            );
            return Err(unreachable(&witness));
        }
    }
    for (at, rule) in rules.iter().enumerate() {
        let covers = |(other_at, other): &(usize, &Rule)| {
            *other_at != at && is_plain(rule) && is_plain(other) && asks_as(rule, other)
                // Of two that cover each other the later one is the one too many.
                && implies(rule, other) && (!implies(other, rule) || *other_at < at)
        };
        if let Some((_, other)) = rules.iter().enumerate().find(covers) {
            let witness = format!(
                "{} meets rule {}, and rule {} asks the same people in the same place already",
                typical(rule),
                rule.id,
                other.id
            );
            return Err(unreachable(&witness));
        }
    }
    Ok(())
}

fn unreachable(witness: &str) -> Refusal {
    unsound("approval", "rules that can change a plan", witness)
}

/// A requisition that meets a rule, in a few words.
pub fn typical(rule: &Rule) -> String {
    let mut words = vec![match (rule.above, rule.up_to) {
        (Some(low), _) => {
            let cent = Money::from_minor(low.minor().saturating_add(1), low.currency());
            format!("an order of {}", plain(cent))
        }
        (None, Some(high)) => format!("an order of {}", plain(high)),
        (None, None) => "an order".to_owned(),
    }];
    let first = |list: &[String]| list.first().cloned();
    words.extend(first(&rule.cost_center).map(|code| format!("on cost centre {code}")));
    words.extend(first(&rule.project).map(|code| format!("for project {code}")));
    words.extend(first(&rule.country).map(|code| format!("shipped to {code}")));
    words.extend(first(&rule.unit).map(|unit| format!("of unit {unit}")));
    let line = rule.line.as_ref();
    words.extend(line.and_then(|line| first(&line.category)).map(|c| format!("with UNSPSC {c}")));
    words.extend(line.and_then(|line| first(&line.supplier)).map(|name| format!("from {name}")));
    words.extend(
        rule.fields
            .iter()
            .filter_map(|test| Some(format!("with {} {}", test.name, first(&test.values)?))),
    );
    words.join(" ")
}

/// Conditions of one rule that exclude each other.
fn contradicts(rule: &Rule, policies: &Policies) -> Result<(), Refusal> {
    let never = |why: String| Err(unreachable(&format!("rule {}: {why}", rule.id)));
    if rule.flagged && rule.source == Some(RequisitionSource::Cart) {
        return never("only an incoming order is ever flagged, and it asks for carts".to_owned());
    }
    if let (Some(false), Some(above)) = (rule.over_limit, rule.above) {
        let own = policies.limits.all().iter().map(|limit| limit.amount);
        let known: Vec<Money> = own.collect();
        let covered = known
            .iter()
            .any(|limit| limit.currency() != above.currency() || limit.minor() > above.minor());
        if !covered {
            let cent = Money::from_minor(above.minor().saturating_add(1), above.currency());
            return never(format!(
                "an order of {} is within nobody's own limit, and it asks for one that is",
                plain(cent)
            ));
        }
    }
    let line_above = rule.line.as_ref().and_then(|line| line.above);
    if let (Some(line), Some(most)) = (line_above, rule.up_to)
        && line.minor() >= most.minor()
    {
        return never(format!(
            "no line is above {} in an order of up to {}",
            plain(line),
            plain(most)
        ));
    }
    Ok(())
}

/// Whether nothing but amounts and the requester's own limit decides whether it applies.
fn is_plain(rule: &Rule) -> bool {
    let amounts = ["limit", "above", "up_to", "currency"];
    rule.cells.iter().all(|(name, cell)| cell == "*" || amounts.contains(&name.as_str()))
}

fn asks_as(one: &Rule, other: &Rule) -> bool {
    let place = |rule: &Rule| match &rule.effect {
        Effect::Ask { place: Place::Last, .. } => Some(Place::Last),
        Effect::Ask { place, .. } => Some(*place),
        _ => None,
    };
    place(one).is_some() && place(one) == place(other) && one.effect == other.effect
}

/// Whether whatever meets `one` meets `other` as well, by their conditions alone.
pub fn implies(one: &Rule, other: &Rule) -> bool {
    let within = |list: &[String], wider: &[String]| {
        wider.is_empty() || (!list.is_empty() && list.iter().all(|name| wider.contains(name)))
    };
    let same = |column: &str| other.cell(column) == "*" || one.cell(column) == other.cell(column);
    let roles = other.requester.is_empty()
        || (!one.requester.is_empty() && one.requester.iter().all(|r| other.requester.contains(r)));
    ["limit", "source", "flagged", "budget"].iter().all(|column| same(column))
        && at_least(one.above, other.above)
        && at_most(one.up_to, other.up_to)
        && within(&one.cost_center, &other.cost_center)
        && within(&one.project, &other.project)
        && within(&one.country, &other.country)
        && within(&one.unit, &other.unit)
        && roles
        && fields_within(&one.fields, &other.fields)
        && match (&one.line, &other.line) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(one), Some(other)) => line_implies(one, other),
        }
}

fn at_least(one: Option<Money>, other: Option<Money>) -> bool {
    other.is_none_or(|bound| {
        one.is_some_and(|own| own.currency() == bound.currency() && own.minor() >= bound.minor())
    })
}

fn at_most(one: Option<Money>, other: Option<Money>) -> bool {
    other.is_none_or(|bound| {
        one.is_some_and(|own| own.currency() == bound.currency() && own.minor() <= bound.minor())
    })
}

fn fields_within(one: &[FieldTest], other: &[FieldTest]) -> bool {
    other.iter().all(|wider| {
        let own = one.iter().find(|test| test.name == wider.name);
        own.is_some_and(|test| test.values.iter().all(|value| wider.values.contains(value)))
    })
}

fn line_implies(one: &LineTest, other: &LineTest) -> bool {
    let prefixes = |list: &[String], wider: &[String]| {
        wider.is_empty()
            || (!list.is_empty()
                && list.iter().all(|code| wider.iter().any(|prefix| code.starts_with(prefix))))
    };
    let within = |list: &[String], wider: &[String]| {
        wider.is_empty() || (!list.is_empty() && list.iter().all(|name| wider.contains(name)))
    };
    prefixes(&one.category, &other.category)
        && prefixes(&one.eclass, &other.eclass)
        && within(&one.supplier, &other.supplier)
        && within(&one.account, &other.account)
        && (other.status.is_empty()
            || (!one.status.is_empty() && one.status.iter().all(|s| other.status.contains(s))))
        && (other.kind.is_empty()
            || (!one.kind.is_empty() && one.kind.iter().all(|kind| other.kind.contains(kind))))
        && at_least(one.above, other.above)
        && fields_within(&one.fields, &other.fields)
}
