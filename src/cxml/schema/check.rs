//! One element after the other against its model.
//!
//! A fault of content names the element whose content it is and the place of the child that does
//! not fit; the order of faults is that of the elements.

use std::collections::HashSet;

use super::parts::{Part, Walk};
use super::{Attribute, Content, Kind, Module, Rule, rule};
use crate::cxml::fault::ContentFault;
use crate::cxml::tree::Element;

/// Checks the elements of one document; knows which IDs were given.
pub(in crate::cxml) struct Checker<'t> {
    module: Module,
    ids: HashSet<&'t str>,
    references: Vec<(Element<'t>, &'static str)>,
    /// Names of the children looked at, kept for its room.
    names: Vec<&'t str>,
    faults: Vec<ContentFault>,
}

impl<'t> Checker<'t> {
    pub(in crate::cxml) fn new(module: Module) -> Self {
        let (ids, references, names) = (HashSet::new(), Vec::new(), Vec::new());
        Self { module, ids, references, names, faults: Vec::new() }
    }

    /// How many faults were found so far.
    pub(in crate::cxml) fn found(&self) -> usize {
        self.faults.len()
    }

    /// What the element itself gets wrong; its children are looked at on their own.
    pub(in crate::cxml) fn look_at(&mut self, element: Element<'t>) {
        let name = element.qualified();
        let Some(rule) = rule(name, self.module) else {
            let fault = element.fault().found(format!("<{name}>"));
            let fault = fault.expected(format!("an element of {}.dtd", self.module.name()));
            return self.faults.push(fault.mend("Leave it out, or mend its name."));
        };
        self.faults.extend(content_fault(element, &rule.content, &mut self.names));
        self.attributes(element, rule);
    }

    /// Every fault, once all elements were looked at.
    pub(in crate::cxml) fn finish(mut self) -> Vec<ContentFault> {
        for (element, name) in self.references {
            if element.attribute(name).is_some_and(|id| !self.ids.contains(id)) {
                let fault = element.attribute_fault(name).expected("the Id of another element");
                self.faults.push(fault.mend("Refer to an Id that is in the document."));
            }
        }
        self.faults
    }

    fn attributes(&mut self, element: Element<'t>, rule: &'static Rule) {
        for attribute in rule.attributes.iter().filter(|attribute| attribute.required) {
            if element.attribute(attribute.name).is_none() {
                let name = attribute.name;
                let fault = element.attribute_fault(name).expected(format!("the attribute {name}"));
                let mend = format!("Give {} its {name}.", element.local());
                self.faults.push(fault.mend(mend));
            }
        }
        for (name, value) in element.attributes() {
            match rule.attributes.iter().find(|attribute| attribute.name == name) {
                None => {
                    let fault = element.attribute_fault(name);
                    let fault = fault.expected(format!("no such attribute of {}", element.local()));
                    self.faults.push(fault.mend("Leave it out, or mend its name."));
                }
                Some(attribute) => self.value(element, attribute, value),
            }
        }
    }

    fn value(&mut self, element: Element<'t>, attribute: &'static Attribute, value: &'t str) {
        let name = attribute.name;
        let mut wrong = |expected: String, mend: &str| {
            let fault = element.attribute_fault(name).expected(expected);
            self.faults.push(fault.mend(mend));
        };
        match &attribute.kind {
            Kind::Words(words) if !words.contains(&value) => {
                let expected = format!("one of {}", words.join(", "));
                wrong(expected, "Use one of these words, in this case.");
            }
            Kind::Fixed(only) if *only != value => {
                wrong(format!("\"{only}\""), "Leave it out.");
            }
            Kind::Token if !is_token(value) => {
                wrong("one word without blanks".to_owned(), "Write letters, digits, - _ . or :.");
            }
            Kind::Id if !is_name(value) => {
                wrong("a name".to_owned(), "Start with a letter; no blanks.");
            }
            Kind::Id if !self.ids.insert(value) => {
                wrong("an Id of its own".to_owned(), "Give each element another Id.");
            }
            Kind::IdRef => self.references.push((element, name)),
            _ => {}
        }
    }
}

fn is_token(value: &str) -> bool {
    let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '\u{B7}');
    !value.is_empty() && value.chars().all(sound)
}

fn is_name(value: &str) -> bool {
    let starts = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    value.starts_with(starts) && is_token(value)
}

