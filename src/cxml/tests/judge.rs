//! The checker against xmllint and the official DTDs: the same verdict on the corpus and on
//! thousands of damaged documents, and the same element at fault.
//!
//! xmllint reads a DTD anew for every file, so all documents of a module go into one file, one on
//! each line; the line of a verdict is the document's number.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use super::super::schema::Module;
use super::super::tree::{self, Element};
use super::super::validate::check_models;
use super::super::{encoding, write};
use super::corpus::{files, shared};
use super::dice::Dice;

/// A document on one line, without what stands before and behind its root.
pub(super) struct Line {
    pub(super) name: String,
    text: String,
    module: &'static str,
}

impl Line {
    pub(super) fn new(name: String, source: &str) -> Option<Self> {
        let tree = tree::parse(source).ok()?;
        let module = module_of(tree.root());
        let text = source.get(outer(tree.root(), source))?.replace(['\n', '\r'], " ");
        Some(Self { name, text, module })
    }

    /// The names of the elements that the checker finds at fault.
    fn ours(&self) -> Vec<String> {
        let tree = tree::parse(&self.text).unwrap();
        check_models(&tree).iter().map(|fault| element_of(&fault.path)).collect()
    }
}

fn module_of(root: Element<'_>) -> &'static str {
    let bodies = root.children().filter(|child| !child.is("Header"));
    let mut payloads = bodies.flat_map(Element::children).filter(|child| !child.is("Status"));
    Module::of_payload(payloads.next().map_or("", Element::local)).name()
}

/// `cXML/Request/ItemOut[2]/@quantity` is a fault of `ItemOut`.
fn element_of(path: &str) -> String {
    let last = path.rsplit('/').find(|part| !part.starts_with('@')).unwrap_or_default();
    last.split('[').next().unwrap_or_default().to_owned()
}

/// The element with its tags.
fn outer(element: Element<'_>, source: &str) -> std::ops::Range<usize> {
    let start = element.qualified().as_ptr() as usize - source.as_ptr() as usize - 1;
    let inner = element.inner_range();
    let empty = source[..inner.start].ends_with("/>");
    let end = source[inner.end..].find('>').map_or(source.len(), |at| inner.end + at + 1);
    start..if empty { inner.start } else { end }
}

/// The elements at fault by the number of the document, as xmllint tells them.
fn theirs(lines: &[&Line], module: &str, shared: &Path) -> HashMap<usize, Vec<String>> {
    let folder = std::env::temp_dir().join(format!("cxml-judge-{}-{module}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let official = shared.join(format!("dtd/{module}.dtd"));
    let dtd = std::fs::read_to_string(official).unwrap() + "\n<!ELEMENT batch ANY>\n";
    std::fs::write(folder.join("batch.dtd"), dtd).unwrap();
    let all: String = lines.iter().map(|line| format!("{}\n", line.text)).collect();
    std::fs::write(folder.join("batch.xml"), format!("<batch>{all}</batch>")).unwrap();
    let run = Command::new("xmllint")
        .args(["--nonet", "--noout", "--huge", "--dtdvalid", "batch.dtd", "batch.xml"])
        .current_dir(&folder)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let mut found: HashMap<usize, Vec<String>> = HashMap::new();
    for row in String::from_utf8_lossy(&run.stderr).lines() {
        assert!(!row.contains("parser error"), "{row}");
        let Some((place, rest)) = row.split_once(": element ") else { continue };
        let Some((_, line)) = place.rsplit_once(':') else { continue };
        let element = rest.split(':').next().unwrap().to_owned();
        let prefixed = rest.split("lement ").nth(1).and_then(|rest| rest.split(' ').next());
        let element = match prefixed {
            Some(full) if full.ends_with(&format!(":{element}")) => full.to_owned(),
            _ => element,
        };
        found.entry(line.parse::<usize>().unwrap() - 1).or_default().push(element);
    }
    found
}

/// The elements that xmllint finds at fault, document by document.
pub(super) fn verdicts<'l>(lines: &'l [Line], shared: &Path) -> Vec<(&'l Line, Vec<String>)> {
    let mut judged = Vec::new();
    for module in ["cXML", "Fulfill", "InvoiceDetail", "PaymentRemittance", "Quote", "Contract"] {
        let batch: Vec<_> = lines.iter().filter(|line| line.module == module).collect();
        let mut theirs = theirs(&batch, module, shared);
        for (number, line) in batch.into_iter().enumerate() {
            judged.push((line, theirs.remove(&number).unwrap_or_default()));
        }
    }
    judged
}

/// Every well-formed document of the corpus and of the samples.
fn documents(shared: &Path) -> Vec<Line> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("cxml-samples");
    let folders = [shared.join("corpus"), samples.join("out"), samples.join("in")];
    let mut found = Vec::new();
    for path in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let decoded = encoding::decode(&bytes, None).ok();
        found.extend(decoded.and_then(|decoded| Line::new(name, &decoded.text)));
    }
    found
}

