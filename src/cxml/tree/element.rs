//! One element of a document: its attributes, text and children.

use super::super::fault::Position;
use super::{AttributeNode, Lines, Node, SEEN, Span, TEXT, Tree, WHOLE};

/// One element of a [`Tree`]; a cheap handle.
#[derive(Debug, Clone, Copy)]
pub struct Element<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) index: u32,
}

impl<'t> Element<'t> {
    pub(super) fn node(self) -> &'t Node {
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
    pub(in crate::cxml) fn looked_at(self) -> Self {
        self.take(SEEN);
        self
    }

    /// Takes the note back: the reader could make nothing of it, so it stays unread, unless there
    /// is nothing in it at all.
    pub(in crate::cxml) fn leave(self) {
        self.node().taken.set(if self.says_nothing() { SEEN | WHOLE } else { 0 });
    }

    /// Whether it holds no text and no attribute but a language and a currency, however deep: what
    /// is written where the DTD wants an element and there is nothing to say.
    pub(in crate::cxml) fn says_nothing(self) -> bool {
        let plain = |name: &str| matches!(name, "xml:lang" | "currency");
        self.node().text.get(self.tree).trim().is_empty()
            && self.attributes().all(|(name, _)| plain(name))
            && self.children().all(Self::says_nothing)
    }

    /// Takes an attribute as read when it says what the writer writes there anyway.
    pub(in crate::cxml) fn granted(self, name: &str, value: &str) -> Self {
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
    pub(in crate::cxml) fn take_whole_and_all(self) {
        self.take(SEEN | WHOLE);
        self.attribute_nodes().iter().for_each(|attribute| attribute.taken.set(true));
    }

    /// Notes that everything inside is kept as it stands.
    pub(in crate::cxml) fn take_whole(self) {
        self.take(WHOLE);
    }

    fn take(self, what: u8) {
        let taken = &self.node().taken;
        taken.set(taken.get() | what);
    }

    pub(in crate::cxml) fn was_read(self) -> bool {
        self.node().taken.get() & SEEN != 0
    }

    pub(in crate::cxml) fn was_taken_whole(self) -> bool {
        self.node().taken.get() & WHOLE != 0
    }

    /// Its text, when it says something that nobody looked at.
    pub(in crate::cxml) fn unread_text(self) -> Option<&'t str> {
        let text = self.node().text.get(self.tree);
        let unread = self.node().taken.get() & TEXT == 0 && !text.trim().is_empty();
        unread.then_some(text)
    }

    /// Its attributes that nobody looked at.
    pub(in crate::cxml) fn unread_attributes(self) -> impl Iterator<Item = (&'t str, &'t str)> {
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
    pub(in crate::cxml) fn outer(self) -> &'t str {
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

    /// Counts lines from the start of the document.
    pub fn lines(self) -> Lines<'t> {
        Lines { source: self.tree.source, at: 0, line: 1 }
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
