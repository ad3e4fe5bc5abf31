//! How orders of an organisation reach a supplier: the settings of the connection between them.

use serde::{Deserialize, Serialize};

use crate::{
    base::{id::SupplierId, secret::Secret, text::shorten},
    domain::{
        fact::{Change, Fact},
        party::{Channel, Email, Identity, Partner, PartnerKind, Supplier},
        refusal::Refusal,
    },
    store::{self, Conn, partner::SecretSlot},
};

use crate::app::{Alone, AppError, Command, Cx, Need, Reader};

/// The settings, without the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverySettings {
    /// The supplier's short name.
    pub supplier: String,
    pub channel: Channel,
    pub url: Option<String>,
    pub email: Option<String>,
    pub identity: Option<Identity>,
    pub has_secret: bool,
    /// What its connection says differently from the generic profile.
    pub profile_overrides: String,
}

/// How orders of the reader's organisation reach a supplier, named by short name or id.
pub async fn settings(
    reader: &mut Reader<'_>,
    supplier: &str,
) -> Result<DeliverySettings, AppError> {
    if !reader.may("delivery", "read") {
        reader.need("delivery", "read-all")?;
    }
    let organisation = reader.actor.need_organisation()?;
    let supplier = find(&mut reader.conn, supplier).await?;
    let partner = store::partner::supply(&mut reader.conn, organisation, supplier.id).await?;
    shown(&mut reader.conn, &supplier, partner.as_ref()).await
}

/// The supplier of this short name or id.
async fn find(conn: &mut Conn, name: &str) -> Result<Supplier, AppError> {
    let found = match name.parse::<SupplierId>() {
        Ok(id) => store::supplier::get(conn, id).await?,
        Err(_) => store::supplier::by_name(conn, name).await?,
    };
    Ok(found.ok_or_else(|| Refusal::not_found("supplier"))?)
}

async fn shown(
    conn: &mut Conn,
    supplier: &Supplier,
    partner: Option<&Partner>,
) -> Result<DeliverySettings, AppError> {
    let mut shown = DeliverySettings {
        supplier: supplier.name.clone(),
        channel: Channel::Desk,
        url: None,
        email: None,
        identity: None,
        has_secret: false,
        profile_overrides: String::new(),
    };
    let Some(partner) = partner else { return Ok(shown) };
    if let PartnerKind::Supplier { channel, url, email, .. } = &partner.kind {
        shown.channel = *channel;
        shown.url.clone_from(url);
        shown.email.clone_from(email);
    }
    shown.identity = partner.identities.first().cloned();
    shown.profile_overrides.clone_from(&partner.profile.overrides);
    shown.has_secret = !store::partner::secrets(conn, partner.id).await?.is_empty();
    Ok(shown)
}

/// Says how orders reach a supplier. What is left out stays as it is.
#[derive(Debug, Clone)]
pub struct SetDelivery {
    /// Short name or id.
    pub supplier: String,
    pub channel: Channel,
    pub url: Option<String>,
    pub email: Option<String>,
    pub identity: Option<Identity>,
    pub secret: Option<Secret>,
    /// Lines of TOML over the generic profile; empty: none.
    pub profile_overrides: Option<String>,
}

impl Command for SetDelivery {
    type Answer = DeliverySettings;
    const NEED: Need = Need::May("delivery", "edit");
    const ALONE: Alone = Alone::Server;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<DeliverySettings, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let supplier = find(cx.conn, &self.supplier).await?;
        let before = store::partner::supply(cx.conn, organisation, supplier.id).await?;
        let shown_before = shown(cx.conn, &supplier, before.as_ref()).await?;
        let mut partner = match before {
            Some(partner) => partner,
            None => fresh(cx, &supplier)?,
        };
        self.change(cx, &mut partner)?;
        self.check_identity(cx.conn, &partner).await?;
        store::partner::save(cx.conn, &partner, cx.now).await?;
        if let Some(secret) = &self.secret {
            save_secret(cx, &partner, secret).await?;
        }
        let partner = store::partner::get(cx.conn, partner.id).await?;
        let after = shown(cx.conn, &supplier, partner.as_ref()).await?;
        let changes = changes(&shown_before, &after);
        if changes.is_empty() && self.secret.is_none() {
            cx.nothing_changed();
        } else if !changes.is_empty() {
            let object = partner.map(|partner| partner.id.to_string()).unwrap_or_default();
            cx.fact(Fact::SettingSaved { object, noun: "delivery".to_owned(), changes });
        }
        Ok(after)
    }
}

