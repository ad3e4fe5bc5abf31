//! What is looked for in the answers to the shopping cases.

use crate::{
    cxml::{
        item::Item,
        order::{OrderAction, OrderRequest},
        punchout_setup::{PunchOutSetupRequest, SetupOperation},
    },
    oci::hook::Hook,
};

use super::{
    super::{
        Verdict,
        trial::{Trial, each},
    },
    CART,
};

/// Of each setup request of this operation, when a cart was returned.
pub(super) fn again(
    trial: &Trial,
    operation: SetupOperation,
    fault: impl Fn(&[Item], &PunchOutSetupRequest) -> Option<String>,
) -> Verdict {
    let Some(cart) = trial.cart(CART) else { return Verdict::NotTried };
    let all = trial.setups().into_iter().filter(|found| found.operation == operation);
    each(all, |found| fault(&cart.items, found))
}

pub(super) fn new_orders(trial: &Trial) -> Vec<&OrderRequest> {
    let all = trial.orders().into_iter();
    all.filter(|order| order.action == OrderAction::New).collect()
}

/// Of each new order, when a cart was returned.
pub(super) fn ordered(
    trial: &Trial,
    fault: impl Fn(&[Item], &OrderRequest) -> Option<String>,
) -> Verdict {
    let Some(cart) = trial.cart(CART) else { return Verdict::NotTried };
    each(new_orders(trial), |order| fault(&cart.items, order))
}

/// The line of the same part.
pub(super) fn part_of<'i>(items: &'i [Item], line: &Item) -> Option<&'i Item> {
    items.iter().find(|item| item.id.supplier_part == line.id.supplier_part)
}

/// The first ordered line that differs from its line of the cart.
pub(super) fn lines(
    cart: &[Item],
    order: &OrderRequest,
    fault: impl Fn(&Item, &Item) -> Option<String>,
) -> Option<String> {
    order.items.iter().find_map(|item| {
        let got = fault(part_of(cart, item)?, item)?;
        Some(format!("{} {}: {got}", order.order_id, item.id.supplier_part))
    })
}

pub(super) fn auxiliary(cart: &[Item], item: &Item) -> Option<String> {
    let of = |item: &Item| item.id.auxiliary.as_ref().map(|own| own.text.clone());
    let (asked, got) = (of(part_of(cart, item)?), of(item));
    let said = |own: Option<String>| own.map_or_else(|| "none".to_owned(), |t| format!("\"{t}\""));
    let part = &item.id.supplier_part;
    (asked != got).then(|| format!("{part}: {} in place of {}", said(got), said(asked)))
}

pub(super) fn cookies(trial: &Trial) -> Verdict {
    let all: Vec<_> = trial.setups().into_iter().map(|found| &found.buyer_cookie).collect();
    if all.len() < 2 {
        return Verdict::NotTried;
    }
    each(all.iter().enumerate(), |(at, cookie)| match all[..at].contains(cookie) {
        _ if cookie.trim().is_empty() => Some("an empty BuyerCookie".to_owned()),
        true => Some(format!("\"{cookie}\" twice")),
        false => None,
    })
}

pub(super) fn return_address(trial: &Trial, found: &PunchOutSetupRequest) -> Option<String> {
    let Some(address) = &found.return_url else { return Some("no BrowserFormPost".to_owned()) };
    let hook = Hook::parse("BrowserFormPost", address);
    hook.and_then(|hook| hook.allowed_by("BrowserFormPost", &trial.hooks))
        .err()
        .map(|fault| fault.to_string())
}

pub(super) fn referred(trial: &Trial) -> Verdict {
    let sent: Vec<&str> = trial.theirs().map(|seen| seen.payload_id()).collect();
    let changes = trial.orders().into_iter().filter(|order| order.action != OrderAction::New);
    each(changes, |order| {
        let named = order.document_reference.as_deref().unwrap_or_default();
        let known = sent.contains(&named) && !named.is_empty();
        (!known).then(|| format!("{}: DocumentReference \"{named}\"", order.order_id))
    })
}
