//! What the policy may know of one requisition. The caller reads it from the database in the
//! deciding transaction; nothing here is looked up.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        id::PersonId,
        money::{Currency, Money},
        words::words,
    },
    domain::{refusal::Refusal, requisition::RequisitionSource, role::Role},
};

mod registers;

pub use registers::{
    AdHoc, BudgetState, Counted, Earlier, LapsedBudget, OtherBudget, Rate, WindowSum,
};

/// A person as far as sign-off needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    /// The e-mail address, by which rules and answers name the person.
    pub mail: String,
    pub name: String,
    /// A disabled person is never asked and never counted.
    pub active: bool,
    /// Whether the person's roles let him decide a task: nobody else is asked for a signature.
    /// Absent means yes, as in facts that were kept before it was known.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub decides: bool,
}

const fn yes() -> bool {
    true
}

const fn is_yes(decides: &bool) -> bool {
    *decides
}

words! {
    /// What the organisation thinks of a supplier.
    SupplierStatus {
        Regular = "regular",
        /// Never ordered from, or not yet vetted.
        New = "new",
        Preferred = "preferred",
        /// Nothing is to be bought there; what follows is for the rules to say.
        Blocked = "blocked",
    }
}

words! {
    /// Where a line's price comes from.
    LineKind {
        /// A price agreed for this organisation.
        Contract = "contract",
        /// The supplier's price for everybody.
        Catalogue = "catalogue",
        /// Nothing of the catalogue: described in words, or no longer sold.
        FreeText = "free_text",
    }
}

/// One line of the requisition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line's number as people see it, from 1.
    pub number: u32,
    /// The supplier's short name.
    pub supplier: String,
    pub sku: String,
    /// The UNSPSC code, 2 to 8 digits.
    pub unspsc: Option<String>,
    pub total: Money,
    /// The unit of measure.
    pub unit: String,
    /// The ledger accounts it is charged to, where the organisation uses them.
    pub accounts: Vec<String>,
    /// The eCl@ss code, 2 to 8 digits.
    pub eclass: Option<String>,
    pub supplier_status: SupplierStatus,
    pub kind: LineKind,
    /// The organisation's own fields of this line.
    pub fields: BTreeMap<String, String>,
}

impl Line {
    /// A catalogue line of a regular supplier, with nothing else known.
    pub fn plain(number: u32, supplier: &str, total: Money) -> Self {
        Self {
            number,
            supplier: supplier.to_owned(),
            sku: String::new(),
            unspsc: None,
            total,
            unit: String::new(),
            accounts: Vec::new(),
            eclass: None,
            supplier_status: SupplierStatus::Regular,
            kind: LineKind::Catalogue,
            fields: BTreeMap::new(),
        }
    }
}

words! {
    /// What happens when a budget is exceeded.
    BudgetMode {
        Block = "block",
        Warn = "warn",
        RequireApproval = "require_approval",
    }
}

/// Everything the policy may know of one requisition. It is kept as it stood when the plan was
/// made, so that the plan can be explained and computed anew at any later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The buyer organisation's short name.
    pub organisation: String,
    /// The organisation's own currency.
    pub currency: Currency,
    pub requester: Person,
    /// The requester's roles.
    pub roles: BTreeSet<Role>,
    /// The requester's manager, that one's manager, and so on.
    pub managers: Vec<Person>,
    /// The roles of the people in `managers`, for limits on what they may sign.
    #[serde(default)]
    pub manager_roles: BTreeMap<PersonId, BTreeSet<Role>>,
    /// The requester's unit, such as `plant-2`.
    #[serde(default)]
    pub unit: Option<String>,
    /// The cost centre's code.
    pub cost_center: String,
    #[serde(default)]
    pub cost_center_owner: Option<Person>,
    /// The project's code.
    #[serde(default)]
    pub project: Option<String>,
    /// ISO 3166-1 alpha-2 of the ship-to address.
    #[serde(default)]
    pub ship_to_country: Option<String>,
    /// The organisation's own fields of the whole requisition.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Net total.
    pub total: Money,
    pub lines: Vec<Line>,
    pub source: RequisitionSource,
    /// Whether something about an incoming order needs a look: a price beyond its tolerance.
    pub flagged: bool,
    /// `None` when the cost centre has no budget.
    pub budget: Option<BudgetState>,
    /// The budgets of projects and accounts that its lines count against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_budgets: Vec<OtherBudget>,
    /// Budgets that have ended with none after them: nothing is checked against one any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapsed_budgets: Vec<LapsedBudget>,
    /// Who holds the roles that the rules name.
    pub holders: BTreeMap<Role, Vec<Person>>,
    /// Who is in the groups that the rules name.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<Person>>,
    /// Who owns the contract with a supplier, by the supplier's short name.
    #[serde(default)]
    pub contract_owners: BTreeMap<String, Person>,
    /// Whom the requester added himself.
    #[serde(default)]
    pub ad_hoc: Vec<AdHoc>,
    /// The number of the requisition under which the very same goods were signed off already.
    #[serde(default)]
    pub signed_as: Option<String>,
    /// The people whom rules name by e-mail.
    pub named: Vec<Person>,
    pub rates: Vec<Rate>,
    /// One sum for everything that the limits count over more than this order.
    pub windows: Vec<WindowSum>,
}

