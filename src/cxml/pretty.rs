//! Documents for people to look at: indented, secrets cut out.

use quick_xml::{Reader, events::Event};

use super::encoding;
use super::redact;
use super::tree;

/// The document with one element a line and without secrets. What is not well-formed is shown as it
/// came, what is no text at all as a note.
pub fn prettify(bytes: &[u8]) -> String {
    prettify_as(bytes, None)
}

/// The same for bytes that came with a Content-Type: its charset counts where the document names
/// none.
pub fn prettify_as(bytes: &[u8], content_type: Option<&str>) -> String {
    let clean = redact::redact(bytes);
    let as_said = encoding::decode(&clean, content_type);
    let Ok(decoded) = as_said.or_else(|_| encoding::decode(&clean, None)) else {
        return String::from_utf8_lossy(&clean).into_owned();
    };
    if tree::parse(&decoded.text).is_err() {
        return decoded.text.into_owned();
    }
    indent(&decoded.text).unwrap_or_else(|| decoded.text.into_owned())
}

/// What stood last, which decides whether the next piece starts a line.
#[derive(PartialEq)]
enum Last {
    Start,
    Text,
    Other,
}

fn indent(source: &str) -> Option<String> {
    let mut out = String::with_capacity(source.len() * 2);
    let mut reader = Reader::from_str(source);
    let (mut depth, mut last) = (0_usize, Last::Other);
    loop {
        let event = reader.read_event().ok()?;
        match event {
            Event::Eof => break,
            Event::Text(text) => {
                if !text.trim().is_empty() {
                    out.push_str(&text);
                    last = Last::Text;
                }
            }
            Event::GeneralRef(name) => {
                out.push_str(&format!("&{};", &*name));
                last = Last::Text;
            }
            Event::CData(text) => {
                out.push_str(&format!("<![CDATA[{}]]>", &*text));
                last = Last::Text;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                if last == Last::Other {
                    new_line(&mut out, depth);
                }
                out.push_str(&format!("</{}>", tag.name().0));
                last = Last::Other;
            }
            Event::Start(tag) => {
                new_line(&mut out, depth);
                out.push_str(&format!("<{}>", &*tag));
                depth += 1;
                last = Last::Start;
            }
            other => {
                new_line(&mut out, depth);
                out.push_str(&whole(&other));
                last = Last::Other;
            }
        }
    }
    out.push('\n');
    Some(out)
}

fn whole(event: &Event<'_>) -> String {
    match event {
        Event::Empty(tag) => format!("<{}/>", &**tag),
        Event::Comment(text) => format!("<!--{}-->", &**text),
        Event::PI(text) => format!("<?{}?>", &**text),
        Event::Decl(text) => format!("<?{}?>", &**text),
        Event::DocType(text) => format!("<!DOCTYPE {}>", &**text),
        _ => String::new(),
    }
}

fn new_line(out: &mut String, depth: usize) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_element_a_line_and_no_secret() {
        let shown = prettify(
            b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x'><a><b  c='1'/><d>x &amp; y</d>\
              <SharedSecret>s3cret</SharedSecret><!-- e --><f><![CDATA[<]]></f></a>",
        );
        assert_eq!(
            shown,
            "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'x'>\n<a>\n  <b  c='1'/>\n  <d>x &amp; y</d>\n  \
             <SharedSecret>[secret-removed]</SharedSecret>\n  <!-- e -->\n  <f><![CDATA[<]]></f>\n</a>\n"
        );
        assert_eq!(prettify(shown.as_bytes()), shown);
    }

    #[test]
    fn broken_documents_are_shown_as_they_came() {
        assert_eq!(prettify(b"<a>x & y"), "<a>x & y");
    }
}
