//! The organisation's own settings.

use serde::{Deserialize, Serialize};

use super::{
    diff::{self, Diff, MAX_NAME},
    site,
};
use crate::{
    app::{Alone, AppError, Command, Cx, Need, Reader},
    base::{decimal, text::shorten},
    domain::{
        party::{Checkout, Email, Organisation},
        refusal::Refusal,
    },
    store,
};

/// The settings with the names that stand for ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationView {
    pub organisation: Organisation,
    /// E-mail address of the manager of people made on first sight.
    pub default_manager: Option<String>,
    /// Code of the cost centre of people made on first sight.
    pub default_cost_center: Option<String>,
}

/// Saves all settings; name and currency stay for life.
#[derive(Debug, Clone)]
pub struct Save {
    pub title: String,
    pub checkout: String,
    pub locale: String,
    pub time_zone: String,
    pub default_manager: Option<String>,
    pub default_cost_center: Option<String>,
    /// Where a copy of each OrderRequest goes.
    pub order_url: Option<String>,
    /// Where approved invoices and status updates go.
    pub invoice_url: Option<String>,
    /// Percent, as decimal text.
    pub price_tolerance: String,
    /// The month the fiscal year begins with, 1 to 12.
    pub fiscal_month: String,
}

/// The organisation's short name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub name: String,
}

impl Command for Save {
    type Answer = Saved;
    const NEED: Need = Need::May("organisation", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let id = cx.actor.need_organisation()?;
        let before = store::organisation::get(cx.conn, id).await?;
        let before = before.ok_or_else(|| Refusal::not_found("organisation"))?;
        let rule = &cx.app.site.addresses;
        let mut after = before.clone();
        after.title = diff::line("title", &self.title, MAX_NAME)?;
        after.checkout = checkout(&self.checkout)?;
        after.locale = locale(&self.locale)?;
        after.time_zone = time_zone(&self.time_zone)?;
        after.order_url = site::url(rule, "order_url", self.order_url.as_deref())?;
        after.invoice_url = site::url(rule, "invoice_url", self.invoice_url.as_deref())?;
        after.price_tolerance = tolerance(&self.price_tolerance)?;
        after.fiscal_month = month(&self.fiscal_month)?;
        self.defaults(cx, &mut after).await?;
        let mut diff = Diff::default();
        diff.note("title", &before.title, &after.title);
        diff.note("checkout", before.checkout, after.checkout);
        diff.note("locale", &before.locale, &after.locale);
        diff.note("time_zone", &before.time_zone, &after.time_zone);
        diff.maybe("order_url", before.order_url.as_ref(), after.order_url.as_ref());
        diff.maybe("invoice_url", before.invoice_url.as_ref(), after.invoice_url.as_ref());
        diff.note("price_tolerance", before.price_tolerance, after.price_tolerance);
        diff.note("fiscal_month", before.fiscal_month, after.fiscal_month);
        diff.maybe("default_manager", before.default_manager, after.default_manager);
        diff.maybe("default_cost_center", before.default_cost_center, after.default_cost_center);
        if !diff.is_empty() {
            store::organisation::update(cx.conn, &after).await?;
        }
        diff.settle(cx, "organisation", id);
        Ok(Saved { name: after.name })
    }
}

impl Save {
    async fn defaults(&self, cx: &mut Cx<'_>, after: &mut Organisation) -> Result<(), AppError> {
        let filled = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        after.default_manager = match filled(&self.default_manager) {
            None => None,
            Some(text) => {
                let person = match text.parse::<Email>() {
                    Ok(email) => store::person::by_email(cx.conn, &email).await?,
                    Err(_) => None,
                };
                let own = person.filter(|one| one.organisation() == Some(after.id));
                let own = own.filter(|one| one.is_active()).ok_or_else(|| {
                    Refusal::invalid("unknown-person", "There is no such person.")
                        .field("default_manager")
                        .got(shorten(&text, 100))
                        .expected("the e-mail address of somebody in the organisation")
                })?;
                Some(own.id)
            }
        };
        after.default_cost_center = match filled(&self.default_cost_center) {
            None => None,
            Some(code) => {
                let center = store::organisation::cost_center(cx.conn, after.id, &code).await?;
                let center = center.ok_or_else(|| {
                    Refusal::invalid("unknown-cost-center", "There is no such cost centre.")
                        .field("default_cost_center")
                        .got(shorten(&code, 40))
                        .expected("the code of one of the organisation's cost centres")
                })?;
                Some(center.id)
            }
        };
        Ok(())
    }
}

