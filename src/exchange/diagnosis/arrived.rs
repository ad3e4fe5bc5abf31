//! Why a document that came here was refused, and what is odd about one that was not.

use crate::{
    base::time::Time,
    cxml::{self, ContentFault},
    domain::{
        party::Identity,
        refusal::{Refusal, RefusalKind},
    },
};

use super::{Cause, Finding, bytes, content as inside, credentials, document as causes, remarks};

/// A document that came here.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    pub bytes: &'a [u8],
    pub content_type: Option<&'a str>,
    /// Why it was refused, when a rule refused it.
    pub refusal: Option<&'a Refusal>,
    pub at: Time,
    /// The server's own identity.
    pub own: &'a Identity,
    /// Whether the Sender's identity belongs to any connection.
    pub is_registered: bool,
}

/// Findings shown at most.
const MOST: usize = 12;

/// What is wrong: the cause first, then what is odd besides. At least one.
pub fn arrived(seen: &Arrived<'_>) -> Vec<Finding> {
    if seen.bytes.len() > cxml::limits::BODY_BYTES {
        let got = format!("{} bytes", seen.bytes.len());
        let most = format!("at most {} bytes", cxml::limits::BODY_BYTES);
        return vec![Finding::of(causes::TOO_LARGE).got(got).expected(most)];
    }
    if let Some(fault) = bytes::fault(seen.bytes, seen.content_type) {
        return vec![fault];
    }
    let clean = cxml::redact(seen.bytes);
    let mut found: Vec<Finding> = Vec::new();
    if let Some(refusal) = seen.refusal {
        found.push(of_document(seen, &clean, refusal));
    }
    for remark in remarks::of(seen, &clean) {
        let told = |known: &Finding| known.code == remark.code || same_place(known, &remark);
        if found.len() < MOST && !found.iter().any(told) {
            found.push(remark);
        }
    }
    if found.is_empty() {
        found.push(Finding::of(inside::WELL));
    }
    found
}

fn same_place(one: &Finding, other: &Finding) -> bool {
    one.line != 0 && (one.line, one.column) == (other.line, other.column) && one.path == other.path
}

fn of_document(seen: &Arrived<'_>, clean: &[u8], refusal: &Refusal) -> Finding {
    match refusal.code {
        "sender-unknown" => credentials::unproven(seen, clean),
        "certificate-unknown" => credentials::certificate(seen, clean, refusal),
        "from-foreign" => credentials::foreign(seen, clean),
        _ => refused(refusal),
    }
}

/// What a refusal alone tells, of a call without a document.
pub fn refused(refusal: &Refusal) -> Finding {
    if refusal.code == "content" {
        return content(refusal);
    }
    let known = BY_CODE.iter().find(|(known, _)| *known == refusal.code).map(|(_, cause)| *cause);
    Finding::of_refusal(known.unwrap_or_else(|| by_kind(refusal)), refusal)
}

fn by_kind(refusal: &Refusal) -> Cause {
    let field = refusal.field.as_deref().unwrap_or_default();
    match refusal.kind {
        RefusalKind::Unavailable => causes::DISABLED,
        RefusalKind::NotFound if field.starts_with("cXML/Header/To") => causes::TO_FOREIGN,
        RefusalKind::NotFound if field.contains("rder") => inside::ORDER_UNKNOWN,
        _ => inside::RULE,
    }
}

