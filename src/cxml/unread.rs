//! What no reader looked at: kept with its place, told to whoever asks, and written back there.
//!
//! Readers find elements and attributes by name, and the tree notes what was found. The rest of a
//! document is here: what partners send beyond the standard, and what of the standard has no field.
//! Texts of it may hold secrets, so `Debug` shows places and names only.

use std::fmt;

use super::tree::{Element, Tree, short};

/// The parts of a document that were not read, by the element they stand in. They belong to the
/// document as it came: who moves or drops lines drops these too.
///
/// Names and texts lie one behind the other, so that a document of nothing else costs little more
/// than itself.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Unread {
    places: Vec<String>,
    parts: Vec<Part>,
    text: String,
}

/// Name and value lie behind each other in the text.
#[derive(Clone, PartialEq, Eq)]
struct Part {
    place: u32,
    start: u32,
    name: u32,
    value: u32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Attribute,
    Element,
    Text,
}

/// One part that was not read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UnreadPart<'u> {
    /// The element it stands in: `cXML/Request/OrderRequest/ItemOut[2]`; the first of a name has no
    /// number.
    pub place: &'u str,
    pub piece: Piece<'u>,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'u> {
    Attribute {
        name: &'u str,
        value: &'u str,
    },
    /// An element with everything in it, as it stood in the source.
    Element {
        name: &'u str,
        xml: &'u str,
    },
    Text(&'u str),
}

impl Unread {
    /// What was not read of a tree whose readers are done.
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let mut unread = Self::default();
        if !tree.is_read() {
            let root = tree.root();
            unread.gather(root, &mut root.local().to_owned());
        }
        unread
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = UnreadPart<'_>> {
        self.parts.iter().map(|part| {
            let start = part.start as usize;
            let middle = start + part.name as usize;
            let name = self.text.get(start..middle).unwrap_or_default();
            let value = self.text.get(middle..middle + part.value as usize).unwrap_or_default();
            let place = self.places.get(part.place as usize).map_or("", String::as_str);
            let piece = match part.kind {
                Kind::Attribute => Piece::Attribute { name, value },
                Kind::Element => Piece::Element { name, xml: value },
                Kind::Text => Piece::Text(value),
            };
            UnreadPart { place, piece }
        })
    }

    fn gather(&mut self, element: Element<'_>, place: &mut String) {
        let before = self.parts.len();
        for (name, value) in element.unread_attributes() {
            self.push(Kind::Attribute, name, value);
        }
        if element.was_taken_whole() {
            return self.stand_in(place, before);
        }
        if let Some(text) = element.unread_text() {
            self.push(Kind::Text, "", text.trim());
        }
        for child in element.children().filter(|child| !child.was_read()) {
            self.push(Kind::Element, child.qualified(), child.outer());
        }
        self.stand_in(place, before);
        let mut seen = Vec::new();
        for child in element.children().filter(|child| child.was_read()) {
            let length = place.len();
            step(place, child.local(), count(&mut seen, child.local()));
            self.gather(child, place);
            place.truncate(length);
        }
    }

    fn push(&mut self, kind: Kind, name: &str, value: &str) {
        let start = short(self.text.len());
        self.text.push_str(name);
        self.text.push_str(value);
        let (name, value) = (short(name.len()), short(value.len()));
        self.parts.push(Part { place: short(self.places.len()), start, name, value, kind });
    }

    /// Notes where the parts pushed since `before` stand, if there are any.
    fn stand_in(&mut self, place: &str, before: usize) {
        if self.parts.len() > before {
            self.places.push(place.to_owned());
        }
    }
}

/// Goes one element down: `/ItemOut[2]`.
pub(super) fn step(place: &mut String, name: &str, number: u32) {
    place.push('/');
    place.push_str(name);
    if number > 1 {
        place.push_str(&format!("[{number}]"));
    }
}

/// Counts a name among its siblings that were read, from 1.
pub(super) fn count(seen: &mut Vec<(String, u32)>, name: &str) -> u32 {
    if let Some((_, number)) = seen.iter_mut().find(|(own, _)| own == name) {
        *number += 1;
        return *number;
    }
    seen.push((name.to_owned(), 1));
    1
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for UnreadPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.piece {
            Piece::Attribute { name, .. } => write!(f, "{}/@{name}", self.place),
            Piece::Element { name, .. } => write!(f, "{}/{name}", self.place),
            Piece::Text(_) => write!(f, "{}/text()", self.place),
        }
    }
}

impl fmt::Debug for UnreadPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::tree;

    #[test]
    fn what_nobody_looked_at_is_told_with_its_place() {
        let tree = tree::parse("<a b='1' c='2'>x<d/><e><f g='h'>s</f></e><e>t</e></a>").unwrap();
        let root = tree.root();
        assert_eq!(root.attribute("b"), Some("1"));
        let last = root.named("e").nth(1).unwrap();
        assert_eq!(last.text(), "t");
        let told: Vec<_> = Unread::of(&tree).iter().map(|part| part.to_string()).collect();
        assert_eq!(told, ["a/@c", "a/text()", "a/d", "a/e/f"]);
        let unread = Unread::of(&tree);
        let last = unread.iter().last().unwrap();
        assert_eq!(last.piece, Piece::Element { name: "f", xml: "<f g='h'>s</f>" });
        let shown = format!("{unread:?}");
        assert!(!shown.contains('2') && !shown.contains('s'), "{shown}");
    }
}
