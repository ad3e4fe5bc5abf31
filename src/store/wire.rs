//! Exchanges in which something went wrong, for the wire doctor: house-keeping, bounded in size and
//! number, so that nobody can fill the disk. No secret comes here; what went well is in `document`.

use crate::base::{
    id::{DocumentId, ExchangeId, OrganisationId, PartnerId},
    time::Time,
};

mod keeping;
mod list;

pub use keeping::*;

use super::{
    Conn, Row, Store, StoreError, Work, db,
    document::{Direction, Document},
};
pub use list::{Wanted, failed, passed};

/// Bytes of a document that are kept here, and of an answer.
pub const BODY_BYTES: usize = 64 * 1024;
/// Exchanges of an organisation: as many again of senders whom nothing proved.
const MOST: i64 = 500;

/// One exchange that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub id: ExchangeId,
    /// Nothing when nobody here could be named.
    pub organisation: Option<OrganisationId>,
    pub partner: Option<PartnerId>,
    /// Whether the sender was proven; of what we sent always.
    pub is_proven: bool,
    pub direction: Direction,
    /// `cxml`, `oci`, `email`.
    pub channel: String,
    /// The payload element, when it could be read.
    pub kind: String,
    /// `domain identity` as claimed.
    pub sender: String,
    pub payload_id: String,
    /// The object it was about.
    pub about: String,
    /// Where the document itself is kept.
    pub document: Option<DocumentId>,
    pub content_type: String,
    /// Cut to [`BODY_BYTES`]; empty when the document is kept elsewhere.
    pub body: Vec<u8>,
    pub body_bytes: i64,
    pub answer_type: String,
    pub answer: Vec<u8>,
    /// 0 without an answer.
    pub http: i64,
    pub status: Option<i64>,
    /// Code of the diagnosis.
    pub cause: String,
    /// The whole diagnosis as JSON.
    pub findings: String,
    pub at: Time,
}

const INSERT: &str = "
    insert into wire_exchange (id, organisation_id, partner_id, proven, direction, channel, kind,
        sender, payload_id, about, document_id, content_type, body, body_bytes, answer_type, answer,
        http, status, cause, findings, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21)";
// Each as long as its organisation says.
const FORGET_OLD: &str = "
    delete from wire_exchange where at < $1 - 86400000 * coalesce(
        (select k.days from wire_keeping k
            where k.organisation_id = wire_exchange.organisation_id), $2)";
const FORGET_MANY: &str = "
    delete from wire_exchange where organisation_id = $1 and proven = $2 and id <= (
        select id from wire_exchange where organisation_id = $1 and proven = $2
        order by id desc limit 1 offset $3)";

struct Keep(Exchange);

impl Work for Keep {
    type Answer = ();
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let row = &self.0;
        let organisation = row.organisation.map(|id| id.to_string()).unwrap_or_default();
        let proven = i64::from(row.is_proven);
        db::query(INSERT)
            .bind(row.id.to_string())
            .bind(&organisation)
            .bind(row.partner.map(|id| id.to_string()).unwrap_or_default())
            .bind(proven)
            .bind(row.direction.word())
            .bind(&row.channel)
            .bind(&row.kind)
            .bind(&row.sender)
            .bind(&row.payload_id)
            .bind(&row.about)
            .bind(row.document.map(|id| id.to_string()))
            .bind(&row.content_type)
            .bind(&row.body)
            .bind(row.body_bytes)
            .bind(&row.answer_type)
            .bind(&row.answer)
            .bind(row.http)
            .bind(row.status)
            .bind(&row.cause)
            .bind(&row.findings)
            .bind(row.at.millis())
            .execute(&mut *conn)
            .await?;
        let now = row.at.millis();
        db::query(FORGET_OLD).bind(now).bind(USUAL_DAYS).execute(&mut *conn).await?;
        db::query(FORGET_MANY)
            .bind(&organisation)
            .bind(proven)
            .bind(MOST)
            .execute(&mut *conn)
            .await?;
        Ok(())
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

impl Store {
    /// Keeps an exchange, and forgets what is too old or too much.
    pub async fn keep_exchange(&self, exchange: Exchange) -> Result<(), StoreError> {
        self.write(Keep(exchange)).await
    }
}

const SINCE: &str = "select count(*) as n from wire_exchange where at > $1 and proven = 0";
const CLAIMED: &str = "
    select p.id as partner_id, p.organisation_id from partner_identity i
    join partner p on p.id = i.partner_id where i.identity = $1 order by p.id limit 5";

/// How many of unproven senders were kept since then.
pub async fn unproven_since(conn: &mut Conn, at: Time) -> Result<i64, StoreError> {
    let row = db::query(SINCE).bind(at.millis()).fetch_one(conn).await?;
    Row::new(&row, "wire_exchange").int("n")
}

const ORGANISATIONS: &str = "select count(*) as n from organisation";

/// Whether there is one organisation alone, to which then everything belongs.
pub async fn is_sole(conn: &mut Conn) -> Result<bool, StoreError> {
    let row = db::query(ORGANISATIONS).fetch_one(conn).await?;
    Ok(Row::new(&row, "organisation").int("n")? == 1)
}

/// The connections that registered an identity, whatever its domain: a claim, not a proof.
pub async fn claimed(
    conn: &mut Conn,
    identity: &str,
) -> Result<Vec<(PartnerId, OrganisationId)>, StoreError> {
    let rows = db::query(CLAIMED).bind(identity.trim()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "partner");
            Ok((row.id("partner_id")?, row.id("organisation_id")?))
        })
        .collect()
}

