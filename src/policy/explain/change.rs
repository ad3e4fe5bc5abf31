//! Changes of a requisition that a counterfactual can name, and the facts after them.

use crate::{
    base::money::Money,
    domain::approval::{Facts, plain},
};

/// Something of the whole requisition that could be another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    CostCenter,
    Project,
    Country,
    /// One of the organisation's own fields.
    Field(String),
}

/// A change of the requisition that would change its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// So much less in total.
    Less(Money),
    /// So much more in total.
    More(Money),
    /// Without the lines of these numbers.
    Without(Vec<u32>),
    /// Another value than any that the rule names.
    Other(Header),
}

/// A value that no set can name, because it holds a blank and an equals sign.
const OTHER: &str = "= other";

/// The facts after a change: what a counterfactual claims can be tried. `None` when the change is
/// not possible.
pub fn apply(facts: &Facts, change: &Change) -> Option<Facts> {
    let mut changed = facts.clone();
    match change {
        Change::Less(by) => changed.total = facts.total.checked_sub(*by).ok()?,
        Change::More(by) => changed.total = facts.total.checked_add(*by).ok()?,
        Change::Without(numbers) => {
            changed.lines.retain(|line| !numbers.contains(&line.number));
            for line in facts.lines.iter().filter(|line| numbers.contains(&line.number)) {
                changed.total = changed.total.checked_sub(line.total).ok()?;
            }
        }
        Change::Other(Header::CostCenter) => changed.cost_center = OTHER.to_owned(),
        Change::Other(Header::Project) => changed.project = Some(OTHER.to_owned()),
        Change::Other(Header::Country) => changed.ship_to_country = Some(OTHER.to_owned()),
        Change::Other(Header::Field(name)) => {
            changed.fields.insert(name.clone(), OTHER.to_owned());
        }
    }
    if changed.total.minor() < 0 || changed.lines.is_empty() {
        return None;
    }
    let amounts: Vec<Money> = changed.budgets().map(|budget| budget.amount).collect();
    let own = changed.budget.iter_mut();
    let states = own.chain(changed.other_budgets.iter_mut().map(|other| &mut other.state));
    for (state, amount) in states.zip(amounts) {
        let counted = facts.convert(amount, state.available.currency()).ok()?;
        state.exceeded = counted > state.available.amount();
    }
    Some(changed)
}

/// The change in plain words, at the beginning of a sentence.
pub fn in_words(change: &Change) -> String {
    match change {
        Change::Less(by) => format!("{} less", plain(*by)),
        Change::More(by) => format!("{} more", plain(*by)),
        Change::Without(numbers) if numbers.len() == 1 => {
            format!("Take line {} out", list(numbers))
        }
        Change::Without(numbers) => format!("Take lines {} out", list(numbers)),
        Change::Other(Header::CostCenter) => "Another cost centre".to_owned(),
        Change::Other(Header::Project) => "Another project".to_owned(),
        Change::Other(Header::Country) => "Shipped to another country".to_owned(),
        Change::Other(Header::Field(name)) => format!("Another value of {name}"),
    }
}

fn list(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}
