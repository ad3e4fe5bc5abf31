//! A document as a light tree: every element, attribute and text, unknown ones included.
//!
//! All nodes lie in one vector in document order and point into the source text; only texts with
//! references, CDATA sections or several pieces are copied. A tree costs about as much memory as
//! the document. It is made by [`parse`] alone, so who holds a tree holds a well-formed document.
//!
//! Element names are matched by local name and namespace: an element of a foreign namespace is kept
//! but is never taken for the cXML element of the same name.

use std::cell::Cell;

use super::fault::{Position, XmlFault};
use super::gate;

/// A piece of the source, or of the texts that had to be put together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

/// The highest bit of a start says that the span lies in [`Tree::joined`].
const JOINED: u32 = 1 << 31;

impl Span {
    pub(super) fn of_source(start: usize, len: usize) -> Self {
        Self { start: short(start), len: short(len) }
    }

    fn get<'t>(self, tree: &'t Tree<'_>) -> &'t str {
        let start = (self.start & !JOINED) as usize;
        let whole = if self.start & JOINED == 0 { tree.source } else { tree.joined.as_str() };
        whole.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// Offsets fit: a document is at most [`super::limits::TEXT_BYTES`] long.
pub(super) fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Where its name stands in the source, prefix included.
    pub(super) name: u32,
    pub(super) name_len: u16,
    /// Bytes of the prefix with its colon; 0 without one.
    pub(super) prefix_len: u16,
    pub(super) first_attribute: u32,
    pub(super) attributes: u16,
    pub(super) foreign: bool,
    pub(super) has_children: bool,
    /// Offset behind the start tag.
    pub(super) body: u32,
    /// Offset of the end tag; equal to `body` when the element is empty.
    pub(super) body_end: u32,
    /// Its next sibling, 0 when it is the last.
    pub(super) next: u32,
    pub(super) text: Span,
    /// What readers took of it: [`SEEN`], [`TEXT`], [`WHOLE`].
    pub(super) taken: Cell<u8>,
}

const SEEN: u8 = 1;
const TEXT: u8 = 2;
const WHOLE: u8 = 4;

#[derive(Debug, Clone)]
pub(super) struct AttributeNode {
    pub(super) name: u32,
    pub(super) name_len: u32,
    pub(super) value: Span,
    pub(super) taken: Cell<bool>,
}

/// A well-formed document.
#[derive(Debug, Clone)]
pub struct Tree<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<AttributeNode>,
    /// Texts that do not stand in the source as they read.
    pub(super) joined: String,
}

/// Reads a document; refuses everything that is not well-formed XML 1.0 within the limits, and
/// every document type declaration with an internal subset. Fetches and expands nothing.
pub fn parse(source: &str) -> Result<Tree<'_>, XmlFault> {
    gate::parse(source)
}

impl<'a> Tree<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        // Dense documents have an element every 40 bytes and an attribute every 120. Room that is
        // not used is never touched, and so costs no memory.
        let room = |bytes: usize, most: usize| (source.len() / bytes).min(most);
        let nodes = Vec::with_capacity(room(40, super::limits::ELEMENTS));
        let attributes = Vec::with_capacity(room(120, super::limits::ATTRIBUTES_IN_ALL));
        Self { source, nodes, attributes, joined: String::new() }
    }

    /// Puts a text together and says where it lies.
    pub(super) fn join(&mut self, text: &str) -> Span {
        let start = short(self.joined.len()) | JOINED;
        self.joined.push_str(text);
        Span { start, len: short(text.len()) }
    }

    pub fn root(&self) -> Element<'_> {
        Element { tree: self, index: 0 }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: a document has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every element in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..short(self.nodes.len())).map(|index| Element { tree: self, index })
    }

    /// Whether readers looked at everything there is.
    pub(super) fn is_read(&self) -> bool {
        let read = |node: &Node| {
            let taken = node.taken.get();
            taken & SEEN != 0 && (node.text.len == 0 || taken & TEXT != 0)
        };
        self.nodes.iter().skip(1).all(read) && self.attributes.iter().all(|own| own.taken.get())
    }

    /// The text the tree points into.
    pub fn source(&self) -> &'a str {
        self.source
    }
}