impl SetDelivery {
    fn change(&self, cx: &Cx<'_>, partner: &mut Partner) -> Result<(), AppError> {
        let PartnerKind::Supplier { channel, url, email, .. } = &mut partner.kind else {
            return Err(AppError::internal("a supply that is no supplier's"));
        };
        *channel = self.channel;
        if let Some(new) = &self.url {
            let refusal = |why: &str| {
                Refusal::invalid("bad-url", "Orders cannot be sent to this address.")
                    .field("url")
                    .expected(why)
                    .mend("Give the address that the supplier's system listens on.")
            };
            // It is shown and kept as it is: a password in it would be, too.
            if url::Url::parse(new)
                .is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
            {
                return Err(refusal("an address without a user or a password").into());
            }
            let checked = cx.app.site.addresses.check_url(new);
            checked.map_err(|why| refusal(&why).got(shorten(new, 200)))?;
            *url = Some(new.clone());
        }
        if let Some(new) = &self.email {
            let read: Email = new.parse().map_err(|fault: String| {
                Refusal::invalid("bad-email", "This is no mail address.")
                    .field("email")
                    .got(shorten(new, 200))
                    .expected(fault)
            })?;
            *email = Some(read.to_string());
        }
        let missing = match channel {
            Channel::Cxml if url.is_none() => Some("url"),
            Channel::Email if email.is_none() => Some("email"),
            _ => None,
        };
        if let Some(field) = missing {
            let message = format!("Orders by {channel} need to know where to go.");
            return Err(Refusal::invalid("missing-field", message)
                .field(field)
                .got("nothing")
                .expected(format!("the {field} of the supplier"))
                .into());
        }
        if let Some(identity) = &self.identity {
            if !identity.is_plain() {
                return Err(Refusal::invalid("bad-identity", "This is no cXML identity.")
                    .field("identity")
                    .got("a control character")
                    .expected("letters, digits and signs on one line")
                    .into());
            }
            partner.identities.retain(|known| !known.matches(identity));
            // The first is written into documents; earlier ones are still answered to.
            partner.identities.insert(0, identity.clone());
        }
        if let Some(overrides) = &self.profile_overrides {
            partner.profile.overrides = overrides.trim().replace("\r\n", "\n");
            partner.profile.read()?;
        }
        partner.disabled_at = None;
        Ok(())
    }

    /// An identity that belongs to somebody else would let one party speak for another.
    async fn check_identity(&self, conn: &mut Conn, own: &Partner) -> Result<(), AppError> {
        let Some(identity) = &self.identity else { return Ok(()) };
        let supplier = |partner: &Partner| match &partner.kind {
            PartnerKind::Supplier { supplier, .. } => Some(*supplier),
            PartnerKind::Buyer => None,
        };
        for other in store::partner::by_identity(conn, identity).await? {
            if other.id != own.id && supplier(&other) != supplier(own) {
                return Err(Refusal::conflict("identity-taken", "This identity is in use.")
                    .field("identity")
                    .got(format!("{} {}", identity.domain, identity.identity))
                    .expected("an identity that nobody else has registered")
                    .into());
            }
        }
        Ok(())
    }
}

fn fresh(cx: &Cx<'_>, supplier: &Supplier) -> Result<Partner, AppError> {
    let kind = PartnerKind::Supplier {
        supplier: supplier.id,
        channel: Channel::Desk,
        url: None,
        email: supplier.email.clone(),
    };
    Ok(Partner::new(cx.id(), cx.actor.need_organisation()?, kind, &supplier.title))
}

/// Puts the secret into the slot that does not hold the newest one, so that the old one still
/// works.
async fn save_secret(cx: &mut Cx<'_>, partner: &Partner, secret: &Secret) -> Result<(), AppError> {
    if secret.expose().trim().is_empty() {
        return Err(Refusal::invalid("bad-secret", "A secret must not be empty.")
            .field("secret")
            .got("nothing")
            .expected("the secret agreed on with the supplier")
            .into());
    }
    let digest = cx.app.keys.digest(secret.expose());
    let slots = store::partner::secrets(cx.conn, partner.id).await?;
    if slots.first().is_some_and(|newest| newest.digest == digest) {
        cx.nothing_changed();
        return Ok(());
    }
    let slot = if slots.first().is_some_and(|newest| newest.slot == 1) { 2 } else { 1 };
    let place = store::partner::secret_place(partner.id, slot);
    let sealed = cx.app.keys.seal(secret, &place, &*cx.app.entropy);
    let row = SecretSlot { slot, sealed, digest, created_at: cx.now };
    store::partner::save_secret(cx.conn, partner.id, &row).await?;
    cx.fact(Fact::SecretRotated { partner: partner.id.to_string(), slot });
    Ok(())
}

fn changes(before: &DeliverySettings, after: &DeliverySettings) -> Vec<Change> {
    let identity = |of: &DeliverySettings| {
        let identity = of.identity.as_ref();
        identity.map(|identity| format!("{} {}", identity.domain, identity.identity))
    };
    let fields = [
        ("channel", before.channel.to_string(), after.channel.to_string()),
        ("url", said(&before.url), said(&after.url)),
        ("email", said(&before.email), said(&after.email)),
        ("identity", said(&identity(before)), said(&identity(after))),
        ("profile_overrides", before.profile_overrides.clone(), after.profile_overrides.clone()),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    changed
        .map(|(field, before, after)| Change { field: field.to_owned(), before, after })
        .collect()
}

fn said(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}
