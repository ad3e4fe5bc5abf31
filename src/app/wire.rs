//! The wire doctor: what went wrong between us and a partner is kept, without secrets, with the
//! cause that the diagnosis names.
//!
//! Keeping is house-keeping: it never changes an answer, and when it fails the exchange goes on.
//! Strangers can neither fill the disk (bodies are cut, rows counted) nor keep the writer busy (so
//! many a minute).

mod keeping;
mod look;
mod note;
mod share;
mod tell;

pub use keeping::{KEPT_DAYS, SetKept, kept};
pub use look::{Detail, Listed, Outcome, Search, detail, list, partners};
pub use share::{MakeShare, SHARED_DAYS, Share, Unshare, shared, shares};
pub use tell::ring;

use crate::{
    base::{id::OrganisationId, text::shorten},
    cxml::{self},
    domain::{gateway::SupplierSite, party::Channel, refusal::Refusal},
    exchange::diagnosis::{self, Arrived, Trouble},
    oci::form::Pairs,
    outbound::client::{self, Answer, SendFault},
    store::{self, delivery::Delivery, document::Direction, wire::Exchange},
};

use super::{App, AppError, partner_auth::Sender};
use note::{answered, blank, claimed_names, is_flood, keep, of_heard, owner, told};

/// Exchanges of strangers kept in a minute.
const A_MINUTE: i64 = 600;
const XML: &str = "text/xml; charset=UTF-8";
/// Characters of a claimed name or number.
const SHOWN: usize = 200;

/// A document that came here and is kept nowhere else: unreadable, or of a sender whom nothing
/// proved.
pub(in crate::app) async fn unkept(
    app: &App,
    (bytes, content_type): (&[u8], Option<&str>),
    refusal: Option<&Refusal>,
    answer: &[u8],
) {
    let noted = note_unkept(app, (bytes, content_type), refusal, answer).await;
    told(noted);
}

async fn note_unkept(
    app: &App,
    (bytes, content_type): (&[u8], Option<&str>),
    refusal: Option<&Refusal>,
    answer: &[u8],
) -> Result<(), AppError> {
    if is_flood(app).await? {
        return Ok(());
    }
    let clean = cxml::redact(bytes);
    let read = cxml::receive(&clean, content_type).ok();
    let (kind, envelope) = match read {
        Some(read) => (read.payload_name, Some(read.envelope)),
        None => (String::new(), None),
    };
    let names = claimed_names(envelope.as_ref(), &clean);
    let (owner, is_registered) = owner(app, &names).await?;
    let own = &app.site.identity;
    let at = app.now();
    let arrived = Arrived { bytes, content_type, refusal, at, own, is_registered };
    let mut findings = diagnosis::arrived(&arrived);
    let body = match owner {
        // Every admin sees it, so it may hold nothing of anybody's.
        None if !store::wire::is_sole(&mut *app.store.read().await?).await? => {
            findings.truncate(1);
            NOT_NAMED.as_bytes().to_vec()
        }
        _ if looks_like_xml(&clean) => clean,
        _ => NOT_KEPT.as_bytes().to_vec(),
    };
    let exchange = Exchange {
        organisation: owner.map(|(_, organisation)| organisation),
        partner: owner.map(|(partner, _)| partner),
        is_proven: false,
        kind: shorten(&kind, 60),
        sender: shorten(names.first().map_or("", |(_, text)| text), SHOWN),
        payload_id: shorten(envelope.as_ref().map_or("", |own| &own.payload_id), SHOWN),
        content_type: shorten(content_type.unwrap_or_default(), SHOWN),
        body,
        body_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        answer: answer.to_vec(),
        http: 200,
        ..blank(app, Direction::In, "cxml")
    };
    keep(app, exchange, findings).await
}

/// What stands in place of a body in which a secret could not be found if it had one: a form, a
/// packed file, JSON.
const NOT_KEPT: &str = "(not kept: it is no XML, and may hold a secret)\n";
/// What stands in place of a body that names no organisation of several.
const NOT_NAMED: &str = "(not kept: it names no organisation of this server)\n";

