//! Descriptions and comments: words for people, with what stands among them.

use super::super::read::Read;
use super::super::tree::Element;
use super::super::write::Writer;
use super::LANG;

/// A description with its language and, sometimes, a short form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    pub text: String,
    pub short_name: Option<String>,
    pub lang: Option<String>,
}

impl Description {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), short_name: None, lang: None }
    }

    pub(in crate::cxml) fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            text: element.trimmed().to_owned(),
            short_name: element.text_of("ShortName")?,
            lang: element.language(),
        })
    }

    pub(in crate::cxml) fn all(element: Element<'_>) -> Read<Vec<Self>> {
        element.every("Description", Self::of)
    }

    /// The text of the only description, when it says something.
    pub(in crate::cxml) fn text_in(element: Element<'_>) -> Read<Option<String>> {
        let found = element.first("Description");
        Ok(found.map(|found| found.granted("xml:lang", LANG).trimmed().to_owned()))
    }

    pub(in crate::cxml) fn write(&self, writer: &mut Writer) {
        let lang = [("xml:lang", Some(self.lang.as_deref().unwrap_or(LANG)))];
        match &self.short_name {
            None => writer.leaf("Description", &lang, &self.text),
            Some(short) => {
                writer.open_mixed("Description", &lang, "");
                writer.leaf("ShortName", &[], short);
                writer.text(&self.text);
                writer.close_mixed("Description");
            }
        }
    }

    /// Writes a required description, empty when there is none.
    pub(in crate::cxml) fn write_text(text: Option<&str>, writer: &mut Writer) {
        writer.leaf("Description", &[("xml:lang", Some(LANG))], text.unwrap_or_default());
    }
}

/// A remark, with the addresses of what is attached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    pub text: String,
    pub lang: Option<String>,
    /// What it is about, as some hubs say: `TermsAndConditions`.
    pub kind: Option<String>,
    /// Addresses, mostly `cid:..` of parts of a multipart body.
    pub attachments: Vec<String>,
}

impl Comments {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(in crate::cxml) fn all(element: Element<'_>) -> Vec<Self> {
        let read = |found: Element<'_>| Self {
            text: found.trimmed().to_owned(),
            lang: found.language(),
            kind: found.said("type"),
            attachments: found
                .named("Attachment")
                .flat_map(|attachment| attachment.texts_of("URL"))
                .collect(),
        };
        let mut comments = Vec::new();
        for found in element.named("Comments") {
            let comment = read(found);
            if comment.text.is_empty() && comment.attachments.is_empty() {
                found.leave();
            } else {
                comments.push(comment);
            }
        }
        comments
    }

    pub(in crate::cxml) fn write_all(comments: &[Self], writer: &mut Writer) {
        for comment in comments {
            comment.write(writer);
        }
    }

    /// Writes one element where the DTD takes only one.
    pub(in crate::cxml) fn write_merged(comments: &[Self], writer: &mut Writer) {
        let Some((first, rest)) = comments.split_first() else { return };
        let mut merged = first.clone();
        for other in rest {
            if !merged.text.is_empty() && !other.text.is_empty() {
                merged.text.push('\n');
            }
            merged.text.push_str(&other.text);
            merged.attachments.extend_from_slice(&other.attachments);
        }
        merged.write(writer);
    }

    fn write(&self, writer: &mut Writer) {
        let attributes = [
            ("xml:lang", Some(self.lang.as_deref().unwrap_or(LANG))),
            ("type", self.kind.as_deref()),
        ];
        if self.attachments.is_empty() {
            return writer.leaf("Comments", &attributes, &self.text);
        }
        writer.open_mixed("Comments", &attributes, &self.text);
        for url in &self.attachments {
            writer.open("Attachment", &[]);
            writer.leaf("URL", &[], url);
            writer.close("Attachment");
        }
        writer.close_mixed("Comments");
    }
}
