//! What proves a connection: secrets in two slots, sealed, and client certificates.

use crate::{
    base::{id::PartnerId, text::fold, time::Time},
    domain::party::Identity,
};

use super::super::{Conn, Row, StoreError, db, error::one_row};

/// One slot of a connection's secret: sealed for sending, digested for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSlot {
    pub slot: u8,
    pub sealed: Vec<u8>,
    pub digest: String,
    pub created_at: Time,
}

const SECRETS: &str = "
    select slot, sealed, digest, created_at from partner_secret where partner_id = $1
    order by created_at desc, slot desc";

/// Both slots, the newest first: the newest is sent, either is accepted.
pub async fn secrets(conn: &mut Conn, id: PartnerId) -> Result<Vec<SecretSlot>, StoreError> {
    let rows = db::query(SECRETS).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "partner_secret");
            let slot = row.int("slot")?;
            Ok(SecretSlot {
                slot: u8::try_from(slot).map_err(|fault| row.fault("slot", fault))?,
                sealed: row.bytes("sealed")?,
                digest: row.text("digest")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

const DIGESTS: &str = "
    select s.partner_id, s.digest from partner_identity i
    join partner p on p.id = i.partner_id and p.disabled_at is null
    join partner_secret s on s.partner_id = i.partner_id
    where i.identity = $1 and i.domain_fold = $2";
const SEALED: &str = "
    select s.partner_id, s.slot, s.sealed from partner_identity i
    join partner p on p.id = i.partner_id and p.disabled_at is null
    join partner_secret s on s.partner_id = i.partner_id
    where i.identity = $1 and i.domain_fold = $2";
const OCI_DIGESTS: &str = "
    select s.partner_id, s.digest from partner p
    join partner_secret s on s.partner_id = p.id
    where p.oci_user = $1 and p.disabled_at is null";
const OCI_USER_FIELDS: &str = "
    select distinct oci_user_field from partner
    where oci_user is not null and disabled_at is null order by oci_user_field";

/// The secrets' digests of every live connection that registered the identity: one query, whether
/// there is one or none, so that a stranger learns nothing from its time.
pub async fn digests(
    conn: &mut Conn,
    identity: &Identity,
) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let query = db::query(DIGESTS).bind(identity.identity.trim()).bind(fold(&identity.domain));
    query.fetch_all(conn).await?.iter().map(read_digest).collect()
}

/// As [`digests`], with the slots as they were sealed: a CredentialMac is checked with the secret
/// itself.
pub async fn sealed(
    conn: &mut Conn,
    identity: &Identity,
) -> Result<Vec<(PartnerId, u8, Vec<u8>)>, StoreError> {
    let query = db::query(SEALED).bind(identity.identity.trim()).bind(fold(&identity.domain));
    let rows = query.fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "partner_secret");
            let slot = row.int("slot")?;
            let slot = u8::try_from(slot).map_err(|fault| row.fault("slot", fault))?;
            Ok((row.id("partner_id")?, slot, row.bytes("sealed")?))
        })
        .collect()
}

/// As [`digests`], for the user name of an OCI call.
pub async fn oci_digests(
    conn: &mut Conn,
    user: &str,
) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let rows = db::query(OCI_DIGESTS).bind(user).fetch_all(conn).await?;
    rows.iter().map(read_digest).collect()
}

fn read_digest(row: &db::DbRow) -> Result<(PartnerId, String), StoreError> {
    let row = Row::new(row, "partner_secret");
    Ok((row.id("partner_id")?, row.text("digest")?))
}

/// What the connections call the field of the user's name.
pub async fn oci_user_fields(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let rows = db::query(OCI_USER_FIELDS).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "partner").text("oci_user_field")).collect()
}

/// A client certificate that proves a connection as a secret does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// 1 or 2, so that one can be changed while the other is in use.
    pub slot: u8,
    /// SHA-256 over its DER, in small hexadecimal digits.
    pub fingerprint: String,
    pub created_at: Time,
}

