//! What is wrong with a document, all of it: for `countersign validate` and for partners who
//! connect.

use super::codec;
use super::encoding;
use super::fault::{ContentFault, XmlFault};
use super::limits;
use super::schema::{Checker, Module};
use super::tree::{self, Element, Tree};

/// One fault of a document; when it is not well-formed, its path is `document`.
pub type CheckFault = ContentFault;

/// Faults that are reported at most.
const MOST_FAULTS: usize = 100;

/// What is to be said about a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What is no XML or no cXML, in the order of the elements; empty means valid.
    pub faults: Vec<CheckFault>,
    /// Why this server refuses the document, when the faults do not say it already.
    pub refused: Option<CheckFault>,
}

impl Findings {
    fn broken(fault: XmlFault) -> Self {
        Self { faults: vec![of_xml(fault)], refused: None }
    }
}

/// Every fault of a document: well-formedness first, then order, required parts and words of the
/// DTD; and what our readers need beyond it.
pub fn examine(bytes: &[u8]) -> Findings {
    if bytes.len() > limits::BODY_BYTES {
        let message = "the document is too long".to_owned();
        return Findings::broken(XmlFault { line: 1, column: 1, message });
    }
    match encoding::decode(bytes, None) {
        Ok(decoded) => examine_text(&decoded.text),
        Err(fault) => Findings::broken(fault),
    }
}

/// As [`examine`], of a document that is text already, whatever encoding it declares.
pub fn examine_text(text: &str) -> Findings {
    match tree::parse(text) {
        Ok(tree) => examine_tree(&tree),
        Err(fault) => Findings::broken(fault),
    }
}

/// Everything that [`examine`] finds, in one list. Empty means good.
pub fn check(bytes: &[u8]) -> Vec<CheckFault> {
    let Findings { mut faults, refused } = examine(bytes);
    faults.extend(refused);
    faults
}

fn of_xml(fault: XmlFault) -> CheckFault {
    ContentFault {
        line: fault.line,
        column: fault.column,
        path: "document".to_owned(),
        got: fault.message,
        expected: "well-formed XML 1.0".to_owned(),
        mend: "Mend the XML at this place.".to_owned(),
    }
}

fn examine_tree(tree: &Tree<'_>) -> Findings {
    let faults = check_models(tree);
    let refused = codec::read(tree.root()).and_then(|received| received.payload).err();
    // The readers and the DTD often miss the same thing.
    let same = |refused: &CheckFault| {
        let told = |fault: &CheckFault| {
            fault.line == refused.line && refused.path.starts_with(&fault.path)
        };
        faults.iter().any(told)
    };
    let refused = refused.filter(|refused| !same(refused));
    Findings { faults, refused }
}

/// What the content models of cXML 1.2.071 say about a document.
pub(super) fn check_models(tree: &Tree<'_>) -> Vec<CheckFault> {
    let bodies = tree
        .root()
        .children()
        .filter(|body| ["Request", "Response", "Message"].iter().any(|name| body.is(name)));
    let mut payloads = bodies.flat_map(|body| body.children().filter(|child| !child.is("Status")));
    let module = Module::of_payload(payloads.next().map_or("", Element::local));
    let mut checker = Checker::new(module);
    for element in tree.elements() {
        if checker.found() >= MOST_FAULTS {
            break;
        }
        checker.look_at(element);
    }
    checker.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_told_at_once_with_their_places() {
        let document =
            b"<cXML payloadID='1' timestamp='x'>\n<Header><From><Credential domain='DUNS'>\
            <Identity>1</Identity></Credential></From><To><Credential><Identity/></Credential></To>\
            <Sender><Credential domain='x'><Identity/></Credential></Sender></Header>\n\
            <Request><OrderRequest><OrderRequestHeader orderID='1' type='neu'/>\n\
            <ItemOut quantity='0'/></OrderRequest></Request></cXML>";
        let faults = check(document);
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        for path in [
            "cXML/Header/To/Credential/@domain",
            "cXML/Header/Sender",
            "cXML/Request/OrderRequest/OrderRequestHeader/@type",
            "cXML/Request/OrderRequest/OrderRequestHeader/@orderDate",
            "cXML/Request/OrderRequest/ItemOut",
        ] {
            assert!(paths.contains(&path), "{path} in {paths:?}");
        }
    }

    #[test]
    fn what_is_valid_and_refused_all_the_same_is_told_apart() {
        let found = examine(b"<Supplier corporateURL='u' storeFrontURL='v'/>");
        assert!(found.faults.iter().all(|fault| fault.path == "Supplier"), "{found:?}");
        let order = include_str!("../../cxml-samples/out/order-new.xml");
        assert_eq!(examine_text(order), Findings::default());
        let odd = order.replacen("quantity=\"", "quantity=\"x", 1);
        let found = examine_text(&odd);
        assert_eq!(found.faults, []);
        assert!(found.refused.is_some_and(|refused| refused.path.ends_with("@quantity")));
    }

    #[test]
    fn broken_xml_gives_one_fault() {
        let faults = check(b"<cXML>\n<a></cXML>");
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].line, faults[0].path.as_str()), (2, "document"));
    }
}
