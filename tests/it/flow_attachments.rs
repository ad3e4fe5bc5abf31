//! Files that go with an order, from the procurement system to the supplier, byte for byte.

use serde_json::json;

use crate::harness::{
    Server, Site,
    documents::{self, GLOBEX, between, envelope},
    dtd, html,
    site::eventually,
};

const BOUNDARY: &str = "part-of-test";

/// Every byte there is, and a line that looks like a boundary of ours.
fn drawing() -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend_from_slice(b"\r\n--countersign-\r\n\r\n");
    bytes
}

const TERMS: &[u8] = b"%PDF-1.7 terms and conditions\n";
/// [`TERMS`] as base64, broken over two lines.
const TERMS_BASE64: &str = "JVBERi0xLjcgdGVybXMgYW5k\r\nIGNvbmRpdGlvbnMK";

fn comments(address: &str) -> String {
    format!("<Comments>See<Attachment><URL>{address}</URL></Attachment></Comments>")
}

fn order(payload: &str, id: &str, of_line: &str) -> String {
    let (head, line) = (comments("cid:terms%40globex"), comments(of_line));
    envelope(
        GLOBEX,
        payload,
        &format!(
            "<OrderRequest><OrderRequestHeader orderID=\"{id}\" \
             orderDate=\"2026-11-21T09:00:00+00:00\" type=\"new\">\
             <Total><Money currency=\"USD\">10.00</Money></Total>\
             <BillTo><Address><Name xml:lang=\"en\">Globex</Name></Address></BillTo>\
             <Contact role=\"endUser\"><Name xml:lang=\"en\">Ed</Name>\
             <Email>ed@globex.example</Email></Contact>{head}</OrderRequestHeader>\
             <ItemOut quantity=\"5\" lineNumber=\"1\"><ItemID><SupplierPartID>PEN-01\
             </SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"USD\">2.00</Money>\
             </UnitPrice><Description xml:lang=\"en\">Pen</Description><UnitOfMeasure>EA\
             </UnitOfMeasure><Classification domain=\"UNSPSC\">44121701</Classification>\
             </ItemDetail>{line}</ItemOut></OrderRequest>"
        ),
    )
}

/// The order, a base64 part and a binary one.
fn body(document: &str) -> Vec<u8> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <order@globex>\r\n\
         \r\n{document}\r\n--{BOUNDARY}\r\nContent-Type: application/pdf; name=\"terms.pdf\"\r\n\
         Content-ID: <terms@globex>\r\nContent-Transfer-Encoding: base64\r\n\r\n{TERMS_BASE64}\r\n\
         --{BOUNDARY}\r\nContent-Type: image/vnd.dwg\r\nContent-ID: <drawing@globex>\r\n\
         Content-Disposition: attachment; filename=\"pen 1.dwg\"\r\n\
         Content-Transfer-Encoding: binary\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(&drawing());
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn post(server: &Server, document: &str) -> String {
    let kind = format!(
        "multipart/related; boundary=\"{BOUNDARY}\"; type=\"text/xml\"; start=\"<order@globex>\""
    );
    let headers = [("content-type", kind.as_str())];
    let client = server.client();
    let answer = client.send(reqwest::Method::POST, "/cxml", &headers, body(document)).await;
    answer.expect(200).text()
}

/// The parts of a multipart body, found by hand: head and bytes.
fn parts(kind: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let boundary = between(kind, "boundary=\"", "\"").expect("a boundary");
    let mark = format!("\r\n--{boundary}");
    let whole = [b"\r\n", body].concat();
    let starts: Vec<usize> = whole
        .windows(mark.len())
        .enumerate()
        .filter(|(_, window)| *window == mark.as_bytes())
        .map(|(at, _)| at)
        .collect();
    let piece = |pair: &[usize]| {
        let part = &whole[pair[0] + mark.len() + 2..pair[1]];
        let cut = part.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        (String::from_utf8_lossy(&part[..cut]).into_owned(), part[cut + 4..].to_vec())
    };
    starts.windows(2).map(piece).collect()
}

#[tokio::test]
async fn two_attachments_reach_the_supplier_byte_for_byte() {
    let server = Server::demo().await;
    let site = Site::open().await;
    let (mia, ada) =
        (server.api("mia@globex.example").await, server.api("ada@globex.example").await);
    let delivery = json!({"channel": "cxml", "url": site.url()});
    ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
    let answer = post(&server, &order("1@globex", "4500000009", "cid:drawing@globex")).await;
    assert_eq!(documents::status(&answer), Some(201), "{answer}");
    let task = mia.list("/tasks").await[0]["requisition"].as_str().unwrap().to_owned();
    mia.decide(&task, "approve").await.expect(200);
    eventually("the order arrives", || async { site.bodies().len() == 1 }).await;
    let (kind, bytes) = site.bodies().remove(0);
    assert!(kind.starts_with("multipart/related"), "{kind}");
    let parts = parts(&kind, &bytes);
    assert_eq!(parts.len(), 3);
    let document = String::from_utf8(parts[0].1.clone()).unwrap();
    dtd::check(&document);
    let (head, line) = document.split_once("<ItemOut").unwrap();
    assert!(head.contains("cid:terms@globex") && line.contains("cid:drawing@globex"));
    assert!(parts[1].0.contains("<terms@globex>") && parts[1].1 == TERMS);
    assert!(parts[2].0.contains("<drawing@globex>") && parts[2].1 == drawing());

    let id = ada.list("/orders").await[0]["id"].as_str().unwrap().to_owned();
    let browser = server.signed_in("ada@globex.example").await;
    let page = browser.get(&format!("/orders/{id}")).await.expect(200).text();
    assert!(html::plain(&page).contains("pen 1.dwg"));
    let file = browser.get(&format!("/orders/{id}/attachments/1")).await.expect(200);
    assert_eq!(file.body, drawing());
    assert!(file.header("content-disposition").unwrap().starts_with("attachment"));
}

