//! `GET /invoices`, `GET /invoices/{id}`, and the decision on one that differs.

use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{self, List, MoneyJson, Text, UnitPriceJson},
};
use crate::{
    app::{
        AppError,
        invoice::{self, InvoiceRow, InvoiceView},
    },
    base::{decimal, id::InvoiceId},
    domain::{
        invoice::{Difference, Invoice, InvoiceLine},
        refusal::Refusal,
    },
};

pub struct Invoices;

/// An invoice in a list.
#[derive(Object)]
struct InvoiceSummary {
    id: String,
    /// invoice, credit_memo or debit_memo.
    kind: String,
    /// The supplier's own number.
    number: String,
    /// received, difference, approved, issued, rejected or paid.
    state: String,
    /// The supplier's short name.
    supplier: String,
    /// The day it was written.
    invoiced_on: String,
    currency: String,
    subtotal: MoneyJson,
    tax: MoneyJson,
    total: MoneyJson,
}

/// An invoice.
#[derive(Object)]
struct InvoiceAnswer {
    id: String,
    /// invoice, credit_memo or debit_memo. The sums of a credit memo are below zero.
    kind: String,
    /// The id of the invoice that a memo corrects.
    corrects: Option<String>,
    /// The memos that correct it, oldest first.
    memos: Vec<MemoAnswer>,
    /// The supplier's own number.
    number: String,
    /// received, difference, approved, issued, rejected or paid.
    state: String,
    /// The supplier's short name.
    supplier: String,
    /// The day it was written.
    invoiced_on: String,
    currency: String,
    subtotal: MoneyJson,
    tax: MoneyJson,
    shipping: MoneyJson,
    /// Special handling.
    handling: MoneyJson,
    discount: MoneyJson,
    /// Further charges and allowances, of header and lines together.
    charges: MoneyJson,
    allowances: MoneyJson,
    total: MoneyJson,
    /// The orders that it bills.
    orders: Vec<BilledOrder>,
    lines: Vec<LineAnswer>,
    r#match: MatchAnswer,
    /// Who approved or rejected it in spite of its differences.
    decided_by: Option<String>,
    /// Why; or `replaced`.
    reason: Option<String>,
}

/// A memo that corrects an invoice.
#[derive(Object)]
struct MemoAnswer {
    id: String,
    number: String,
    /// credit_memo or debit_memo.
    kind: String,
    state: String,
    total: MoneyJson,
}

/// An order that an invoice bills.
#[derive(Object)]
struct BilledOrder {
    id: String,
    number: String,
}

/// A line of an invoice.
#[derive(Object)]
struct LineAnswer {
    /// The invoice's own line number.
    line: i64,
    /// goods: a quantity at a price; amount: money alone; order: money for a whole order.
    scope: String,
    /// The order's id.
    order: String,
    /// The order's line number; 0 for the whole order.
    order_line: i64,
    sku: String,
    description: String,
    quantity: String,
    unit: String,
    price: UnitPriceJson,
    subtotal: MoneyJson,
    /// In percent.
    tax_rate: Option<String>,
    tax: MoneyJson,
}

/// What the match with the order lines said.
#[derive(Object)]
struct MatchAnswer {
    /// clean or difference.
    result: String,
    differences: Vec<DifferenceAnswer>,
}

/// One thing that is not as ordered.
#[derive(Object)]
struct DifferenceAnswer {
    /// The invoice's line; null for the invoice as a whole.
    line: Option<i64>,
    field: String,
    expected: String,
    got: String,
    /// 0, or a percentage.
    tolerance: String,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[oai(rename_all = "lowercase")]
enum Decision {
    Approve,
    Reject,
}

/// A decision on an invoice that differs.
#[derive(Object)]
#[oai(rename = "DecideInvoiceInput", deny_unknown_fields)]
struct DecideInput {
    decision: Decision,
    /// Why; it stands on the issued document.
    reason: Text,
}

/// Where an invoice stands after a decision.
#[derive(Object)]
struct DecidedAnswer {
    id: String,
    state: String,
}

#[OpenApi]
impl Invoices {
    /// The organisation's invoices, or a supplier's own, newest first.
    #[oai(path = "/invoices", method = "get", operation_id = "listInvoices")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<InvoiceSummary>>> {
        let mut reader = caller.reader().await?;
        let page = invoice::list(&mut reader, &shape::cut(limit.0, after.0)).await?;
        Ok(Json(page.map(summary).into()))
    }

