//! Who has mail gathered, and what waits for the next letter.

use crate::{
    base::{
        id::{LetterId, OrganisationId, PersonId},
        time::Time,
    },
    domain::{digest::Choice, notice::Link},
};

use super::{Conn, Row, StoreError, db};

const CHOICE: &str = "select * from mail_choice where person_id = $1";
const FORGET: &str = "delete from mail_choice where person_id = $1";
const CHOOSE: &str = "insert into mail_choice (person_id, gather, hour) values ($1, $2, $3)";

/// What the person chose; `None`: every letter leaves at once.
pub async fn choice(conn: &mut Conn, person: PersonId) -> Result<Option<Choice>, StoreError> {
    let row = db::query(CHOICE).bind(person.to_string()).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "mail_choice");
        let hour = u32::try_from(row.int("hour")?).map_err(|fault| row.fault("hour", fault))?;
        Ok(Choice { gather: row.parsed("gather")?, hour })
    })
    .transpose()
}

/// Keeps what the person chose; `None` for letters at once.
pub async fn choose(
    conn: &mut Conn,
    person: PersonId,
    choice: Option<Choice>,
) -> Result<(), StoreError> {
    db::query(FORGET).bind(person.to_string()).execute(&mut *conn).await?;
    if let Some(Choice { gather, hour }) = choice {
        let query = db::query(CHOOSE).bind(person.to_string()).bind(gather.word());
        query.bind(i64::from(hour)).execute(conn).await?;
    }
    Ok(())
}

/// Something that waits for somebody's next letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: LetterId,
    pub person: PersonId,
    pub subject: String,
    pub link: Link,
    pub due_at: Time,
}

const INSERT: &str = "
    insert into digest_item (id, person_id, subject, link, due_at, created_at)
    values ($1, $2, $3, $4, $5, $6)";

pub async fn insert(conn: &mut Conn, item: &Item, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(item.id.to_string())
        .bind(item.person.to_string())
        .bind(&item.subject)
        .bind(item.link.to_string())
        .bind(item.due_at.millis())
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const DUE: &str = "
    select distinct d.person_id, p.organisation_id
    from digest_item d join person p on p.id = d.person_id
    where d.due_at <= $1 limit $2";

/// People whose hour has come, with their organisations.
pub async fn due(
    conn: &mut Conn,
    now: Time,
    most: i64,
) -> Result<Vec<(PersonId, Option<OrganisationId>)>, StoreError> {
    let rows = db::query(DUE).bind(now.millis()).bind(most).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "digest_item");
            Ok((row.id("person_id")?, row.maybe_id("organisation_id")?))
        })
        .collect()
}

const TAKE: &str = "delete from digest_item where person_id = $1 and due_at <= $2 returning *";

/// Takes what is due out, oldest first: whoever is second finds nothing.
pub async fn take(conn: &mut Conn, person: PersonId, now: Time) -> Result<Vec<Item>, StoreError> {
    let query = db::query(TAKE).bind(person.to_string()).bind(now.millis());
    let mut items = Vec::new();
    for row in query.fetch_all(conn).await? {
        let row = Row::new(&row, "digest_item");
        let link = row.text("link")?.parse().map_err(|fault| row.fault("link", fault))?;
        let (id, person) = (row.id("id")?, row.id("person_id")?);
        let (subject, due_at) = (row.text("subject")?, row.time("due_at")?);
        items.push(Item { id, person, subject, link, due_at });
    }
    items.sort_by_key(|item: &Item| item.id);
    Ok(items)
}
