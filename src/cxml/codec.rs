//! From bytes to a document and back.

use super::catalog_upload::CatalogUploadRequest;
use super::confirmation::ConfirmationRequest;
use super::encoding;
use super::fault::{ContentFault, Fault};
use super::header::{Envelope, Form};
use super::invoice::InvoiceDetailRequest;
use super::limits;
use super::order::OrderRequest;
use super::pending::{CopyRequest, GetPendingRequest, GetPendingResponse};
use super::profile::ProfileResponse;
use super::punchout_order::PunchOutOrderMessage;
use super::punchout_setup::{PunchOutSetupRequest, PunchOutSetupResponse};
use super::read::Read;
use super::receipt::ReceiptRequest;
use super::remittance::PaymentRemittanceRequest;
use super::ship_notice::ShipNoticeRequest;
use super::status_update::StatusUpdateRequest;
use super::tree::{self, Element};
use super::unread::Unread;
use super::write::Writer;

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub envelope: Envelope,
    pub payload: Payload,
    /// What came with it and has no field above; written back where it stood.
    pub unread: Unread,
}

/// What a document is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// A bare status.
    None,
    ProfileRequest,
    ProfileResponse(Box<ProfileResponse>),
    PunchOutSetupRequest(Box<PunchOutSetupRequest>),
    PunchOutSetupResponse(Box<PunchOutSetupResponse>),
    PunchOutOrderMessage(Box<PunchOutOrderMessage>),
    OrderRequest(Box<OrderRequest>),
    ConfirmationRequest(Box<ConfirmationRequest>),
    ShipNoticeRequest(Box<ShipNoticeRequest>),
    InvoiceDetailRequest(Box<InvoiceDetailRequest>),
    StatusUpdateRequest(Box<StatusUpdateRequest>),
    ReceiptRequest(Box<ReceiptRequest>),
    PaymentRemittanceRequest(Box<PaymentRemittanceRequest>),
    CatalogUploadRequest(Box<CatalogUploadRequest>),
    GetPendingRequest(Box<GetPendingRequest>),
    GetPendingResponse(Box<GetPendingResponse>),
    CopyRequest(Box<CopyRequest>),
    /// An element that this version does not read: its name.
    Unknown(String),
}

/// A document as it came: the envelope can be read though the payload cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub envelope: Envelope,
    /// The payload's element name, known or not; empty when there is none.
    pub payload_name: String,
    /// To be looked at after the credentials were checked.
    pub payload: Result<Payload, ContentFault>,
    /// What nobody looked at; empty when the payload is at fault.
    pub unread: Unread,
}

impl Received {
    /// The whole document, or what is wrong with its payload.
    pub fn into_document(self) -> Result<Document, Fault> {
        Ok(Document { envelope: self.envelope, payload: self.payload?, unread: self.unread })
    }
}

/// Reads a document. `content_type` is the HTTP header's value; its charset counts.
pub fn receive(bytes: &[u8], content_type: Option<&str>) -> Result<Received, Fault> {
    if bytes.len() > limits::BODY_BYTES {
        let got = bytes.len();
        return Err(Fault::TooLarge {
            what: "the document in bytes",
            got,
            most: limits::BODY_BYTES,
        });
    }
    let decoded = encoding::decode(bytes, content_type)?;
    let tree = tree::parse(&decoded.text)?;
    let mut received = read(tree.root())?;
    if received.payload.is_ok() {
        received.unread = Unread::of(&tree);
    }
    Ok(received)
}

/// Reads the envelope, and what can be read of the payload.
pub(super) fn read(root: Element<'_>) -> Read<Received> {
    let (envelope, element) = Envelope::of(root)?;
    let payload_name = element.map_or_else(String::new, |element| element.local().to_owned());
    let payload = match element {
        Some(element) => Payload::of(element),
        None if envelope.form == Form::Response => Ok(Payload::None),
        None => Err(no_payload(root, envelope.form)),
    };
    Ok(Received { envelope, payload_name, payload, unread: Unread::default() })
}

fn no_payload(root: Element<'_>, form: Form) -> ContentFault {
    let body = root.first(form.word()).unwrap_or(root);
    let fault = body.fault().expected(format!("one payload in {}", form.word()));
    fault.mend("Add the element that says what is wanted, in the namespace of cXML.")
}

/// Reads a document whose payload must be sound too.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> Result<Document, Fault> {
    receive(bytes, content_type)?.into_document()
}

/// Writes a document: UTF-8, in the order of the official DTD that its payload belongs to.
pub fn encode(document: &Document) -> Vec<u8> {
    let mut writer = Writer::document(document.payload.name());
    writer.keep(&document.unread, document.payload.name());
    document.envelope.write(&mut writer, |writer| document.payload.write(writer));
    writer.finish()
}

impl Document {
    pub fn new(envelope: Envelope, payload: Payload) -> Self {
        Self { envelope, payload, unread: Unread::default() }
    }
}

