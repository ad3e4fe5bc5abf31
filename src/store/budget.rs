//! Budgets and their ledger. What is taken from a budget is taken by one guarded statement, so
//! that no number of submissions at once can take more than there is.

use crate::{
    base::{
        id::{BudgetId, OrganisationId},
        money::Money,
        page::{Cut, Page},
        time::{Day, parse_day},
    },
    domain::{
        approval::BudgetMode,
        budget::{Budget, Movement, Standing, Subject},
    },
};

use super::{Conn, Row, StoreError, db, error::one_row};

mod ledger;

pub use ledger::{insert_entry, ledger, of_requisition, standing_at};

const GET: &str = "select * from budget where id = $1 and organisation_id = $2";
const OF_ORGANISATION: &str = "
    select * from budget where organisation_id = $1 and ($2 = '' or id < $2)
    order by id desc limit $3";
const FOR_DAY: &str = "
    select * from budget
    where organisation_id = $1 and subject_kind = $2 and subject = $3
        and starts_on <= $4 and ends_on >= $4
    order by starts_on desc, id limit 1";

/// The budget, when it is the organisation's.
pub async fn get(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: BudgetId,
) -> Result<Option<Budget>, StoreError> {
    let row = db::query(GET)
        .bind(id.to_string())
        .bind(organisation.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The organisation's budgets, newest first.
pub async fn of_organisation(
    conn: &mut Conn,
    organisation: OrganisationId,
    cut: &Cut,
) -> Result<Page<Budget>, StoreError> {
    let rows = db::query(OF_ORGANISATION)
        .bind(organisation.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(found, cut, |budget| budget.id.to_string()))
}
const LAST_BEFORE: &str = "
    select * from budget
    where organisation_id = $1 and subject_kind = $2 and subject = $3 and ends_on < $4
    order by ends_on desc, id limit 1";

/// The budget of a subject that ended last before the day.
pub async fn last_before(
    conn: &mut Conn,
    (organisation, subject): (OrganisationId, &Subject),
    day: Day,
) -> Result<Option<Budget>, StoreError> {
    let row =
        of(LAST_BEFORE, organisation, subject).bind(day.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The budget of a subject whose period holds the day.
pub async fn for_day(
    conn: &mut Conn,
    (organisation, subject): (OrganisationId, &Subject),
    day: Day,
) -> Result<Option<Budget>, StoreError> {
    let row = of(FOR_DAY, organisation, subject).bind(day.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &db::DbRow) -> Result<Budget, StoreError> {
    let row = Row::new(row, "budget");
    let money = |column: &str| row.money(column, "currency");
    let day = |column: &str| {
        let text = row.text(column)?;
        parse_day(&text).map_err(|fault| row.fault(column, fault))
    };
    Ok(Budget {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        subject: Subject { kind: row.parsed("subject_kind")?, key: row.text("subject")? },
        period: row.text("period")?,
        starts_on: day("starts_on")?,
        ends_on: day("ends_on")?,
        mode: row.parsed("mode")?,
        carries_over: row.flag("carries_over")?,
        standing: Standing {
            limit: money("limit_minor")?,
            carried: money("carried_minor")?,
            reserved: money("reserved_minor")?,
            committed: money("committed_minor")?,
            spent: money("spent_minor")?,
        },
        version: row.int("version")?,
    })
}

const OVERLAPS: &str = "
    select * from budget
    where organisation_id = $1 and subject_kind = $2 and subject = $3
        and starts_on <= $5 and ends_on >= $4
    order by starts_on, id";
const ENDING: &str = "
    select * from budget
    where organisation_id = $1 and subject_kind = $2 and subject = $3 and ends_on = $4
    order by id";

/// A statement about the budgets of one subject.
fn of<'s>(sql: &'static str, organisation: OrganisationId, subject: &'s Subject) -> db::Query<'s> {
    db::query(sql).bind(organisation.to_string()).bind(subject.kind.word()).bind(&subject.key)
}

/// The budgets of a subject that share a day with the period.
pub async fn overlapping(
    conn: &mut Conn,
    (organisation, subject): (OrganisationId, &Subject),
    (first, last): (Day, Day),
) -> Result<Vec<Budget>, StoreError> {
    let rows = of(OVERLAPS, organisation, subject)
        .bind(first.to_string())
        .bind(last.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// The budget of a subject whose last day it is.
pub async fn ending_on(
    conn: &mut Conn,
    (organisation, subject): (OrganisationId, &Subject),
    day: Day,
) -> Result<Option<Budget>, StoreError> {
    let query = of(ENDING, organisation, subject).bind(day.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

const INSERT: &str = "
    insert into budget (id, organisation_id, subject_kind, subject, period, starts_on, ends_on,
        mode, currency, limit_minor, carried_minor, carries_over, reserved_minor, committed_minor,
        spent_minor, overdrawn_minor, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, 0, 0, 0, 0, 1)";

/// Adds an empty budget; what it holds is granted by [`shift`].
pub async fn insert(conn: &mut Conn, row: &Budget) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.organisation.to_string())
        .bind(row.subject.kind.word())
        .bind(&row.subject.key)
        .bind(&row.period)
        .bind(row.starts_on.to_string())
        .bind(row.ends_on.to_string())
        .bind(row.mode.word())
        .bind(row.standing.currency().code())
        .bind(i64::from(row.carries_over))
        .execute(conn)
        .await?;
    Ok(())
}

const UPDATE: &str = "
    update budget set mode = $1, carries_over = $2, version = version + 1,
        overdrawn_minor = case
            when reserved_minor + committed_minor + spent_minor > limit_minor
            then reserved_minor + committed_minor + spent_minor - limit_minor else 0 end
    where id = $3 and version = $4";

/// Saves mode and carry-over; money moves by [`reserve`], [`shift`] and [`carry_out`] alone.
pub async fn update(conn: &mut Conn, row: &Budget) -> Result<(), StoreError> {
    let done = db::query(UPDATE)
        .bind(row.mode.word())
        .bind(i64::from(row.carries_over))
        .bind(row.id.to_string())
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "budget")
}

/// What a reservation counts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The amount must be available.
    Available,
    /// The amount must not be available: the plan was made for an exceeded budget.
    Exceeded,
    /// Whether it is available makes no difference.
    None,
}

const RESERVE: &str = "
    update budget set reserved_minor = reserved_minor + $1
    where id = $2 and mode = $3
        and ($4 <> 'available'
            or limit_minor - reserved_minor - committed_minor - spent_minor >= $1)
        and ($4 <> 'exceeded'
            or limit_minor - reserved_minor - committed_minor - spent_minor < $1)";

/// Reserves an amount, when the budget still has the mode and meets the guard. `false`: it does
/// not, and nothing has changed.
pub async fn reserve(
    conn: &mut Conn,
    id: BudgetId,
    amount: Money,
    mode: BudgetMode,
    guard: Guard,
) -> Result<bool, StoreError> {
    let guard = match guard {
        Guard::Available => "available",
        Guard::Exceeded => "exceeded",
        Guard::None => "none",
    };
    let done = db::query(RESERVE)
        .bind(amount.minor())
        .bind(id.to_string())
        .bind(mode.word())
        .bind(guard)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

const UNRESERVE: &str = "
    update budget set reserved_minor = reserved_minor - $1 where id = $2";

/// Takes back a reservation of the same transaction, before anything was said of it.
pub async fn unreserve(conn: &mut Conn, id: BudgetId, amount: Money) -> Result<(), StoreError> {
    let query = db::query(UNRESERVE).bind(amount.minor()).bind(id.to_string());
    one_row(query.execute(conn).await?.rows_affected(), "budget")
}

const SHIFT: &str = "
    update budget set reserved_minor = reserved_minor + $1,
        committed_minor = committed_minor + $2, spent_minor = spent_minor + $3,
        limit_minor = limit_minor + $4, carried_minor = carried_minor + $5,
        overdrawn_minor = case
            when reserved_minor + committed_minor + spent_minor + $1 + $2 + $3 > limit_minor + $4
            then reserved_minor + committed_minor + spent_minor + $1 + $2 + $3 - limit_minor - $4
            else 0 end
    where id = $6";

/// Moves an amount between accounts; a part that would fall below zero fails the transaction. What
/// goes beyond the limit (an invoice, a smaller limit) is noted as overdrawn.
pub async fn shift(conn: &mut Conn, id: BudgetId, movement: &Movement) -> Result<(), StoreError> {
    let before = Standing::fresh(Money::zero(movement.amount.currency()));
    let after =
        before.after(movement).map_err(|fault| StoreError::inconsistent("budget", fault))?;
    let done = db::query(SHIFT)
        .bind(after.reserved.minor())
        .bind(after.committed.minor())
        .bind(after.spent.minor())
        .bind(after.limit.minor())
        .bind(after.carried.minor())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "budget")
}

const CARRY_OUT: &str = "
    update budget set limit_minor = limit_minor - $1, carried_minor = carried_minor - $1
    where id = $2 and limit_minor - reserved_minor - committed_minor - spent_minor >= $1";

/// Takes what is left of a budget out of it, as long as it is left. `false`: it is not.
pub async fn carry_out(conn: &mut Conn, id: BudgetId, amount: Money) -> Result<bool, StoreError> {
    let query = db::query(CARRY_OUT).bind(amount.minor()).bind(id.to_string());
    Ok(query.execute(conn).await?.rows_affected() == 1)
}
