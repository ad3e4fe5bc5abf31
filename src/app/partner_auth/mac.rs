//! Senders that prove themselves by a CredentialMac in place of their secret.
//!
//! The sealed secrets are opened for it, one at a time, and compared in constant time; a stranger
//! costs one MAC too. What it does not cover (another From, another time) it does not prove.

use std::hint::black_box;

use crate::{
    app::{App, AppError},
    base::{id::PartnerId, secret::Secret},
    cxml::{Credential, Party, mac::CredentialMac},
    domain::party::Identity,
    store::{self, Conn},
};

/// The connections whose either slot made this MAC, each with the From credentials it covers.
pub(super) async fn matching(
    app: &App,
    conn: &mut Conn,
    from: &Party,
    (sender, mac): (&Credential, &CredentialMac),
) -> Result<Vec<(PartnerId, Party)>, AppError> {
    let identity = Identity::new(&*sender.domain, &*sender.identity);
    let slots = store::partner::sealed(conn, &identity).await?;
    let in_time = mac.holds_at(app.now());
    let mut found: Vec<(PartnerId, Party)> = Vec::new();
    for (partner, slot, sealed) in slots {
        let place = store::partner::secret_place(partner, slot);
        let secret = app.keys.unseal(&sealed, &place).map_err(AppError::internal)?;
        for covered in &from.credentials {
            if mac.proves(covered, sender, &secret) & in_time {
                found.push((partner, Party { credentials: vec![covered.clone()] }));
            }
        }
    }
    let _ = black_box(mac.proves(sender, sender, &Secret::new("nobody's")));
    Ok(found)
}