#[tokio::test]
async fn an_address_without_its_part_is_a_named_error() {
    let server = Server::demo().await;
    let answer = post(&server, &order("2@globex", "4500000010", "cid:other@globex")).await;
    assert_eq!(documents::status(&answer), Some(400), "{answer}");
    for told in ["ItemOut[1]/Comments/Attachment/URL", "cid:other@globex", "drawing@globex"] {
        assert!(answer.contains(told), "{told} in {answer}");
    }
}

#[tokio::test]
async fn the_same_order_with_another_file_is_another_document() {
    let server = Server::demo().await;
    let document = order("3@globex", "4500000011", "cid:drawing@globex");
    let first = post(&server, &document).await;
    assert_eq!(first, post(&server, &document).await, "the stored answer");
    let plain = server.client().xml("/cxml", &document).await.expect(200).text();
    assert_eq!(documents::status(&plain), Some(409), "{plain}");
}

#[tokio::test]
async fn an_order_that_waits_is_handed_over_with_its_attachments() {
    let server = Server::demo().await;
    let (mia, ada) =
        (server.api("mia@globex.example").await, server.api("ada@globex.example").await);
    let delivery = json!({"channel": "cxml", "url": "http://localhost:9/cxml"});
    ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
    let answer = post(&server, &order("7@globex", "4500000017", "cid:drawing@globex")).await;
    assert_eq!(documents::status(&answer), Some(201), "{answer}");
    let task = mia.list("/tasks").await[0]["requisition"].as_str().unwrap().to_owned();
    mia.decide(&task, "approve").await.expect(200);
    let pending = "<GetPendingRequest><MessageType>OrderRequest</MessageType></GetPendingRequest>";
    let us = "<Credential domain=\"DUNS\"><Identity>999999999</Identity>";
    let globex = "<Credential domain=\"NetworkId\"><Identity>AN01000000002</Identity>";
    let ask = envelope(documents::OFFICE_ONE, "gp-1", pending).replacen(us, globex, 1);
    let first = server.client().xml("/cxml", &ask).await.expect(200);
    let kind = first.header("content-type").unwrap().to_owned();
    assert!(kind.starts_with("multipart/related"), "{kind}: {}", first.text());
    let parts = parts(&kind, &first.body);
    let document = String::from_utf8(parts[0].1.clone()).unwrap();
    assert!(document.contains("<GetPendingResponse>") && document.contains("4500000017"));
    assert!(document.contains("cid:terms@globex") && document.contains("cid:drawing@globex"));
    assert!(parts[1].0.contains("<terms@globex>") && parts[1].1 == TERMS);
    assert!(parts[2].0.contains("<drawing@globex>") && parts[2].1 == drawing());
    // The same question again has the same answer, byte for byte.
    let again = server.client().xml("/cxml", &ask).await.expect(200);
    assert!(again.body == first.body && again.header("content-type") == Some(&*kind));
}

#[tokio::test]
async fn the_secret_of_an_attached_document_is_not_kept() {
    let server = Server::demo().await;
    let copy = "<CopyRequest><cXMLAttachment><Attachment><URL>cid:drawing@globex</URL></Attachment>\
                </cXMLAttachment></CopyRequest>";
    let inner = order("inner@globex", "4500000020", "");
    assert!(inner.contains("globex-secret"));
    let document = envelope(GLOBEX, "copy@globex", copy);
    let kind = format!("multipart/related; boundary=\"{BOUNDARY}\"; type=\"text/xml\"");
    let part = |id: &str, text: &str| {
        format!("--{BOUNDARY}\r\nContent-Type: text/xml\r\nContent-ID: <{id}>\r\n\r\n{text}\r\n")
    };
    let body = [part("copy@globex", &document), part("drawing@globex", &inner)].concat();
    let body = format!("{body}--{BOUNDARY}--\r\n").into_bytes();
    let headers = [("content-type", kind.as_str())];
    let answer = server.client().send(reqwest::Method::POST, "/cxml", &headers, body).await;
    let answer = answer.expect(200).text();
    assert_eq!(documents::status(&answer), Some(200), "{answer}");
    let file = server.database().folder().join("countersign.db");
    let connection = rusqlite::Connection::open(file).unwrap();
    let kept: String = connection
        .query_row("select cast(body as text) from attachment", (), |row| row.get(0))
        .unwrap();
    assert!(kept.contains("4500000020") && !kept.contains("globex-secret"), "{kept}");
}

#[tokio::test]
async fn the_demos_supplier_takes_an_order_with_attachments() {
    let server = Server::demo().await;
    let mia = server.api("mia@globex.example").await;
    let answer = post(&server, &order("8@globex", "4500000019", "cid:drawing@globex")).await;
    assert_eq!(documents::status(&answer), Some(201), "{answer}");
    let task = mia.list("/tasks").await[0]["requisition"].as_str().unwrap().to_owned();
    mia.decide(&task, "approve").await.expect(200);
    let client = server.client();
    eventually("the simulator books it", || async {
        client.get("/sim/supplier/state.json").await.text().contains("PEN-01")
    })
    .await;
}