fn looks_like_xml(clean: &[u8]) -> bool {
    let text = cxml::encoding::decode(clean, None).map(|decoded| decoded.text.into_owned());
    let text = text.unwrap_or_else(|_| String::from_utf8_lossy(clean).into_owned());
    text.trim_start_matches('\u{FEFF}').trim_start().starts_with('<')
}

/// A document of a proven sender that a rule refused; it is kept among the documents.
pub(in crate::app) async fn refused(
    app: &App,
    sender: &Sender,
    (bytes, content_type): (&[u8], Option<&str>),
    refusal: &Refusal,
    answer: &[u8],
) {
    let own = &app.site.identity;
    let at = app.now();
    let refused = Some(refusal);
    let arrived = Arrived { bytes, content_type, refusal: refused, at, own, is_registered: true };
    let findings = diagnosis::arrived(&arrived);
    let read = cxml::receive(bytes, content_type).ok();
    let exchange = Exchange {
        organisation: Some(sender.partner.organisation),
        partner: Some(sender.partner.id),
        kind: shorten(read.as_ref().map_or("", |read| &read.payload_name), 60),
        sender: shorten(&sender.key(), SHOWN),
        payload_id: shorten(read.as_ref().map_or("", |read| &read.envelope.payload_id), SHOWN),
        content_type: shorten(content_type.unwrap_or_default(), SHOWN),
        body: cxml::redact(bytes),
        answer: answer.to_vec(),
        http: 200,
        ..blank(app, Direction::In, "cxml")
    };
    told(keep(app, exchange, findings).await);
}

/// An OCI call that was refused. Its fields are kept, whatever looks like a password left out.
pub(in crate::app) async fn oci(app: &App, fields: &Pairs, user: &str, refusal: &Refusal) {
    let noted = note_oci(app, fields, user, refusal).await;
    told(noted);
}

async fn note_oci(
    app: &App,
    fields: &Pairs,
    user: &str,
    refusal: &Refusal,
) -> Result<(), AppError> {
    if is_flood(app).await? {
        return Ok(());
    }
    let mut conn = app.store.read().await?;
    let partner = store::partner::by_oci_user(&mut conn, user).await?;
    let may_keep = partner.is_some() || store::wire::is_sole(&mut conn).await?;
    drop(conn);
    let body = if may_keep { shown_fields(fields) } else { NOT_NAMED.to_owned() };
    let exchange = Exchange {
        organisation: partner.as_ref().map(|partner| partner.organisation),
        partner: partner.as_ref().map(|partner| partner.id),
        is_proven: false,
        kind: "OciCall".to_owned(),
        sender: shorten(&format!("OCI {user}"), SHOWN),
        content_type: "application/x-www-form-urlencoded".to_owned(),
        body: body.into_bytes(),
        ..blank(app, Direction::In, "oci")
    };
    keep(app, exchange, vec![diagnosis::refused(refusal)]).await
}

fn shown_fields(fields: &Pairs) -> String {
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["pass", "pwd", "secret", "token", "kennwort"].iter().any(|word| name.contains(word))
    };
    let line = |(name, value): &(String, String)| match secret(name) {
        true => format!("{name}={}\n", cxml::SECRET_MARK),
        // Behind the question mark stands the session of the procurement system.
        false if value.starts_with("http") => {
            format!("{name}={}\n", value.split('?').next().unwrap_or_default())
        }
        false => format!("{name}={}\n", shorten(value, 2_000)),
    };
    fields.iter().map(line).collect()
}

/// Why the network client has no answer, as the diagnosis knows it.
pub const fn trouble(fault: &SendFault) -> Trouble {
    match fault {
        SendFault::NotAllowed(_) => Trouble::NotAllowed,
        SendFault::BadUrl => Trouble::BadUrl,
        SendFault::Trouble(passing) => match passing {
            client::Trouble::Dns => Trouble::Dns,
            client::Trouble::Refused => Trouble::Refused,
            client::Trouble::Timeout => Trouble::Timeout,
            client::Trouble::Reset => Trouble::Reset,
            client::Trouble::Tls(_) => Trouble::Tls,
            client::Trouble::TooLarge(_) => Trouble::TooLarge,
            client::Trouble::Other(_) => Trouble::Other,
        },
    }
}

