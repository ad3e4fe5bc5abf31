//! Which connection speaks: shared secrets of cXML senders and OCI callers.
//!
//! A secret counts only in Sender, and so does a CredentialMac made with it. A Sender with neither
//! is proven by the client certificate of its connection. Digests are compared in constant time and
//! a stranger costs the same work as a partner; every failure has the same words, and no word
//! repeats a secret.

mod mac;

use std::sync::Arc;

use crate::{
    base::{
        id::{PartnerId, SupplierId},
        secret::same,
        text::shorten,
    },
    cxml::{Credential, Envelope, Party},
    domain::{
        party::{Identity, Partner, PartnerKind},
        refusal::Refusal,
    },
    store::{self, Conn, document::sender_key},
};

use super::{Actor, App, AppError, Command, Cx, Need, Scope, Who, act};

/// A proven partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The connection, and so the organisation that is acted in.
    pub partner: Partner,
    /// The From credential by which the partner is known here.
    pub identity: Identity,
}

impl Sender {
    pub fn actor(&self) -> Actor {
        let who = match &self.partner.kind {
            PartnerKind::Buyer => Who::Buyer(self.partner.id),
            PartnerKind::Supplier { supplier, .. } => Who::Supplier(self.partner.id, *supplier),
        };
        Actor { who, scope: Scope::Other, organisation: Some(self.partner.organisation) }
    }

    /// The supplier whose system this is.
    pub const fn supplier(&self) -> Option<SupplierId> {
        match self.partner.kind {
            PartnerKind::Buyer => None,
            PartnerKind::Supplier { supplier, .. } => Some(supplier),
        }
    }

    /// How the sender is written beside documents.
    pub fn key(&self) -> String {
        sender_key(&self.identity)
    }
}

/// Every connection that the Sender's secret proves and that From belongs to; at least one. The
/// certificate's fingerprint stands for a secret that is not there, never for a wrong one.
pub async fn prove(
    app: &App,
    conn: &mut Conn,
    envelope: &Envelope,
    certificate: Option<&str>,
) -> Result<Vec<Sender>, AppError> {
    let nobody = [Credential::new("", "")];
    let offered = match envelope.sender.credentials.as_slice() {
        [] => &nobody,
        offered => offered,
    };
    // Each with the part of From that the proof covers: a secret all of it, a MAC what it names.
    let mut proven: Vec<(PartnerId, Party)> = Vec::new();
    for credential in offered {
        if let (None, Some(offered)) = (&credential.secret, &credential.mac) {
            proven.extend(mac::matching(app, conn, &envelope.from, (credential, offered)).await?);
            continue;
        }
        let identity = Identity::new(&*credential.domain, &*credential.identity);
        if let (None, Some(certificate)) = (&credential.secret, certificate) {
            let known = store::partner::certificates_of(conn, &identity).await?;
            let fits = known.iter().filter(|(_, own)| same(own.as_bytes(), certificate.as_bytes()));
            proven.extend(fits.map(|(partner, _)| (*partner, envelope.from.clone())));
            continue;
        }
        let slots = store::partner::digests(conn, &identity).await?;
        let found = matching(app, credential.secret.as_ref().map(|s| s.expose()), &slots);
        proven.extend(found.into_iter().map(|partner| (partner, envelope.from.clone())));
    }
    if proven.is_empty() {
        let bare = offered.iter().all(|own| own.secret.is_none() && own.mac.is_none());
        return Err(match certificate.filter(|_| bare) {
            Some(certificate) => unknown_certificate(certificate),
            None => unknown_sender(),
        }
        .into());
    }
    let mut senders = Vec::new();
    for (id, from) in proven {
        let Some(partner) = store::partner::get(conn, id).await? else { continue };
        if let Some(identity) = named_by(&partner, &from) {
            senders.push(Sender { partner, identity });
        }
    }
    if senders.is_empty() { Err(foreign_from(&envelope.from).into()) } else { Ok(senders) }
}

