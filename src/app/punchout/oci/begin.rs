//! A visit that an OCI call begins.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    app::{
        Actor, App, AppError, Command, Cx, Need, act, document,
        inbox::{START_PURPOSE, payload_id},
        partner_auth::Sender,
    },
    base::id::{DocumentId, PunchoutSessionId},
    domain::{
        party::{Identity, Partner},
        punchout::{Operation, Protocol, PunchoutSession, START_MS, SessionState, Wire},
    },
    exchange::punchout::oci_body,
    oci::{call::Call, form::Pairs},
    store::{
        self,
        document::{Direction, Document},
    },
};

use super::{
    super::{Shopper, organisation, setup, shopper},
    Answer, wanted,
};

pub(super) async fn start(
    app: &Arc<App>,
    actor: &Actor,
    sender: Sender,
    (call, fields): (Call, Pairs),
) -> Result<Answer, AppError> {
    let command = Start { partner: sender.partner, call: Arc::new(call), fields };
    let session = act(app, actor, command).await?.session;
    let token = app.keys.token(START_PURPOSE, session.bits(), "");
    Ok(Answer::Start(format!("/start/{token}")))
}

/// Begins a session.
pub(super) struct Start {
    partner: Partner,
    call: Arc<Call>,
    /// The call as it came, without its password.
    fields: Pairs,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Started {
    session: PunchoutSessionId,
}

impl Command for Start {
    type Answer = Started;
    const NEED: Need = Need::May("punchout", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Started, AppError> {
        let organisation = organisation(cx, self.partner.organisation).await?;
        let named = Shopper { email: self.call.user_email.as_deref(), name: None, account: "oci" };
        let person = shopper(cx, &organisation, &named).await?;
        let (selected_item, search) = wanted(cx, &organisation, &self.call.function).await?;
        let id: PunchoutSessionId = cx.id();
        let to = &self.call.return_to;
        let session = PunchoutSession {
            id,
            organisation: organisation.id,
            partner: self.partner.id,
            person: person.id,
            protocol: Protocol::Oci,
            operation: if search.is_some() { Operation::Source } else { Operation::Create },
            state: SessionState::Issued,
            buyer_cookie: String::new(),
            return_url: to.hook_url.clone(),
            return_target: to.target.clone().unwrap_or_default(),
            charset: to.charset.clone(),
            echo: to.echoes.clone(),
            wire: Wire {
                buyer: Identity::new("OCI", &*self.call.user),
                us: cx.app.site.identity.clone(),
                test: false,
                search,
                missing: Vec::new(),
                preset: self.call.presets(),
            },
            selected_item,
            start_hash: setup::start_hash(cx, id),
            start_expires_at: cx.now.plus_ms(START_MS),
            started_at: None,
            path_at: None,
            cookie_at: None,
            cart: None,
            return_document: None,
            created_at: cx.now,
            returned_at: None,
            version: 1,
        };
        store::punchout_session::insert(cx.conn, &session).await?;
        setup::issued(cx, &session);
        keep_call(cx, &session, &self.fields).await?;
        Ok(Started { session: id })
    }
}

async fn keep_call(
    cx: &mut Cx<'_>,
    session: &PunchoutSession,
    fields: &Pairs,
) -> Result<(), AppError> {
    let id: DocumentId = cx.id();
    let document = Document {
        id,
        direction: Direction::In,
        kind: "OciCall".to_owned(),
        organisation: Some(session.organisation),
        supplier: None,
        partner: Some(session.partner),
        about: vec![session.id.to_string()],
        sender: store::document::sender_key(&session.wire.buyer),
        payload_id: payload_id(cx.app, id),
        content_type: "application/x-www-form-urlencoded".to_owned(),
        body: oci_body(fields).into(),
        status: None,
        reply_to: None,
        at: cx.now,
    };
    document::keep(cx, document).await?;
    Ok(())
}
