//! One checker for all content models of `schema_table.rs`.
//!
//! The models of a DTD are deterministic, so a match never has to turn back: what fits first is
//! right. Where nothing fits, the names that were tried at that place are what was expected.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fault::ContentFault;
use super::schema_table::{MODELS, Model};
use super::tree::Element;

/// A content model, read from its text.
#[derive(Debug)]
enum Content {
    /// Characters only.
    Text,
    /// Characters and these elements in any order.
    Mixed(Vec<&'static str>),
    Empty,
    Any,
    Children(Part),
}

#[derive(Debug)]
enum Part {
    One(&'static str),
    All(Vec<Part>),
    Choice(Vec<Part>),
    /// At least `0` times or once, and again or not.
    Times(Box<Part>, bool, bool),
}

#[derive(Debug)]
struct Rule {
    content: Content,
    required: Vec<&'static str>,
    words: Vec<(&'static str, Vec<&'static str>)>,
}

static RULES: LazyLock<HashMap<&'static str, Rule>> =
    LazyLock::new(|| MODELS.iter().map(|model| (model.0, rule(model))).collect());

fn rule((_, content, required, words): &Model) -> Rule {
    let content = match *content {
        "text" => Content::Text,
        "empty" => Content::Empty,
        "any" => Content::Any,
        other => match other.strip_prefix("mixed ") {
            Some(names) => Content::Mixed(names.split_whitespace().collect()),
            None => Content::Children(part(&mut tokens(other).as_slice())),
        },
    };
    let words = words.split_whitespace().filter_map(|word| word.split_once('='));
    Rule {
        content,
        required: required.split_whitespace().collect(),
        words: words.map(|(name, list)| (name, list.split('|').collect())).collect(),
    }
}

/// Names with their mark, brackets with theirs, and `|`.
fn tokens(text: &'static str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name = rest.find(|c: char| !c.is_alphanumeric() && c != ':').unwrap_or(rest.len());
        let mut end = name.max(1);
        if !rest.starts_with(['(', '|']) && rest[end..].starts_with(['?', '*', '+']) {
            end += 1;
        }
        found.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    found
}

/// Reads parts up to the closing bracket.
fn part(tokens: &mut &[&'static str]) -> Part {
    let mut parts = Vec::new();
    let mut choice = false;
    while let Some((first, rest)) = tokens.split_first() {
        if first.starts_with(')') {
            break;
        }
        *tokens = rest;
        if *first == "|" {
            choice = true;
        } else if *first == "(" {
            let inner = part(tokens);
            let close = tokens.first().copied().unwrap_or(")");
            *tokens = tokens.get(1..).unwrap_or_default();
            parts.push(times(inner, &close[1..]));
        } else {
            let name = first.trim_end_matches(['?', '*', '+']);
            parts.push(times(Part::One(name), &first[name.len()..]));
        }
    }
    if choice { Part::Choice(parts) } else { Part::All(parts) }
}

fn times(part: Part, mark: &str) -> Part {
    match mark {
        "?" => Part::Times(Box::new(part), false, false),
        "*" => Part::Times(Box::new(part), false, true),
        "+" => Part::Times(Box::new(part), true, true),
        _ => part,
    }
}

/// How far a model fits the names, and what was tried where it stopped.
struct Walk<'n> {
    names: &'n [&'n str],
    furthest: usize,
    tried: Vec<&'static str>,
}

impl Walk<'_> {
    /// Where the part ends when it starts at `at`; `None` when it does not fit.
    fn fit(&mut self, part: &Part, at: usize) -> Option<usize> {
        match part {
            Part::One(name) => {
                if self.names.get(at) == Some(name) {
                    return Some(at + 1);
                }
                if at > self.furthest {
                    self.furthest = at;
                    self.tried.clear();
                }
                if at == self.furthest && !self.tried.contains(name) {
                    self.tried.push(name);
                }
                None
            }
            Part::All(parts) => parts.iter().try_fold(at, |at, part| self.fit(part, at)),
            Part::Choice(parts) => {
                let mut nothing = None;
                for part in parts {
                    match self.fit(part, at) {
                        Some(end) if end > at => return Some(end),
                        Some(end) => nothing = Some(end),
                        None => {}
                    }
                }
                nothing
            }
            Part::Times(part, once, again) => {
                let mut end = match self.fit(part, at) {
                    Some(end) => end,
                    None => return (!once).then_some(at),
                };
                while *again && let Some(next) = self.fit(part, end).filter(|next| *next > end) {
                    end = next;
                }
                Some(end)
            }
        }
    }
}

