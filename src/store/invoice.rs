//! Invoices, their lines and the differences that the match found.

use crate::{
    base::{
        id::{DocumentId, InvoiceId, OrderId, OrganisationId, PersonId, SupplierId},
        page::{Cut, Page},
        time::parse_day,
    },
    domain::invoice::{Invoice, InvoiceState, Sums},
};

use super::{Conn, Row, StoreError, db, error::one_row};

mod line;

pub use line::{differences, insert_differences, insert_line, lines};

const INSERT: &str = "
    insert into invoice (id, organisation_id, supplier_id, number, source, invoiced_on, currency,
        subtotal_minor, tax_minor, shipping_minor, handling_minor, discount_minor, total_minor,
        state, match_result, decided_by, reason, document_id, issued_document_id, received_at,
        kind, corrects_id, charges_minor, allowances_minor, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, 1)";

/// Adds an invoice without its lines. A second standing one of the same supplier, organisation and
/// number is a `Duplicate`.
pub async fn insert(conn: &mut Conn, invoice: &Invoice) -> Result<(), StoreError> {
    let sums = &invoice.sums;
    db::query(INSERT)
        .bind(invoice.id.to_string())
        .bind(invoice.organisation.to_string())
        .bind(invoice.supplier.to_string())
        .bind(&invoice.number)
        .bind(invoice.source.word())
        .bind(invoice.invoiced_on.to_string())
        .bind(invoice.currency().code())
        .bind(sums.subtotal.minor())
        .bind(sums.tax.minor())
        .bind(sums.shipping.minor())
        .bind(sums.handling.minor())
        .bind(sums.discount.minor())
        .bind(sums.total.minor())
        .bind(invoice.state.word())
        .bind(invoice.result.word())
        .bind(invoice.decided_by.map(|id| id.to_string()))
        .bind(&invoice.reason)
        .bind(invoice.document.map(|id| id.to_string()))
        .bind(invoice.issued_document.map(|id| id.to_string()))
        .bind(invoice.received_at.millis())
        .bind(invoice.kind.word())
        .bind(invoice.corrects.map(|id| id.to_string()))
        .bind(sums.charges.minor())
        .bind(sums.allowances.minor())
        .execute(conn)
        .await?;
    Ok(())
}

const GET: &str = "select * from invoice where id = $1";
const IN_ORGANISATION: &str = "select * from invoice where id = $1 and organisation_id = $2";
const AT_SUPPLIER: &str = "select * from invoice where id = $1 and supplier_id = $2";
const BY_NUMBER: &str = "
    select * from invoice where organisation_id = $1 and supplier_id = $2 and number = $3
    order by id";
const OF_NUMBER: &str = "
    select * from invoice
    where organisation_id = $1 and number = $2 and state <> 'rejected' order by id";
const BY_PAYLOAD: &str = "
    select * from invoice
    where organisation_id = $1 and supplier_id = $2
        and document_id in (select i.document_id from partner p
            join inbox i on i.sender = p.id and i.payload_id = $3 where p.organisation_id = $1)
    order by id";
const CORRECTIONS: &str = "select * from invoice where corrects_id = $1 order by id";
const OF_ORDER: &str = "
    select * from invoice
    where id in (select invoice_id from invoice_line where order_id = $1) order by id";