impl Facts {
    /// The least that is known: who, and how much, in the currency of the total.
    pub fn plain(requester: Person, total: Money) -> Self {
        Self {
            organisation: String::new(),
            currency: total.currency(),
            requester,
            roles: BTreeSet::new(),
            managers: Vec::new(),
            manager_roles: BTreeMap::new(),
            unit: None,
            cost_center: String::new(),
            cost_center_owner: None,
            project: None,
            ship_to_country: None,
            fields: BTreeMap::new(),
            total,
            lines: Vec::new(),
            source: RequisitionSource::Cart,
            flagged: false,
            budget: None,
            other_budgets: Vec::new(),
            lapsed_budgets: Vec::new(),
            holders: BTreeMap::new(),
            groups: BTreeMap::new(),
            contract_owners: BTreeMap::new(),
            ad_hoc: Vec::new(),
            signed_as: None,
            named: Vec::new(),
            rates: Vec::new(),
            windows: Vec::new(),
        }
    }

    /// Every budget that this counts against, the cost centre's first.
    pub fn budgets(&self) -> impl Iterator<Item = Counted> {
        let own = self.budget.map(|state| {
            let of = format!("cost centre {}", self.cost_center);
            Counted { of, amount: self.total, state }
        });
        let others = self.other_budgets.iter().map(|other| Counted {
            of: other.of.clone(),
            amount: self.counted(&other.lines),
            state: other.state,
        });
        own.into_iter().chain(others)
    }

    /// What these lines cost. Where the total is another than that of all lines, because a smaller
    /// one is tried, the difference is taken to be theirs.
    fn counted(&self, numbers: &[u32]) -> Money {
        let sum = |holds: &dyn Fn(&Line) -> bool| {
            let lines = self.lines.iter().filter(|line| holds(line));
            lines.fold(0_i64, |sum, line| sum.saturating_add(line.total.minor()))
        };
        let tried = sum(&|_| true).saturating_sub(self.total.minor());
        let own = sum(&|line| numbers.contains(&line.number));
        Money::from_minor(own.saturating_sub(tried).max(0), self.total.currency())
    }

    /// An amount in another currency, exact and unrounded. A missing rate is a refusal, never a
    /// guess.
    pub fn convert(&self, money: Money, to: Currency) -> Result<Decimal, Refusal> {
        let from = money.currency();
        if from == to {
            return Ok(money.amount());
        }
        let rate = self
            .rates
            .iter()
            .find(|rate| rate.from == from && rate.to == to && rate.rate > Decimal::ZERO)
            .ok_or_else(|| {
                cannot_decide("rates", format!("There is no rate from {from} to {to}."))
                    .mend(format!("Enter a rate from {from} to {to}."))
            })?;
        money.amount().checked_mul(rate.rate).ok_or_else(|| {
            cannot_decide("total", format!("{money} is too large to be converted exactly."))
        })
    }

    /// The organisation's own people of this e-mail address, for rules that name one.
    pub fn person_named(&self, mail: &str) -> Option<&Person> {
        let mail = crate::base::text::fold(mail);
        self.named.iter().find(|person| crate::base::text::fold(&person.mail) == mail)
    }
}

/// The refusal when the policy lacks what it needs: the submission waits, it never slips through.
pub fn cannot_decide(field: impl Into<String>, message: impl Into<String>) -> Refusal {
    Refusal::unavailable("policy-cannot-decide", message).field(field)
}
