//! Suppliers' own shops: a buyer who shops here, or came here from a procurement system, goes on to
//! a supplier's site and brings a cart back.
//!
//! What comes back is the supplier's word, carried by a browser: its lines are never changed here,
//! and until the supplier itself has stood by a price, somebody looks at it before it is ordered.

use rust_decimal::Decimal;

use crate::base::{
    id::{
        CartId, CartLineId, OrganisationId, PersonId, PunchoutSessionId, SessionId, SiteId,
        SiteVisitId, SupplierId,
    },
    money::UnitPrice,
    time::{HOUR_MS, Time},
    words::words,
};

use super::{
    cart::{CartLine, Goods},
    party::{Identity, OciFields},
    punchout::{Operation, Protocol},
    refusal::Refusal,
    requisition::Flag,
};

/// How long a cart may come back after the visit began: a long shopping afternoon.
pub const RETURN_MS: i64 = 4 * HOUR_MS;

words! {
    /// How the prices that a browser brings are checked with the supplier.
    PriceCheck {
        /// Not at all: each line is looked at by a person.
        Unasked = "none",
        /// The site answers the OCI function VALIDATE.
        Validate = "validate",
        /// The site may refuse the cart when a setup request to inspect asks it; its yes states
        /// no price, so that each line is looked at by a person all the same.
        Inspect = "inspect",
    }
}

words! {
    /// Where a visit stands.
    VisitState {
        /// The site is being asked for its start page.
        Asked = "asked",
        /// The browser was sent there.
        Open = "open",
        /// A cart came back.
        Returned = "returned",
        /// The site did not let the shopper in.
        Failed = "failed",
    }
}

words! {
    /// What can happen to a visit.
    VisitMove {
        Open = "open",
        Fail = "fail",
        Return = "return",
    }
}

/// Every allowed move; a cart comes back once.
pub const MOVES: &[(VisitState, VisitMove, VisitState)] = {
    use VisitMove as Move;
    use VisitState as State;
    &[
        (State::Asked, Move::Open, State::Open),
        (State::Asked, Move::Fail, State::Failed),
        (State::Open, Move::Return, State::Returned),
    ]
};

impl VisitState {
    /// The state after the move, or the refusal that names the present one.
    pub fn after(self, by: VisitMove) -> Result<Self, Refusal> {
        let found = MOVES.iter().find(|(from, with, _)| *from == self && *with == by);
        found.map(|(_, _, to)| *to).ok_or_else(|| {
            Refusal::conflict("site-visit-over", "This visit to the supplier's shop is over.")
                .got(self.word())
                .mend("Go to the supplier's shop again from here.")
        })
    }
}

/// A supplier's own punchout site, as one organisation uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierSite {
    pub id: SiteId,
    pub organisation: OrganisationId,
    pub supplier: SupplierId,
    /// What shoppers know it by: `Office One online`.
    pub title: String,
    pub protocol: Protocol,
    /// Where setup requests are posted, or the address of the OCI call.
    pub url: String,
    /// cXML To; the identity of its orders without one.
    pub identity: Option<Identity>,
    /// The user name of OCI calls; empty for cXML.
    pub oci_user: String,
    pub oci_fields: OciFields,
    /// Further parameters of each OCI call.
    pub oci_more: Vec<(String, String)>,
    pub price_check: PriceCheck,
    /// Its hits are shown beside those of the catalogue (OCI BACKGROUND_SEARCH).
    pub is_searched: bool,
    pub disabled_at: Option<Time>,
    pub version: i64,
}

/// A visit of one person to a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteVisit {
    pub id: SiteVisitId,
    pub site: SiteId,
    pub organisation: OrganisationId,
    pub person: PersonId,
    /// The session from which the shopper left; a cart is taken only while it is good.
    pub session: SessionId,
    pub punchout_session: Option<PunchoutSessionId>,
    /// The cart to which lines are added.
    pub cart: CartId,
    pub operation: Operation,
    pub state: VisitState,
    /// SHA-256 of the token in the return address.
    pub return_hash: String,
    pub expires_at: Time,
    /// SHA-256 of what came back.
    pub body_sha256: Option<String>,
    pub created_at: Time,
    pub version: i64,
}

/// Where a cart line came from, beside the line itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteLine {
    pub line: CartLineId,
    pub site: SiteId,
    /// What the site lets the shopper do with it there.
    pub allowed: Operation,
    /// Why somebody must look at its price; `None` once the supplier stands by it.
    pub held: Option<String>,
}

/// Said of a line whose price nobody confirmed.
pub const UNCHECKED: &str = "the supplier was not asked";
/// Said of a line whose cart the supplier let in without a word about prices.
pub const UNPRICED: &str = "the supplier let the cart in and stated no price";

