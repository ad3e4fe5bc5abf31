use super::*;

const START: Time = Time::from_millis(1_795_254_291_000);

#[test]
fn every_state_allows_exactly_the_moves_of_the_table() {
    let mut allowed = 0;
    for from in DeliveryState::ALL {
        for step in DeliveryMove::ALL {
            let expected = match (from, step) {
                (Waiting, Take) => Some(Sending),
                (Sending, Arrive) => Some(Delivered),
                (Sending, GiveUp) => Some(Failed),
                (Sending, PutBack) | (Waiting | Delivered | Failed, Resend) => Some(Waiting),
                _ => None,
            };
            assert_eq!(from.after(step), expected, "{from:?} {step:?}");
            allowed += usize::from(expected.is_some());
        }
    }
    assert_eq!(allowed, MOVES.len());
}

#[test]
fn state_words_read_back() {
    for state in DeliveryState::ALL {
        assert_eq!(DeliveryState::from_word(state.word()), Some(state));
    }
    assert_eq!(DeliveryState::from_word("Sent"), None);
}

/// Minutes after the first attempt of every attempt, when each fails at once.
fn offsets(jitter: Jitter) -> Vec<i64> {
    let (mut now, mut made, mut found) = (START, 1, vec![0]);
    while let Some(next) = next_attempt(made, START, now, jitter) {
        now = next;
        made += 1;
        found.push(now.since(START));
        assert!(made < 100, "the table must end");
    }
    found
}

#[test]
fn the_table_is_now_5_s_5_min_30_min_ten_hours_then_six_hours_to_three_days() {
    let found = offsets(Jitter::NONE);
    assert_eq!(&found[..4], [0, 5_000, 5 * MINUTE_MS, 30 * MINUTE_MS]);
    let hourly: Vec<_> = (1..=10).map(|h| h * HOUR_MS + 30 * MINUTE_MS).collect();
    assert_eq!(&found[4..14], hourly);
    assert_eq!(found[14] - found[13], 6 * HOUR_MS);
    assert_eq!(found.last(), Some(&(72 * HOUR_MS)));
    assert_eq!(found.len(), 25);
}

#[test]
fn jitter_moves_each_gap_by_at_most_a_tenth_and_never_past_the_end() {
    assert_eq!(offsets(Jitter::of_byte(0))[1], 4_500);
    assert_eq!(offsets(Jitter::of_byte(255))[1], 5_500);
    for byte in [0, 1, 127, 200, 255] {
        assert_eq!(offsets(Jitter::of_byte(byte)).last(), Some(&LAST_ATTEMPT_MS));
    }
}

#[test]
fn a_server_that_was_off_does_not_catch_up_in_a_burst() {
    let back = START.plus_ms(26 * HOUR_MS);
    let next = next_attempt(2, START, back, Jitter::NONE);
    assert_eq!(next.map(|at| at.since(back)), Some(5 * MINUTE_MS - 5_000));
    assert_eq!(next_attempt(2, START, START.plus_ms(73 * HOUR_MS), Jitter::NONE), None);
    assert_eq!(next_attempt(0, START, START, Jitter::of_byte(9)), Some(START));
}

#[test]
fn people_hear_at_thirty_minutes_once_and_at_the_end() {
    let at = |minutes: i64| START.plus_ms(minutes * MINUTE_MS);
    let soon = Some(at(9_999));
    assert_eq!(alarm(START, at(5), soon, false), Alarm::Quiet);
    assert_eq!(alarm(START, at(30), soon, false), Alarm::Late);
    assert_eq!(alarm(START, at(27), soon, false), Alarm::Late);
    assert_eq!(alarm(START, at(90), soon, true), Alarm::Quiet);
    assert_eq!(alarm(START, at(0), None, false), Alarm::GivenUp);
    assert_eq!(alarm(START, at(4_320), None, true), Alarm::GivenUp);
}

#[test]
fn answers_mean_what_cxml_says() {
    for (http, cxml, verdict) in [
        (200, Some(200), Verdict::Delivered),
        (200, Some(201), Verdict::Delivered),
        (200, Some(299), Verdict::Delivered),
        (202, Some(281), Verdict::Delivered),
        (200, Some(400), Verdict::Permanent),
        (200, Some(499), Verdict::Permanent),
        (401, Some(401), Verdict::Permanent),
        (200, Some(500), Verdict::Transient),
        (200, Some(560), Verdict::Transient),
        (200, Some(777), Verdict::Transient),
        (500, Some(200), Verdict::Transient),
        (302, Some(200), Verdict::Transient),
        (200, None, Verdict::Transient),
        (401, None, Verdict::Transient),
        (404, None, Verdict::Transient),
        (503, None, Verdict::Transient),
    ] {
        assert_eq!(classify(http, cxml), verdict, "HTTP {http}, cXML {cxml:?}");
    }
}