impl Payload {
    /// The element's name; empty for a bare status.
    pub fn name(&self) -> &str {
        match self {
            Self::None => "",
            Self::ProfileRequest => "ProfileRequest",
            Self::ProfileResponse(_) => "ProfileResponse",
            Self::PunchOutSetupRequest(_) => "PunchOutSetupRequest",
            Self::PunchOutSetupResponse(_) => "PunchOutSetupResponse",
            Self::PunchOutOrderMessage(_) => "PunchOutOrderMessage",
            Self::OrderRequest(_) => "OrderRequest",
            Self::ConfirmationRequest(_) => "ConfirmationRequest",
            Self::ShipNoticeRequest(_) => "ShipNoticeRequest",
            Self::InvoiceDetailRequest(_) => "InvoiceDetailRequest",
            Self::StatusUpdateRequest(_) => "StatusUpdateRequest",
            Self::ReceiptRequest(_) => "ReceiptRequest",
            Self::PaymentRemittanceRequest(_) => "PaymentRemittanceRequest",
            Self::CatalogUploadRequest(_) => "CatalogUploadRequest",
            Self::GetPendingRequest(_) => "GetPendingRequest",
            Self::GetPendingResponse(_) => "GetPendingResponse",
            Self::CopyRequest(_) => "CopyRequest",
            Self::Unknown(name) => name,
        }
    }

    fn of(element: Element<'_>) -> Read<Self> {
        Ok(match element.local() {
            "ProfileRequest" => Self::ProfileRequest,
            "ProfileResponse" => Self::ProfileResponse(Box::new(ProfileResponse::of(element)?)),
            "PunchOutSetupRequest" => {
                Self::PunchOutSetupRequest(Box::new(PunchOutSetupRequest::of(element)?))
            }
            "PunchOutSetupResponse" => {
                Self::PunchOutSetupResponse(Box::new(PunchOutSetupResponse::of(element)?))
            }
            "PunchOutOrderMessage" => {
                Self::PunchOutOrderMessage(Box::new(PunchOutOrderMessage::of(element)?))
            }
            "OrderRequest" => Self::OrderRequest(Box::new(OrderRequest::of(element)?)),
            "ConfirmationRequest" => {
                Self::ConfirmationRequest(Box::new(ConfirmationRequest::of(element)?))
            }
            "ShipNoticeRequest" => {
                Self::ShipNoticeRequest(Box::new(ShipNoticeRequest::of(element)?))
            }
            "InvoiceDetailRequest" => {
                Self::InvoiceDetailRequest(Box::new(InvoiceDetailRequest::of(element)?))
            }
            "StatusUpdateRequest" => {
                Self::StatusUpdateRequest(Box::new(StatusUpdateRequest::of(element)?))
            }
            "ReceiptRequest" => Self::ReceiptRequest(Box::new(ReceiptRequest::of(element)?)),
            "PaymentRemittanceRequest" => {
                Self::PaymentRemittanceRequest(Box::new(PaymentRemittanceRequest::of(element)?))
            }
            "CatalogUploadRequest" => {
                Self::CatalogUploadRequest(Box::new(CatalogUploadRequest::of(element)?))
            }
            "GetPendingRequest" => {
                Self::GetPendingRequest(Box::new(GetPendingRequest::of(element)?))
            }
            "GetPendingResponse" => {
                Self::GetPendingResponse(Box::new(GetPendingResponse::of(element)))
            }
            "CopyRequest" => Self::CopyRequest(Box::new(CopyRequest::of(element)?)),
            other => {
                element.leave();
                Self::Unknown(other.to_owned())
            }
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::None => {}
            Self::ProfileRequest => writer.leaf("ProfileRequest", &[], ""),
            Self::ProfileResponse(payload) => payload.write(writer),
            Self::PunchOutSetupRequest(payload) => payload.write(writer),
            Self::PunchOutSetupResponse(payload) => payload.write(writer),
            Self::PunchOutOrderMessage(payload) => payload.write(writer),
            Self::OrderRequest(payload) => payload.write(writer),
            Self::ConfirmationRequest(payload) => payload.write(writer),
            Self::ShipNoticeRequest(payload) => payload.write(writer),
            Self::InvoiceDetailRequest(payload) => payload.write(writer),
            Self::StatusUpdateRequest(payload) => payload.write(writer),
            Self::ReceiptRequest(payload) => payload.write(writer),
            Self::PaymentRemittanceRequest(payload) => payload.write(writer),
            Self::CatalogUploadRequest(payload) => payload.write(writer),
            Self::GetPendingRequest(payload) => payload.write(writer),
            Self::GetPendingResponse(payload) => payload.write(writer),
            Self::CopyRequest(payload) => payload.write(writer),
            // What came is among the unread parts.
            Self::Unknown(_) if writer.keeps() => {}
            Self::Unknown(name) => writer.leaf(name, &[], ""),
        }
    }
}
