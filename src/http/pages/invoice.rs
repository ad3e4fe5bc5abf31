//! Invoices: the list, one invoice with what differs, and the decision of accounts payable.

use askama::Template;
use poem::{Response, Result, Route, get, handler, post, web::Path};

use crate::{
    app::{
        AppError, act,
        invoice::{self, Accept, InvoiceRow, InvoiceView, Reject},
    },
    base::{id::InvoiceId, page::Cut},
    domain::{
        invoice::{InvoiceKind, InvoiceMove, Scope},
        refusal::Refusal,
    },
    http::{
        actor::{Posted, Query, SignedIn, Visitor},
        part::{self as ui, Crumbs, Empty, Facts, Field, Pager, Shell},
        problem,
    },
    store::document::Direction,
};

#[derive(Template)]
#[template(path = "pages/invoices.html", config = ".askama.toml")]
pub(super) struct ListPage {
    pub(super) shell: Shell,
    pub(super) rows: Vec<InvoiceRow>,
    /// Whether the other side is the buyer: on the supplier desk.
    pub(super) at_supplier: bool,
    /// The list's path, which the rows' links continue.
    pub(super) path: &'static str,
    pub(super) pager: Pager,
    pub(super) empty: Empty,
}

#[derive(Template)]
#[template(path = "pages/invoice.html", config = ".askama.toml")]
pub(super) struct InvoicePage {
    pub(super) shell: Shell,
    pub(super) crumbs: Crumbs,
    pub(super) view: InvoiceView,
    pub(super) facts: Facts,
    pub(super) documents: Vec<ShownDocument>,
    /// The field for the reason, when the reader may decide.
    pub(super) decision: Option<Field>,
    /// Where its supplier gives it back, while something is left.
    pub(super) credit: Option<String>,
    /// What orders' links begin with; suppliers have pages of their own.
    pub(super) orders_path: &'static str,
    /// The list's path, which the links to memos continue.
    pub(super) list: &'static str,
}

/// A document that concerns the invoice.
pub(super) struct ShownDocument {
    pub(super) title: String,
    pub(super) at: ui::Html,
    pub(super) body: ui::Html,
}

/// The number of an invoice's path.
pub(super) fn read_id(text: &str) -> std::result::Result<InvoiceId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("invoice").into())
}

/// A list of invoices, on either side.
pub(super) async fn list_page(
    who: &SignedIn,
    query: &crate::http::guard::Form,
    at_supplier: bool,
) -> Result<Response> {
    let path = if at_supplier { "/supplier/invoices" } else { "/invoices" };
    let here = if at_supplier { "/supplier" } else { "/invoices" };
    let after = query.filled("after")?.map(str::to_owned);
    let shell = who.shell("Invoices", here).await?;
    let mut reader = who.app.reader(&who.actor).await?;
    let page = invoice::list(&mut reader, &Cut::new(after.clone(), None)).await?;
    let href = shell.href(path);
    let pager = Pager::new(&href, after.as_deref(), page.next.as_deref());
    let empty = if at_supplier {
        Empty::new("No invoice yet", "Open an order and create its invoice.")
            .first("Your orders", shell.href("/supplier"))
    } else {
        Empty::new("No invoice yet", "Invoices appear here when suppliers send them.")
    };
    Ok(who.page(&ListPage { shell, rows: page.items, at_supplier, path, pager, empty })?)
}

