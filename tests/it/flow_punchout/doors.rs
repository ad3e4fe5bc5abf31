//! What is refused at the doors, and how.

use crate::harness::{
    Server,
    documents::{ACME, GLOBEX, OFFICE_ONE, Partner, between, envelope, setup, status},
    html,
};

use super::BACK;

#[tokio::test]
async fn every_refusal_travels_inside_http_200_with_its_own_code() {
    let server = Server::demo().await;
    let client = server.client();
    let good = setup(ACME, "m1@test", "ed@acme.example", "c", BACK);
    let secret = "<SharedSecret>acme-secret</SharedSecret>";
    let in_from = good.replace(secret, "").replacen(
        "</Identity></Credential></From>",
        &format!("</Identity>{secret}</Credential></From>"),
        1,
    );
    let stranger = Partner { domain: "DUNS", identity: "000000000", secret: "acme-secret" };
    let globex_from = good.replacen("AN01000000001", "AN01000000002", 1);
    let host = good.replace(BACK, "https://evil.example/back");
    let scheme = good.replace(BACK, "javascript:alert(1)");
    let no_cookie = good.replace("<BuyerCookie>c</BuyerCookie>", "");
    let cases = [
        ("wrong secret", good.replace("acme-secret", "acme-secreT"), 401),
        ("no secret", good.replace(secret, ""), 401),
        ("secret in From", in_from, 401),
        ("stranger", setup(stranger, "m2@test", "ed@acme.example", "c", BACK), 401),
        ("foreign From", globex_from, 403),
        ("unknown host", host, 403),
        ("script as address", scheme, 400),
        ("no cookie", no_cookie, 400),
        ("cut", good[..good.len() - 20].to_owned(), 406),
        ("not XML", "hello".to_owned(), 406),
        ("empty", String::new(), 406),
        ("another request", envelope(ACME, "m3@test", "<QuoteRequest/>"), 450),
        ("a supplier's setup", setup(OFFICE_ONE, "m4@test", "x@y.example", "c", BACK), 403),
    ];
    let mut unauthorised = Vec::new();
    for (case, document, code) in cases {
        let answer = client.xml("/cxml", &document).await.expect(200).text();
        assert_eq!(status(&answer), Some(code), "{case}: {answer}");
        assert!(!answer.contains("acme-secre"), "{case} tells the secret: {answer}");
        assert!(!answer.contains("StartPage"), "{case}");
        if code == 401 {
            unauthorised.push(between(&answer, "<Status", "</Status>").unwrap().to_owned());
        }
        if code == 406 {
            assert!(answer.contains("line ") && answer.contains("column "), "{case}: {answer}");
        }
    }
    unauthorised.dedup();
    assert_eq!(unauthorised.len(), 1, "one text for every 401: {unauthorised:?}");
    // A refused document gets the same answer again, and does not use up its payloadID.
    let no_cookie = good.replace("<BuyerCookie>c</BuyerCookie>", "");
    let twice = [client.xml("/cxml", &no_cookie).await, client.xml("/cxml", &no_cookie).await];
    assert_eq!(twice[0].text(), twice[1].text());
    assert_eq!(status(&client.xml("/cxml", &good).await.text()), Some(200));
}

#[tokio::test]
async fn absent_to_payload_id_and_timestamp_refuse_nothing() {
    let server = Server::demo().await;
    let client = server.client();
    let good = setup(ACME, "t1@test", "ed@acme.example", "c", BACK);
    let to = between(&good, "<To>", "</To>").unwrap().to_owned();
    let bare = good
        .replace(&format!("<To>{to}</To>"), "")
        .replace(" payloadID=\"t1@test\" timestamp=\"2026-11-21T09:00:00+00:00\"", "");
    let first = client.xml("/cxml", &bare).await.text();
    assert_eq!(status(&first), Some(200), "{first}");
    // Without a payloadID the body is the key.
    assert_eq!(client.xml("/cxml", &bare).await.text(), first);
    let other = client.xml("/cxml", &bare.replace(">c<", ">d<")).await.text();
    assert_eq!(status(&other), Some(200));
    assert_ne!(other, first);
}

#[tokio::test]
async fn a_document_in_a_multipart_body_is_found() {
    let server = Server::demo().await;
    let document = setup(ACME, "mp@test", "ed@acme.example", "c", BACK);
    let body = format!(
        "--b\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <1@x>\r\n\r\n{document}\r\n\
         --b\r\nContent-Type: text/plain\r\nContent-ID: <2@x>\r\n\r\nhello\r\n--b--\r\n"
    );
    let kind = [("content-type", "multipart/related; boundary=b; start=\"<1@x>\"")];
    let client = server.client();
    let post = client.send(reqwest::Method::POST, "/cxml", &kind, body.into_bytes()).await;
    assert_eq!(status(&post.text()), Some(200));
}

