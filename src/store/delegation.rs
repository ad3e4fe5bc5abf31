//! Delegations: who stands in for whom, and when.

use crate::{
    base::{
        id::{DelegationId, OrganisationId, PersonId},
        money::Money,
        page::{Cut, Page},
        time::Time,
    },
    domain::delegation::{Delegation, Scope},
};

use super::{Conn, Row, StoreError, db, error::one_row};

const INSERT: &str = "
    insert into delegation (id, organisation_id, principal_id, deputy_id, up_to_minor, currency,
        category, starts_at, ends_at, reason, made_by, made_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";

/// Adds a delegation.
pub async fn insert(conn: &mut Conn, row: &Delegation) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.organisation.to_string())
        .bind(row.principal.to_string())
        .bind(row.deputy.to_string())
        .bind(row.scope.up_to.map(Money::minor))
        .bind(row.scope.up_to.map(|money| money.currency().code().to_owned()))
        .bind(&row.scope.category)
        .bind(row.starts_at.millis())
        .bind(row.ends_at.millis())
        .bind(&row.reason)
        .bind(row.made_by.to_string())
        .bind(row.made_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const END: &str = "
    update delegation set ended_at = $1, version = version + 1
    where id = $2 and version = $3 and ended_at is null";

/// Ends a delegation early.
pub async fn end(conn: &mut Conn, row: &Delegation, at: Time) -> Result<(), StoreError> {
    let query = db::query(END).bind(at.millis()).bind(row.id.to_string()).bind(row.version);
    one_row(query.execute(&mut *conn).await?.rows_affected(), "delegation")?;
    // Whoever stands in by it does so no longer.
    let open = "update stand_in set until_at = $1 where delegation_id = $2 and until_at > $1";
    db::query(open).bind(at.millis()).bind(row.id.to_string()).execute(conn).await?;
    Ok(())
}

const GET: &str = "select * from delegation where id = $1 and organisation_id = $2";

/// The organisation's delegation of this id.
pub async fn get(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: DelegationId,
) -> Result<Option<Delegation>, StoreError> {
    let query = db::query(GET).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

const LIVE: &str = "
    select * from delegation
    where organisation_id = $1 and ends_at > $2 and (ended_at is null or ended_at > $2)
    order by id";

/// Every delegation of the organisation that holds now or will hold.
pub async fn live(
    conn: &mut Conn,
    organisation: OrganisationId,
    now: Time,
) -> Result<Vec<Delegation>, StoreError> {
    let query = db::query(LIVE).bind(organisation.to_string()).bind(now.millis());
    query.fetch_known(conn).await?.iter().map(read).collect()
}

const PAGE: &str = "
    select * from delegation
    where organisation_id = $1 and ($2 = '' or principal_id = $2 or deputy_id = $2)
        and ($3 = '' or id < $3)
    order by id desc limit $4";

/// The delegations from and to one person, or all of the organisation; newest first.
pub async fn page(
    conn: &mut Conn,
    organisation: OrganisationId,
    person: Option<PersonId>,
    cut: &Cut,
) -> Result<Page<Delegation>, StoreError> {
    let rows = db::query(PAGE)
        .bind(organisation.to_string())
        .bind(person.map(|id| id.to_string()).unwrap_or_default())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(found, cut, |row| row.id.to_string()))
}

fn read(row: &db::DbRow) -> Result<Delegation, StoreError> {
    let row = Row::new(row, "delegation");
    let up_to = match row.maybe_int("up_to_minor")? {
        Some(_) => Some(row.money("up_to_minor", "currency")?),
        None => None,
    };
    Ok(Delegation {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        principal: row.id("principal_id")?,
        deputy: row.id("deputy_id")?,
        scope: Scope { up_to, category: row.maybe_text("category")? },
        starts_at: row.time("starts_at")?,
        ends_at: row.time("ends_at")?,
        reason: row.text("reason")?,
        made_by: row.id("made_by")?,
        made_at: row.time("made_at")?,
        ended_at: row.maybe_time("ended_at")?,
        version: row.int("version")?,
    })
}
