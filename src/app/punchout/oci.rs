//! OCI calls: a browser or a program comes with parameters; there is no handshake and no status.
//!
//! Shopping calls begin a session and lead to its start page, without a credential in any address.
//! VALIDATE and BACKGROUND_SEARCH are answered at once and leave nothing behind.

mod begin;
mod copy;

use std::sync::Arc;

use crate::{
    app::{
        App, AppError, Cx, Reader,
        cart::{LineAsked, price_lines},
        catalogue::{self, Query},
        conformance,
        partner_auth::{self, Sender},
        wire,
    },
    base::{id::ItemId, page::Cut, quantity::Quantity, text::fold},
    domain::{
        cart::Goods,
        party::{Identity, Organisation},
        profile::Profile,
        refusal::Refusal,
    },
    exchange::punchout::{Line, ReturnForm, check_oci, oci_fields, oci_refusal, oci_return},
    oci::{
        call::{self, Asked, FieldNames, Function},
        form::Pairs,
    },
    store::{self},
};

use super::{check_return, restore};
use begin::start;

/// Most hits of a background search: what one page without a pager can hold.
const MOST_HITS: usize = 500;

/// What a call is answered with.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The path of the session's start page.
    Start(String),
    /// Today's lines, sent back by the browser itself without anything to see.
    Validated(Carrier),
    /// Every hit, for a program that reads the page.
    Hits(Carrier),
    /// A page of the catalogue as JSON.
    Catalogue(Vec<u8>),
}

/// A form that carries an answer back.
#[derive(Debug, Clone)]
pub struct Carrier {
    pub form: ReturnForm,
    /// Sites of the connection that open the call in a frame.
    pub framed_by: Vec<String>,
}

/// Reads and answers a call; what is refused is kept for the wire doctor.
pub async fn call(app: &Arc<App>, query: &Pairs, body: &Pairs) -> Result<Answer, AppError> {
    let names = names(app, query, body).await?;
    let answer = answer(app, query, body, &names).await;
    if let Err(AppError::Refusal(refusal)) = &answer {
        let user = call::user_of(query, body, &names).unwrap_or_default();
        wire::oci(app, &without_password(query, body, &names), user, refusal).await;
    }
    answer
}

/// The fields as they came; a password under its usual name is none of anybody's either.
fn without_password(query: &Pairs, body: &Pairs, names: &FieldNames) -> Pairs {
    let is_password = |(name, _): &&(String, String)| {
        name.eq_ignore_ascii_case(&names.password) || fold(name).contains("password")
    };
    query.iter().chain(body).filter(|pair| !is_password(pair)).cloned().collect()
}

async fn answer(
    app: &Arc<App>,
    query: &Pairs,
    body: &Pairs,
    names: &FieldNames,
) -> Result<Answer, AppError> {
    let mut call = call::read(query, body, names).map_err(oci_refusal)?;
    let partner = partner_auth::prove_oci(app, &call.user, call.password.expose()).await;
    let partner = match partner {
        Err(AppError::Refusal(refusal)) => return Err(partner_auth::refuse(app, refusal).await),
        other => other?,
    };
    conformance::need_live(&partner)?;
    if call.hook.is_some() {
        check_return(app, &partner, &names.hook_url, &call.return_to.hook_url)?;
    }
    let profile = partner.profile.read()?;
    call.return_to = call.return_to.or(&profile.oci.charset, &profile.oci.target);
    let identity = Identity::new("OCI", &*call.user);
    let sender = Sender { partner, identity };
    let actor = sender.actor();
    let carrier = |form| Carrier { form, framed_by: sender.partner.frame_ancestors.clone() };
    match &call.function {
        Function::Validate { items } | Function::QuantityCheck { items } => {
            let dialect = (&*profile, &*call.return_to.charset);
            let fields = validated(&mut app.reader(&actor).await?, dialect, items).await?;
            Ok(Answer::Validated(carrier(oci_return(&call.return_to, &profile, fields)?)))
        }
        Function::BackgroundSearch { search, vendor } => {
            let vendor = vendor.as_deref();
            let asked = (search.as_str(), vendor);
            let dialect = (&*profile, &*call.return_to.charset);
            let fields = hits(&mut app.reader(&actor).await?, dialect, asked).await?;
            let mut to = call.return_to.clone();
            if to.hook_url.is_empty() {
                to.hook_url.clone_from(&app.site.public_url);
            }
            Ok(Answer::Hits(carrier(oci_return(&to, &profile, fields)?)))
        }
        Function::Download(part) => {
            let mut reader = app.reader(&actor).await?;
            Ok(Answer::Catalogue(copy::page(&mut reader, &profile, part).await?))
        }
        _ => start(app, &actor, sender, (call, without_password(query, body, names))).await,
    }
}

