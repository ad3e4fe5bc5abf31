//! Asking the supplier whether it stands by the prices that the browser brought.
//!
//! A clear no refuses the cart. Silence, trouble, an answer that states no price or a site that
//! offers no check never passes a price: the line is held until a person has looked at it.

use std::time::Duration;

use crate::{
    app::{App, AppError},
    base::{id::CartLineId, text::shorten, unit::UnitMap},
    cxml::{self, StatusClass},
    domain::{
        cart::{CartLine, Goods},
        gateway::{PriceCheck, SiteVisit, SupplierSite, UNCHECKED, UNPRICED},
        punchout::Operation,
        refusal::Refusal,
    },
    exchange::{
        gateway::{self, Ask, call_fields, inputs, other_price, setup_request, validated},
        punchout::oci_body,
    },
    oci::posted,
    outbound::client::{Answer, SendFault},
    store::document::Direction,
};

use super::{FORM, Said, XML, parties, secret};

/// Lines that are asked about; each is a call of its own in OCI.
const MOST_ASKED: usize = 50;
/// How long a browser is kept waiting for all answers together.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of asking.
pub(super) struct Checked {
    /// Of each line why it is held; `None` when the supplier stands by it. A refusal: it does not.
    pub held: Result<Vec<Option<String>>, Refusal>,
    /// What was said between us.
    pub said: Vec<Said>,
}

/// Asks as the site's setting says; lines that the supplier stands by get its own words.
pub(super) async fn confirm(
    app: &App,
    site: &SupplierSite,
    visit: &SiteVisit,
    lines: &mut [Goods],
) -> Result<Checked, AppError> {
    if lines.is_empty() {
        return Ok(Checked { held: Ok(Vec::new()), said: Vec::new() });
    }
    match site.price_check {
        PriceCheck::Unasked => Ok(Checked { held: Ok(all(lines, UNCHECKED)), said: Vec::new() }),
        PriceCheck::Validate => validate(app, site, lines).await,
        PriceCheck::Inspect => inspect(app, site, visit, lines).await,
    }
}

fn all(lines: &[Goods], why: &str) -> Vec<Option<String>> {
    vec![Some(why.to_owned()); lines.len()]
}

fn no_answer(why: &str) -> String {
    format!("the supplier could not be asked: {}", shorten(why, 120))
}

/// OCI VALIDATE, line by line.
async fn validate(
    app: &App,
    site: &SupplierSite,
    lines: &mut [Goods],
) -> Result<Checked, AppError> {
    let mut conn = app.store.read().await?;
    let secret = secret(app, &mut conn, site).await?;
    drop(conn);
    let back = format!("{}/cart", app.site.public_url);
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut said = Vec::new();
    let mut held = Vec::with_capacity(lines.len());
    for (at, goods) in lines.iter_mut().enumerate() {
        if at >= MOST_ASKED || goods.aux_id.is_empty() {
            held.push(Some(UNCHECKED.to_owned()));
            continue;
        }
        let quantity = goods.quantity.to_string();
        let function =
            [("FUNCTION", "VALIDATE"), ("PRODUCTID", &*goods.aux_id), ("QUANTITY", &*quantity)];
        let body = oci_body(&call_fields(site, (&site.oci_user, &secret), &back, &function));
        let call = app.client.post(&site.url, FORM, body);
        let answer = match tokio::time::timeout_at(deadline, call).await {
            Ok(answer) => answer.map_err(|fault: SendFault| fault.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        };
        match answer.and_then(|answer| read_validated(answer, &mut said)) {
            Ok(posted) => match validated(goods, &posted) {
                Ok((theirs, why)) => {
                    *goods = theirs;
                    held.push(why);
                }
                Err(refusal) => return Ok(Checked { held: Err(refusal), said }),
            },
            Err(why) => held.push(Some(no_answer(&why))),
        }
    }
    Ok(Checked { held: Ok(held), said })
}

fn read_validated(answer: Answer, said: &mut Vec<Said>) -> Result<Vec<posted::PostedLine>, String> {
    if !(200..300).contains(&answer.status) {
        return Err(format!("HTTP {}", answer.status));
    }
    let fields = inputs(&gateway::page_text(&answer.body));
    said.push(Said {
        direction: Direction::In,
        kind: "OciValidated",
        content_type: FORM.to_owned(),
        body: oci_body(&fields),
        status: None,
    });
    posted::read(&fields, &UnitMap::shipped()).map_err(|fault| fault.to_string())
}

/// A setup request to inspect, with the lines as they came. Its answer holds a start page and no
/// price, and many shops let any cart in: a no counts, a yes leaves the lines to a person.
async fn inspect(
    app: &App,
    site: &SupplierSite,
    visit: &SiteVisit,
    lines: &[Goods],
) -> Result<Checked, AppError> {
    let mut conn = app.store.read().await?;
    let parties = parties(app, &mut conn, site).await?;
    let secret = secret(app, &mut conn, site).await?;
    drop(conn);
    let line = |(position, goods): (i64, &Goods)| CartLine {
        id: CartLineId::from_bits(0),
        position,
        goods: goods.clone(),
    };
    let ask = Ask {
        cookie: visit.id.to_string(),
        operation: Operation::Inspect,
        shopper: (site.title.clone(), String::new()),
        return_url: format!("{}/cart", app.site.public_url),
        selected: None,
        lines: (1..).zip(lines).map(line).collect(),
    };
    let payload_id = format!("{}.check@{}", visit.id, app.site.host());
    let body = cxml::encode(&setup_request(&ask, &parties, &payload_id, app.now()));
    let call = app.client.post_cxml(&site.url, cxml::fill_secret(&body, &secret));
    let answer = match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer.map_err(|fault| fault.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    };
    let xml = |direction, kind, body, status| Said {
        direction,
        kind,
        content_type: XML.to_owned(),
        body,
        status,
    };
    let mut said = vec![xml(Direction::Out, "PunchOutSetupRequest", body, None)];
    let status = answer.and_then(|answer| {
        let document = cxml::decode(&answer.body, answer.content_type.as_deref());
        let status = document.ok().and_then(|document| document.envelope.status);
        status.ok_or_else(|| format!("HTTP {} without a cXML Status", answer.status))
    });
    let held = match status {
        Err(why) => Ok(all(lines, &no_answer(&why))),
        Ok(status) => {
            let told = format!("{} {} {}", status.code, status.text, status.message);
            let body = told.clone().into_bytes();
            let code = Some(i64::from(status.code));
            said.push(Said {
                content_type: "text/plain; charset=utf-8".to_owned(),
                ..xml(Direction::In, "PunchOutSetupResponse", body, code)
            });
            match (status.class(), lines.first()) {
                (StatusClass::Success, _) => Ok(all(lines, UNPRICED)),
                (StatusClass::Permanent, Some(first)) => {
                    Err(other_price(first).got(shorten(&told, 200)).expected("Status 200"))
                }
                _ => Ok(all(lines, &no_answer(&told))),
            }
        }
    };
    Ok(Checked { held, said })
}
