//! What people decide about exchanges: how long they are kept, who else may see one, and of which
//! the admins were told.

use crate::base::{
    id::{ExchangeId, OrganisationId, PartnerId},
    time::{DAY_MS, Time},
};

use super::{Conn, Exchange, Row, StoreError, db, read};

/// Days for which exchanges are kept where nothing else was said.
pub const USUAL_DAYS: i64 = 60;

const DAYS: &str = "select days from wire_keeping where organisation_id = $1";
const SET_DAYS: &str = "
    insert into wire_keeping (organisation_id, days) values ($1, $2)
    on conflict (organisation_id) do update set days = excluded.days";

/// For how many days the organisation keeps them.
pub async fn days(conn: &mut Conn, organisation: OrganisationId) -> Result<i64, StoreError> {
    let row = db::query(DAYS).bind(organisation.to_string()).fetch_optional(conn).await?;
    row.as_ref().map_or(Ok(USUAL_DAYS), |row| Row::new(row, "wire_keeping").int("days"))
}

pub async fn set_days(
    conn: &mut Conn,
    organisation: OrganisationId,
    days: i64,
) -> Result<(), StoreError> {
    db::query(SET_DAYS).bind(organisation.to_string()).bind(days).execute(conn).await?;
    Ok(())
}

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Id of an exchange or of a document.
    pub exchange: String,
    pub until: Time,
    /// Who made it.
    pub person: String,
}

const SHARE: &str = "
    insert into wire_share (organisation_id, exchange, until, person, at)
    values ($1, $2, $3, $4, $5) on conflict do nothing";
const UNSHARE: &str = "
    delete from wire_share where organisation_id = $1 and exchange = $2 and until = $3";
const SHARES: &str = "
    select * from wire_share where organisation_id = $1 and exchange = $2 and until >= $3
    order by until";

pub async fn share(
    conn: &mut Conn,
    organisation: OrganisationId,
    row: &Shared,
    at: Time,
) -> Result<(), StoreError> {
    db::query(SHARE)
        .bind(organisation.to_string())
        .bind(&row.exchange)
        .bind(row.until.millis())
        .bind(&row.person)
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether there was such a link.
pub async fn unshare(
    conn: &mut Conn,
    organisation: OrganisationId,
    (exchange, until): (&str, Time),
) -> Result<bool, StoreError> {
    let query = db::query(UNSHARE).bind(organisation.to_string()).bind(exchange);
    Ok(query.bind(until.millis()).execute(conn).await?.rows_affected() == 1)
}

/// The links to an exchange that are good now, the first to end first.
pub async fn shares(
    conn: &mut Conn,
    organisation: OrganisationId,
    exchange: &str,
    now: Time,
) -> Result<Vec<Shared>, StoreError> {
    let query = db::query(SHARES).bind(organisation.to_string()).bind(exchange);
    let rows = query.bind(now.millis()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "wire_share");
            let (exchange, until) = (row.text("exchange")?, row.time("until")?);
            Ok(Shared { exchange, until, person: row.text("person")? })
        })
        .collect()
}

// Only what a proven partner sent or was sent: nobody else may make letters.
const TO_TELL: &str = "
    select * from wire_exchange
    where looked_at is null and partner_id <> '' and organisation_id <> ''
        and (proven = 1 or cause in ('secret-wrong', 'secret-missing', 'secret-in-from',
            'certificate-unknown', 'mac-out-of-date', 'mac-not-yet-good', 'mac-kind-unknown',
            'mac-wrong', 'oci-login-wrong'))
    order by id limit 20";
const LOOK_AT: &str = "
    update wire_exchange set looked_at = $1 where id = $2 and looked_at is null";
const TELL: &str = "
    insert into wire_told (partner_id, cause, at) values ($1, $2, $3)
    on conflict (partner_id, cause) do update set at = excluded.at where wire_told.at <= $4";

/// Exchanges of which nobody was told yet, oldest first: of partners, and of those who come under a
/// partner's name with a proof that does not hold.
pub async fn to_tell(conn: &mut Conn) -> Result<Vec<Exchange>, StoreError> {
    db::query(TO_TELL).fetch_all(conn).await?.iter().map(read).collect()
}

/// Whether this is the first look at the exchange.
pub async fn look_at(conn: &mut Conn, id: ExchangeId, now: Time) -> Result<bool, StoreError> {
    let query = db::query(LOOK_AT).bind(now.millis()).bind(id.to_string());
    Ok(query.execute(conn).await?.rows_affected() == 1)
}

/// Whether this cause with this partner is news: nobody was told of it for a day.
pub async fn is_news(
    conn: &mut Conn,
    (partner, cause): (PartnerId, &str),
    now: Time,
) -> Result<bool, StoreError> {
    let done = db::query(TELL)
        .bind(partner.to_string())
        .bind(cause)
        .bind(now.millis())
        .bind(now.millis() - DAY_MS)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
