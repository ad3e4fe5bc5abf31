//! The wire doctor: faults are put on the wire in both directions, and the doctor names each cause.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::harness::{
    Api, Kind, Server,
    documents::{self, ACME, OFFICE_ONE, Partner},
    html,
    site::eventually,
};

/// The newest exchange that failed this way.
async fn newest(ada: &Api, direction: &str) -> Value {
    let list = ada.get(&format!("/exchanges?result=failed&direction={direction}&limit=1")).await;
    list.expect(200).json()["items"][0].clone()
}

fn setup(payload: &str) -> String {
    let back = "http://localhost:1/back";
    documents::setup(ACME, payload, "ed@acme.example", "cookie", back)
}

fn order(id: &str, unit: &str, currency: &str, quantity: &str) -> String {
    let item = format!(
        "<ItemOut quantity=\"{quantity}\" lineNumber=\"1\"><ItemID><SupplierPartID>PEN-01\
         </SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"{currency}\">1.00\
         </Money></UnitPrice><Description xml:lang=\"en\">Pen</Description><UnitOfMeasure>{unit}\
         </UnitOfMeasure><Classification domain=\"UNSPSC\">44121704</Classification></ItemDetail>\
         </ItemOut>"
    );
    let request = format!(
        "<OrderRequest><OrderRequestHeader {id} orderDate=\"2026-11-21T09:00:00+00:00\">\
         <Total><Money currency=\"EUR\">1.00</Money></Total><BillTo><Address><Name \
         xml:lang=\"en\">A</Name></Address></BillTo></OrderRequestHeader>{item}</OrderRequest>"
    );
    documents::envelope(
        ACME,
        &format!("{id}{unit}{currency}{quantity}@o").replace('"', ""),
        &request,
    )
}

fn confirmation(order: &str, line: &str) -> String {
    let request = format!(
        "<ConfirmationRequest><ConfirmationHeader type=\"detail\" operation=\"new\" \
         noticeDate=\"2026-11-21T09:00:00+00:00\"/><OrderReference><DocumentReference \
         payloadID=\"{order}\"/></OrderReference><ConfirmationItem lineNumber=\"{line}\" \
         quantity=\"1\"><UnitOfMeasure>EA</UnitOfMeasure><ConfirmationStatus type=\"accept\" \
         quantity=\"1\"><UnitOfMeasure>EA</UnitOfMeasure></ConfirmationStatus></ConfirmationItem>\
         </ConfirmationRequest>"
    );
    let to = "<Credential domain=\"DUNS\"><Identity>999999999</Identity>";
    let document = documents::envelope(OFFICE_ONE, &format!("{order}{line}@c"), &request);
    document.replace(to, "<Credential domain=\"NetworkId\"><Identity>AN01000000001</Identity>")
}

fn changed(document: &str, from: &str, to: &str) -> Vec<u8> {
    assert!(document.contains(from), "{from} in {document}");
    document.replacen(from, to, 1).into_bytes()
}

/// A cause, a document that has it, and its content type.
type Faulty = (&'static str, Vec<u8>, &'static str);

const XML: &str = "text/xml";

fn faults() -> Vec<Faulty> {
    [unreadable(), unproven(), wrong_inside()].concat()
}

fn unreadable() -> Vec<Faulty> {
    let named = |from: &str, to: &str| changed(&setup("x@d"), from, to);
    vec![
        ("body-empty", Vec::new(), XML),
        ("body-compressed", vec![0x1F, 0x8B, 8, 0, 0, 0, 0], XML),
        ("body-html", b"<html><body>Sign in</body></html>".to_vec(), XML),
        ("body-json", b"{\"cXML\":{}}".to_vec(), "application/json"),
        ("body-form", b"cxml-urlencoded=%3CcXML%3E".to_vec(), XML),
        ("body-not-xml", b"ping".to_vec(), XML),
        ("body-soap", b"<soap:Envelope xmlns:soap=\"x\"/>".to_vec(), XML),
        ("root-not-cxml", b"<Order/>".to_vec(), XML),
        ("document-cut", named("</Request></cXML>", ""), XML),
        ("tags-mismatched", named("</BuyerCookie>", "</Buyercookie>"), XML),
        ("ampersand-unescaped", named("/back", "/back?a=1&b=2"), XML),
        ("entity-undefined", named(">cookie<", ">&nbsp;<"), XML),
        ("internal-subset", named("cXML.dtd\">", "cXML.dtd\" [<!ENTITY a \"b\">]>"), XML),
        ("xml-declaration", [b"\n\n".to_vec(), setup("d@d").into_bytes()].concat(), XML),
        (
            "bom-twice",
            [b"\xEF\xBB\xBF\xEF\xBB\xBF".to_vec(), setup("b@d").into_bytes()].concat(),
            XML,
        ),
        ("encoding-mismatch", named("UTF-8", "UTF-16"), XML),
        ("encoding-unknown", named("UTF-8", "EBCDIC-DE"), XML),
        (
            "charset-header-mismatch",
            named(">cookie<", ">k\u{fc}ken<"),
            "text/xml; charset=us-ascii",
        ),
        ("control-character", named(">cookie<", ">\u{1}<"), XML),
        ("document-too-large", "<a>".repeat(70).into_bytes(), XML),
    ]
}

