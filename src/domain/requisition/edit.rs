//! What an edit changed, facet by facet, and whose signatures it reopens.
//!
//! | facet | what it is | who signs again |
//! |---|---|---|
//! | less | a line taken away, a smaller amount | nobody |
//! | within | an amount that grew within the tolerance | nobody |
//! | more | an amount that grew beyond it | every step the change concerns |
//! | goods | a new line, another article | every step the change concerns |
//! | account | another account | the first step over the whole requisition |
//! | ship-to | another place or day of delivery | the first step over the whole requisition |
//! | papers | a file added, another comment | nobody |
//!
//! A step over the whole requisition is concerned by every change of amount or goods; one that some
//! lines asked for, by changes of such lines alone. Growth is measured from what was signed, not
//! from the last edit, so that many small edits never add up to one that nobody saw.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Requisition, RequisitionLine};
use crate::base::words::words;

words! {
    /// Which side of the content was changed.
    Facet {
        Less = "less",
        Within = "within",
        More = "more",
        Goods = "goods",
        Account = "account",
        ShipTo = "ship-to",
        Papers = "papers",
    }
}

/// Whose signatures a facet reopens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reopens {
    Nobody,
    /// The first step over the whole requisition.
    First,
    /// Every step that the change concerns.
    Concerned,
}

impl Facet {
    pub const fn reopens(self) -> Reopens {
        match self {
            Self::Less | Self::Within | Self::Papers => Reopens::Nobody,
            Self::Account | Self::ShipTo => Reopens::First,
            Self::More | Self::Goods => Reopens::Concerned,
        }
    }
}

/// The amounts that the standing signatures were given over, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Signed {
    pub total: i64,
    /// By the line's number.
    pub lines: BTreeMap<i64, i64>,
}

impl Signed {
    pub fn of(lines: &[RequisitionLine]) -> Self {
        let lines: BTreeMap<i64, i64> =
            lines.iter().map(|line| (line.position, line.goods.total.minor())).collect();
        Self { total: lines.values().sum(), lines }
    }
}

/// One changed facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub facet: Facet,
    /// The line's number; `None` for the head.
    pub line: Option<i64>,
    pub before: String,
    pub after: String,
}

/// A requisition with its lines.
pub type Content<'c> = (&'c Requisition, &'c [RequisitionLine]);

/// Compares two contents. `signed` is what the standing signatures were given over; `tolerance` in
/// percent.
pub fn changes(
    before: Content<'_>,
    after: Content<'_>,
    (signed, tolerance): (&Signed, Decimal),
) -> Vec<Changed> {
    let mut found = Vec::new();
    head(before.0, after.0, &mut found);
    for old in before.1 {
        match after.1.iter().find(|line| line.position == old.position) {
            Some(new) => line(old, new, (signed, tolerance), &mut found),
            None => found.push(Changed {
                facet: Facet::Less,
                line: Some(old.position),
                before: told(old),
                after: String::new(),
            }),
        }
    }
    for new in after.1 {
        if before.1.iter().all(|line| line.position != new.position) {
            let (line, after) = (Some(new.position), told(new));
            found.push(Changed { facet: Facet::Goods, line, before: String::new(), after });
        }
    }
    let total = Signed::of(after.1).total;
    if beyond(signed.total, total, tolerance) {
        let currency = after.0.currency;
        let money = |minor| crate::base::money::Money::from_minor(minor, currency).to_string();
        let (before, after) = (money(signed.total), money(total));
        found.push(Changed { facet: Facet::More, line: None, before, after });
    }
    found
}

fn head(before: &Requisition, after: &Requisition, found: &mut Vec<Changed>) {
    let mut note = |facet, before: String, after: String| {
        if before != after {
            found.push(Changed { facet, line: None, before, after });
        }
    };
    let place = |row: &Requisition| {
        let to = &row.ship_to;
        [&to.code, &to.name, &to.deliver_to, &to.street, &to.postal_code, &to.city, &to.country]
            .map(String::as_str)
            .join(", ")
    };
    let day = |row: &Requisition| row.needed_on.map(|day| day.to_string()).unwrap_or_default();
    note(Facet::ShipTo, place(before), place(after));
    note(Facet::ShipTo, day(before), day(after));
    note(Facet::Papers, before.comment.clone(), after.comment.clone());
}

fn line(
    old: &RequisitionLine,
    new: &RequisitionLine,
    (signed, tolerance): (&Signed, Decimal),
    found: &mut Vec<Changed>,
) {
    let mut note = |facet, before: String, after: String| {
        found.push(Changed { facet, line: Some(old.position), before, after });
    };
    let accounts = |line: &RequisitionLine| {
        let texts: Vec<String> =
            line.accounts.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
        texts.join(", ")
    };
    if !old.goods.same_article(&new.goods) || old.goods.unit != new.goods.unit {
        note(Facet::Goods, told(old), told(new));
    } else if old.goods.quantity != new.goods.quantity || old.goods.total != new.goods.total {
        let (was, is) = (old.goods.total.minor(), new.goods.total.minor());
        let base = signed.lines.get(&old.position).copied().unwrap_or(was);
        let facet = match (beyond(base, is, tolerance), is > was) {
            (true, _) => Facet::More,
            (false, true) => Facet::Within,
            (false, false) => Facet::Less,
        };
        note(facet, told(old), told(new));
    }
    if accounts(old) != accounts(new) {
        note(Facet::Account, accounts(old), accounts(new));
    }
    if old.attachments != new.attachments {
        // A file that is taken away may be the one somebody signed for.
        let kept = old.attachments.iter().all(|file| new.attachments.contains(file));
        let files = |line: &RequisitionLine| format!("{} files", line.attachments.len());
        note(if kept { Facet::Papers } else { Facet::Goods }, files(old), files(new));
    }
}

fn told(line: &RequisitionLine) -> String {
    let goods = &line.goods;
    format!("{} {} {}, {}", goods.quantity, goods.unit, goods.sku, goods.total)
}

fn beyond(signed: i64, now: i64, tolerance: Decimal) -> bool {
    let most = Decimal::from(signed) * (Decimal::ONE_HUNDRED + tolerance) / Decimal::ONE_HUNDRED;
    Decimal::from(now) > most
}

/// The furthest that any of the changes reaches.
pub fn reach(changes: &[Changed]) -> Reopens {
    changes.iter().map(|one| one.facet.reopens()).max().unwrap_or(Reopens::Nobody)
}

#[cfg(test)]
mod tests;
