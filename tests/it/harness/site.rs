//! Somebody else's HTTP server: a supplier or a procurement system that receives documents, and can
//! be down. And the wait for what the server does by itself.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use poem::{
    Body, EndpointExt, IntoResponse, Request, Response, Server, handler,
    http::StatusCode,
    listener::{Acceptor, Listener, TcpListener},
    web::Data,
};
use tokio_util::sync::CancellationToken;

use super::documents;

/// The largest document a test receives.
const BODY_BYTES: usize = 16 * 1024 * 1024;

/// What arrived: content type and body.
type Held = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A partner's door that answers every cXML document with Status 200 and keeps it.
pub struct Site {
    pub address: SocketAddr,
    held: Held,
    open: CancellationToken,
}

impl Site {
    pub async fn open() -> Self {
        let mut site = Self {
            address: ([127, 0, 0, 1], 0).into(),
            held: Arc::default(),
            open: CancellationToken::new(),
        };
        site.resume().await;
        site
    }

    pub fn url(&self) -> String {
        format!("http://{}/cxml", self.address)
    }

    /// Every document that arrived, in order.
    pub fn documents(&self) -> Vec<String> {
        let text = |(_, body): (String, Vec<u8>)| String::from_utf8_lossy(&body).into_owned();
        self.bodies().into_iter().map(text).collect()
    }

    /// Every body that arrived with its content type, in order.
    pub fn bodies(&self) -> Vec<(String, Vec<u8>)> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The payloadIDs that arrived, each once, in order of first arrival. A document that arrived
    /// twice is the very same: a resend is byte-identical.
    pub fn payloads(&self) -> Vec<String> {
        let mut seen: Vec<(String, String)> = Vec::new();
        for document in self.documents() {
            let id = documents::between(&document, "payloadID=\"", "\"").expect("a payloadID");
            match seen.iter().find(|(known, _)| known == id) {
                Some((_, first)) => assert_eq!(first, &document, "a resend is byte-identical"),
                None => seen.push((id.to_owned(), document.clone())),
            }
        }
        seen.into_iter().map(|(id, _)| id).collect()
    }

    /// Goes down: connections are refused.
    pub fn pause(&self) {
        self.open.cancel();
    }

    /// Comes back at the same address.
    pub async fn resume(&mut self) {
        self.open = CancellationToken::new();
        let acceptor = TcpListener::bind(self.address).into_acceptor().await.unwrap();
        let local = acceptor.local_addr().remove(0);
        self.address = *local.as_socket_addr().expect("a socket address");
        let endpoint = take.data(Arc::clone(&self.held));
        let open = self.open.clone();
        tokio::spawn(async move {
            let server = Server::new_with_acceptor(acceptor);
            let closed = open.cancelled();
            server.run_with_graceful_shutdown(endpoint, closed, Some(Duration::ZERO)).await
        });
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.open.cancel();
    }
}

#[handler]
async fn take(held: Data<&Held>, request: &Request, body: Body) -> Response {
    let bytes = body.into_bytes_limit(BODY_BYTES).await.unwrap_or_default().to_vec();
    let kind = request.content_type().unwrap_or_default().to_owned();
    held.lock().unwrap_or_else(PoisonError::into_inner).push((kind, bytes));
    let answer = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE cXML SYSTEM \
        \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\"><cXML payloadID=\"1@site\" \
        timestamp=\"2026-11-21T09:00:00+00:00\"><Response><Status code=\"200\" text=\"OK\"/>\
        </Response></cXML>";
    answer.with_content_type("text/xml").with_status(StatusCode::OK).into_response()
}

/// Longer than the lease of a sender that was killed on PostgreSQL.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks until it holds; what the server does by itself (deliveries, mail) is awaited this way.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "not within two minutes: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_site_keeps_what_arrives_and_can_be_down() {
    let mut site = Site::open().await;
    let client = super::Client::new(&format!("http://{}", site.address));
    client.xml("/cxml", "<cXML payloadID=\"1@a\"/>").await.expect(200);
    client.xml("/cxml", "<cXML payloadID=\"1@a\"/>").await.expect(200);
    assert_eq!((site.documents().len(), site.payloads()), (2, vec!["1@a".to_owned()]));
    site.pause();
    let address = site.address;
    eventually("the site is down", || async move {
        tokio::net::TcpStream::connect(address).await.is_err()
    })
    .await;
    site.resume().await;
    client.xml("/cxml", "<cXML payloadID=\"2@a\"/>").await.expect(200);
    assert_eq!(site.payloads().len(), 2);
}