fn unproven() -> Vec<Faulty> {
    let secret = "<SharedSecret>acme-secret</SharedSecret>";
    let wrong = Partner { secret: "guessed-wrong", ..ACME };
    let stranger = Partner { identity: "AN01000000777", ..ACME };
    let foreign = setup("from@d").replacen("AN01000000001", "AN01000000002", 1);
    let secretless = setup("none@d").replace(secret, "");
    let in_from = secretless.replacen("</Identity>", &format!("</Identity>{secret}"), 1);
    let swapped = setup("swap@d")
        .replacen("AN01000000001", "~", 1)
        .replacen("999999999", "AN01000000001", 1)
        .replacen("DUNS", "NetworkId", 1)
        .replacen('~', "999999999", 1)
        .replacen("NetworkId", "DUNS", 1);
    let from_supplier = order("orderID=\"D0\"", "EA", "EUR", "1")
        .replace("NetworkId", "DUNS")
        .replace(ACME.identity, OFFICE_ONE.identity)
        .replace(ACME.secret, OFFICE_ONE.secret);
    vec![
        ("secret-wrong", documents::envelope(wrong, "w@d", "<ProfileRequest/>").into_bytes(), XML),
        (
            "identity-unknown",
            documents::envelope(stranger, "u@d", "<ProfileRequest/>").into_bytes(),
            XML,
        ),
        ("secret-missing", secretless.into_bytes(), XML),
        ("secret-in-from", in_from.into_bytes(), XML),
        ("from-to-swapped", swapped.into_bytes(), XML),
        ("from-not-registered", foreign.into_bytes(), XML),
        ("kind-not-allowed", from_supplier.into_bytes(), XML),
        ("request-unknown", documents::envelope(ACME, "q@d", "<QuoteRequest/>").into_bytes(), XML),
    ]
}

fn wrong_inside() -> Vec<Faulty> {
    let named = |from: &str, to: &str| changed(&setup("x@d"), from, to);
    let lines = "<ItemOut quantity=\"1\"><ItemID><SupplierPartID>PEN-01</SupplierPartID></ItemID>\
        </ItemOut>"
        .repeat(5_001);
    vec![
        ("buyer-cookie-missing", named("<BuyerCookie>cookie</BuyerCookie>", ""), XML),
        ("element-twice", named("<BuyerCookie>", "<BuyerCookie>a</BuyerCookie><BuyerCookie>"), XML),
        ("return-host-not-allowed", named("http://localhost:1", "https://elsewhere.example"), XML),
        ("return-address-bad", named("http://localhost:1", "javascript:x"), XML),
        ("unit-unknown", order("orderID=\"D1\"", "PALLETT", "EUR", "1").into_bytes(), XML),
        ("currency-unknown", order("orderID=\"D2\"", "EA", "EURO", "1").into_bytes(), XML),
        ("quantity-bad", order("orderID=\"D3\"", "EA", "EUR", "one").into_bytes(), XML),
        (
            "price-bad",
            changed(
                &order("orderID=\"D4\"", "EA", "EUR", "1"),
                ">1.00</Money></Unit",
                ">1,x</Money></Unit",
            ),
            XML,
        ),
        ("order-id-missing", order("", "EA", "EUR", "1").into_bytes(), XML),
        ("lines-none", without_lines().into_bytes(), XML),
        (
            "lines-too-many",
            changed(
                &order("orderID=\"D6\"", "EA", "EUR", "1"),
                "<ItemOut",
                &format!("{lines}<ItemOut"),
            ),
            XML,
        ),
        ("order-unknown", confirmation("nothing@nowhere", "1").into_bytes(), XML),
    ]
}

