//! Budgets of a cost centre, a project or an account: a double-entry ledger of what is reserved,
//! committed and spent.
//!
//! Every movement leaves one account and arrives in another, so the four accounts of a budget
//! always add up to what was granted to it and carried over. In mode `block` nothing may be
//! reserved that is not available; the other modes may go below zero and say so.

use crate::base::{
    id::{BudgetEntryId, BudgetId, OrganisationId, RequisitionId},
    money::{Currency, Money, MoneyFault},
    time::{Day, Time},
    words::words,
};

use super::{
    approval::{BudgetMode, BudgetState, cannot_decide, plain},
    refusal::Refusal,
    requisition::RequisitionState,
};

mod subject;

pub use subject::{Charged, Subject, SubjectKind};

words! {
    /// Where money of a budget can stand.
    BudgetAccount {
        /// Neither of the three others: the limit less what they hold.
        Available = "available",
        /// Asked for by a requisition that is not decided.
        Reserved = "reserved",
        /// Ordered.
        Committed = "committed",
        /// Invoiced and approved.
        Spent = "spent",
        /// Outside: the organisation's money, before it is granted.
        Granted = "granted",
        /// Outside: the same cost centre's budgets of other periods.
        Carried = "carried",
    }
}

words! {
    /// Why money moved.
    Cause {
        /// An admin set the limit.
        Granted = "granted",
        /// What was left of the period before.
        Carried = "carried",
        Submitted = "submitted",
        /// The requisition's lines changed; the new ones reserve anew.
        Changed = "changed",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
        Expired = "expired",
        /// Given back for another reason, such as an order that reserves anew.
        Released = "released",
        Ordered = "ordered",
        Invoiced = "invoiced",
        /// The invoice costs more or less than was ordered.
        PriceDifference = "price_difference",
        /// A credit memo gave it back.
        Credited = "credited",
        /// The supplier turned it down, or it was cancelled.
        NotDelivered = "not_delivered",
    }
}

impl Cause {
    /// Why a requisition in this state gives back what it reserves.
    pub const fn of_release(state: RequisitionState) -> Self {
        match state {
            RequisitionState::Pending => Self::Changed,
            RequisitionState::Rejected => Self::Rejected,
            RequisitionState::Withdrawn => Self::Withdrawn,
            RequisitionState::Expired => Self::Expired,
            RequisitionState::Draft | RequisitionState::Approved | RequisitionState::Ordered => {
                Self::Released
            }
        }
    }

    /// In plain words.
    pub const fn said(self) -> &'static str {
        match self {
            Self::Granted => "limit set",
            Self::Carried => "carried over",
            Self::Submitted => "handed in",
            Self::Changed => "lines changed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Released => "given back",
            Self::Ordered => "ordered",
            Self::Invoiced => "invoiced",
            Self::PriceDifference => "price difference",
            Self::Credited => "credited",
            Self::NotDelivered => "not delivered",
        }
    }
}

/// A budget of one subject for one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub id: BudgetId,
    pub organisation: OrganisationId,
    pub subject: Subject,
    /// The period's name: `2026`, `2026-Q2` or `2026-03`.
    pub period: String,
    /// First and last day of the period, in the organisation's time zone.
    pub starts_on: Day,
    pub ends_on: Day,
    pub mode: BudgetMode,
    /// Whether what is left of the period before is added to it.
    pub carries_over: bool,
    pub standing: Standing,
    pub version: i64,
}

/// How much stands where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What was granted and carried over, together.
    pub limit: Money,
    /// The part that was carried over; below zero when the rest went to the period after.
    pub carried: Money,
    pub reserved: Money,
    pub committed: Money,
    pub spent: Money,
}

impl Standing {
    /// A budget nobody has used yet.
    pub const fn fresh(limit: Money) -> Self {
        let zero = Money::zero(limit.currency());
        Self { limit, carried: zero, reserved: zero, committed: zero, spent: zero }
    }

    pub const fn currency(&self) -> Currency {
        self.limit.currency()
    }

    /// What is left; below zero when more was allowed than there is.
    pub fn available(&self) -> Result<Money, MoneyFault> {
        self.limit.checked_sub(self.reserved)?.checked_sub(self.committed)?.checked_sub(self.spent)
    }

    /// The standing after one movement.
    pub fn after(mut self, movement: &Movement) -> Result<Self, MoneyFault> {
        self.take(movement.source, movement.amount)?;
        self.put(movement.target, movement.amount)?;
        Ok(self)
    }

