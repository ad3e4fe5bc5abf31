//! One requisition made ready for the rules, and whether a rule holds for it.
//!
//! This is how rules are read in every plan: each parsed once, and of a large set only those looked
//! at whose most telling condition the requisition meets. casbin reads the same rules from their
//! cells (`proof`); tests and every save compare the two. Whatever a rule needs is checked here,
//! before any of them is read; what is missing is a refusal, never "does not apply".

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::rule::{LineTest, NONE, Rule, is_category};
use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{BudgetMode, BudgetState, Facts, Line, cannot_decide},
        refusal::Refusal,
        role::Role,
        spending::Standing,
    },
};

/// What a set of rules asks about, so that it can be checked before the rules are read.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    pub currencies: BTreeSet<Currency>,
    pub line_currencies: BTreeSet<Currency>,
    category: bool,
    eclass: bool,
    account: bool,
    country: bool,
}

impl Needs {
    pub fn of(rules: &[Rule]) -> Self {
        let line = |test: fn(&LineTest) -> bool| {
            rules.iter().any(|rule| rule.line.as_ref().is_some_and(test))
        };
        Self {
            currencies: rules
                .iter()
                .filter_map(|rule| rule.above.or(rule.up_to))
                .map(Money::currency)
                .collect(),
            line_currencies: rules
                .iter()
                .filter_map(|rule| rule.line.as_ref()?.above)
                .map(Money::currency)
                .collect(),
            category: line(|line| !line.category.is_empty()),
            eclass: line(|line| !line.eclass.is_empty()),
            account: line(|line| !line.account.is_empty()),
            country: rules.iter().any(|rule| !rule.country.is_empty()),
        }
    }
}

/// An amount in every currency that some rule names.
pub type Amounts = Vec<(Currency, Decimal)>;

/// A requisition as the rules read it: everything they ask about is present and readable.
#[derive(Debug, Clone)]
pub struct Case<'f> {
    pub facts: &'f Facts,
    /// Over the requester's own limit.
    pub over: bool,
    /// What the tiers are compared with.
    pub judged: Amounts,
    /// The total of each line.
    pub lines: Vec<Amounts>,
    pub budget_exceeded: bool,
}

impl<'f> Case<'f> {
    /// Checks the facts against what the rules ask; what is missing or unreadable is
    /// `policy-cannot-decide`.
    pub fn prepare(needs: &Needs, facts: &'f Facts, standing: &Standing) -> Result<Self, Refusal> {
        if facts.total.minor() < 0 || standing.judged.minor() < 0 {
            return Err(cannot_decide("total", "The total is below zero."));
        }
        if facts.cost_center.is_empty() {
            return Err(cannot_decide("cost_center", "The cost centre is missing."));
        }
        if needs.country && facts.ship_to_country.as_deref().is_none_or(str::is_empty) {
            return Err(cannot_decide("ship_to", "The ship-to address has no country.")
                .mend("Enter the country of the address."));
        }
        facts.lines.iter().try_for_each(|line| check_line(needs, line))?;
        let amounts = |of: &BTreeSet<Currency>, money: Money| -> Result<Amounts, Refusal> {
            of.iter().map(|to| Ok((*to, facts.convert(money, *to)?))).collect()
        };
        let lines = match needs.line_currencies.is_empty() {
            true => Vec::new(),
            false => facts
                .lines
                .iter()
                .map(|line| amounts(&needs.line_currencies, line.total))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            facts,
            over: !standing.within,
            judged: amounts(&needs.currencies, standing.judged)?,
            lines,
            budget_exceeded: facts.budgets().any(|budget| asks_budget(&budget.state)),
        })
    }

    /// Whether all conditions of a rule hold.
    pub fn meets(&self, rule: &Rule) -> bool {
        rule.over_limit.is_none_or(|over| over == self.over)
            && rule.above.is_none_or(|limit| more(&self.judged, limit))
            && rule.up_to.is_none_or(|limit| !more(&self.judged, limit))
            && self.meets_but_amount(rule)
    }

    /// Whether all conditions but those on amount and limit hold.
    pub fn meets_but_amount(&self, rule: &Rule) -> bool {
        let facts = self.facts;
        let one_of = |list: &[String], value: Option<&str>| {
            list.is_empty() || list.iter().any(|name| name == value.unwrap_or(NONE))
        };
        (!rule.budget_exceeded || self.budget_exceeded)
            && (!rule.flagged || facts.flagged)
            && rule.source.is_none_or(|source| source == facts.source)
            && one_of(&rule.cost_center, Some(&facts.cost_center))
            && one_of(&rule.project, facts.project.as_deref())
            && one_of(&rule.country, facts.ship_to_country.as_deref())
            && one_of(&rule.unit, facts.unit.as_deref())
            && (rule.requester.is_empty() || has_role(&facts.roles, &rule.requester))
            && rule.fields.iter().all(|test| test.holds(&facts.fields))
            && rule.line.as_ref().is_none_or(|test| self.meeting(test).next().is_some())
    }

    /// The lines that meet a test.
    pub fn meeting(&self, test: &LineTest) -> impl Iterator<Item = &'f Line> {
        let lines = self.facts.lines.iter().enumerate();
        lines.filter(|(at, line)| self.line_meets(test, *at, line)).map(|(_, line)| line)
    }

    fn line_meets(&self, test: &LineTest, at: usize, line: &Line) -> bool {
        let starts = |list: &[String], code: Option<&String>| {
            list.is_empty()
                || code.is_some_and(|code| list.iter().any(|prefix| code.starts_with(prefix)))
        };
        starts(&test.category, line.unspsc.as_ref())
            && starts(&test.eclass, line.eclass.as_ref())
            && (test.supplier.is_empty() || test.supplier.contains(&line.supplier))
            && (test.status.is_empty() || test.status.contains(&line.supplier_status))
            && (test.kind.is_empty() || test.kind.contains(&line.kind))
            && (test.account.is_empty()
                || test.account.iter().any(|name| line.accounts.contains(name)))
            && test
                .above
                .is_none_or(|limit| self.lines.get(at).is_some_and(|sums| more(sums, limit)))
            && test.fields.iter().all(|field| field.holds(&line.fields))
    }
}

