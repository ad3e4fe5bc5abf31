//! GetPendingRequest: a side that cannot be called asks for what waits for it; and CopyRequest, a
//! document sent once more for somebody to look at.

use super::read::{Read, words};
use super::tree::Element;
use super::values::{Stamp, url_in};
use super::write::Writer;

/// A wish for documents that wait.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GetPendingRequest {
    /// Payload names: `OrderRequest`, `StatusUpdateRequest`.
    pub message_types: Vec<String>,
    /// How many are wanted at most; as many as there are when absent.
    pub at_most: Option<u32>,
    /// When the last ones came, which may be forgotten now.
    pub last_received: Option<Stamp>,
}

/// The documents that waited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GetPendingResponse {
    /// Each a whole `cXML` element, without declarations.
    pub documents: Vec<String>,
}

words! {
    /// What is to be done with a copy.
    CopyMode {
        Info = "info",
        Process = "process",
        Copy = "copy",
    }
}

/// A document sent once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRequest {
    /// Absent: it is a copy and nothing more.
    pub mode: Option<CopyMode>,
    pub copied: Copied,
}

/// The copied document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// In a part of the message: its `cid:..`.
    Attachment(String),
    /// The whole `cXML` element.
    Document(String),
}

impl GetPendingRequest {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        element.need_some("MessageType")?;
        Ok(Self {
            message_types: element.texts_of("MessageType"),
            at_most: element.line_number_in("maxMessages")?,
            last_received: Stamp::of(element, "lastReceivedTimestamp"),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let most = self.at_most.map(|most| most.to_string());
        let last = Stamp::text_of(self.last_received.as_ref());
        let attributes = [("maxMessages", most.as_deref()), ("lastReceivedTimestamp", last)];
        writer.open("GetPendingRequest", &attributes);
        self.message_types.iter().for_each(|kind| writer.leaf("MessageType", &[], kind));
        writer.close("GetPendingRequest");
    }
}

impl GetPendingResponse {
    pub(super) fn of(element: Element<'_>) -> Self {
        Self { documents: element.each("cXML", whole) }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("GetPendingResponse", &[]);
        self.documents.iter().for_each(|document| writer.raw(document));
        writer.close("GetPendingResponse");
    }
}

/// The element as it stands, with everything in it.
fn whole(element: Element<'_>) -> String {
    element.take_whole_and_all();
    element.outer().to_owned()
}

impl CopyRequest {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let mode = match element.said("processingMode") {
            Some(_) => Some(CopyMode::read(element, "processingMode", None)?),
            None => None,
        };
        let copied = match element.one("cXML")? {
            Some(document) => Copied::Document(whole(document)),
            None => {
                let attachment = element.need("cXMLAttachment")?.need("Attachment")?;
                attachment.need("URL")?;
                Copied::Attachment(url_in(attachment)?.unwrap_or_default())
            }
        };
        Ok(Self { mode, copied })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("CopyRequest", &[("processingMode", self.mode.map(CopyMode::word))]);
        match &self.copied {
            Copied::Document(document) => writer.raw(document),
            Copied::Attachment(url) => {
                writer.open("cXMLAttachment", &[]);
                writer.open("Attachment", &[]);
                writer.leaf("URL", &[], url);
                writer.close("Attachment");
                writer.close("cXMLAttachment");
            }
        }
        writer.close("CopyRequest");
    }
}
