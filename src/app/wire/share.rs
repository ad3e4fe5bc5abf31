//! A link to one exchange for the other side's support: read only, for some days, without a login.
//!
//! The link is never stored: a token of the id, bound to the organisation and to the end of its
//! time. It shows what the admin's page shows, from which secrets were cut before they were kept.

use super::look::{self, Detail};
use crate::{
    app::{App, AppError, Reader},
    base::{
        id::{DocumentId, ExchangeId, OrganisationId},
        secret::Keys,
        time::Time,
    },
    domain::refusal::Refusal,
};

const PURPOSE: &str = "exchange";
/// Days for which a link may be good; the first is offered first.
pub const SHARED_DAYS: [i64; 3] = [7, 1, 30];
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A link, and until when it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Of this server: `/shared/exchange/..`.
    pub path: String,
    pub until: Time,
}

/// Which of both tables an id is of, and its bits.
fn bits(id: &str) -> Option<(&'static str, u128)> {
    let exchange = id.parse::<ExchangeId>().ok().map(|id| ("exc", id.bits()));
    exchange.or_else(|| id.parse::<DocumentId>().ok().map(|id| ("doc", id.bits())))
}

fn bound(table: &str, organisation: &str, until: i64) -> String {
    format!("{table} {organisation} {until}")
}

/// A link to an exchange that the reader may see.
pub async fn share(reader: &mut Reader<'_>, id: &str, days: i64) -> Result<Share, AppError> {
    look::detail(reader, id).await?;
    let organisation = reader.actor.need_organisation()?.to_string();
    if !SHARED_DAYS.contains(&days) {
        return Err(Refusal::invalid("bad-days", "A link is good for 1, 7 or 30 days.")
            .field("days")
            .got(days.to_string())
            .expected("1, 7 or 30")
            .into());
    }
    let gone = || AppError::from(Refusal::not_found("exchange"));
    let (table, bits) = bits(id).ok_or_else(gone)?;
    let until = reader.app.now().plus_ms(days * DAY_MS);
    let token = reader.app.keys.token(PURPOSE, bits, &bound(table, &organisation, until.millis()));
    let path = format!("/shared/exchange/{table}/{organisation}/{}/{token}", until.millis());
    Ok(Share { path, until })
}

/// The exchange of a link that is still good.
pub async fn shared(
    app: &App,
    (table, organisation): (&str, &str),
    until: i64,
    token: &str,
) -> Result<(Detail, Time), AppError> {
    let gone = || AppError::from(Refusal::not_found("exchange"));
    let is_ours = app.keys.token_holds(token, PURPOSE, &bound(table, organisation, until));
    let bits = Keys::token_id(token).filter(|_| is_ours && app.now().millis() <= until);
    let bits = bits.ok_or_else(gone)?;
    let organisation: OrganisationId = organisation.parse().map_err(|_| gone())?;
    let id = match table {
        "exc" => ExchangeId::from_bits(bits).to_string(),
        _ => DocumentId::from_bits(bits).to_string(),
    };
    let mut conn = app.store.read().await?;
    let detail = look::of_id(&mut conn, organisation, &id, &app.site.identity).await?;
    Ok((detail, Time::from_millis(until)))
}