fn has_role(roles: &BTreeSet<Role>, wanted: &[Role]) -> bool {
    wanted.iter().any(|role| roles.contains(role))
}

/// Whether the amount in the limit's currency is more than the limit, exactly.
fn more(amounts: &Amounts, limit: Money) -> bool {
    let limit_amount = limit.amount();
    amounts.iter().any(|(currency, amount)| *currency == limit.currency() && *amount > limit_amount)
}

/// Whether the budget is one that asks for a signature, and is exceeded.
pub fn asks_budget(state: &BudgetState) -> bool {
    state.exceeded && state.mode == BudgetMode::RequireApproval
}

fn check_line(needs: &Needs, line: &Line) -> Result<(), Refusal> {
    let field = |name: &str| format!("lines[{}].{name}", line.number);
    let unreadable = |code: &Option<String>| code.as_deref().is_none_or(|code| !is_category(code));
    // A line that is classified in one system need not be in the other.
    let missing = (needs.category && unreadable(&line.unspsc))
        || (needs.eclass && unreadable(&line.eclass) && unreadable(&line.unspsc));
    if missing {
        let message = format!("Line {} ({}) has no readable UNSPSC code.", line.number, line.sku);
        let got = line.unspsc.as_deref().unwrap_or_default();
        return Err(cannot_decide(field("unspsc"), message)
            .got(crate::base::text::shorten(got, 40))
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
    Ok(())
}

type By = HashMap<String, Vec<u32>>;

/// Which rules can apply at all, found by their most telling condition.
#[derive(Debug, Default)]
pub struct Index {
    /// Rules with none of the conditions below.
    always: Vec<u32>,
    cost_center: By,
    project: By,
    supplier: By,
    account: By,
    field: By,
    eclass: By,
    category: By,
    unit: By,
    country: By,
}

impl Index {
    pub fn of(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (rule, at) in rules.iter().zip(0_u32..) {
            index.add(rule, at);
        }
        index
    }

    fn add(&mut self, rule: &Rule, at: u32) {
        let none = LineTest::default();
        let line = rule.line.as_ref().unwrap_or(&none);
        let lists = [
            (&rule.cost_center, &mut self.cost_center),
            (&rule.project, &mut self.project),
            (&line.supplier, &mut self.supplier),
            (&line.account, &mut self.account),
            (&line.eclass, &mut self.eclass),
            (&line.category, &mut self.category),
            (&rule.unit, &mut self.unit),
            (&rule.country, &mut self.country),
        ];
        if let Some(test) = rule.fields.first() {
            for value in &test.values {
                let key = format!("{}={value}", test.name);
                self.field.entry(key).or_default().push(at);
            }
            return;
        }
        for (list, by) in lists {
            if !list.is_empty() {
                for name in list {
                    by.entry(name.clone()).or_default().push(at);
                }
                return;
            }
        }
        self.always.push(at);
    }

    /// The rules that may hold for these facts, in the order of the set.
    pub fn candidates(&self, facts: &Facts) -> Vec<u32> {
        let mut found = self.always.clone();
        let mut take = |by: &By, key: &str| {
            if let Some(rules) = by.get(key) {
                found.extend_from_slice(rules);
            }
        };
        take(&self.cost_center, &facts.cost_center);
        take(&self.project, facts.project.as_deref().unwrap_or(NONE));
        take(&self.unit, facts.unit.as_deref().unwrap_or(NONE));
        take(&self.country, facts.ship_to_country.as_deref().unwrap_or(NONE));
        if !self.field.is_empty() {
            for (name, value) in &facts.fields {
                take(&self.field, &format!("{name}={value}"));
            }
            for key in self.field.keys().filter(|key| key.ends_with("=none")) {
                take(&self.field, key);
            }
        }
        for line in &facts.lines {
            take(&self.supplier, &line.supplier);
            line.accounts.iter().for_each(|account| take(&self.account, account));
            for (by, code) in [(&self.eclass, &line.eclass), (&self.category, &line.unspsc)] {
                let Some(code) = code.as_deref().filter(|_| !by.is_empty()) else { continue };
                (2..=code.len().min(8)).filter_map(|to| code.get(..to)).for_each(|p| take(by, p));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
