//! Letters that did not arrive: what the mail server said, and sending them again.

use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::id::LetterId,
    domain::{fact::Fact, refusal::Refusal},
    store::{self, letter::Undelivered},
};

/// Letters that are shown at most.
const SHOWN: i64 = 200;

/// The organisation's letters that did not arrive so far, newest first, each with what was answered
/// last.
pub async fn undelivered(reader: &mut Reader<'_>) -> Result<Vec<(Undelivered, String)>, AppError> {
    if !reader.may("delivery", "read") {
        reader.need("delivery", "read-all")?;
    }
    let organisation = reader.actor.need_organisation()?;
    let found = store::letter::undelivered(&mut reader.conn, organisation, SHOWN).await?;
    let mut said = Vec::with_capacity(found.len());
    for one in found {
        let id = one.letter.id.to_string();
        let attempts = store::delivery::attempts(&mut reader.conn, &id).await?;
        let last = attempts.into_iter().next_back().map(|attempt| attempt.detail);
        said.push((one, last.unwrap_or_default()));
    }
    Ok(said)
}

/// Sends a letter again, with its live link made anew.
#[derive(Debug, Clone, Copy)]
pub struct SendAgain {
    pub letter: LetterId,
}

impl Command for SendAgain {
    type Answer = ();
    const NEED: Need = Need::May("order", "resend");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let found = store::letter::get(cx.conn, self.letter).await?;
        let letter = found.filter(|letter| letter.organisation == Some(organisation));
        let letter = letter.ok_or_else(|| Refusal::not_found("letter"))?;
        if !store::letter::send_again(cx.conn, letter.id, cx.now).await? {
            let message = "This letter has left, or is being sent just now.";
            return Err(Refusal::conflict("nothing-to-send", message).into());
        }
        cx.fact(Fact::DeliveryAsked { delivery: letter.id.to_string(), about: letter.about });
        Ok(())
    }
}
