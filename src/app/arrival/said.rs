//! What an arriving order says beside its lines: where to ship and bill, which accounts, what the
//! buyer wrote. Read as it came; whether it is allowed the sign-off decides.

use std::collections::BTreeMap;

use crate::{
    base::text::{fold, shorten},
    cxml::{
        Mode,
        address::Address,
        item::Item,
        order::OrderRequest,
        redact_text,
        values::{Comments, Extrinsic, Stamp},
    },
    domain::{
        cart::Account,
        party::PostalAddress,
        refusal::Refusal,
        requisition::{self, Extras, Flag},
    },
    exchange::order::{
        OWN_EXTRINSICS,
        header::{
            AGREEMENT, AGREEMENT_ITEM, EFFECTIVE, EXPIRATION, MODE, ORDER_TYPE, RELEASE,
            SHIP_COMPLETE,
        },
    },
};

/// Characters of a comment that are kept.
const MOST_COMMENT: usize = 2_000;
/// Characters of an extrinsic's name, and of its value.
const MOST_NAME: usize = 200;
const MOST_VALUE: usize = 10_000;
/// Extrinsics of the order, or of one of its lines, that are kept.
const MOST_EXTRINSICS: usize = 300;

/// The accounting segments of a line.
pub(super) fn accounts(item: &Item) -> Vec<Account> {
    let segments = item.distributions.iter().flat_map(|own| &own.segments);
    segments.map(|own| Account { name: own.name.clone(), value: own.id.clone() }).collect()
}

/// The cost centre that the order names: an account's segment, or one of the extrinsics `names`.
pub(super) fn cost_center(names: &[String], request: &OrderRequest) -> Option<String> {
    let segments = request.items.iter().flat_map(|item| &item.distributions);
    let mut segments = segments.flat_map(|own| &own.segments);
    let named = segments.find(|own| names_cost_center(&own.name));
    let code = named.map(|own| own.id.trim()).filter(|code| !code.is_empty());
    let mut extrinsics = names.iter().filter_map(|name| Extrinsic::find(&request.extrinsics, name));
    let code = code.or_else(|| extrinsics.next());
    code.map(|code| shorten(code, 40))
}

/// What the header and the lines say of agreements and terms, as fields that are signed, shown and
/// asked for by rules, and that the suppliers read again. A field that no page could show is
/// refused.
pub(super) fn extras(request: &OrderRequest, mode: Option<Mode>) -> Result<Extras, Refusal> {
    let word = |text: Option<&String>| text.map(|text| text.trim()).unwrap_or_default().to_owned();
    let day =
        |stamp: Option<&Stamp>| stamp.map(|own| own.text().trim()).unwrap_or_default().to_owned();
    let is_release =
        request.order_type.as_deref().is_some_and(|own| own.trim().eq_ignore_ascii_case(RELEASE));
    let yes = |holds: bool, word: &str| if holds { word.to_owned() } else { String::new() };
    let fields = [
        (ORDER_TYPE, yes(is_release, RELEASE)),
        (AGREEMENT, word(request.agreement_id.as_ref())),
        (EFFECTIVE, day(request.effective_date.as_ref())),
        (EXPIRATION, day(request.expiration_date.as_ref())),
        (SHIP_COMPLETE, yes(request.ship_complete, "yes")),
        (MODE, yes(mode == Some(Mode::Test), Mode::Test.word())),
    ];
    let lines = (1..).zip(&request.items).map(|(position, item): (u32, _)| {
        let agreement = (AGREEMENT, word(item.agreement_id.as_ref()));
        let number = (AGREEMENT_ITEM, word(item.agreement_item_number.as_ref()));
        (position, filled([agreement, number]))
    });
    let named = |item: &Item| {
        let detail = item.detail.iter().flat_map(|detail| &detail.extrinsics);
        kept(detail.chain(&item.extrinsics))
    };
    let line_extrinsics = (1..).zip(request.items.iter().map(named));
    let extras = Extras {
        fields: filled(fields),
        line_fields: lines.filter(|(_, fields)| !fields.is_empty()).collect(),
        extrinsics: kept(request.extrinsics.iter()),
        line_extrinsics: line_extrinsics.filter(|(_, own)| !own.is_empty()).collect(),
        ..Extras::default()
    };
    extras.check()?;
    Ok(extras)
}

/// The extrinsics that are signed and travel on: plain texts without secrets. What holds elements
/// (their names may be bound or allowed nowhere else), what is longer than anybody reads, and what
/// we write ourselves under the same name stays in the document that came.
fn kept<'e>(all: impl Iterator<Item = &'e Extrinsic>) -> Vec<requisition::Extrinsic> {
    let read = |own: &Extrinsic| requisition::Extrinsic {
        name: own.name.trim().to_owned(),
        value: redact_text(&own.value.text),
    };
    let is_kept = |own: &requisition::Extrinsic| {
        !own.name.is_empty()
            && own.name.chars().count() <= MOST_NAME
            && own.value.chars().count() <= MOST_VALUE
            && !OWN_EXTRINSICS.contains(&&*own.name)
    };
    let plain = all.filter(|own| own.value.xml.is_none());
    plain.map(read).filter(is_kept).take(MOST_EXTRINSICS).collect()
}

/// Those that say something.
fn filled<const N: usize>(fields: [(&str, String); N]) -> BTreeMap<String, String> {
    let said = fields.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Where a line is charged to several cost centres: it would be charged to the first alone.
pub(super) fn split(line: u32, item: &Item) -> Option<Flag> {
    let segments = item.distributions.iter().flat_map(|own| &own.segments);
    let mut codes: Vec<&str> =
        segments.filter(|own| names_cost_center(&own.name)).map(|own| own.id.trim()).collect();
    codes.sort_unstable();
    codes.dedup();
    (codes.len() > 1).then(|| Flag {
        line,
        field: "Distribution".to_owned(),
        expected: "one cost centre for the whole line".to_owned(),
        got: shorten(&codes.join(", "), 120),
        tolerance: String::new(),
    })
}

fn names_cost_center(name: &str) -> bool {
    fold(name).replace([' ', '_', '-'], "") == "costcenter"
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