/// The connections whose either slot holds this secret. Every slot is compared, and one more that
/// never matches, so that none is as slow as one.
fn matching(app: &App, secret: Option<&str>, slots: &[(PartnerId, String)]) -> Vec<PartnerId> {
    let offered = app.keys.digest(secret.unwrap_or_default());
    let mut found = Vec::new();
    for (partner, digest) in slots {
        let equal = same(digest.as_bytes(), offered.as_bytes()) && secret.is_some();
        if equal && !found.contains(partner) {
            found.push(*partner);
        }
    }
    let nothing = "0".repeat(offered.len());
    let _ = std::hint::black_box(same(nothing.as_bytes(), offered.as_bytes()));
    found
}

fn named_by(partner: &Partner, from: &Party) -> Option<Identity> {
    let own = partner.identities.iter();
    own.into_iter().find(|own| from.names(&own.domain, &own.identity)).cloned()
}

fn unknown_sender() -> Refusal {
    Refusal::unauthenticated(
        "sender-unknown",
        "The Sender is not known here, or its SharedSecret or CredentialMac is missing, misplaced, \
         out of date or wrong.",
    )
    .field("cXML/Header/Sender/Credential")
    .expected("a registered identity with its SharedSecret or CredentialMac inside Sender")
    .mend("Check the identity and the secret with the administrator of this server.")
}

/// In the same words whether the identity is registered or not.
fn unknown_certificate(certificate: &str) -> Refusal {
    Refusal::unauthenticated(
        "certificate-unknown",
        "The client certificate of this connection is not registered for the Sender.",
    )
    .field("cXML/Header/Sender/Credential")
    .got(format!("a certificate with the SHA-256 {certificate}"))
    .expected("a certificate registered for the Sender's identity, or its SharedSecret")
    .mend("Have the fingerprint registered by the administrator of this server.")
}

fn foreign_from(from: &Party) -> Refusal {
    let got = from.credentials.first().map_or_else(
        || "no Credential".to_owned(),
        |own| shorten(&format!("{} {}", own.domain, own.identity), 80),
    );
    Refusal::forbidden("from-foreign", "The Sender may not speak for this From.")
        .field("cXML/Header/From/Credential")
        .got(got)
        .expected("an identity registered for the Sender's connection")
        .mend("Send your own identity in From, or have it registered.")
}

/// The connection of an OCI call, when its password is right.
pub async fn prove_oci(app: &App, user: &str, password: &str) -> Result<Partner, AppError> {
    let mut conn = app.store.read().await?;
    let slots = store::partner::oci_digests(&mut conn, user).await?;
    let proven = matching(app, Some(password), &slots);
    let partner = match proven.first() {
        Some(id) => store::partner::get(&mut conn, *id).await?,
        None => None,
    };
    let refusal = || {
        Refusal::unauthenticated("oci-login", "The user or the password of this call is wrong.")
            .mend("Check the call settings of the catalogue in your procurement system.")
    };
    Ok(partner.ok_or_else(refusal)?)
}

/// Of several connections over which a supplier may speak, the one whose organisation To names.
/// With one connection To may be absent or unreadable.
pub async fn addressed(
    conn: &mut Conn,
    senders: Vec<Sender>,
    to: &Party,
) -> Result<Vec<Sender>, AppError> {
    if senders.len() < 2 {
        return Ok(senders);
    }
    let mut named = Vec::new();
    for sender in &senders {
        let own = store::partner::of_organisation(conn, sender.partner.organisation).await?;
        let mut identities = own
            .iter()
            .filter(|partner| partner.kind == PartnerKind::Buyer)
            .flat_map(|partner| &partner.identities);
        if identities.any(|own| to.names(&own.domain, &own.identity)) {
            named.push(sender.clone());
        }
    }
    Ok(if named.is_empty() { senders } else { named })
}

/// Says no to a caller whom nothing proves; the one door notes it.
pub async fn refuse(app: &Arc<App>, refusal: Box<Refusal>) -> AppError {
    match act(app, &Actor::nobody(), Refuse(refusal)).await {
        Err(fault) => fault,
        Ok(()) => AppError::internal("a refusal was not refused"),
    }
}

struct Refuse(Box<Refusal>);

impl Command for Refuse {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, _: &mut Cx<'_>) -> Result<(), AppError> {
        Err(AppError::Refusal(self.0.clone()))
    }
}
