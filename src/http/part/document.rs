//! What went over the wire, readable: XML with one element a line, everything else as it is.
//!
//! Only for eyes. It never changes what is stored and is never parsed again.

use super::{Html, escape};

/// Characters shown at most; the whole document is behind its download link.
const MOST_SHOWN: usize = 60_000;
/// Depth beyond which lines are not indented further.
const MOST_INDENT: usize = 24;

/// A `pre` with the document in it.
pub fn document(text: &str) -> Html {
    let cut = text.char_indices().nth(MOST_SHOWN).map(|(at, _)| at);
    let shown = &text[..cut.unwrap_or(text.len())];
    let mut html = String::with_capacity(shown.len() * 2);
    html.push_str("<pre class=\"document\" tabindex=\"0\">");
    if shown.trim_start().starts_with('<') {
        indented(shown.trim(), &mut html);
    } else {
        html.push_str(&escape(shown));
    }
    if cut.is_some() {
        html.push_str("\n<span class=\"aside\">(the rest is in the file)</span>");
    }
    html.push_str("</pre>");
    Html(html)
}

/// A piece of XML text: `<..>` of some kind, or what stands between.
enum Piece<'a> {
    Open(&'a str),
    Close(&'a str),
    /// Self-closing.
    Whole(&'a str),
    /// Declaration, DOCTYPE, comment, CDATA, processing instruction.
    Aside(&'a str),
    Text(&'a str),
}

/// Cuts off the first piece; an unfinished tag is shown as text.
fn piece(xml: &str) -> (Piece<'_>, &str) {
    let end_of = |mark: &str| xml.find(mark).map(|at| at + mark.len());
    let (end, aside) = if xml.starts_with("<!--") {
        (end_of("-->"), true)
    } else if xml.starts_with("<![CDATA[") {
        (end_of("]]>"), true)
    } else if xml.starts_with("<?") {
        (end_of("?>"), true)
    } else if xml.starts_with('<') {
        (end_of(">"), xml.starts_with("<!"))
    } else {
        (xml.find('<'), false)
    };
    let (head, rest) = xml.split_at(end.unwrap_or(xml.len()));
    let piece = match head {
        _ if end.is_none() || !head.starts_with('<') => Piece::Text(head),
        _ if aside => Piece::Aside(head),
        _ if head.starts_with("</") => Piece::Close(head),
        _ if head.ends_with("/>") => Piece::Whole(head),
        _ => Piece::Open(head),
    };
    (piece, rest)
}

fn indented(xml: &str, html: &mut String) {
    let mut rest = xml;
    let mut depth = 0_usize;
    // Whether the line so far may be continued: an element that holds text alone stays on its line.
    let mut open_line = false;
    while !rest.is_empty() {
        let (now, after) = piece(rest);
        rest = after;
        match now {
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(text) => {
                if !open_line {
                    line(html, depth);
                }
                html.push_str(&escape(text.trim()));
                open_line = true;
            }
            Piece::Open(tag) => {
                line(html, depth);
                span(html, "tag", tag);
                depth += 1;
                open_line = true;
            }
            Piece::Close(tag) => {
                depth = depth.saturating_sub(1);
                if !open_line {
                    line(html, depth);
                }
                span(html, "tag", tag);
                open_line = false;
            }
            Piece::Whole(tag) | Piece::Aside(tag) => {
                line(html, depth);
                let class = if matches!(now, Piece::Whole(_)) { "tag" } else { "aside" };
                span(html, class, tag);
                open_line = false;
            }
        }
    }
}

fn line(html: &mut String, depth: usize) {
    if !html.ends_with("tabindex=\"0\">") {
        html.push('\n');
    }
    html.extend(std::iter::repeat_n("  ", depth.min(MOST_INDENT)));
}

fn span(html: &mut String, class: &str, text: &str) {
    html.push_str(&format!("<span class=\"{class}\">{}</span>", escape(text)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        let html = document(text).to_string();
        let mut bare = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => bare.push(c),
                _ => {}
            }
        }
        bare.replace("&lt;", "<").replace("&gt;", ">")
    }

    #[test]
    fn elements_stand_one_a_line_and_texts_stay_with_their_element() {
        let shown = plain("<?xml version='1.0'?><a><b>x</b><c/><d><e>y z</e></d></a>");
        let lines: Vec<_> = shown.lines().skip(1).collect();
        assert_eq!(
            lines,
            ["<a>", "  <b>x</b>", "  <c/>", "  <d>", "    <e>y z</e>", "  </d>", "</a>"]
        );
    }

    #[test]
    fn hostile_text_stays_text() {
        let html = document("<a><script>alert(1)</script").to_string();
        assert!(!html.contains("<script"), "{html}");
        assert!(plain("{\"a\": \"<b>\"}").contains("{&quot;a&quot;"));
        assert!(document("<a><!-- never closed").to_string().contains("never closed"));
        assert!(document(&"<a>".repeat(30_000)).to_string().contains("the rest is in the file"));
    }
}
