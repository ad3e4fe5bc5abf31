//! Bands of amounts in one tier: rules on equal other conditions must neither leave amounts between
//! them to nobody nor both ask about some in part.

use std::collections::BTreeMap;

use super::super::{
    rule::{Effect, Rule},
    table::unsound,
};
use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{Place, plain},
        refusal::Refusal,
    },
};

/// A rule's band, in minor units: above the first, up to the second.
struct Band<'r> {
    rule: &'r str,
    above: i64,
    up_to: i64,
}

/// What rules of one ladder have in common: tier, currency, and all other conditions.
type Ladder = (u8, Currency, Vec<(String, String)>);

/// Refuses the first gap or overlap, with an amount in it.
pub fn check(rules: &[Rule]) -> Result<(), Refusal> {
    let mut ladders: BTreeMap<Ladder, Vec<Band<'_>>> = BTreeMap::new();
    for rule in rules {
        let Effect::Ask { place: Place::Tier(tier), .. } = rule.effect else { continue };
        let Some(currency) = rule.above.or(rule.up_to).map(Money::currency) else { continue };
        let amounts = ["above", "up_to", "currency"];
        let others = rule
            .cells
            .iter()
            .filter(|(name, cell)| cell != "*" && !amounts.contains(&name.as_str()));
        let band = Band {
            rule: &rule.id,
            above: rule.above.map_or(-1, Money::minor),
            up_to: rule.up_to.map_or(i64::MAX, Money::minor),
        };
        let key = (tier, currency, others.cloned().collect());
        ladders.entry(key).or_default().push(band);
    }
    ladders.into_iter().try_for_each(|((tier, currency, _), bands)| climb(tier, currency, bands))
}

/// Only rules with an upper end make a ladder: without one they are thresholds, which add up.
fn climb(tier: u8, currency: Currency, mut bands: Vec<Band<'_>>) -> Result<(), Refusal> {
    bands.sort_by_key(|band| (band.above, band.up_to));
    for pair in bands.windows(2) {
        let [low, high] = pair else { continue };
        if low.up_to == i64::MAX {
            continue;
        }
        let amount = |minor: i64| plain(Money::from_minor(minor.saturating_add(1), currency));
        if high.above > low.up_to {
            let witness = format!(
                "an order of {} falls between rules {} and {} of tier {tier}",
                amount(low.up_to),
                low.rule,
                high.rule
            );
            return Err(unsound("approval", "tiers without a gap", witness));
        }
        if high.above > low.above && high.above < low.up_to && high.up_to > low.up_to {
            let witness = format!(
                "an order of {} falls under both rules {} and {} of tier {tier}",
                amount(high.above),
                low.rule,
                high.rule
            );
            return Err(unsound("approval", "tiers without an overlap", witness));
        }
    }
    Ok(())
}
