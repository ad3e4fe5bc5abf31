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

/// Every fault of a document: well-formedness first, then order, required parts and words of the
/// DTD, then what our readers need beyond it. Empty means good.
pub fn check(bytes: &[u8]) -> Vec<CheckFault> {
    if bytes.len() > limits::BODY_BYTES {
        let fault = XmlFault { line: 1, column: 1, message: "the document is too long".to_owned() };
        return vec![of_xml(fault)];
    }
    let decoded = match encoding::decode(bytes, None) {
        Ok(decoded) => decoded,
        Err(fault) => return vec![of_xml(fault)],
    };
    check_text(&decoded.text)
}

/// As [`check`], of a document that is text already, whatever encoding it declares.
pub fn check_text(text: &str) -> Vec<CheckFault> {
    match tree::parse(text) {
        Ok(tree) => check_tree(&tree),
        Err(fault) => vec![of_xml(fault)],
    }
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

/// Faults of the DTD in the order of the elements, then what only our readers miss.
fn check_tree(tree: &Tree<'_>) -> Vec<CheckFault> {
    let mut faults = check_models(tree);
    let read = codec::read(tree.root()).and_then(|received| received.payload).err();
    // The readers and the DTD often miss the same thing.
    let same = |read: &CheckFault| {
        let told =
            |fault: &CheckFault| fault.line == read.line && read.path.starts_with(&fault.path);
        faults.iter().any(told)
    };
    faults.extend(read.filter(|read| !same(read)));
    faults
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
    fn broken_xml_gives_one_fault() {
        let faults = check(b"<cXML>\n<a></cXML>");
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].line, faults[0].path.as_str()), (2, "document"));
    }
}