/// One element of a [`Tree`]; a cheap handle.
#[derive(Debug, Clone, Copy)]
pub struct Element<'t> {
    tree: &'t Tree<'t>,
    index: u32,
}

impl<'t> Element<'t> {
    fn node(self) -> &'t Node {
        &self.tree.nodes[self.index as usize]
    }

    /// The name as written, with its prefix.
    pub fn qualified(self) -> &'t str {
        let node = self.node();
        Span { start: node.name, len: u32::from(node.name_len) }.get(self.tree)
    }

    /// The name without its prefix.
    pub fn local(self) -> &'t str {
        &self.qualified()[usize::from(self.node().prefix_len)..]
    }

    /// Whether it belongs to another namespace than the cXML elements of this document.
    pub fn is_foreign(self) -> bool {
        self.node().foreign
    }

    /// Whether it is the cXML element of this name.
    pub fn is(self, name: &str) -> bool {
        let node = self.node();
        // Lengths differ more often than not, so most names are never compared.
        if node.foreign || usize::from(node.name_len - node.prefix_len) != name.len() {
            return false;
        }
        let start = node.name as usize + usize::from(node.prefix_len);
        self.tree.source.as_bytes().get(start..start + name.len()) == Some(name.as_bytes())
    }

    /// The value of an attribute, by its name as written (`quantity`, `xml:lang`).
    pub fn attribute(self, name: &str) -> Option<&'t str> {
        let found = self.attribute_nodes().iter().find(|attribute| {
            let (start, length) = (attribute.name as usize, attribute.name_len as usize);
            let bytes = self.tree.source.as_bytes().get(start..start + length);
            length == name.len() && bytes == Some(name.as_bytes())
        });
        found.map(|attribute| {
            attribute.taken.set(true);
            attribute.value.get(self.tree)
        })
    }

    /// Notes that a reader looks at it; [`Element::named`] does so by itself.
    pub(super) fn looked_at(self) -> Self {
        self.take(SEEN);
        self
    }

    /// Takes the note back: the reader could make nothing of it, so it stays unread, unless there
    /// is nothing in it at all.
    pub(super) fn leave(self) {
        self.node().taken.set(if self.says_nothing() { SEEN | WHOLE } else { 0 });
    }

    /// Whether it holds no text and no attribute but a language and a currency, however deep: what
    /// is written where the DTD wants an element and there is nothing to say.
    pub(super) fn says_nothing(self) -> bool {
        let plain = |name: &str| matches!(name, "xml:lang" | "currency");
        self.node().text.get(self.tree).trim().is_empty()
            && self.attributes().all(|(name, _)| plain(name))
            && self.children().all(Self::says_nothing)
    }

    /// Takes an attribute as read when it says what the writer writes there anyway.
    pub(super) fn granted(self, name: &str, value: &str) -> Self {
        let source = self.tree.source;
        for own in self.attribute_nodes() {
            let named = source.get(own.name as usize..(own.name + own.name_len) as usize);
            if named == Some(name) && own.value.get(self.tree) == value {
                own.taken.set(true);
            }
        }
        self
    }

    /// Notes that it is kept as it stands, tags and all.
    pub(super) fn take_whole_and_all(self) {
        self.take(SEEN | WHOLE);
        self.attribute_nodes().iter().for_each(|attribute| attribute.taken.set(true));
    }

    /// Notes that everything inside is kept as it stands.
    pub(super) fn take_whole(self) {
        self.take(WHOLE);
    }

    fn take(self, what: u8) {
        let taken = &self.node().taken;
        taken.set(taken.get() | what);
    }

    pub(super) fn was_read(self) -> bool {
        self.node().taken.get() & SEEN != 0
    }

    pub(super) fn was_taken_whole(self) -> bool {
        self.node().taken.get() & WHOLE != 0
    }

    /// Its text, when it says something that nobody looked at.
    pub(super) fn unread_text(self) -> Option<&'t str> {
        let text = self.node().text.get(self.tree);
        let unread = self.node().taken.get() & TEXT == 0 && !text.trim().is_empty();
        unread.then_some(text)
    }

    /// Its attributes that nobody looked at.
    pub(super) fn unread_attributes(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let unread = self.attribute_nodes().iter().filter(|attribute| !attribute.taken.get());
        unread.map(move |attribute| {
            let name = Span { start: attribute.name, len: attribute.name_len };
            (name.get(self.tree), attribute.value.get(self.tree))
        })
    }

    /// Every attribute in the order written, namespace declarations included.
    pub fn attributes(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.attribute_nodes().iter().map(move |attribute| {
            let name = Span { start: attribute.name, len: attribute.name_len };
            (name.get(self.tree), attribute.value.get(self.tree))
        })
    }

    fn attribute_nodes(self) -> &'t [AttributeNode] {
        let node = self.node();
        let first = node.first_attribute as usize;
        &self.tree.attributes[first..first + usize::from(node.attributes)]
    }

    /// Its children, foreign ones included.
    pub fn children(self) -> impl Iterator<Item = Element<'t>> {
        let first = self.node().has_children.then_some(self.index + 1);
        std::iter::successors(first, move |index| {
            Some(self.tree.nodes[*index as usize].next).filter(|next| *next != 0)
        })
        .map(move |index| Element { tree: self.tree, index })
    }

    /// Its children that are the cXML element of this name.
    pub fn named(self, name: &'static str) -> impl Iterator<Item = Element<'t>> {
        self.children().filter(move |child| child.is(name)).map(Self::looked_at)
    }

    /// Its first child that is the cXML element of this name.
    pub fn first(self, name: &'static str) -> Option<Element<'t>> {
        self.named(name).next()
    }

    pub fn has_children(self) -> bool {
        self.node().has_children
    }

    /// Its own text, all pieces put together as XML reads them: references resolved, CDATA opened,
    /// comments left out. White space between child elements does not count.
    pub fn text(self) -> &'t str {
        self.take(TEXT);
        self.node().text.get(self.tree)
    }

    /// Everything between its tags, as it stands in the source.
    pub fn inner(self) -> &'t str {
        self.tree.source.get(self.inner_range()).unwrap_or_default()
    }

    /// The element as it stands in the source, with its tags.
    pub(super) fn outer(self) -> &'t str {
        let node = self.node();
        let (source, start) = (self.tree.source, (node.name as usize).saturating_sub(1));
        let (body, body_end) = (node.body as usize, node.body_end as usize);
        let empty = source.get(..body).is_some_and(|before| before.ends_with("/>"));
        let tag = source.get(body_end..).and_then(|rest| rest.find('>')).unwrap_or_default();
        let end = if empty { body } else { body_end + tag + 1 };
        source.get(start..end).unwrap_or_default()
    }

    /// The byte range of [`Element::inner`] in the source.
    pub fn inner_range(self) -> std::ops::Range<usize> {
        let node = self.node();
        node.body as usize..node.body_end as usize
    }

    /// Where its tag stands.
    pub fn position(self) -> Position {
        // The name follows the `<` at once.
        Position::of(self.tree.source, (self.node().name as usize).saturating_sub(1))
    }

    /// The names from the root to it, with a number where several siblings share a name:
    /// `cXML/Request/OrderRequest/ItemOut[2]`.
    pub fn path(self) -> String {
        let mut at = self.tree.root();
        let mut path = at.qualified().to_owned();
        while at.index != self.index {
            // Subtrees are contiguous, so the last child that does not start behind us leads to us.
            let Some(child) = at.children().take_while(|child| child.index <= self.index).last()
            else {
                break;
            };
            path.push('/');
            path.push_str(child.qualified());
            let same = |other: &Element<'_>| other.qualified() == child.qualified();
            if at.children().filter(same).nth(1).is_some() {
                let before = at.children().take_while(|other| other.index < child.index);
                path.push_str(&format!("[{}]", before.filter(same).count() + 1));
            }
            at = child;
        }
        path
    }
}

#[cfg(test)]
mod tests;
