//! `POST /documents/check`: what is wrong with a cXML document. Nothing of it is kept.

use poem_openapi::{
    ApiRequest, Object, OpenApi,
    payload::{Binary, Json},
};

use super::{Caller, shape::Text};
use crate::cxml::{self, CheckFault, Findings};

pub struct Documents;

/// A document to be checked.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Unchecked {
    /// The whole cXML document. As JSON is Unicode, the encoding it declares does not count.
    document: Text,
}

/// The document in a JSON text, or as it is.
#[derive(ApiRequest)]
enum Sent {
    Json(Json<Unchecked>),
    /// The bytes of the document; the encoding it declares counts.
    #[oai(content_type = "application/xml")]
    Xml(Binary<Vec<u8>>),
    /// The same.
    #[oai(content_type = "text/xml")]
    Text(Binary<Vec<u8>>),
}

/// What was found.
#[derive(Object)]
struct Checked {
    /// Whether it is what the DTD asks for.
    valid: bool,
    /// In the order of the document's elements, at most a hundred.
    faults: Vec<FaultJson>,
    /// Why this server refuses the document, when the faults do not say it already.
    refused: Option<FaultJson>,
}

/// One thing that is wrong.
#[derive(Object)]
#[oai(rename = "DocumentFault")]
struct FaultJson {
    /// From 1.
    line: u32,
    /// From 1, in characters.
    column: u32,
    /// From the root: `cXML/Request/OrderRequest/ItemOut[2]/@quantity`.
    path: String,
    got: String,
    expected: String,
    /// How to mend it.
    mend: String,
}

impl From<CheckFault> for FaultJson {
    fn from(fault: CheckFault) -> Self {
        let CheckFault { line, column, path, got, expected, mend } = fault;
        Self { line, column, path, got, expected, mend }
    }
}

#[OpenApi]
impl Documents {
    /// Checks a cXML document against the content models of cXML 1.2.071 and what this server needs
    /// beyond them.
    #[oai(path = "/documents/check", method = "post", operation_id = "check_document")]
    async fn check(&self, _caller: Caller, body: Sent) -> Json<Checked> {
        let Findings { faults, refused } = match body {
            Sent::Json(body) => cxml::examine_text(body.0.document.trimmed()),
            Sent::Xml(bytes) | Sent::Text(bytes) => cxml::examine(&bytes.0),
        };
        Json(Checked {
            valid: faults.is_empty(),
            faults: faults.into_iter().map(FaultJson::from).collect(),
            refused: refused.map(FaultJson::from),
        })
    }
}
