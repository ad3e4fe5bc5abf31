//! A supplier's catalogue as XLSX and as BMEcat: from the command line, the admin's page, the JSON
//! API, and sent by the supplier's own system.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Server,
    documents::{self, ACME, OFFICE_ONE, envelope},
    html,
};

/// Three lines that can be read and one with an error in its price.
const WORKBOOK: &[u8] = include_bytes!("../../cxml-samples/catalogues/list.xlsx");
const BMECAT: &[u8] = include_bytes!("../../cxml-samples/catalogues/bmecat-1.2.xml");

/// Runs the command on a file of these bytes; what it says, and whether it was content.
fn import(server: &Server, name: &str, bytes: &[u8]) -> (String, Option<i32>) {
    let file = server.database().folder().join(name);
    fs::write(&file, bytes).unwrap();
    let done = server.command(&["import", file.to_str().unwrap(), "--supplier", "office-one"]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&done.stdout) + &*text(&done.stderr), done.status.code())
}

/// Amount, what it is for, and from which quantity on, of every general price.
async fn prices(server: &Server, sku: &str) -> String {
    let ada = server.api("ada@acme.example").await;
    let found = ada.get(&format!("/prices?supplier=office-one&sku={sku}")).await.expect(200).json();
    let tiers = found["list"].as_array().expect("prices").iter().map(|tier| {
        let of = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let (amount, per) = (of(&tier["price"]["amount"]), of(&tier["price"]["per"]));
        format!("{amount} per {per} from {}", of(&tier["min_quantity"]))
    });
    tiers.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_workbook_is_imported_with_exact_prices_and_its_faults_name_their_cell() {
    let server = Server::demo().await;
    let (said, code) = import(&server, "list.xlsx", WORKBOOK);
    assert!(said.contains("added 2, changed 0, unchanged 0, faulty lines 1"), "{said}");
    assert!(said.contains("list.xlsx:6: price (cell D6): got \"#N/A\""), "{said}");
    assert_eq!(code, Some(1));
    assert_eq!(prices(&server, "00042").await, "7.50 per 1 from 1, 6.90 per 1 from 10");
    assert_eq!(prices(&server, "4711").await, "0.035 per 1 from 1");
    let (again, _) = import(&server, "list.xlsx", WORKBOOK);
    assert!(again.contains("added 0, changed 0, unchanged 2, faulty lines 1"), "{again}");
    let (other, code) = import(&server, "cut.xlsx", &WORKBOOK[..900]);
    assert!(other.contains("cannot be read as an XLSX workbook"), "{other}");
    assert_ne!(code, Some(0));
    let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    let (old, _) = import(&server, "old.xls", &old);
    assert!(old.contains("This file format cannot be imported"), "{old}");
}

#[tokio::test]
async fn a_bmecat_adds_articles_and_its_updates_change_prices_and_withdraw() {
    let server = Server::demo().await;
    let (said, code) = import(&server, "autumn.xml", BMECAT);
    assert!(said.contains("added 2, changed 0, unchanged 1, faulty lines 0"), "{said}");
    assert!(said.contains("autumn.xml:59: note: no UNSPSC class; ECLASS-5.1"), "{said}");
    assert_eq!(code, Some(0));
    assert_eq!(prices(&server, "BME-01").await, "7.50 per 1 from 1, 6.90 per 1 from 10");
    assert_eq!(prices(&server, "BME-02").await, "4.80 per 1000 from 5");
    let update = |kind: &str, articles: &str| {
        let head = "<HEADER><CATALOG><CURRENCY>EUR</CURRENCY></CATALOG></HEADER>";
        format!("<BMECAT version=\"1.2\">{head}<{kind}>{articles}</{kind}></BMECAT>").into_bytes()
    };
    let price = |sku: &str| {
        format!(
            "\n<ARTICLE mode=\"update\"><SUPPLIER_AID>{sku}</SUPPLIER_AID><ARTICLE_PRICE_DETAILS>\
             <ARTICLE_PRICE price_type=\"net_customer\"><PRICE_AMOUNT>5.10</PRICE_AMOUNT>\
             </ARTICLE_PRICE></ARTICLE_PRICE_DETAILS></ARTICLE>"
        )
    };
    let both = update("T_UPDATE_PRICES", &[price("BME-02"), price("NEVER-1")].concat());
    let (said, code) = import(&server, "prices.xml", &both);
    assert!(said.contains("added 0, changed 1, unchanged 0, faulty lines 1"), "{said}");
    assert!(said.contains("prices.xml:3: sku: got \"NEVER-1\""), "{said}");
    assert_eq!(code, Some(1));
    // What a price is for, and the smallest quantity, are not the update's to say.
    assert_eq!(prices(&server, "BME-02").await, "5.10 per 1000 from 5");
    let gone = "<ARTICLE mode=\"delete\"><SUPPLIER_AID>BME-01</SUPPLIER_AID></ARTICLE>";
    let (said, _) = import(&server, "gone.xml", &update("T_UPDATE_PRODUCTS", gone));
    assert!(said.contains("changed 1"), "{said}");
    let ed = server.api("ed@acme.example").await;
    assert!(ed.list("/items?q=tacker&supplier=office-one").await.is_empty(), "withdrawn");
    let (other, _) = import(&server, "other.xml", &update("T_NEW_PRODUCTDATA", ""));
    assert!(other.contains("This BMEcat cannot be imported"), "{other}");
}

#[tokio::test]
async fn the_page_and_the_api_take_workbooks_and_bmecat() {
    let server = Server::demo().await;
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/import").await.expect(200).text();
    for told in [".xlsx", "XLSX workbook", "BMEcat 1.2 or 2005", "CIF 3.0", "cXML Index"] {
        assert!(page.contains(told), "{told} in {page}");
    }
    let send = async |then: &str, bytes: &[u8]| {
        let form = html::form(&page, "Import").expect("the form");
        let form = form.with("supplier", "office-one").with("then", then);
        let mut sent = Vec::new();
        for (field, value) in form.fields.iter().filter(|(field, _)| field != "file") {
            let head = format!("--B\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n");
            sent.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
        }
        let head = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\
                    Content-Type: application/octet-stream\r\n\r\n";
        let body = [&sent, head.as_bytes(), bytes, b"\r\n--B--\r\n"].concat();
        let kind = [("content-type", "multipart/form-data; boundary=B")];
        html::plain(&ada.send(Method::POST, &form.action, &kind, body).await.text())
    };
    let tried = send("", WORKBOOK).await;
    assert!(tried.contains("2 articles new") && tried.contains("price (cell D6)"), "{tried}");
    let done = send("keep", BMECAT).await;
    assert!(done.contains("2 articles new") && done.contains("ECLASS-5.1"), "{done}");
    let refused = send("", b"PK\x03\x04").await;
    assert!(refused.contains("cannot be read as an XLSX workbook"), "{refused}");
    let shop = ada.get("/shop?q=tacker").await.expect(200).text();
    assert!(shop.contains("Tacker f\u{fc}r B\u{fc}ros"), "read in its own encoding: {shop}");

    let api = server.api("ada@acme.example").await;
    let body = json!({"supplier": "office-one", "file": STANDARD.encode(WORKBOOK)});
    let report = api.post("/catalogue/import", body).await.expect(200).json();
    assert_eq!((&report["added"], &report["faults"]), (&json!(2), &json!(1)), "{report}");
    let both = json!({"supplier": "office-one", "file": "", "csv": "sku"});
    api.post("/catalogue/import", both).await.expect(422);
    let text = String::from_utf8_lossy(BMECAT).replace('\u{FFFD}', "\u{fc}");
    let body = json!({"supplier": "office-one", "csv": text});
    let report = api.post("/catalogue/import", body).await.expect(200).json();
    assert_eq!(report["unchanged"], json!(3), "text is text, whatever its head says: {report}");
}

#[tokio::test]
async fn a_workbook_that_a_suppliers_system_sent_is_imported_by_a_person() {
    let server = Server::demo().await;
    let document = envelope(
        OFFICE_ONE,
        "x1",
        "<CatalogUploadRequest operation=\"new\"><CatalogName xml:lang=\"en\">Autumn\
         </CatalogName><Description xml:lang=\"en\">All</Description><Attachment>\
         <URL>cid:cat@x</URL></Attachment></CatalogUploadRequest>",
    );
    let own = "<To><Credential domain=\"DUNS\"><Identity>999999999</Identity>";
    let to = format!(
        "<To><Credential domain=\"{}\"><Identity>{}</Identity>",
        ACME.domain, ACME.identity
    );
    let head = format!(
        "--b\r\nContent-Type: text/xml\r\nContent-ID: <root@x>\r\n\r\n{}\r\n--b\r\n\
         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\
         Content-ID: <cat@x>\r\n\r\n",
        document.replace(own, &to)
    );
    let body = [head.as_bytes(), WORKBOOK, b"\r\n--b--\r\n"].concat();
    let kind = [("content-type", "multipart/related; boundary=\"b\"; start=\"<root@x>\"")];
    let answer = server.client().send(Method::POST, "/cxml", &kind, body).await.expect(200).text();
    assert_eq!(documents::status(&answer), Some(201), "{answer}");
    assert!(answer.contains("2 articles added") && answer.contains("line 6"), "{answer}");
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/import").await.expect(200).text();
    let open = documents::between(&page, "/admin/import?upload=", "\"").expect("the upload");
    let page = ada.get(&format!("/admin/import?upload={open}")).await.expect(200).text();
    assert!(page.contains("as it came"), "{page}");
    let form = html::form(&page, "Import").expect("the form").with("then", "keep");
    let form = form.with("upload", open);
    let done = ada.form("/admin/import", &form.fields).await.expect(200).text();
    assert!(html::plain(&done).contains("2 articles new"), "{done}");
    assert_eq!(prices(&server, "4711").await, "0.035 per 1 from 1");
}