/// What came back, or did not, for a document of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// Why there is no answer.
    pub trouble: Option<Trouble>,
    /// 0 without an answer.
    pub http: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Heard {
    /// Of a call that somebody waits for, with its words when there is no answer.
    pub(in crate::app) fn of(answer: &Result<Answer, SendFault>) -> (Self, String) {
        match answer {
            Err(fault) => {
                let trouble = Some(trouble(fault));
                (Self { trouble, ..Self::default() }, fault.to_string())
            }
            Ok(answer) => {
                let content_type = answer.content_type.clone();
                let (http, body) = (answer.status, answer.body.clone());
                (Self { trouble: None, http, content_type, body }, String::new())
            }
        }
    }
}

/// An attempt to send that did not arrive.
pub(in crate::app) async fn sending(app: &App, delivery: &Delivery, heard: &Heard, detail: &str) {
    let noted = note_sending(app, delivery, heard, detail).await;
    told(noted);
}

async fn note_sending(
    app: &App,
    delivery: &Delivery,
    heard: &Heard,
    detail: &str,
) -> Result<(), AppError> {
    let mut conn = app.store.read().await?;
    let sent = store::document::get(&mut conn, delivery.document).await?;
    drop(conn);
    let findings = of_heard(heard, detail);
    let exchange = Exchange {
        organisation: Some(delivery.organisation),
        partner: delivery.partner,
        kind: sent.as_ref().map_or_else(String::new, |sent| sent.kind.clone()),
        sender: sent.as_ref().map_or_else(String::new, |sent| sent.sender.clone()),
        payload_id: sent.as_ref().map_or_else(String::new, |sent| sent.payload_id.clone()),
        about: delivery.about.clone(),
        document: Some(delivery.document),
        content_type: sent.map_or_else(String::new, |sent| sent.content_type),
        ..answered(blank(app, Direction::Out, delivery.channel.word()), heard)
    };
    keep(app, exchange, findings).await
}

/// A request of ours that somebody waited for, such as the entry to a supplier's shop.
pub(in crate::app) async fn asked(
    app: &App,
    organisation: OrganisationId,
    request: &store::document::Document,
    heard: &Heard,
    detail: &str,
) {
    let findings = of_heard(heard, detail);
    // An answer with a start page holds the key to somebody's shop.
    let has_page = String::from_utf8_lossy(&heard.body).contains("StartPage");
    let body = if has_page { Vec::new() } else { heard.body.clone() };
    let heard = &Heard { body, ..heard.clone() };
    let exchange = Exchange {
        organisation: Some(organisation),
        partner: request.partner,
        kind: request.kind.clone(),
        sender: request.sender.clone(),
        payload_id: request.payload_id.clone(),
        about: request.about.first().cloned().unwrap_or_default(),
        document: Some(request.id),
        content_type: request.content_type.clone(),
        ..answered(blank(app, Direction::Out, Channel::Cxml.word()), heard)
    };
    told(keep(app, exchange, findings).await);
}

/// An OCI call that a program of ours made and that came to nothing.
pub(in crate::app) async fn called(
    app: &App,
    site: &SupplierSite,
    (fields, heard, detail): (&Pairs, &Heard, &str),
) {
    let noted = note_called(app, site, (fields, heard, detail)).await;
    told(noted);
}

async fn note_called(
    app: &App,
    site: &SupplierSite,
    (fields, heard, detail): (&Pairs, &Heard, &str),
) -> Result<(), AppError> {
    let mut conn = app.store.read().await?;
    let supply = store::partner::supply(&mut conn, site.organisation, site.supplier).await?;
    drop(conn);
    let exchange = Exchange {
        organisation: Some(site.organisation),
        partner: supply.map(|partner| partner.id),
        kind: "OciCall".to_owned(),
        sender: shorten(&format!("OCI {}", site.oci_user), SHOWN),
        about: site.id.to_string(),
        content_type: "application/x-www-form-urlencoded".to_owned(),
        body: shown_fields(fields).into_bytes(),
        ..answered(blank(app, Direction::Out, "oci"), heard)
    };
    keep(app, exchange, of_heard(heard, detail)).await
}
