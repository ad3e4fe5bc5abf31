//! The well-formedness gate: makes a [`Tree`] of a document or says where it is no XML.
//!
//! Reads the text once, from markup to markup, straight into the tree: one root and depth back to
//! zero, no text outside, XML 1.0 characters, the five named entities only, a document type
//! declaration once, before the root and without an internal subset, names, attributes, namespaces,
//! and the limits. It never fetches and never expands.

use std::cell::Cell;

use super::fault::{Position, XmlFault};
use super::limits::{self, Most};
use super::tag::{self, TagFault};
use super::tree::{Node, Span, Tree, short};

mod survey;

use survey::{bounded, is_cxml_namespace, survey, text_length};

/// Reads a whole document.
pub(super) fn parse(source: &str, most: Most) -> Result<Tree<'_>, XmlFault> {
    if source.len() > most.text_bytes {
        let message = format!("the document is longer than {} bytes", most.text_bytes);
        return Err(XmlFault::new(Position { line: 1, column: 1 }, message));
    }
    let mut gate = Gate::new(source, most);
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
    pub(super) most: Most,
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
    fn new(source: &'a str, most: Most) -> Self {
        Self {
            source,
            tree: Tree::new(source, most),
            most,
            bindings: Vec::new(),
            home: None,
            open: Vec::with_capacity(limits::DEPTH),
            done: false,
            doctype: false,
            has_carriage_return: false,
            has_section_end: false,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let survey = survey(self.source);
        self.has_carriage_return = survey.carriage_return;
        self.has_section_end = survey.section_end;
        if let Some(at) = survey.forbidden {
            let code = self.source[at..].chars().next().map_or(0, u32::from);
            return stop(at, format!("the character U+{code:04X} is not allowed in XML"));
        }
        if self.source.starts_with('\u{FEFF}') {
            return stop(0, "there is a second byte order mark");
        }
        let bytes = self.source.as_bytes();
        let mut at = 0;
        while let Some(first) = bytes.get(at) {
            at = match first {
                b'<' => self.markup(at)?,
                b'&' => self.reference(at)?,
                _ => self.text(at)?,
            };
        }
        if let Some(open) = self.open.last() {
            return stop(self.source.len(), format!("the document ends inside <{}>", open.name));
        }
        if self.done { Ok(()) } else { stop(self.source.len(), "there is no root element") }
    }

    /// Reads what starts with `<`; says where it ends.
    fn markup(&mut self, at: usize) -> Result<usize, Stop> {
        let rest = &self.source[at..];
        match rest.as_bytes().get(1) {
            Some(b'/') => self.end(at),
            Some(b'?') => self.instruction(at),
            Some(b'!') if rest.starts_with("<!--") => self.comment(at),
            Some(b'!') if rest.starts_with("<![CDATA[") => self.section(at),
            Some(b'!') => self.document_type(at),
            _ => self.start(at),
        }
    }

    /// Where the piece from `from` stops before `end`; a fault at `at` when it never does.
    fn until(&self, from: usize, end: &str, at: usize) -> Result<usize, Stop> {
        match self.source.get(from..).and_then(|rest| rest.find(end)) {
            Some(length) => Ok(from + length),
            None => stop(at, format!("expected {end} to end what starts here")),
        }
    }

    fn start(&mut self, at: usize) -> Result<usize, Stop> {
        let start = at + 1;
        if self.done {
            return stop(start, "there is a second root element");
        }
        if self.open.len() >= limits::DEPTH {
            return stop(start, format!("elements lie more than {} deep", limits::DEPTH));
        }
        if self.tree.nodes.len() >= self.most.elements {
            return stop(start, format!("there are more than {} elements", self.most.elements));
        }
        let bindings = self.bindings.len();
        let (node, length) = self
            .tag(&self.source[start..], start)
            .map_err(|TagFault { offset, message }| (start + offset, message))?;
        let empty = self.source.as_bytes().get(start + length) == Some(&b'/');
        let index = self.tree.nodes.len();
        let name = &self.source[start..start + usize::from(node.name_len)];
        let behind = start + length + if empty { 2 } else { 1 };
        self.tree.nodes.push(Node { body: short(behind), body_end: short(behind), ..node });
        self.link(index);
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
        Ok(behind)
    }

    /// Reads a start tag behind its `<`; with the node, the length up to its `>` or `/>`.
    fn tag(&mut self, content: &'a str, start: usize) -> Result<(Node, usize), TagFault> {
        let first_attribute = self.tree.attributes.len();
        let (name_len, colon) = tag::name_and_colon(content);
        if name_len == 0 || name_len > usize::from(u16::MAX) {
            return Err(TagFault::new(0, "expected an element name behind <"));
        }
        let (attributes, length) = tag::attributes(self, content, name_len, start)?;
        let prefix_len = if colon { tag::prefix_length(&content[..name_len]) } else { Some(0) };
        let prefix_len =
            prefix_len.ok_or_else(|| TagFault::new(0, "an element name has at most one colon"))?;
        let space = tag::namespace(self, &content[..prefix_len.saturating_sub(1)], prefix_len > 0)?;
        let foreign = if self.tree.nodes.is_empty() {
            let foreign = prefix_len > 0 && !space.is_some_and(is_cxml_namespace);
            self.home = space.map(str::to_owned);
            foreign
        } else {
            space != self.home.as_deref()
        };
        let node = Node {
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
            taken: Cell::new(0),
        };
        Ok((node, length))
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

    fn end(&mut self, at: usize) -> Result<usize, Stop> {
        let Some(open) = self.open.pop() else { return stop(at, "nothing is open here") };
        let behind = self.end_tag(&open, at)?;
        let blank = open.last_child != 0 && !open.solid && open.pieces.is_blank(self.source);
        let text = match open.pieces {
            _ if blank => Span::default(),
            Pieces::None => Span::default(),
            Pieces::One(start, len) => Span::of_source(start, len),
            Pieces::Many(text) => self.tree.join(&text),
        };
        let node = &mut self.tree.nodes[open.node];
        node.text = text;
        node.body_end = short(at);
        self.bindings.truncate(open.bindings);
        self.done = self.open.is_empty();
        Ok(behind)
    }

    /// Checks `</name>`, blanks allowed before the `>`; says where it ends.
    fn end_tag(&self, open: &Open<'_>, at: usize) -> Result<usize, Stop> {
        let bytes = self.source.as_bytes();
        let mut behind = at + 2 + open.name.len();
        if bytes.get(at + 2..behind) == Some(open.name.as_bytes()) {
            while bytes.get(behind).is_some_and(|byte| tag::is_space(*byte)) {
                behind += 1;
            }
            if bytes.get(behind) == Some(&b'>') {
                return Ok(behind + 1);
            }
        }
        let found = self.source[at..].split_inclusive('>').next().unwrap_or_default();
        let found = crate::base::text::shorten(found, 40);
        stop(at, format!("expected </{}> to close <{0}>, got {found}", open.name))
    }

    fn text(&mut self, start: usize) -> Result<usize, Stop> {
        let end = start + text_length(&self.source.as_bytes()[start..]);
        let text = &self.source[start..end];
        if self.open.is_empty() {
            return match text.find(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r')) {
                Some(at) => stop(start + at, "there is text outside the root element"),
                None => Ok(end),
            };
        }
        if self.has_section_end
            && let Some(at) = text.find("]]>")
        {
            return stop(start + at, "]]> may not stand in text; write ]]&gt;");
        }
        if self.has_carriage_return && text.contains('\r') {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            self.append(&text, start)?;
            return Ok(end);
        }
        match self.open.last_mut() {
            Some(open) if matches!(open.pieces, Pieces::None) => {
                open.pieces = Pieces::One(start, text.len());
                bounded(text.len(), start)?;
            }
            _ => self.append(text, start)?,
        }
        Ok(end)
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

    fn reference(&mut self, at: usize) -> Result<usize, Stop> {
        if self.open.is_empty() {
            return stop(at, "there is text outside the root element");
        }
        let name = self.source[at + 1..].split(['<', '&', ';']).next().unwrap_or_default();
        let end = at + 1 + name.len();
        if self.source.as_bytes().get(end) != Some(&b';') {
            return stop(at, "& starts a reference that has no ;  A plain & is &amp;");
        }
        match tag::referenced(name) {
            Ok(c) => self.append(c.encode_utf8(&mut [0; 4]), at)?,
            Err(message) => return stop(at, message),
        }
        Ok(end + 1)
    }

    fn section(&mut self, at: usize) -> Result<usize, Stop> {
        let start = at + "<![CDATA[".len();
        let end = self.until(start, "]]>", at)?;
        if self.open.is_empty() {
            return stop(at, "there is text outside the root element");
        }
        let text = self.source[start..end].replace("\r\n", "\n").replace('\r', "\n");
        self.append(&text, at)?;
        Ok(end + 3)
    }

    fn comment(&self, at: usize) -> Result<usize, Stop> {
        let end = self.until(at + 4, "--", at)?;
        if self.source.as_bytes().get(end + 2) != Some(&b'>') {
            return stop(end, "-- may not stand in a comment");
        }
        Ok(end + 3)
    }

    /// A processing instruction, or the XML declaration.
    fn instruction(&self, at: usize) -> Result<usize, Stop> {
        let end = self.until(at + 2, "?>", at)?;
        let content = &self.source[at + 2..end];
        let target = content.split([' ', '\t', '\n', '\r']).next().unwrap_or_default();
        if target == "xml" {
            if at != 0 {
                return stop(at, "an XML declaration stands at the very start or not at all");
            }
            tag::declaration(content).map_err(|fault| (2 + fault.offset, fault.message))?;
        } else if target.eq_ignore_ascii_case("xml") {
            return stop(at, "a processing instruction may not be called xml");
        } else if target.is_empty() || tag::name_length(target) != target.len() {
            return stop(at, "expected a name behind <?");
        }
        Ok(end + 2)
    }

    fn document_type(&mut self, at: usize) -> Result<usize, Stop> {
        let keyword = "<!DOCTYPE";
        let rest = &self.source[at..];
        let content = rest.strip_prefix(keyword).unwrap_or_default();
        let name = content.trim_start_matches([' ', '\t', '\n', '\r']);
        if name.len() == content.len() {
            return stop(at, "expected <!DOCTYPE, in capitals, and a name");
        }
        if self.doctype {
            return stop(at, "there is a second document type declaration");
        }
        if !self.open.is_empty() || self.done {
            return stop(at, "the document type declaration stands before the root element");
        }
        self.doctype = true;
        let start = at + rest.len() - name.len();
        tag::document_type(name)
            .map(|length| start + length)
            .map_err(|fault| (start + fault.offset, fault.message))
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
