//! Who asks: a login cookie, a visit's cookie, a visit's token in the path, or a bearer token.
//!
//! Which of them counts:
//! * Under `/p/{token}/..` the token of the path alone; cookies are not looked at.
//! * On the pages of a visit (shop, cart, own requisitions and orders) a login and a visit may both
//!   be there; the one that began later counts, because it is what the person did last.
//! * Everywhere else a login only: approvals, admin, audit, invoices and the supplier desk are not
//!   for visits, whatever roles the person has.
//! * The API takes bearer tokens only, so no cookie can be abused from another site.
//!
//! Handlers take [`Visitor`] (maybe signed in), [`SignedIn`], or [`Posted`] (signed in, with a form
//! that was checked to come from a page of this session).

use std::{ops::Deref, sync::Arc};

use futures_util::future::BoxFuture;
use http::header;
use poem::{FromRequest, Request, RequestBody, Response, Result};

use super::{
    guard::{
        PagePolicy, RequestId,
        cookie::{self, Kind},
        csrf,
    },
    locale::Locale,
    part::{self, Shell, Sight},
    problem,
};
use crate::{
    app::{Actor, App, AppError, Reader, Scope, cart, login, worklist},
    base::id::SessionId,
    store::session::{SessionKind, Visit},
};

mod posted;

pub use posted::{Arrived, Posted, Query, Sent, query};

/// The token of `/p/{token}/..`, taken off the path before routing.
#[derive(Debug, Clone)]
pub struct PathToken(pub String);

impl PathToken {
    /// What every link of such a page begins with.
    pub fn prefix(&self) -> String {
        format!("/p/{}", self.0)
    }
}

/// First words of the paths that a visit from a procurement system may use.
const VISIT_PAGES: &[&str] =
    &["shop", "cart", "gateway", "requisitions", "orders", "punchout", "start", "transfer"];

/// Whether a visit's session counts on this path.
pub fn is_visit_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    VISIT_PAGES.contains(&first)
}

/// Whoever asks for a page, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    pub app: Arc<App>,
    /// [`Actor::nobody`] when nobody is signed in.
    pub actor: Actor,
    pub visit: Option<Visit>,
    prefix: String,
    pub locale: Locale,
    request_id: Option<RequestId>,
}

impl Visitor {
    /// The session that a page's forms are bound to.
    pub fn session(&self) -> Option<SessionId> {
        match self.actor.scope {
            Scope::Login(session) | Scope::Api(session) | Scope::Punchout(session, _) => {
                Some(session)
            }
            Scope::Other => None,
        }
    }

    pub fn is_signed_in(&self) -> bool {
        self.actor.as_person().is_some()
    }

    /// Whether people reach this server by https.
    pub fn https(&self) -> bool {
        is_https(&self.app)
    }

    /// An address inside the house, with the session in it where it must be.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The answer to a post that was done: the browser goes on to this page (path without prefix).
    pub fn go(&self, path: &str) -> Response {
        problem::see_other(&self.href(path))
    }

    /// The shell of a page, with navigation for what this person may see. `here` is the path of the
    /// navigation entry, such as `/cart`.
    pub fn shell(
        &self,
        title: impl Into<String>,
        here: &'static str,
    ) -> BoxFuture<'_, Result<Shell, AppError>> {
        Box::pin(self.shell_of(title.into(), here))
    }

    async fn shell_of(&self, title: String, here: &'static str) -> Result<Shell, AppError> {
        let mut shell = Shell::new(title, self.locale.clone());
        shell.prefix.clone_from(&self.prefix);
        shell.here = here;
        shell.request_id = self.request_id.as_ref().map(|id| id.0.clone());
        let Some(person) = self.actor.as_person() else { return Ok(shell) };
        shell.person = Some(person.name.clone());
        if let Some(session) = self.session() {
            shell.csrf = csrf::token(&self.app.keys, session);
        }
        let mut reader = self.app.reader(&self.actor).await?;
        let (organisation, supplier) = login::home(&mut reader).await?;
        let titles = (organisation.map(|home| home.title), supplier.map(|home| home.title));
        shell.organisation = titles.0.or(titles.1);
        let mut sight = sight(&reader, self);
        let lines = if sight.shop { cart::count(&mut reader).await? } else { 0 };
        // Somebody who stands in for an approver finds his tasks there, too.
        let tasks = worklist::count(&mut reader).await?;
        sight.approvals |= tasks > 0;
        shell.nav = part::nav(sight, lines, tasks);
        if let Some(visit) = &self.visit {
            shell.framed = !visit.frame_ancestors.is_empty();
            let back_to = visit.back_to.clone();
            shell.visit = Some(part::Visit { back_to, cancel: Some("/transfer/cancel") });
        }
        Ok(shell)
    }

    /// A page as an answer.
    pub fn page(&self, page: &impl askama::Template) -> Result<Response, AppError> {
        let html = page.render().map_err(AppError::internal)?;
        let answer = Response::builder().content_type("text/html; charset=utf-8").body(html);
        Ok(self.framed(PagePolicy::default()).on(answer))
    }

    /// The page's policy, with the frames that the visit's connection allows.
    pub fn framed(&self, policy: PagePolicy) -> PagePolicy {
        let ancestors = self.visit.iter().flat_map(|visit| &visit.frame_ancestors);
        ancestors.fold(policy, |policy, origin| policy.framed_by(origin))
    }
}