/// One invoice; `refusal` is what was said to a decision on it.
pub(super) async fn invoice_page(
    who: &SignedIn,
    id: InvoiceId,
    at_supplier: bool,
    refused: Option<(Refusal, String)>,
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let view = invoice::get(&mut reader, id).await?;
    let documents = invoice::documents(&mut reader, &view.invoice).await?;
    let may_decide = view.invoice.state.after(InvoiceMove::Accept).is_some()
        && !at_supplier
        && reader.may("invoice", "decide");
    let may_credit =
        at_supplier && view.invoice.state.has_passed() && view.invoice.kind == InvoiceKind::Invoice;
    drop(reader);
    let (list, here) = match at_supplier {
        true => ("/supplier/invoices", "/supplier"),
        false => ("/invoices", "/invoices"),
    };
    let title = view.invoice.title();
    let mut shell = who.shell(&*title, here).await?;
    let (refusal, typed) =
        refused.map_or((None, String::new()), |(refusal, typed)| (Some(refusal), typed));
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    let reason = || {
        Field::area("reason", "Reason")
            .hint("One sentence. It stands in the audit trail and on the issued document.")
            .value(typed.clone())
            .at_most(1_000)
            .faults(&shell.faults)
    };
    let shown = documents.into_iter().map(|document| ShownDocument {
        title: match document.direction {
            Direction::In => format!("{}, received", document.kind),
            Direction::Out => format!("{}, sent", document.kind),
        },
        at: shell.when(document.at),
        body: ui::document(&String::from_utf8_lossy(&document.body)),
    });
    let page = InvoicePage {
        crumbs: Crumbs::to(view.invoice.number.clone()).over("Invoices", shell.href(list)),
        facts: facts(&shell, &view, at_supplier),
        documents: shown.collect(),
        decision: may_decide.then(reason),
        credit: may_credit.then(|| shell.href(&format!("{list}/{id}/credit"))),
        list,
        orders_path: if at_supplier { "/supplier/orders" } else { "/orders" },
        view,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some(refusal) = &refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

fn facts(shell: &Shell, view: &InvoiceView, at_supplier: bool) -> Facts {
    let invoice = &view.invoice;
    let sums = &invoice.sums;
    let other = if at_supplier {
        ("Buyer", &view.organisation_title)
    } else {
        ("Supplier", &view.supplier_title)
    };
    let mut facts = Facts::new()
        .text(other.0, other.1)
        .html("Written on", shell.day(invoice.invoiced_on))
        .html("Received", shell.when(invoice.received_at))
        .html("Subtotal", shell.money(sums.subtotal))
        .html("Tax", shell.money(sums.tax));
    for (name, sum) in [
        ("Shipping", sums.shipping),
        ("Handling", sums.handling),
        ("Charges", sums.charges),
        ("Discount", sums.discount),
        ("Allowances", sums.allowances),
    ] {
        if !sum.is_zero() {
            facts = facts.html(name, shell.money(sum));
        }
    }
    let word = match invoice.kind {
        InvoiceKind::CreditMemo => "Given back",
        InvoiceKind::Invoice | InvoiceKind::DebitMemo => "To be paid",
    };
    facts
        .html(word, shell.money(sums.total))
        .maybe("Decided by", view.decided_by.as_deref())
        .maybe("Reason", Some(&invoice.reason))
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    list_page(&who, &query, false).await
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    invoice_page(&who, read_id(&id)?, false, None).await
}

/// What follows a decision: the invoice's page, or the same page with what was refused.
async fn decided(
    who: &SignedIn,
    id: InvoiceId,
    reason: String,
    done: std::result::Result<crate::domain::invoice::InvoiceState, AppError>,
) -> Result<Response> {
    match done {
        Ok(_) => Ok(Visitor::go(who, &format!("/invoices/{id}"))),
        Err(AppError::Refusal(refusal)) if refusal.code != "not-found" => {
            invoice_page(who, id, false, Some((*refusal, reason))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
async fn h_approve(Posted { who, form }: Posted, Path(id): Path<String>) -> Result<Response> {
    let (id, reason) = (read_id(&id)?, form.one("reason")?.to_owned());
    let accept = Accept { invoice: id, reason: reason.clone() };
    let done = act(&who.app, &who.actor, accept).await;
    decided(&who, id, reason, done).await
}

#[handler]
async fn h_reject(Posted { who, form }: Posted, Path(id): Path<String>) -> Result<Response> {
    let (id, reason) = (read_id(&id)?, form.one("reason")?.to_owned());
    let reject = Reject { invoice: id, reason: reason.clone() };
    let done = act(&who.app, &who.actor, reject).await;
    decided(&who, id, reason, done).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/invoices", get(h_list))
        .at("/invoices/:id", get(h_one))
        .at("/invoices/:id/approve", post(h_approve))
        .at("/invoices/:id/reject", post(h_reject))
}
