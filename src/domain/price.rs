//! Which price holds: the organisation's contract price before the general one, by quantity.
//!
//! Prices of another currency or of another organisation are never looked at; without a price in
//! the cart's currency an item is not offered. Nothing is converted and nothing is guessed.

use crate::base::{
    id::{ItemId, OrganisationId},
    money::{Currency, UnitPrice},
    quantity::Quantity,
    text::shorten,
};

use super::refusal::Refusal;

/// Tiers one item may have in one price list.
pub const MAX_TIERS: usize = 20;

/// A stored price: general, or the contract price of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    pub item: ItemId,
    /// `None` for everybody.
    pub organisation: Option<OrganisationId>,
    pub price: UnitPrice,
    /// From this quantity on.
    pub min_quantity: Quantity,
}

/// One tier of the list that holds for one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    pub min_quantity: Quantity,
    pub price: UnitPrice,
    /// Agreed with this organisation.
    pub is_contract: bool,
}

/// What one organisation pays for one item in one currency; at least one tier, smallest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    tiers: Vec<Tier>,
    /// That of the smallest quantity.
    first: Tier,
}

impl PriceList {
    /// The list that holds for the organisation; `None` when the item is not offered to it. A
    /// contract price replaces the general ones from its own smallest quantity on.
    pub fn of(prices: &[Price], organisation: OrganisationId, currency: Currency) -> Option<Self> {
        let tiers = |of: Option<OrganisationId>| {
            let own = prices
                .iter()
                .filter(move |price| price.organisation == of && price.price.currency == currency);
            own.map(move |price| Tier {
                min_quantity: price.min_quantity,
                price: price.price,
                is_contract: of.is_some(),
            })
        };
        let contract: Vec<Tier> = tiers(Some(organisation)).collect();
        let from = contract.iter().map(|tier| tier.min_quantity).min();
        let mut list: Vec<Tier> = tiers(None)
            .filter(|tier| from.is_none_or(|from| tier.min_quantity < from))
            .chain(contract)
            .collect();
        list.sort_by_key(|tier| tier.min_quantity);
        let first = *list.first()?;
        Some(Self { tiers: list, first })
    }

    /// All tiers, smallest quantity first.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier of this quantity: the largest that begins at or below it.
    pub fn at(&self, quantity: Quantity) -> Option<&Tier> {
        self.tiers.iter().rev().find(|tier| tier.min_quantity <= quantity)
    }

    /// The tier shown first: that of one piece, or of the smallest quantity sold.
    pub fn entry(&self) -> &Tier {
        self.at(Quantity::ONE).unwrap_or(&self.first)
    }

    /// The tier of this quantity, or the refusal that names the smallest quantity sold.
    pub fn need(&self, quantity: Quantity) -> Result<&Tier, Refusal> {
        self.at(quantity).ok_or_else(|| {
            let least = self.first.min_quantity;
            Refusal::invalid("quantity-below-minimum", "Fewer than the smallest quantity sold.")
                .field("quantity")
                .got(quantity.to_string())
                .expected(format!("at least {least}"))
                .mend(format!("Order {least} or more."))
        })
    }
}

/// Checks the tiers of one price list of one item (one organisation or everybody, one currency):
/// each quantity once, and not too many.
pub fn check_tiers(prices: &[Price]) -> Result<(), Refusal> {
    if prices.len() > MAX_TIERS {
        return Err(Refusal::invalid("too-many-tiers", "The item has too many quantity tiers.")
            .field("min_quantity")
            .got(prices.len().to_string())
            .expected(format!("at most {MAX_TIERS}")));
    }
    let mut seen: Vec<Quantity> = prices.iter().map(|price| price.min_quantity).collect();
    seen.sort();
    match seen.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Refusal::invalid("tier-doubled", "Two prices begin at one quantity.")
            .field("min_quantity")
            .got(shorten(&pair[0].to_string(), 30))
            .expected("each quantity once")),
        None => Ok(()),
    }
}

