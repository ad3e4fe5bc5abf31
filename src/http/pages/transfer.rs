//! The way back to the procurement system: transferring a cart, leaving without one, and the page
//! from which the browser carries it home.
//!
//! The form posts itself; without a script there is a button. Coming back to the page shows the
//! same cart again, to send once more or to keep as a file.

use askama::Template;
use http::header;
use poem::{Response, Result, Route, get, handler, post, web::Path};

use crate::{
    app::{
        AppError, act,
        punchout::{self, Back, Cancel, Transfer, TransferRequisition},
        requisition,
    },
    base::{
        id::{PunchoutSessionId, RequisitionId},
        money::Money,
    },
    domain::{refusal::Refusal, requisition::Requisition},
    exchange::punchout::ReturnForm,
    http::{
        actor::{Posted, SignedIn, Visitor},
        guard::PagePolicy,
        part::Shell,
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/transfer.html", config = ".askama.toml")]
struct BackPage {
    shell: Shell,
    form: ReturnForm,
    to: String,
    lines: usize,
    /// Where the files of this return are.
    files: String,
    /// The kind of the raw document, for people.
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "pages/transfer_ready.html", config = ".askama.toml")]
struct ReadyPage {
    shell: Shell,
    ready: Vec<ReadyCart>,
    has_visit: bool,
}

/// A signed-off cart that waits for its way back.
struct ReadyCart {
    id: RequisitionId,
    number: String,
    total: Money,
    /// Where its button posts to.
    path: String,
}

impl From<Requisition> for ReadyCart {
    fn from(row: Requisition) -> Self {
        let path = format!("/transfer/requisition/{}", row.id);
        Self { id: row.id, number: row.number, total: row.total, path }
    }
}

/// The page that carries a frozen return home.
async fn back_page(who: &Visitor, session: PunchoutSessionId) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let back = punchout::back(&mut reader, session).await?;
    let title = if back.lines == 0 { "Back to your procurement system" } else { "Transfer cart" };
    let mut shell = who.shell(title, "/cart").await?;
    shell.narrow = true;
    // The page itself is the way back: no second control that leads there.
    shell.visit = None;
    let policy = who.framed(PagePolicy::default().form_to(&back.form.action));
    let kind = back.kind();
    let Back { form, to, lines, session, .. } = back;
    let files = format!("/transfer/{}", session.id);
    let page = BackPage { shell, form, to, lines, files, kind };
    let html = page.render().map_err(AppError::internal)?;
    let answer = Response::builder().content_type("text/html; charset=utf-8").body(html);
    Ok(policy.on(answer))
}

/// What can go back now: this visit's cart once it is signed off, else what was frozen, else other
/// signed-off carts, else nothing yet.
#[handler]
async fn h_here(who: SignedIn) -> Result<Response> {
    if let Some(session) = who.actor.punchout() {
        if ready_carts(&who).await?.iter().any(|cart| cart.punchout_session == Some(session)) {
            return ready_page(&who, None).await;
        }
        match back_page(&who, session).await {
            Err(error) if is_not_found(&error) => {}
            done => return done,
        }
    }
    ready_page(&who, None).await
}

fn is_not_found(error: &poem::Error) -> bool {
    let refusal = error.downcast_ref::<AppError>().and_then(AppError::refusal);
    refusal.is_some_and(|refusal| refusal.code == "not-found")
}

async fn ready_carts(who: &Visitor) -> Result<Vec<Requisition>> {
    let mut reader = who.app.reader(&who.actor).await?;
    let mut ready = Vec::new();
    for id in punchout::ready(&mut reader).await? {
        ready.push(requisition::get(&mut reader, id).await?.requisition);
    }
    Ok(ready)
}

async fn ready_page(who: &Visitor, refusal: Option<&Refusal>) -> Result<Response> {
    let ready = ready_carts(who).await?.into_iter().map(ReadyCart::from).collect();
    let mut shell = who.shell("Carts ready to go back", "/cart").await?;
    shell.narrow = true;
    if let Some(refusal) = refusal {
        // Each fault is told whole; its field is one of the cart and stands nowhere on this page.
        let first = Refusal { field: None, ..refusal.clone() };
        shell.faults.push(crate::http::part::Fault { field: None, message: first.to_string() });
        for (_, further) in refusal.more.iter().filter(|(name, _)| *name == "further") {
            shell.faults.push(crate::http::part::Fault { field: None, message: further.clone() });
        }
    }
    let has_visit = who.visit.is_some();
    let mut answer = who.page(&ReadyPage { shell, ready, has_visit })?;
    if let Some(refusal) = refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_transfer(Posted { who, form }: Posted) -> Result<Response> {
    if let Some(page) = super::cart::keep_typed(&who, &form).await? {
        return Ok(page);
    }
    match act(&who.app, &who.actor, Transfer).await {
        Ok(_) => Ok(who.go("/transfer")),
        Err(AppError::Refusal(refusal)) => ready_page(&who, Some(&refusal)).await,
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
async fn h_transfer_requisition(
    Path(id): Path<String>,
    Posted { who, .. }: Posted,
) -> Result<Response> {
    let requisition: RequisitionId =
        id.parse().map_err(|_| AppError::from(Refusal::not_found("requisition")))?;
    match act(&who.app, &who.actor, TransferRequisition { requisition }).await {
        Ok(frozen) => Ok(who.go(&format!("/transfer/{}", frozen.session))),
        Err(AppError::Refusal(refusal)) => ready_page(&who, Some(&refusal)).await,
        Err(fault) => Err(fault.into()),
    }
}

/// Leaving ends the visit, so the page that carries the empty cart is the answer itself.
#[handler]
async fn h_cancel(Posted { who, .. }: Posted) -> Result<Response> {
    let frozen = act(&who.app, &who.actor, Cancel).await?;
    back_page(&who, frozen.session).await
}

fn session_id(text: &str) -> Result<PunchoutSessionId> {
    Ok(text.parse().map_err(|_| AppError::from(Refusal::not_found("returned cart")))?)
}

#[handler]
async fn h_back(who: SignedIn, Path(session): Path<String>) -> Result<Response> {
    back_page(&who, session_id(&session)?).await
}

/// The very document, to keep or to hand to somebody who can load it.
#[handler]
async fn h_document(who: SignedIn, Path(session): Path<String>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let back = punchout::back(&mut reader, session_id(&session)?).await?;
    let name = if back.is_oci() { "cart.txt" } else { "cart.xml" };
    let kind = if back.is_oci() { "text/plain; charset=utf-8" } else { "application/xml" };
    Ok(file(name, kind, Vec::from(back.document.body)))
}

#[handler]
async fn h_csv(who: SignedIn, Path(session): Path<String>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let back = punchout::back(&mut reader, session_id(&session)?).await?;
    Ok(file("cart.csv", "text/csv; charset=utf-8", back.csv()))
}

fn file(name: &str, kind: &'static str, content: impl Into<poem::Body>) -> Response {
    let place = format!("attachment; filename=\"{name}\"");
    Response::builder().content_type(kind).header(header::CONTENT_DISPOSITION, place).body(content)
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/transfer", get(h_here).post(h_transfer))
        .at("/transfer/cancel", post(h_cancel))
        .at("/transfer/requisition/:id", post(h_transfer_requisition))
        .at("/transfer/:session", get(h_back))
        .at("/transfer/:session/document", get(h_document))
        .at("/transfer/:session/csv", get(h_csv))
}