fn call(extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let base = [
        ("USERNAME", "globex"),
        ("PASSWORD", "globex-secret"),
        ("HOOK_URL", "http://localhost:9/hook?sid=1"),
        ("~OkCode", "ADDI"),
    ];
    let kept = base.into_iter().filter(|(name, _)| extra.iter().all(|(own, _)| own != name));
    kept.chain(extra.iter().copied().filter(|(_, value)| !value.is_empty()))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn an_oci_call_leads_to_a_clean_start_page() {
    let server = Server::demo().await;
    for get in [false, true] {
        let client = server.client();
        let answer = if get {
            let fields = call(&[]);
            let query: String =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            client.get(&format!("/oci?{query}")).await
        } else {
            client.form("/oci", &call(&[])).await
        };
        let answer = answer.expect(303);
        let start = answer.location().unwrap().to_owned();
        assert!(start.starts_with("/start/") && !start.contains("secret"), "{start}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let hop = client.get(&start).await.expect(303).location().unwrap().to_owned();
        assert_eq!(client.get(&hop).await.expect(303).location(), Some("/shop"));
        let page = client.get("/transfer").await.text();
        let cancel = html::form(&page, "Cancel and return").unwrap();
        let page = client.form(&cancel.action, &cancel.fields).await.expect(200).text();
        let back = html::form_to(&page, "http://localhost:9/hook").unwrap();
        assert_eq!(back.action, "http://localhost:9/hook");
        assert_eq!(back.field("sid"), Some("1"));
        assert_eq!(back.field("~OkCode"), Some("ADDI"));
        assert!(!page.contains("NEW_ITEM"));
    }
}

#[tokio::test]
async fn a_bad_oci_call_gets_a_page_that_names_the_parameter() {
    let server = Server::demo().await;
    let client = server.client();
    for (fields, said) in [
        (call(&[("HOOK_URL", "")]), "HOOK_URL"),
        (call(&[("HOOK_URL", "https://evil.example/")]), "HOOK_URL"),
        (call(&[("HOOK_URL", "javascript:alert(1)")]), "HOOK_URL"),
        (call(&[("FUNCTION", "FROBNICATE")]), "FUNCTION"),
        (call(&[("PASSWORD", "wrong")]), "password"),
        (call(&[("USERNAME", "nobody")]), "password"),
    ] {
        let answer = client.form("/oci", &fields).await;
        assert!((400..500).contains(&answer.status), "{said}: {}", answer.status);
        let page = answer.text();
        assert!(page.contains("<html") && page.contains(said), "{said}: {page}");
        assert!(!page.contains("globex-secret"), "{page}");
    }
}

#[tokio::test]
async fn validate_and_background_search_answer_with_hidden_fields_alone() {
    let server = Server::demo().await;
    let client = server.client();
    let search = call(&[("FUNCTION", "BACKGROUND_SEARCH"), ("SEARCHSTRING", "LAPTOP-01")]);
    let page = client.form("/oci", &search).await.expect(200).text();
    assert!(page.contains("NEW_ITEM-VENDORMAT[1]") && page.contains("LAPTOP-01"), "{page}");
    assert!(!page.contains("data-auto-submit") && !page.contains("<script"), "{page}");
    let product = html::form_to(&page, "/hook").unwrap();
    let product = product.field("NEW_ITEM-EXT_PRODUCT_ID[1]").unwrap().to_owned();
    let validate = call(&[("FUNCTION", "VALIDATE"), ("PRODUCTID", &product), ("QUANTITY", "3")]);
    let page = client.form("/oci", &validate).await.expect(200).text();
    assert!(page.contains("data-auto-submit"), "{page}");
    let form = html::form_to(&page, "/hook").unwrap();
    assert_eq!(form.field("NEW_ITEM-QUANTITY[1]"), Some("3"));
    assert_eq!(form.field("NEW_ITEM-CURRENCY[1]"), Some("USD"));
    assert!(form.field("NEW_ITEM-PRICE[1]").is_some());
    let gone = call(&[("FUNCTION", "VALIDATE"), ("PRODUCTID", "NO-SUCH-THING")]);
    let page = client.form("/oci", &gone).await.expect(200).text();
    assert!(!page.contains("NEW_ITEM"), "{page}");
    let _ = GLOBEX;
}
