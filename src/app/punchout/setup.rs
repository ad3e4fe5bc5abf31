//! PunchOutSetupRequest: a session with a one-time start link, restored lines included.

use crate::{
    app::{
        AppError, Cx,
        inbox::{Inbound, START_PURPOSE, Taken},
    },
    base::{
        id::{ItemId, PunchoutSessionId},
        text::sha256_hex,
    },
    cxml::{
        self, Mode, Payload, Status,
        punchout_setup::{PunchOutSetupRequest, PunchOutSetupResponse},
        values::Extrinsic,
    },
    domain::{
        fact::Fact,
        party::{Email, Identity, Organisation, Person},
        profile::Extrinsics,
        punchout::{Operation, Protocol, PunchoutSession, START_MS, SessionState, Wire},
    },
    exchange, store,
};

use super::{Shopper, check_return, organisation, restore, shopper};

/// Where the return address stands in the request.
const RETURN_FIELD: &str = "PunchOutSetupRequest/BrowserFormPost/URL";

/// Begins a session for the shopper that the request names; the answer is its start page.
pub async fn set_up(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &PunchOutSetupRequest,
) -> Result<Taken, AppError> {
    let partner = &inbound.sender.partner;
    if let Some(url) = &request.return_url {
        check_return(cx.app, partner, RETURN_FIELD, url)?;
    }
    let organisation = organisation(cx, partner.organisation).await?;
    let profile = partner.profile.read()?;
    let person = shopper(cx, &organisation, &named(&profile.extrinsics, request)).await?;
    let session = drafted(cx, inbound, request, &person);
    let mut session = select(cx, session, request, &organisation).await?;
    let restored = if matches!(session.operation, Operation::Edit | Operation::Inspect) {
        let restored = restore::read(cx.conn, &session, &organisation, &request.items).await?;
        session.wire.missing.clone_from(&restored.missing);
        Some(restored)
    } else {
        None
    };
    store::punchout_session::insert(cx.conn, &session).await?;
    if let Some(restored) = restored {
        restore::keep(cx, &session, &organisation, restored).await?;
    }
    issued(cx, &session);
    let start_page = format!("{}/start/{}", cx.app.site.public_url, cxml::TOKEN_MARK);
    let response = PunchOutSetupResponse { start_page };
    Ok(Taken {
        status: Status::ok(),
        payload: Payload::PunchOutSetupResponse(Box::new(response)),
        about: vec![session.id.to_string()],
        attachments: Vec::new(),
    })
}

/// States that a session was begun.
pub(super) fn issued(cx: &mut Cx<'_>, session: &PunchoutSession) {
    let fact = Fact::PunchoutIssued {
        session: session.id.to_string(),
        partner: session.partner.to_string(),
        person: session.person.to_string(),
        operation: session.operation.to_string(),
    };
    cx.fact_in(session.organisation, fact);
}

/// What is stored of a session's start token.
pub(super) fn start_hash(cx: &Cx<'_>, session: PunchoutSessionId) -> String {
    sha256_hex(cx.app.keys.token(START_PURPOSE, session.bits(), "").as_bytes())
}

/// Who shops, by the extrinsics that this system fills, else by the contact. An extrinsic that
/// holds no address (Coupa's `UniqueName` may be one, or not) is passed over.
fn named<'r>(names: &Extrinsics, request: &'r PunchOutSetupRequest) -> Shopper<'r> {
    let said = |name: &String| Extrinsic::find(&request.extrinsics, name);
    let mut emails = names.user_email.iter().filter_map(said);
    let email = emails.find(|text| text.parse::<Email>().is_ok());
    let extrinsic = names.user_name.iter().find_map(said);
    let contact = request.contacts.iter().map(|contact| contact.name.as_str());
    Shopper {
        email: email.or_else(|| request.user_email()),
        name: extrinsic.or_else(|| contact.into_iter().find(|name| !name.is_empty())),
        account: "cxml",
    }
}

fn drafted(
    cx: &Cx<'_>,
    inbound: &Inbound<'_>,
    request: &PunchOutSetupRequest,
    person: &Person,
) -> PunchoutSession {
    let id: PunchoutSessionId = cx.id();
    let partner = &inbound.sender.partner;
    let named = inbound.envelope.to.credentials.iter().find(|to| !to.identity.is_empty());
    let us = named.map(|to| Identity::new(&*to.domain, &*to.identity));
    PunchoutSession {
        id,
        organisation: partner.organisation,
        partner: partner.id,
        person: person.id,
        protocol: Protocol::Cxml,
        operation: exchange::punchout::operation(request.operation),
        state: SessionState::Issued,
        buyer_cookie: request.buyer_cookie.clone(),
        return_url: request.return_url.clone().unwrap_or_default(),
        return_target: String::new(),
        charset: "utf-8".to_owned(),
        echo: Vec::new(),
        wire: Wire {
            buyer: inbound.sender.identity.clone(),
            us: us.unwrap_or_else(|| cx.app.site.identity.clone()),
            test: inbound.envelope.mode == Some(Mode::Test),
            search: None,
            missing: Vec::new(),
            preset: Vec::new(),
        },
        selected_item: None,
        start_hash: start_hash(cx, id),
        start_expires_at: cx.now.plus_ms(START_MS),
        started_at: None,
        path_at: None,
        cookie_at: None,
        cart: None,
        return_document: None,
        created_at: cx.now,
        returned_at: None,
        version: 1,
    }
}

/// The item whose page opens first. One that is not offered opens the shop instead: the shopper
/// sees that it is gone, and can look for another.
async fn select(
    cx: &mut Cx<'_>,
    mut session: PunchoutSession,
    request: &PunchOutSetupRequest,
    organisation: &Organisation,
) -> Result<PunchoutSession, AppError> {
    if let Some(selected) = &request.selected_item {
        let aux = selected.auxiliary.as_ref().map_or("", |kept| kept.text.as_str());
        let found: Option<ItemId> =
            restore::article(cx.conn, organisation, (&selected.supplier_part, aux))
                .await?
                .map(|item| item.id);
        session.selected_item = found;
        if found.is_none() {
            session.wire.search = Some(selected.supplier_part.clone());
        }
    }
    Ok(session)
}