    fn take(&mut self, account: BudgetAccount, amount: Money) -> Result<(), MoneyFault> {
        match account {
            BudgetAccount::Available => {}
            BudgetAccount::Reserved => self.reserved = self.reserved.checked_sub(amount)?,
            BudgetAccount::Committed => self.committed = self.committed.checked_sub(amount)?,
            BudgetAccount::Spent => self.spent = self.spent.checked_sub(amount)?,
            BudgetAccount::Granted => self.limit = self.limit.checked_add(amount)?,
            BudgetAccount::Carried => {
                self.limit = self.limit.checked_add(amount)?;
                self.carried = self.carried.checked_add(amount)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, account: BudgetAccount, amount: Money) -> Result<(), MoneyFault> {
        match account {
            BudgetAccount::Available => {}
            BudgetAccount::Reserved => self.reserved = self.reserved.checked_add(amount)?,
            BudgetAccount::Committed => self.committed = self.committed.checked_add(amount)?,
            BudgetAccount::Spent => self.spent = self.spent.checked_add(amount)?,
            BudgetAccount::Granted => self.limit = self.limit.checked_sub(amount)?,
            BudgetAccount::Carried => {
                self.limit = self.limit.checked_sub(amount)?;
                self.carried = self.carried.checked_sub(amount)?;
            }
        }
        Ok(())
    }
}

impl Budget {
    /// Whether the day lies in the budget's period.
    pub fn holds(&self, day: Day) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }

    /// What the policy may know: how this budget would stand with `amount` more. Another currency
    /// than the budget's is never guessed at.
    pub fn state_for(&self, amount: Money) -> Result<BudgetState, Refusal> {
        let available = self.standing.available().map_err(|fault| undecided(&fault))?;
        let order = amount.compare(available).map_err(|fault| undecided(&fault))?;
        Ok(BudgetState { mode: self.mode, exceeded: order.is_gt(), available })
    }
}

fn undecided(fault: &MoneyFault) -> Refusal {
    cannot_decide("budget", format!("The budget cannot be computed: {fault}."))
        .mend("Choose a cost centre whose budget is in the currency of the cart.")
}

/// The refusal of a submission that a budget in mode `block` does not allow; `of` says whose it is:
/// `cost centre 4100`.
pub fn exceeded(of: &str, amount: Money, available: Money) -> Refusal {
    let field = match of.split_once(' ') {
        Some(("project", _)) => "project",
        Some(("account", _)) => "lines",
        _ => "cost_center",
    };
    Refusal::invalid(
        "budget-exceeded",
        format!("The budget of {of} does not allow this: {} is left.", plain(available)),
    )
    .field(field)
    .got(plain(amount))
    .expected(format!("at most {}", plain(available)))
    .mend(format!(
        "Order less, choose another {}, or ask for a larger budget.",
        match field {
            "project" => "project",
            "lines" => "account",
            _ => "cost centre",
        }
    ))
    .with("budget", of)
    .with("available", json(available))
}

/// What a budget in mode `warn` says of a requisition that it does not cover.
pub fn warning(of: &str, amount: Money, state: &BudgetState) -> Option<String> {
    let warns = state.mode == BudgetMode::Warn && state.exceeded;
    warns.then(|| {
        let (amount, left) = (plain(amount), plain(state.available));
        format!("The budget of {of} does not cover {amount}: {left} is left.")
    })
}

/// Money as a JSON object, for the named values of a refusal.
fn json(money: Money) -> String {
    let (amount, currency) = (money.amount_text(), money.currency());
    format!("{{\"amount\":\"{amount}\",\"currency\":\"{currency}\"}}")
}

/// An amount on its way from one account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    pub source: BudgetAccount,
    pub target: BudgetAccount,
    /// Above zero.
    pub amount: Money,
}

/// A movement as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: BudgetEntryId,
    pub budget: BudgetId,
    pub movement: Movement,
    pub cause: Cause,
    /// Who moved it, by the name in the audit trail.
    pub actor: String,
    pub requisition: Option<RequisitionId>,
    /// The id of the requisition, order, invoice or budget that moved it.
    pub about: String,
    pub at: Time,
}

/// What one account holds of the entries given: what arrived less what left.
pub fn balance<'e>(
    account: BudgetAccount,
    entries: impl IntoIterator<Item = &'e Entry>,
    currency: Currency,
) -> Result<Money, MoneyFault> {
    let mut sum = Money::zero(currency);
    for Entry { movement, .. } in entries {
        if movement.target == account {
            sum = sum.checked_add(movement.amount)?;
        }
        if movement.source == account {
            sum = sum.checked_sub(movement.amount)?;
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests;
