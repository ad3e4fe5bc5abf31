//! Suppliers.

use crate::{
    base::{id::SupplierId, time::Time},
    domain::party::Supplier,
};

use super::{Conn, Row, StoreError, db, error::one_row};

const BY_ID: &str = "select id, name, title, email, owner_id, version from supplier where id = $1";
const BY_NAME: &str =
    "select id, name, title, email, owner_id, version from supplier where name = $1";
const ALL: &str = "select id, name, title, email, owner_id, version from supplier order by name";

pub async fn get(conn: &mut Conn, id: SupplierId) -> Result<Option<Supplier>, StoreError> {
    let rows = db::query(BY_ID).bind(id.to_string()).fetch_known(conn).await?;
    rows.first().map(read).transpose()
}

pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Supplier>, StoreError> {
    let row = db::query(BY_NAME).bind(name).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

pub async fn all(conn: &mut Conn) -> Result<Vec<Supplier>, StoreError> {
    let rows = db::query(ALL).fetch_known(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Supplier, StoreError> {
    let row = Row::new(row, "supplier");
    Ok(Supplier {
        id: row.id("id")?,
        name: row.text("name")?,
        title: row.text("title")?,
        email: row.maybe_text("email")?,
        owner: row.maybe_id("owner_id")?,
        version: row.int("version")?,
    })
}

const INSERT: &str = "
    insert into supplier (id, name, title, email, owner_id, created_at, version)
    values ($1, $2, $3, $4, $5, $6, 1)";

pub async fn insert(conn: &mut Conn, row: &Supplier, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(&row.name)
        .bind(&row.title)
        .bind(&row.email)
        .bind(row.owner.map(|id| id.to_string()))
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const UPDATE: &str = "
    update supplier set title = $1, email = $2, version = version + 1
    where id = $3 and version = $4";

/// Saves title and e-mail address; the short name stays for life.
pub async fn update(conn: &mut Conn, row: &Supplier) -> Result<(), StoreError> {
    let done = db::query(UPDATE)
        .bind(&row.title)
        .bind(&row.email)
        .bind(row.id.to_string())
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "supplier")
}

/// What a supplier offers and who sits at its desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub supplier: SupplierId,
    /// Items that are not withdrawn.
    pub items: u64,
    /// People who are not disabled.
    pub people: u64,
}

const COUNTS: &str = "
    select s.id,
        (select count(*) from item i where i.supplier_id = s.id and i.withdrawn_at is null)
            as items,
        (select count(*) from person p where p.supplier_id = s.id and p.disabled_at is null)
            as people
    from supplier s order by s.id";

/// The counts of every supplier.
pub async fn counts(conn: &mut Conn) -> Result<Vec<Counted>, StoreError> {
    let rows = db::query(COUNTS).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "supplier");
            Ok(Counted {
                supplier: row.id("id")?,
                items: u64::try_from(row.int("items")?).unwrap_or_default(),
                people: u64::try_from(row.int("people")?).unwrap_or_default(),
            })
        })
        .collect()
}
