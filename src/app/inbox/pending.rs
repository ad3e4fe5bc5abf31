//! A partner that cannot be called asks for what waits for it, or sends a document for somebody to
//! look at. Neither changes anything: what waits goes on being tried under the same payloadID, so
//! that the partner counts it once however it came.

use crate::{
    base::{text::shorten, time::Time},
    cxml::{
        self, Payload, Status, multipart,
        pending::{Copied, CopyMode, CopyRequest, GetPendingRequest, GetPendingResponse},
    },
    domain::refusal::Refusal,
    exchange::status::not_implemented,
    store::{self, attachment::Attachment},
};

use super::{Inbound, Taken};
use crate::app::{AppError, Cx};

/// Documents of one answer, and bytes of what goes along with them.
const MOST: i64 = 50;
const MOST_BYTES: usize = 16 << 20;

/// Answers a GetPendingRequest with the documents that could not be delivered yet, oldest first,
/// without those that the partner says it has. Their attachments come along as parts of one body; a
/// document that finds no room waits for the next time.
pub(super) async fn waiting(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &GetPendingRequest,
) -> Result<Taken, AppError> {
    let partner = inbound.sender.partner.id;
    let has: Option<Time> = request.last_received.as_ref().and_then(|at| at.0.trim().parse().ok());
    let since = has.unwrap_or(Time::from_millis(0));
    let most = request.at_most.map_or(MOST, |most| i64::from(most).clamp(1, MOST));
    let found = store::document::waiting(cx.conn, partner, since, &request.message_types, most);
    let mut documents = Vec::new();
    let mut attachments: Vec<Attachment> = Vec::new();
    for one in found.await? {
        let files = store::attachment::of_document(cx.conn, one.id).await?;
        let bytes = attachments.iter().chain(&files).map(|file| file.body.len()).sum::<usize>();
        let doubled =
            |file: &Attachment| attachments.iter().any(|known| known.content_id == file.content_id);
        if !documents.is_empty() && (bytes > MOST_BYTES || files.iter().any(doubled)) {
            break;
        }
        let Some(document) = whole(&String::from_utf8_lossy(&one.body)) else { continue };
        documents.push(document);
        attachments.extend(files);
    }
    if documents.is_empty() {
        return Ok(Taken::status(Status::new(Status::OK, "Nothing is pending."), Vec::new()));
    }
    let payload = Payload::GetPendingResponse(Box::new(GetPendingResponse { documents }));
    Ok(Taken { payload, attachments, ..Taken::status(Status::ok(), Vec::new()) })
}

/// The `cXML` element alone. The place of the secret stays empty: who asked has proven itself.
fn whole(document: &str) -> Option<String> {
    let secret = format!("<SharedSecret>{}</SharedSecret>", cxml::SECRET_MARK);
    let from = document.find("<cXML")?;
    Some(document.get(from..)?.replace(&secret, "").trim_end().to_owned())
}

/// Keeps a copied document; nothing is done with it, whatever it says.
pub(super) async fn copy(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &CopyRequest,
) -> Result<Taken, AppError> {
    if request.mode == Some(CopyMode::Process) {
        let word = CopyMode::Process.word();
        return Err(not_implemented("CopyRequest/@processingMode", word, "info or copy").into());
    }
    let of_file;
    let copied = match &request.copied {
        Copied::Document(document) => document.as_bytes(),
        Copied::Attachment(address) => {
            of_file = named(inbound, address, "CopyRequest/cXMLAttachment/Attachment/URL")?;
            of_file
        }
    };
    let read = cxml::receive(copied, None).map_err(|fault| {
        Refusal::invalid("copy-unreadable", "The copied document cannot be read.")
            .field("CopyRequest")
            .got(shorten(&fault.to_string(), 200))
            .expected("a whole cXML document")
    })?;
    let (kind, payload_id) = (&*read.payload_name, &*read.envelope.payload_id);
    let organisation = inbound.sender.partner.organisation;
    let received = store::document::received(cx.conn, organisation, payload_id).await?;
    let sent = store::document::sent(cx.conn, organisation, kind, payload_id).await?;
    let known = received.into_iter().chain(sent);
    let own = known.filter(|known| known.supplier == inbound.sender.supplier());
    let about = own.flat_map(|known| known.about).collect();
    let message = format!("The copy of this {} is kept; nothing is done with it.", {
        match read.payload_name.as_str() {
            "" => "document",
            name => name,
        }
    });
    Ok(Taken::status(Status::new(Status::OK, message), about))
}

/// What came beside the document under this `cid:` address.
pub(in crate::app) fn named<'i>(
    inbound: &Inbound<'i>,
    address: &str,
    field: &str,
) -> Result<&'i [u8], Refusal> {
    let found = inbound.attachments.iter().find(|one| multipart::names(address, &one.content_id));
    found.map(|found| found.body.as_slice()).ok_or_else(|| {
        let ids: Vec<&str> =
            inbound.attachments.iter().map(|one| one.content_id.as_str()).collect();
        Refusal::invalid("dangling-cid", "An attachment is named that did not come.")
            .field(field)
            .got(shorten(address, 120))
            .expected(format!("cid: and the Content-ID of a part that came: {}", ids.join(", ")))
            .mend("Send the file as a part of its own whose Content-ID is what stands behind cid:.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_document_is_handed_over_without_its_head_and_its_secret() {
        let mark = cxml::SECRET_MARK;
        let document = format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE cXML SYSTEM \"x\">\n<cXML payloadID=\"1\">\
             <SharedSecret>{mark}</SharedSecret></cXML>\n"
        );
        assert_eq!(whole(&document).as_deref(), Some("<cXML payloadID=\"1\"></cXML>"));
        assert_eq!(whole("<html/>"), None);
    }
}
