//! What casbin is asked, and the exact functions it asks back.
//!
//! The facts travel as whole values of our own, not as joined texts, so that no supplier name or
//! account can pretend to be two. A function that meets something it cannot read answers `()`,
//! which fails the pass; it never answers `false`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use casbin::{EnforceArgs, function_map::OperatorFunction, rhai::Dynamic};
use rust_decimal::Decimal;

use super::{
    rule::{Rule, is_category},
    table::ANY,
};
use crate::{
    base::{
        decimal,
        money::{Currency, Money},
    },
    domain::{
        approval::{BudgetMode, BudgetState, Facts, cannot_decide},
        refusal::Refusal,
        role::Role,
        spending::Standing,
    },
};

/// What a set of rules asks about, so that it can be checked before the pass.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    pub currencies: BTreeSet<Currency>,
    pub category: bool,
    pub account: bool,
}

impl Needs {
    pub fn of(rules: &[Rule]) -> Self {
        Self {
            currencies: rules.iter().filter_map(Rule::currency).collect(),
            category: rules.iter().any(|rule| !rule.category.is_empty()),
            account: rules.iter().any(|rule| !rule.account.is_empty()),
        }
    }
}

/// The judged amount in every currency that a rule names.
#[derive(Debug, Clone)]
pub struct Amounts(Arc<BTreeMap<String, Decimal>>);

/// A line as far as rules ask about it.
#[derive(Debug, Clone)]
struct LineFacts {
    category: String,
    supplier: String,
    accounts: Vec<String>,
}

#[derive(Debug, Clone)]
struct Lines(Arc<Vec<LineFacts>>);

#[derive(Debug, Clone)]
struct Roles(Arc<BTreeSet<Role>>);

/// The request of one pass: everything in it is present, parsed and readable.
#[derive(Clone)]
pub struct Request(Vec<Dynamic>);

impl EnforceArgs for Request {
    fn try_into_vec(self) -> casbin::Result<Vec<Dynamic>> {
        Ok(self.0)
    }

    /// Never called: casbin's caches are off.
    fn cache_key(&self) -> u64 {
        0
    }
}

impl Request {
    /// Checks the facts against what the rules ask and makes the request; what is missing or
    /// unreadable is `policy-cannot-decide`.
    pub fn prepare(needs: &Needs, facts: &Facts, standing: &Standing) -> Result<Self, Refusal> {
        if facts.total.minor() < 0 || standing.judged.minor() < 0 {
            return Err(cannot_decide("total", "The total is below zero."));
        }
        let over = if standing.within { "within" } else { "over" };
        let amounts = Amounts(Arc::new(amounts(needs, facts, standing.judged)?));
        let lines = Lines(Arc::new(lines(needs, facts)?));
        if facts.cost_center.is_empty() {
            return Err(cannot_decide("cost_center", "The cost centre is missing."));
        }
        let budget = if asks_budget(facts.budget.as_ref()) { "exceeded" } else { "kept" };
        Ok(Self(vec![
            over.to_owned().into(),
            Dynamic::from(amounts),
            Dynamic::from(lines),
            facts.cost_center.clone().into(),
            facts.source.word().to_owned().into(),
            if facts.flagged { "yes" } else { "no" }.to_owned().into(),
            budget.to_owned().into(),
            Dynamic::from(Roles(Arc::new(facts.roles.clone()))),
        ]))
    }
}

/// Whether the budget is one that asks for a signature, and is exceeded.
pub fn asks_budget(budget: Option<&BudgetState>) -> bool {
    budget.is_some_and(|state| state.exceeded && state.mode == BudgetMode::RequireApproval)
}

fn amounts(
    needs: &Needs,
    facts: &Facts,
    judged: Money,
) -> Result<BTreeMap<String, Decimal>, Refusal> {
    needs
        .currencies
        .iter()
        .map(|currency| Ok((currency.code().to_owned(), facts.convert(judged, *currency)?)))
        .collect()
}

fn lines(needs: &Needs, facts: &Facts) -> Result<Vec<LineFacts>, Refusal> {
    let mut found = Vec::with_capacity(facts.lines.len());
    for line in &facts.lines {
        let field = |name: &str| format!("lines[{}].{name}", line.number);
        let category = line.unspsc.as_deref().unwrap_or_default();
        if needs.category && !is_category(category) {
            let message =
                format!("Line {} ({}) has no readable UNSPSC code.", line.number, line.sku);
            return Err(cannot_decide(field("unspsc"), message)
                .got(crate::base::text::shorten(category, 40))
                .expected("2 to 8 digits, because a rule asks for it")
                .mend("Give the item a UNSPSC code."));
        }
        if needs.account && line.accounts.iter().all(String::is_empty) {
            let message = format!("Line {} ({}) has no account.", line.number, line.sku);
            return Err(cannot_decide(field("account"), message)
                .expected("an account, because a rule asks for it")
                .mend("Enter the account of the line."));
        }
        if line.supplier.is_empty() {
            let message = format!("Line {} names no supplier.", line.number);
            return Err(cannot_decide(field("supplier"), message));
        }
        found.push(LineFacts {
            category: category.to_owned(),
            supplier: line.supplier.clone(),
            accounts: line.accounts.clone(),
        });
    }
    Ok(found)
}

/// The functions that the matcher may call. All take texts of the rule and values of ours.
pub const FUNCTIONS: &[(&str, OperatorFunction)] = &[
    ("above", OperatorFunction::Arg3(above)),
    ("oneOf", OperatorFunction::Arg2(one_of)),
    ("someRole", OperatorFunction::Arg2(some_role)),
    ("someLine", OperatorFunction::Arg4(some_line)),
];

fn answer(result: Option<bool>) -> Dynamic {
    result.map_or(Dynamic::UNIT, Dynamic::from_bool)
}

/// Whether the judged amount in `currency` is more than `limit`, exactly.
fn above(amounts: Dynamic, currency: Dynamic, limit: Dynamic) -> Dynamic {
    answer((|| {
        let amounts = amounts.try_cast::<Amounts>()?;
        let currency = currency.into_immutable_string().ok()?;
        let limit = decimal::parse(&limit.into_immutable_string().ok()?).ok()?;
        Some(*amounts.0.get(currency.as_str())? > limit)
    })())
}

/// Whether `one` is in the list `a|b|c`.
fn one_of(one: Dynamic, list: Dynamic) -> Dynamic {
    answer((|| {
        let one = one.into_immutable_string().ok()?;
        let list = list.into_immutable_string().ok()?;
        Some(names(&list).any(|name| name == one.as_str()))
    })())
}

fn some_role(roles: Dynamic, list: Dynamic) -> Dynamic {
    answer((|| {
        let roles = roles.try_cast::<Roles>()?;
        let list = list.into_immutable_string().ok()?;
        Some(names(&list).any(|name| roles.0.iter().any(|role| role.as_str() == name)))
    })())
}

/// Whether one line meets all three conditions; `*` is none.
fn some_line(lines: Dynamic, category: Dynamic, supplier: Dynamic, account: Dynamic) -> Dynamic {
    answer((|| {
        let lines = lines.try_cast::<Lines>()?;
        let category = category.into_immutable_string().ok()?;
        let supplier = supplier.into_immutable_string().ok()?;
        let account = account.into_immutable_string().ok()?;
        Some(lines.0.iter().any(|line| {
            (category == ANY || names(&category).any(|prefix| line.category.starts_with(prefix)))
                && (supplier == ANY || names(&supplier).any(|name| line.supplier == name))
                && (account == ANY
                    || names(&account).any(|name| line.accounts.iter().any(|own| own == name)))
        }))
    })())
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim)
}
