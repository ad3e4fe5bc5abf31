//! What an arriving order says beside its lines: where to ship and bill, which accounts, what the
//! buyer wrote. Read as it came; whether it is allowed the sign-off decides.

use crate::{
    base::text::{fold, shorten},
    cxml::{
        address::Address,
        item::Item,
        order::OrderRequest,
        values::{Comments, Extrinsic},
    },
    domain::{cart::Account, party::PostalAddress},
};

/// Characters of a comment that are kept.
const MOST_COMMENT: usize = 2_000;

/// The accounting segments of a line.
pub(super) fn accounts(item: &Item) -> Vec<Account> {
    let segments = item.distributions.iter().flat_map(|own| &own.segments);
    segments.map(|own| Account { name: own.name.clone(), value: own.id.clone() }).collect()
}

/// The cost centre that the order names: an account's segment, or one of the extrinsics `names`.
pub(super) fn cost_center(names: &[String], request: &OrderRequest) -> Option<String> {
    let segments = request.items.iter().flat_map(|item| &item.distributions);
    let mut segments = segments.flat_map(|own| &own.segments);
    let named = segments.find(|own| fold(&own.name).replace([' ', '_', '-'], "") == "costcenter");
    let code = named.map(|own| own.id.trim()).filter(|code| !code.is_empty());
    let mut extrinsics = names.iter().filter_map(|name| Extrinsic::find(&request.extrinsics, name));
    let code = code.or_else(|| extrinsics.next());
    code.map(|code| shorten(code, 40))
}

/// The orderVersion, when it is a number.
pub(super) fn version(request: &OrderRequest) -> Option<i64> {
    request.order_version.as_deref()?.trim().parse().ok()
}

/// The header's comments, without control characters.
pub(super) fn comment(request: &OrderRequest) -> String {
    text(&request.comments)
}

/// What is written in comments, without control characters.
pub(super) fn text(comments: &[Comments]) -> String {
    let texts: Vec<&str> = comments.iter().map(|own| own.text.as_str()).collect();
    let clean = |c: char| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c };
    texts.join("\n").chars().map(clean).take(MOST_COMMENT).collect()
}

/// Whether the second address is another place than the first, or somebody else there.
pub(super) fn is_elsewhere(first: &Address, second: &Address) -> bool {
    let differ = |one: &str, other: &str| fold(one) != fold(other);
    match (postal(first), postal(second)) {
        (Some(one), Some(other)) => {
            differ(&one.street, &other.street)
                || differ(&one.city, &other.city)
                || differ(&one.postal_code, &other.postal_code)
                || differ(&one.country, &other.country)
                || !other.deliver_to.is_empty() && differ(&one.deliver_to, &other.deliver_to)
        }
        _ => match (&first.id, &second.id) {
            (Some(one), Some(other)) => differ(one, other),
            _ => false,
        },
    }
}

/// An address as it is frozen; one without street and city is none.
pub(super) fn postal(address: &Address) -> Option<PostalAddress> {
    let postal = address.postal.as_ref()?;
    if postal.city.is_empty() && postal.street.is_empty() {
        return None;
    }
    Some(PostalAddress {
        code: address.id.clone().unwrap_or_default(),
        name: address.name.clone(),
        deliver_to: postal.deliver_to.join(", "),
        street: postal.street.join(", "),
        city: postal.city.clone(),
        postal_code: postal.postal_code.clone().unwrap_or_default(),
        country: postal.country_code.clone(),
        email: address.email.clone(),
    })
}
