//! `/orders/{id}/trail`: from an order's number to every document in and out, every decision and
//! why, every attempt to deliver, on one page.

mod moments;

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::{document::way, told::object_path};
use crate::{
    app::trail::{self, Decision, Trail},
    base::id::OrderId,
    domain::{delivery::Verdict, invoice::Invoice, refusal::Refusal},
    http::{
        actor::SignedIn,
        part::{self as ui, Crumbs, Facts, Html, Shell, Timeline, Tone, badge},
    },
    store::{
        delivery::{Attempt, Delivery},
        document::Document,
    },
};

#[derive(Template)]
#[template(path = "pages/trail.html", config = ".askama.toml")]
struct TrailPage {
    shell: Shell,
    crumbs: Crumbs,
    number: String,
    state: Html,
    total: Html,
    facts: Facts,
    documents: Vec<DocumentLine>,
    decisions: Vec<DecisionLine>,
    deliveries: Vec<DeliveryLine>,
    invoices: Vec<InvoiceLine>,
    timeline: Timeline,
    audit: String,
}

struct DocumentLine {
    at: Html,
    kind: String,
    href: String,
    raw: String,
    way: Html,
    status: String,
    sender: String,
    sha256: String,
}

struct DecisionLine {
    /// `1`, `2`; with the round when it is not the last one.
    order: String,
    assignee: String,
    state: Html,
    because: String,
    rule: String,
    decided: Option<Decided>,
    content_hash: String,
}

struct Decided {
    at: Html,
    by: String,
    comment: String,
    hash: String,
}

struct DeliveryLine {
    purpose: String,
    document: String,
    href: String,
    target: String,
    state: Html,
    attempts: Vec<AttemptLine>,
}

struct AttemptLine {
    at: Html,
    outcome: Html,
    detail: String,
}

struct InvoiceLine {
    number: String,
    href: String,
    state: Html,
    result: Html,
    total: Html,
    differences: Vec<String>,
}

fn document_line(shell: &Shell, document: &Document) -> DocumentLine {
    let path = format!("/documents/{}", document.id);
    DocumentLine {
        at: shell.when(document.at),
        kind: document.kind.clone(),
        raw: shell.href(&format!("{path}/raw")),
        href: shell.href(&path),
        way: badge(way(document)),
        status: document.status.map(|status| status.to_string()).unwrap_or_default(),
        sender: document.sender.clone(),
        sha256: document.body.sha256().to_owned(),
    }
}

fn decision_line(shell: &Shell, trail: &Trail, decision: &Decision) -> DecisionLine {
    let Decision { step, task } = decision;
    let round = step.round != trail.requisition.round;
    let decided = task.decision.as_ref().map(|made| {
        let deputy = made.on_behalf_of.map(|id| format!(" for {}", trail.mail(id)));
        Decided {
            at: shell.when(made.at),
            by: format!("{}{}", trail.mail(made.by), deputy.unwrap_or_default()),
            comment: made.comment.clone(),
            hash: task.decision_hash().unwrap_or_default(),
        }
    });
    DecisionLine {
        order: if round {
            format!("{} (round {})", step.order, step.round)
        } else {
            step.order.to_string()
        },
        assignee: trail.mail(task.assignee),
        state: badge(task.state.word()),
        because: step.because.clone(),
        rule: format!("{}, version {}", step.rule, step.rule_version),
        decided,
        content_hash: task.content_hash.clone(),
    }
}

fn delivery_line(shell: &Shell, (delivery, attempts): &(Delivery, Vec<Attempt>)) -> DeliveryLine {
    let attempt = |attempt: &Attempt| {
        let outcome = match attempt.verdict {
            Verdict::Delivered => ui::toned("delivered", Tone::Good),
            Verdict::Transient => ui::toned("to be tried again", Tone::Warn),
            Verdict::Permanent => ui::toned("refused", Tone::Bad),
        };
        let at = shell.when(attempt.started_at);
        AttemptLine { at, outcome, detail: attempt.detail.clone() }
    };
    DeliveryLine {
        purpose: format!("{} by {}", delivery.purpose.word().replace('_', " "), delivery.channel),
        document: delivery.document.to_string(),
        href: shell.href(&format!("/documents/{}", delivery.document)),
        target: delivery.target.clone(),
        state: badge(delivery.state.word()),
        attempts: attempts.iter().map(attempt).collect(),
    }
}

fn invoice_lines(shell: &Shell, trail: &Trail) -> Vec<InvoiceLine> {
    let line = |invoice: &Invoice| InvoiceLine {
        number: invoice.title(),
        href: shell.href(&object_path(&invoice.id.to_string())),
        state: badge(invoice.state.word()),
        result: badge(invoice.result.word()),
        total: shell.money(invoice.sums.total),
        differences: Vec::new(),
    };
    let invoices = trail.invoices.iter().map(|(invoice, differences)| {
        let differences = differences.iter().map(|one| {
            let place = one.line.map_or_else(String::new, |line| format!("line {line}, "));
            format!(
                "{place}{}: expected {}, got {} (tolerance {})",
                one.field, one.expected, one.got, one.tolerance
            )
        });
        InvoiceLine { differences: differences.collect(), ..line(invoice) }
    });
    invoices.collect()
}

fn facts(shell: &Shell, trail: &Trail) -> Facts {
    let (order, requisition) = (&trail.order, &trail.requisition);
    let supplier = trail.supplier.as_ref().map_or("", |supplier| &*supplier.title);
    let to = |path: String, label: &str| ui::link(&shell.href(&path), label);
    Facts::new()
        .html("Order", to(format!("/orders/{}", order.id), &order.number))
        .maybe("Their number", order.buyer_order_id.as_deref())
        .text("Supplier", supplier)
        .html("Requisition", to(format!("/requisitions/{}", requisition.id), &requisition.number))
        .text("Requester", &trail.mail(requisition.requester))
        .text("Cost centre", &order.cost_center_code)
        .html("Issued", shell.when(order.issued_at))
        .maybe("Nobody was asked, because", Some(&requisition.because))
        .text("Approval policy", &format!("version {}", requisition.approval_version))
        .text("Content hash", &order.content_hash)
        .text("Signed hash", &order.signed_hash)
        .text("payloadID", &order.payload_id)
}

#[handler]
async fn h_trail(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id: OrderId = id.parse().map_err(|_| Refusal::not_found("order"))?;
    let mut reader = who.app.reader(&who.actor).await?;
    let trail = trail::of_order(&mut reader, id).await?;
    drop(reader);
    let order = &trail.order;
    let shell = who.shell(format!("Trail of {}", order.number), "/audit").await?;
    let page = TrailPage {
        crumbs: Crumbs::to("Trail")
            .over("Orders", shell.href("/orders"))
            .over(order.number.clone(), shell.href(&format!("/orders/{id}"))),
        number: order.number.clone(),
        state: badge(order.state.word()),
        total: shell.money(order.total),
        facts: facts(&shell, &trail),
        documents: trail.documents.iter().map(|one| document_line(&shell, one)).collect(),
        decisions: trail.decisions.iter().map(|one| decision_line(&shell, &trail, one)).collect(),
        deliveries: trail.deliveries.iter().map(|one| delivery_line(&shell, one)).collect(),
        invoices: invoice_lines(&shell, &trail),
        timeline: moments::timeline(&shell, &trail),
        audit: shell.href(&format!("/audit?about={}", order.number)),
        shell,
    };
    Ok(who.page(&page)?)
}

pub(super) fn add(route: Route) -> Route {
    route.at("/orders/:id/trail", get(h_trail))
}