/// What the element itself gets wrong; its children are looked at on their own.
pub(super) fn check(element: Element<'_>, faults: &mut Vec<ContentFault>) {
    let Some(rule) = RULES.get(element.local()).filter(|_| !element.is_foreign()) else { return };
    for name in &rule.required {
        if element.attribute(name).is_none() {
            let fault = element.attribute_fault(name).expected(format!("the attribute {name}"));
            faults.push(fault.mend(format!("Give {} its {name}.", element.local())));
        }
    }
    for (name, words) in &rule.words {
        if element.attribute(name).is_some_and(|value| !words.contains(&value)) {
            let fault = element.attribute_fault(name);
            let fault = fault.expected(format!("one of {}", words.join(", ")));
            faults.push(fault.mend("Use one of these words, in this case."));
        }
    }
    faults.extend(check_content(element, &rule.content));
}

fn check_content(element: Element<'_>, content: &Content) -> Option<ContentFault> {
    let stray = |allowed: &[&str]| {
        let child = element
            .children()
            .find(|child| !child.is_foreign() && !allowed.contains(&child.local()))?;
        let fault = child.fault().found(format!("<{}>", child.local()));
        Some(
            fault.expected(format!("no such element in {}", element.local())).mend("Leave it out."),
        )
    };
    match content {
        Content::Any => None,
        Content::Text => stray(&[]),
        Content::Mixed(names) => stray(names),
        Content::Empty if element.trimmed().is_empty() => stray(&[]),
        Content::Empty => Some(text_fault(element)),
        Content::Children(_) if !element.trimmed().is_empty() => Some(text_fault(element)),
        Content::Children(part) => check_children(element, part),
    }
}

fn text_fault(element: Element<'_>) -> ContentFault {
    let fault = element.fault().got(element.trimmed());
    fault.expected(format!("no text in {}", element.local())).mend("Leave the text out.")
}

fn check_children(element: Element<'_>, part: &Part) -> Option<ContentFault> {
    let children: Vec<_> = element.children().filter(|child| !child.is_foreign()).collect();
    let names: Vec<_> = children.iter().map(|child| child.local()).collect();
    let mut walk = Walk { names: &names, furthest: 0, tried: Vec::new() };
    let end = walk.fit(part, 0);
    if end == Some(names.len()) {
        return None;
    }
    let at = walk.furthest.max(end.unwrap_or(0));
    let wanted = match walk.tried.as_slice() {
        [] => "the end".to_owned(),
        tried if tried.len() > 8 => format!("one of {}, ..", tried[tried.len() - 8..].join(", ")),
        [one] => format!("<{one}>"),
        tried => format!("one of {}", tried.join(", ")),
    };
    let place = match at.checked_sub(1).and_then(|before| names.get(before)) {
        Some(before) => format!("{wanted} behind <{before}>"),
        None => format!("{wanted} first"),
    };
    let fault = match children.get(at) {
        Some(child) => child.fault().found(format!("<{}>", child.local())),
        None => element.fault().found(format!("the end of {}", element.local())),
    };
    Some(fault.expected(place).mend("Put the elements in the order of the DTD."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::tree;

    fn told(source: &str) -> Vec<String> {
        let tree = tree::parse(source).unwrap();
        let mut faults = Vec::new();
        tree.elements().for_each(|element| check(element, &mut faults));
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_missing_child_is_named_where_it_is_missed() {
        let told = told("<ItemID><BuyerPartID>1</BuyerPartID></ItemID>");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("expected <SupplierPartID> first, got <BuyerPartID>"), "{told:?}");
    }

    #[test]
    fn order_once_only_and_ends_are_checked() {
        let base = "<Money currency='EUR'>1</Money>";
        assert_eq!(told(&format!("<Total>{base}</Total>")), Vec::<String>::new());
        assert_eq!(told(&format!("<Total>{base}{base}</Total>")).len(), 1);
        assert_eq!(told("<Total/>").len(), 1);
        assert_eq!(told("<Total>1</Total>").len(), 1);
        let swapped = told(
            "<Shipping><Description xml:lang='en'/><Money currency='EUR'>1</Money></Shipping>",
        );
        assert!(swapped[0].contains("expected <Money> first"), "{swapped:?}");
        let half = told("<Header><From/><To/><Sender/><Path/></Header>");
        assert!(half.iter().any(|fault| fault.contains("<OriginalDocument> behind <Path>")));
    }

    #[test]
    fn attributes_and_their_words_are_checked() {
        let told = told("<InvoiceDetailLineIndicator isTaxInLine='no'/>");
        assert!(told[0].contains("expected one of yes, got \"no\""), "{told:?}");
        let told = super::tests::told("<Extrinsic>x</Extrinsic>");
        assert!(told[0].contains("Extrinsic/@name"), "{told:?}");
    }

    #[test]
    fn every_model_reads_as_it_is_written() {
        for (name, content, ..) in MODELS {
            assert!(RULES.contains_key(name));
            let balance = content.matches('(').count() == content.matches(')').count();
            assert!(balance, "{name}");
        }
    }
}