/// The standing invoices of any supplier under this number.
pub async fn of_number(
    conn: &mut Conn,
    organisation: OrganisationId,
    number: &str,
) -> Result<Vec<Invoice>, StoreError> {
    let query = db::query(OF_NUMBER).bind(organisation.to_string()).bind(number);
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// The invoice of this id, whoever asks: for the server's own work.
pub async fn get(conn: &mut Conn, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The invoice when it is to the organisation.
pub async fn in_organisation(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: InvoiceId,
) -> Result<Option<Invoice>, StoreError> {
    let query = db::query(IN_ORGANISATION).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The invoice when it is the supplier's.
pub async fn at_supplier(
    conn: &mut Conn,
    supplier: SupplierId,
    id: InvoiceId,
) -> Result<Option<Invoice>, StoreError> {
    let query = db::query(AT_SUPPLIER).bind(id.to_string()).bind(supplier.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// Every invoice of the supplier to the organisation that bears this number, oldest first.
pub async fn by_number(
    conn: &mut Conn,
    organisation: OrganisationId,
    supplier: SupplierId,
    number: &str,
) -> Result<Vec<Invoice>, StoreError> {
    let rows = db::query(BY_NUMBER)
        .bind(organisation.to_string())
        .bind(supplier.to_string())
        .bind(number)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// The supplier's invoices that came as a document of this payloadID, oldest first.
pub async fn by_payload(
    conn: &mut Conn,
    organisation: OrganisationId,
    supplier: SupplierId,
    payload_id: &str,
) -> Result<Vec<Invoice>, StoreError> {
    let query = db::query(BY_PAYLOAD).bind(organisation.to_string());
    let rows = query.bind(supplier.to_string()).bind(payload_id).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// The memos that correct the invoice, oldest first.
pub async fn corrections(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<Invoice>, StoreError> {
    let rows = db::query(CORRECTIONS).bind(invoice.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Every invoice that bills the order, oldest first.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Invoice>, StoreError> {
    let rows = db::query(OF_ORDER).bind(order.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const LIST: &str = "
    select * from invoice where organisation_id = $1 and id < $2 order by id desc limit $3";
const LIST_AT_SUPPLIER: &str = "
    select * from invoice where supplier_id = $1 and id < $2 order by id desc limit $3";

/// Sorts after every id, whatever the collation.
const NEWEST: &str = "z";

/// The organisation's invoices, newest first.
pub async fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    cut: &Cut,
) -> Result<Page<Invoice>, StoreError> {
    page(conn, LIST, organisation.to_string(), cut).await
}

/// The supplier's invoices to all organisations, newest first.
pub async fn list_at_supplier(
    conn: &mut Conn,
    supplier: SupplierId,
    cut: &Cut,
) -> Result<Page<Invoice>, StoreError> {
    page(conn, LIST_AT_SUPPLIER, supplier.to_string(), cut).await
}

async fn page(
    conn: &mut Conn,
    sql: &'static str,
    owner: String,
    cut: &Cut,
) -> Result<Page<Invoice>, StoreError> {
    let rows = db::query(sql)
        .bind(owner)
        .bind(cut.after.as_deref().unwrap_or(NEWEST).to_owned())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let invoices = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(invoices, cut, |invoice| invoice.id.to_string()))
}

const DECIDE: &str = "
    update invoice set state = $1, decided_by = $2, reason = $3, version = version + 1
    where id = $4 and version = $5";

/// Moves the invoice to another state because of a person or of another invoice, unless somebody
/// else changed it meanwhile.
pub async fn decide(
    conn: &mut Conn,
    invoice: &Invoice,
    state: InvoiceState,
    (by, reason): (Option<PersonId>, &str),
) -> Result<(), StoreError> {
    let done = db::query(DECIDE)
        .bind(state.word())
        .bind(by.map(|id| id.to_string()))
        .bind(reason)
        .bind(invoice.id.to_string())
        .bind(invoice.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "invoice")
}

const SET_ISSUED: &str = "
    update invoice set state = $1, issued_document_id = $2, version = version + 1
    where id = $3 and version = $4";

/// Says as which document the invoice was issued.
pub async fn set_issued(
    conn: &mut Conn,
    invoice: &Invoice,
    state: InvoiceState,
    document: DocumentId,
) -> Result<(), StoreError> {
    let done = db::query(SET_ISSUED)
        .bind(state.word())
        .bind(document.to_string())
        .bind(invoice.id.to_string())
        .bind(invoice.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "invoice")
}

fn read(row: &db::DbRow) -> Result<Invoice, StoreError> {
    let row = Row::new(row, "invoice");
    let day = row.text("invoiced_on")?;
    let money = |column: &str| row.money(column, "currency");
    Ok(Invoice {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        supplier: row.id("supplier_id")?,
        kind: row.parsed("kind")?,
        corrects: row.maybe_id("corrects_id")?,
        number: row.text("number")?,
        source: row.parsed("source")?,
        invoiced_on: parse_day(&day).map_err(|fault| row.fault("invoiced_on", fault))?,
        sums: Sums {
            subtotal: money("subtotal_minor")?,
            tax: money("tax_minor")?,
            shipping: money("shipping_minor")?,
            handling: money("handling_minor")?,
            discount: money("discount_minor")?,
            charges: money("charges_minor")?,
            allowances: money("allowances_minor")?,
            total: money("total_minor")?,
        },
        state: row.parsed("state")?,
        result: row.parsed("match_result")?,
        decided_by: row.maybe_id("decided_by")?,
        reason: row.text("reason")?,
        document: row.maybe_id("document_id")?,
        issued_document: row.maybe_id("issued_document_id")?,
        received_at: row.time("received_at")?,
        version: row.int("version")?,
    })
}
