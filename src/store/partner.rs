//! Connections to procurement systems and suppliers, their identities and sealed secrets.

use crate::{
    base::{
        id::{OrganisationId, PartnerId, SupplierId},
        text::fold,
        time::Time,
    },
    domain::{
        party::{Identity, OciFields, Partner, PartnerKind},
        profile::Chosen,
    },
};

use super::{Bool, Conn, Row, StoreError, db, error::one_row};

const BY_ID: &str = "
    select p.*, i.domain, i.identity, h.held
    from partner p left join partner_identity i on i.partner_id = p.id
        left join partner_hold h on h.partner_id = p.id
    where p.id = $1 order by i.position";
const BY_ORGANISATION: &str = "
    select p.*, i.domain, i.identity, h.held
    from partner p left join partner_identity i on i.partner_id = p.id
        left join partner_hold h on h.partner_id = p.id
    where p.organisation_id = $1 order by p.id, i.position";
const BY_SUPPLY: &str = "
    select p.*, i.domain, i.identity, h.held
    from partner p left join partner_identity i on i.partner_id = p.id
        left join partner_hold h on h.partner_id = p.id
    where p.organisation_id = $1 and p.supplier_id = $2 order by i.position";
const BY_OCI_USER: &str = "
    select p.*, i.domain, i.identity, h.held
    from partner p left join partner_identity i on i.partner_id = p.id
        left join partner_hold h on h.partner_id = p.id
    where p.oci_user = $1 order by i.position";
const BY_IDENTITY: &str = "
    select distinct partner_id from partner_identity where identity = $1 and domain_fold = $2";

pub async fn get(conn: &mut Conn, id: PartnerId) -> Result<Option<Partner>, StoreError> {
    let rows = db::query(BY_ID).bind(id.to_string()).fetch_all(conn).await?;
    Ok(read_all(&rows)?.pop())
}

/// The connection over which an organisation orders from a supplier.
pub async fn supply(
    conn: &mut Conn,
    organisation: OrganisationId,
    supplier: SupplierId,
) -> Result<Option<Partner>, StoreError> {
    let query = db::query(BY_SUPPLY).bind(organisation.to_string()).bind(supplier.to_string());
    Ok(read_all(&query.fetch_all(conn).await?)?.pop())
}

pub async fn by_oci_user(conn: &mut Conn, user: &str) -> Result<Option<Partner>, StoreError> {
    let rows = db::query(BY_OCI_USER).bind(user).fetch_all(conn).await?;
    Ok(read_all(&rows)?.pop())
}

/// Every connection that registered the identity; domains are compared without case.
pub async fn by_identity(conn: &mut Conn, identity: &Identity) -> Result<Vec<Partner>, StoreError> {
    let rows = db::query(BY_IDENTITY)
        .bind(identity.identity.trim())
        .bind(fold(&identity.domain))
        .fetch_all(&mut *conn)
        .await?;
    let mut partners = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = Row::new(row, "partner_identity").id("partner_id")?;
        partners.extend(get(conn, id).await?);
    }
    Ok(partners)
}

