//! What no reader looked at: kept with its place, told to whoever asks, and written back there.
//!
//! Readers find elements and attributes by name, and the tree notes what was found. The rest of a
//! document is here: what partners send beyond the standard, and what of the standard has no field.
//! Texts of it may hold secrets, so `Debug` shows places and names only.

use std::fmt;

use super::tree::{Element, Tree};

/// The parts of a document that were not read, in document order. They belong to the document as it
/// came: who moves or drops lines drops these too.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Unread(Vec<UnreadPart>);

/// One part that was not read.
#[derive(Clone, PartialEq, Eq)]
pub struct UnreadPart {
    /// The element it stands in: `cXML/Request/OrderRequest/ItemOut[2]`; the first of a name has no
    /// number.
    pub place: String,
    pub piece: Piece,
}

/// What it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    Attribute {
        name: String,
        value: String,
    },
    /// An element with everything in it, as it stood in the source.
    Element {
        name: String,
        xml: String,
    },
    Text(String),
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
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &UnreadPart> {
        self.0.iter()
    }

    fn push(&mut self, place: &str, piece: Piece) {
        self.0.push(UnreadPart { place: place.to_owned(), piece });
    }

    fn gather(&mut self, element: Element<'_>, place: &mut String) {
        for (name, value) in element.unread_attributes() {
            self.push(place, Piece::Attribute { name: name.to_owned(), value: value.to_owned() });
        }
        if element.was_taken_whole() {
            return;
        }
        if let Some(text) = element.unread_text() {
            self.push(place, Piece::Text(text.trim().to_owned()));
        }
        let mut seen = Vec::new();
        for child in element.children() {
            if child.was_read() {
                let length = place.len();
                step(place, child.local(), count(&mut seen, child.local()));
                self.gather(child, place);
                place.truncate(length);
            } else {
                let (name, xml) = (child.qualified().to_owned(), child.outer().to_owned());
                self.push(place, Piece::Element { name, xml });
            }
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
        f.debug_list().entries(&self.0).finish()
    }
}

impl fmt::Display for UnreadPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.piece {
            Piece::Attribute { name, .. } => write!(f, "{}/@{name}", self.place),
            Piece::Element { name, .. } => write!(f, "{}/{name}", self.place),
            Piece::Text(_) => write!(f, "{}/text()", self.place),
        }
    }
}

impl fmt::Debug for UnreadPart {
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
        let told: Vec<_> = Unread::of(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["a/@c", "a/text()", "a/d", "a/e/f"]);
        let shown = format!("{:?}", Unread::of(&tree));
        assert!(!shown.contains('2') && !shown.contains('s'), "{shown}");
    }
}
