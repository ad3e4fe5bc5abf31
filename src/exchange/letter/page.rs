//! The shape of a letter: the same parts as plain text and as HTML.

use crate::{base::text::one_line, domain::notice::Language};

use super::LINK_MARK;

/// The parts of a letter in their order, still unescaped.
pub(super) struct Page {
    pub(super) language: Language,
    pub(super) greeting: String,
    pub(super) lead: String,
    pub(super) rows: Vec<(&'static str, String)>,
    pub(super) lines_title: &'static str,
    pub(super) lines: Vec<String>,
    pub(super) action: String,
    pub(super) note: String,
    pub(super) closing: &'static str,
}

impl Page {
    pub(super) fn text(&self) -> String {
        let mut parts = vec![self.greeting.clone(), self.lead.clone()];
        let rows = self.rows.iter().map(|(label, value)| format!("{label}: {value}"));
        parts.push(rows.collect::<Vec<_>>().join("\n"));
        if !self.lines.is_empty() {
            let lines = self.lines.iter().map(|line| format!("- {line}"));
            parts.push(format!("{}:\n{}", self.lines_title, lines.collect::<Vec<_>>().join("\n")));
        }
        parts.push(format!("{}:\n{LINK_MARK}", self.action));
        parts.push(self.note.clone());
        parts.push(self.closing.to_owned());
        parts.retain(|part| !part.is_empty());
        format!("{}\n", parts.join("\n\n"))
    }

    pub(super) fn html(&self, subject: &str) -> String {
        let paragraph = |text: &str| match text {
            "" => String::new(),
            text => format!("<p>{}</p>\n", escape(text)),
        };
        let mut body = paragraph(&self.greeting);
        body.push_str(&paragraph(&self.lead));
        if !self.rows.is_empty() {
            let rows = self.rows.iter().map(|(label, value)| {
                format!(
                    "<tr><th scope=\"row\" align=\"left\">{}</th><td>{}</td></tr>\n",
                    escape(label),
                    escape(value)
                )
            });
            body.push_str(&format!("<table>\n{}</table>\n", rows.collect::<String>()));
        }
        if !self.lines.is_empty() {
            let lines = self.lines.iter().map(|line| format!("<li>{}</li>\n", escape(line)));
            body.push_str(&paragraph(self.lines_title));
            body.push_str(&format!("<ul>\n{}</ul>\n", lines.collect::<String>()));
        }
        let action = escape(&self.action);
        body.push_str(&format!("<p><a href=\"{LINK_MARK}\"><strong>{action}</strong></a></p>\n"));
        body.push_str(&paragraph(&self.note));
        body.push_str(&paragraph(self.closing));
        document(self.language, subject, &body)
    }
}

/// A whole HTML document round a body that is escaped already.
pub(super) fn document(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body>\n{body}</body>\n</html>\n",
        language.tag(),
        escape(title)
    )
}

/// What people typed, on one line and unable to become the mark of the link.
pub(super) fn safe(text: &str) -> String {
    one_line(text).chars().fold(String::with_capacity(text.len()), |mut out, c| {
        // A replacement of pairs would leave a pair of `{{{`.
        if c == '{' && out.ends_with('{') {
            out.push(' ');
        }
        out.push(c);
        out
    })
}

/// Text as HTML shows it, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}
