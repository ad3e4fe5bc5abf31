//! Going on to a supplier's shop.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    app::{
        Actor, App, AppError, Command, Cx, Need, act, cart,
        wire::{self, Heard},
    },
    base::{
        id::{DocumentId, SiteVisitId},
        secret::Secret,
        text::shorten,
    },
    cxml::{self, TOKEN_MARK},
    domain::{
        cart::CartLine,
        fact::Fact,
        gateway::{RETURN_MS, SiteVisit, SupplierSite, VisitState},
        punchout::{Operation, Protocol},
        refusal::Refusal,
    },
    exchange::{
        gateway::{Ask, call_fields, not_let_in, setup_request, start_page},
        punchout::{ReturnForm, oci_body},
    },
    outbound::client::{Answer, SendFault},
    store::{self, document::Direction},
};

use super::{FORM, Said, XML, keep, parties, return_hash, return_token, return_url, secret};

mod entered;

pub(super) use entered::proven;
use entered::{Entered, session_of};

/// What a shopper wants at a supplier's shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The supplier's short name.
    pub supplier: String,
    /// To shop, to change what came from there, or to look at it.
    pub operation: Operation,
    /// The article whose page opens first: number and auxiliary id.
    pub selected: Option<(String, String)>,
}

/// Where the browser goes on.
#[derive(Debug, Clone)]
pub enum Onward {
    /// The shop's start page.
    Page { shop: String, url: String },
    /// The shop's OCI call, which the browser itself makes.
    Call { shop: String, form: ReturnForm },
}

/// Begins a visit: asks the site for entry and says where the browser goes.
pub async fn begin(app: &Arc<App>, actor: &Actor, wish: Wish) -> Result<Onward, AppError> {
    let selected = wish.selected.clone();
    let begun = act(app, actor, Begin { wish }).await?;
    let (site, visit, document, secret) = {
        let mut conn = app.store.read().await?;
        let gone = || AppError::internal("a visit that was begun is gone");
        let visit = store::gateway::visit(&mut conn, begun.visit).await?.ok_or_else(gone)?;
        let site = store::gateway::site(&mut conn, visit.organisation, visit.site).await?;
        let site = site.ok_or_else(gone)?;
        let document = store::document::get(&mut conn, begun.document).await?.ok_or_else(gone)?;
        let secret = secret(app, &mut conn, &site).await?;
        (site, visit, document, secret)
    };
    let token = return_token(app, visit.id);
    let shop = site.title.clone();
    match site.protocol {
        Protocol::Oci => {
            let function = function(selected.as_ref());
            let back = return_url(app, &token);
            let hidden = call_fields(&site, (&site.oci_user, &secret), &back, &function);
            let (action, target) = (site.url.clone(), String::new());
            let form = ReturnForm { action, hidden, target, charset: "utf-8".to_owned() };
            Ok(Onward::Call { shop, form })
        }
        Protocol::Cxml => {
            let bytes = cxml::fill_secret(&cxml::fill_token(&document.body, &token), &secret);
            let answer = app.client.post_cxml(&site.url, bytes).await;
            let read = read_answer(app, &answer);
            if read.is_err() {
                let (heard, words) = Heard::of(&answer);
                wire::asked(app, visit.organisation, &document, &heard, &words).await;
            }
            let entered = Entered { visit: visit.id, answer: kept(answer), entry: read.clone() };
            act(app, actor, entered).await?;
            Ok(Onward::Page { shop, url: read? })
        }
    }
}

/// The OCI function that opens an article's page.
fn function(selected: Option<&(String, String)>) -> Vec<(&'static str, &str)> {
    let Some((sku, aux)) = selected else { return Vec::new() };
    let product = if aux.is_empty() { sku } else { aux };
    vec![("FUNCTION", "DETAIL"), ("PRODUCTID", product)]
}

/// The start page of an answer, when a browser may be sent there.
fn read_answer(app: &App, answer: &Result<Answer, SendFault>) -> Result<String, Refusal> {
    let answer = answer.as_ref().map_err(|fault| not_let_in().got(fault.to_string()))?;
    let document = cxml::decode(&answer.body, answer.content_type.as_deref()).map_err(|_| {
        not_let_in()
            .got(format!("HTTP {} without a readable cXML answer", answer.status))
            .expected("a cXML Response")
    })?;
    let page = start_page(&document)?;
    app.site.addresses.check_url(&page).map_err(|expected| {
        not_let_in().field("StartPage/URL").got(shorten(&page, 200)).expected(expected)
    })?;
    Ok(page)
}

