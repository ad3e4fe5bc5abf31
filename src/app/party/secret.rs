//! Shared secrets of connections: two slots, so that one can be changed while both sides still use
//! the old one.
//!
//! A secret is made outside the transaction and shown once by whoever made it: no answer of a
//! command carries it, because answers are stored for their idempotency key. What a command answers
//! is the keyed digest, by which the caller knows whether the secret in hand is the one stored.

use serde::{Deserialize, Serialize};

use super::diff::Diff;
use crate::{
    app::{Alone, App, AppError, Command, Cx, Need, Reader},
    base::{
        id::{OrganisationId, PartnerId},
        secret::{Secret, same},
        time::Time,
    },
    domain::{fact::Fact, party::Partner, refusal::Refusal},
    store::{self, Conn, partner::SecretSlot},
};

/// The shortest secret that is taken; shorter ones are guessed.
const SHORTEST: usize = 10;
/// The longest secret (security.md section 6).
const LONGEST: usize = 1_024;

/// A secret on its way into a slot, with whether the server made it.
#[derive(Debug, Clone)]
pub struct NewSecret {
    secret: Secret,
    made_here: bool,
}

impl NewSecret {
    /// The secret that was given, or a fresh one.
    pub fn given_or_fresh(app: &App, given: Option<&str>) -> Result<Self, Refusal> {
        let Some(given) = given.filter(|given| !given.is_empty()) else {
            return Ok(Self { secret: Secret::fresh(&*app.entropy), made_here: true });
        };
        let fits = (SHORTEST..=LONGEST).contains(&given.len());
        let plain = given.trim() == given && !given.contains(char::is_control);
        if fits && plain {
            return Ok(Self { secret: Secret::new(given), made_here: false });
        }
        Err(Refusal::invalid("bad-secret", "This secret cannot be used.")
            .field("secret")
            .expected(format!("{SHORTEST} to {LONGEST} characters without blanks around them"))
            .mend("Leave it out, and one is made."))
    }

    /// The text to show once, when the server made it and this very one was stored.
    pub fn shown_once(&self, app: &App, stored: &Stored) -> Option<String> {
        let own = app.keys.digest(self.secret.expose());
        let is_this = same(own.as_bytes(), stored.digest.as_bytes());
        (self.made_here && is_this).then(|| self.secret.expose().to_owned())
    }
}

/// What a command says about the secret it stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    pub partner: PartnerId,
    pub slot: u8,
    digest: String,
}

/// Seals the secret into a slot and states it.
pub(super) async fn put(
    cx: &mut Cx<'_>,
    partner: PartnerId,
    slot: u8,
    new: &NewSecret,
) -> Result<Stored, AppError> {
    let place = store::partner::secret_place(partner, slot);
    let digest = cx.app.keys.digest(new.secret.expose());
    let row = SecretSlot {
        slot,
        sealed: cx.app.keys.seal(&new.secret, &place, &*cx.app.entropy),
        digest: digest.clone(),
        created_at: cx.now,
    };
    store::partner::save_secret(cx.conn, partner, &row).await?;
    cx.fact(Fact::SecretRotated { partner: partner.to_string(), slot });
    Ok(Stored { partner, slot, digest })
}

/// Puts a new secret beside the present one; both are good until the old one is removed.
#[derive(Debug, Clone)]
pub struct Rotate {
    pub partner: PartnerId,
    pub new: NewSecret,
}

impl Command for Rotate {
    type Answer = Stored;
    const NEED: Need = Need::May("partner", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Stored, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let partner = own(cx.conn, organisation, self.partner).await?;
        let slots = store::partner::secrets(cx.conn, partner.id).await?;
        let free = [1, 2].into_iter().find(|slot| slots.iter().all(|kept| kept.slot != *slot));
        let Some(slot) = free else {
            return Err(Refusal::conflict("two-secrets", "Two secrets are good already.")
                .mend("Remove the old one first, once nobody uses it any more.")
                .into());
        };
        put(cx, partner.id, slot, &self.new).await
    }
}

/// Takes the older of two secrets out of use.
#[derive(Debug, Clone)]
pub struct RemoveOld {
    pub partner: PartnerId,
}

impl Command for RemoveOld {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let partner = own(cx.conn, organisation, self.partner).await?;
        let slots = store::partner::secrets(cx.conn, partner.id).await?;
        let [_, old] = slots.as_slice() else {
            return Err(Refusal::conflict("one-secret", "There is no older secret.")
                .mend("Make a new one first; the last one stays.")
                .into());
        };
        store::partner::remove_secret(cx.conn, partner.id, old.slot).await?;
        let mut diff = Diff::default();
        diff.note(&format!("secret {}", old.slot), "in use", "removed");
        diff.settle(cx, "partner", partner.id);
        Ok(())
    }
}

/// The connection, when it is the organisation's.
pub(super) async fn own(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: PartnerId,
) -> Result<Partner, AppError> {
    let found = store::partner::get(conn, id).await?;
    let own = found.filter(|partner| partner.organisation == organisation);
    own.ok_or_else(|| Refusal::not_found("partner").into())
}

/// When each secret of a connection was put in place, the newest first.
pub async fn ages(reader: &mut Reader<'_>, id: PartnerId) -> Result<Vec<(u8, Time)>, AppError> {
    reader.need("partner", "read")?;
    let organisation = reader.actor.need_organisation()?;
    own(&mut reader.conn, organisation, id).await?;
    let slots = store::partner::secrets(&mut reader.conn, id).await?;
    Ok(slots.into_iter().map(|slot| (slot.slot, slot.created_at)).collect())
}