const GET: &str = "
    select * from wire_exchange where id = $1 and (organisation_id = $2 or organisation_id = '')";
const DOCUMENT: &str = "select * from document where id = $1 and organisation_id = $2";
const ANSWER: &str = "select * from document where reply_to = $1 order by id desc limit 1";
const LAST_GOOD: &str = "
    select * from document d
    where d.organisation_id = $1 and d.partner_id = $2 and d.kind = $3 and d.direction = $4
        and d.reply_to is null and d.payload_id not like 'test:%'
        and d.id < $5 and (d.direction = 'out' or d.status < 400)
        and not exists (select 1 from delivery v
            where v.about = d.about and v.document_id = d.id and v.state <> 'delivered')
    order by d.id desc limit 1";

/// One of the organisation's, or of nobody's.
pub async fn get(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: ExchangeId,
) -> Result<Option<Exchange>, StoreError> {
    let query = db::query(GET).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// A document of the organisation.
pub async fn document(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: DocumentId,
) -> Result<Option<Document>, StoreError> {
    let query = db::query(DOCUMENT).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(super::document::read).transpose()
}

/// The last answer to a document.
pub async fn answer(conn: &mut Conn, id: DocumentId) -> Result<Option<Document>, StoreError> {
    let query = db::query(ANSWER).bind(id.to_string());
    query.fetch_optional(conn).await?.as_ref().map(super::document::read).transpose()
}

/// The last document of the same kind that went the same way with the same partner and was taken,
/// older than the document or exchange of this id's time.
pub async fn last_good(
    conn: &mut Conn,
    (organisation, partner): (OrganisationId, PartnerId),
    (kind, direction): (&str, Direction),
    before: &str,
) -> Result<Option<Document>, StoreError> {
    let query = db::query(LAST_GOOD)
        .bind(organisation.to_string())
        .bind(partner.to_string())
        .bind(kind)
        .bind(direction.word())
        .bind(format!("doc_{before}"));
    query.fetch_optional(conn).await?.as_ref().map(super::document::read).transpose()
}

fn read(row: &db::DbRow) -> Result<Exchange, StoreError> {
    let row = Row::new(row, "wire_exchange");
    let named = |column| Ok::<_, StoreError>(row.maybe_text(column)?.filter(|id| !id.is_empty()));
    let organisation = named("organisation_id")?.map(|_| row.id("organisation_id")).transpose()?;
    let partner = named("partner_id")?.map(|_| row.id("partner_id")).transpose()?;
    Ok(Exchange {
        id: row.id("id")?,
        organisation,
        partner,
        is_proven: row.int("proven")? == 1,
        direction: row.parsed("direction")?,
        channel: row.text("channel")?,
        kind: row.text("kind")?,
        sender: row.text("sender")?,
        payload_id: row.text("payload_id")?,
        about: row.text("about")?,
        document: row.maybe_id("document_id")?,
        content_type: row.text("content_type")?,
        body: row.bytes("body")?,
        body_bytes: row.int("body_bytes")?,
        answer_type: row.text("answer_type")?,
        answer: row.bytes("answer")?,
        http: row.int("http")?,
        status: row.maybe_int("status")?,
        cause: row.text("cause")?,
        findings: row.text("findings")?,
        at: row.time("at")?,
    })
}