fn content_fault<'t>(
    element: Element<'t>,
    content: &Content,
    names: &mut Vec<&'t str>,
) -> Option<ContentFault> {
    match content {
        Content::Any => None,
        Content::Text => {
            let child = element.children().next()?;
            let fault = element.fault().standing_at(child).found(format!("<{}>", child.local()));
            let fault = fault.expected(format!("text only in {}", element.local()));
            Some(fault.mend("Leave the element out."))
        }
        Content::Mixed(names) => {
            let child = element.children().find(|child| !names.contains(&child.qualified()))?;
            let fault = child.fault().found(format!("<{}>", child.local()));
            let fault = fault.expected(format!("no such element in {}", element.local()));
            Some(fault.mend("Leave it out."))
        }
        Content::Empty if element.inner().is_empty() => None,
        Content::Empty => Some(text_fault(element, "nothing at all")),
        Content::Children(_) if !element.trimmed().is_empty() => {
            Some(text_fault(element, "no text"))
        }
        Content::Children(part) => {
            names.clear();
            names.extend(element.children().map(Element::qualified));
            children_fault(element, part, names)
        }
    }
}

fn text_fault(element: Element<'_>, expected: &str) -> ContentFault {
    let fault = element.fault().got(element.inner());
    fault.expected(format!("{expected} in {}", element.local())).mend("Leave it out.")
}

fn children_fault(element: Element<'_>, part: &Part, names: &[&str]) -> Option<ContentFault> {
    let misfit = Walk::misfit(part, names)?;
    let wanted = match misfit.expected.as_slice() {
        [] => format!("the end of {}", element.local()),
        [one] => format!("<{one}>"),
        many => {
            let shown = &many[many.len().saturating_sub(8)..];
            let dots = if shown.len() < many.len() { ", .." } else { "" };
            format!("one of {}{dots}", shown.join(", "))
        }
    };
    let place = match misfit.at.checked_sub(1).and_then(|before| names.get(before)) {
        Some(before) => format!("{wanted} behind <{before}> in {}", element.local()),
        None => format!("{wanted} first in {}", element.local()),
    };
    let fault = match element.children().nth(misfit.at) {
        Some(child) => {
            let name = child.qualified();
            let fault = element.fault().standing_at(child).found(format!("<{name}>"));
            fault.mend(mend(part, name, &misfit.expected))
        }
        None => {
            let fault = element.fault().found(format!("the end of {}", element.local()));
            fault.mend(format!("Add {wanted}."))
        }
    };
    Some(fault.expected(place))
}

/// What to do about a child that does not fit.
fn mend(part: &Part, name: &str, expected: &[&str]) -> String {
    if !part.names().contains(&name) {
        return "Leave it out, or mend its name.".to_owned();
    }
    match expected {
        [one] => format!("Put <{one}> before it."),
        [] => "Send it once, and in the order of the DTD.".to_owned(),
        _ => "Put the elements in the order of the DTD.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::tree;

    fn told(source: &str) -> Vec<String> {
        let tree = tree::parse(source).unwrap();
        let mut checker = Checker::new(Module::of_payload("OrderRequest"));
        tree.elements().for_each(|element| checker.look_at(element));
        checker.finish().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_missing_child_is_named_where_it_is_missed() {
        let told = told("<ItemID>\n<BuyerPartID>1</BuyerPartID></ItemID>");
        assert_eq!(told.len(), 1);
        let expected = "ItemID (line 2, column 1): expected <SupplierPartID> first in ItemID, \
                        got <BuyerPartID>. Put <SupplierPartID> before it.";
        assert_eq!(told[0], expected);
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
        let told = told("<ItemOut quantity='1' isAdHoc='no' colour='red'><ItemID/></ItemOut>");
        assert!(told[0].contains("ItemOut/@isAdHoc"), "{told:?}");
        assert!(told[0].contains("expected one of yes, got \"no\""), "{told:?}");
        assert!(told[1].contains("no such attribute of ItemOut"), "{told:?}");
        let told = super::tests::told("<Extrinsic>x</Extrinsic>");
        assert!(told[0].contains("Extrinsic/@name"), "{told:?}");
        let told = super::tests::told("<Contact role='a b'><Name xml:lang='en'/></Contact>");
        assert!(told[0].contains("one word without blanks"), "{told:?}");
    }

    #[test]
    fn ids_are_given_once_and_references_lead_somewhere() {
        let twice = "<Extrinsic name='a'><Request Id='a'/><Request Id='a'/></Extrinsic>";
        assert!(told(twice).iter().any(|fault| fault.contains("an Id of its own")));
        let lost = "<TaxDetail category='vat' taxedElement='x'/>";
        assert!(told(lost).iter().any(|fault| fault.contains("the Id of another element")));
    }

    #[test]
    fn unknown_elements_and_content_of_empty_ones_are_told() {
        let told = told("<OrderRequest><Basket/><ProfileRequest> </ProfileRequest></OrderRequest>");
        assert!(told.iter().any(|fault| fault.contains("OrderRequest/Basket")), "{told:?}");
        assert!(told.iter().any(|fault| fault.contains("nothing at all")), "{told:?}");
    }
}
