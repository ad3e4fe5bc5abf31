//! What the buyer's system says it paid for invoices.

use crate::{base::id::InvoiceId, domain::payment::Payment};

use super::{Conn, Row, StoreError, db};

const INSERT: &str = "
    insert into payment (invoice_id, remittance, document_id, paid_on, currency, gross_minor,
        net_minor, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_INVOICE: &str = "select * from payment where invoice_id = $1 order by at, remittance";

/// Adds a payment. A second one of the same remittance and invoice is a `Duplicate`.
pub async fn insert(conn: &mut Conn, row: &Payment) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.invoice.to_string())
        .bind(&row.remittance)
        .bind(row.document.to_string())
        .bind(row.paid_on.map(|day| day.to_string()))
        .bind(row.gross.currency().code())
        .bind(row.gross.minor())
        .bind(row.net.minor())
        .bind(row.at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

/// Every payment of the invoice, oldest first.
pub async fn of_invoice(conn: &mut Conn, id: InvoiceId) -> Result<Vec<Payment>, StoreError> {
    let rows = db::query(OF_INVOICE).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Payment, StoreError> {
    let row = Row::new(row, "payment");
    let day = row.maybe_text("paid_on")?;
    let day = day.map(|day| crate::base::time::parse_day(&day)).transpose();
    Ok(Payment {
        invoice: row.id("invoice_id")?,
        remittance: row.text("remittance")?,
        document: row.id("document_id")?,
        paid_on: day.map_err(|fault| row.fault("paid_on", fault))?,
        gross: row.money("gross_minor", "currency")?,
        net: row.money("net_minor", "currency")?,
        at: row.time("at")?,
    })
}
