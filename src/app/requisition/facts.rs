//! Everything the policy may know of one requisition, read in the deciding transaction.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    base::{
        id::{RequisitionId, SupplierId},
        money::Money,
        time::{DAY_MS, Time},
    },
    domain::{
        approval::{Facts, Line, Person, SupplierStatus, WindowSum},
        budget::{Charged, SubjectKind},
        cart, party,
        period::Term,
        requisition::{Extras, RequisitionLine, RequisitionSource},
        role::Role,
        spending::Period,
    },
    store::{
        self, Conn,
        spending::{Asked, Whose},
    },
};

use super::{
    super::{
        AppError, Rules,
        budget::{self, Share},
        register,
    },
    registers::{Items, Registers},
};

/// What is to be signed off, before it has a plan.
#[derive(Debug, Clone)]
pub struct Draft {
    pub organisation: party::Organisation,
    pub requester: party::Person,
    /// `None` when an incoming order names a cost centre that is not known here.
    pub cost_center: Option<party::CostCenter>,
    pub cost_center_code: String,
    pub source: RequisitionSource,
    /// It differs from the cart that was returned: somebody must look at it.
    pub flagged: bool,
    /// The number of the requisition under which the very same goods were signed off before the
    /// cart went back.
    pub signed_as: Option<String>,
    pub lines: Vec<RequisitionLine>,
    /// ISO 3166-1 alpha-2 of the ship-to address.
    pub ship_to_country: String,
    pub extras: Extras,
    pub total: Money,
    /// The requisition itself: it does not count among the requester's earlier ones.
    pub id: RequisitionId,
    /// The numbers of the approval rules and limits under which it was handed in, for one that runs
    /// already; those in force without.
    pub versions: Option<(i64, i64)>,
    /// When it is, or was, handed in.
    pub at: Time,
    /// Earlier requisitions count up to this moment. For one that is handed in now it lies ahead,
    /// because another server's clock may be.
    pub until: Time,
}

impl Draft {
    /// What all of it is charged to.
    pub fn charged(&self) -> Charged<'_> {
        Charged {
            cost_center: self.cost_center.as_ref().map(|center| center.id),
            project: self.extras.project.as_deref(),
        }
    }

    /// The sum of the lines' totals.
    pub fn total_of(
        lines: &[RequisitionLine],
        currency: crate::base::money::Currency,
    ) -> Result<Money, AppError> {
        Ok(cart::total(lines.iter().map(|line| &line.goods), currency)?)
    }
}

/// Reads the facts that these rules ask for.
pub async fn load(
    conn: &mut Conn,
    rules: &Rules,
    draft: &Draft,
    budgets: &[Share],
) -> Result<Facts, AppError> {
    let organisation = draft.organisation.id;
    let today = draft.at.day_in(&draft.organisation.time_zone);
    let registers = Registers::read(conn, rules, draft).await?;
    let managers = store::person::managers(conn, organisation, draft.requester.id).await?;
    let mut holders: BTreeMap<Role, Vec<Person>> = BTreeMap::new();
    for role in rules.approval.roles_asked() {
        let found = store::person::holders(conn, organisation, &role).await?;
        let known = |person| may_decide(rules, person);
        holders.insert(role, found.iter().map(known).collect());
    }
    let mut named = Vec::new();
    for mail in rules.approval.people_asked() {
        let Ok(email) = mail.parse() else { continue };
        let found = store::person::by_email(conn, &email).await?;
        named.extend(
            found.filter(|p| p.organisation() == Some(organisation)).map(|p| may_decide(rules, &p)),
        );
    }
    let manager_roles = managers.iter().map(|one| (one.id, one.roles.iter().cloned().collect()));
    let is_own = |share: &&Share| share.budget.subject.kind == SubjectKind::CostCenter;
    let own = budgets.iter().find(is_own);
    let others = budgets.iter().filter(|share| !is_own(share));
    let mut facts = Facts {
        organisation: draft.organisation.name.clone(),
        currency: draft.organisation.currency,
        roles: draft.requester.roles.iter().cloned().collect(),
        managers: managers.iter().map(|one| may_decide(rules, one)).collect(),
        manager_roles: manager_roles.collect(),
        cost_center: draft.cost_center_code.clone(),
        lines: lines(conn, draft, &registers).await?,
        unit: registers.unit,
        groups: registers.groups,
        contract_owners: registers.contract_owners,
        ad_hoc: registers.ad_hoc,
        cost_center_owner: registers.cost_center_owner,
        project: draft.extras.project.clone(),
        ship_to_country: Some(draft.ship_to_country.clone()).filter(|code| !code.is_empty()),
        fields: draft.extras.fields.clone(),
        signed_as: draft.signed_as.clone(),
        source: draft.source,
        flagged: draft.flagged,
        budget: own.map(|share| share.state),
        other_budgets: others.map(Share::fact).collect(),
        lapsed_budgets: budget::lapsed(conn, draft).await?,
        holders,
        named,
        rates: register::rates(conn, organisation, today).await?,
        ..Facts::plain(known(&draft.requester), draft.total)
    };
    facts.windows = windows(conn, rules, draft, &facts).await?;
    Ok(facts)
}