/// What the codes of our refusals mean.
const BY_CODE: &[(&str, Cause)] = &[
    ("payload-id-reused", causes::PAYLOAD_REUSED),
    ("not-allowed", causes::NOT_ALLOWED),
    ("not-implemented", causes::NOT_IMPLEMENTED),
    ("dangling-cid", causes::CID),
    ("return-host", inside::RETURN_HOST),
    ("return-address", inside::RETURN_ADDRESS),
    ("no-return-address", inside::RETURN_MISSING),
    ("unknown-unit", inside::UNIT),
    ("unknown-line", inside::LINE_UNKNOWN),
    ("line-doubled", inside::LINE_TWICE),
    ("too-many-lines", inside::LINES_MANY),
    ("empty-confirmation", inside::LINES_NONE),
    ("empty-ship-notice", inside::LINES_NONE),
    ("over-quantity", inside::QUANTITY_OVER),
    ("over-return", inside::QUANTITY_OVER),
    ("quantities-do-not-add-up", inside::QUANTITY_OVER),
    ("bad-quantity", inside::QUANTITY),
    ("currency", inside::CURRENCY_MIXED),
    ("currency-mixed", inside::CURRENCY_MIXED),
    ("currency-differs", inside::CURRENCY_MIXED),
    ("amount-not-exact", inside::PRICE),
    ("bad-amount", inside::PRICE),
    ("bad-price-basis", inside::PRICE),
    ("no-price", inside::PRICE),
    ("cart-price-differs", inside::PRICE_OTHER),
    ("cart-article-differs", inside::ARTICLE),
    ("unknown-sku", inside::ARTICLE),
    ("unknown-requester", inside::REQUESTER),
    ("order-id", inside::ORDER_ID),
    ("order-exists", inside::ORDER_TWICE),
    ("order-state", inside::ORDER_STATE),
    ("order-ended", inside::ORDER_STATE),
    ("order-answered", inside::ORDER_STATE),
    ("duplicate-invoice", inside::INVOICE_TWICE),
    ("cart-line", inside::CART_FAULT),
    ("cart-cannot-return", inside::CART_FAULT),
    ("oci-login", inside::OCI_LOGIN),
    ("oci-field-missing", inside::OCI_MISSING),
    ("oci-field-twice", inside::OCI_TWICE),
    ("oci-field-orphan", inside::OCI_ORPHAN),
    ("oci-field-unreadable", inside::OCI_UNREADABLE),
    ("oci-too-much", inside::OCI_MUCH),
    ("oci-unsupported", inside::OCI_FUNCTION),
];

/// A refusal for what an element says, whose place stands behind its path.
fn content(refusal: &Refusal) -> Finding {
    let field = refusal.field.clone().unwrap_or_default();
    let (path, place) = field.rsplit_once(" (line ").unwrap_or((&field, ""));
    let mut numbers = place.trim_end_matches(')').split(", column ");
    let mut number = || numbers.next().and_then(|text| text.parse().ok()).unwrap_or_default();
    let fault = ContentFault {
        line: number(),
        column: number(),
        path: path.to_owned(),
        got: refusal.got.clone().unwrap_or_else(|| "nothing".to_owned()),
        expected: refusal.expected.clone().unwrap_or_default(),
        mend: refusal.mend.clone().unwrap_or_else(|| refusal.message.clone()),
    };
    Finding::of_content(of_content(&fault), &fault)
}

/// What a reader that could not use an element is unhappy with.
pub(super) fn of_content(fault: &ContentFault) -> Cause {
    let steps: Vec<&str> = fault.path.split('/').map(bare).collect();
    let last = steps.last().copied().unwrap_or_default();
    let missing = fault.got == "nothing";
    let within = |name: &str| steps.contains(&name);
    match last {
        _ if fault.expected.contains("lines") && fault.expected.starts_with("at most") => {
            inside::LINES_MANY
        }
        _ if fault.got.starts_with("a second") => inside::TWICE,
        "BuyerCookie" => inside::COOKIE,
        "URL" | "BrowserFormPost" if within("BrowserFormPost") => match missing {
            true => inside::RETURN_MISSING,
            false => inside::RETURN_ADDRESS,
        },
        "@orderID" => inside::ORDER_ID,
        "@currency" => inside::CURRENCY,
        "@quantity" => inside::QUANTITY,
        "ItemOut" | "ConfirmationItem" if missing => inside::LINES_NONE,
        "UnitOfMeasure" | "BasisUnit" if !missing => inside::UNIT,
        "Money" | "UnitPrice" => inside::PRICE,
        _ if missing && last.starts_with('@') => inside::ATTRIBUTE_MISSING,
        _ if missing => inside::MISSING,
        _ => inside::VALUE,
    }
}

/// A step of a path without its number.
fn bare(step: &str) -> &str {
    step.split('[').next().unwrap_or_default()
}
