//! How an organisation signs off: waits, tolerance, what approvers may edit.

use crate::{
    base::{decimal, id::OrganisationId},
    domain::sign_off::SignOff,
};

use super::{Bool, Conn, Row, StoreError, db, error::one_row};

const GET: &str = "select * from sign_off where organisation_id = $1";

/// The organisation's settings; the built-in ones where it has none of its own.
pub async fn get(conn: &mut Conn, organisation: OrganisationId) -> Result<SignOff, StoreError> {
    let rows = db::query(GET).bind(organisation.to_string()).fetch_known(conn).await?;
    let Some(row) = rows.first() else { return Ok(SignOff::default()) };
    let row = Row::new(row, "sign_off");
    let days =
        |column: &str| u32::try_from(row.int(column)?).map_err(|fault| row.fault(column, fault));
    Ok(SignOff {
        remind_after: days("remind_after")?,
        escalate_after: days("escalate_after")?,
        expire_after: days("expire_after")?,
        tolerance: row.decimal("tolerance")?,
        approver_quantity: row.flag("approver_quantity")?,
        approver_account: row.flag("approver_account")?,
        version: row.int("version")?,
    })
}

const SAVE: &str = "
    insert into sign_off (organisation_id, remind_after, escalate_after, expire_after, tolerance,
        approver_quantity, approver_account, version)
    values ($1, $2, $3, $4, $5, $6, $7, 1)
    on conflict (organisation_id) do update set remind_after = $2, escalate_after = $3,
        expire_after = $4, tolerance = $5, approver_quantity = $6, approver_account = $7,
        version = sign_off.version + 1
    where sign_off.version = $8";

/// Saves the settings, when nobody else saved them meanwhile.
pub async fn save(
    conn: &mut Conn,
    organisation: OrganisationId,
    row: &SignOff,
) -> Result<(), StoreError> {
    let done = db::query(SAVE)
        .bind(organisation.to_string())
        .bind(i64::from(row.remind_after))
        .bind(i64::from(row.escalate_after))
        .bind(i64::from(row.expire_after))
        .bind(decimal::canonical(row.tolerance))
        .bind(Bool::bind(row.approver_quantity))
        .bind(Bool::bind(row.approver_account))
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "sign_off")
}