/// Tiers of an article of which fewer than `least` are not sold: of those that begin at or below
/// it the last one begins there, and the others are no more.
pub fn sold_from<T>(
    tiers: Vec<T>,
    least: Quantity,
    from: impl Fn(&mut T) -> &mut Quantity,
) -> Vec<T> {
    let mut tiers: Vec<(Quantity, T)> =
        tiers.into_iter().map(|mut tier| (*from(&mut tier), tier)).collect();
    tiers.sort_by_key(|(begins, _)| *begins);
    let below = tiers.iter().filter(|(begins, _)| *begins <= least).count();
    let mut kept = tiers.split_off(below.saturating_sub(1));
    if let Some((_, first)) = kept.first_mut()
        && below > 0
    {
        *from(first) = least;
    }
    kept.into_iter().map(|(_, tier)| tier).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::decimal;

    const ACME: OrganisationId = OrganisationId::from_bits(1);
    const GLOBEX: OrganisationId = OrganisationId::from_bits(2);

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    fn price(of: Option<OrganisationId>, currency: Currency, from: &str, amount: &str) -> Price {
        let amount = decimal::parse(amount).unwrap();
        Price {
            item: ItemId::from_bits(1),
            organisation: of,
            price: UnitPrice::new(amount, currency, Quantity::ONE),
            min_quantity: quantity(from),
        }
    }

    fn paid(prices: &[Price], of: OrganisationId, at: &str) -> Option<String> {
        let list = PriceList::of(prices, of, Currency::EUR)?;
        list.at(quantity(at)).map(|tier| decimal::canonical(tier.price.amount))
    }

    #[test]
    fn the_contract_price_of_the_organisation_beats_the_general_one() {
        let prices = [
            price(None, Currency::EUR, "1", "10"),
            price(Some(ACME), Currency::EUR, "1", "12"),
            price(Some(GLOBEX), Currency::EUR, "1", "1"),
        ];
        assert_eq!(paid(&prices, ACME, "1").as_deref(), Some("12"));
        assert_eq!(paid(&prices[..2], GLOBEX, "1").as_deref(), Some("10"));
    }

    #[test]
    fn the_largest_tier_at_or_below_the_quantity_holds() {
        let prices = [
            price(None, Currency::EUR, "100", "8"),
            price(None, Currency::EUR, "1", "10"),
            price(None, Currency::EUR, "10", "9"),
        ];
        for (at, expected) in
            [("1", "10"), ("9.999", "10"), ("10", "9"), ("99", "9"), ("100", "8"), ("5000", "8")]
        {
            assert_eq!(paid(&prices, ACME, at).as_deref(), Some(expected), "{at}");
        }
        assert_eq!(paid(&prices, ACME, "0.5"), None);
        let list = PriceList::of(&prices, ACME, Currency::EUR).unwrap();
        let refusal = list.need(quantity("0.5")).unwrap_err();
        assert_eq!(refusal.expected.as_deref(), Some("at least 1"));
    }

    #[test]
    fn a_contract_tier_holds_from_its_quantity_and_the_general_price_below() {
        let prices = [
            price(None, Currency::EUR, "1", "10"),
            price(None, Currency::EUR, "200", "1"),
            price(Some(ACME), Currency::EUR, "100", "7"),
        ];
        assert_eq!(paid(&prices, ACME, "99").as_deref(), Some("10"));
        assert_eq!(paid(&prices, ACME, "100").as_deref(), Some("7"));
        assert_eq!(paid(&prices, ACME, "300").as_deref(), Some("7"));
    }

    #[test]
    fn without_a_price_in_the_currency_an_item_is_not_offered() {
        let prices =
            [price(None, Currency::USD, "1", "10"), price(Some(GLOBEX), Currency::EUR, "1", "1")];
        assert_eq!(PriceList::of(&prices, ACME, Currency::EUR), None);
        assert!(PriceList::of(&prices, ACME, Currency::USD).is_some());
    }

    #[test]
    fn two_prices_of_one_quantity_are_refused() {
        let twice = [price(None, Currency::EUR, "1", "1"), price(None, Currency::EUR, "1.0", "2")];
        assert_eq!(check_tiers(&twice).unwrap_err().code, "tier-doubled");
        assert!(check_tiers(&twice[..1]).is_ok());
    }

    #[test]
    fn what_begins_below_the_smallest_quantity_sold_begins_there() {
        let sold = |from: &[&str], least: &str| {
            let tiers: Vec<Quantity> = from.iter().map(|text| quantity(text)).collect();
            let kept = sold_from(tiers, quantity(least), |tier| tier);
            kept.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(sold(&["1", "10", "100"], "1"), "1 10 100");
        assert_eq!(sold(&["100", "1", "10"], "20"), "20 100");
        assert_eq!(sold(&["1"], "5"), "5");
        assert_eq!(sold(&["10", "50"], "5"), "10 50");
        assert_eq!(sold(&[], "5"), "");
    }
}
