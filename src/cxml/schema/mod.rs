//! The content models of every document type of cXML 1.2.071, from `models.txt`: which children in
//! which order, which attributes, which words.
//!
//! cXML is published as several modules of which a document follows one, chosen by its payload and
//! never by the document type it declares. Read once, kept for the life of the program.

mod check;
mod parts;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

pub(super) use check::Checker;
use parts::Part;

/// One of the alternative sets of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Module(u16);

/// Letter in the table and name of the module's DTD.
const MODULES: [(char, &str); 9] = [
    ('c', "cXML"),
    ('f', "Fulfill"),
    ('i', "InvoiceDetail"),
    ('p', "PaymentRemittance"),
    ('q', "Quote"),
    ('t', "Contract"),
    ('l', "Logistics"),
    ('g', "Catalog"),
    ('v', "Private"),
];
const EVERY: u16 = (1 << MODULES.len()) - 1;
const CXML: Module = Module(1);

impl Module {
    /// The module that has this payload; an unknown payload counts as one of the main module.
    pub(super) fn of_payload(payload: &str) -> Self {
        SCHEMA.payloads.get(payload).copied().unwrap_or(CXML)
    }

    /// The name of its DTD.
    pub(super) fn name(self) -> &'static str {
        let place = self.0.trailing_zeros() as usize;
        MODULES.get(place).map_or("cXML", |(_, name)| name)
    }
}

