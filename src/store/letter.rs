//! Mail to people, frozen with a mark where a live link goes.

use crate::{
    base::{
        id::{LetterId, OrganisationId, PersonId},
        time::Time,
    },
    domain::notice::Link,
};

use super::{Conn, Row, StoreError};

/// A letter, without the state of its sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: LetterId,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    pub address: String,
    pub name: String,
    pub language: String,
    pub subject: String,
    /// With the link mark of `exchange::letter` where a live link goes.
    pub text: String,
    pub html: String,
    /// What the live link leads to; the link itself is made when the letter is sent.
    pub link: Option<Link>,
    /// The content hash a decide link is bound to.
    pub link_bound: String,
    pub about: String,
}

const INSERT: &str = "
    insert into letter (id, organisation_id, person_id, address, name, language, subject, text_body,
        html_body, link, link_bound, about, state, attempts, created_at, next_at, fence)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', 0, $13, $13, 0)";

/// Puts a letter into the outbox, due at once.
pub async fn insert(conn: &mut Conn, letter: &Letter, at: Time) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(letter.id.to_string())
        .bind(letter.organisation.map(|id| id.to_string()))
        .bind(letter.person.map(|id| id.to_string()))
        .bind(&letter.address)
        .bind(&letter.name)
        .bind(&letter.language)
        .bind(&letter.subject)
        .bind(&letter.text)
        .bind(&letter.html)
        .bind(letter.link.map(|link| link.to_string()).unwrap_or_default())
        .bind(&letter.link_bound)
        .bind(&letter.about)
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) fn read(row: &sqlx::any::AnyRow) -> Result<Letter, StoreError> {
    let row = Row::new(row, "letter");
    Ok(Letter {
        id: row.id("id")?,
        organisation: row.maybe_id("organisation_id")?,
        person: row.maybe_id("person_id")?,
        address: row.text("address")?,
        name: row.text("name")?,
        language: row.text("language")?,
        subject: row.text("subject")?,
        text: row.text("text_body")?,
        html: row.text("html_body")?,
        link: match row.text("link")?.as_str() {
            "" => None,
            link => Some(link.parse().map_err(|fault| row.fault("link", fault))?),
        },
        link_bound: row.text("link_bound")?,
        about: row.text("about")?,
    })
}

const GET: &str = "select * from letter where id = $1";

pub async fn get(conn: &mut Conn, id: LetterId) -> Result<Option<Letter>, StoreError> {
    let row = sqlx::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}
