//! The same command again under the same key: its first answer.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    base::id::PersonId,
    domain::refusal::Refusal,
    store::{self, Conn},
};

use super::{
    super::{Actor, App, AppError},
    Cx, Once,
};

pub(super) async fn repeated<A: DeserializeOwned>(
    cx: &mut Cx<'_>,
    once: Option<&Once>,
) -> Result<Option<A>, AppError> {
    let Some(once) = once else { return Ok(None) };
    let person = cx.actor.need_person()?.id;
    answered(cx.conn, person, once).await
}

/// What was answered to this call under this key.
pub(super) async fn answered<A: DeserializeOwned>(
    conn: &mut Conn,
    person: PersonId,
    once: &Once,
) -> Result<Option<A>, AppError> {
    let Some(seen) = store::idempotency::get(conn, person, &once.call, &once.key).await? else {
        return Ok(None);
    };
    if seen.body_sha256 != once.body_sha256 {
        let message = "This Idempotency-Key was used with another body.";
        return Err(Refusal::conflict("key-reused", message)
            .field("Idempotency-Key")
            .mend("Use a fresh key for a fresh request.")
            .into());
    }
    serde_json::from_str(&seen.answer).map(Some).map_err(AppError::internal)
}

/// What the same call was answered while this one ended in a fault. Of two side by side, the later
/// may see what the first has done before it can see that it was the same call.
pub(super) async fn answered_meanwhile<A: DeserializeOwned>(
    app: &Arc<App>,
    actor: &Actor,
    once: Option<&Once>,
) -> Option<A> {
    let (once, person) = (once?, actor.person_id()?);
    let mut reader = app.reader(actor).await.ok()?;
    answered(&mut reader.conn, person, once).await.ok()?
}

pub(super) async fn remember<A: Serialize>(
    cx: &mut Cx<'_>,
    once: &Once,
    answer: &A,
) -> Result<(), AppError> {
    let person = cx.actor.need_person()?.id;
    let answer = serde_json::to_string(answer).map_err(AppError::internal)?;
    let kept = store::idempotency::Kept { body_sha256: once.body_sha256.clone(), answer };
    store::idempotency::insert(cx.conn, person, (&once.call, &once.key), &kept, cx.now).await?;
    Ok(())
}
