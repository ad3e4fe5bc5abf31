//! The gateway: a buyer goes on to a supplier's own shop and brings a cart back.
//!
//! The setup request is a question, asked between two transactions: the first keeps the visit and
//! the document, the second what came of it. The cart that comes back is a stranger's post: it is
//! proven by the one-time token in its address, and its prices are the browser's word until the
//! supplier stands by them. What came back is never changed here, only taken out again.

mod back;
mod begin;
mod check;
mod search;
mod settings;
mod view;

pub use back::{Taken, come_back, take_back};
pub use begin::{Onward, Wish, begin};
pub use search::{Beside, Hit, MOST_TEXT, beside};
pub use settings::{SetSite, SiteSettings, settings};
pub use view::{Origin, Shop, origins, shops};

use crate::{
    base::{id::SiteVisitId, secret::Secret, text::sha256_hex},
    domain::{
        gateway::{SiteVisit, SupplierSite},
        party::Identity,
        refusal::Refusal,
    },
    exchange::gateway::Parties,
    store::{
        self, Conn,
        document::{Direction, Document, sender_key},
    },
};

use super::{App, AppError, Cx, delivery::partner_secret, document, inbox::payload_id, outgoing};

/// The purpose of the token in the address a cart comes back to.
const RETURN_PURPOSE: &str = "site-return";

const XML: &str = "text/xml; charset=UTF-8";
const FORM: &str = "application/x-www-form-urlencoded";

/// Where the browser brings the cart of a visit; `token` may be a mark.
fn return_url(app: &App, token: &str) -> String {
    format!("{}/gateway/back/{token}", app.site.public_url)
}

fn return_token(app: &App, visit: SiteVisitId) -> String {
    app.keys.token(RETURN_PURPOSE, visit.bits(), "")
}

/// What is stored of a visit's return token.
fn return_hash(app: &App, visit: SiteVisitId) -> String {
    sha256_hex(return_token(app, visit).as_bytes())
}

/// Who speaks to the site for whom.
async fn parties(app: &App, conn: &mut Conn, site: &SupplierSite) -> Result<Parties, AppError> {
    let organisation = store::organisation::get(conn, site.organisation).await?;
    let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
    let buyer = outgoing::buyer(conn, site.organisation).await?;
    Ok(Parties {
        from: outgoing::buyer_identity(&organisation, buyer.as_ref()),
        to: supplier_identity(conn, site).await?,
        sender: app.site.identity.clone(),
    })
}

/// The identity of the site, else that of the supplier's orders.
async fn supplier_identity(conn: &mut Conn, site: &SupplierSite) -> Result<Identity, AppError> {
    if let Some(own) = &site.identity {
        return Ok(own.clone());
    }
    let supply = store::partner::supply(conn, site.organisation, site.supplier).await?;
    let supplier = store::supplier::get(conn, site.supplier).await?;
    let name = supplier.map(|supplier| supplier.name).unwrap_or_default();
    Ok(outgoing::first_identity(supply.as_ref(), &name))
}

/// The secret of the site, else that of the supplier's orders.
async fn secret(app: &App, conn: &mut Conn, site: &SupplierSite) -> Result<Secret, AppError> {
    if let Some(sealed) = store::gateway::secret(conn, site.id).await? {
        let place = store::gateway::secret_place(site.id);
        return app.keys.unseal(&sealed, &place).map_err(AppError::internal);
    }
    let supply = store::partner::supply(conn, site.organisation, site.supplier).await?;
    partner_secret(app, conn, supply.map(|partner| partner.id)).await
}

/// Something that was said between us and a site, or brought by the browser.
#[derive(Debug, Clone)]
struct Said {
    direction: Direction,
    kind: &'static str,
    content_type: String,
    /// Without secrets and live tokens.
    body: Vec<u8>,
    status: Option<i64>,
}

/// Keeps what was said about a visit.
async fn keep(
    cx: &mut Cx<'_>,
    (site, visit): (&SupplierSite, &SiteVisit),
    sender: &Identity,
    said: Said,
) -> Result<crate::base::id::DocumentId, AppError> {
    let id = cx.id();
    let kept = Document {
        id,
        direction: said.direction,
        kind: said.kind.to_owned(),
        organisation: Some(visit.organisation),
        supplier: Some(site.supplier),
        partner: None,
        about: vec![visit.id.to_string(), visit.cart.to_string()],
        sender: sender_key(sender),
        payload_id: payload_id(cx.app, id),
        content_type: said.content_type,
        body: said.body.into(),
        status: said.status,
        reply_to: None,
        at: cx.now,
    };
    document::keep(cx, kept).await
}
