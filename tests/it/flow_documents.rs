//! Documents beside the usual ones: what arrived, a supplier's catalogue, what waits, a copy.

use serde_json::json;

use crate::harness::{
    Server,
    documents::{self, ACME, GLOBEX, OFFICE_ONE, Partner, envelope},
    html,
};

/// A document of the supplier to the organisation of this name.
fn to(partner: Partner, document: &str) -> String {
    let own = "<To><Credential domain=\"DUNS\"><Identity>999999999</Identity>";
    let Partner { domain, identity, .. } = partner;
    document.replace(
        own,
        &format!("<To><Credential domain=\"{domain}\"><Identity>{identity}</Identity>"),
    )
}

fn order(id: &str) -> String {
    envelope(
        GLOBEX,
        &format!("{id}@order"),
        &format!(
            "<OrderRequest><OrderRequestHeader orderID=\"{id}\" \
             orderDate=\"2026-11-21T09:00:00+00:00\" type=\"new\">\
             <Total><Money currency=\"USD\">10.00</Money></Total>\
             <BillTo><Address><Name xml:lang=\"en\">Globex</Name></Address></BillTo>\
             <Contact role=\"endUser\"><Name xml:lang=\"en\">Ed</Name>\
             <Email>ed@globex.example</Email></Contact></OrderRequestHeader>\
             <ItemOut quantity=\"5\" lineNumber=\"1\"><ItemID><SupplierPartID>PEN-01\
             </SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"USD\">2.00</Money>\
             </UnitPrice><Description xml:lang=\"en\">Pen</Description><UnitOfMeasure>EA\
             </UnitOfMeasure><Classification domain=\"UNSPSC\">44121701</Classification>\
             </ItemDetail></ItemOut></OrderRequest>"
        ),
    )
}

fn receipt(payload: &str, id: &str, quantity: &str, unit: &str) -> String {
    let money = "<Money currency=\"USD\">2.00</Money>";
    envelope(
        GLOBEX,
        payload,
        &format!(
            "<ReceiptRequest><ReceiptRequestHeader receiptID=\"{id}\" \
             receiptDate=\"2026-11-22T09:00:00+00:00\" operation=\"new\"/><ReceiptOrder>\
             <ReceiptOrderInfo><OrderReference orderID=\"4500000021\">\
             <DocumentReference payloadID=\"4500000021@order\"/></OrderReference>\
             </ReceiptOrderInfo><ReceiptItem receiptLineNumber=\"1\" quantity=\"{quantity}\" \
             type=\"received\"><ReceiptItemReference lineNumber=\"1\"/><UnitRate>{money}\
             <UnitOfMeasure>{unit}</UnitOfMeasure></UnitRate><ReceivedAmount>{money}\
             </ReceivedAmount></ReceiptItem></ReceiptOrder><Total>{money}</Total></ReceiptRequest>"
        ),
    )
}

/// Says what differs for the connection to Office One.
async fn offer(server: &Server, overrides: &str) {
    let ada = server.api("ada@acme.example").await;
    let path = "/suppliers/office-one/delivery";
    let now = ada.get(path).await.expect(200).json();
    let body = json!({"channel": now["channel"], "profile_overrides": overrides});
    ada.put(path, body).await.expect(200);
}