fn checkout(text: &str) -> Result<Checkout, Refusal> {
    text.trim().parse().map_err(|_| {
        let words: Vec<&str> = Checkout::ALL.iter().map(|one| one.word()).collect();
        Refusal::invalid("bad-checkout", "Carts cannot go this way.")
            .field("checkout")
            .got(shorten(text, 40))
            .expected(format!("one of {}", words.join(", ")))
    })
}

/// Percent between 0 and 100.
fn tolerance(text: &str) -> Result<rust_decimal::Decimal, Refusal> {
    let read = decimal::parse(text.trim()).ok();
    read.filter(|percent| *percent <= rust_decimal::Decimal::ONE_HUNDRED).ok_or_else(|| {
        Refusal::invalid("bad-tolerance", "This is no tolerance.")
            .field("price_tolerance")
            .got(shorten(text, 20))
            .expected("percent from 0 to 100, such as 2.5")
    })
}

/// The number of a month.
fn month(text: &str) -> Result<i8, Refusal> {
    let read = text.trim().parse().ok().filter(|month| (1..=12).contains(month));
    read.ok_or_else(|| {
        Refusal::invalid("bad-month", "This is no month.")
            .field("fiscal_month")
            .got(shorten(text, 20))
            .expected("a month from 1 to 12")
    })
}

/// A language with or without a region: `de`, `en-IE`.
pub(super) fn locale(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let (language, region) = text.split_once('-').unwrap_or((text, "XX"));
    let sound = language.len() == 2
        && region.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.bytes().all(|byte| byte.is_ascii_uppercase());
    if sound {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid("bad-locale", "This is no language with a region.")
        .field("locale")
        .got(shorten(text, 20))
        .expected("a language and a region such as en-IE, or a language such as de"))
}

/// A time zone that this server knows.
pub(super) fn time_zone(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if jiff::tz::TimeZone::get(text).is_ok() {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid("bad-time-zone", "There is no such time zone.")
        .field("time_zone")
        .got(shorten(text, 60))
        .expected("a name such as Europe/Berlin"))
}

/// The settings of the reader's organisation.
pub async fn get(reader: &mut Reader<'_>) -> Result<OrganisationView, AppError> {
    reader.need("organisation", "read-all")?;
    let id = reader.actor.need_organisation()?;
    let organisation = store::organisation::get(&mut reader.conn, id).await?;
    let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
    let manager = match organisation.default_manager {
        Some(id) => store::person::get(&mut reader.conn, id).await?,
        None => None,
    };
    let center = match organisation.default_cost_center {
        Some(center) => {
            store::organisation::cost_center_by_id(&mut reader.conn, id, center).await?
        }
        None => None,
    };
    Ok(OrganisationView {
        organisation,
        default_manager: manager.map(|person| person.email.to_string()),
        default_cost_center: center.map(|center| center.code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_strictly() {
        assert!(locale("de").is_ok() && locale("en-IE").is_ok());
        for bad in ["", "english", "en_IE", "EN-ie", "e1"] {
            assert!(locale(bad).is_err(), "{bad}");
        }
        assert!(time_zone("Europe/Berlin").is_ok() && time_zone("UTC").is_ok());
        assert!(time_zone("Mars/Base").is_err());
        assert!(tolerance("2.5").is_ok() && tolerance("100").is_ok());
        for bad in ["-1", "101", "2,5", ""] {
            assert!(tolerance(bad).is_err(), "{bad}");
        }
        assert_eq!((month("4"), month(" 12 ")), (Ok(4), Ok(12)));
        assert!(month("0").is_err() && month("13").is_err() && month("").is_err());
        assert_eq!(checkout("transfer"), Ok(Checkout::Transfer));
        assert_eq!(checkout("give_away").unwrap_err().field.as_deref(), Some("checkout"));
    }
}
