//! StatusUpdateRequest: news of a document that was answered with 201, or of an invoice.

use super::read::Read;
use super::status::Status;
use super::tree::Element;
use super::values::{Comments, Extrinsic, Stamp, document_reference_in, write_document_reference};
use super::write::Writer;

/// News of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdateRequest {
    /// The payloadID of the document it is about.
    pub document_reference: Option<String>,
    pub status: Status,
    pub about: Option<StatusAbout>,
    pub extrinsics: Vec<Extrinsic>,
}

/// What kind of document it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusAbout {
    Document {
        /// `approved`, `rejected`, `processing`, ..
        kind: String,
        document: Option<DocumentInfo>,
        comments: Vec<Comments>,
    },
    Invoice {
        /// `processing`, `canceled`, `reconciled`, `rejected`, `paying` or `paid`.
        kind: String,
        invoice_id: Option<String>,
        invoice_date: Option<Stamp>,
        comments: Vec<Comments>,
    },
    Sourcing {
        /// `approve`, `cancel` or `deny`.
        action: Option<String>,
        text: String,
    },
    /// A kind that is not read here: its element's name.
    Other(String),
}

/// Which document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentInfo {
    pub id: String,
    /// `OrderRequest`, ..
    pub kind: String,
    pub date: Option<Stamp>,
}

impl StatusUpdateRequest {
    pub fn new(document_reference: impl Into<String>, status: Status) -> Self {
        Self {
            document_reference: Some(document_reference.into()),
            status,
            about: None,
            extrinsics: Vec::new(),
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let about = element.children().filter(|child| !child.is_foreign()).find(|child| {
            !["DocumentReference", "Status", "Extrinsic"].iter().any(|name| child.is(name))
        });
        Ok(Self {
            document_reference: document_reference_in(element)?,
            status: Status::of(element.need("Status")?)?,
            about: about.map(Element::looked_at).map(StatusAbout::of).transpose()?,
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("StatusUpdateRequest", &[]);
        write_document_reference(self.document_reference.as_deref(), writer);
        self.status.write(writer);
        self.about.iter().for_each(|about| about.write(writer));
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("StatusUpdateRequest");
    }
}

impl StatusAbout {
    fn of(element: Element<'_>) -> Read<Self> {
        let kind = || element.attribute("type").unwrap_or_default().to_owned();
        Ok(match element.local() {
            "DocumentStatus" => Self::Document {
                kind: kind(),
                document: element.one("DocumentInfo")?.map(|info| DocumentInfo {
                    id: info.said("documentID").unwrap_or_default(),
                    kind: info.said("documentType").unwrap_or_default(),
                    date: Stamp::of(info, "documentDate"),
                }),
                comments: Comments::all(element),
            },
            "InvoiceStatus" => {
                let info = element.one("InvoiceIDInfo")?;
                Self::Invoice {
                    kind: kind(),
                    invoice_id: info.and_then(|info| info.said("invoiceID")),
                    invoice_date: info.and_then(|info| Stamp::of(info, "invoiceDate")),
                    comments: Comments::all(element),
                }
            }
            "SourcingStatus" => Self::Sourcing {
                action: element.said("action"),
                text: element.granted("xml:lang", super::values::LANG).trimmed().to_owned(),
            },
            other => {
                element.leave();
                Self::Other(other.to_owned())
            }
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Document { kind, document, comments } => {
                writer.open("DocumentStatus", &[("type", Some(kind))]);
                if let Some(info) = document {
                    let attributes = [
                        ("documentID", Some(info.id.as_str())),
                        ("documentType", Some(info.kind.as_str())),
                        ("documentDate", Stamp::text_of(info.date.as_ref())),
                    ];
                    writer.leaf("DocumentInfo", &attributes, "");
                }
                Comments::write_all(comments, writer);
                writer.close("DocumentStatus");
            }
            Self::Invoice { kind, invoice_id, invoice_date, comments } => {
                writer.open("InvoiceStatus", &[("type", Some(kind))]);
                if let Some(id) = invoice_id {
                    let date = ("invoiceDate", Stamp::text_of(invoice_date.as_ref()));
                    writer.leaf("InvoiceIDInfo", &[("invoiceID", Some(id)), date], "");
                }
                Comments::write_all(comments, writer);
                writer.close("InvoiceStatus");
            }
            Self::Sourcing { action, text } => {
                let lang = ("xml:lang", Some(super::values::LANG));
                writer.leaf("SourcingStatus", &[("action", action.as_deref()), lang], text);
            }
            // What came is among the unread parts.
            Self::Other(_) => {}
        }
    }
}
