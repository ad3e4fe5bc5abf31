//! Connections to the organisation's procurement systems: identities, the way carts go back, OCI
//! user and field names.

use serde::{Deserialize, Serialize};

use super::{
    diff::{self, Diff, MAX_NAME},
    secret::{self, NewSecret, Stored},
    site,
};
use crate::{
    app::{App, AppError, Command, Cx, Need, Reader},
    base::{id::PartnerId, text::shorten},
    domain::{
        party::{CartEncoding, Identity, OciFields, Partner, PartnerKind},
        profile::{Chosen, OciRule},
        refusal::Refusal,
    },
    store,
};

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

impl PartnerInput {
    /// What is kept of this connection.
    pub fn of(own: &Partner) -> Self {
        let OciFields { user, password, hook_url } = own.oci_fields.clone();
        Self {
            name: own.name.clone(),
            identities: own.identities.clone(),
            cart_encoding: own.cart_encoding.word().to_owned(),
            profile: own.profile.name.clone(),
            profile_overrides: own.profile.overrides.clone(),
            return_hosts: own.return_hosts.clone(),
            frame_ancestors: own.frame_ancestors.clone(),
            allow_http: own.allow_http,
            oci_user: own.oci_user.clone(),
            oci_fields: [user, password, hook_url],
            disabled: own.disabled_at.is_some(),
        }
    }

    async fn put_on(&self, cx: &mut Cx<'_>, before: &Partner) -> Result<Partner, AppError> {
        let rule = &cx.app.site.addresses;
        let lists = [self.identities.len(), self.return_hosts.len(), self.frame_ancestors.len()];
        if lists.into_iter().any(|entries| entries > MAX_ENTRIES) {
            return Err(Refusal::invalid("too-many", "One list is too long.")
                .expected(format!("at most {MAX_ENTRIES} identities, hosts or origins"))
                .into());
        }
        if self.allow_http && !rule.allow_http {
            let message = "This server returns carts by https only.";
            return Err(Refusal::invalid("https-only", message)
                .field("allow_http")
                .got("yes")
                .expected("no, unless the server's settings allow http")
                .into());
        }
        let chosen = self.chosen();
        let profile = chosen.read()?;
        let partner = Partner {
            name: diff::line("name", &self.name, MAX_NAME)?,
            identities: identities(&self.identities)?,
            cart_encoding: self.encoding(profile.cart.encoding)?,
            return_hosts: kept_and_new(&self.return_hosts, &before.return_hosts, |new| {
                site::return_hosts(rule, new)
            })?,
            frame_ancestors: kept_and_new(&self.frame_ancestors, &before.frame_ancestors, |new| {
                site::origins(rule, new)
            })?,
            allow_http: self.allow_http,
            oci_user: self.oci_user()?,
            oci_fields: self.oci_fields(&profile.oci)?,
            profile: chosen,
            disabled_at: match before.disabled_at {
                Some(at) if self.disabled => Some(at),
                _ => self.disabled.then_some(cx.now),
            },
            ..before.clone()
        };
        if partner.identities.is_empty() && partner.oci_user.is_none() {
            let message = "A connection needs a cXML identity or an OCI user.";
            return Err(Refusal::invalid("missing-field", message).field("identities").into());
        }
        self.check_taken(cx, &partner).await?;
        Ok(partner)
    }

    fn chosen(&self) -> Chosen {
        let overrides = self.profile_overrides.trim().replace("\r\n", "\n");
        match self.profile.trim() {
            "" => Chosen { overrides, ..Chosen::default() },
            name => Chosen { name: name.to_owned(), overrides },
        }
    }

    fn encoding(&self, usual: CartEncoding) -> Result<CartEncoding, Refusal> {
        let text = self.cart_encoding.trim();
        if text.is_empty() {
            return Ok(usual);
        }
        text.parse().map_err(|_| {
            Refusal::invalid("bad-encoding", "Carts cannot be put into a form this way.")
                .field("cart_encoding")
                .got(shorten(text, 40))
                .expected("urlencoded or base64")
        })
    }

