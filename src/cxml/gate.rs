//! The well-formedness gate: makes a [`Tree`] of a document or says where it is no XML.
//!
//! quick-xml is a tokenizer; on its own it lets two thirds of hostile documents pass. This layer
//! adds what it leaves out: one root and depth back to zero, no text outside, XML 1.0 characters,
//! the five named entities only, a document type declaration once, before the root and without an
//! internal subset, names, attributes, namespaces, and the limits. It never fetches and never
//! expands.

use quick_xml::{Reader, events::Event};

use super::fault::{Position, XmlFault};
use super::limits;
use super::tag::{self, TagFault};
use super::tree::{Node, Span, Tree, short};

/// Reads a whole document.
pub(super) fn parse(source: &str) -> Result<Tree<'_>, XmlFault> {
    if source.len() > limits::TEXT_BYTES {
        let message = format!("the document is longer than {} bytes", limits::TEXT_BYTES);
        return Err(XmlFault::new(Position { line: 1, column: 1 }, message));
    }
    let mut gate = Gate::new(source);
    match gate.run() {
        Ok(()) => Ok(gate.tree),
        Err((offset, message)) => Err(XmlFault::new(Position::of(source, offset), message)),
    }
}

/// A fault at a byte offset; the line is counted only when it is reported.
pub(super) type Stop = (usize, String);

fn stop<T>(offset: usize, message: impl Into<String>) -> Result<T, Stop> {
    Err((offset, message.into()))
}

/// The text of an open element, as far as it was read.
enum Pieces {
    None,
    /// One piece that stands in the source as it reads.
    One(usize, usize),
    Many(String),
}

struct Open<'a> {
    node: usize,
    last_child: usize,
    pieces: Pieces,
    /// The pieces were found to hold more than white space; that does not change again.
    solid: bool,
    /// Bindings that end with this element start here.
    bindings: usize,
    name: &'a str,
}

/// A namespace binding; the empty prefix is the default namespace.
pub(super) struct Binding<'a> {
    pub(super) prefix: &'a str,
    pub(super) uri: String,
}

pub(super) struct Gate<'a> {
    pub(super) source: &'a str,
    pub(super) tree: Tree<'a>,
    pub(super) bindings: Vec<Binding<'a>>,
    /// The namespace of the cXML elements: that of the root. `None` is no namespace.
    home: Option<String>,
    open: Vec<Open<'a>>,
    /// The root was closed.
    done: bool,
    doctype: bool,
    /// What the whole text contains at all, so that each piece need not be searched.
    has_carriage_return: bool,
    has_section_end: bool,
}