#[test]
fn the_corpus_is_judged_as_xmllint_judges_it() {
    let Some(shared) = shared() else { return };
    let lines = documents(&shared);
    assert!(lines.len() > 150);
    let wrong: Vec<String> = verdicts(&lines, &shared)
        .into_iter()
        .map(|(line, theirs)| (line, line.ours(), theirs))
        .filter(|(_, ours, theirs)| ours.first() != theirs.first())
        .map(|(line, ours, theirs)| format!("{}: {ours:?}, xmllint {theirs:?}", line.name))
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The document with one thing wrong with it, mostly.
fn damaged(source: &str, dice: &mut Dice) -> String {
    let tree = tree::parse(source).unwrap();
    let elements: Vec<_> = tree.elements().collect();
    let element = elements[1 + dice.below(elements.len() - 1)];
    let other = elements[1 + dice.below(elements.len() - 1)];
    let range = outer(element, source);
    let own = &source[range.clone()];
    let inner = element.inner_range();
    let empty = own.ends_with("/>");
    let tag_end = inner.start - range.start - if empty { 2 } else { 1 };
    let renamed = |name: &str| {
        let tag = &own[1 + element.qualified().len()..tag_end];
        if empty {
            format!("<{name}{tag}/>")
        } else {
            format!("<{name}{tag}>{}</{name}>", element.inner())
        }
    };
    let filled = |text: &str| {
        let (name, tag) = (element.qualified(), &own[..tag_end]);
        if empty {
            format!("{tag}>{text}</{name}>")
        } else {
            format!("{tag}>{text}{}</{name}>", element.inner())
        }
    };
    let attributes: Vec<_> = element.attributes().collect();
    let attribute = |new: &dyn Fn(&str, &str) -> String, dice: &mut Dice| {
        let keep = dice.below(attributes.len());
        let written: String = attributes
            .iter()
            .enumerate()
            .map(|(at, (name, value))| {
                let value = write::escape(value).replace('"', "&quot;");
                if at == keep { new(name, &value) } else { format!(" {name}=\"{value}\"") }
            })
            .collect();
        let end = if empty { "/>" } else { ">" };
        format!("<{}{written}{end}{}", element.qualified(), &own[inner.start - range.start..])
    };
    let new = match dice.below(13) {
        0 => String::new(),
        1 => format!("{own}{own}"),
        2 => format!("{own}{}", &source[outer(other, source)]),
        3 => renamed(other.qualified()),
        4 => renamed("Basket"),
        5 => filled("stray"),
        6 => filled(&source[outer(other, source)]),
        7 => filled(" "),
        8 => format!("<{0}></{0}>", element.qualified()),
        9 => attribute(&|_, _| String::new(), dice),
        10 => attribute(&|name, value| format!(" {name}x=\"{value}\""), dice),
        11 => attribute(&|name, _| format!(" {name}=\"not this\""), dice),
        _ => attribute(&|name, value| format!(" {name}=\"{}\"", value.to_uppercase()), dice),
    };
    format!("{}{new}{}", &source[..range.start], &source[range.end..])
}

#[test]
fn thousands_of_damaged_documents_are_judged_as_xmllint_judges_them() {
    let Some(shared) = shared() else { return };
    let valid: Vec<_> =
        documents(&shared).into_iter().filter(|line| line.ours().is_empty()).collect();
    let mut dice = Dice(20_261_122);
    let mut mutants = Vec::new();
    for round in 0..24 {
        for line in &valid {
            let text = damaged(&line.text, &mut dice);
            mutants.extend(Line::new(format!("{} round {round}", line.name), &text));
        }
    }
    let (mut same, mut invalid, mut named, mut wrong) = (0, 0, 0, Vec::new());
    for (line, theirs) in verdicts(&mutants, &shared) {
        let ours = line.ours();
        invalid += usize::from(!theirs.is_empty());
        named += usize::from(ours.first() == theirs.first());
        if ours.is_empty() == theirs.is_empty() {
            same += 1;
        } else {
            wrong.push(format!("{}: {ours:?}, xmllint {theirs:?}\n{}", line.name, line.text));
        }
    }
    let all = mutants.len();
    eprintln!("{all} mutants, {invalid} invalid, {same} judged the same, {named} naming the same");
    assert!(all > 2_000 && invalid > 1_000, "{all} mutants, {invalid} invalid");
    assert!(
        same * 1_000 >= all * 995,
        "{} differ:\n{}",
        all - same,
        wrong[..9.min(wrong.len())].join("\n")
    );
    assert!(named * 100 >= all * 99, "only {named} of {all} name the same element first");
}

/// The text with a piece of markup put in, a few characters cut out, or both.
fn broken(source: &str, dice: &mut Dice) -> String {
    const PIECES: [&str; 30] = [
        "",
        "",
        "",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "/",
        "=",
        "]]>",
        "<!--",
        "-->",
        "--",
        "<![CDATA[",
        "<?",
        "?>",
        "&amp;",
        "&#1;",
        "&#x41;",
        " ",
        "\u{1}",
        "ü",
        "</",
        "/>",
        "<a>",
        "</a>",
        "<a/>",
        "<!DOCTYPE x>",
        "&x;",
    ];
    let chars: Vec<char> = source.chars().collect();
    let at = dice.below(chars.len());
    let cut = dice.below(4).min(chars.len() - at);
    let (before, behind) = (&chars[..at], &chars[at + cut..]);
    before.iter().chain(&dice.one(&PIECES).chars().collect::<Vec<_>>()).chain(behind).collect()
}

#[test]
fn hundreds_of_broken_documents_are_refused_where_xmllint_refuses_them() {
    let Some(shared) = shared() else { return };
    let samples = documents(&shared);
    let mut dice = Dice(11);
    let texts: Vec<_> =
        (0..600).map(|_| broken(&samples[dice.below(samples.len())].text, &mut dice)).collect();
    let folder = std::env::temp_dir().join(format!("cxml-broken-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let names: Vec<_> = (0..texts.len()).map(|number| format!("{number}.xml")).collect();
    names.iter().zip(&texts).for_each(|(name, text)| {
        std::fs::write(folder.join(name), text).unwrap();
    });
    let run = Command::new("xmllint")
        .args(["--nonet", "--noout"])
        .args(&names)
        .current_dir(&folder)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    let refused = |name: &str| {
        let mine = |row: &str| row.starts_with(&format!("{name}:")) && row.contains("parser error");
        told.lines().any(mine)
    };
    for (name, text) in names.iter().zip(&texts) {
        match tree::parse(text) {
            Ok(_) => assert!(!refused(name), "xmllint refuses {text}"),
            // xmllint only warns of these.
            Err(fault) if fault.message.contains("namespace") => {}
            Err(fault) if fault.message.contains("is not an attribute name") => {}
            Err(fault) => assert!(refused(name), "xmllint takes, but {fault}: {text}"),
        }
    }
}
