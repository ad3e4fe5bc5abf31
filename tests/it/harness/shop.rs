//! A supplier's own shop: another server, with a cXML punchout door and an OCI call, whose pages
//! send one fixed cart back by the browser.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use poem::{
    Body, EndpointExt, IntoResponse, Response, Route, Server, get, handler,
    http::StatusCode,
    listener::{Acceptor, Listener, TcpListener},
    post,
    web::{Data, Query},
};
use serde::Deserialize;

use super::documents::between;

/// The price of the shop's one article, and its key, as the shop knows them.
pub const PRICE: &str = "12.50";
pub const KEY: &str = "cfg 7, 1";

/// The shop while the test runs.
pub struct Shop {
    pub address: SocketAddr,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    said: Mutex<Vec<String>>,
}

impl Heard {
    fn keep(&self, text: &str) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }
}

impl Shop {
    pub async fn open() -> Self {
        let heard: Arc<Heard> = Arc::default();
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let local = acceptor.local_addr().remove(0);
        let address = *local.as_socket_addr().expect("a socket address");
        let route = Route::new()
            .at("/punchout", post(door))
            .at("/start", get(start))
            .at("/oci", post(call))
            .data(Arc::clone(&heard));
        tokio::spawn(Server::new_with_acceptor(acceptor).run(route));
        Self { address, heard }
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every document and call that came, in order.
    pub fn heard(&self) -> Vec<String> {
        self.heard.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers a setup request with a start page that knows the cookie and the way back; a request to
/// inspect only when the lines carry the shop's own price.
#[handler]
async fn door(heard: Data<&Arc<Heard>>, body: Body, request: &poem::Request) -> Response {
    let text = body.into_string().await.unwrap();
    heard.keep(&text);
    let host = request.header("host").unwrap_or_default();
    let cookie = between(&text, "<BuyerCookie>", "</BuyerCookie>").unwrap_or_default();
    let back = between(&text, "<BrowserFormPost>", "</BrowserFormPost>").unwrap_or_default();
    let back = between(back, "<URL>", "</URL>").unwrap_or_default();
    let inspects = text.contains("operation=\"inspect\"");
    let secret = "<SharedSecret>site-secret</SharedSecret>";
    let (code, payload) = if !text.contains(secret) {
        (401, String::new())
    } else if inspects && !text.contains(&format!(">{PRICE}<")) {
        (400, String::new())
    } else {
        let url = format!("http://{host}/start?cookie={cookie}&amp;back={back}");
        let page = format!("<StartPage><URL>{url}</URL></StartPage>");
        (200, format!("<PunchOutSetupResponse>{page}</PunchOutSetupResponse>"))
    };
    let answer = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE cXML SYSTEM \
         \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\"><cXML payloadID=\"1@shop\" \
         timestamp=\"2026-11-21T09:00:00+00:00\"><Response><Status code=\"{code}\" text=\"x\"/>\
         {payload}</Response></cXML>"
    );
    answer.with_content_type("text/xml").into_response()
}

#[derive(Deserialize)]
struct Start {
    cookie: String,
    back: String,
}

#[handler]
fn start(Query(Start { cookie, back }): Query<Start>) -> Response {
    let cart = escaped(&cart(&cookie, PRICE, "2"));
    let page = format!(
        "<form method=\"post\" action=\"{back}\"><input type=\"hidden\" \
         name=\"cxml-urlencoded\" value=\"{cart}\"><button>Check out</button></form>"
    );
    page.with_content_type("text/html").into_response()
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// The cart that the cXML shop sends back.
pub fn cart(cookie: &str, price: &str, quantity: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE cXML SYSTEM \
         \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\"><cXML payloadID=\"2@shop\" \
         timestamp=\"2026-11-21T09:10:00+00:00\"><Header><From><Credential domain=\"DUNS\">\
         <Identity>111111111</Identity></Credential></From><To><Credential domain=\"NetworkId\">\
         <Identity>AN01000000001</Identity></Credential></To><Sender><Credential domain=\"DUNS\">\
         <Identity>111111111</Identity></Credential><UserAgent>Shop</UserAgent></Sender></Header>\
         <Message><PunchOutOrderMessage><BuyerCookie>{cookie}</BuyerCookie>\
         <PunchOutOrderMessageHeader operationAllowed=\"edit\"><Total><Money currency=\"EUR\">\
         25.00</Money></Total></PunchOutOrderMessageHeader><ItemIn quantity=\"{quantity}\">\
         <ItemID><SupplierPartID>CHAIR-9</SupplierPartID><SupplierPartAuxiliaryID>{KEY}\
         </SupplierPartAuxiliaryID></ItemID><ItemDetail><UnitPrice><Money currency=\"EUR\">{price}\
         </Money></UnitPrice><Description xml:lang=\"en\">Drehstuhl \u{201e}Größe 9\u{201c} &amp; \
         Lehne</Description><UnitOfMeasure>EA</UnitOfMeasure><Classification domain=\"UNSPSC\">\
         56112104</Classification></ItemDetail></ItemIn></PunchOutOrderMessage></Message></cXML>"
    )
}

/// The OCI shop: VALIDATE for programs, else a page that sends the cart back.
#[handler]
async fn call(heard: Data<&Arc<Heard>>, body: Body) -> Response {
    let text = body.into_string().await.unwrap();
    heard.keep(&text);
    let fields: Vec<(String, String)> =
        url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let field =
        |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    assert_eq!(field("PASSWORD"), Some("site-secret"), "{text}");
    if field("FUNCTION") == Some("BACKGROUND_SEARCH") {
        return found(field("SEARCHSTRING").unwrap_or_default()).await;
    }
    let quantity = field("QUANTITY").unwrap_or("2").to_owned();
    let lines = oci_cart(PRICE, &quantity);
    let inputs: String = lines
        .iter()
        .map(|(name, value)| {
            format!("<input type='hidden' name=\"{name}\" value=\"{}\">", escaped(value))
        })
        .collect();
    let back = field("HOOK_URL").unwrap_or_default();
    let page =
        format!("<form method=\"post\" action=\"{back}\">{inputs}<button>Go</button></form>");
    page.with_content_type("text/html").into_response()
}

/// What the OCI shop finds: its article, whatever is asked for, and one that nobody can read; it
/// thinks for long about `slow` and is out of order for `broken`.
async fn found(text: &str) -> Response {
    match text {
        "slow" => tokio::time::sleep(std::time::Duration::from_secs(60)).await,
        "broken" => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {}
    }
    let mut fields = oci_cart(PRICE, "");
    fields.push(("NEW_ITEM-DESCRIPTION[2]".to_owned(), "Without a price".to_owned()));
    let input = |(name, value): &(String, String)| {
        format!("<INPUT TYPE=hidden NAME='{name}' VALUE=\"{}\">", escaped(value))
    };
    let inputs: String = fields.iter().map(input).collect();
    format!("<html><form>{inputs}</form></html>").with_content_type("text/html").into_response()
}

/// The fields that the OCI shop sends back.
pub fn oci_cart(price: &str, quantity: &str) -> Vec<(String, String)> {
    [
        ("NEW_ITEM-DESCRIPTION[1]", "Bohrer Ø 8 & Dübel"),
        ("NEW_ITEM-VENDORMAT[1]", "BIT-8"),
        ("NEW_ITEM-EXT_PRODUCT_ID[1]", KEY),
        ("NEW_ITEM-QUANTITY[1]", quantity),
        ("NEW_ITEM-UNIT[1]", "PCE"),
        ("NEW_ITEM-PRICE[1]", price),
        ("NEW_ITEM-CURRENCY[1]", "EUR"),
        ("NEW_ITEM-PRICEUNIT[1]", "1"),
        ("NEW_ITEM-MATGROUP[1]", "27112821"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}
