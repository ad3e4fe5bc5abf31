//! Suppliers' own punchout sites, visits to them, and where cart lines came from.

use crate::{
    base::{
        id::{CartId, OrganisationId, SiteId, SiteVisitId, SupplierId},
        time::Time,
    },
    domain::{
        gateway::{SiteLine, SiteVisit, SupplierSite, VisitState},
        party::{Identity, OciFields},
    },
};

use super::{Conn, Row, StoreError, db, error::one_row};

const SITE: &str = "select * from supplier_site where id = $1 and organisation_id = $2";
const SITE_OF: &str = "select * from supplier_site where organisation_id = $1 and supplier_id = $2";
const SITES: &str = "select * from supplier_site where organisation_id = $1 order by title, id";

pub async fn site(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: SiteId,
) -> Result<Option<SupplierSite>, StoreError> {
    let query = db::query(SITE).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read_site).transpose()
}

/// The organisation's site of a supplier, in use or not.
pub async fn site_of(
    conn: &mut Conn,
    organisation: OrganisationId,
    supplier: SupplierId,
) -> Result<Option<SupplierSite>, StoreError> {
    let query = db::query(SITE_OF).bind(organisation.to_string()).bind(supplier.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read_site).transpose()
}

/// Every site of the organisation, in use or not.
pub async fn sites(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<SupplierSite>, StoreError> {
    let rows = db::query(SITES).bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter().map(read_site).collect()
}

fn read_site(row: &db::DbRow) -> Result<SupplierSite, StoreError> {
    let row = Row::new(row, "supplier_site");
    let (domain, identity) = (row.text("domain")?, row.text("identity")?);
    let more = row.text("oci_more")?;
    Ok(SupplierSite {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        supplier: row.id("supplier_id")?,
        title: row.text("title")?,
        protocol: row.parsed("protocol")?,
        url: row.text("url")?,
        identity: Some(Identity { domain, identity }).filter(|own| !own.identity.is_empty()),
        oci_user: row.text("oci_user")?,
        oci_fields: OciFields {
            user: row.text("oci_user_field")?,
            password: row.text("oci_password_field")?,
            hook_url: row.text("oci_hook_field")?,
        },
        oci_more: serde_json::from_str(&more).map_err(|fault| row.fault("oci_more", fault))?,
        price_check: row.parsed("price_check")?,
        is_searched: row.flag("is_searched")?,
        disabled_at: row.maybe_time("disabled_at")?,
        version: row.int("version")?,
    })
}

const SAVE_SITE: &str = "
    insert into supplier_site (id, organisation_id, supplier_id, title, protocol, url, domain,
        identity, oci_user, oci_user_field, oci_password_field, oci_hook_field, oci_more,
        price_check, is_searched, disabled_at, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)
    on conflict (id) do update set title = excluded.title, protocol = excluded.protocol,
        url = excluded.url, domain = excluded.domain, identity = excluded.identity,
        oci_user = excluded.oci_user, oci_user_field = excluded.oci_user_field,
        oci_password_field = excluded.oci_password_field,
        oci_hook_field = excluded.oci_hook_field, oci_more = excluded.oci_more,
        price_check = excluded.price_check,
        is_searched = excluded.is_searched, disabled_at = excluded.disabled_at,
        version = supplier_site.version + 1
    where supplier_site.version = $18";

/// Adds or changes a site; its two ends and its secret stay.
pub async fn save_site(conn: &mut Conn, site: &SupplierSite, at: Time) -> Result<(), StoreError> {
    let json = |fault: serde_json::Error| StoreError::inconsistent("supplier_site", fault);
    let identity = site.identity.as_ref();
    let done = db::query(SAVE_SITE)
        .bind(site.id.to_string())
        .bind(site.organisation.to_string())
        .bind(site.supplier.to_string())
        .bind(&site.title)
        .bind(site.protocol.word())
        .bind(&site.url)
        .bind(identity.map_or("", |own| &own.domain))
        .bind(identity.map_or("", |own| &own.identity))
        .bind(&site.oci_user)
        .bind(&site.oci_fields.user)
        .bind(&site.oci_fields.password)
        .bind(&site.oci_fields.hook_url)
        .bind(serde_json::to_string(&site.oci_more).map_err(json)?)
        .bind(site.price_check.word())
        .bind(i64::from(site.is_searched))
        .bind(site.disabled_at.map(Time::millis))
        .bind(at.millis())
        .bind(site.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "supplier site")
}

/// Where a site's sealed secret belongs; bound to it, so that it opens nowhere else.
pub fn secret_place(id: SiteId) -> String {
    format!("supplier_site/{id}")
}

const SECRET: &str = "select sealed from supplier_site where id = $1 and sealed is not null";
const SET_SECRET: &str = "update supplier_site set sealed = $1 where id = $2";

/// The sealed secret or password, when the site has one of its own.
pub async fn secret(conn: &mut Conn, id: SiteId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = db::query(SECRET).bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| Row::new(&row, "supplier_site").bytes("sealed")).transpose()
}