/// A person as far as sign-off needs to know.
pub fn known(person: &party::Person) -> Person {
    Person {
        id: person.id,
        mail: person.email.to_string(),
        name: person.name.clone(),
        active: person.is_active(),
        decides: true,
    }
}

/// The same of somebody who may be asked, with whether the access policy lets him decide.
pub(super) fn may_decide(rules: &Rules, person: &party::Person) -> Person {
    Person { decides: rules.rights.may(&person.roles, "task", "decide"), ..known(person) }
}

async fn lines(
    conn: &mut Conn,
    draft: &Draft,
    registers: &Registers,
) -> Result<Vec<Line>, AppError> {
    let names = supplier_names(conn, &draft.lines).await?;
    let items = Items::read(conn, draft).await?;
    let line = |line: &RequisitionLine| Line {
        sku: line.goods.sku.clone(),
        unspsc: Some(line.goods.unspsc.clone()).filter(|code| !code.is_empty()),
        unit: line.goods.unit.clone(),
        accounts: line.accounts.iter().map(|account| account.value.clone()).collect(),
        eclass: items.eclass(line),
        kind: items.kind(line),
        supplier_status: names
            .get(&line.goods.supplier)
            .and_then(|name| registers.statuses.get(name))
            .copied()
            .unwrap_or(SupplierStatus::Regular),
        fields: u32::try_from(line.position)
            .ok()
            .and_then(|number| draft.extras.line_fields.get(&number))
            .cloned()
            .unwrap_or_default(),
        ..Line::plain(
            u32::try_from(line.position).unwrap_or(u32::MAX),
            names.get(&line.goods.supplier).map_or("", String::as_str),
            line.goods.total,
        )
    };
    Ok(draft.lines.iter().map(line).collect())
}

/// The short names of the lines' suppliers.
pub async fn supplier_names(
    conn: &mut Conn,
    lines: &[RequisitionLine],
) -> Result<BTreeMap<SupplierId, String>, AppError> {
    let ids: BTreeSet<SupplierId> = lines.iter().map(|line| line.goods.supplier).collect();
    let mut names = BTreeMap::new();
    for id in ids {
        if let Some(supplier) = store::supplier::get(conn, id).await? {
            names.insert(id, supplier.name);
        }
    }
    Ok(names)
}

/// Earlier requisitions of a window that are named; the sums cover all.
const NAMED: i64 = 6;

/// What was handed in earlier, as far as the limits count it for this requisition.
async fn windows(
    conn: &mut Conn,
    rules: &Rules,
    draft: &Draft,
    facts: &Facts,
) -> Result<Vec<WindowSum>, AppError> {
    // A limit that cannot be chosen (a rate is missing) is refused when the facts are judged.
    let counts = rules.limits.counts(facts).unwrap_or_default();
    let mut windows = Vec::with_capacity(counts.len());
    for count in counts {
        let asked = Asked {
            whose: match count.own {
                true => Whose::Requester(draft.requester.id),
                false => Whose::Everybody(draft.organisation.id),
            },
            what: &count.what,
            since: since(draft, count.period),
            until: draft.until,
            except: draft.id,
        };
        let totals = store::spending::sums(conn, &asked).await?;
        let earlier = match count.period {
            Period::Window { .. } => store::spending::latest(conn, &asked, NAMED).await?,
            Period::Order | Period::Calendar(_) => Vec::new(),
        };
        windows.push(WindowSum { totals, earlier, count });
    }
    Ok(windows)
}

/// The moment after which earlier requisitions count.
fn since(draft: &Draft, period: Period) -> Time {
    match period {
        Period::Order => draft.at,
        Period::Window { days } => draft.at.plus_ms(-i64::from(days).saturating_mul(DAY_MS)),
        Period::Calendar(cycle) => {
            let zone = &draft.organisation.time_zone;
            let today = draft.at.day_in(zone);
            let term = Term::around(cycle, today, draft.organisation.fiscal_month);
            Time::start_of(term.first, zone).plus_ms(-1)
        }
    }
}
