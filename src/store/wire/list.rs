//! Lists of exchanges: those that failed, those that passed.

use crate::base::id::OrganisationId;

use super::{
    super::{
        Conn, StoreError, db,
        document::{self, Document},
    },
    Exchange, read,
};

/// What is looked for; an empty text looks for nothing in particular.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    pub partner: String,
    /// `in` or `out`.
    pub direction: String,
    /// A payloadID, a number or an id of an order, a claimed identity.
    pub text: String,
    /// Code of a diagnosis.
    pub cause: String,
    /// Milliseconds, both included.
    pub from: i64,
    pub until: i64,
    /// Older than the id that ends so; empty for the newest.
    pub after: String,
    pub most: i64,
}

/// Behind every id.
const LAST: &str = "~";

impl Wanted {
    fn bound(&self, prefix: &str) -> String {
        match self.after.as_str() {
            "" => format!("{prefix}_{LAST}"),
            after => format!("{prefix}_{after}"),
        }
    }

    /// As a pattern of what begins so.
    fn start(&self) -> String {
        let text = self.text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("{text}%")
    }
}

// Of what names no organisation only the diagnosis is kept; every admin may see it.
const FAILED: &str = "
    select * from wire_exchange w
    where (w.organisation_id = $1 or w.organisation_id = '')
        and ($2 = '' or w.payload_id like $3 escape '!' or w.sender like $3 escape '!'
            or w.about = $2 or w.about in (select id from purchase_order
                where organisation_id = $1 and (number = $2 or buyer_order_id = $2)))
        and ($4 = '' or w.partner_id = $4) and ($5 = '' or w.direction = $5)
        and ($6 = '' or w.cause = $6) and w.at >= $7 and w.at <= $8 and w.id < $9
    order by w.id desc limit $10";
const PASSED: &str = "
    select * from document d
    where d.organisation_id = $1 and d.reply_to is null
        and (d.direction = 'out' or coalesce(d.status, 200) < 400)
        and not exists (select 1 from delivery v
            where v.about = d.about and v.document_id = d.id and v.state <> 'delivered')
        and ($2 = '' or d.payload_id like $3 escape '!' or d.sender like $3 escape '!'
            or d.about = $2 or d.about in (select id from purchase_order
                where organisation_id = $1 and (number = $2 or buyer_order_id = $2)))
        and ($4 = '' or d.partner_id = $4) and ($5 = '' or d.direction = $5)
        and d.at >= $6 and d.at <= $7 and d.id < $8
    order by d.id desc limit $9";

/// Exchanges that went wrong, newest first.
pub async fn failed(
    conn: &mut Conn,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<Vec<Exchange>, StoreError> {
    let rows = db::query(FAILED)
        .bind(organisation.to_string())
        .bind(&wanted.text)
        .bind(wanted.start())
        .bind(&wanted.partner)
        .bind(&wanted.direction)
        .bind(&wanted.cause)
        .bind(wanted.from)
        .bind(wanted.until)
        .bind(wanted.bound("exc"))
        .bind(wanted.most)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Documents that were taken: theirs by us, ours by them. Newest first.
pub async fn passed(
    conn: &mut Conn,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<Vec<Document>, StoreError> {
    let rows = db::query(PASSED)
        .bind(organisation.to_string())
        .bind(&wanted.text)
        .bind(wanted.start())
        .bind(&wanted.partner)
        .bind(&wanted.direction)
        .bind(wanted.from)
        .bind(wanted.until)
        .bind(wanted.bound("doc"))
        .bind(wanted.most)
        .fetch_all(conn)
        .await?;
    rows.iter().map(document::read).collect()
}