pub async fn of_organisation(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<Partner>, StoreError> {
    let rows = db::query(BY_ORGANISATION).bind(organisation.to_string()).fetch_all(conn).await?;
    read_all(&rows)
}

/// Connections out of rows that hold one identity each, those of one connection side by side.
fn read_all(rows: &[db::DbRow]) -> Result<Vec<Partner>, StoreError> {
    let mut partners: Vec<Partner> = Vec::new();
    for row in rows {
        let row = Row::new(row, "partner");
        let id: PartnerId = row.id("id")?;
        if partners.last().is_none_or(|last| last.id != id) {
            partners.push(read(&row)?);
        }
        if let (Some(last), Some(domain)) = (partners.last_mut(), row.maybe_text("domain")?) {
            last.identities.push(Identity::new(domain, row.text("identity")?));
        }
    }
    Ok(partners)
}

/// The connection itself, its identities still missing.
fn read(row: &Row<'_>) -> Result<Partner, StoreError> {
    let kind = match row.maybe_id("supplier_id")? {
        None => PartnerKind::Buyer,
        Some(supplier) => PartnerKind::Supplier {
            supplier,
            channel: row.parsed("channel")?,
            url: row.maybe_text("url")?,
            email: row.maybe_text("email")?,
        },
    };
    let list = |column: &str| -> Result<Vec<String>, StoreError> {
        Ok(row.text(column)?.split_whitespace().map(str::to_owned).collect())
    };
    Ok(Partner {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        kind,
        name: row.text("name")?,
        identities: Vec::new(),
        cart_encoding: row.parsed("cart_encoding")?,
        return_hosts: list("return_hosts")?,
        frame_ancestors: list("frame_ancestors")?,
        allow_http: row.flag("allow_http")?,
        oci_user: row.maybe_text("oci_user")?,
        oci_fields: OciFields {
            user: row.text("oci_user_field")?,
            password: row.text("oci_password_field")?,
            hook_url: row.text("oci_hook_field")?,
        },
        profile: Chosen { name: row.text("profile")?, overrides: row.text("profile_overrides")? },
        is_held: row.maybe_int("held")?.is_some_and(|held| held != 0),
        disabled_at: row.maybe_time("disabled_at")?,
        version: row.int("version")?,
    })
}

const SAVE: &str = "
    insert into partner (id, kind, organisation_id, supplier_id, name, cart_encoding, return_hosts,
        frame_ancestors, allow_http, oci_user, oci_user_field, oci_password_field, oci_hook_field,
        channel, url, email, disabled_at, created_at, profile, profile_overrides, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $20,
        $21, 1)
    on conflict (id) do update set name = excluded.name, cart_encoding = excluded.cart_encoding,
        return_hosts = excluded.return_hosts, frame_ancestors = excluded.frame_ancestors,
        allow_http = excluded.allow_http, oci_user = excluded.oci_user,
        oci_user_field = excluded.oci_user_field, oci_password_field = excluded.oci_password_field,
        oci_hook_field = excluded.oci_hook_field, channel = excluded.channel, url = excluded.url,
        email = excluded.email, disabled_at = excluded.disabled_at, profile = excluded.profile,
        profile_overrides = excluded.profile_overrides, version = partner.version + 1
    where partner.version = $19";

/// Adds or changes a connection with its identities; the two ends stay for life.
pub async fn save(conn: &mut Conn, partner: &Partner, at: Time) -> Result<(), StoreError> {
    let (kind, supplier, channel, url, email) = match &partner.kind {
        PartnerKind::Buyer => ("buyer", None, None, None, None),
        PartnerKind::Supplier { supplier, channel, url, email } => {
            let supplier = Some(supplier.to_string());
            ("supplier", supplier, Some(channel.word()), url.clone(), email.clone())
        }
    };
    let done = db::query(SAVE)
        .bind(partner.id.to_string())
        .bind(kind)
        .bind(partner.organisation.to_string())
        .bind(supplier)
        .bind(&partner.name)
        .bind(partner.cart_encoding.word())
        .bind(partner.return_hosts.join(" "))
        .bind(partner.frame_ancestors.join(" "))
        .bind(Bool::bind(partner.allow_http))
        .bind(&partner.oci_user)
        .bind(&partner.oci_fields.user)
        .bind(&partner.oci_fields.password)
        .bind(&partner.oci_fields.hook_url)
        .bind(channel)
        .bind(url)
        .bind(email)
        .bind(partner.disabled_at.map(Time::millis))
        .bind(at.millis())
        .bind(partner.version)
        .bind(&partner.profile.name)
        .bind(&partner.profile.overrides)
        .execute(&mut *conn)
        .await?;
    one_row(done.rows_affected(), "partner")?;
    save_identities(conn, partner).await
}

const INSERT_IDENTITY: &str = "
    insert into partner_identity (partner_id, position, domain, domain_fold, identity)
    values ($1, $2, $3, $4, $5)";

async fn save_identities(conn: &mut Conn, partner: &Partner) -> Result<(), StoreError> {
    db::query("delete from partner_identity where partner_id = $1")
        .bind(partner.id.to_string())
        .execute(&mut *conn)
        .await?;
    for (position, identity) in (1_i64..).zip(&partner.identities) {
        db::query(INSERT_IDENTITY)
            .bind(partner.id.to_string())
            .bind(position)
            .bind(identity.domain.trim())
            .bind(fold(&identity.domain))
            .bind(identity.identity.trim())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

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
