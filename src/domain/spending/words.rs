//! How a requisition stands against its limits, in plain words for requester and approver.

use rust_decimal::Decimal;

use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{Facts, WindowSum, plain},
        period::Cycle,
    },
};

use super::{Measured, Period, Standing, What};

/// Earlier orders that are named one by one; the rest is counted.
const NAMED: usize = 5;

/// An exact amount for a sentence, rounded to the currency's places.
pub fn in_words(amount: Decimal, currency: Currency) -> String {
    Money::rounded(amount, currency).map_or_else(|_| format!("{amount} {currency}"), plain)
}

/// When something was ordered: `within 7 days`, `this month`.
pub(super) const fn span(period: Period) -> Within {
    Within(period)
}

/// A period as part of a sentence.
pub(super) struct Within(Period);

impl std::fmt::Display for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Period::Order => f.write_str("in this order"),
            Period::Window { days } => write!(f, "within {days} days"),
            Period::Calendar(Cycle::Day) => f.write_str("today"),
            Period::Calendar(Cycle::FiscalYear) => f.write_str("this fiscal year"),
            Period::Calendar(cycle) => write!(f, "this {cycle}"),
        }
    }
}

impl WindowSum {
    /// `Judged together with REQ-2026-000001 (990.00 EUR).`; empty when nothing came before.
    pub fn named(&self) -> String {
        let shown: Vec<String> = self
            .earlier
            .iter()
            .take(NAMED)
            .map(|one| format!("{} ({})", one.number, plain(one.total)))
            .collect();
        match (shown.is_empty(), self.earlier.len().saturating_sub(NAMED)) {
            (true, _) => String::new(),
            (false, 0) => format!("Judged together with {}.", shown.join(", ")),
            (false, _) => format!("Judged together with {} and others.", shown.join(", ")),
        }
    }
}

impl Standing {
    /// What the tiers look at: `4,950.00 EUR within 7 days, this order included,` or the total.
    pub fn judged_words(&self, facts: &Facts) -> String {
        match &self.together {
            None => plain(facts.total),
            Some(sum) => {
                format!("{} {}, this order included,", plain(self.judged), span(sum.count.period))
            }
        }
    }
}

pub(super) fn standing(standing: &Standing, facts: &Facts, has_own: bool) -> String {
    let over = standing.measured.iter().find(|one| !one.within);
    let Some(limit) = (if has_own { standing.decisive() } else { over }) else {
        return format!(
            "{} needs a signature: the requester has no own limit.",
            plain(facts.total)
        );
    };
    let verb = if limit.within { "is within" } else { "is above" };
    let mut words =
        format!("{} {verb} {} of {}.", counted(limit), whose(limit), plain(limit.amount));
    let together = facts.windows.iter().find(|sum| sum.count == limit.count);
    let named = together.map(WindowSum::named).filter(|named| !named.is_empty());
    if let Some(named) = named {
        words.push(' ');
        words.push_str(&named);
    }
    words
}

fn counted(limit: &Measured) -> String {
    let amount = in_words(limit.counted, limit.amount.currency());
    let of = match &limit.count.what {
        What::All | What::CostCenter(_) => String::new(),
        What::Supplier(name) => format!(" from {name}"),
        What::Category(prefix) => format!(" in UNSPSC {prefix}"),
    };
    match limit.count.period {
        Period::Order => format!("{amount}{of}"),
        period => format!("{amount}{of} {}, this order included,", span(period)),
    }
}

fn whose(limit: &Measured) -> String {
    match &limit.count.what {
        What::All => "the requester's own limit".to_owned(),
        What::CostCenter(code) => format!("the limit of cost centre {code}"),
        What::Supplier(name) => format!("the limit for supplier {name}"),
        What::Category(prefix) => format!("the limit for category {prefix}"),
    }
}
