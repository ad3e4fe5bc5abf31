//! Reading elements by name: required or optional, once or many, with faults that name the place.
//!
//! Children are found by name and never by place, as a third of real senders write them in another
//! order; what may stand once is refused when it stands twice, so that nobody reads another one.

use rust_decimal::Decimal;

use crate::base::{decimal, quantity::Quantity};

use super::{fault::ContentFault, tree::Element, values::LANG};

/// What reading gives.
pub type Read<T> = Result<T, ContentFault>;

/// How a number is written.
const NUMBER: &str = "Write digits with at most one point and no separators: at most 13 before \
                      and 8 after the point.";

impl<'t> Element<'t> {
    /// A fault at this element.
    pub fn fault(self) -> ContentFault {
        ContentFault::new(self.position(), self.path())
    }

    /// A fault at an attribute of this element.
    pub fn attribute_fault(self, name: &str) -> ContentFault {
        let fault = ContentFault::new(self.position(), format!("{}/@{name}", self.path()));
        match self.attribute(name) {
            Some(value) => fault.got(value),
            None => fault,
        }
    }

    /// The only child of this name; two are a fault.
    pub fn one(self, name: &'static str) -> Read<Option<Element<'t>>> {
        let mut found = self.named(name);
        let first = found.next();
        match found.next() {
            None => Ok(first),
            Some(second) => Err(second
                .fault()
                .found("a second one")
                .expected(format!("at most one {name} in {}", self.local()))
                .mend(format!("Send one {name}."))),
        }
    }

    /// What is read of every child of this name, in a list without room to spare.
    pub fn each<T>(self, name: &'static str, read: impl FnMut(Element<'t>) -> T) -> Vec<T> {
        let mut found = Vec::with_capacity(self.named(name).count());
        found.extend(self.named(name).map(read));
        found
    }

