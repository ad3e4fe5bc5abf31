//! The prices of one article: of the types that a file may hold, the one that the buyer pays.
//!
//! A customer's net price comes before the net list price, and that before the price of express
//! delivery. Gross prices and recommended ones are what nobody here pays, so they are never taken.
//! PRICE_FACTOR is always multiplied, exactly.

use super::{Catalogue, Wrong, article::OrderDetails, parts, text, texts, wrong};
use crate::{
    base::{
        decimal,
        money::{Currency, UnitPrice},
        quantity::Quantity,
        text::shorten,
        time::{Day, parse_day},
    },
    cxml::tree::Element,
    domain::price::sold_from,
    exchange::catalogue::line::PRICE,
};

/// The types that may be paid, the best first.
const TYPES: [&str; 3] = ["net_customer", "net_list", "net_customer_exp"];
const EXPRESS: usize = 2;

/// A price from a quantity on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tier {
    pub price: UnitPrice,
    pub from: Quantity,
}

/// The prices of an article that hold today, each with the rank of its type.
struct Offered<'t> {
    prices: Vec<(Option<usize>, Element<'t>)>,
    /// When other prices hold, in words.
    passed: Option<String>,
}

/// The tiers of the article that hold today, at least one.
pub(super) fn tiers(
    article: Element<'_>,
    catalogue: &Catalogue<'_>,
    order: &OrderDetails<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<Tier>, Wrong> {
    let offered = Offered::of(article, catalogue.today, notes)?;
    let Some(best) = offered.prices.iter().filter_map(|(rank, _)| *rank).min() else {
        return Err(offered.none_to_pay());
    };
    if let Some(when) = offered.passed {
        notes.push(format!("a price {when} is left out"));
    }
    if best == EXPRESS {
        notes.push("the price is that of express delivery (net_customer_exp)".to_owned());
    }
    let mut found: Vec<Tier> = Vec::new();
    for (_, price) in offered.prices.iter().filter(|(rank, _)| *rank == Some(best)) {
        let tier = tier(*price, catalogue, order)?;
        let territories = texts(*price, "TERRITORY");
        let doubled = found
            .iter()
            .find(|other| other.from == tier.from && other.price.currency == tier.price.currency);
        match doubled {
            Some(same) if *same == tier => continue,
            Some(_) => {
                let got = format!("two prices from {} on {}", tier.from, territories.join(" "));
                let expected = "one price from each quantity on; there are none by territory";
                return Err(wrong("LOWER_BOUND", got.trim(), expected));
            }
            None => found.push(tier),
        }
        let all = catalogue.territories.iter().all(|place| territories.contains(place));
        if !territories.is_empty() && (!all || catalogue.territories.is_empty()) {
            let places = shorten(&territories.join(" "), 40);
            let note = format!("the price is meant for {places} and holds everywhere here");
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Ok(match order.least {
        Some(least) => from_least(found, least),
        None => found,
    })
}

impl<'t> Offered<'t> {
    fn of(article: Element<'t>, today: Day, notes: &mut Vec<String>) -> Result<Self, Wrong> {
        let mut offered = Self { prices: Vec::new(), passed: None };
        for details in parts(article, "ARTICLE_PRICE_DETAILS", "PRODUCT_PRICE_DETAILS") {
            match holds(details, today)? {
                Holds::Always => {}
                Holds::Until(day) => {
                    notes.push(format!("the price ends on {day}; nothing takes it back then"));
                }
                Holds::NotNow(when) => {
                    offered.passed = Some(when);
                    continue;
                }
            }
            if matches!(text(details, "DAILY_PRICE").to_ascii_lowercase().as_str(), "true" | "1") {
                notes.push("the price changes by the day (DAILY_PRICE)".to_owned());
            }
            for price in parts(details, "ARTICLE_PRICE", "PRODUCT_PRICE") {
                let said = price.attribute("price_type").map(str::trim).unwrap_or_default();
                offered.prices.push((TYPES.iter().position(|name| *name == said), price));
            }
        }
        Ok(offered)
    }

    /// Why there is no price that may be taken.
    fn none_to_pay(self) -> Wrong {
        let types = self.prices.iter().map(|(_, price)| {
            let said = price.attribute("price_type").unwrap_or_default();
            if said.is_empty() { "no price_type" } else { said }
        });
        let types = types.collect::<Vec<_>>().join(", ");
        match (types.is_empty(), self.passed) {
            (true, Some(when)) => wrong("DATETIME", &format!("a price {when}"), "a price of today"),
            (true, None) => wrong("PRICE_DETAILS", "no price", "a net price"),
            (false, _) => wrong("price_type", &types, &TYPES.join(", ")),
        }
    }
}

/// Each currency's tiers, none from a quantity below the smallest that is sold.
fn from_least(tiers: Vec<Tier>, least: Quantity) -> Vec<Tier> {
    let mut currencies: Vec<Currency> = Vec::new();
    for tier in &tiers {
        if !currencies.contains(&tier.price.currency) {
            currencies.push(tier.price.currency);
        }
    }
    let of = |currency| {
        let own = tiers.iter().filter(|tier| tier.price.currency == currency).cloned().collect();
        sold_from(own, least, |tier: &mut Tier| &mut tier.from)
    };
    currencies.into_iter().flat_map(of).collect()
}

fn tier(
    price: Element<'_>,
    catalogue: &Catalogue<'_>,
    order: &OrderDetails<'_>,
) -> Result<Tier, Wrong> {
    let said = text(price, "PRICE_AMOUNT");
    let amount = decimal::parse(said).map_err(|_| wrong("PRICE_AMOUNT", said, PRICE))?;
    let amount = match text(price, "PRICE_FACTOR") {
        "" => amount,
        factor => {
            let product = decimal::parse(factor).ok().and_then(|read| amount.checked_mul(read));
            // What the multiplication gives must be a price as any other.
            let product = product.map(decimal::canonical);
            let product = product.and_then(|product| decimal::parse(&product).ok());
            let expected = "a factor that gives a price with at most 8 digits behind the point";
            product.ok_or_else(|| wrong("PRICE_FACTOR", &format!("{said} x {factor}"), expected))?
        }
    };
    let own = text(price, "PRICE_CURRENCY");
    let currency = if own.is_empty() { catalogue.currency } else { own };
    let currency: Currency = currency
        .parse()
        .map_err(|_| wrong("PRICE_CURRENCY", currency, "a code of ISO 4217 such as EUR"))?;
    need_order_unit(price, order)?;
    let from = match text(price, "LOWER_BOUND") {
        "" => Quantity::ONE,
        // A scale that begins with nothing begins with the first piece.
        "0" => Quantity::ONE,
        bound => Quantity::parse(bound)
            .map_err(|_| wrong("LOWER_BOUND", bound, "a number above zero"))?,
    };
    Ok(Tier { price: UnitPrice::new(amount, currency, order.per), from })
}

/// Refuses a price in another unit than the order's, which 2005 may say.
fn need_order_unit(price: Element<'_>, order: &OrderDetails<'_>) -> Result<(), Wrong> {
    let Some(base) = price.first("PRICE_BASE") else { return Ok(()) };
    let (unit, factor) = (text(base, "PRICE_UNIT"), text(base, "PRICE_UNIT_FACTOR"));
    let is_one = factor.is_empty() || Quantity::parse(factor) == Ok(Quantity::ONE);
    match (unit.is_empty() || unit == order.unit) && is_one {
        true => Ok(()),
        false => {
            let expected = format!("the unit of the order, {}", order.unit);
            Err(("PRICE_BASE", format!("{unit} {factor}").trim().to_owned(), expected))
        }
    }
}

/// When the prices of a block hold.
enum Holds {
    Always,
    /// Today, and until a day.
    Until(Day),
    /// In words.
    NotNow(String),
}

fn holds(details: Element<'_>, today: Day) -> Result<Holds, Wrong> {
    let from = day(details, "valid_start_date", "VALID_START_DATE")?;
    let until = day(details, "valid_end_date", "VALID_END_DATE")?;
    Ok(match (from, until) {
        (Some(from), _) if from > today => Holds::NotNow(format!("from {from} on")),
        (_, Some(until)) if until < today => Holds::NotNow(format!("until {until}")),
        (_, Some(until)) => Holds::Until(until),
        _ => Holds::Always,
    })
}

/// A day as 1.2 says it (DATETIME of a type), or 2005 (an element, with or without a time).
fn day(details: Element<'_>, kind: &'static str, name: &'static str) -> Result<Option<Day>, Wrong> {
    let own = |time: &Element<'_>| time.attribute("type").map(str::trim) == Some(kind);
    let old = details.named("DATETIME").find(own).map(|time| text(time, "DATE"));
    let said = old.unwrap_or_else(|| text(details, name));
    if said.is_empty() {
        return Ok(None);
    }
    let date = said.split('T').next().unwrap_or_default();
    parse_day(date).map(Some).map_err(|_| wrong(name, said, "a day such as 2026-11-21"))
}
