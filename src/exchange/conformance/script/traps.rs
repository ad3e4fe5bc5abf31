//! Documents that a sound system refuses: wrong proofs, unknown requests, broken and hostile XML.
//! The entities grow to a few hundred kilobytes at most: enough to be told, too little to hurt.

use crate::{
    base::secret::Secret,
    cxml::{
        self, Document, Party, Payload, SECRET_MARK, Status, status_update::StatusUpdateRequest,
    },
    domain::party::Identity,
    exchange::conformance::Side,
};

use super::{Setting, Step, goods::goods};

/// A secret that is nobody's.
const OTHER_SECRET: &str = "this-is-not-the-secret";
const BOMB: &str = "<!DOCTYPE cXML [<!ENTITY a \"aaaaaaaaaa\">\
    <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\
    <!ENTITY x \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]>";
const EXTERNAL: &str = "<!DOCTYPE cXML [<!ENTITY x SYSTEM \"file:///dev/null\">]>";

pub(super) fn steps(setting: &Setting, side: Side) -> Vec<Step> {
    let document = |id: &str| setting.document(id, payload(setting, side));
    let party = |own: &Identity| Party::new(&own.domain, &own.identity);
    let mut wrong = document("secret-wrong");
    wrong.envelope.sender = party(&setting.sender).with_secret(Secret::new(OTHER_SECRET));
    let mut misplaced = document("secret-in-from");
    misplaced.envelope.from = party(&setting.from).with_secret(Secret::new(SECRET_MARK));
    misplaced.envelope.sender = party(&setting.sender);
    let mut cut = cxml::encode(&document("xml-cut"));
    cut.truncate(cut.len() * 2 / 3);
    vec![
        Step::cxml("payload-unknown", unknown(setting)),
        Step::cxml("secret-wrong", cxml::encode(&wrong)),
        Step::cxml("secret-in-from", cxml::encode(&misplaced)),
        Step::cxml("xml-cut", cut),
        Step::cxml("entity-bomb", with_entity(&document("entity-bomb"), BOMB)),
        Step::cxml("entity-external", with_entity(&document("entity-external"), EXTERNAL)),
    ]
}

/// A usual document of the side.
fn payload(setting: &Setting, side: Side) -> Payload {
    let order = setting.order("18", &[goods("TEST-TRAP", "Trap", 1, "EA", 100)]);
    match side {
        Side::Supplier => Payload::OrderRequest(Box::new(order)),
        Side::Buyer => {
            let status = Status::new(200, "The order is approved.");
            let about = setting.payload_id("order-copy");
            Payload::StatusUpdateRequest(Box::new(StatusUpdateRequest::new(about, status)))
        }
    }
}

fn unknown(setting: &Setting) -> Vec<u8> {
    let known = cxml::encode(&setting.document("payload-unknown", Payload::ProfileRequest));
    let text = String::from_utf8_lossy(&known);
    text.replace("ProfileRequest", "NobodyKnowsThisRequest").into_bytes()
}

/// The document with another DOCTYPE, and a use of its entity in the UserAgent.
fn with_entity(document: &Document, doctype: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&cxml::encode(document)).into_owned();
    let usual = text.find("<!DOCTYPE").zip(text.find("<cXML"));
    let (head, body) = usual.map_or(("", text.as_str()), |(a, b)| (&text[..a], &text[b..]));
    let body = body.replacen("<UserAgent>", "<UserAgent>&x;", 1);
    format!("{head}{doctype}{body}").into_bytes()
}
