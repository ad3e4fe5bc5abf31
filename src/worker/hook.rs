//! Posts events to the addresses that organisations named, signed at the moment they leave.
//!
//! One event of an address at a time, the addresses side by side: a slow one holds nobody up. At
//! least once: whoever falls silent loses the lease, and the event goes out again under the same
//! id. Retries follow the table of documents; only 410 Gone ends them at once.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{Left, Tools, repeat};
use crate::{
    app::{AppError, WokenBy, webhook},
    base::time::{MINUTE_MS, Time},
    domain::delivery::{DeliveryState, Jitter, Verdict, next_attempt},
    store::{delivery::Attempt, webhook::Event},
};

/// Addresses posted to side by side.
const SIDE_BY_SIDE: usize = 32;
const PAUSE: Duration = Duration::from_secs(1);
/// How long a sender may be silent; a call takes 30 s at most.
const LEASE_MS: i64 = MINUTE_MS;

/// Posts events until the server stops.
pub async fn run(tools: Arc<Tools>, tracker: TaskTracker) {
    let free = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    repeat(("hook", PAUSE, WokenBy::Commits), tools, move |tools| {
        look(tools, tracker.clone(), Arc::clone(&free))
    })
    .await;
}

async fn look(
    tools: Arc<Tools>,
    tracker: TaskTracker,
    free: Arc<Semaphore>,
) -> Result<Left, AppError> {
    let most = i64::try_from(free.available_permits()).unwrap_or_default();
    let now = tools.app.now();
    for event in tools.app.store.take_events(now, now.plus_ms(LEASE_MS), most).await? {
        let permit = Arc::clone(&free).acquire_owned().await.map_err(AppError::internal)?;
        let tools = Arc::clone(&tools);
        tracker.spawn(async move {
            if let Err(fault) = deliver(&tools, &event).await {
                // The lease runs out and the event goes out again.
                tracing::error!(event = %event.event, %fault, "an event could not be settled");
            }
            drop(permit);
            // The address may have more.
            tools.app.wake.senders();
        });
    }
    Ok(Left::Nothing)
}

async fn deliver(tools: &Tools, event: &Event) -> Result<(), AppError> {
    let started_at = tools.app.now();
    let attempt = post(tools, event, started_at).await?;
    let (now, verdict) = (attempt.finished_at, attempt.verdict);
    let next_at = match verdict {
        Verdict::Transient => {
            let made = u32::try_from(event.attempts).unwrap_or_default() + 1;
            let mut byte = [0];
            tools.app.entropy.fill(&mut byte);
            next_attempt(made, event.created_at, now, Jitter::of_byte(byte[0]))
        }
        Verdict::Delivered | Verdict::Permanent => None,
    };
    let state = match (verdict, next_at) {
        (Verdict::Delivered, _) => DeliveryState::Delivered,
        (_, Some(_)) => DeliveryState::Waiting,
        (_, None) => DeliveryState::Failed,
    };
    tracing::info!(event = %event.event, ?verdict, detail = attempt.detail, "event posted");
    tools.app.store.settle_event(event, attempt, state, next_at).await?;
    Ok(())
}

async fn post(tools: &Tools, event: &Event, started_at: Time) -> Result<Attempt, AppError> {
    let ready = webhook::prepare(&tools.app, event).await?;
    let id = event.event.to_string();
    let headers = [
        ("content-type", "application/json"),
        ("countersign-event", id.as_str()),
        ("countersign-signature", ready.signature.as_str()),
    ];
    let answer = tools.client.send(&ready.url, &headers, ready.body.into_bytes()).await;
    let (verdict, status, detail) = match answer {
        Ok(answer) => {
            let status = i64::from(answer.status);
            let verdict = match answer.status {
                200..=299 => Verdict::Delivered,
                410 => Verdict::Permanent,
                _ => Verdict::Transient,
            };
            (verdict, Some(status), format!("HTTP {status}"))
        }
        Err(fault) => (fault.verdict(), None, fault.to_string()),
    };
    let finished_at = tools.app.now();
    Ok(Attempt { number: 0, started_at, finished_at, verdict, status, detail })
}
