//! A small HTTP client: cookies kept by hand, redirects shown and followed only when asked.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Method, header};
use url::form_urlencoded;

use super::html;

/// No answer of the server takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// One browser or program that talks to the server.
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// The server went away before the whole answer was here; whether it did anything is not known.
#[derive(Debug)]
pub struct CutOff(pub reqwest::Error);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: header::HeaderMap,
    pub body: Vec<u8>,
    /// The address that was asked.
    pub url: String,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e} in the answer of {}: {}", self.url, self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The answer itself, when its status is the expected one.
    pub fn expect(self, status: u16) -> Self {
        let start: String = self.text().chars().take(2_000).collect();
        assert_eq!(self.status, status, "{}: {start}", self.url);
        self
    }
}

impl Client {
    pub fn new(base: &str) -> Self {
        // As the server does: without one named provider the client cannot be built.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            // A fresh connection each time: behind a front the next request is another server's.
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self { http, base: base.to_owned(), cookies: Mutex::default() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        self.send(Method::HEAD, path, &[], Vec::new()).await
    }

    /// A GET that follows redirects within the server, as a browser does.
    pub async fn open(&self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..10 {
            let Some(next) = redirect(&answer) else { return answer };
            answer = self.get(&next).await;
        }
        panic!("more than ten redirects from {path}");
    }

    /// A form posted as a browser does, redirects followed.
    pub async fn submit(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let answer = self.form(path, fields).await;
        match redirect(&answer) {
            Some(next) => self.open(&next).await,
            None => answer,
        }
    }

    /// A form posted; the redirect that may come is the answer.
    pub async fn form(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send(Method::POST, path, &[kind], body.into_bytes()).await
    }

    /// Presses a button of this page; the page that comes.
    pub async fn press(&self, page: &str, words: &str) -> String {
        let form = html::form(page, words).unwrap_or_else(|| panic!("no {words}: {page}"));
        self.submit(&form.action, &form.fields).await.expect(200).text()
    }

    /// Finds an article in the shop and lays it into the cart.
    pub async fn add_to_cart(&self, sku: &str, quantity: &str) {
        let page = self.get(&format!("/shop?q={sku}")).await.expect(200).text();
        let form = html::form(&page, "Add to cart").expect("a way to add");
        let form = form.with("quantity", quantity);
        assert_eq!(form.field("sku"), Some(sku));
        self.submit(&form.action, &form.fields).await.expect(200);
    }

    pub async fn xml(&self, path: &str, document: &str) -> Answer {
        let kind = ("content-type", "text/xml; charset=UTF-8");
        self.send(Method::POST, path, &[kind], document.as_bytes().to_vec()).await
    }

    /// Any request; `path` may be a full address.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let answer = self.try_send(method, path, headers, body).await;
        answer.unwrap_or_else(|e| panic!("{path}: {:?}", e.0))
    }

    /// As [`Client::send`], for a server that may be killed meanwhile.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, CutOff> {
        let url = if path.starts_with("http") { path.to_owned() } else { self.at(path) };
        let mut request = self.http.request(method, &url).body(body);
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.whole(request, url).await
    }

    /// An answer with its whole body.
    async fn whole(&self, request: reqwest::RequestBuilder, url: String) -> Result<Answer, CutOff> {
        let response = request.send().await.map_err(CutOff)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.keep_cookies(&headers);
        let body = response.bytes().await.map_err(CutOff)?.to_vec();
        Ok(Answer { status, headers, body, url })
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs = cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, headers: &header::HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for line in headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()) {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() || attributes.to_lowercase().contains("max-age=0") {
                cookies.remove(name.trim());
            } else {
                cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

/// Where a browser goes next by itself: every redirect is followed by GET here, as 303 asks.
fn redirect(answer: &Answer) -> Option<String> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let base = url::Url::parse(&answer.url).unwrap();
    answer.location().map(|to| base.join(to).unwrap().to_string())
}