/// An order with a header and nothing to order.
fn without_lines() -> String {
    let whole = order("orderID=\"D5\"", "EA", "EUR", "1");
    let (_, request) = whole.split_once("<Request deploymentMode=\"production\">").unwrap();
    let (header, _) = request.split_once("<ItemOut").unwrap();
    let end = "</OrderRequestHeader>";
    documents::envelope(ACME, "l@d", &header.replace(end, &format!("{end}</OrderRequest>")))
}

#[tokio::test]
async fn of_forty_faulty_documents_each_is_named() {
    for kind in Kind::all() {
        let server = Server::demo_on(kind).await;
        let (client, ada) = (server.client(), server.api("ada@acme.example").await);
        let faults = faults();
        assert!(faults.len() >= 40, "{}", faults.len());
        let mut wrong = Vec::new();
        for (code, body, content_type) in faults {
            let headers = [("content-type", content_type)];
            let answer = client.send(Method::POST, "/cxml", &headers, body).await.expect(200);
            let found = newest(&ada, "in").await;
            if found["cause"] != code || documents::status(&answer.text()) < Some(400) {
                wrong.push(format!("{code}: {found}\n{}", answer.text()));
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
        // The same payloadID with other content.
        client.xml("/cxml", &setup("same@d")).await.expect(200);
        client.xml("/cxml", &setup("same@d").replace(">cookie<", ">other<")).await.expect(200);
        assert_eq!(newest(&ada, "in").await["cause"], "payload-id-reused");
        for (code, call) in [
            ("oci-field-missing", "USERNAME=acme&PASSWORD=acme-secret"),
            (
                "oci-field-twice",
                "USERNAME=acme&PASSWORD=acme-secret&HOOK_URL=http%3A%2F%2Fl&HOOK_URL=x",
            ),
            (
                "oci-login-wrong",
                "USERNAME=acme&PASSWORD=marker-77&HOOK_URL=http%3A%2F%2Flocalhost%2F",
            ),
            (
                "return-host-not-allowed",
                "USERNAME=acme&PASSWORD=acme-secret&HOOK_URL=https%3A%2F%2Fevil.example%2F",
            ),
        ] {
            client.get(&format!("/oci?{call}")).await;
            let found = newest(&ada, "in").await;
            assert_eq!(found["cause"], code, "{call}: {found}");
            let detail =
                ada.get(&format!("/exchanges/{}", found["id"].as_str().unwrap())).await.text();
            assert!(!detail.contains("acme-secret") && !detail.contains("marker-77"), "{detail}");
        }
    }
}

/// A partner's machine that answers every call with these bytes and closes.
async fn answering(bytes: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let bytes = bytes.clone();
            tokio::spawn(async move {
                let mut heard = vec![0; 65_536];
                // The whole request is here once nothing more comes for a moment.
                let pause = std::time::Duration::from_millis(150);
                while let Ok(Ok(1..)) = tokio::time::timeout(pause, socket.read(&mut heard)).await {
                }
                let _ = socket.write_all(&bytes).await;
                let _ = socket.shutdown().await;
            });
        }
    });
    port
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\n\
         location: http://x/\r\nconnection: close\r\n\r\n"
    );
    [head.into_bytes(), body.to_vec()].concat()
}

fn response(code: u16) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cXML payloadID=\"1@f\" \
         timestamp=\"2026-11-21T09:00:00+00:00\"><Response><Status code=\"{code}\" \
         text=\"No\">Because of this.</Status></Response></cXML>"
    )
    .into_bytes()
}