/// What is kept of an answer. Its start page is a key to the shop: only where it leads is kept.
fn kept(answer: Result<Answer, SendFault>) -> Option<Said> {
    let answer = answer.ok()?;
    let document = cxml::decode(&answer.body, answer.content_type.as_deref());
    let status = document.as_ref().ok().and_then(|own| own.envelope.status.as_ref());
    let status = status.map(|status| i64::from(status.code));
    let mut body = cxml::redact(&answer.body);
    if let Ok(page) = document.as_ref().map_err(|_| ()).and_then(|d| start_page(d).map_err(|_| ()))
    {
        let text = String::from_utf8_lossy(&body).into_owned();
        let text = text.replace(&page.replace('&', "&amp;"), TOKEN_MARK);
        body = text.replace(&page, TOKEN_MARK).into_bytes();
    }
    let content_type = answer.content_type.unwrap_or_else(|| XML.to_owned());
    Some(Said {
        direction: Direction::In,
        kind: "PunchOutSetupResponse",
        content_type,
        body,
        status,
    })
}

/// Keeps the visit and what will be asked.
struct Begin {
    wish: Wish,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Begun {
    visit: SiteVisitId,
    document: DocumentId,
}

impl Command for Begin {
    type Answer = Begun;
    const NEED: Need = Need::May("cart", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Begun, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let person = cx.actor.need_person()?.clone();
        let session = session_of(&cx.actor)?;
        let gone = || AppError::from(Refusal::not_found("supplier's shop"));
        let supplier = store::supplier::by_name(cx.conn, &self.wish.supplier).await?;
        let supplier = supplier.ok_or_else(gone)?;
        let site = store::gateway::site_of(cx.conn, organisation, supplier.id).await?;
        let site = site.filter(|site| site.disabled_at.is_none()).ok_or_else(gone)?;
        let cart = cart::current_or_new(cx).await?;
        let lines = self.lines(cx, &site, cart.id).await?;
        let id: SiteVisitId = cx.id();
        let visit = SiteVisit {
            id,
            site: site.id,
            organisation,
            person: person.id,
            session,
            punchout_session: cx.actor.punchout(),
            cart: cart.id,
            operation: self.wish.operation,
            // An OCI call is made by the browser: nothing is waited for.
            state: match site.protocol {
                Protocol::Cxml => VisitState::Asked,
                Protocol::Oci => VisitState::Open,
            },
            return_hash: return_hash(cx.app, id),
            expires_at: cx.now.plus_ms(RETURN_MS),
            body_sha256: None,
            created_at: cx.now,
            version: 1,
        };
        store::gateway::insert_visit(cx.conn, &visit).await?;
        cx.fact(Fact::SiteVisitBegun {
            visit: id.to_string(),
            site: site.id.to_string(),
            supplier: supplier.name,
            cart: cart.id.to_string(),
            operation: visit.operation.to_string(),
        });
        let ask = Ask {
            cookie: id.to_string(),
            operation: visit.operation,
            shopper: (person.name.clone(), person.email.to_string()),
            return_url: return_url(cx.app, TOKEN_MARK),
            selected: self.wish.selected.clone(),
            lines,
        };
        let document = ask_kept(cx, (&site, &visit), &ask).await?;
        Ok(Begun { visit: id, document })
    }
}

impl Begin {
    /// The lines to change or look at: those that came from this site and may be.
    async fn lines(
        &self,
        cx: &mut Cx<'_>,
        site: &SupplierSite,
        cart: crate::base::id::CartId,
    ) -> Result<Vec<CartLine>, AppError> {
        if self.wish.operation == Operation::Create {
            return Ok(Vec::new());
        }
        let lines = super::back::changeable(cx.conn, cart, site.id, self.wish.operation).await?;
        if lines.is_empty() || site.protocol == Protocol::Oci {
            let message = "Nothing in your cart can be changed in this shop.";
            return Err(Refusal::conflict("site-no-edit", message)
                .mend("Remove the lines, and go to the shop again.")
                .into());
        }
        Ok(lines)
    }
}

/// The setup request or call, without secret and token.
async fn ask_kept(
    cx: &mut Cx<'_>,
    (site, visit): (&SupplierSite, &SiteVisit),
    ask: &Ask,
) -> Result<DocumentId, AppError> {
    let parties = parties(cx.app, cx.conn, site).await?;
    let (kind, content_type, body) = match site.protocol {
        Protocol::Cxml => {
            let payload_id = format!("{}@{}", visit.id, cx.app.site.host());
            let request = setup_request(ask, &parties, &payload_id, cx.now);
            ("PunchOutSetupRequest", XML, cxml::encode(&request))
        }
        Protocol::Oci => {
            let function = function(ask.selected.as_ref());
            let nobody = (site.oci_user.as_str(), &Secret::new(""));
            let fields = call_fields(site, nobody, &ask.return_url, &function);
            ("OciCall", FORM, oci_body(&fields))
        }
    };
    let content_type = content_type.to_owned();
    let said = Said { direction: Direction::Out, kind, content_type, body, status: None };
    keep(cx, (site, visit), &parties.from, said).await
}