impl<'a> Gate<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            tree: Tree::new(source),
            bindings: Vec::new(),
            home: None,
            open: Vec::with_capacity(limits::DEPTH),
            done: false,
            doctype: false,
            has_carriage_return: source.as_bytes().contains(&b'\r'),
            has_section_end: source.as_bytes().contains(&b']') && source.contains("]]>"),
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        if let Some(at) = first_forbidden(self.source) {
            let code = self.source[at..].chars().next().map_or(0, u32::from);
            return stop(at, format!("the character U+{code:04X} is not allowed in XML"));
        }
        if self.source.starts_with('\u{FEFF}') {
            return stop(0, "there is a second byte order mark");
        }
        let mut reader = Reader::from_str(self.source);
        reader.config_mut().check_end_names = true;
        loop {
            let before = at(reader.buffer_position());
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => self.event(&event, before)?,
                Err(fault) => return stop(at(reader.error_position()), fault.to_string()),
            }
        }
        if let Some(open) = self.open.last() {
            return stop(self.source.len(), format!("the document ends inside <{}>", open.name));
        }
        if self.done { Ok(()) } else { stop(self.source.len(), "there is no root element") }
    }

    fn event(&mut self, event: &Event<'a>, before: usize) -> Result<(), Stop> {
        match event {
            Event::Start(tag) => self.start(tag, false),
            Event::Empty(tag) => self.start(tag, true),
            Event::End(_) => self.end(before),
            Event::Text(text) => self.text(text),
            Event::GeneralRef(name) => self.reference(name),
            Event::CData(text) => self.section(text, before),
            Event::Comment(text) => self.comment(text, before),
            Event::PI(instruction) => self.instruction(instruction.target(), before),
            Event::Decl(declaration) => self.declaration(declaration, before),
            Event::DocType(text) => self.document_type(text, before),
            Event::Eof => Ok(()),
        }
    }

    /// Where a borrowed piece stands in the source.
    fn offset(&self, piece: &str) -> usize {
        (piece.as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize)
    }

    fn start(&mut self, content: &str, empty: bool) -> Result<(), Stop> {
        let start = self.offset(content);
        let content = &self.source[start..start + content.len()];
        if self.done {
            return stop(start, "there is a second root element");
        }
        if self.open.len() >= limits::DEPTH {
            return stop(start, format!("elements lie more than {} deep", limits::DEPTH));
        }
        if self.tree.nodes.len() >= limits::ELEMENTS {
            return stop(start, format!("there are more than {} elements", limits::ELEMENTS));
        }
        let bindings = self.bindings.len();
        let node = self
            .tag(content, start)
            .map_err(|TagFault { offset, message }| (start + offset, message))?;
        let index = self.tree.nodes.len();
        let name = &content[..usize::from(node.name_len)];
        self.tree.nodes.push(node);
        self.link(index);
        let behind = short(start + content.len() + if empty { 2 } else { 1 });
        let node = &mut self.tree.nodes[index];
        (node.body, node.body_end) = (behind, behind);
        if empty {
            self.bindings.truncate(bindings);
            self.done = self.open.is_empty();
        } else {
            self.open.push(Open {
                node: index,
                last_child: 0,
                pieces: Pieces::None,
                solid: false,
                bindings,
                name,
            });
        }
        Ok(())
    }

    fn tag(&mut self, content: &'a str, start: usize) -> Result<Node, TagFault> {
        let first_attribute = self.tree.attributes.len();
        let name_len = tag::name_length(content);
        if name_len == 0 || name_len > usize::from(u16::MAX) {
            return Err(TagFault::new(0, "expected an element name behind <"));
        }
        let attributes = tag::attributes(self, content, name_len, start)?;
        let prefix_len = tag::prefix_length(&content[..name_len])
            .ok_or_else(|| TagFault::new(0, "an element name has at most one colon"))?;
        let space = tag::namespace(self, &content[..prefix_len.saturating_sub(1)], prefix_len > 0)?;
        let foreign = if self.tree.nodes.is_empty() {
            let foreign = prefix_len > 0 && !space.is_some_and(is_cxml_namespace);
            self.home = space.map(str::to_owned);
            foreign
        } else {
            space != self.home.as_deref()
        };
        Ok(Node {
            name: short(start),
            name_len: u16::try_from(name_len).unwrap_or(u16::MAX),
            prefix_len: u16::try_from(prefix_len).unwrap_or(u16::MAX),
            first_attribute: short(first_attribute),
            attributes,
            foreign,
            has_children: false,
            body: 0,
            body_end: 0,
            next: 0,
            text: Span::default(),
        })
    }

    /// Hangs a new node into the tree.
    fn link(&mut self, index: usize) {
        let Some(parent) = self.open.last_mut() else { return };
        if parent.last_child == 0 {
            self.tree.nodes[parent.node].has_children = true;
        } else {
            self.tree.nodes[parent.last_child].next = short(index);
        }
        parent.last_child = index;
        if !parent.solid && parent.pieces.is_blank(self.source) {
            parent.pieces = Pieces::None;
        } else {
            parent.solid = true;
        }
    }

    fn end(&mut self, before: usize) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else { return stop(before, "nothing is open here") };
        let blank = open.last_child != 0 && !open.solid && open.pieces.is_blank(self.source);
        let text = match open.pieces {
            _ if blank => Span::default(),
            Pieces::None => Span::default(),
            Pieces::One(start, len) => Span::of_source(start, len),
            Pieces::Many(text) => self.tree.join(&text),
        };
        let node = &mut self.tree.nodes[open.node];
        node.text = text;
        // Text events end before the `<`; `before` may stand on either side of it.
        let body_end = if self.source.as_bytes().get(before) == Some(&b'<') {
            before
        } else {
            before.saturating_sub(1)
        };
        node.body_end = short(body_end);
        self.bindings.truncate(open.bindings);
        self.done = self.open.is_empty();
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Stop> {
        let start = self.offset(text);
        if self.open.is_empty() {
            return match text.find(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r')) {
                Some(at) => stop(start + at, "there is text outside the root element"),
                None => Ok(()),
            };
        }
        if self.has_section_end
            && let Some(at) = text.find("]]>")
        {
            return stop(start + at, "]]> may not stand in text; write ]]&gt;");
        }
        if self.has_carriage_return && text.contains('\r') {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            return self.append(&text, start);
        }
        match self.open.last_mut() {
            Some(open) if matches!(open.pieces, Pieces::None) => {
                open.pieces = Pieces::One(start, text.len());
                bounded(text.len(), start)
            }
            _ => self.append(text, start),
        }
    }

    fn append(&mut self, text: &str, offset: usize) -> Result<(), Stop> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match &mut open.pieces {
            Pieces::Many(all) => {
                all.push_str(text);
                bounded(all.len(), offset)
            }
            Pieces::One(start, len) => {
                let mut all = self.source[*start..*start + *len].to_owned();
                all.push_str(text);
                let length = all.len();
                open.pieces = Pieces::Many(all);
                bounded(length, offset)
            }
            Pieces::None => {
                open.pieces = Pieces::Many(text.to_owned());
                bounded(text.len(), offset)
            }
        }
    }

    fn reference(&mut self, name: &str) -> Result<(), Stop> {
        let start = self.offset(name).saturating_sub(1);
        if self.open.is_empty() {
            return stop(start, "there is text outside the root element");
        }
        match tag::referenced(name) {
            Ok(c) => self.append(c.encode_utf8(&mut [0; 4]), start),
            Err(message) => stop(start, message),
        }
    }

    fn section(&mut self, text: &str, before: usize) -> Result<(), Stop> {
        if self.open.is_empty() {
            return stop(before, "there is text outside the root element");
        }
        self.append(&text.replace("\r\n", "\n").replace('\r', "\n"), before)
    }

    fn comment(&self, text: &str, before: usize) -> Result<(), Stop> {
        if text.contains("--") || text.ends_with('-') {
            return stop(before, "-- may not stand in a comment");
        }
        Ok(())
    }

    fn instruction(&self, target: &str, before: usize) -> Result<(), Stop> {
        if target.eq_ignore_ascii_case("xml") {
            return stop(before, "a processing instruction may not be called xml");
        }
        if target.is_empty() || tag::name_length(target) != target.len() {
            return stop(before, "expected a name behind <?");
        }
        Ok(())
    }

    fn declaration(&self, text: &str, before: usize) -> Result<(), Stop> {
        if self.offset(text) != 2 {
            return stop(before, "an XML declaration stands at the very start or not at all");
        }
        tag::declaration(text).map_err(|fault| (2 + fault.offset, fault.message))
    }

    fn document_type(&mut self, text: &str, before: usize) -> Result<(), Stop> {
        let start = self.offset(text);
        let keyword = self.source[..start].trim_end_matches([' ', '\t', '\n', '\r']);
        if !keyword.ends_with("<!DOCTYPE") || keyword.len() == start {
            return stop(before, "expected <!DOCTYPE, in capitals, and a name");
        }
        if self.doctype {
            return stop(before, "there is a second document type declaration");
        }
        if !self.open.is_empty() || self.done {
            return stop(before, "the document type declaration stands before the root element");
        }
        self.doctype = true;
        tag::document_type(text).map_err(|fault| (start + fault.offset, fault.message))
    }
}

