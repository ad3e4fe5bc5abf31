//! The organisation's registers that rules ask about: groups, units, projects, suppliers' status.

use crate::base::id::{ItemId, OrganisationId};

use super::{Conn, Row, StoreError, db};

/// One line of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub value: String,
    pub owner: String,
}

const ALL: &str = "
    select name, value, owner from register_entry
    where organisation_id = $1 and kind = $2 order by position";

/// One register, in the order it was written.
pub async fn all(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
) -> Result<Vec<Entry>, StoreError> {
    let rows = db::query(ALL).bind(organisation.to_string()).bind(kind).fetch_known(conn).await?;
    rows.iter().map(read).collect()
}

const OF_NAME: &str = "
    select name, value, owner from register_entry
    where organisation_id = $1 and kind = $2 and name = $3 order by position";

/// The lines of one name: a group's people, a person's unit, a supplier's status.
pub async fn of_name(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    name: &str,
) -> Result<Vec<Entry>, StoreError> {
    let rows = db::query(OF_NAME)
        .bind(organisation.to_string())
        .bind(kind)
        .bind(name)
        .fetch_known(conn)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Entry, StoreError> {
    let row = Row::new(row, "register_entry");
    Ok(Entry { name: row.text("name")?, value: row.text("value")?, owner: row.text("owner")? })
}

const CLEAR: &str = "delete from register_entry where organisation_id = $1 and kind = $2";
const INSERT: &str = "
    insert into register_entry (organisation_id, kind, position, name, value, owner)
    values ($1, $2, $3, $4, $5, $6)";

/// Puts a register in place of the one that was.
pub async fn replace(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    entries: &[Entry],
) -> Result<(), StoreError> {
    db::query(CLEAR).bind(organisation.to_string()).bind(kind).execute(&mut *conn).await?;
    for (entry, position) in entries.iter().zip(1_i64..) {
        db::query(INSERT)
            .bind(organisation.to_string())
            .bind(kind)
            .bind(position)
            .bind(&entry.name)
            .bind(&entry.value)
            .bind(&entry.owner)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const ITEM: &str = "
    select eclass, (select cast(count(*) as bigint) from price
        where price.item_id = item.id and price.organisation_id = $2) as agreed
    from item where id = $1";

/// An item's eCl@ss code, and whether the organisation has a price of its own for it.
pub async fn item(
    conn: &mut Conn,
    item: ItemId,
    organisation: OrganisationId,
) -> Result<Option<(String, bool)>, StoreError> {
    let row = db::query(ITEM)
        .bind(item.to_string())
        .bind(organisation.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        let row = Row::new(&row, "item");
        Ok((row.text("eclass")?, row.int("agreed")? > 0))
    })
    .transpose()
}
