//! What went over the wire, as bytes. Secrets and live tokens are cut out before they come here.

use std::sync::LazyLock;

use crate::{
    base::{
        id::{DocumentId, OrganisationId, PartnerId, SupplierId},
        time::Time,
        words::words,
    },
    domain::party::Identity,
};

use super::{
    Conn, Row, StoreError,
    db::{self, Value},
    rows::Rows,
};

pub(super) mod body;

pub use body::Body;

words! {
    /// Which way a document went.
    Direction {
        In = "in",
        Out = "out",
    }
}

/// A document, in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: DocumentId,
    pub direction: Direction,
    /// The payload element or form: `OrderRequest`, `Response`, `OciBasket`.
    pub kind: String,
    pub organisation: Option<OrganisationId>,
    pub supplier: Option<SupplierId>,
    pub partner: Option<PartnerId>,
    /// Objects it concerns, the most telling first.
    pub about: Vec<String>,
    /// `domain:identity` of the From credential, as written.
    pub sender: String,
    pub payload_id: String,
    pub content_type: String,
    pub body: Body,
    /// cXML status code of an answer.
    pub status: Option<i64>,
    /// The document this one answers.
    pub reply_to: Option<DocumentId>,
    pub at: Time,
}

/// How a sender is written in rows: `domain:identity`, the domain folded.
pub fn sender_key(identity: &Identity) -> String {
    format!("{}:{}", crate::base::text::fold(&identity.domain), identity.identity.trim())
}

static DOCUMENTS: LazyLock<Rows> = LazyLock::new(|| {
    let columns = "id, direction, kind, organisation_id, supplier_id, partner_id, about, sender, \
                   payload_id, content_type, body, packing, sha256, status, reply_to, at";
    Rows::into("document", columns, "")
});
static ABOUT: LazyLock<Rows> =
    LazyLock::new(|| Rows::into("document_about", "about, document_id", "on conflict do nothing"));
const INSERT_ABOUT: &str =
    "insert into document_about (about, document_id) values ($1, $2) on conflict do nothing";

/// Keeps documents; `app::document::keep` also states the facts that name their hashes.
pub async fn insert(conn: &mut Conn, documents: &[Document]) -> Result<(), StoreError> {
    let rows: Vec<_> = documents.iter().map(row_of).collect();
    DOCUMENTS.put(conn, &rows)?;
    let about = |document: &'_ Document| {
        let id = document.id.to_string();
        let about = document.about.iter();
        let pairs = about.map(move |about| vec![about.clone().into(), id.clone().into()]);
        pairs.collect::<Vec<Vec<Value<'static>>>>()
    };
    let about: Vec<_> = documents.iter().flat_map(about).collect();
    ABOUT.put(conn, &about)
}

fn row_of(document: &Document) -> Vec<Value<'_>> {
    let (body, packing) = document.body.columns();
    vec![
        document.id.to_string().into(),
        document.direction.word().into(),
        (&document.kind).into(),
        document.organisation.map(|id| id.to_string()).into(),
        document.supplier.map(|id| id.to_string()).into(),
        document.partner.map(|id| id.to_string()).into(),
        document.about.first().into(),
        (&document.sender).into(),
        (&document.payload_id).into(),
        (&document.content_type).into(),
        body.into(),
        packing.into(),
        document.body.sha256().into(),
        document.status.into(),
        document.reply_to.map(|id| id.to_string()).into(),
        document.at.millis().into(),
    ]
}

/// Says that a document also concerns this object.
pub async fn link(conn: &mut Conn, id: DocumentId, about: &str) -> Result<(), StoreError> {
    db::query(INSERT_ABOUT).bind(about).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

const GET: &str = "select * from document where id = $1";
const OF_OBJECT: &str = "
    select d.* from document_about a join document d on d.id = a.document_id
    where a.about = $1 order by d.id";
const RECEIVED: &str = "
    select d.* from partner p
    join inbox i on i.sender = p.id and i.payload_id = $2
    join document d on d.id = i.document_id
    where p.organisation_id = $1 order by d.id desc limit 1";
const SENT: &str = "
    select * from document
    where organisation_id = $1 and kind = $2 and direction = 'out' and payload_id = $3
        and reply_to is null
    order by id desc limit 1";

pub async fn get(conn: &mut Conn, id: DocumentId) -> Result<Option<Document>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Every document that concerns the object, oldest first.
pub async fn about(conn: &mut Conn, about: &str) -> Result<Vec<Document>, StoreError> {
    let rows = db::query(OF_OBJECT).bind(about).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const WAITING: &str = "
    select d.* from delivery v join document d on d.id = v.document_id
    where v.partner_id = $1 and v.state in ('waiting', 'sending', 'failed') and d.at > $2
        and not (v.state = 'failed' and v.attempts = 0)
        and not exists (select 1 from purchase_order o
            where o.id = v.about and o.document_id <> v.document_id
                and v.purpose in ('order', 'order_copy'))
    order by d.id";

/// Documents of these kinds, kept after that time, that did not reach the partner yet; oldest
/// first. Not those of an order whose later version took their place, and none that was given up
/// before anybody tried to send it: its order was cancelled.
pub async fn waiting(
    conn: &mut Conn,
    partner: PartnerId,
    since: Time,
    kinds: &[String],
    most: i64,
) -> Result<Vec<Document>, StoreError> {
    let query = db::query(WAITING).bind(partner.to_string()).bind(since.millis());
    let mut found = Vec::new();
    for row in &query.fetch_all(conn).await? {
        let document = read(row)?;
        let wanted = kinds.contains(&document.kind) && document.content_type.contains("text/xml");
        if wanted && i64::try_from(found.len()).is_ok_and(|len| len < most) {
            found.push(document);
        }
    }
    Ok(found)
}

const OF_KIND: &str = "
    select * from document
    where organisation_id = $1 and kind = $2 and direction = 'in' and reply_to is null
    order by id desc limit $3";

/// What of this kind came to the organisation, newest first.
pub async fn of_kind(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    most: i64,
) -> Result<Vec<Document>, StoreError> {
    let query = db::query(OF_KIND).bind(organisation.to_string()).bind(kind).bind(most);
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// The newest document with this payloadID that came over a connection of the organisation.
pub async fn received(
    conn: &mut Conn,
    organisation: OrganisationId,
    payload_id: &str,
) -> Result<Option<Document>, StoreError> {
    let query = db::query(RECEIVED).bind(organisation.to_string()).bind(payload_id);
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The newest document of this kind with this payloadID that the organisation sent of its own
/// accord.
pub async fn sent(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    payload_id: &str,
) -> Result<Option<Document>, StoreError> {
    let query = db::query(SENT).bind(organisation.to_string()).bind(kind).bind(payload_id);
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

pub(super) fn read(row: &db::DbRow) -> Result<Document, StoreError> {
    let row = Row::new(row, "document");
    Ok(Document {
        id: row.id("id")?,
        direction: row.parsed("direction")?,
        kind: row.text("kind")?,
        organisation: row.maybe_id("organisation_id")?,
        supplier: row.maybe_id("supplier_id")?,
        partner: row.maybe_id("partner_id")?,
        about: row.maybe_text("about")?.into_iter().collect(),
        sender: row.text("sender")?,
        payload_id: row.text("payload_id")?,
        content_type: row.text("content_type")?,
        body: body::read(&row)?.into(),
        status: row.maybe_int("status")?,
        reply_to: row.maybe_id("reply_to")?,
        at: row.time("at")?,
    })
}
