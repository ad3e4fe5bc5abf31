//! What operators and load balancers ask: is the process alive, may it get work?

use std::sync::Arc;

use http::StatusCode;
use poem::{Endpoint, EndpointExt, Request, Response, Route, endpoint::make, get};
use tokio_util::sync::CancellationToken;

use super::{actor, metrics};
use crate::app::App;

/// Alive as long as it answers.
fn alive() -> impl Endpoint<Output = Response> {
    make(|_: Request| async { plain(StatusCode::OK, "ok\n") })
}

/// Ready when the database answers and the server is not stopping.
fn ready(stop: CancellationToken) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let stop = stop.clone();
        async move {
            if stop.is_cancelled() {
                return plain(StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
            }
            match database(&request).await {
                true => plain(StatusCode::OK, "ready\n"),
                false => plain(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
            }
        }
    })
}

async fn database(request: &Request) -> bool {
    let app: Result<Arc<App>, _> = actor::app_of(request);
    match app {
        Ok(app) => app.store.answers().await,
        Err(_) => false,
    }
}

fn plain(status: StatusCode, line: &'static str) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(line)
}

pub(super) fn add(route: Route, stop: &CancellationToken) -> Route {
    route
        .at("/healthz", get(alive()))
        .at("/readyz", get(ready(stop.clone())))
        .at("/metrics", get(metrics::endpoint().boxed()))
}
