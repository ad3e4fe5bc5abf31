//! What is odd about a document that could be read: stricter partners would refuse it, and some of
//! it explains what goes wrong later.

use crate::{
    base::time::HOUR_MS,
    cxml::{self, ContentFault, encoding, tree, values::Stamp},
};

use super::{Arrived, Cause, Finding, content as causes};

/// How far a timestamp may be from our clock: time zones that were forgotten are at most 14 hours.
const FAR_MS: i64 = 24 * HOUR_MS;

pub(super) fn of(seen: &Arrived<'_>, clean: &[u8]) -> Vec<Finding> {
    let Ok(decoded) = encoding::decode(clean, seen.content_type) else { return Vec::new() };
    let text = &*decoded.text;
    let Ok(tree) = tree::parse(text) else { return Vec::new() };
    let root = tree.root();
    let mut found = Vec::new();
    if root.attribute("payloadID").is_none_or(|id| id.trim().is_empty()) {
        found.push(Finding::of(causes::PAYLOAD_MISSING).at((1, 1)).path("cXML/@payloadID"));
    }
    let stamp = Stamp(root.attribute("timestamp").unwrap_or_default().to_owned());
    let place = root.position();
    let at = |cause| {
        let found = Finding::of(cause).at((place.line, place.column)).path("cXML/@timestamp");
        found.got(stamp.text())
    };
    match stamp.time() {
        None => found.push(at(causes::TIMESTAMP).expected("2026-11-21T09:00:00+00:00")),
        Some(time) if (time.millis() - seen.at.millis()).abs() > FAR_MS => {
            found.push(at(causes::CLOCK).expected(format!("about {}", seen.at)));
        }
        Some(_) => {}
    }
    if !text.get(..root.inner_range().start).is_some_and(|head| head.contains("<!DOCTYPE")) {
        found.push(Finding::of(causes::DOCTYPE).at((1, 1)).path("document"));
    }
    let known = ["cXML/@payloadID", "cXML/@timestamp"];
    for fault in cxml::examine_text(text).faults {
        if !known.contains(&fault.path.as_str()) {
            let cause = of_model(&fault, &tree);
            found.push(Finding::of_content(cause, &fault));
        }
    }
    found
}

/// What the content models are unhappy with.
fn of_model(fault: &ContentFault, tree: &tree::Tree<'_>) -> Cause {
    let is_attribute = fault.path.contains("/@");
    if fault.expected.starts_with("no such attribute") {
        causes::ATTRIBUTE_UNKNOWN
    } else if fault.expected.starts_with("the attribute") {
        causes::ATTRIBUTE_MISSING
    } else if fault.expected.starts_with("no such element") || fault.mend.contains("mend its name")
    {
        causes::UNKNOWN
    } else if fault.got.starts_with("the end of") {
        causes::MISSING
    } else if fault.mend.starts_with("Send it once") {
        causes::TWICE
    } else if let Some(wanted) = fault.mend.strip_prefix("Put <").filter(|_| !is_attribute) {
        let wanted = wanted.split('>').next().unwrap_or_default();
        let parent = tree.elements().find(|element| element.path() == fault.path);
        let is_there = parent.is_some_and(|own| own.children().any(|child| child.is(wanted)));
        if is_there { causes::ORDER_OF_ELEMENTS } else { causes::MISSING }
    } else if fault.mend.contains("order of the DTD") {
        causes::ORDER_OF_ELEMENTS
    } else {
        causes::VALUE
    }
}
