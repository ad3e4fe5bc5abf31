//! Documents that must be refused, each with its place, and none with a panic.

use super::super::{limits, tree};

fn fault(source: &str) -> String {
    match tree::parse(source) {
        Ok(_) => panic!("must be refused: {}", &source[..source.len().min(200)]),
        Err(fault) => fault.to_string(),
    }
}

const REFUSED: &[&str] = &[
    "",
    " ",
    "text",
    "<a>",
    "<a><b></a>",
    "<a></b>",
    "</a>",
    "<a/><b/>",
    "<a></a><b></b>",
    "<a/>junk",
    "junk<a/>",
    "&amp;<a/>",
    "<a/>&amp;",
    "<a/><![CDATA[x]]>",
    "<a>\0</a>",
    "<a>\u{1}</a>",
    "<a b='\u{8}'/>",
    "<a>\u{FFFE}</a>",
    "<a>\u{FFFF}</a>",
    "<a>&#x1;</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a>&#xFFFF;</a>",
    "<a>&#;</a>",
    "<a>&#x;</a>",
    "<a>&#+65;</a>",
    "<a>&#X41;</a>",
    "<a>&nbsp;</a>",
    "<a>A&x;B</a>",
    "<a>a & b</a>",
    "<a>?x=1&y=2</a>",
    "<a b='&x;'/>",
    "<a b='&amp'/>",
    "<a b='<'/>",
    "<a b=c/>",
    "<a b/>",
    "<a b=''c=''/>",
    "<a b='' b=''/>",
    "<a xmlns:x='u' xmlns:y='u' x:b='' y:b=''/>",
    "<a 1b=''/>",
    "<1a/>",
    "<a:b/>",
    "<a><b:c/></a>",
    "<a b:c=''/>",
    "<:a/>",
    "<a:/>",
    "<a xmlns:a=''/>",
    "<a xmlns:xml='urn:x'/>",
    "<a xmlns:xmlns='urn:x'/>",
    "< a/>",
    "<a>]]></a>",
    "<a><!-- a--b --></a>",
    "<a><!-- a ---></a>",
    "<a><!-- a </a>",
    "<a><!--></a>",
    "<a><![CDATA[x</a>",
    "<a><![cdata[x]]></a>",
    "<a><?xml version='1.0'?></a>",
    "<a><?XML x?></a>",
    "<a><? x?></a>",
    "<a><??></a>",
    " <?xml version='1.0'?><a/>",
    "<?xml version='1.1'?><a/>",
    "<?xml version='2.0'?><a/>",
    "<?xml version=''?><a/>",
    "<?xml encoding='UTF-8'?><a/>",
    "<?xml encoding='UTF-8' version='1.0'?><a/>",
    "<?xml version='1.0' standalone='maybe'?><a/>",
    "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
    "<?xml version='1.0'encoding='UTF-8'?><a/>",
    "<?xml version=\"1.0\"><a/>",
    "<?xml?><a/>",
    "<?xml version='1.0' encoding='UT/8'?><a/>",
    "<!DOCTYPE a><!DOCTYPE a><a/>",
    "<a><!DOCTYPE a></a>",
    "<a/><!DOCTYPE a>",
    "<!doctype a><a/>",
    "<!DOCTYPEa><a/>",
    "<!DOCTYPE><a/>",
    "<!DOCTYPE a []><a/>",
    "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    "<!DOCTYPE a SYSTEM 'x' [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]><a/>",
    "<!DOCTYPE a SYSTEM><a/>",
    "<!DOCTYPE a PUBLIC 'x'><a/>",
    "<!DOCTYPE a SYSTEM 'x' junk><a/>",
    "<!ENTITY x 'y'><a/>",
    "\u{FEFF}<a/>",
    "<a>\u{0}",
    "<a b='c' / >x</a>",
    "<a/ >",
    "<>x</>",
    "<a></a b='c'>",
];

#[test]
fn what_the_tokenizer_lets_pass_is_refused_here() {
    for bad in REFUSED {
        let told = fault(bad);
        assert!(told.starts_with("line 1, column "), "{bad}: {told}");
    }
}

