//! CatalogUploadRequest: a supplier sends a catalogue, as an attachment of the same message.

use super::read::{Read, words};
use super::tree::Element;
use super::values::{Description, LANG, url_in};
use super::write::Writer;

words! {
    /// Whether the catalogue is the first of its name.
    CatalogOperation {
        New = "new",
        Update = "update",
    }
}

/// A catalogue to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogUploadRequest {
    pub operation: CatalogOperation,
    pub name: String,
    pub description: Description,
    /// Where the catalogue is: `cid:..` of a part of the message.
    pub attachment: String,
    /// UNSPSC codes of what is in it.
    pub commodities: Vec<String>,
    /// Whether it is shown to buyers at once.
    pub auto_publish: Option<bool>,
    /// Who is told by mail how it went.
    pub notify_email: Option<String>,
    /// Whether the sender's address is told how it went.
    pub notify_url: Option<bool>,
}

impl CatalogUploadRequest {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let attachment = element.need("Attachment")?;
        attachment.need("URL")?;
        let notification = element.one("Notification")?;
        let enabled = |found: Element<'_>| found.attribute("enabled") == Some("true");
        let post = notification.map_or(Ok(None), |told| told.one("URLPost"))?;
        let commodities = element.one("Commodities")?;
        Ok(Self {
            operation: CatalogOperation::read(element, "operation", None)?,
            name: element.need("CatalogName")?.granted("xml:lang", LANG).trimmed().to_owned(),
            description: Description::of(element.need("Description")?)?,
            attachment: url_in(attachment)?.unwrap_or_default(),
            commodities: commodities.map(|all| all.texts_of("CommodityCode")).unwrap_or_default(),
            auto_publish: element.one("AutoPublish")?.map(enabled),
            notify_email: notification.map_or(Ok(None), |told| told.text_of("Email"))?,
            notify_url: post.map(enabled),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let enabled = |on: bool| ("enabled", Some(if on { "true" } else { "false" }));
        let operation = ("operation", Some(self.operation.word()));
        writer.open("CatalogUploadRequest", &[operation]);
        writer.leaf("CatalogName", &[("xml:lang", Some(LANG))], &self.name);
        self.description.write(writer);
        writer.open("Attachment", &[]);
        writer.leaf("URL", &[], &self.attachment);
        writer.close("Attachment");
        if !self.commodities.is_empty() {
            writer.open("Commodities", &[]);
            self.commodities.iter().for_each(|code| writer.leaf("CommodityCode", &[], code));
            writer.close("Commodities");
        }
        if let Some(on) = self.auto_publish {
            writer.leaf("AutoPublish", &[enabled(on)], "");
        }
        writer.open("Notification", &[]);
        writer.leaf_if("Email", self.notify_email.as_deref());
        if let Some(on) = self.notify_url {
            writer.leaf("URLPost", &[enabled(on)], "");
        }
        writer.close("Notification");
        writer.close("CatalogUploadRequest");
    }
}