    fn oci_user(&self) -> Result<Option<String>, Refusal> {
        let text = self.oci_user.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| diff::may_be_empty("oci_user", text, 100)).transpose()
    }

    fn oci_fields(&self, usual: &OciRule) -> Result<OciFields, Refusal> {
        let names = ["oci_user_field", "oci_password_field", "oci_hook_field"];
        let [user, password, hook] = &self.oci_fields;
        let read = |field: &str, given: &str, usual: &str| match given.trim() {
            "" => Ok(usual.to_owned()),
            given if field_name(given) => Ok(given.to_owned()),
            given => Err(Refusal::invalid("bad-field-name", "A form field cannot be called this.")
                .field(field)
                .got(shorten(given, 60))
                .expected("letters, digits and -_.~[] up to 60 characters")),
        };
        Ok(OciFields {
            user: read(names[0], user, &usual.user_field)?,
            password: read(names[1], password, &usual.password_field)?,
            hook_url: read(names[2], hook, &usual.hook_field)?,
        })
    }

    /// An identity or OCI user that two organisations registered would leave open who calls.
    async fn check_taken(&self, cx: &mut Cx<'_>, own: &Partner) -> Result<(), AppError> {
        for identity in &own.identities {
            let others = store::partner::by_identity(cx.conn, identity).await?;
            if others.iter().any(|other| other.id != own.id) {
                return Err(Refusal::conflict("identity-taken", "This identity is in use.")
                    .field("identities")
                    .got(format!("{} {}", identity.domain, identity.identity))
                    .expected("an identity that no other connection has")
                    .into());
            }
        }
        let Some(user) = &own.oci_user else { return Ok(()) };
        let other = store::partner::by_oci_user(cx.conn, user).await?;
        if other.is_some_and(|other| other.id != own.id) {
            return Err(Refusal::conflict("oci-user-taken", "This OCI user is in use.")
                .field("oci_user")
                .got(user)
                .expected("a user that no other connection has")
                .into());
        }
        Ok(())
    }
}

/// What stands there already stays; only what is new is checked. The demo's own entries (any port
/// of this machine) are such as nobody may type.
fn kept_and_new(
    given: &[String],
    before: &[String],
    check: impl FnOnce(&[String]) -> Result<Vec<String>, Refusal>,
) -> Result<Vec<String>, Refusal> {
    let known = |one: &String| before.iter().any(|own| own == one.trim());
    let (mut kept, new): (Vec<String>, Vec<String>) = given.iter().cloned().partition(known);
    kept.extend(check(&new)?);
    Ok(kept)
}

fn field_name(text: &str) -> bool {
    text.len() <= 60 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~[]".contains(c))
}

fn identities(given: &[Identity]) -> Result<Vec<Identity>, Refusal> {
    let mut kept: Vec<Identity> = Vec::new();
    for one in given {
        let identity = Identity::new(
            diff::line("identities", &one.domain, 100)?,
            diff::line("identities", &one.identity, 255)?,
        );
        if kept.iter().all(|known| !known.matches(&identity)) {
            kept.push(identity);
        }
    }
    Ok(kept)
}

fn difference(before: &Partner, after: &Partner) -> Diff {
    let names = |partner: &Partner| {
        let one = |identity: &Identity| format!("{} {}", identity.domain, identity.identity);
        partner.identities.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let fields = |partner: &Partner| {
        let OciFields { user, password, hook_url } = &partner.oci_fields;
        format!("{user}, {password}, {hook_url}")
    };
    let mut diff = Diff::default();
    diff.note("name", &before.name, &after.name);
    diff.note("identities", names(before), names(after));
    diff.note("cart_encoding", before.cart_encoding, after.cart_encoding);
    diff.note("return_hosts", before.return_hosts.join(" "), after.return_hosts.join(" "));
    let frames = [before, after].map(|partner| partner.frame_ancestors.join(" "));
    diff.note("frame_ancestors", &frames[0], &frames[1]);
    diff.note("allow_http", before.allow_http, after.allow_http);
    diff.maybe("oci_user", before.oci_user.as_ref(), after.oci_user.as_ref());
    diff.note("oci_fields", fields(before), fields(after));
    diff.note("profile", &before.profile.name, &after.profile.name);
    diff.note("profile_overrides", &before.profile.overrides, &after.profile.overrides);
    diff.note("disabled", before.disabled_at.is_some(), after.disabled_at.is_some());
    diff
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
