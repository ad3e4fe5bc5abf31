//! An invoice's lines, and where they differ from the order.

use crate::{
    base::{
        decimal,
        id::InvoiceId,
        money::{Currency, Money, UnitPrice},
    },
    domain::invoice::{Difference, InvoiceLine},
};

use super::super::{Conn, Row, StoreError, db};

const INSERT_LINE: &str = "
    insert into invoice_line (invoice_id, line_number, order_id, order_line_number, description,
        sku, quantity, unit, price_amount, price_per, subtotal_minor, tax_rate, tax_minor, scope)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

pub async fn insert_line(
    conn: &mut Conn,
    invoice: InvoiceId,
    line: &InvoiceLine,
) -> Result<(), StoreError> {
    db::query(INSERT_LINE)
        .bind(invoice.to_string())
        .bind(line.line_number)
        .bind(line.order.to_string())
        .bind(line.order_line)
        .bind(&line.description)
        .bind(&line.sku)
        .bind(line.quantity.to_string())
        .bind(&line.unit)
        .bind(decimal::canonical(line.price.amount))
        .bind(line.price.per.to_string())
        .bind(line.subtotal.minor())
        .bind(line.tax_rate.map(decimal::canonical))
        .bind(line.tax.minor())
        .bind(line.scope.word())
        .execute(conn)
        .await?;
    Ok(())
}

const INSERT_DIFFERENCE: &str = "
    insert into invoice_difference (invoice_id, position, line_number, field, expected, got,
        tolerance)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Adds the differences in their order.
pub async fn insert_differences(
    conn: &mut Conn,
    invoice: InvoiceId,
    differences: &[Difference],
) -> Result<(), StoreError> {
    for (position, difference) in (1_i64..).zip(differences) {
        db::query(INSERT_DIFFERENCE)
            .bind(invoice.to_string())
            .bind(position)
            .bind(difference.line)
            .bind(&difference.field)
            .bind(&difference.expected)
            .bind(&difference.got)
            .bind(&difference.tolerance)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const LINES: &str = "
    select l.*, i.currency from invoice_line l join invoice i on i.id = l.invoice_id
    where l.invoice_id = $1 order by l.line_number";

/// The invoice's lines, in their order.
pub async fn lines(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<InvoiceLine>, StoreError> {
    let rows = db::query(LINES).bind(invoice.to_string()).fetch_all(conn).await?;
    rows.iter().map(read_line).collect()
}

fn read_line(row: &db::DbRow) -> Result<InvoiceLine, StoreError> {
    let row = Row::new(row, "invoice_line");
    let currency: Currency = row.parsed("currency")?;
    let rate = row.maybe_text("tax_rate")?;
    let rate = rate.map(|rate| decimal::parse(&rate).map_err(|fault| row.fault("tax_rate", fault)));
    Ok(InvoiceLine {
        line_number: row.int("line_number")?,
        scope: row.parsed("scope")?,
        order: row.id("order_id")?,
        order_line: row.int("order_line_number")?,
        sku: row.text("sku")?,
        description: row.text("description")?,
        quantity: row.quantity("quantity")?,
        unit: row.text("unit")?,
        price: UnitPrice::new(row.decimal("price_amount")?, currency, row.quantity("price_per")?),
        subtotal: Money::from_minor(row.int("subtotal_minor")?, currency),
        tax_rate: rate.transpose()?,
        tax: Money::from_minor(row.int("tax_minor")?, currency),
    })
}

const DIFFERENCES: &str = "
    select * from invoice_difference where invoice_id = $1 order by position";

/// What the match found, in its order.
pub async fn differences(
    conn: &mut Conn,
    invoice: InvoiceId,
) -> Result<Vec<Difference>, StoreError> {
    let rows = db::query(DIFFERENCES).bind(invoice.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "invoice_difference");
            Ok(Difference {
                line: row.maybe_int("line_number")?,
                field: row.text("field")?,
                expected: row.text("expected")?,
                got: row.text("got")?,
                tolerance: row.text("tolerance")?,
            })
        })
        .collect()
}
