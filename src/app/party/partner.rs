//! Connections to the organisation's procurement systems: identities, the way carts go back, OCI
//! user and field names.

use serde::{Deserialize, Serialize};

use super::secret::{self, NewSecret, Stored};
use crate::{
    app::{Alone, App, AppError, Command, Cx, Need, Reader},
    base::id::PartnerId,
    domain::{
        party::{Identity, Partner, PartnerKind},
        refusal::Refusal,
    },
    store,
};

mod input;

use input::difference;

/// Identities, hosts or origins of one connection at most.
const MAX_ENTRIES: usize = 20;

/// What is kept of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerInput {
    pub name: String,
    /// cXML identities; the first is written into documents.
    pub identities: Vec<Identity>,
    /// `urlencoded`, `base64`; empty: as the profile has it.
    pub cart_encoding: String,
    /// The other side's system; empty: the generic profile.
    pub profile: String,
    /// Lines of TOML over the profile.
    pub profile_overrides: String,
    pub return_hosts: Vec<String>,
    pub frame_ancestors: Vec<String>,
    pub allow_http: bool,
    pub oci_user: Option<String>,
    /// Names of user, password and hook URL in an OCI call; the profile's when empty.
    pub oci_fields: [String; 3],
    pub disabled: bool,
}

/// Adds a connection with its first secret.
#[derive(Debug, Clone)]
pub struct Add {
    pub input: PartnerInput,
    pub new: NewSecret,
}

impl Command for Add {
    type Answer = Stored;
    const NEED: Need = Need::May("partner", "create");
    const ALONE: Alone = Alone::Server;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Stored, AppError> {
        let blank = blank(cx)?;
        let partner = self.input.put_on(cx, &blank).await?;
        store::partner::save(cx.conn, &partner, cx.now).await?;
        difference(&blank, &partner).settle(cx, "partner", partner.id);
        secret::put(cx, partner.id, 1, &self.new).await
    }
}

fn blank(cx: &Cx<'_>) -> Result<Partner, AppError> {
    Ok(Partner::new(cx.id(), cx.actor.need_organisation()?, PartnerKind::Buyer, ""))
}

/// Begins a connection: it has a name and says who calls, and no secret yet, so that nobody can.
/// Where there is a trial to pass it is held back until it has.
#[derive(Debug, Clone)]
pub struct Begin {
    pub name: String,
    pub identities: Vec<Identity>,
    pub oci_user: Option<String>,
}

impl Command for Begin {
    type Answer = Saved;
    const NEED: Need = Need::May("partner", "create");
    const ALONE: Alone = Alone::Server;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let blank = blank(cx)?;
        let input = PartnerInput {
            name: self.name.clone(),
            identities: self.identities.clone(),
            oci_user: self.oci_user.clone(),
            ..PartnerInput::of(&blank)
        };
        let partner = input.put_on(cx, &blank).await?;
        store::partner::save(cx.conn, &partner, cx.now).await?;
        difference(&blank, &partner).settle(cx, "partner", partner.id);
        if !partner.identities.is_empty() {
            store::conformance::set_held(cx.conn, partner.id, (true, None), cx.now).await?;
        }
        Ok(Saved { partner: partner.id })
    }
}

/// Changes a connection; its secrets are changed by themselves.
#[derive(Debug, Clone)]
pub struct Edit {
    pub partner: PartnerId,
    pub input: PartnerInput,
}

/// The connection's id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub partner: PartnerId,
}

impl Command for Edit {
    type Answer = Saved;
    const NEED: Need = Need::May("partner", "edit");
    const ALONE: Alone = Alone::Server;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let before = secret::own(cx.conn, organisation, self.partner).await?;
        if before.kind != PartnerKind::Buyer {
            return Err(Refusal::not_found("partner").into());
        }
        let after = self.input.put_on(cx, &before).await?;
        let diff = difference(&before, &after);
        if !diff.is_empty() {
            store::partner::save(cx.conn, &after, cx.now).await?;
        }
        diff.settle(cx, "partner", after.id);
        Ok(Saved { partner: after.id })
    }
}

/// The organisation's connections to its procurement systems, newest first.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<Partner>, AppError> {
    reader.need("partner", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let all = store::partner::of_organisation(&mut reader.conn, organisation).await?;
    Ok(all.into_iter().rev().filter(|partner| partner.kind == PartnerKind::Buyer).collect())
}

/// One connection to a procurement system.
pub async fn get(reader: &mut Reader<'_>, id: PartnerId) -> Result<Partner, AppError> {
    let found = list(reader).await?.into_iter().find(|partner| partner.id == id);
    Ok(found.ok_or_else(|| Refusal::not_found("partner"))?)
}

/// Where procurement systems call this server: the cXML address and the OCI address.
pub fn doors(app: &App) -> (String, String) {
    (format!("{}/cxml", app.site.public_url), format!("{}/oci", app.site.public_url))
}
