//! The JSON API, version 1: one file and one `#[OpenApi]` struct per noun.
//!
//! Conventions: bearer tokens only; JSON objects with unknown fields refused; amounts of money and
//! quantities as JSON texts; lists as `{items, next}`; errors as problem+json; `Idempotency-Key` on
//! any POST. A call reads its input, runs one command or one read of `app`, and shapes the answer.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use poem::{Endpoint, IntoEndpoint, Request, Response, Result, Route, endpoint::make_sync, get};
use poem_openapi::{
    OpenApi, OpenApiService, SecurityScheme, auth::Bearer, error::ParseRequestPayloadError,
};

use super::{actor, guard::Limits, problem};
use crate::{
    app::{
        Actor, App, AppError, Command, KeepRefusal, Once, Reader, act_once, kept_refusal, login,
    },
    base::text::{sha256_hex, shorten},
    domain::refusal::Refusal,
    store::session::SessionKind,
};

pub mod absence;
pub mod address;
pub mod amend;
pub mod audit;
mod blame;
pub mod budget;
pub mod cart;
mod certificate;
pub mod cost_center;
pub mod delegation;
mod docs;
pub mod document;
pub mod exchange;
pub mod file;
mod forecast;
pub mod invoice;
pub mod item;
pub mod login_call;
pub mod mail;
pub mod order;
pub mod organisation;
pub mod partner;
pub mod person;
mod plan_note;
pub mod policy;
pub mod price;
pub mod register;
pub mod remark;
pub mod requisition;
pub mod shape;
mod submit;
pub mod supplier;
pub mod supplier_admin;
mod supplier_site;
pub mod task;
pub mod webhook;

use blame::Shapes;

/// Every noun of the API; the tuples hold sixteen at most, so they are grouped.
fn nouns() -> impl OpenApi {
    (
        audit::Audit,
        shopping(),
        invoice::Invoices,
        login_call::Login,
        mail::Mails,
        sign_off(),
        ordering(),
        setting_up(),
    )
}

/// What a buyer fills a cart with.
fn shopping() -> impl OpenApi {
    (cart::Carts, item::Items)
}

/// What leads from a cart to an order.
fn sign_off() -> impl OpenApi {
    (
        absence::Absences,
        amend::Amending,
        budget::Budgets,
        file::Files,
        delegation::Delegations,
        policy::Policies,
        register::Registers,
        remark::Remarks,
        requisition::Requisitions,
        task::Tasks,
    )
}

/// Orders and how they reach suppliers.
fn ordering() -> impl OpenApi {
    (
        document::Documents,
        exchange::Exchanges,
        order::Orders,
        supplier::SupplierDelivery,
        supplier_site::SupplierSites,
    )
}

/// What an admin sets up.
fn setting_up() -> impl OpenApi {
    (
        address::Addresses,
        certificate::Certificates,
        cost_center::CostCenters,
        organisation::Organisations,
        partner::Partners,
        person::People,
        price::Prices,
        supplier_admin::Suppliers,
        webhook::Webhooks,
    )
}

/// Where the API lives.
pub const ROOT: &str = "/api/v1";
/// How long the part of an id is that says when it was born.
const ULID_CHARACTERS: usize = 26;
/// The longest idempotency key.
const MAX_KEY_BYTES: usize = 255;

// `caller.act(..)` runs a command, once for an `Idempotency-Key`; `caller.reader()` reads on the
// caller's behalf. The comment below is what the specification says.
/// The token that `POST /login` answers, sent as `Authorization: Bearer`.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "token", checker = "check")]
pub struct Caller(Called);

/// Who calls, and with which key.
pub struct Called {
    app: Arc<App>,
    actor: Actor,
    once: Option<Once>,
}

impl Caller {
    pub fn app(&self) -> &Arc<App> {
        &self.0.app
    }

    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// Runs the one command of this call. With an `Idempotency-Key` a repeated call gets the first
    /// answer again; a call must therefore not run two commands through here.
    pub fn act<C: Command>(&self, command: C) -> BoxFuture<'_, Result<C::Answer, AppError>> {
        act_once(&self.0.app, &self.0.actor, self.0.once.clone(), command)
    }

    /// Runs one of several commands of this call; each has its own place under the key.
    pub fn act_part<C: Command>(
        &self,
        part: usize,
        command: C,
    ) -> BoxFuture<'_, Result<C::Answer, AppError>> {
        let place = |once: &Once| Once { call: format!("{} {part}", once.call), ..once.clone() };
        act_once(&self.0.app, &self.0.actor, self.0.once.as_ref().map(place), command)
    }

    /// Binds the key of a call of several commands to its body, before any of them runs: with
    /// another body the whole call is refused.
    pub async fn claim_key(&self) -> Result<(), AppError> {
        let Some(once) = self.0.once.as_ref() else { return Ok(()) };
        let once = Once { call: format!("{} whole", once.call), ..once.clone() };
        let nothing = KeepRefusal { problem: serde_json::Value::Null };
        act_once(&self.0.app, &self.0.actor, Some(once), nothing).await.map(|_| ())
    }

    /// What one of several commands of this call was refused with when it came first.
    pub async fn refused_before(&self, part: usize) -> Result<Option<serde_json::Value>, AppError> {
        let Some(once) = self.0.once.as_ref().map(|once| refusals(once, part)) else {
            return Ok(None);
        };
        kept_refusal(&mut self.reader().await?, &once).await
    }

    /// Keeps what one of several commands of this call was refused with.
    pub async fn keep_refusal(
        &self,
        part: usize,
        problem: serde_json::Value,
    ) -> Result<serde_json::Value, AppError> {
        let Some(once) = self.0.once.as_ref().map(|once| refusals(once, part)) else {
            return Ok(problem);
        };
        act_once(&self.0.app, &self.0.actor, Some(once), KeepRefusal { problem }).await
    }

    /// Refuses as if the call were not there, for calls that only some people know of.
    pub async fn need(&self, object: &'static str, action: &str) -> Result<(), AppError> {
        self.reader().await?.need(object, action)
    }

    /// Reads on the caller's behalf.
    pub fn reader(&self) -> BoxFuture<'_, Result<Reader<'_>, AppError>> {
        self.0.app.reader(&self.0.actor)
    }
}