#[tokio::test]
async fn goods_that_the_buyers_system_received_count_once_and_never_too_often() {
    let server = Server::demo().await;
    let door = server.client();
    let send = async |document: String| door.xml("/cxml", &document).await.expect(200).text();
    let held = send(order("4500000021")).await;
    assert_eq!(documents::status(&held), Some(201), "{held}");
    let mia = server.api("mia@globex.example").await;
    let task = mia.list("/tasks").await[0]["requisition"].as_str().unwrap().to_owned();
    mia.decide(&task, "approve").await.expect(200);
    let ada = server.api("ada@globex.example").await;
    let path = format!("/orders/{}", ada.list("/orders").await[0]["id"].as_str().unwrap());

    let expected = [
        ("r1", "GR-1", "3", "EA", 200, "partly_received"),
        ("r2", "GR-1", "3", "EA", 200, "partly_received"),
        ("r3", "GR-1", "4", "EA", 409, "partly_received"),
        ("r4", "GR-2", "3", "EA", 400, "partly_received"),
        ("r5", "GR-2", "2", "BX", 400, "partly_received"),
        ("r6", "GR-2", "2", "EA", 200, "received"),
    ];
    for (payload, id, quantity, unit, code, state) in expected {
        let answer = send(receipt(payload, id, quantity, unit)).await;
        assert_eq!(documents::status(&answer), Some(code), "{payload}: {answer}");
        let now = ada.get(&path).await.expect(200).json();
        assert_eq!(now["state"], state, "{payload}: {now}");
    }
    // What goes back is to be received again, once, and no more of it than came.
    let back = [
        ("r7", "GR-3", "2", 200, "partly_received", "3"),
        ("r8", "GR-3", "2", 200, "partly_received", "3"),
        ("r9", "GR-4", "4", 400, "partly_received", "3"),
    ];
    for (payload, id, quantity, code, state, received) in back {
        let document = receipt(payload, id, quantity, "EA");
        let answer = send(document.replace("type=\"received\"", "type=\"returned\"")).await;
        assert_eq!(documents::status(&answer), Some(code), "{payload}: {answer}");
        let now = ada.get(&path).await.expect(200).json();
        assert_eq!(now["state"], state, "{payload}: {now}");
        assert_eq!(now["lines"][0]["received"], received, "{payload}: {now}");
    }
    let answer = send(receipt("r10", "GR-5", "2", "EA")).await;
    assert_eq!(documents::status(&answer), Some(200), "{answer}");
    assert_eq!(ada.get(&path).await.expect(200).json()["state"], "received");
    let page = server.signed_in("ada@globex.example").await.get(&path).await.expect(200).text();
    let told = html::plain(&page);
    assert!(told.contains("Receipt GR-1 of the buyer's system."), "{told}");
    assert!(told.contains("Goods went back."), "{told}");
}

#[tokio::test]
async fn a_suppliers_catalogue_is_reported_and_applied_where_the_profile_says_so() {
    let server = Server::demo().await;
    let cif = "CIF_I_V3.0\r\nCHARSET: UTF-8\r\nCURRENCY: EUR\r\nDATA\r\n\
               1,CIF-1,,Stapler blue,44121615,7.50,EA,3,Klammer & Co,,,\r\n\
               1,CIF-2,,Stapler red,44121615,cheap,EA,3,Klammer & Co,,,\r\nENDOFDATA\r\n";
    let send = async |payload: &str, cid: &str| {
        let document = envelope(
            OFFICE_ONE,
            payload,
            &format!(
                "<CatalogUploadRequest operation=\"new\"><CatalogName xml:lang=\"en\">Autumn\
                 </CatalogName><Description xml:lang=\"en\">All</Description><Attachment>\
                 <URL>{cid}</URL></Attachment><Notification/></CatalogUploadRequest>"
            ),
        );
        let body = format!(
            "--b\r\nContent-Type: text/xml\r\nContent-ID: <root@x>\r\n\r\n{}\r\n--b\r\n\
             Content-Type: text/plain; name=\"autumn.cif\"\r\nContent-ID: <cat@x>\r\n\r\n\
             {cif}\r\n--b--\r\n",
            to(ACME, &document)
        );
        let kind = "multipart/related; boundary=\"b\"; start=\"<root@x>\"";
        let client = server.client();
        let headers = [("content-type", kind)];
        let answer = client.send(reqwest::Method::POST, "/cxml", &headers, body.into_bytes()).await;
        answer.expect(200).text()
    };
    let reported = send("u1", "cid:cat@x").await;
    assert_eq!(documents::status(&reported), Some(201), "{reported}");
    for told in ["1 articles added", "1 lines at fault", "line 6 CIF-2", "dry run"] {
        assert!(reported.contains(told), "{told} in {reported}");
    }
    let dangling = send("u2", "cid:other@x").await;
    assert!(dangling.contains("Content-ID of a part"), "{dangling}");
    let admin = server.signed_in("ada@acme.example").await;
    let search = "/shop?q=stapler+blue";
    assert!(!admin.get(search).await.expect(200).text().contains("CIF-1"), "only a dry run");
    let page = admin.get("/admin/import").await.expect(200).text();
    let open = documents::between(&page, "/admin/import?upload=", "\"").expect("the upload");
    let page = admin.get(&format!("/admin/import?upload={open}")).await.expect(200).text();
    let form = html::form(&page, "Import").expect("the form").with("then", "keep");
    let done = admin.form("/admin/import", &form.fields).await.expect(200).text();
    assert!(html::plain(&done).contains("1 articles new"), "{done}");
    assert!(admin.get(search).await.expect(200).text().contains("CIF-1"), "applied by a person");

    offer(&server, "documents.catalogue = \"apply\"").await;
    let applied = send("u3", "cid:cat@x").await;
    assert_eq!(documents::status(&applied), Some(200), "{applied}");
    offer(&server, "documents.offered = []").await;
    let closed = send("u4", "cid:cat@x").await;
    assert_eq!(documents::status(&closed), Some(450), "{closed}");
}

