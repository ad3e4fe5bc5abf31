//! Random requisitions, near the amounts where rules begin and end.

use proptest::prelude::*;

use super::{
    super::world::{facts_of, line, person},
    rows::{AMOUNTS, CENTRES, CODES, SHOPS},
};
use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{BudgetMode, BudgetState, Facts, Line, LineKind, Rate, SupplierStatus},
        requisition::RequisitionSource,
        role::Role,
    },
};

/// One dinar is worth 2.50; a dinar amount stands for whole cents in EUR.
fn money(cents: i64, dinar: bool) -> Money {
    if dinar {
        Money::from_minor(cents.saturating_mul(4), "KWD".parse().unwrap())
    } else {
        Money::from_minor(cents, Currency::EUR)
    }
}

fn maybe(of: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    proptest::option::of(proptest::sample::select(of)).prop_map(|word| word.map(str::to_owned))
}

fn near() -> impl Strategy<Value = i64> {
    (proptest::sample::select(AMOUNTS), -1_i64..=1).prop_map(|(at, off)| (at + off).max(0))
}

fn a_line() -> impl Strategy<Value = (Line, i64)> {
    let codes = (proptest::sample::select(CODES), maybe(&["19010203", "2101", "28"]));
    let words = (
        proptest::sample::select(SHOPS),
        proptest::sample::select(SupplierStatus::ALL),
        proptest::sample::select(LineKind::ALL),
        proptest::sample::select(&["6400", "6410", "6499"][..]),
        maybe(&["yes", "no"]),
    );
    (codes, words, near()).prop_map(|((code, eclass), words, cents)| {
        let (shop, status, kind, account, gift) = words;
        let mut line = line(1, code, Money::zero(Currency::EUR));
        line.supplier = shop.to_owned();
        line.eclass = eclass;
        line.supplier_status = status;
        line.kind = kind;
        line.accounts = vec![account.to_owned()];
        line.fields.extend(gift.map(|gift| ("gift".to_owned(), gift)));
        (line, cents)
    })
}

pub fn requisition() -> impl Strategy<Value = Facts> {
    let lines = proptest::collection::vec(a_line(), 1..4);
    let who = proptest::sample::subsequence(vec![Role::REQUESTER, Role::DIRECTOR], 0..=2);
    let head = (
        proptest::sample::select(CENTRES),
        maybe(&["p-1", "p-2", "p-3"]),
        proptest::sample::select(&["DE", "AT", "CH"][..]),
        maybe(&["plant-1", "plant-2", "office"]),
        maybe(&["yes", "very much so", "no"]),
    );
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (near(), lines, who, head, flags).prop_map(|(cents, lines, who, head, flags)| {
        let (centre, project, country, unit, urgent) = head;
        let (cart, over_budget, dinar) = flags;
        let mut facts = facts_of("ed", money(cents, dinar), &[]);
        facts.currency = Currency::EUR;
        facts.lines = lines
            .into_iter()
            .zip(1..)
            .map(|((line, cents), number)| Line { number, total: money(cents, dinar), ..line })
            .collect();
        facts.roles = who.into_iter().collect();
        facts.cost_center = centre.to_owned();
        facts.project = project;
        facts.ship_to_country = Some(country.to_owned());
        facts.unit = unit;
        facts.fields.extend(urgent.map(|urgent| ("urgent".to_owned(), urgent)));
        facts.source =
            if cart { RequisitionSource::Cart } else { RequisitionSource::IncomingOrder };
        let rate = rust_decimal::Decimal::new(25, 1);
        facts.rates = vec![Rate { from: "KWD".parse().unwrap(), to: Currency::EUR, rate }];
        facts.holders.insert(Role::DIRECTOR, vec![person("dan"), person("don")]);
        facts.budget = Some(BudgetState {
            mode: BudgetMode::RequireApproval,
            exceeded: over_budget,
            available: Money::from_minor(
                cents.saturating_sub(i64::from(over_budget)),
                Currency::EUR,
            ),
        });
        facts
    })
}
