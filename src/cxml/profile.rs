//! ProfileResponse: which requests this server takes and where. ProfileRequest is empty.

use super::read::Read;
use super::tree::Element;
use super::values::Stamp;
use super::write::Writer;

/// What a server can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileResponse {
    pub effective_date: Stamp,
    /// `attachments = yes`, `changes = yes`, ..
    pub options: Vec<(String, String)>,
    pub transactions: Vec<Transaction>,
}

/// One request that the server takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The payload's element name: `OrderRequest`.
    pub request_name: String,
    pub url: String,
    pub options: Vec<(String, String)>,
}

impl ProfileResponse {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let transaction = |found: Element<'_>| {
            Ok(Transaction {
                request_name: found.need_attribute("requestName")?.to_owned(),
                url: super::values::url_in(found)?.unwrap_or_default(),
                options: options_of(found),
            })
        };
        Ok(Self {
            effective_date: Stamp::of(element, "effectiveDate").unwrap_or_default(),
            options: options_of(element),
            transactions: element.every("Transaction", transaction)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let date = ("effectiveDate", Some(self.effective_date.text()));
        writer.open("ProfileResponse", &[date]);
        write_options(&self.options, writer);
        for transaction in &self.transactions {
            writer.open("Transaction", &[("requestName", Some(&transaction.request_name))]);
            writer.leaf("URL", &[], &transaction.url);
            write_options(&transaction.options, writer);
            writer.close("Transaction");
        }
        writer.close("ProfileResponse");
    }
}

fn options_of(element: Element<'_>) -> Vec<(String, String)> {
    let name = |found: Element<'_>| found.attribute("name").unwrap_or_default().to_owned();
    element.named("Option").map(|found| (name(found), found.trimmed().to_owned())).collect()
}

fn write_options(options: &[(String, String)], writer: &mut Writer) {
    for (name, value) in options {
        writer.leaf("Option", &[("name", Some(name))], value);
    }
}