/// What the navigation shows; what may be done the use cases decide.
fn sight(reader: &Reader<'_>, visitor: &Visitor) -> Sight {
    let supplier = visitor.actor.supplier().is_some();
    let visits = visitor.visit.is_some();
    Sight {
        shop: reader.may("cart", "create") || visits,
        orders: !supplier && (reader.may("order", "read") || reader.may("order", "read-all")),
        approvals: !visits && reader.may("task", "decide"),
        invoices: !supplier && !visits && reader.may("invoice", "read-all"),
        supplier,
        admin: !visits && reader.may("person", "edit"),
        audit: !visits && reader.may("audit", "read"),
    }
}

/// Whether people reach the server by https.
pub fn is_https(app: &App) -> bool {
    app.site.public_url.starts_with("https://")
}

/// The app that every request carries.
pub fn app_of(request: &Request) -> Result<Arc<App>, AppError> {
    request.data::<Arc<App>>().cloned().ok_or_else(|| AppError::internal("no app on a request"))
}

async fn recognise(app: &App, request: &Request) -> Result<Option<login::Signed>, AppError> {
    if let Some(PathToken(token)) = request.data::<PathToken>() {
        if !is_visit_page(request.uri().path()) {
            return Ok(None);
        }
        return login::recognise(app, token, SessionKind::Punchout).await;
    }
    let https = is_https(app);
    let login = match cookie::value(request.headers(), Kind::Login, https) {
        Some(token) => login::recognise(app, token, SessionKind::Login).await?,
        None => None,
    };
    if !is_visit_page(request.uri().path()) {
        return Ok(login);
    }
    let visit = match cookie::value(request.headers(), Kind::Visit, https) {
        Some(token) => login::recognise(app, token, SessionKind::Punchout).await?,
        None => None,
    };
    Ok(match (login, visit) {
        (Some(login), Some(visit)) if login.since > visit.since => Some(login),
        (login, visit) => visit.or(login),
    })
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self::of(request, app_of(request)?).await?)
    }
}

impl Visitor {
    fn of(request: &Request, app: Arc<App>) -> BoxFuture<'_, Result<Self, AppError>> {
        Box::pin(Self::read(request, app))
    }

    async fn read(request: &Request, app: Arc<App>) -> Result<Self, AppError> {
        let signed = recognise(&app, request).await?;
        let (actor, visit) =
            signed.map_or((Actor::nobody(), None), |signed| (signed.actor, signed.visit));
        let accepted = request.header(header::ACCEPT_LANGUAGE);
        let person = actor.as_person();
        let zone = person.map_or("UTC", |person| person.time_zone.as_str());
        let locale = Locale::choose(person.map(|p| p.locale.as_str()), accepted, zone);
        let prefix = request.data::<PathToken>().map(PathToken::prefix).unwrap_or_default();
        let request_id = request.data::<RequestId>().cloned();
        Ok(Self { app, actor, visit, prefix, locale, request_id })
    }

    fn signed_in(self) -> Result<Self, AppError> {
        self.actor.need_person()?;
        Ok(self)
    }
}

/// Somebody signed in; anybody else is sent to the sign-in page.
#[derive(Clone)]
pub struct SignedIn(pub Visitor);

impl Deref for SignedIn {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.0
    }
}

impl<'a> FromRequest<'a> for SignedIn {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(Visitor::of(request, app_of(request)?).await?.signed_in()?))
    }
}

#[cfg(test)]
mod tests;
