//! Figures for operators, as Prometheus reads them.
//!
//! Labels are route patterns, methods and statuses, never addresses: an address would open a new
//! series for each object and would put tokens into the figures (stack.md, trap 1).

use std::{sync::OnceLock, time::Duration};

use http::StatusCode;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use poem::{Endpoint, Response, endpoint::make_sync};

/// The process has one recorder.
static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts recording. Calling it again changes nothing.
pub fn install() {
    HANDLE.get_or_init(|| {
        let seconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
        let name = Matcher::Suffix("_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(name, &seconds);
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        handle.inspect_err(|fault| tracing::warn!(%fault, "figures are not recorded")).ok()
    });
}

/// One answered request. `route` is the pattern of the route, `None` when none matched.
pub fn request(method: &'static str, route: Option<&str>, status: StatusCode, took: Duration) {
    let route = route.unwrap_or("unmatched").to_owned();
    ::metrics::counter!(
        "countersign_http_requests_total",
        "method" => method, "route" => route.clone(), "status" => status.as_str().to_owned()
    )
    .increment(1);
    ::metrics::histogram!("countersign_http_request_seconds", "route" => route).record(took);
}

/// All figures as text; empty before [`install`].
pub fn text() -> String {
    let Some(Some(handle)) = HANDLE.get() else { return String::new() };
    handle.run_upkeep();
    handle.render()
}

/// The endpoint to mount at `/metrics`.
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make_sync(|_| {
        Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(text())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_by_route_pattern() {
        install();
        install();
        request("GET", Some("/orders/:id"), StatusCode::OK, Duration::from_millis(3));
        let text = text();
        assert!(text.contains("route=\"/orders/:id\""), "{text}");
        assert!(text.contains("countersign_http_request_seconds_bucket"), "{text}");
    }
}
