//! The HTTP edge: the cXML door, OCI, the JSON API and the pages.
//!
//! Every request passes `guard::Front` (transport), then [`Door`] (which routes, and whether the
//! session stands in the path), then [`problem::Told`] turns what went wrong into an answer. A
//! handler reads its input, runs one command or one read of `app`, and shapes the answer; it
//! decides nothing.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use poem::{
    Endpoint, EndpointExt, IntoEndpoint, Request, Response, Result, Route, Server,
    endpoint::BoxEndpoint, get,
};
use tokio_util::sync::CancellationToken;

use crate::{app::App, config::Network};

pub mod actor;
pub mod api;
pub mod assets;
mod cxml;
mod gateway;
pub mod guard;
mod health;
pub mod locale;
pub mod metrics;
mod oci;
pub mod pages;
pub mod part;
pub mod problem;
mod sandbox;

use actor::PathToken;
use guard::{Front, Gate, GuardedAcceptor, Limits};

/// Further routes that somebody mounts beside the server's own: the demo's simulators.
pub type Mounted = Route;

/// How long open requests may go on after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// A bound address that accepts nothing yet.
pub struct Listening {
    gate: Arc<Gate>,
    acceptor: GuardedAcceptor,
}

impl Listening {
    /// Binds the address; port 0 takes any free one. With the proxies in front of it, and the
    /// header in which they hand on a client certificate.
    pub async fn at(
        address: SocketAddr,
        (trusted_proxies, certificate_header): (Vec<Network>, Option<String>),
    ) -> io::Result<Self> {
        let gate = Gate::new(Limits { trusted_proxies, certificate_header, ..Limits::default() });
        let acceptor = GuardedAcceptor::bind(address, Arc::clone(&gate)).await?;
        Ok(Self { gate, acceptor })
    }

    /// The address that was really taken.
    pub fn address(&self) -> SocketAddr {
        self.acceptor.address()
    }

    /// Answers requests until told to stop, then finishes those that are open.
    pub async fn serve(
        self,
        app: Arc<App>,
        mounted: Option<Mounted>,
        stop: CancellationToken,
    ) -> io::Result<()> {
        let https = actor::is_https(&app);
        let door = Door::new(mounted, &stop);
        let all = door.data(app).with(problem::Told).with(Front::new(self.gate, https));
        Server::new_with_acceptor(self.acceptor)
            .run_with_graceful_shutdown(all, stop.cancelled_owned(), Some(DRAIN))
            .await
    }
}

/// Chooses the routes: below `/p/{token}` the pages alone, with the token taken off the path.
struct Door {
    all: BoxEndpoint<'static, Response>,
    pages: BoxEndpoint<'static, Response>,
}

impl Door {
    fn new(mounted: Option<Mounted>, stop: &CancellationToken) -> Self {
        let all = Route::new().at("/assets/:file", get(assets::endpoint().boxed()));
        let all = gateway::add(oci::add(sandbox::add(cxml::add(all))));
        let all = pages::add(api::add(health::add(all, stop)));
        let all = match mounted {
            Some(mounted) => all.nest("/sim", mounted),
            None => all,
        };
        Self {
            all: all.into_endpoint().map_to_response().boxed(),
            pages: pages::add(Route::new()).into_endpoint().map_to_response().boxed(),
        }
    }
}

impl Endpoint for Door {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let Some((token, rest)) = split_prefix(request.uri().path()) else {
            return self.all.call(request).await;
        };
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let (token, rest) = (PathToken(token.to_owned()), format!("{rest}{query}"));
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = rest.parse().ok();
        if let Ok(uri) = http::Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
        request.set_data(token);
        let mut answer = self.pages.call(request).await?;
        // The address holds the session: no page it leads to may learn it.
        let policy = http::HeaderValue::from_static("no-referrer");
        answer.headers_mut().insert(http::header::REFERRER_POLICY, policy);
        Ok(answer)
    }
}

/// `/p/{token}/cart` gives the token and `/cart`.
fn split_prefix(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix("/p/")?;
    let cut = rest.find('/')?;
    let (token, rest) = rest.split_at(cut);
    let sound = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    sound.then_some((token, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_off_the_path() {
        assert_eq!(split_prefix("/p/abc/cart/lines"), Some(("abc", "/cart/lines")));
        assert_eq!(split_prefix("/p/abc/"), Some(("abc", "/")));
        for no in ["/p/", "/p/abc", "/p//cart", "/q/abc/cart", "/p/a.b/cart", "/"] {
            assert_eq!(split_prefix(no), None, "{no}");
        }
    }
}
