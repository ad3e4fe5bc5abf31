use super::*;
use crate::cxml::fault::Position;

fn texts(source: &str) -> Vec<String> {
    let tree = parse(source).unwrap();
    tree.elements().map(|element| element.text().to_owned()).collect()
}

#[test]
fn all_pieces_of_a_text_are_joined() {
    assert_eq!(texts("<a>A&amp;B<![CDATA[<C>]]>&#x44;<!-- x -->E</a>"), ["A&B<C>DE"]);
    assert_eq!(texts("<a>plain</a>"), ["plain"]);
    assert_eq!(texts("<a> &lt; &gt; </a>"), [" < > "]);
    assert_eq!(texts("<a>x<?keep out?>y\r\nz\rw</a>"), ["xy\nz\nw"]);
}

#[test]
fn white_space_between_children_is_no_text() {
    assert_eq!(texts("<a>\n <b/>\n <c> </c>\n</a>"), ["", "", " "]);
    assert_eq!(texts("<a>see <b/> there</a>"), ["see  there", ""]);
    assert_eq!(texts("<a> <!-- x --> <b/> </a>"), ["", ""]);
}

#[test]
fn attributes_are_normalised_and_found_by_name() {
    let tree = parse("<a one='1&amp;2' xml:lang=\"en\"\n two='a\r\nb&#10;c'/>").unwrap();
    let root = tree.root();
    assert_eq!(root.attribute("one"), Some("1&2"));
    assert_eq!(root.attribute("xml:lang"), Some("en"));
    assert_eq!(root.attribute("two"), Some("a b\nc"));
    assert_eq!(root.attribute("three"), None);
}

#[test]
fn foreign_namespaces_do_not_shadow_ours() {
    let tree = parse(
        "<cXML><x:To xmlns:x='urn:x'>1</x:To><To xmlns='urn:y'><To>2</To></To><To>3</To></cXML>",
    )
    .unwrap();
    let found: Vec<_> = tree.root().named("To").map(Element::text).collect();
    assert_eq!(found, ["3"]);
    let own = parse("<cXML xmlns='http://www.kuali.org/x'><To>1</To></cXML>").unwrap();
    assert_eq!(own.root().first("To").map(Element::text), Some("1"));
    let prefixed = parse("<p:cXML xmlns:p='urn:other'><To>1</To></p:cXML>").unwrap();
    assert!(prefixed.root().is_foreign());
}

#[test]
fn elements_know_their_path_place_and_source() {
    let tree = parse("<a>\n<b><c/></b>\n<b><c x='1'>t<d/></c></b></a>").unwrap();
    let last = tree.root().named("b").nth(1).and_then(|b| b.first("c")).unwrap();
    assert_eq!(last.path(), "a/b[2]/c");
    assert_eq!(last.position(), Position { line: 3, column: 4 });
    assert_eq!(last.inner(), "t<d/>");
    assert_eq!(tree.len(), 6);
}
