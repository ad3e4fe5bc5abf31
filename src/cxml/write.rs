//! Writing XML: escapes, declaration, document type, elements in the order they are called.
//!
//! Always UTF-8. The document type is chosen by the payload, as the official DTDs are alternatives
//! and not layers. A character that XML cannot hold is written as a blank, so what comes out is
//! well-formed whatever a person typed.

use std::borrow::Cow;

use super::overlay::Overlay;
use super::schema::Module;
use super::unread::Unread;

/// The cXML version whose DTDs we write for.
pub const VERSION: &str = "1.2.071";

/// One attribute; `None` leaves it out.
pub type Attribute<'a> = (&'static str, Option<&'a str>);

/// Builds a document.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    depth: usize,
    /// Inside an element whose white space counts.
    inline: bool,
    kept: Option<Box<Overlay>>,
}

/// The text with `& < >` as references; characters XML cannot hold become blanks.
pub fn escape(text: &str) -> Cow<'_, str> {
    escaped(text, false)
}

fn escaped(text: &str, attribute: bool) -> Cow<'_, str> {
    let plain = |b: u8| !(b < 0x20 || matches!(b, b'&' | b'<' | b'>' | b'"' | 0xEF));
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push(' '),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The DTD of a payload element.
pub fn dtd_of(payload: &str) -> &'static str {
    Module::of_payload(payload).name()
}

impl Writer {
    /// Starts a document whose payload element is this one (empty for a bare status).
    pub fn document(payload: &str) -> Self {
        let dtd = dtd_of(payload);
        let out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/{VERSION}/{dtd}.dtd\">\n"
        );
        Self { out, ..Self::default() }
    }

    /// Writes these parts back where they stood.
    pub(super) fn keep(&mut self, unread: &Unread, payload: &str) {
        if !unread.is_empty() {
            let overlay = Overlay::new(unread, Module::of_payload(payload));
            self.kept = Some(Box::new(overlay));
        }
    }

    /// Whether there are parts to be written back.
    pub(super) fn keeps(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether no child at all is kept of the element that is open.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.is_bare())
    }

    /// Whether no child of this name is kept of the element that is open.
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.kept.as_ref().is_none_or(|kept| !kept.has(name))
    }

    /// `<name ..>`, to be closed by [`Writer::close`].
    pub fn open(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.enter(name);
        self.indent();
        self.tag(name, attributes);
        self.out.push('>');
        self.end_line();
        self.depth += 1;
    }

    /// An element of text and elements, to be closed by [`Writer::close_mixed`]: no white space is
    /// added inside.
    pub fn open_mixed(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        self.enter(name);
        self.indent();
        self.tag(name, attributes);
        self.out.push('>');
        self.inline = true;
        self.depth += 1;
        self.text(text);
    }

    pub fn close_mixed(&mut self, name: &str) {
        self.leave();
        self.depth = self.depth.saturating_sub(1);
        self.inline = false;
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    /// Text inside an element of text and elements.
    pub fn text(&mut self, text: &str) {
        self.out.push_str(&escape(text));
    }

    pub fn close(&mut self, name: &str) {
        self.leave();
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.end_line();
    }

    /// An element with text, or an empty one when the text is empty.
    pub fn leaf(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        self.raw_leaf(name, attributes, &escape(text));
    }

    /// An element whose content is XML already.
    pub fn raw_leaf(&mut self, name: &str, attributes: &[Attribute<'_>], xml: &str) {
        self.enter(name);
        self.indent();
        self.tag(name, attributes);
        let begun = self.out.len();
        self.out.push('>');
        self.out.push_str(xml);
        self.leave();
        if self.out.len() == begun + 1 {
            self.out.truncate(begun);
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        self.end_line();
    }

    /// Whole elements that are XML already.
    pub(super) fn raw(&mut self, xml: &str) {
        self.line(xml);
    }

    /// An element with text, when there is one.
    pub fn leaf_if(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, &[], text);
        }
    }

    /// The finished bytes.
    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn tag(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.out.push('<');
        self.out.push_str(name);
        let kept = self.kept.as_mut().map(|kept| kept.attributes()).unwrap_or_default();
        for (name, value) in attributes {
            if let Some(value) = value
                && kept.iter().all(|(own, _)| own != name)
            {
                self.attribute(name, value);
            }
        }
        for (name, value) in kept {
            self.attribute(&name, &value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.out.push_str(&escaped(value, true));
        self.out.push('"');
    }

    /// Goes into an element; kept siblings that belong before it are written first.
    fn enter(&mut self, name: &str) {
        let Some(kept) = &mut self.kept else { return };
        for xml in kept.enter(name) {
            self.line(&xml);
        }
    }

    /// Leaves the element; what is kept of its inside and was not written is written now.
    fn leave(&mut self) {
        let Some(kept) = &mut self.kept else { return };
        let (text, elements) = kept.leave();
        self.out.push_str(&escape(&text));
        for xml in elements {
            self.line(&xml);
        }
    }

    fn line(&mut self, xml: &str) {
        self.indent();
        self.out.push_str(xml);
        self.end_line();
    }

    fn indent(&mut self) {
        const BLANKS: &str = "                                ";
        if !self.inline {
            self.out.push_str(&BLANKS[..self.depth.min(BLANKS.len())]);
        }
    }

    fn end_line(&mut self) {
        if !self.inline {
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::tree;

    #[test]
    fn whatever_is_written_reads_back() {
        let text = "a<b>&\"'\r\n\t]]>ü\u{FFFD}😀";
        let mut writer = Writer::document("OrderRequest");
        writer.leaf("a", &[("b", Some(text)), ("c", None)], text);
        let bytes = writer.finish();
        let document = std::str::from_utf8(&bytes).unwrap();
        let tree = tree::parse(document).unwrap();
        assert_eq!(tree.root().text(), text);
        assert_eq!(tree.root().attribute("b"), Some(text));
        assert_eq!(tree.root().attribute("c"), None);
    }

    #[test]
    fn forbidden_characters_become_blanks() {
        assert_eq!(escape("a\0b\u{1}c\u{FFFF}"), "a b c ");
    }

    #[test]
    fn the_dtd_follows_the_payload() {
        let found = ["OrderRequest", "ConfirmationRequest", "InvoiceDetailRequest", ""].map(dtd_of);
        assert_eq!(found, ["cXML", "Fulfill", "InvoiceDetail", "cXML"]);
    }
}
