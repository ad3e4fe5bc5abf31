//! Buyer organisations, their cost centres and addresses.

use crate::{
    base::{
        decimal,
        id::{CostCenterId, OrganisationId},
        time::Time,
    },
    domain::party::{Address, AddressKind, CostCenter, Organisation, PostalAddress},
};

use super::{Bool, Conn, Row, StoreError, db, error::one_row};

const BY_ID: &str = "
    select id, name, title, currency, checkout, locale, time_zone, default_manager_id,
        default_cost_center_id, order_url, invoice_url, price_tolerance, fiscal_month, version
    from organisation where id = $1";
const BY_NAME: &str = "
    select id, name, title, currency, checkout, locale, time_zone, default_manager_id,
        default_cost_center_id, order_url, invoice_url, price_tolerance, fiscal_month, version
    from organisation where name = $1";
const ALL: &str = "
    select id, name, title, currency, checkout, locale, time_zone, default_manager_id,
        default_cost_center_id, order_url, invoice_url, price_tolerance, fiscal_month, version
    from organisation order by id";

pub async fn get(conn: &mut Conn, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    let rows = db::query(BY_ID).bind(id.to_string()).fetch_known(conn).await?;
    rows.first().map(read).transpose()
}

pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Organisation>, StoreError> {
    let row = db::query(BY_NAME).bind(name).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

pub async fn all(conn: &mut Conn) -> Result<Vec<Organisation>, StoreError> {
    let rows = db::query(ALL).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Organisation, StoreError> {
    let row = Row::new(row, "organisation");
    Ok(Organisation {
        id: row.id("id")?,
        name: row.text("name")?,
        title: row.text("title")?,
        currency: row.parsed("currency")?,
        checkout: row.parsed("checkout")?,
        locale: row.text("locale")?,
        time_zone: row.text("time_zone")?,
        default_manager: row.maybe_id("default_manager_id")?,
        default_cost_center: row.maybe_id("default_cost_center_id")?,
        order_url: row.maybe_text("order_url")?,
        invoice_url: row.maybe_text("invoice_url")?,
        price_tolerance: row.decimal("price_tolerance")?,
        fiscal_month: i8::try_from(row.int("fiscal_month")?)
            .map_err(|fault| row.fault("fiscal_month", fault))?,
        version: row.int("version")?,
    })
}

/// A row that nobody else writes; it is locked until the transaction ends.
const LOCK_SERVER: &str = "
    insert into lease (name, holder, fence, until) values ('names', '', 0, 0)
    on conflict (name) do update set holder = excluded.holder";

/// Makes whoever else locks the server's names wait until the transaction ends. Taken after
/// [`lock`], never before. SQLite has one writer anyway.
pub async fn lock_server(conn: &mut Conn) -> Result<(), StoreError> {
    if !conn.writes_alone() {
        db::query(LOCK_SERVER).execute(&mut *conn).await?;
        conn.forget();
    }
    Ok(())
}

/// Makes whoever else locks this organisation wait until the transaction ends: submissions that
/// are judged together with those of other people must not run side by side.
pub async fn lock(conn: &mut Conn, id: OrganisationId) -> Result<(), StoreError> {
    let done = db::query("update organisation set version = version where id = $1")
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    conn.forget();
    one_row(done.rows_affected(), "organisation")
}

const INSERT: &str = "
    insert into organisation (id, name, title, currency, checkout, locale, time_zone, order_url,
        invoice_url, price_tolerance, fiscal_month, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";

/// Adds an organisation; its default manager and cost centre come with [`update`], once they exist.
pub async fn insert(
    conn: &mut Conn,
    organisation: &Organisation,
    at: Time,
) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(organisation.id.to_string())
        .bind(&organisation.name)
        .bind(&organisation.title)
        .bind(organisation.currency.code())
        .bind(organisation.checkout.word())
        .bind(&organisation.locale)
        .bind(&organisation.time_zone)
        .bind(&organisation.order_url)
        .bind(&organisation.invoice_url)
        .bind(decimal::canonical(organisation.price_tolerance))
        .bind(i64::from(organisation.fiscal_month))
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const UPDATE: &str = "
    update organisation set title = $1, checkout = $2, locale = $3, time_zone = $4,
        default_manager_id = $5, default_cost_center_id = $6, order_url = $7, invoice_url = $8,
        price_tolerance = $9, fiscal_month = $10, version = version + 1
    where id = $11 and version = $12";

/// Saves what may change; name and currency stay for life.
pub async fn update(conn: &mut Conn, organisation: &Organisation) -> Result<(), StoreError> {
    let done = db::query(UPDATE)
        .bind(&organisation.title)
        .bind(organisation.checkout.word())
        .bind(&organisation.locale)
        .bind(&organisation.time_zone)
        .bind(organisation.default_manager.map(|id| id.to_string()))
        .bind(organisation.default_cost_center.map(|id| id.to_string()))
        .bind(&organisation.order_url)
        .bind(&organisation.invoice_url)
        .bind(decimal::canonical(organisation.price_tolerance))
        .bind(i64::from(organisation.fiscal_month))
        .bind(organisation.id.to_string())
        .bind(organisation.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "organisation")
}

const COST_CENTERS: &str = "
    select id, organisation_id, code, name, owner_id, disabled_at, version
    from cost_center where organisation_id = $1 order by code";

pub async fn cost_centers(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<CostCenter>, StoreError> {
    let rows = db::query(COST_CENTERS).bind(organisation.to_string()).fetch_known(conn).await?;
    rows.iter().map(read_cost_center).collect()
}

fn read_cost_center(row: &db::DbRow) -> Result<CostCenter, StoreError> {
    let row = Row::new(row, "cost_center");
    Ok(CostCenter {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        code: row.text("code")?,
        name: row.text("name")?,
        owner: row.maybe_id("owner_id")?,
        disabled_at: row.maybe_time("disabled_at")?,
        version: row.int("version")?,
    })
}

const SAVE_COST_CENTER: &str = "
    insert into cost_center (id, organisation_id, code, name, owner_id, disabled_at, version)
    values ($1, $2, $3, $4, $5, $6, 1)
    on conflict (id) do update set name = excluded.name, owner_id = excluded.owner_id,
        disabled_at = excluded.disabled_at, version = cost_center.version + 1
    where cost_center.version = $7";

/// Adds or changes a cost centre; its code stays for life.
pub async fn save_cost_center(conn: &mut Conn, row: &CostCenter) -> Result<(), StoreError> {
    let done = db::query(SAVE_COST_CENTER)
        .bind(row.id.to_string())
        .bind(row.organisation.to_string())
        .bind(&row.code)
        .bind(&row.name)
        .bind(row.owner.map(|id| id.to_string()))
        .bind(row.disabled_at.map(Time::millis))
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "cost centre")
}

/// The cost centre of this code, when the organisation has one.
pub async fn cost_center(
    conn: &mut Conn,
    organisation: OrganisationId,
    code: &str,
) -> Result<Option<CostCenter>, StoreError> {
    let all = cost_centers(conn, organisation).await?;
    Ok(all.into_iter().find(|center| center.code == code))
}

/// The cost centre of this id within the organisation.
pub async fn cost_center_by_id(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: CostCenterId,
) -> Result<Option<CostCenter>, StoreError> {
    let all = cost_centers(conn, organisation).await?;
    Ok(all.into_iter().find(|center| center.id == id))
}

const ADDRESSES: &str = "
    select id, organisation_id, kind, code, name, deliver_to, street, city, postal_code, country,
        email, is_default, version
    from address where organisation_id = $1 and kind = $2 order by is_default desc, id";

/// Addresses of one kind, the default first.
pub async fn addresses(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: AddressKind,
) -> Result<Vec<Address>, StoreError> {
    let rows = db::query(ADDRESSES)
        .bind(organisation.to_string())
        .bind(kind.word())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read_address).collect()
}

fn read_address(row: &db::DbRow) -> Result<Address, StoreError> {
    let row = Row::new(row, "address");
    Ok(Address {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        kind: row.parsed("kind")?,
        postal: PostalAddress {
            code: row.text("code")?,
            name: row.text("name")?,
            deliver_to: row.text("deliver_to")?,
            street: row.text("street")?,
            city: row.text("city")?,
            postal_code: row.text("postal_code")?,
            country: row.text("country")?,
            email: row.maybe_text("email")?,
        },
        is_default: row.flag("is_default")?,
        version: row.int("version")?,
    })
}

const SAVE_ADDRESS: &str = "
    insert into address (id, organisation_id, kind, code, name, deliver_to, street, city,
        postal_code, country, email, is_default, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)
    on conflict (id) do update set name = excluded.name, deliver_to = excluded.deliver_to,
        street = excluded.street, city = excluded.city, postal_code = excluded.postal_code,
        country = excluded.country, email = excluded.email, is_default = excluded.is_default,
        version = address.version + 1
    where address.version = $13";

/// Adds or changes an address; its kind and code stay for life.
pub async fn save_address(conn: &mut Conn, row: &Address) -> Result<(), StoreError> {
    let done = db::query(SAVE_ADDRESS)
        .bind(row.id.to_string())
        .bind(row.organisation.to_string())
        .bind(row.kind.word())
        .bind(&row.postal.code)
        .bind(&row.postal.name)
        .bind(&row.postal.deliver_to)
        .bind(&row.postal.street)
        .bind(&row.postal.city)
        .bind(&row.postal.postal_code)
        .bind(&row.postal.country)
        .bind(&row.postal.email)
        .bind(Bool::bind(row.is_default))
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "address")
}