/// What the caller's connection calls its fields; the common names for a stranger.
async fn names(app: &App, query: &Pairs, body: &Pairs) -> Result<FieldNames, AppError> {
    let mut conn = app.store.read().await?;
    for user_field in store::partner::oci_user_fields(&mut conn).await? {
        let asked = FieldNames { user: user_field, ..FieldNames::default() };
        let Some(user) = call::user_of(query, body, &asked) else { continue };
        let Some(partner) = store::partner::by_oci_user(&mut conn, user).await? else { continue };
        if partner.oci_fields.user.eq_ignore_ascii_case(&asked.user) {
            let fields = partner.oci_fields;
            return Ok(FieldNames {
                user: fields.user,
                password: fields.password,
                hook_url: fields.hook_url,
                user_email: partner.profile.read()?.oci.mail_field.clone(),
            });
        }
    }
    Ok(FieldNames::default())
}

/// The item to open first, or the words to search for.
async fn wanted(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    function: &Function,
) -> Result<(Option<ItemId>, Option<String>), AppError> {
    Ok(match function {
        Function::Detail { product_id } => {
            let item = product(cx.conn, organisation, product_id).await?;
            match item {
                Some(item) => (Some(item.id), None),
                None => (None, Some(product_id.clone())),
            }
        }
        Function::Sourcing { search, .. } => (None, Some(search.clone())),
        _ => (None, None),
    })
}

/// The article behind an EXT_PRODUCT_ID: our own key, or a number that one supplier uses.
async fn product(
    conn: &mut store::Conn,
    organisation: &Organisation,
    id: &str,
) -> Result<Option<crate::domain::catalogue::Item>, AppError> {
    if let Ok(id) = id.parse::<ItemId>() {
        return Ok(store::item::get(conn, id).await?);
    }
    restore::article(conn, organisation, (id, "")).await
}

/// Today's lines of the products asked for; what is gone is left out, never at a price of zero.
async fn validated(
    reader: &mut Reader<'_>,
    dialect: (&Profile, &str),
    asked: &[Asked],
) -> Result<Pairs, AppError> {
    reader.need("catalogue", "read")?;
    let id = reader.actor.need_organisation()?;
    let organisation = store::organisation::get(&mut reader.conn, id).await?;
    let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
    let suppliers = store::supplier::all(&mut reader.conn).await?;
    let mut lines = Vec::new();
    for one in asked {
        let found = product(&mut reader.conn, &organisation, &one.product_id).await?;
        let Some(item) = found else { continue };
        let Some(supplier) = suppliers.iter().find(|own| own.id == item.supplier) else { continue };
        let line = LineAsked {
            supplier: supplier.name.clone(),
            sku: item.sku,
            quantity: one.quantity.unwrap_or(Quantity::ONE),
        };
        let currency = organisation.currency;
        match price_lines(&mut reader.conn, organisation.id, currency, &[line]).await {
            Ok(goods) => lines.extend(goods.into_iter().map(bare)),
            Err(AppError::Refusal(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    fields(dialect, lines)
}

/// Every hit as one line of one unit, or of the smallest quantity sold.
async fn hits(
    reader: &mut Reader<'_>,
    dialect: (&Profile, &str),
    (search, vendor): (&str, Option<&str>),
) -> Result<Pairs, AppError> {
    let known = catalogue::suppliers(reader).await?;
    // VENDOR is the buyer's own number of a supplier; only one of our names narrows the search.
    let supplier = vendor.filter(|name| known.iter().any(|own| own.name == **name));
    let mut query = Query {
        text: search.to_owned(),
        supplier: supplier.map(str::to_owned),
        category: None,
        cut: Cut::default(),
    };
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let page = catalogue::search(reader, &query).await?;
        for offer in page.items {
            let tier = offer.prices.entry();
            let quantity = tier.min_quantity.max(Quantity::ONE);
            if let Ok(goods) = Goods::priced(&offer.item, &offer.prices, quantity) {
                lines.push(bare(goods));
            }
        }
        match page.next {
            Some(next) if lines.len() < MOST_HITS => query.cut.after = Some(next),
            _ => break,
        }
    }
    lines.truncate(MOST_HITS);
    fields(dialect, lines)
}

fn bare(goods: Goods) -> Line {
    Line { key: String::new(), goods, supplier: None }
}

/// The fields of the lines that OCI can say; a program cannot be told of the others.
fn fields((profile, charset): (&Profile, &str), mut lines: Vec<Line>) -> Result<Pairs, AppError> {
    lines.retain(|line| check_oci(profile, charset, std::slice::from_ref(line)).is_empty());
    Ok(oci_fields(profile, charset, &lines)?)
}
