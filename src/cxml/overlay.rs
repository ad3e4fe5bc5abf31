//! Parts that were not read, laid over a document while it is written.
//!
//! Follows the writer through the elements. An element that the standard knows is put where its
//! content model wants it, any other one last, so that what was valid stays valid.

use std::collections::HashMap;
use std::mem;

use super::schema::{self, Module, Rule};
use super::unread::{Piece, Unread, count, step};

/// The parts by the place they stand in, and how deep the writer is.
#[derive(Debug)]
pub(super) struct Overlay {
    module: Module,
    places: HashMap<String, Parts>,
    place: String,
    open: Vec<Frame>,
}

/// What is kept of one element.
#[derive(Debug, Default)]
struct Parts {
    attributes: Vec<(String, String)>,
    text: String,
    /// Name and XML, in the order they came.
    elements: Vec<(String, String)>,
}

/// An element that is being written.
#[derive(Debug)]
struct Frame {
    /// How long the place of its parent is.
    parent: usize,
    rule: Option<&'static Rule>,
    written: Vec<(String, u32)>,
    parts: Parts,
}

impl Overlay {
    pub(super) fn new(unread: &Unread, module: Module) -> Self {
        let mut places: HashMap<String, Parts> = HashMap::new();
        for part in unread.iter() {
            let parts = places.entry(part.place.to_owned()).or_default();
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            match part.piece {
                Piece::Attribute { name, value } => parts.attributes.push(pair(name, value)),
                Piece::Element { name, xml } => parts.elements.push(pair(name, xml)),
                Piece::Text(text) => parts.text.push_str(text),
            }
        }
        Self { module, places, place: String::new(), open: Vec::new() }
    }

    /// Goes into an element; gives the kept siblings that belong before it.
    pub(super) fn enter(&mut self, name: &str) -> Vec<String> {
        let parent = self.place.len();
        let mut before = Vec::new();
        match self.open.last_mut() {
            None => self.place.push_str(name),
            Some(frame) => {
                before = frame.before(name);
                step(&mut self.place, name, count(&mut frame.written, name));
            }
        }
        let parts = self.places.remove(&self.place).unwrap_or_default();
        let rule = schema::rule(name, self.module);
        self.open.push(Frame { parent, rule, written: Vec::new(), parts });
        before
    }

    /// The attributes that are kept of the element just entered.
    pub(super) fn attributes(&mut self) -> Vec<(String, String)> {
        let frame = self.open.last_mut();
        frame.map(|frame| mem::take(&mut frame.parts.attributes)).unwrap_or_default()
    }

    /// Whether a child of this name is kept of the element being written.
    pub(super) fn has(&self, name: &str) -> bool {
        let frame = self.open.last();
        frame.is_some_and(|frame| frame.parts.elements.iter().any(|(own, _)| own == name))
    }

    /// Whether no child at all is kept of the element being written.
    pub(super) fn is_bare(&self) -> bool {
        self.open.last().is_none_or(|frame| frame.parts.elements.is_empty())
    }

    /// Leaves an element; gives what is kept of its inside and was not written yet.
    pub(super) fn leave(&mut self) -> (String, Vec<String>) {
        let Some(frame) = self.open.pop() else { return (String::new(), Vec::new()) };
        self.place.truncate(frame.parent);
        let Parts { text, elements, .. } = frame.parts;
        (text, elements.into_iter().map(|(_, xml)| xml).collect())
    }
}

impl Frame {
    /// Takes out the kept children that belong before a child of this name.
    fn before(&mut self, name: &str) -> Vec<String> {
        let Some(rule) = self.rule.filter(|_| !self.parts.elements.is_empty()) else {
            return Vec::new();
        };
        let Some(next) = rule.rank(name) else { return Vec::new() };
        let (before, behind) = mem::take(&mut self.parts.elements)
            .into_iter()
            .partition(|(kept, _)| rule.rank(kept).is_some_and(|rank| rank < next));
        self.parts.elements = behind;
        before.into_iter().map(|(_, xml): (String, String)| xml).collect()
    }
}
