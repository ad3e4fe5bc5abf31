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

mod secret;

pub use secret::{
    Certificate, SecretSlot, add_certificate, certificates, certificates_of, digests,
    newest_sealed, oci_digests, oci_user_fields, remove_certificate, remove_secret, save_secret,
    sealed, secret_place, secrets,
};

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
