//! Invoices as people see them.

use crate::{
    base::{
        id::InvoiceId,
        page::{Cut, Page},
    },
    domain::{
        invoice::{Difference, Invoice, InvoiceLine},
        order::Order,
        payment::Payment,
        refusal::Refusal,
    },
    store::{self, Conn, document::Document},
};

use super::{
    super::{AppError, Reader},
    pass,
};

/// An invoice with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceView {
    pub invoice: Invoice,
    pub supplier_name: String,
    pub supplier_title: String,
    pub organisation_title: String,
    pub lines: Vec<InvoiceLine>,
    pub differences: Vec<Difference>,
    pub orders: Vec<Order>,
    /// Name of the person who decided.
    pub decided_by: Option<String>,
    /// What the buyer's system said it paid, oldest first.
    pub payments: Vec<Payment>,
    /// The invoice that a memo corrects.
    pub corrects: Option<Invoice>,
    /// The memos that correct it, oldest first.
    pub memos: Vec<Invoice>,
}

/// An invoice in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    pub invoice: Invoice,
    pub supplier_name: String,
    pub supplier_title: String,
    pub organisation_title: String,
}

/// The invoices that the reader may see, newest first: the organisation's, or the supplier's own.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<InvoiceRow>, AppError> {
    let page = match reader.actor.supplier() {
        Some(supplier) => {
            reader.need("invoice", "read")?;
            store::invoice::list_at_supplier(&mut reader.conn, supplier, cut).await?
        }
        None => {
            reader.need("invoice", "read-all")?;
            let organisation = reader.actor.need_organisation()?;
            store::invoice::list(&mut reader.conn, organisation, cut).await?
        }
    };
    let mut items = Vec::with_capacity(page.items.len());
    for invoice in page.items {
        let (supplier_name, supplier_title, organisation_title) =
            titles(&mut reader.conn, &invoice).await?;
        items.push(InvoiceRow { invoice, supplier_name, supplier_title, organisation_title });
    }
    Ok(Page { items, next: page.next })
}

/// One invoice.
pub async fn get(reader: &mut Reader<'_>, id: InvoiceId) -> Result<InvoiceView, AppError> {
    let found = match reader.actor.supplier() {
        Some(supplier) => {
            reader.need("invoice", "read")?;
            store::invoice::at_supplier(&mut reader.conn, supplier, id).await?
        }
        None => {
            reader.need("invoice", "read-all")?;
            let organisation = reader.actor.need_organisation()?;
            store::invoice::in_organisation(&mut reader.conn, organisation, id).await?
        }
    };
    let invoice = found.ok_or_else(|| Refusal::not_found("invoice"))?;
    let conn = &mut *reader.conn;
    let (supplier_name, supplier_title, organisation_title) = titles(conn, &invoice).await?;
    let lines = store::invoice::lines(conn, id).await?;
    let differences = store::invoice::differences(conn, id).await?;
    let orders = pass::orders(conn, &lines).await?;
    let decided_by = match invoice.decided_by {
        Some(person) => store::person::get(conn, person).await?.map(|person| person.name),
        None => None,
    };
    let payments = store::payment::of_invoice(conn, id).await?;
    let corrects = match invoice.corrects {
        Some(original) => store::invoice::get(conn, original).await?,
        None => None,
    };
    let memos = store::invoice::corrections(conn, id).await?;
    Ok(InvoiceView {
        corrects,
        memos,
        payments,
        invoice,
        supplier_name,
        supplier_title,
        organisation_title,
        lines,
        differences,
        orders,
        decided_by,
    })
}

/// The documents that concern the invoice, oldest first; its supplier sees what it sent itself.
pub async fn documents(
    reader: &mut Reader<'_>,
    invoice: &Invoice,
) -> Result<Vec<Document>, AppError> {
    let mut all = store::document::about(&mut reader.conn, &invoice.id.to_string()).await?;
    if reader.actor.supplier().is_some() {
        all.retain(|document| Some(document.id) == invoice.document);
    }
    Ok(all)
}

/// The supplier's name and title, and the organisation's title.
async fn titles(conn: &mut Conn, invoice: &Invoice) -> Result<(String, String, String), AppError> {
    let supplier = store::supplier::get(conn, invoice.supplier).await?;
    let organisation = store::organisation::get(conn, invoice.organisation).await?;
    let (name, title) = supplier.map(|found| (found.name, found.title)).unwrap_or_default();
    Ok((name, title, organisation.map(|found| found.title).unwrap_or_default()))
}