pub async fn set_secret(conn: &mut Conn, id: SiteId, sealed: &[u8]) -> Result<(), StoreError> {
    let query = db::query(SET_SECRET).bind(sealed.to_vec()).bind(id.to_string());
    one_row(query.execute(conn).await?.rows_affected(), "supplier site")
}

const INSERT_VISIT: &str = "
    insert into site_visit (id, site_id, organisation_id, person_id, session_id,
        punchout_session_id, cart_id, operation, state, return_hash, expires_at, created_at,
        version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";

pub async fn insert_visit(conn: &mut Conn, visit: &SiteVisit) -> Result<(), StoreError> {
    db::query(INSERT_VISIT)
        .bind(visit.id.to_string())
        .bind(visit.site.to_string())
        .bind(visit.organisation.to_string())
        .bind(visit.person.to_string())
        .bind(visit.session.to_string())
        .bind(visit.punchout_session.map(|id| id.to_string()))
        .bind(visit.cart.to_string())
        .bind(visit.operation.word())
        .bind(visit.state.word())
        .bind(&visit.return_hash)
        .bind(visit.expires_at.millis())
        .bind(visit.created_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const VISIT: &str = "select * from site_visit where id = $1";

pub async fn visit(conn: &mut Conn, id: SiteVisitId) -> Result<Option<SiteVisit>, StoreError> {
    let row = db::query(VISIT).bind(id.to_string()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new(&row, "site_visit");
    Ok(Some(SiteVisit {
        id: row.id("id")?,
        site: row.id("site_id")?,
        organisation: row.id("organisation_id")?,
        person: row.id("person_id")?,
        session: row.id("session_id")?,
        punchout_session: row.maybe_id("punchout_session_id")?,
        cart: row.id("cart_id")?,
        operation: row.parsed("operation")?,
        state: row.parsed("state")?,
        return_hash: row.text("return_hash")?,
        expires_at: row.time("expires_at")?,
        body_sha256: row.maybe_text("body_sha256")?,
        created_at: row.time("created_at")?,
        version: row.int("version")?,
    }))
}

const SET_VISIT: &str = "
    update site_visit set state = $1, body_sha256 = $2, returned_at = $3, version = version + 1
    where id = $4 and version = $5";

/// Moves a visit on; one moved meanwhile is a conflict. `returned` is the hash of what came back,
/// and when.
pub async fn set_visit(
    conn: &mut Conn,
    visit: &SiteVisit,
    state: VisitState,
    returned: Option<(&str, Time)>,
) -> Result<(), StoreError> {
    let done = db::query(SET_VISIT)
        .bind(state.word())
        .bind(returned.map(|(sha256, _)| sha256.to_owned()))
        .bind(returned.map(|(_, at)| at.millis()))
        .bind(visit.id.to_string())
        .bind(visit.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "visit")
}

const LINES: &str = "
    select line_id, site_id, allowed, held from site_line where cart_id = $1 order by line_id";
const FORGET_LINES: &str = "delete from site_line where cart_id = $1 and site_id = $2";
const ADD_LINE: &str = "
    insert into site_line (cart_id, line_id, site_id, allowed, held) values ($1, $2, $3, $4, $5)
    on conflict (cart_id, line_id) do update set site_id = excluded.site_id,
        allowed = excluded.allowed, held = excluded.held";

/// Where the lines of a cart came from; lines of the catalogue are not among them.
pub async fn lines(conn: &mut Conn, cart: CartId) -> Result<Vec<SiteLine>, StoreError> {
    let rows = db::query(LINES).bind(cart.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "site_line");
            Ok(SiteLine {
                line: row.id("line_id")?,
                site: row.id("site_id")?,
                allowed: row.parsed("allowed")?,
                held: row.maybe_text("held")?,
            })
        })
        .collect()
}

/// Forgets what is known of a site's lines in a cart, before others take their place.
pub async fn forget_lines(conn: &mut Conn, cart: CartId, site: SiteId) -> Result<(), StoreError> {
    let query = db::query(FORGET_LINES).bind(cart.to_string()).bind(site.to_string());
    query.execute(conn).await?;
    Ok(())
}

pub async fn add_line(conn: &mut Conn, cart: CartId, line: &SiteLine) -> Result<(), StoreError> {
    db::query(ADD_LINE)
        .bind(cart.to_string())
        .bind(line.line.to_string())
        .bind(line.site.to_string())
        .bind(line.allowed.word())
        .bind(&line.held)
        .execute(conn)
        .await?;
    Ok(())
}

const IS_LIVE: &str = "
    select id from session where id = $1 and ended_at is null and expires_at > $2";

/// Whether the session from which a shopper left was not ended since.
pub async fn is_live(conn: &mut Conn, visit: &SiteVisit, now: Time) -> Result<bool, StoreError> {
    let query = db::query(IS_LIVE).bind(visit.session.to_string()).bind(now.millis());
    Ok(query.fetch_optional(conn).await?.is_some())
}
