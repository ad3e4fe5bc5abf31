//! What a shopper sees of the way back: the form that carries it, and the files to keep.

use crate::{
    app::{AppError, Reader},
    base::id::PunchoutSessionId,
    cxml::{self, Payload},
    domain::{punchout::PunchoutSession, refusal::Refusal},
    exchange::punchout::{ReturnForm, form_of},
    store::{self, document::Document},
};

/// A frozen return.
#[derive(Debug, Clone)]
pub struct Back {
    pub session: PunchoutSession,
    /// The connection's name.
    pub to: String,
    pub form: ReturnForm,
    pub document: Document,
    /// Lines in it; an empty cart has none.
    pub lines: usize,
}

/// What was last frozen for this visit; only its own shopper finds it.
pub async fn back(reader: &mut Reader<'_>, session: PunchoutSessionId) -> Result<Back, AppError> {
    let gone = || AppError::from(Refusal::not_found("returned cart"));
    let person = reader.actor.need_person()?.id;
    let found = store::punchout_session::get(&mut reader.conn, session).await?;
    let session = found.filter(|own| own.person == person).ok_or_else(gone)?;
    let document = session.return_document.ok_or_else(gone)?;
    let document = store::document::get(&mut reader.conn, document).await?.ok_or_else(gone)?;
    let partner = store::partner::get(&mut reader.conn, session.partner).await?;
    let partner = partner.ok_or_else(gone)?;
    // The host may have been struck off since it was frozen.
    super::check_return(reader.app, &partner, "return address", &session.return_url)?;
    let form = form_of(&session, partner.cart_encoding, &document.body)?;
    let lines = lines_in(&document);
    Ok(Back { session, to: partner.name, form, document, lines })
}

fn lines_in(document: &Document) -> usize {
    match cxml::decode(&document.body, None).map(|read| read.payload) {
        Ok(Payload::PunchOutOrderMessage(message)) => message.items.len(),
        _ => {
            let text = String::from_utf8_lossy(&document.body);
            text.matches("NEW_ITEM-QUANTITY").count()
        }
    }
}
