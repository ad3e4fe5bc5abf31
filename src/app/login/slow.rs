//! Slowing down whoever guesses passwords.

use crate::{
    base::{text::shorten, time::SECOND_MS},
    domain::{fact::Fact, party::Email, refusal::Refusal},
    store::{self, Conn},
};

use super::{
    super::{App, AppError, Command, Cx, Need},
    FREE_FAILURES, FREE_FAILURES_IN_DEMO, MOST_WAIT_MS,
};

pub(super) fn wrong_pair() -> Refusal {
    Refusal::unauthenticated("wrong-login", "The e-mail address or the password is wrong.")
        .field("email")
        .mend("Check both, or ask for a new password.")
}

pub(super) async fn slow_down(app: &App, conn: &mut Conn, email: &Email) -> Result<(), AppError> {
    let Some(failures) = store::session::failures(conn, email).await? else { return Ok(()) };
    let free = if app.site.demo { FREE_FAILURES_IN_DEMO } else { FREE_FAILURES };
    let wait_ms = wait_after(failures.count, free);
    let left_ms = wait_ms.saturating_sub(app.now().since(failures.last_at));
    if left_ms <= 0 {
        return Ok(());
    }
    let seconds = left_ms.saturating_add(SECOND_MS - 1) / SECOND_MS;
    Err(Refusal::unavailable("slow-down", "There were too many wrong passwords in a row.")
        .field("email")
        .mend(format!("Wait {seconds} seconds, or ask for a new password."))
        .with("retry_after_s", seconds.to_string())
        .into())
}

/// Doubling from one second, once the free tries are used up.
fn wait_after(failures: i64, free: i64) -> i64 {
    let beyond = failures.saturating_sub(free);
    if beyond < 0 {
        return 0;
    }
    let doublings = u32::try_from(beyond.min(20)).unwrap_or(20);
    SECOND_MS.saturating_mul(2_i64.saturating_pow(doublings)).min(MOST_WAIT_MS)
}

pub(super) struct NoteFailure {
    pub(super) email: Email,
}

impl Command for NoteFailure {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        store::session::add_failure(cx.conn, &self.email, cx.now).await?;
        let person = store::person::by_email(cx.conn, &self.email).await?;
        let email = shorten(self.email.as_str(), 100);
        cx.actor.organisation = person.and_then(|person| person.organisation());
        cx.fact(Fact::SignInFailed { email });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_begins_after_the_free_tries_and_doubles_to_a_bound() {
        assert_eq!(wait_after(9, 10), 0);
        assert_eq!(wait_after(10, 10), SECOND_MS);
        assert_eq!(wait_after(13, 10), 8 * SECOND_MS);
        assert_eq!(wait_after(i64::MAX, 10), MOST_WAIT_MS);
    }
}
