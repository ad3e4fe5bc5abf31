//! A document as a light tree: every element, attribute and text, unknown ones included.
//!
//! All nodes lie in one vector in document order and point into the source text; only texts with
//! references, CDATA sections or several pieces are copied. A tree costs about as much memory as
//! the document. It is made by [`parse`] alone, so who holds a tree holds a well-formed document.
//!
//! Element names are matched by local name and namespace: an element of a foreign namespace is kept
//! but is never taken for the cXML element of the same name.

use std::cell::Cell;

use super::fault::XmlFault;
use super::gate;
use super::limits::{self, Most};

mod element;

pub use element::Element;

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

/// Offsets fit: a document is at most [`limits::CATALOGUE`] long.
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
    gate::parse(source, limits::MESSAGE)
}

/// As [`parse`], for a catalogue file, which may be longer than a message.
pub fn parse_catalogue(source: &str) -> Result<Tree<'_>, XmlFault> {
    gate::parse(source, limits::CATALOGUE)
}

/// The lines of elements that are asked for in document order: each byte is looked at once.
#[derive(Debug, Clone)]
pub struct Lines<'t> {
    source: &'t str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line on which the element's tag begins; an earlier element is told the last line.
    pub fn of(&mut self, element: Element<'_>) -> u32 {
        let to = (element.node().name as usize).max(self.at);
        let between = self.source.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += short(between.iter().filter(|byte| **byte == b'\n').count());
        self.at = to;
        self.line
    }
}

impl<'a> Tree<'a> {
    pub(super) fn new(source: &'a str, most: Most) -> Self {
        // Dense documents have an element every 40 bytes and an attribute every 120. Room that is
        // not used is never touched, and so costs no memory.
        let room = |bytes: usize, most: usize| (source.len() / bytes).min(most);
        let nodes = Vec::with_capacity(room(40, most.elements));
        let attributes = Vec::with_capacity(room(120, most.attributes));
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

#[cfg(test)]
mod tests;