#[tokio::test]
async fn what_became_of_orders_at_faulty_suppliers_is_named() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let cut = &response(200)[..120];
    let short = [http("200 OK", b""), Vec::new()].concat();
    let promised = String::from_utf8(short).unwrap().replace("length: 0", "length: 500");
    let latin = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><cXML>\xFC</cXML>";
    let broken = String::from_utf8(response(200)).unwrap().replace("</Response>", "</Respons>");
    let mut faults: Vec<(&str, Vec<u8>)> = vec![
        ("http-redirect", http("301 Moved Permanently", b"")),
        ("http-401", http("401 Unauthorized", b"<html/>")),
        ("http-403", http("403 Forbidden", b"")),
        ("http-404", http("404 Not Found", b"<html>no</html>")),
        ("http-500", http("500 Internal Server Error", b"oops")),
        ("http-502", http("502 Bad Gateway", b"")),
        ("answer-html", http("200 OK", b"<!DOCTYPE html><html>Sign in</html>")),
        ("answer-empty", http("200 OK", b"")),
        ("answer-cut", http("200 OK", cut)),
        ("connection-cut", promised.into_bytes()),
        ("answer-not-well-formed", http("200 OK", broken.as_bytes())),
        ("answer-compressed", http("200 OK", b"\x1F\x8B\x08\x00")),
        ("answer-charset", http("200 OK", latin)),
        ("answer-no-response", http("200 OK", b"<ok/>")),
        ("answer-no-xml", http("200 OK", b"OK")),
    ];
    for (cause, code) in [
        ("status-400", 400),
        ("status-401", 401),
        ("status-406", 406),
        ("status-409", 409),
        ("status-417", 417),
        ("status-450", 450),
        ("status-500", 500),
        ("status-560", 560),
    ] {
        faults.push((cause, http("200 OK", &response(code))));
    }
    let mut calls = Vec::new();
    for (cause, bytes) in faults {
        calls.push((cause, format!("http://127.0.0.1:{}/cxml", answering(bytes).await)));
    }
    let plain = answering(b"220 hello\r\n".to_vec()).await;
    calls.push(("tls-not-spoken", format!("https://127.0.0.1:{plain}/cxml")));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    calls.push(("connection-refused", format!("http://{closed}/cxml")));
    calls.push(("dns-failed", "https://no-such-host.invalid/cxml".to_owned()));
    let mut wrong = Vec::new();
    for (cause, url) in calls {
        let delivery = json!({"channel": "cxml", "url": url, "identity": "111111111",
            "secret": "marker-of-the-doctor"});
        ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
        let made = ed.requisition(&[("PEN-01", "office-one", "1")], "4100").await;
        let order = made["orders"][0].clone();
        let order = order["id"].as_str().or(order.as_str()).expect("an order").to_owned();
        let path = format!("/exchanges?direction=out&result=failed&q={order}");
        eventually("the doctor knows of it", || async { !ada.list(&path).await.is_empty() }).await;
        let found = ada.list(&path).await.pop().unwrap();
        if found["cause"] != cause {
            wrong.push(format!("{cause}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn an_exchange_is_explained_compared_and_shared_for_a_while() {
    let server = Server::demo().await;
    let (client, ada) = (server.client(), server.api("ada@acme.example").await);
    client.xml("/cxml", &setup("good@d")).await.expect(200);
    let bad = setup("bad@d").replace("http://localhost:1/", "https://elsewhere.example/");
    client.xml("/cxml", &bad).await.expect(200);
    let found = ada.list("/exchanges?q=bad@d").await;
    assert_eq!((found.len(), &found[0]["result"]), (1, &json!("failed")), "{found:?}");
    let path = format!("/exchanges/{}", found[0]["id"].as_str().unwrap());
    let detail = ada.get(&path).await.expect(200).json();
    let cause = &detail["findings"][0];
    assert_eq!((&cause["cause"], &cause["who"]), (&json!("return-host-not-allowed"), &json!("us")));
    assert!(detail["request"].as_str().unwrap().contains("elsewhere.example"));
    assert!(!detail.to_string().contains("acme-secret"));
    let lines = detail["last_good"]["difference"].as_array().unwrap();
    let has = |start: &str, part: &str| {
        lines.iter().filter_map(Value::as_str).any(|l| l.starts_with(start) && l.contains(part))
    };
    assert!(has("-", "localhost:1") && has("+", "elsewhere.example"), "{lines:?}");
    let passed = ada.list("/exchanges?q=good@d&result=passed").await;
    assert_eq!(passed[0]["document"], "PunchOutSetupRequest", "{passed:?}");

    // Another organisation and other people see nothing of it.
    let globex = server.api("ada@globex.example").await;
    globex.get(&path).await.expect(404);
    assert!(globex.list("/exchanges?q=bad@d").await.is_empty());
    let ed = server.api("ed@acme.example").await;
    assert!(matches!(ed.get("/exchanges").await.status, 403 | 404));
    assert!(matches!(ed.get(&path).await.status, 403 | 404));

    let share = ada.post(&format!("{path}/share"), json!({"days": 1})).await.expect(201).json();
    let link = share["url"].as_str().unwrap().strip_prefix(&server.url).unwrap().to_owned();
    let page = server.client().get(&link).await.expect(200).text();
    assert!(page.contains("may not return to this host") && page.contains("elsewhere.example"));
    assert!(!page.contains("acme-secret") && !page.contains("Sign out"));
    for other in [link.replace("/exc/", "/doc/"), format!("{link}A"), link.replacen('7', "8", 1)] {
        if other != link {
            server.client().get(&other).await.expect(404);
        }
    }
    assert_ne!(server.client().send(Method::POST, &link, &[], Vec::new()).await.status, 200);
    let browser = server.signed_in("ada@acme.example").await;
    let own = format!("/admin{path}");
    let page = browser.get(&own).await.expect(200).text();
    // Several exchanges stand open side by side: each is named, not only its cause.
    let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    assert!(title.is_some_and(|title| title.contains(": ")), "{title:?}");
    let form = html::form(&page, "Revoke").expect("the link that was made");
    browser.form(&format!("{own}/unshare"), &form.fields).await.expect(303);
    server.client().get(&link).await.expect(404);
    let again = ada.post(&format!("{path}/share"), json!({"days": 1})).await.expect(201).json();
    let link = again["url"].as_str().unwrap().strip_prefix(&server.url).unwrap().to_owned();
    server.client().get(&link).await.expect(200);
    server.advance("P1DT1H").await;
    server.client().get(&link).await.expect(404);

    let browser = server.signed_in("ada@acme.example").await;
    let page = browser.get("/admin/exchanges").await.expect(200).text();
    let form = html::form(&page, "Save").expect("how long").with("days", "14");
    browser.form("/admin/exchanges/keep", &form.fields).await.expect(303);
    let page = browser.get("/admin/exchanges").await.expect(200).text();
    assert!(page.contains("value=\"14\" selected"), "{page}");
    let page = browser.get("/admin/exchanges").await.expect(200).text();
    assert!(page.contains("The cart may not return to this host"), "{page}");
    let page = browser.get(&format!("/admin{path}")).await.expect(200).text();
    for part in ["What to do", "elsewhere.example", "What differs", "Make a link"] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[tokio::test]
async fn admins_are_told_of_a_rejected_document_once_a_day() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let bad = |payload: &str| {
        documents::setup(ACME, payload, "ed@acme.example", "c", "https://evil.example/")
    };
    let letters = async || {
        let all = server.client().get("/sim/mail/state.json").await.expect(200).json();
        let all = all.as_array().cloned().unwrap_or_default();
        let own = |one: &&Value| one.to_string().contains("PunchOutSetupRequest with");
        all.iter().filter(own).map(|one| one["to"].to_string()).collect::<Vec<_>>()
    };
    for payload in ["one@d", "two@d"] {
        server.client().xml("/cxml", &bad(payload)).await.expect(200);
    }
    eventually("a letter", || async { !letters().await.is_empty() }).await;
    assert_eq!(ada.list("/exchanges?q=two@d").await.len(), 1);
    // The second of the same cause is no news.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let mut told = letters().await;
    assert!(told.iter().any(|to| to.contains("ada@acme.example")), "{told:?}");
    told.sort();
    let all = told.len();
    told.dedup();
    assert_eq!(told.len(), all, "nobody is told twice: {told:?}");
}

#[tokio::test]
async fn admins_hear_once_a_day_of_a_wrong_secret_under_a_partners_name() {
    let server = Server::demo().await;
    let mailbox = server.client();
    let told = async || {
        let all = mailbox.get("/sim/mail/state.json").await.expect(200).json();
        let all = all.as_array().cloned().unwrap_or_default();
        let wrong = |one: &&Value| {
            let subject = one["subject"].as_str().unwrap_or_default();
            subject.contains("went wrong") && one["to"].to_string().contains("ada@acme.example")
        };
        all.iter().filter(wrong).count()
    };
    let wrong = documents::Partner { secret: "guessed", ..ACME };
    let unknown = documents::Partner { identity: "AN09", ..wrong };
    let post = async |partner, payload: &str| {
        let document = documents::envelope(partner, payload, "<ProfileRequest/>");
        let answer = server.client().xml("/cxml", &document).await.expect(200).text();
        assert_eq!(documents::status(&answer), Some(401), "{answer}");
    };
    // Nobody is told of a stranger.
    post(unknown, "1@told").await;
    post(wrong, "2@told").await;
    eventually("one letter", || async { told().await == 1 }).await;
    post(wrong, "3@told").await;
    // Another cause is news of its own.
    let bare = documents::envelope(wrong, "4@told", "<ProfileRequest/>");
    let bare = bare.replace("<SharedSecret>guessed</SharedSecret>", "");
    server.client().xml("/cxml", &bare).await.expect(200);
    eventually("another letter", || async { told().await == 2 }).await;
    server.advance("PT25H").await;
    post(wrong, "5@told").await;
    eventually("the letter of the next day", || async { told().await == 3 }).await;
}