    /// As [`Element::each`], for what may be at fault.
    pub fn every<T>(
        self,
        name: &'static str,
        mut read: impl FnMut(Element<'t>) -> Read<T>,
    ) -> Read<Vec<T>> {
        let mut found = Vec::with_capacity(self.named(name).count());
        for child in self.named(name) {
            found.push(read(child)?);
        }
        Ok(found)
    }

    /// The child that must be there.
    pub fn need(self, name: &'static str) -> Read<Element<'t>> {
        self.one(name)?.ok_or_else(|| {
            ContentFault::new(self.position(), format!("{}/{name}", self.path()))
                .expected(format!("one {name} in {}", self.local()))
                .mend(format!("Add {name}."))
        })
    }

    /// Nothing, when there is at least one child of this name.
    pub fn need_some(self, name: &'static str) -> Read<()> {
        if self.first(name).is_none() {
            self.need(name)?;
        }
        Ok(())
    }

    /// The attribute that must be there and say something.
    pub fn need_attribute(self, name: &'static str) -> Read<&'t str> {
        self.attribute(name).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
            self.attribute_fault(name)
                .expected(format!("a value for {name}"))
                .mend(format!("Give {} its {name}.", self.local()))
        })
    }

    /// An attribute that says something.
    pub fn said(self, name: &str) -> Option<String> {
        self.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Its language, when it is not the one that the writer gives to everything.
    pub fn language(self) -> Option<String> {
        self.said("xml:lang").filter(|language| language != LANG)
    }

    /// Its text without outer white space.
    pub fn trimmed(self) -> &'t str {
        self.text().trim()
    }

    /// The trimmed text of the only child of this name; empty counts as absent.
    pub fn text_of(self, name: &'static str) -> Read<Option<String>> {
        let found = self.one(name)?.map(Element::trimmed);
        Ok(found.filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// As [`Element::text_of`], of an element that the writer gives our language.
    pub fn words_of(self, name: &'static str) -> Read<Option<String>> {
        let found = self.one(name)?.map(|child| child.granted("xml:lang", LANG).trimmed());
        Ok(found.filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// The trimmed text of every child of this name; empty ones are left out.
    pub fn texts_of(self, name: &'static str) -> Vec<String> {
        let texts = self.named(name).map(Element::trimmed).filter(|text| !text.is_empty());
        texts.map(str::to_owned).collect()
    }

    /// The number in its text.
    pub fn number(self) -> Read<Decimal> {
        decimal::parse_wire(self.text()).map_err(|_| {
            self.fault().got(self.text()).expected("a number such as 12.50").mend(NUMBER)
        })
    }

    /// The number in an attribute.
    pub fn number_in(self, name: &'static str) -> Read<Decimal> {
        decimal::parse_wire(self.need_attribute(name)?).map_err(|_| {
            self.attribute_fault(name).expected("a number such as 3 or 2.5").mend(NUMBER)
        })
    }

    /// The quantity above zero in an attribute.
    pub fn quantity_in(self, name: &'static str) -> Read<Quantity> {
        let number = self.number_in(name)?;
        Quantity::new(number).map_err(|_| {
            self.attribute_fault(name)
                .expected("a quantity above zero")
                .mend("Leave out what is not wanted.")
        })
    }

    /// A line number: `7`, `00007`; absent when the attribute is absent or empty.
    pub fn line_number_in(self, name: &'static str) -> Read<Option<u32>> {
        let Some(text) = self.attribute(name).map(str::trim).filter(|t| !t.is_empty()) else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten().filter(|number| *number > 0);
        number.map(Some).ok_or_else(|| {
            self.attribute_fault(name)
                .expected("a line number such as 1")
                .mend("Number the lines from 1 with digits.")
        })
    }

    /// A line number that must be there.
    pub fn need_line_number(self, name: &'static str) -> Read<u32> {
        self.need_attribute(name)?;
        self.line_number_in(name)?.ok_or_else(|| self.attribute_fault(name))
    }
}

/// Enums of wire words: `word()` writes, `read` reads from an attribute, case forgiven.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of a word, in any case.
            pub fn of(word: &str) -> Option<Self> {
                let word = word.trim();
                Self::ALL.iter().copied().find(|value| value.word().eq_ignore_ascii_case(word))
            }

            /// Reads an attribute; absent or empty gives `absent`, an unknown word is a fault.
            #[allow(dead_code, reason = "one macro for every word list")]
            pub(super) fn read(
                element: $crate::cxml::tree::Element<'_>,
                attribute: &'static str,
                absent: Option<Self>,
            ) -> $crate::cxml::read::Read<Self> {
                let expected = || {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.word()).collect();
                    element.attribute_fault(attribute)
                        .expected(format!("one of {}", words.join(", ")))
                        .mend(format!("Use one of these words for {attribute}."))
                };
                match element.attribute(attribute).filter(|word| !word.trim().is_empty()) {
                    None => absent.ok_or_else(expected),
                    Some(word) => Self::of(word).ok_or_else(expected),
                }
            }
        }
    )+};
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use crate::cxml::tree;

    #[test]
    fn faults_name_path_place_and_mending() {
        let tree = tree::parse("<a>\n<b q='0'/><b q='x'/><c n='00001'/></a>").unwrap();
        let root = tree.root();
        let second = root.named("b").nth(1).unwrap();
        let told = second.quantity_in("q").unwrap_err().to_string();
        assert!(told.starts_with("a/b[2]/@q (line 2, column 11): expected a number"), "{told}");
        assert!(root.named("b").next().unwrap().quantity_in("q").is_err());
        assert_eq!(root.need("c").unwrap().line_number_in("n"), Ok(Some(1)));
        assert!(root.one("b").unwrap_err().to_string().contains("a second one"));
        assert!(root.need("d").unwrap_err().to_string().contains("a/d (line 1, column 1)"));
    }

    #[test]
    fn line_numbers_are_digits_above_zero() {
        for bad in ["0", "-1", "1.5", "+1", "9999999999", "a"] {
            let text = format!("<a n='{bad}'/>");
            assert!(tree::parse(&text).unwrap().root().line_number_in("n").is_err(), "{bad}");
        }
    }
}