/// Where the refusal of one of several commands stands under the call's key.
fn refusals(once: &Once, part: usize) -> Once {
    Once { call: format!("{} {part} refused", once.call), ..once.clone() }
}

async fn check(request: &Request, bearer: Bearer) -> Result<Called> {
    let app = actor::app_of(request)?;
    let signed = login::recognise(&app, &bearer.token, SessionKind::Api).await?;
    let signed = signed.ok_or_else(problem::signed_out)?;
    let once = request.data::<Once>().cloned();
    Ok(Called { app, actor: signed.actor, once })
}

/// Every call passes here: the body is hashed for an `Idempotency-Key`, and when it was refused for
/// its shape, the field at fault is looked for.
struct Calls<E> {
    inner: E,
    shapes: Shapes,
}

impl<E: Endpoint> Endpoint for Calls<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let path = request.original_uri().path().to_owned();
        if !matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH) {
            sound_after(&request)?;
            let answer = self.inner.call(request).await;
            return answer.map_err(|error| self.shapes.with_methods(error, &path));
        }
        let most = Limits::default().body_bytes;
        let bytes = request.take_body().into_bytes_limit(most).await?;
        request.set_body(bytes.clone());
        if let Some(refusal) = blame::nul(&bytes) {
            return Err(refusal.into());
        }
        plain_content_type(&mut request);
        if let Some(once) = once(&request, &bytes)? {
            request.set_data(once);
        }
        let method = request.method().clone();
        let answer = self.inner.call(request).await;
        answer.map_err(|error| {
            if !error.is::<ParseRequestPayloadError>() {
                return self.shapes.with_methods(error, &path);
            }
            let refusal = self.shapes.refusal(&method, &path, &bytes);
            refusal.map_or(error, poem::Error::from)
        })
    }
}

/// What a list goes on after is an id, as every `next` is: anything else would be answered with the
/// first page again, or with none.
fn sound_after(request: &Request) -> Result<(), Refusal> {
    let Ok(query) = actor::query(request) else { return Ok(()) };
    let after = query.all("after").next().unwrap_or_default();
    let is_id = after.split_once('_').is_some_and(|(kind, birth)| {
        !kind.is_empty()
            && kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && birth.len() == ULID_CHARACTERS
            && birth.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    if is_id || after.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid("bad-after", "No page ends here.")
        .field("after")
        .got(shorten(after, 60))
        .expected("what the page before said as next"))
}

/// The media type alone, in small letters, as the library compares it: `text/xml; charset=utf-8` is
/// `text/xml`. A document says its own encoding, and JSON has one only.
fn plain_content_type(request: &mut Request) {
    let given = request.content_type().unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != given
        && let Ok(kind) = http::HeaderValue::from_str(&kind)
    {
        request.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    }
}

/// The `Idempotency-Key` of a POST, with the call and the hash of its body.
fn once(request: &Request, body: &[u8]) -> Result<Option<Once>, Refusal> {
    let key = request.headers().get("idempotency-key");
    let Some(key) = key.filter(|_| *request.method() == Method::POST) else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= MAX_KEY_BYTES);
    let key = key.map(str::to_owned).ok_or_else(|| {
        Refusal::invalid("bad-key", "The idempotency key cannot be used.")
            .field("Idempotency-Key")
            .expected(format!("1 to {MAX_KEY_BYTES} visible characters"))
    })?;
    let call = format!("POST {}", shorten(request.original_uri().path(), 500));
    Ok(Some(Once { call, key, body_sha256: sha256_hex(body) }))
}

/// The calls, the specification and its page.
pub(super) fn add(route: Route) -> Route {
    let service = OpenApiService::new(nouns(), "Countersign", env!("CARGO_PKG_VERSION"))
        .description("Carts, sign-off, orders and invoices. Errors are problem+json.")
        .url_prefix(ROOT);
    let spec = docs::complete(&service.spec());
    let page = docs::page(&spec);
    let text = spec.to_string();
    let calls = Calls { inner: service.into_endpoint(), shapes: Shapes::new(spec) };
    route
        .nest(ROOT, calls)
        .at("/api/openapi.json", get(fixed("application/json", text)))
        .at("/api/docs", get(fixed("text/html; charset=utf-8", page)))
}

fn fixed(kind: &'static str, body: String) -> impl Endpoint<Output = Response> {
    make_sync(move |_: Request| {
        Response::builder().status(StatusCode::OK).content_type(kind).body(body.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The library finds two shapes of one name only when it writes the specification, and panics.
    #[test]
    fn every_shape_of_the_api_has_a_name_of_its_own() {
        let service = OpenApiService::new(nouns(), "Countersign", "1");
        assert!(service.spec().contains("/login"));
    }
}
