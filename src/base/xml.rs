//! Writing small XML documents: escapes, and elements in the order in which they are called.
//!
//! For the formats beside cXML, which has a writer of its own, with document types. Always UTF-8;
//! a character that XML cannot hold is written as a blank, so what comes out is well-formed
//! whatever a person typed.

/// Builds a document.
#[derive(Debug)]
pub struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Default for Xml {
    fn default() -> Self {
        Self::new()
    }
}

impl Xml {
    /// A document with its declaration.
    pub fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// Opens an element; [`Xml::close`] closes it.
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.indent();
        self.tag(name, attributes, ">\n");
        self.open.push(name);
    }

    /// Closes the element opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element with text.
    pub fn leaf(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) {
        self.indent();
        self.tag(name, attributes, ">");
        escape(&mut self.out, text);
        self.out.push_str(&format!("</{name}>\n"));
    }

    /// An element without anything in it.
    pub fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.indent();
        self.tag(name, attributes, "/>\n");
    }

    /// The whole document; what is still open is closed.
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.close();
        }
        self.out.into_bytes()
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.push_str("  ");
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push_str(&format!(" {attribute}=\""));
            escape(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push_str(end);
    }
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push(' '),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_well_formed_whatever_goes_in() {
        let mut xml = Xml::new();
        xml.open("a", &[("n", "19\" & <b>")]);
        xml.leaf("b", &[], "\u{1}Größe & \"mehr\" ]]>");
        xml.empty("c", &[]);
        let text = String::from_utf8(xml.finish()).unwrap();
        let body = text.split_once("?>\n").unwrap().1;
        let expected = "<a n=\"19&quot; &amp; &lt;b&gt;\">\n  \
            <b> Größe &amp; &quot;mehr&quot; ]]&gt;</b>\n  <c/>\n</a>\n";
        assert_eq!(body, expected);
    }
}