/// An IndexItem of one article.
fn indexed(kind: &str, sku: &str, detail: &str) -> String {
    format!(
        "<IndexItem><IndexItem{kind}><ItemID><SupplierPartID>{sku}</SupplierPartID></ItemID>\
         {detail}</IndexItem{kind}></IndexItem>\n"
    )
}

/// The Index with these entries.
fn index(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!DOCTYPE Index SYSTEM \
         \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\">\n<Index \
         loadmode=\"Incremental\"><SupplierID domain=\"DUNS\">111111111</SupplierID>\n\
         {body}</Index>"
    )
}

#[tokio::test]
async fn a_cxml_index_adds_marks_and_withdraws_articles() {
    let server = Server::demo().await;
    let (ada, ed) = (server.api("ada@acme.example").await, server.api("ed@acme.example").await);
    let named = |what: &str| {
        format!(
            "<Description xml:lang=\"en\">{what} f\u{fc}r drau\u{df}en</Description>\
             <UnitOfMeasure>EA</UnitOfMeasure>\
             <Classification domain=\"UNSPSC\">44121615</Classification>"
        )
    };
    let price = "<UnitPrice><Money currency=\"EUR\">7.50</Money></UnitPrice>";
    let stapler = format!(
        "<ItemDetail>{price}{}</ItemDetail><IndexItemDetail><LeadTime>3</LeadTime>\
         </IndexItemDetail>",
        named("Tacker")
    );
    let chair = format!(
        "<PunchoutDetail>{}<URL>https://x.example/</URL>{price}</PunchoutDetail>",
        named("Stuhl")
    );
    let unpriced =
        format!("<PunchoutDetail>{}<URL>https://x.example/</URL></PunchoutDetail>", named("Tisch"));
    let body = [
        indexed("Add", "IDX-1", &stapler),
        indexed("Punchout", "IDX-2", &chair),
        indexed("Punchout", "IDX-3", &unpriced),
        indexed("Delete", "DESK-01", ""),
        indexed("Delete", "NEVER-1", ""),
    ]
    .concat();
    let latin1: Vec<u8> =
        index(&body).chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
    offer(&server, "documents.catalogue = \"apply\"").await;
    let document = to(
        ACME,
        &envelope(
            OFFICE_ONE,
            "idx-1",
            "<CatalogUploadRequest operation=\"update\"><CatalogName xml:lang=\"en\">All\
             </CatalogName><Description xml:lang=\"en\">All</Description><Attachment>\
             <URL>cid:cat@x</URL></Attachment></CatalogUploadRequest>",
        ),
    );
    let mut sent = format!(
        "--B\r\nContent-Type: text/xml\r\nContent-ID: <d@x>\r\n\r\n{document}\r\n--B\r\n\
         Content-Type: text/xml\r\nContent-ID: <cat@x>\r\n\r\n"
    )
    .into_bytes();
    sent.extend(latin1);
    sent.extend(b"\r\n--B--\r\n");
    let kind = [("content-type", "multipart/related; boundary=B; start=\"<d@x>\"")];
    let answer = server.client().send(reqwest::Method::POST, "/cxml", &kind, sent).await;
    let answer = answer.expect(200).text();
    assert_eq!(documents::status(&answer), Some(200), "{answer}");
    for part in ["2 articles added, 1 changed, 1 unchanged, 1 lines at fault", "UnitPrice"] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let found = ed.get("/items/office-one/IDX-1").await.expect(200).json();
    assert_eq!(found["name"], "Tacker f\u{fc}r drau\u{df}en", "{found}");
    assert_eq!((&found["lead_time_days"], &found["unspsc"]), (&json!(3), &json!("44121615")));
    assert_eq!(found["price"]["amount"], "7.50", "{found}");
    assert_eq!(ed.get("/items/office-one/IDX-2").await.expect(200).json()["at_site"], true);
    ed.get("/items/office-one/DESK-01").await.expect(404);
    // By hand it is the same door as a price list; what is added again is offered again.
    let again = index(&indexed("Add", "DESK-01", &stapler)).replace("ISO-8859-1", "UTF-8");
    let import = json!({"supplier": "office-one", "csv": again});
    let report = ada.post("/catalogue/import", import).await.expect(200).json();
    assert_eq!(report["changed"], 1, "{report}");
    ed.get("/items/office-one/DESK-01").await.expect(200);
}

