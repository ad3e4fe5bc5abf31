//! The clock of the demo, moved by hand: `POST /sim/clock {"advance":"PT26H"}`.

use std::sync::Arc;

use poem::{Request, Response, Route, endpoint::make, http::StatusCode, post};
use serde::Deserialize;

use super::{Cast, page};

/// Most that one call may move the clock: a year.
const MOST_MS: i64 = 366 * 24 * 3_600_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    /// ISO 8601: `PT26H`, `P3D`.
    advance: String,
}

pub fn route(route: Route, cast: Arc<Cast>) -> Route {
    route.at("/clock", post(make(move |req| advance(Arc::clone(&cast), req))))
}

async fn advance(cast: Arc<Cast>, mut req: Request) -> Response {
    let body = page::body(&mut req).await;
    let millis = serde_json::from_slice::<Call>(&body).ok().and_then(|call| millis(&call.advance));
    match millis {
        Some(millis) => {
            let now = (cast.hand)(millis).to_string();
            page::json(&serde_json::json!({ "now": now }))
        }
        None => page::plain(
            StatusCode::UNPROCESSABLE_ENTITY,
            "expected {\"advance\":\"PT26H\"}: an ISO 8601 duration of at most a year",
        ),
    }
}

/// A day counts as 24 hours: the clock moves in real time, not in a calendar.
fn millis(text: &str) -> Option<i64> {
    // jiff also reads its own friendly form (`26h`); the surface promises ISO 8601 alone.
    let span: jiff::Span = text.strip_prefix('P').and_then(|_| text.parse().ok())?;
    let relative = jiff::SpanRelativeTo::days_are_24_hours();
    let millis = span.to_duration(relative).ok()?.as_millis();
    i64::try_from(millis).ok().filter(|millis| (0..=MOST_MS).contains(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_and_never_backwards() {
        assert_eq!(millis("PT26H"), Some(26 * 3_600_000));
        assert_eq!(millis("P3D"), Some(3 * 24 * 3_600_000));
        for bad in ["-PT1H", "26h", "", "P400D", "1"] {
            assert_eq!(millis(bad), None, "{bad}");
        }
    }
}
