//! Searching suppliers' own shops beside the catalogue (OCI BACKGROUND_SEARCH, from server to
//! server).
//!
//! All shops are asked at once and none is waited for long; one that fails is named and takes
//! nothing from the others. Hits are shown, never bought: opening one begins a visit at it.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    app::{
        Actor, App, AppError,
        wire::{self, Heard},
    },
    base::{
        money::UnitPrice,
        secret::Secret,
        text::{one_line, shorten},
        unit::UnitMap,
    },
    domain::{gateway::SupplierSite, refusal::Refusal},
    exchange::{
        gateway::{call_fields, inputs, page_text},
        punchout::oci_body,
    },
    oci::posted::{self, PostedLine},
    outbound::client::{Answer, SendFault, Trouble},
    store,
};

use super::{FORM, Shop, secret};

/// Characters of a search text, as many as suppliers' fields take.
pub const MOST_TEXT: usize = 100;
/// How long a shop may take: somebody waits, beside results that are there already.
const PATIENCE: Duration = Duration::from_secs(6);
/// Shops that are asked, and hits that are shown of each.
const MOST_SHOPS: usize = 12;
const MOST_HITS: usize = 20;
/// Calls under way at once, whoever waits for them.
const AT_ONCE: usize = 24;
static CALLS: Semaphore = Semaphore::const_new(AT_ONCE);

/// An article that a supplier's shop found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub sku: String,
    /// The shop's own key, by which it opens.
    pub aux_id: String,
    pub description: String,
    pub unit: String,
    /// As the shop says it now; the cart that comes back has the one that holds.
    pub price: UnitPrice,
    pub lead_time_days: Option<u32>,
}

/// What one shop answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    pub shop: Shop,
    pub hits: Vec<Hit>,
    /// Hits that could not be read, or of which there were too many to show.
    pub left_out: usize,
    /// Why there is no answer, in words for the shopper.
    pub trouble: Option<String>,
}

/// Asks every shop that is searched with the catalogue, by title.
pub async fn beside(app: &Arc<App>, actor: &Actor, text: &str) -> Result<Vec<Beside>, AppError> {
    let text = one_line(text);
    let length = text.chars().count();
    if length > MOST_TEXT {
        return Err(Refusal::invalid("bad-search", "This is too long to search for.")
            .field("q")
            .got(format!("{length} characters"))
            .expected(format!("at most {MOST_TEXT} characters"))
            .into());
    }
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = JoinSet::new();
    for (at, (site, shop, secret)) in searched(app, actor).await?.into_iter().enumerate() {
        let (app, text) = (Arc::clone(app), text.clone());
        asked.spawn(async move { (at, one(&app, (&site, shop), &secret, &text).await) });
    }
    let mut found = asked.join_all().await;
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, beside)| beside).collect())
}

/// The shops that are asked, with their passwords.
async fn searched(app: &App, actor: &Actor) -> Result<Vec<(SupplierSite, Shop, Secret)>, AppError> {
    let mut reader = app.reader(actor).await?;
    reader.need("catalogue", "read")?;
    let organisation = actor.need_organisation()?;
    let mut sites = store::gateway::sites(&mut reader.conn, organisation).await?;
    sites.retain(|site| site.is_searched && site.disabled_at.is_none());
    let mut found = Vec::with_capacity(sites.len());
    for site in sites.into_iter().take(MOST_SHOPS) {
        let Some(supplier) = store::supplier::get(&mut reader.conn, site.supplier).await? else {
            continue;
        };
        let secret = secret(app, &mut reader.conn, &site).await?;
        let shop = Shop { supplier: supplier.name, title: site.title.clone(), is_searched: true };
        found.push((site, shop, secret));
    }
    Ok(found)
}

async fn one(
    app: &App,
    (site, shop): (&SupplierSite, Shop),
    secret: &Secret,
    text: &str,
) -> Beside {
    let function = [("FUNCTION", "BACKGROUND_SEARCH"), ("SEARCHSTRING", text)];
    let back = format!("{}/cart", app.site.public_url);
    let fields = call_fields(site, (&site.oci_user, secret), &back, &function);
    let Ok(_turn) = CALLS.try_acquire() else {
        let trouble = Some("too many searches are under way".to_owned());
        return Beside { shop, hits: Vec::new(), left_out: 0, trouble };
    };
    let call = app.client.post(&site.url, FORM, oci_body(&fields));
    let answer = match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer,
        Err(_) => Err(SendFault::Trouble(Trouble::Timeout)),
    };
    let (hits, left_out, trouble) = match read(&answer) {
        Ok((hits, left_out)) => (hits, left_out, None),
        Err(why) => {
            let (heard, words) = Heard::of(&answer);
            let detail = if words.is_empty() { &why } else { &words };
            wire::called(app, site, (&fields, &heard, detail)).await;
            (Vec::new(), 0, Some(why))
        }
    };
    Beside { shop, hits, left_out, trouble }
}

/// The hits of an answer, and how many of them are not shown.
fn read(answer: &Result<Answer, SendFault>) -> Result<(Vec<Hit>, usize), String> {
    let answer = answer.as_ref().map_err(ToString::to_string)?;
    if !(200..300).contains(&answer.status) {
        return Err(format!("it answered HTTP {}", answer.status));
    }
    let fields = inputs(&page_text(&answer.body));
    let (lines, mut left_out) = posted::hits(&fields, &UnitMap::shipped()).map_err(|fault| {
        format!("its answer cannot be read: {}", shorten(&fault.to_string(), 120))
    })?;
    left_out += lines.len().saturating_sub(MOST_HITS);
    Ok((lines.into_iter().take(MOST_HITS).map(hit).collect(), left_out))
}

fn hit(PostedLine { line, .. }: PostedLine) -> Hit {
    let key = line.product_id.unwrap_or_default();
    let sku = line.vendor_material.unwrap_or_else(|| key.clone());
    Hit {
        sku,
        aux_id: key,
        description: shorten(&one_line(&line.description), 200),
        unit: line.unit,
        price: line.price,
        lead_time_days: line.lead_days,
    }
}