const CERTIFICATES: &str = "
    select slot, fingerprint, created_at from partner_certificate where partner_id = $1
    order by slot";
const CERTIFICATES_OF: &str = "
    select c.partner_id, c.fingerprint from partner_identity i
    join partner p on p.id = i.partner_id and p.disabled_at is null
    join partner_certificate c on c.partner_id = i.partner_id
    where i.identity = $1 and i.domain_fold = $2";
const ADD_CERTIFICATE: &str = "
    insert into partner_certificate (partner_id, slot, fingerprint, created_at)
    values ($1, $2, $3, $4)";
const REMOVE_CERTIFICATE: &str = "
    delete from partner_certificate where partner_id = $1 and slot = $2";

/// Both slots of a connection.
pub async fn certificates(conn: &mut Conn, id: PartnerId) -> Result<Vec<Certificate>, StoreError> {
    let rows = db::query(CERTIFICATES).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "partner_certificate");
            let slot = row.int("slot")?;
            Ok(Certificate {
                slot: u8::try_from(slot).map_err(|fault| row.fault("slot", fault))?,
                fingerprint: row.text("fingerprint")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

/// The fingerprints of every live connection that registered the identity.
pub async fn certificates_of(
    conn: &mut Conn,
    identity: &Identity,
) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let query =
        db::query(CERTIFICATES_OF).bind(identity.identity.trim()).bind(fold(&identity.domain));
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "partner_certificate");
        Ok((row.id("partner_id")?, row.text("fingerprint")?))
    };
    query.fetch_all(conn).await?.iter().map(read).collect()
}

pub async fn add_certificate(
    conn: &mut Conn,
    id: PartnerId,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    db::query(ADD_CERTIFICATE)
        .bind(id.to_string())
        .bind(i64::from(certificate.slot))
        .bind(&certificate.fingerprint)
        .bind(certificate.created_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn remove_certificate(
    conn: &mut Conn,
    id: PartnerId,
    slot: u8,
) -> Result<(), StoreError> {
    let query = db::query(REMOVE_CERTIFICATE).bind(id.to_string()).bind(i64::from(slot));
    one_row(query.execute(conn).await?.rows_affected(), "certificate")
}

const SAVE_SECRET: &str = "
    insert into partner_secret (partner_id, slot, sealed, digest, created_at)
    values ($1, $2, $3, $4, $5)
    on conflict (partner_id, slot) do update set sealed = excluded.sealed,
        digest = excluded.digest, created_at = excluded.created_at";

const NEWEST_SEALED: &str = "
    select partner_id, slot, sealed from partner_secret order by created_at desc limit 1";

/// The secret that was sealed last, with its place: the key in use must open it.
pub async fn newest_sealed(conn: &mut Conn) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let row = db::query(NEWEST_SEALED).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "partner_secret");
        let slot = u8::try_from(row.int("slot")?);
        let slot = slot.map_err(|fault| row.fault("slot", fault))?;
        Ok((secret_place(row.id("partner_id")?, slot), row.bytes("sealed")?))
    })
    .transpose()
}

/// Where a sealed secret belongs; bound to it, so that it opens nowhere else.
pub fn secret_place(id: PartnerId, slot: u8) -> String {
    format!("partner_secret/{id}/{slot}")
}

pub async fn save_secret(
    conn: &mut Conn,
    id: PartnerId,
    secret: &SecretSlot,
) -> Result<(), StoreError> {
    db::query(SAVE_SECRET)
        .bind(id.to_string())
        .bind(i64::from(secret.slot))
        .bind(&secret.sealed)
        .bind(&secret.digest)
        .bind(secret.created_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const REMOVE_SECRET: &str = "delete from partner_secret where partner_id = $1 and slot = $2";

/// Takes one secret out of use.
pub async fn remove_secret(conn: &mut Conn, id: PartnerId, slot: u8) -> Result<(), StoreError> {
    let done =
        db::query(REMOVE_SECRET).bind(id.to_string()).bind(i64::from(slot)).execute(conn).await?;
    one_row(done.rows_affected(), "secret")
}