#[tokio::test]
async fn what_waits_for_a_supplier_is_handed_over_and_a_copy_does_nothing() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let delivery = json!({"channel": "cxml", "url": "http://localhost:9/cxml"});
    ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
    let ask = async |payload: &str, request: &str| {
        let document = to(ACME, &envelope(OFFICE_ONE, payload, request));
        server.client().xml("/cxml", &document).await.expect(200).text()
    };
    let pending = "<GetPendingRequest><MessageType>OrderRequest</MessageType></GetPendingRequest>";
    let nothing = ask("p1", pending).await;
    assert!(nothing.contains("Nothing is pending."), "{nothing}");
    let ed = server.api("ed@acme.example").await;
    ed.requisition(&[("PEN-01", "office-one", "3")], "4100").await;
    let waiting = ask("p2", pending).await;
    assert!(waiting.contains("<GetPendingResponse>"), "{waiting}");
    assert!(waiting.contains("<OrderRequest>") && !waiting.contains("SharedSecret"), "{waiting}");
    // A later version takes the place of what waits.
    let first = ada.list("/orders").await[0].clone();
    let path = format!("/orders/{}/cancel", first["id"].as_str().unwrap());
    ada.post(&path, json!({"reason": "Not needed"})).await.expect(200);
    let after = ask("p3", pending).await;
    assert_eq!(after.matches("<OrderRequest>").count(), 1, "{after}");
    assert!(after.contains(" type=\"delete\"") && !after.contains(" type=\"new\""), "{after}");

    let orders = ada.list("/orders").await.len();
    let inner = order("4500000099");
    let inner = inner.get(inner.find("<cXML").unwrap()..).unwrap();
    let copy = format!("<CopyRequest processingMode=\"info\">{inner}</CopyRequest>");
    let kept = ask("c1", &copy).await;
    assert_eq!(documents::status(&kept), Some(200), "{kept}");
    assert!(kept.contains("OrderRequest is kept; nothing is done with it."), "{kept}");
    assert_eq!(ada.list("/orders").await.len(), orders);
    let profile = ask("f1", "<ProfileRequest/>").await;
    assert!(profile.contains("requestName=\"GetPendingRequest\""), "{profile}");
}

#[tokio::test]
async fn an_own_classification_names_classes_and_warns_of_unknown_codes() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let tree = "44000000,,Office supplies\n44121704,44000000,\"Pens, ballpoint\"\n";
    let broken = json!({"csv": "44121704,44000000,Pens\n"});
    ada.put("/registers/classes", broken).await.expect(422);
    ada.put("/registers/classes", json!({"csv": tree})).await.expect(200);
    let csv = "sku,name,unit,price,currency,unspsc\n\
               CLS-1,Pen,EA,1.00,EUR,44121704\nCLS-2,Desk,EA,9.00,EUR,56101703\n";
    let body = json!({"supplier": "office-one", "csv": csv, "dry_run": false});
    let report = ada.post("/catalogue/import", body).await.expect(200).json();
    assert_eq!(report["lines"][0]["warning"], json!(null), "{report}");
    let warning = report["lines"][1]["warning"].as_str().expect("a warning");
    assert!(warning.contains("56101703"), "{warning}");
    let admin = server.signed_in("ada@acme.example").await;
    let page = admin.get("/shop/office-one/CLS-1").await.expect(200).text();
    assert!(html::plain(&page).contains("Office supplies, Pens, ballpoint"), "{page}");
    let page = admin.get("/admin/registers/classes").await.expect(200).text();
    assert!(page.contains("44121704,44000000,Pens, ballpoint"), "{page}");
}
