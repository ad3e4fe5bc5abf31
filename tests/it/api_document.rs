//! "Check a document": the page and the call tell every fault of a pasted document.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Server, html};

const BAD: &str = include_str!("../../cxml-samples/refused/order-without-lines.xml");
const GOOD: &str = include_str!("../../cxml-samples/out/order-new.xml");

#[tokio::test]
async fn the_call_tells_every_fault_with_its_place_and_remedy() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let good = ed.post("/documents/check", json!({"document": GOOD})).await.expect(200).json();
    assert_eq!(good, json!({"valid": true, "faults": [], "refused": null}));
    let bad = ed.post("/documents/check", json!({"document": BAD})).await.expect(200).json();
    assert_eq!(bad["valid"], false);
    let first = &bad["faults"][0];
    assert_eq!(first["path"], "cXML/Request/OrderRequest", "{bad}");
    assert!(first["expected"].as_str().unwrap().contains("<ItemOut>"), "{bad}");
    let odd = GOOD.replacen("quantity=\"", "quantity=\"x", 1);
    let odd = ed.post("/documents/check", json!({"document": odd})).await.expect(200).json();
    assert_eq!((&odd["valid"], &odd["faults"]), (&json!(true), &json!([])));
    assert!(odd["refused"]["path"].as_str().unwrap().ends_with("/@quantity"), "{odd}");
    assert!(first["line"].as_u64().unwrap() > 1 && !first["mend"].as_str().unwrap().is_empty());
    let broken =
        ed.post("/documents/check", json!({"document": "<cXML>"})).await.expect(200).json();
    assert_eq!(broken["faults"][0]["expected"], "well-formed XML 1.0");
}

#[tokio::test]
async fn the_call_takes_the_bytes_of_a_file_too() {
    let server = Server::demo().await;
    let client = server.client();
    let login = json!({"email": "ed@acme.example", "password": "demo"}).to_string();
    let kind = [("content-type", "application/json")];
    let answer = client.send(Method::POST, "/api/v1/login", &kind, login.into_bytes()).await;
    let bearer = format!("Bearer {}", answer.json()["token"].as_str().unwrap());
    for kind in ["application/xml", "text/xml", "text/xml; charset=utf-8", "Text/XML"] {
        let headers = [("content-type", kind), ("authorization", bearer.as_str())];
        let path = "/api/v1/documents/check";
        let good = client.send(Method::POST, path, &headers, GOOD.into()).await;
        assert_eq!(good.expect(200).json()["valid"], true);
        let bad = client.send(Method::POST, path, &headers, BAD.into()).await;
        assert_eq!(bad.expect(200).json()["valid"], false);
        let anybody = client.send(Method::POST, path, &[headers[0]], GOOD.into()).await;
        assert_eq!(anybody.status, 401);
    }
}

#[tokio::test]
async fn the_page_shows_the_faults_of_a_pasted_document_and_keeps_what_was_pasted() {
    let server = Server::demo().await;
    let client = server.client();
    let page = client.get("/sign-in").await.expect(200).text();
    let form = html::form(&page, "Sign in").expect("the form");
    let form = form.with("email", "ada@acme.example").with("password", "demo");
    client.form("/sign-in", &form.fields).await.expect(303);
    assert!(client.get("/admin").await.expect(200).text().contains("/check\""));
    let page = client.get("/check").await.expect(200).text();
    let form = html::form(&page, "Check").expect("the form").with("document", BAD);
    let told = client.form("/check", &form.fields).await.expect(200).text();
    assert!(told.contains("What is wrong") && told.contains("ItemOut"), "{told}");
    let again = html::form(&told, "Check").expect("the form").fields;
    let kept = again.iter().any(|(name, value)| name == "document" && value.contains("Sender"));
    assert!(kept, "what was pasted stands in the form");
    let form = html::form(&page, "Check").expect("the form").with("document", GOOD);
    let told = client.form("/check", &form.fields).await.expect(200).text();
    assert!(told.contains("Nothing is wrong with this document."));
}

#[tokio::test]
async fn a_file_is_checked_like_what_was_pasted_and_no_picture_is_taken_for_one() {
    let server = Server::demo().await;
    let client = server.signed_in("ada@acme.example").await;
    let page = client.get("/check").await.expect(200).text();
    assert!(page.contains("multipart/form-data"), "{page}");
    let form = html::form(&page, "Check").expect("the form").fields;
    let csrf = form.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let send = async |file: &[u8]| {
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"document\"\r\n\r\n\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"a.xml\"\r\n\
             Content-Type: text/xml\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let kind = [("content-type", "multipart/form-data; boundary=b")];
        client.send(reqwest::Method::POST, "/check", &kind, body).await
    };
    let told = send(BAD.as_bytes()).await.expect(200).text();
    assert!(told.contains("What is wrong") && told.contains("ItemOut"), "{told}");
    assert_eq!(send(b"\x89PNG\0\x01\xFF").await.status, 422);
}
