use super::*;

#[test]
fn a_session_ends_by_age_and_by_idling() {
    let at = Time::from_millis(1_000);
    let session = |kind| Session {
        id: SessionId::from_bits(1),
        kind,
        person: crate::base::id::PersonId::from_bits(1),
        punchout: None,
        created_at: at,
        last_seen_at: at,
        expires_at: at.plus_ms(lifetime_ms(kind)),
    };
    let login = session(SessionKind::Login);
    assert!(in_time(&login, at.plus_ms(IDLE_MS - 1)));
    assert!(!in_time(&login, at.plus_ms(IDLE_MS)));
    let late = at.plus_ms(SESSION_MS - 1);
    assert!(in_time(&Session { last_seen_at: late, ..login.clone() }, late));
    let over = at.plus_ms(SESSION_MS);
    assert!(!in_time(&Session { last_seen_at: over, ..login }, over));
    assert!(in_time(&session(SessionKind::Api), at.plus_ms(26 * HOUR_MS)));
}