/// Whether two prices are one, whatever quantity each is for.
pub fn same_price(one: UnitPrice, other: UnitPrice) -> bool {
    let cross = |a: Decimal, b: Decimal| a.checked_mul(b);
    let (left, right) =
        (cross(one.amount, other.per.value()), cross(other.amount, one.per.value()));
    one.currency == other.currency && left.is_some() && left == right
}

/// The lines whose price somebody must look at. A line of no catalogue that nobody knows the
/// origin of is one of them.
pub fn flags(lines: &[CartLine], known: &[SiteLine]) -> Vec<Flag> {
    let foreign = lines.iter().filter(|line| line.goods.item.is_none());
    let flag = |line: &CartLine| {
        let site = known.iter().find(|own| own.line == line.id);
        let held = match site {
            Some(site) => site.held.clone()?,
            None => UNCHECKED.to_owned(),
        };
        Some(held_flag(u32::try_from(line.position).unwrap_or(u32::MAX), &line.goods, &held))
    };
    foreign.filter_map(flag).collect()
}

/// The flag of one line whose price is not the supplier's word yet.
pub fn held_flag(line: u32, goods: &Goods, why: &str) -> Flag {
    let price = goods.price;
    let per = match price.per == crate::base::quantity::Quantity::ONE {
        true => String::new(),
        false => format!(" per {}", price.per),
    };
    Flag {
        line,
        field: "price".to_owned(),
        expected: "a price that the supplier stands by".to_owned(),
        got: format!(
            "{} {}{per} as the browser brought it ({why})",
            crate::base::decimal::canonical(price.amount),
            price.currency
        ),
        tolerance: String::new(),
    }
}

/// The refusal to change a line that a supplier's site sent.
pub fn line_fixed(goods: &Goods) -> Refusal {
    Refusal::conflict("line-fixed", "This line came from the supplier's own shop as it is.")
        .field("quantity")
        .got(crate::base::text::shorten(&goods.sku, 60))
        .expected(format!("the quantity {}", goods.quantity))
        .mend("Change it in the supplier's shop, or remove it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{decimal, money::Currency, quantity::Quantity};

    fn price(amount: &str, per: &str, currency: Currency) -> UnitPrice {
        let amount = decimal::parse(amount).unwrap();
        UnitPrice::new(amount, currency, Quantity::parse(per).unwrap())
    }

    fn line(id: u128, position: i64) -> CartLine {
        let price = price("1.50", "1", Currency::EUR);
        let goods = Goods {
            item: None,
            supplier: SupplierId::from_bits(1),
            sku: "X-1".to_owned(),
            aux_id: "k, 1".to_owned(),
            description: "A thing".to_owned(),
            quantity: Quantity::ONE,
            unit: "EA".to_owned(),
            price,
            total: price.times(Quantity::ONE).unwrap(),
            unspsc: String::new(),
            manufacturer: String::new(),
            manufacturer_sku: String::new(),
            lead_time_days: None,
        };
        CartLine { id: CartLineId::from_bits(id), position, goods }
    }

    #[test]
    fn every_state_meets_every_move_and_a_cart_comes_back_once() {
        for state in VisitState::ALL {
            for by in VisitMove::ALL {
                let listed = MOVES.iter().any(|(from, with, _)| from == state && with == by);
                assert_eq!(state.after(*by).is_ok(), listed, "{state} {by}");
            }
        }
        assert!(VisitState::Returned.after(VisitMove::Return).is_err());
    }

    #[test]
    fn a_price_is_the_same_for_one_or_for_a_hundred() {
        let one = price("0.035", "1", Currency::EUR);
        assert!(same_price(one, price("3.50", "100", Currency::EUR)));
        assert!(!same_price(one, price("3.51", "100", Currency::EUR)));
        assert!(!same_price(one, price("0.035", "1", Currency::USD)));
    }

    #[test]
    fn lines_nobody_confirmed_are_flagged_and_so_are_lines_of_nowhere() {
        let site = |line, held: Option<&str>| SiteLine {
            line: CartLineId::from_bits(line),
            site: SiteId::from_bits(1),
            allowed: Operation::Edit,
            held: held.map(str::to_owned),
        };
        let lines = [line(1, 1), line(2, 2), line(3, 3)];
        let found = flags(&lines, &[site(1, None), site(2, Some(UNCHECKED))]);
        let numbers: Vec<u32> = found.iter().map(|flag| flag.line).collect();
        assert_eq!(numbers, [2, 3]);
        assert!(found[0].got.starts_with("1.5 EUR as the browser"), "{}", found[0].got);
        let mut of_catalogue = line(4, 4);
        of_catalogue.goods.item = Some(crate::base::id::ItemId::from_bits(9));
        assert!(flags(&[of_catalogue], &[]).is_empty());
    }
}