#[test]
fn sound_oddities_are_taken() {
    for good in [
        "<a/>",
        "<?xml version = '1.0' encoding = 'UTF-8' standalone=\"yes\" ?>\n<a />",
        "<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\"><cXML/>",
        "<!DOCTYPE cXML SYSTEM 'cXML.dtd' ><cXML/>",
        "<!DOCTYPE cXML PUBLIC '' \"Custom.dtd\"\n><cXML/>",
        "<!DOCTYPE a><!-- b --><a/><!-- c --><?d e?>\n",
        "<a\nb = 'c'\td=\"e>f\"/>",
        "<a></a\n>",
        "<ü é='ö'/>",
        "<x:a xmlns:x='urn:x' x:b=''><x:c/></x:a>",
        "<a xml:lang='de'><b xmlns='urn:y'><c xmlns=''/></b></a>",
        "<a>\t\r\n\u{7F}\u{85}\u{FFFD}\u{10FFFF}&#xFFFD;</a>",
        "<a>]] > ]]&gt;</a>",
        "<a>&#65;&#x41;&lt;&gt;&amp;&quot;&apos;</a>",
        "<a><!----></a>",
    ] {
        assert!(tree::parse(good).is_ok(), "{good}: {:?}", tree::parse(good).err());
    }
}

#[test]
fn every_limit_is_taken_and_one_more_is_refused() {
    let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    let wide = |n: usize| {
        let attributes: String = (0..n).map(|i| format!(" a{i}=''")).collect();
        format!("<a{attributes}/>")
    };
    let long = |n: usize| format!("<a>{}</a>", "x".repeat(n));
    let pieces = |n: usize| format!("<a>&amp;{}</a>", "x".repeat(n - 1));
    let many = |n: usize| format!("<a>{}</a>", "<b/>".repeat(n - 1));
    let cases: [(&dyn Fn(usize) -> String, usize); 5] = [
        (&deep, limits::DEPTH),
        (&wide, limits::ATTRIBUTES),
        (&long, limits::TEXT_NODE_BYTES),
        (&pieces, limits::TEXT_NODE_BYTES),
        (&many, limits::ELEMENTS),
    ];
    for (make, most) in cases {
        assert!(tree::parse(&make(most)).is_ok(), "{most} must be taken");
        fault(&make(most + 1));
    }
}

#[test]
fn a_document_cut_anywhere_is_refused_and_no_damage_makes_it_panic() {
    let whole = "<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM 'x'><a b='c'>ü<![CDATA[d]]>\
                 <!-- e -->&amp;<f xmlns:g='urn:h' g:i=\"j\"/><?k l?></a>";
    assert!(tree::parse(whole).is_ok());
    for (at, _) in whole.char_indices() {
        fault(&whole[..at]);
        for damage in ["<", ">", "&", ";", "'", "\"", "]", "[", "-", "!", "?", "/", "\0", "ü"] {
            let _ = tree::parse(&format!("{}{damage}{}", &whole[..at], &whole[at..]));
            let behind = at + whole[at..].chars().next().map_or(1, char::len_utf8);
            let _ = tree::parse(&format!("{}{damage}{}", &whole[..at], &whole[behind..]));
        }
    }
}

/// Each of these would take minutes if any step were done once per element over the whole text.
#[test]
fn hostile_shapes_take_one_pass() {
    let blanks = " ".repeat(limits::TEXT_NODE_BYTES - 1);
    assert!(tree::parse(&format!("<a>{blanks}x{}</a>", "<b/>".repeat(100_000))).is_ok());
    let names: String = (0..limits::NAMESPACES).map(|i| format!(" xmlns:n{i}='u{i}'")).collect();
    let long = "u".repeat(limits::NAMESPACE_BYTES);
    let many = format!("<a{names}>{}</a>", "<b/>".repeat(100_000));
    assert!(tree::parse(&many).is_ok());
    assert!(tree::parse(&format!("<a xmlns='{long}'>{}</a>", "<b/>".repeat(100_000))).is_ok());
    fault(&format!("<a xmlns='{long}u'/>"));
    fault(&format!("<a{names}><b xmlns:o='u'/></a>"));
}

#[test]
fn faults_point_at_their_line() {
    let fault = tree::parse("<a>\n  <b>\n    x & y\n  </b>\n</a>").unwrap_err();
    assert_eq!((fault.line, fault.column), (3, 7), "{fault}");
    let fault = tree::parse("<a>\n  <b>\n</a>").unwrap_err();
    assert_eq!((fault.line, fault.column), (3, 1), "{fault}");
}
