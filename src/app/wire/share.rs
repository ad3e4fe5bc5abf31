//! A link to one exchange for the other side's support: read only, for some days, without a login.
//!
//! The link is never stored: a token of the id, bound to the organisation and to the end of its
//! time; that there is one is, so that it can be revoked. It shows what the admin's page shows,
//! from which secrets were cut before they were kept.

use crate::{
    app::{App, AppError, Command, Cx, Need, Reader},
    base::{
        id::{DocumentId, ExchangeId, OrganisationId},
        secret::Keys,
        time::Time,
    },
    domain::{
        fact::{Change, Fact},
        refusal::Refusal,
    },
    store::{self, wire::Shared},
};

use super::look::{self, Detail};

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

/// Makes a link to an exchange of the organisation.
#[derive(Debug, Clone)]
pub struct MakeShare {
    pub exchange: String,
    pub days: i64,
}

impl Command for MakeShare {
    /// Until when it is good, in milliseconds; the link itself is never stored.
    type Answer = i64;
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<i64, AppError> {
        let organisation = cx.actor.need_organisation()?;
        look::of_id(cx.conn, organisation, &self.exchange, &cx.app.site.identity).await?;
        if !SHARED_DAYS.contains(&self.days) {
            return Err(Refusal::invalid("bad-days", "A link is good for 1, 7 or 30 days.")
                .field("days")
                .got(self.days.to_string())
                .expected("1, 7 or 30")
                .into());
        }
        let until = cx.now.plus_ms(self.days * DAY_MS);
        let person = cx.actor.need_person()?.name.clone();
        let row = Shared { exchange: self.exchange.clone(), until, person };
        store::wire::share(cx.conn, organisation, &row, cx.now).await?;
        cx.fact(stated(&self.exchange, ("", &format!("good until {until}"))));
        Ok(until.millis())
    }
}

/// Ends a link before its time.
#[derive(Debug, Clone)]
pub struct Unshare {
    pub exchange: String,
    pub until: Time,
}

impl Command for Unshare {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let place = (self.exchange.as_str(), self.until);
        if !store::wire::unshare(cx.conn, organisation, place).await? {
            cx.nothing_changed();
            return Ok(());
        }
        let before = format!("good until {}", self.until);
        cx.fact(stated(&self.exchange, (&before, "revoked")));
        Ok(())
    }
}

fn stated(exchange: &str, (before, after): (&str, &str)) -> Fact {
    let (field, before, after) = ("link".to_owned(), before.to_owned(), after.to_owned());
    Fact::SettingSaved {
        object: exchange.to_owned(),
        noun: "shared exchange".to_owned(),
        changes: vec![Change { field, before, after }],
    }
}

/// The links to an exchange that are good now.
pub async fn shares(reader: &mut Reader<'_>, id: &str) -> Result<Vec<Shared>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let now = reader.app.now();
    Ok(store::wire::shares(&mut reader.conn, organisation, id, now).await?)
}

impl Share {
    /// The link that was made for an exchange of the organisation, good until then.
    pub fn of(app: &App, organisation: OrganisationId, id: &str, until: Time) -> Option<Self> {
        let (table, bits) = bits(id)?;
        let organisation = organisation.to_string();
        let bound = bound(table, &organisation, until.millis());
        let token = app.keys.token(PURPOSE, bits, &bound);
        let path = format!("/shared/exchange/{table}/{organisation}/{}/{token}", until.millis());
        Some(Self { path, until })
    }
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
    let good = store::wire::shares(&mut conn, organisation, &id, app.now()).await?;
    if !good.iter().any(|one| one.until.millis() == until) {
        return Err(gone());
    }
    let detail = look::of_id(&mut conn, organisation, &id, &app.site.identity).await?;
    Ok((detail, Time::from_millis(until)))
}
