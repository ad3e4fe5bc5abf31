//! Versions of policies, per organisation and kind.

use crate::base::{
    id::{OrganisationId, PersonId, PolicyVersionId},
    time::Time,
};

use super::{Conn, Row, StoreError, db};

/// Which version is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    pub id: PolicyVersionId,
    pub number: i64,
}

const ACTIVE: &str = "
    select id, number from policy_version
    where organisation_id = $1 and kind = $2 and state = 'active'";

/// The active version of a kind; read at each act, so that a change holds at once.
pub async fn active(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
) -> Result<Option<Active>, StoreError> {
    let rows =
        db::query(ACTIVE).bind(organisation.to_string()).bind(kind).fetch_known(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "policy_version");
        Ok(Active { id: row.id("id")?, number: row.int("number")? })
    };
    rows.first().map(read).transpose()
}

const CSV: &str = "select csv from policy_version where id = $1";

/// The text of one version.
pub async fn csv(conn: &mut Conn, id: PolicyVersionId) -> Result<String, StoreError> {
    let row = db::query(CSV).bind(id.to_string()).fetch_one(conn).await?;
    Row::new(&row, "policy_version").text("csv")
}

/// One version of one kind of policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub id: PolicyVersionId,
    pub organisation: OrganisationId,
    /// `access`, `approval` or `limits`.
    pub kind: String,
    /// From 1, per organisation and kind.
    pub number: i64,
    pub csv: String,
    /// `None` for what an organisation starts with.
    pub author: Option<PersonId>,
    pub comment: String,
    /// `draft`, `active` or `retired`.
    pub state: String,
    pub created_at: Time,
    /// When a draft that was approved comes into force.
    pub activate_at: Option<Time>,
}

const INSERT: &str = "
    insert into policy_version (id, organisation_id, kind, number, csv, author_id, comment, state,
        created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";

/// Adds a version as it is; of the active ones of a kind the database allows one.
pub async fn insert(conn: &mut Conn, version: &Version) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(version.id.to_string())
        .bind(version.organisation.to_string())
        .bind(&version.kind)
        .bind(version.number)
        .bind(&version.csv)
        .bind(version.author.map(|id| id.to_string()))
        .bind(&version.comment)
        .bind(&version.state)
        .bind(version.created_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const ONE: &str = "
    select * from policy_version where organisation_id = $1 and kind = $2 and number = $3";
const ALL: &str = "
    select * from policy_version where organisation_id = $1 and kind = $2 order by number desc";

/// One version by its number.
pub async fn get(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    number: i64,
) -> Result<Option<Version>, StoreError> {
    let row = db::query(ONE)
        .bind(organisation.to_string())
        .bind(kind)
        .bind(number)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Every version of a kind, newest first.
pub async fn all(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
) -> Result<Vec<Version>, StoreError> {
    let rows = db::query(ALL).bind(organisation.to_string()).bind(kind).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Version, StoreError> {
    let row = Row::new(row, "policy_version");
    Ok(Version {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        kind: row.text("kind")?,
        number: row.int("number")?,
        csv: row.text("csv")?,
        author: row.maybe_id("author_id")?,
        comment: row.text("comment")?,
        state: row.text("state")?,
        created_at: row.time("created_at")?,
        activate_at: row.maybe_time("activate_at")?,
    })
}

const SCHEDULE: &str = "
    update policy_version set activated_by = $1, activate_at = $2, version = version + 1
    where id = $3 and state <> 'active'";

/// Notes that a version comes into force at a time to come, and who approved that.
pub async fn schedule(
    conn: &mut Conn,
    id: PolicyVersionId,
    by: Option<PersonId>,
    at: Time,
) -> Result<(), StoreError> {
    let done = db::query(SCHEDULE)
        .bind(by.map(|id| id.to_string()))
        .bind(at.millis())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    super::error::one_row(done.rows_affected(), "policy version")
}

const UNSCHEDULE: &str =
    "update policy_version set activate_at = null, version = version + 1 where id = $1";

/// Takes the time to come away again.
pub async fn unschedule(conn: &mut Conn, id: PolicyVersionId) -> Result<(), StoreError> {
    db::query(UNSCHEDULE).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

const DUE: &str = "
    select * from policy_version
    where activate_at is not null and activate_at <= $1 and state <> 'active'
    order by activate_at, number";

/// Versions of any organisation whose time has come.
pub async fn due(conn: &mut Conn, now: Time) -> Result<Vec<Version>, StoreError> {
    let rows = db::query(DUE).bind(now.millis()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const RETIRE: &str = "
    update policy_version set state = 'retired', version = version + 1
    where organisation_id = $1 and kind = $2 and state = 'active'";
const ACTIVATE: &str = "
    update policy_version set state = 'active', activated_by = coalesce($1, activated_by),
        activated_at = $2, activate_at = null, version = version + 1
    where id = $3 and state <> 'active'";

/// Puts a version in force in place of the one that was.
pub async fn activate(
    conn: &mut Conn,
    version: &Version,
    by: Option<PersonId>,
    at: Time,
) -> Result<(), StoreError> {
    db::query(RETIRE)
        .bind(version.organisation.to_string())
        .bind(&version.kind)
        .execute(&mut *conn)
        .await?;
    let done = db::query(ACTIVATE)
        .bind(by.map(|id| id.to_string()))
        .bind(at.millis())
        .bind(version.id.to_string())
        .execute(conn)
        .await?;
    super::error::one_row(done.rows_affected(), "policy version")
}