    /// One invoice with its lines and what the match said.
    #[oai(path = "/invoices/:id", method = "get", operation_id = "getInvoice")]
    async fn get(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<InvoiceAnswer>> {
        let id = read_id(&id.0)?;
        let mut reader = caller.reader().await?;
        Ok(Json(answer(invoice::get(&mut reader, id).await?)))
    }

    /// Approves or rejects an invoice that differs from its orders.
    #[oai(path = "/invoices/:id/decide", method = "post", operation_id = "decideInvoice")]
    async fn decide(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<DecideInput>,
    ) -> poem::Result<Json<DecidedAnswer>> {
        let id = read_id(&id.0)?;
        let DecideInput { decision, reason } = body.0;
        let reason = reason.0;
        match decision {
            Decision::Approve => caller.act(invoice::Accept { invoice: id, reason }).await?,
            Decision::Reject => caller.act(invoice::Reject { invoice: id, reason }).await?,
        };
        // Approving may have issued it at once.
        let mut reader = caller.reader().await?;
        let view = invoice::get(&mut reader, id).await?;
        Ok(Json(DecidedAnswer { id: id.to_string(), state: view.invoice.state.to_string() }))
    }
}

fn read_id(text: &str) -> Result<InvoiceId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("invoice").into())
}

fn summary(row: InvoiceRow) -> InvoiceSummary {
    let Invoice { id, kind, number, state, invoiced_on, sums, .. } = row.invoice;
    InvoiceSummary {
        id: id.to_string(),
        kind: kind.to_string(),
        number,
        state: state.to_string(),
        supplier: row.supplier_name,
        invoiced_on: invoiced_on.to_string(),
        currency: sums.total.currency().code().to_owned(),
        subtotal: sums.subtotal.into(),
        tax: sums.tax.into(),
        total: sums.total.into(),
    }
}

fn answer(view: InvoiceView) -> InvoiceAnswer {
    let Invoice { id, kind, number, state, invoiced_on, sums, result, reason, .. } = view.invoice;
    let memo = |memo: Invoice| MemoAnswer {
        id: memo.id.to_string(),
        number: memo.number,
        kind: memo.kind.to_string(),
        state: memo.state.to_string(),
        total: memo.sums.total.into(),
    };
    let order = |order: crate::domain::order::Order| BilledOrder {
        id: order.id.to_string(),
        number: order.number,
    };
    InvoiceAnswer {
        id: id.to_string(),
        kind: kind.to_string(),
        corrects: view.corrects.map(|original| original.id.to_string()),
        memos: view.memos.into_iter().map(memo).collect(),
        number,
        state: state.to_string(),
        supplier: view.supplier_name,
        invoiced_on: invoiced_on.to_string(),
        currency: sums.total.currency().code().to_owned(),
        subtotal: sums.subtotal.into(),
        tax: sums.tax.into(),
        shipping: sums.shipping.into(),
        handling: sums.handling.into(),
        discount: sums.discount.into(),
        charges: sums.charges.into(),
        allowances: sums.allowances.into(),
        total: sums.total.into(),
        orders: view.orders.into_iter().map(order).collect(),
        lines: view.lines.into_iter().map(line).collect(),
        r#match: MatchAnswer {
            result: result.to_string(),
            differences: view.differences.into_iter().map(difference).collect(),
        },
        decided_by: view.decided_by,
        reason: Some(reason).filter(|reason| !reason.is_empty()),
    }
}

fn line(line: InvoiceLine) -> LineAnswer {
    LineAnswer {
        line: line.line_number,
        scope: line.scope.to_string(),
        order: line.order.to_string(),
        order_line: line.order_line,
        sku: line.sku,
        description: line.description,
        quantity: line.quantity.to_string(),
        unit: line.unit,
        price: line.price.into(),
        subtotal: line.subtotal.into(),
        tax_rate: line.tax_rate.map(decimal::canonical),
        tax: line.tax.into(),
    }
}

fn difference(difference: Difference) -> DifferenceAnswer {
    let Difference { line, field, expected, got, tolerance } = difference;
    DifferenceAnswer { line, field, expected, got, tolerance }
}
