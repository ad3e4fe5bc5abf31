//! Addresses to ship and to bill to. Requisitions and orders freeze a copy, so a change reaches
//! only what is handed in later.

use serde::{Deserialize, Serialize};

use super::diff::{self, Diff, MAX_NAME};
use crate::{
    app::{Alone, AppError, Command, Cx, Need, Reader},
    base::text::shorten,
    domain::{
        party::{Address, AddressKind, PostalAddress},
        refusal::Refusal,
    },
    store,
};

/// Adds an address or changes the one of this kind and code.
#[derive(Debug, Clone)]
pub struct Save {
    pub kind: AddressKind,
    pub postal: PostalAddress,
    /// The first of a kind is the default whatever is said here.
    pub is_default: bool,
    /// Whether one of this code must not be there yet (`true`), or must be (`false`).
    pub fresh: bool,
}

/// What names the address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub kind: String,
    pub code: String,
}

impl Command for Save {
    type Answer = Saved;
    const NEED: Need = Need::May("address", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let postal = checked(&self.postal)?;
        let known = store::organisation::addresses(cx.conn, organisation, self.kind).await?;
        let before = known.iter().find(|address| address.postal.code == postal.code);
        match (before, self.fresh) {
            (Some(_), true) => {
                return Err(Refusal::conflict("code-taken", "This code is in use.")
                    .field("code")
                    .got(postal.code)
                    .expected("a code that no address of this kind has")
                    .into());
            }
            (None, false) => return Err(Refusal::not_found("address").into()),
            _ => {}
        }
        let alone = known.iter().all(|other| Some(other.id) == before.map(|own| own.id));
        let was_default = before.is_some_and(|before| before.is_default);
        let after = Address {
            id: before.map_or_else(|| cx.id(), |before| before.id),
            organisation,
            kind: self.kind,
            postal,
            // A default is left by making another one the default.
            is_default: self.is_default || alone || was_default,
            version: before.map_or(0, |before| before.version),
        };
        let diff = difference(before, &after);
        if !diff.is_empty() {
            let others = known.iter().filter(|other| other.is_default && other.id != after.id);
            for other in others.filter(|_| after.is_default) {
                let other = Address { is_default: false, ..other.clone() };
                store::organisation::save_address(cx.conn, &other).await?;
            }
            store::organisation::save_address(cx.conn, &after).await?;
        }
        diff.settle(cx, "address", after.id);
        Ok(Saved { kind: self.kind.to_string(), code: after.postal.code })
    }
}

fn difference(before: Option<&Address>, after: &Address) -> Diff {
    let mut diff = Diff::default();
    let fields = |address: &Address| {
        let postal = &address.postal;
        [
            ("code", postal.code.clone()),
            ("name", postal.name.clone()),
            ("deliver_to", postal.deliver_to.clone()),
            ("street", postal.street.clone()),
            ("city", postal.city.clone()),
            ("postal_code", postal.postal_code.clone()),
            ("country", postal.country.clone()),
            ("email", postal.email.clone().unwrap_or_default()),
            ("default", address.is_default.to_string()),
        ]
    };
    let old = before.map(fields);
    for (at, (field, value)) in fields(after).into_iter().enumerate() {
        let was = old.as_ref().and_then(|old| old.get(at)).map(|(_, was)| was.as_str());
        diff.note(field, was.unwrap_or_default(), value);
    }
    diff
}

fn checked(postal: &PostalAddress) -> Result<PostalAddress, Refusal> {
    let country = postal.country.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Refusal::invalid("bad-country", "This is no country code.")
            .field("country")
            .got(shorten(&postal.country, 20))
            .expected("two letters of ISO 3166-1, such as DE"));
    }
    Ok(PostalAddress {
        code: diff::code("code", &postal.code)?,
        name: diff::line("name", &postal.name, MAX_NAME)?,
        deliver_to: diff::may_be_empty("deliver_to", &postal.deliver_to, MAX_NAME)?,
        street: diff::line("street", &postal.street, MAX_NAME)?,
        city: diff::line("city", &postal.city, MAX_NAME)?,
        postal_code: diff::may_be_empty("postal_code", &postal.postal_code, 20)?,
        country,
        email: diff::maybe_email("email", postal.email.as_deref())?,
    })
}

/// Every address of the organisation: ship-to first, the default first in each kind.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<Address>, AppError> {
    reader.need("address", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let mut all = Vec::new();
    for kind in AddressKind::ALL {
        let some = store::organisation::addresses(&mut reader.conn, organisation, *kind).await?;
        all.extend(some);
    }
    Ok(all)
}