/// What an element may hold.
#[derive(Debug)]
enum Content {
    Text,
    /// Characters and these elements in any order.
    Mixed(Vec<&'static str>),
    Empty,
    Any,
    Children(Part),
}

/// What an attribute may say.
#[derive(Debug, PartialEq)]
enum Kind {
    Text,
    Words(Vec<&'static str>),
    Id,
    IdRef,
    Token,
    Fixed(&'static str),
}

#[derive(Debug)]
struct Attribute {
    name: &'static str,
    required: bool,
    kind: Kind,
}

/// The model of one element in some of the modules.
#[derive(Debug)]
pub(super) struct Rule {
    modules: u16,
    content: Content,
    attributes: Vec<Attribute>,
}

/// Every element of a document is looked up, so hashing must be cheap. The keys are the table's
/// own: nobody can choose them to collide.
#[derive(Debug, Clone, Copy, Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let mixed = self.0.rotate_left(5) ^ u64::from_le_bytes(word);
            self.0 = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

type ByName<T> = HashMap<&'static str, T, BuildHasherDefault<NameHasher>>;

struct Schema {
    rules: ByName<Vec<Rule>>,
    payloads: HashMap<&'static str, Module>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read(include_str!("models.txt")));

/// The model of an element in a module.
pub(super) fn rule(name: &str, module: Module) -> Option<&'static Rule> {
    SCHEMA.rules.get(name)?.iter().find(|rule| rule.modules & module.0 != 0)
}

impl Rule {
    /// Where a child of this name stands among the children; `None` when it has no place.
    pub(super) fn rank(&self, child: &str) -> Option<usize> {
        match &self.content {
            Content::Children(part) => part.names().iter().position(|name| *name == child),
            Content::Mixed(names) => names.iter().position(|name| *name == child),
            Content::Any => Some(0),
            Content::Text | Content::Empty => None,
        }
    }
}

fn read(table: &'static str) -> Schema {
    let mut schema = Schema { rules: ByName::default(), payloads: HashMap::new() };
    // An element's rows: its own, those indented by four that go on, and its attributes.
    let mut rows = table.lines().filter(|row| !row.starts_with('#') && !row.is_empty()).peekable();
    while let Some(row) = rows.next() {
        let (head, content) = row.split_once(" = ").unwrap_or((row, "any"));
        let (name, letters) = head.split_once(" [").unwrap_or((head, ""));
        let mut words: Vec<_> = parts::tokens(content);
        while let Some(more) = rows.next_if(|row| row.starts_with("    ")) {
            words.extend(parts::tokens(more));
        }
        let mut attributes = Vec::new();
        while let Some(more) = rows.next_if(|row| row.starts_with("  @")) {
            read_attributes(more, &mut attributes);
        }
        let modules = modules(letters);
        let content = read_content(&words);
        schema.rules.entry(name).or_default().push(Rule { modules, content, attributes });
    }
    schema.payloads = payloads(&schema.rules);
    schema
}

fn modules(letters: &str) -> u16 {
    let bit = |letter| MODULES.iter().position(|(own, _)| *own == letter).map_or(0, |at| 1 << at);
    let found = letters.chars().map(bit).fold(0, |all, bit| all | bit);
    if found == 0 { EVERY } else { found }
}

fn read_content(words: &[&'static str]) -> Content {
    match words {
        ["text"] => Content::Text,
        ["empty"] => Content::Empty,
        ["any"] => Content::Any,
        ["mixed", names @ ..] => Content::Mixed(names.to_vec()),
        mut words => Content::Children(Part::read(&mut words)),
    }
}

fn read_attributes(row: &'static str, attributes: &mut Vec<Attribute>) {
    if let Some((name, value)) = row.strip_prefix("  @fixed ").and_then(|row| row.split_once(' ')) {
        return attributes.push(Attribute { name, required: false, kind: Kind::Fixed(value) });
    }
    for word in row.split_whitespace().skip(1) {
        let (required, word) = match word.strip_prefix('!') {
            Some(word) => (true, word),
            None => (false, word),
        };
        let (name, kind) = match (word.split_once('='), word.rsplit_once(':')) {
            (Some((name, words)), _) => (name, Kind::Words(words.split('|').collect())),
            (None, Some((name, "id"))) => (name, Kind::Id),
            (None, Some((name, "idref"))) => (name, Kind::IdRef),
            (None, Some((name, "nmtoken"))) => (name, Kind::Token),
            _ => (word, Kind::Text),
        };
        attributes.push(Attribute { name, required, kind });
    }
}

/// The first module that takes a payload is its own.
fn payloads(rules: &ByName<Vec<Rule>>) -> HashMap<&'static str, Module> {
    let mut payloads = HashMap::new();
    for bit in (0..MODULES.len()).rev() {
        let module = Module(1 << bit);
        let bodies = ["Request", "Response", "Message"].iter().filter_map(|body| rules.get(body));
        for rule in bodies.flatten().filter(|rule| rule.modules & module.0 != 0) {
            if let Content::Children(part) = &rule.content {
                payloads.extend(part.names().into_iter().map(|name| (name, module)));
            }
        }
    }
    payloads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_is_read() {
        assert!(SCHEMA.rules.len() > 1_000);
        for (name, rules) in &SCHEMA.rules {
            let all = rules.iter().fold(0, |all, rule| {
                assert_eq!(all & rule.modules, 0, "{name} has two models in one module");
                all | rule.modules
            });
            assert_ne!(all, 0);
            for rule in rules {
                let Content::Children(part) = &rule.content else { continue };
                for child in part.names() {
                    assert!(SCHEMA.rules.contains_key(child), "{child} in {name} has no model");
                }
            }
        }
    }

    #[test]
    fn the_module_follows_the_payload() {
        let name = |payload| Module::of_payload(payload).name();
        assert_eq!(name("OrderRequest"), "cXML");
        assert_eq!(name("ReceiptRequest"), "Fulfill");
        assert_eq!(name("InvoiceDetailRequest"), "InvoiceDetail");
        assert_eq!(name("PaymentRemittanceRequest"), "PaymentRemittance");
        assert_eq!(name("QuoteMessage"), "Quote");
        assert_eq!(name("NoSuchRequest"), "cXML");
    }

    #[test]
    fn attributes_are_read_with_what_they_may_say() {
        let order = rule("OrderRequestHeader", CXML).unwrap();
        let kind = |name| &order.attributes.iter().find(|own| own.name == name).unwrap().kind;
        assert_eq!(*kind("type"), Kind::Words(vec!["new", "update", "delete"]));
        assert!(order.attributes.iter().any(|own| own.name == "orderID" && own.required));
        assert!(order.rank("Total") < order.rank("BillTo"));
        assert_eq!(order.rank("ItemOut"), None);
        let lang = rule("Name", CXML).unwrap();
        assert_eq!((lang.attributes[0].name, &lang.attributes[0].kind), ("xml:lang", &Kind::Text));
    }
}
