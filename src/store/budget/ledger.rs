//! A budget's entries: each movement, and the standing at a time.

use crate::{
    base::{
        id::{BudgetId, RequisitionId},
        money::Money,
        page::{Cut, Page},
        time::Time,
    },
    domain::budget::{Budget, Entry, Movement, Standing},
};

use super::super::{Conn, Row, StoreError, db};

const INSERT_ENTRY: &str = "
    insert into budget_entry (id, budget_id, source, target, amount_minor, cause, actor,
        requisition_id, about, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Writes one movement into the ledger.
pub async fn insert_entry(conn: &mut Conn, entry: &Entry) -> Result<(), StoreError> {
    db::query(INSERT_ENTRY)
        .bind(entry.id.to_string())
        .bind(entry.budget.to_string())
        .bind(entry.movement.source.word())
        .bind(entry.movement.target.word())
        .bind(entry.movement.amount.minor())
        .bind(entry.cause.word())
        .bind(&entry.actor)
        .bind(entry.requisition.map(|id| id.to_string()))
        .bind(&entry.about)
        .bind(entry.at.millis())
        .put(conn)
}

const OF_REQUISITION: &str = "
    select e.*, b.currency from budget_entry e join budget b on b.id = e.budget_id
    where e.requisition_id = $1 order by e.id";
const OF_BUDGET: &str = "
    select e.*, b.currency, coalesce(o.number, i.number, r.number, '') as number
    from budget_entry e join budget b on b.id = e.budget_id
        left join requisition r on r.id = e.requisition_id
        left join purchase_order o on o.id = e.about left join invoice i on i.id = e.about
    where e.budget_id = $1 and ($2 = '' or e.id < $2)
    order by e.id desc limit $3";

/// Everything one requisition moved, oldest first.
pub async fn of_requisition(
    conn: &mut Conn,
    requisition: RequisitionId,
) -> Result<Vec<Entry>, StoreError> {
    let rows = db::query(OF_REQUISITION).bind(requisition.to_string()).fetch_all(conn).await?;
    rows.iter().map(read_entry).collect()
}

/// The ledger of one budget, newest first, each with the human number of what moved it; empty for
/// the budget itself.
pub async fn ledger(
    conn: &mut Conn,
    budget: BudgetId,
    cut: &Cut,
) -> Result<Page<(Entry, String)>, StoreError> {
    let rows = db::query(OF_BUDGET)
        .bind(budget.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        entries.push((read_entry(row)?, Row::new(row, "budget_entry").text("number")?));
    }
    Ok(Page::of(entries, cut, |(entry, _)| entry.id.to_string()))
}

fn read_entry(row: &db::DbRow) -> Result<Entry, StoreError> {
    let row = Row::new(row, "budget_entry");
    Ok(Entry {
        id: row.id("id")?,
        budget: row.id("budget_id")?,
        movement: Movement {
            source: row.parsed("source")?,
            target: row.parsed("target")?,
            amount: row.money("amount_minor", "currency")?,
        },
        cause: row.parsed("cause")?,
        actor: row.text("actor")?,
        requisition: row.maybe_id("requisition_id")?,
        about: row.text("about")?,
        at: row.time("at")?,
    })
}

const SUMS: &str = "
    select source, target, cast(sum(amount_minor) as bigint) as amount_minor from budget_entry
    where budget_id = $1 and at <= $2 group by source, target";

/// How a budget stood at a past moment, from its ledger alone: what was granted and carried over
/// until then is its limit.
pub async fn standing_at(
    conn: &mut Conn,
    budget: &Budget,
    at: Time,
) -> Result<Standing, StoreError> {
    let rows =
        db::query(SUMS).bind(budget.id.to_string()).bind(at.millis()).fetch_all(conn).await?;
    let currency = budget.standing.currency();
    let mut standing = Standing::fresh(Money::zero(currency));
    for row in &rows {
        let row = Row::new(row, "budget_entry");
        let movement = Movement {
            source: row.parsed("source")?,
            target: row.parsed("target")?,
            amount: Money::from_minor(row.int("amount_minor")?, currency),
        };
        standing = standing.after(&movement).map_err(|fault| row.fault("amount_minor", fault))?;
    }
    Ok(standing)
}
