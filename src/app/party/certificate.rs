//! Client certificates of connections: two slots, as secrets have, so that one can be changed while
//! the other is in use. Only the fingerprint is kept; the proxy that ends TLS checks that the other
//! side has the key.

use crate::{
    app::{Alone, AppError, Command, Cx, Need, Reader},
    base::{certificate::fingerprint, id::PartnerId, text::shorten},
    domain::{party::Partner, refusal::Refusal},
    store::{self, partner::Certificate},
};

use super::{diff::Diff, secret::own};

/// One of the reader's connections with its certificates, by slot.
pub async fn of(
    reader: &mut Reader<'_>,
    id: PartnerId,
) -> Result<(Partner, Vec<Certificate>), AppError> {
    reader.need("partner", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let partner = own(&mut reader.conn, organisation, id).await?;
    let certificates = store::partner::certificates(&mut reader.conn, id).await?;
    Ok((partner, certificates))
}

/// The connection over which orders go to a supplier.
pub async fn of_supplier(reader: &mut Reader<'_>, name: &str) -> Result<PartnerId, AppError> {
    reader.need("partner", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let supplier = store::supplier::by_name(&mut reader.conn, name).await?;
    let supplier = supplier.ok_or_else(|| Refusal::not_found("supplier"))?;
    let supply = store::partner::supply(&mut reader.conn, organisation, supplier.id).await?;
    supply.map(|partner| partner.id).ok_or_else(|| {
        Refusal::conflict("no-connection", "Orders do not go to this supplier yet.")
            .mend("Say first how they reach it.")
            .into()
    })
}

/// Puts a certificate into a free slot.
#[derive(Debug, Clone)]
pub struct Register {
    pub partner: PartnerId,
    /// Its SHA-256 fingerprint, or the certificate itself as PEM.
    pub certificate: String,
}

impl Command for Register {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let partner = own(cx.conn, organisation, self.partner).await?;
        let fingerprint = fingerprint(&self.certificate).ok_or_else(|| {
            Refusal::invalid("bad-certificate", "This is no certificate.")
                .field("certificate")
                .got(shorten(&self.certificate, 60))
                .expected("its SHA-256 fingerprint (64 hexadecimal digits), or the PEM text")
        })?;
        let known = store::partner::certificates(cx.conn, partner.id).await?;
        if known.iter().any(|own| own.fingerprint == fingerprint) {
            cx.nothing_changed();
            return Ok(());
        }
        let free = [1, 2].into_iter().find(|slot| known.iter().all(|own| own.slot != *slot));
        let Some(slot) = free else {
            return Err(Refusal::conflict(
                "two-certificates",
                "Two certificates are good already.",
            )
            .field("certificate")
            .mend("Remove the one that nobody uses any more.")
            .into());
        };
        let mut diff = Diff::default();
        diff.note(&format!("certificate {slot}"), "", &fingerprint);
        let row = Certificate { slot, fingerprint, created_at: cx.now };
        store::partner::add_certificate(cx.conn, partner.id, &row).await?;
        diff.settle(cx, "partner", partner.id);
        Ok(())
    }
}

/// Takes a certificate out of use.
#[derive(Debug, Clone)]
pub struct Remove {
    pub partner: PartnerId,
    pub slot: u8,
}

impl Command for Remove {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let partner = own(cx.conn, organisation, self.partner).await?;
        let known = store::partner::certificates(cx.conn, partner.id).await?;
        let found = known.into_iter().find(|own| own.slot == self.slot);
        let found = found.ok_or_else(|| Refusal::not_found("certificate"))?;
        store::partner::remove_certificate(cx.conn, partner.id, self.slot).await?;
        let mut diff = Diff::default();
        diff.note(&format!("certificate {}", self.slot), found.fingerprint, "removed");
        diff.settle(cx, "partner", partner.id);
        Ok(())
    }
}