impl Pieces {
    fn is_blank(&self, source: &str) -> bool {
        let blank = |text: &str| text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        match self {
            Self::None => true,
            Self::One(start, len) => blank(&source[*start..*start + *len]),
            Self::Many(text) => blank(text),
        }
    }
}

fn at(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn bounded(length: usize, offset: usize) -> Result<(), Stop> {
    if length > limits::TEXT_NODE_BYTES {
        let most = limits::TEXT_NODE_BYTES;
        return stop(offset, format!("the text of one element is longer than {most} bytes"));
    }
    Ok(())
}

/// A prefixed root counts as cXML only when its namespace says so.
fn is_cxml_namespace(uri: &str) -> bool {
    uri.to_ascii_lowercase().contains("cxml")
}

/// The first character that XML 1.0 does not allow. The fast pass looks at 64 bytes at once.
fn first_forbidden(source: &str) -> Option<usize> {
    for (number, chunk) in source.as_bytes().chunks(64).enumerate() {
        let suspicious = chunk.iter().fold(false, |found, byte| {
            found | ((*byte < 0x20) & !matches!(*byte, b'\t' | b'\n' | b'\r')) | (*byte == 0xEF)
        });
        if !suspicious {
            continue;
        }
        for (index, byte) in chunk.iter().enumerate() {
            let offset = number * 64 + index;
            let control = *byte < 0x20 && !matches!(*byte, b'\t' | b'\n' | b'\r');
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            let noncharacter = *byte == 0xEF
                && matches!(
                    source.as_bytes().get(offset + 1..offset + 3),
                    Some([0xBF, 0xBE | 0xBF])
                );
            if control || noncharacter {
                return Some(offset);
            }
        }
    }
    None
}
