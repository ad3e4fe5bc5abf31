//! What an order cannot ask for, what it says of agreements, and news of it: a supplier's status, a
//! notice that names less, a change that is none of a supplier's.

use serde_json::{Value, json};

use super::{World, accepted, attribute, from_supplier, line, notice, order, with_lines};

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_by_its_name() {
    let world = World::new().await;
    let basis = |payload: &str, factor: &str| {
        let unit = "<UnitOfMeasure>EA</UnitOfMeasure>";
        let dozen = format!(
            "{unit}<PriceBasisQuantity quantity=\"1\" conversionFactor=\"{factor}\">\
             <UnitOfMeasure>DZN</UnitOfMeasure></PriceBasisQuantity>"
        );
        order(payload, "new", 5).replace(unit, &dozen)
    };
    let blanket = order("b@globex", "new", 5).replace(" type=", " orderType=\"blanket\" type=");
    let fine = order("q@globex", "new", 5).replace("quantity=\"5\"", "quantity=\"0.0001\"");
    for (document, code, told) in [
        (basis("f1@globex", "0.083"), 400, "@conversionFactor"),
        (basis("f2@globex", "0.0833333333"), 400, "8 after the point"),
        (blanket, 450, "@orderType"),
        (fine, 400, "at most 3 places after the point"),
        (basis("f3@globex", "0.08333333"), 201, "Held for sign-off"),
    ] {
        let (got, text) = world.post(&document).await;
        assert_eq!(got, code, "{text}");
        assert!(text.replace("&quot;", "").replace('"', "").contains(told), "{told}: {text}");
    }
}

/// News of the order from office-one.
fn news(payload: &str, reference: &str, code: u16) -> String {
    from_supplier(
        payload,
        &format!(
            "<StatusUpdateRequest><DocumentReference payloadID=\"{reference}\"/>\
             <Status code=\"{code}\" text=\"\">No pens left</Status></StatusUpdateRequest>"
        ),
    )
}

#[tokio::test]
async fn news_of_a_supplier_are_noted_or_reject_what_it_never_confirmed() {
    let world = World::new().await;
    world.post(&order("new@globex", "new", 5)).await;
    world.approve().await;
    let sent = world.arrived(1).await;
    let reference = attribute(&sent, "payloadID").unwrap();
    assert_eq!(world.post(&news("n0@office-one", "nobody@globex", 406)).await.0, 417);
    assert_eq!(world.post(&news("n1@office-one", reference, 200)).await.0, 200);
    assert_eq!(world.order().await["state"], "sent", "it was only noted");
    for payload in ["n2@office-one", "n3@office-one"] {
        let (code, text) = world.post(&news(payload, reference, 406)).await;
        assert_eq!(code, 200, "{text}");
    }
    let order = world.order().await;
    assert_eq!(
        (&order["state"], &order["lines"][0]["rejected"]),
        (&json!("rejected"), &json!("5"))
    );
    let (id, ada) = (order["id"].as_str().unwrap(), world.server.signed_in("ada@globex.example"));
    let trail = ada.await.get(&format!("/orders/{id}/trail")).await.expect(200).text();
    assert!(trail.contains("406") && trail.contains("No pens left"), "{trail}");
    assert!(trail.contains("sent news of the order"), "{trail}");
}

#[tokio::test]
async fn an_order_that_a_notice_no_longer_names_is_not_on_its_way() {
    let world = World::new().await;
    for (number, payload) in [("4500000001", "one@globex"), ("4500000002", "two@globex")] {
        let document = order(payload, "new", 5).replace("4500000001", number);
        assert_eq!(world.post(&document).await.0, 201);
        world.approve().await;
    }
    let first = notice("u1@office-one", "S1", "new", "5", "EA");
    let (_, rest) = first.split_once("<ShipNoticePortion>").unwrap();
    let (portion, _) = rest.split_once("</ShipNoticePortion>").unwrap();
    let other = portion.replace("4500000001", "4500000002");
    let both = first.replace(
        "</ShipNoticePortion>",
        &format!("</ShipNoticePortion><ShipNoticePortion>{other}</ShipNoticePortion>"),
    );
    let one = notice("u2@office-one", "S1", "update", "5", "EA");
    for (document, stands) in [(both, ["shipped", "shipped"]), (one, ["sent", "shipped"])] {
        let (code, text) = world.post(&document).await;
        assert_eq!(code, 200, "{text}");
        let orders = world.ada.list("/orders").await;
        // The newest first; whether the worker was here yet says nothing.
        let states = orders.iter().map(|one| one["state"].as_str().unwrap());
        let states: Vec<_> = states.map(|s| if s == "issued" { "sent" } else { s }).collect();
        assert_eq!(states, stands);
    }
}

#[tokio::test]
async fn agreements_and_extrinsics_reach_the_supplier_and_a_split_charge_waits() {
    let world = World::new().await;
    let charge = |center: &str| {
        format!(
            "<Distribution><Accounting name=\"x\"><AccountingSegment id=\"{center}\"><Name \
             xml:lang=\"en\">Cost Center</Name><Description xml:lang=\"en\"/></AccountingSegment>\
             </Accounting><Charge><Money currency=\"USD\">5.00</Money></Charge></Distribution>"
        )
    };
    let own = "<Extrinsic name=\"LineType\">Goods</Extrinsic>";
    let split = format!("{own}</ItemDetail>{}{}", charge("4100"), charge("4200"));
    let header = "<Extrinsic name=\"PR No.\">PR-17 &amp; more</Extrinsic>\
                  <Extrinsic name=\"ContentHash\">not ours</Extrinsic>\
                  <Extrinsic name=\"Terms\"><SharedSecret>open</SharedSecret></Extrinsic>\
                  </OrderRequestHeader>";
    let document = order("new@globex", "new", 5)
        .replace(" type=", " orderType=\"release\" agreementID=\"A-7\" type=")
        .replace("</OrderRequestHeader>", header)
        .replace("</ItemDetail>", &split);
    let (code, text) = world.post(&document).await;
    assert_eq!(code, 201, "{text}");
    assert!(text.contains("line 1, Distribution") && text.contains("4100, 4200"), "{text}");
    world.approve().await;
    let sent = world.arrived(1).await;
    assert_eq!(attribute(&sent, "agreementID"), Some("A-7"));
    assert_eq!(attribute(&sent, "orderType"), Some("release"));
    assert!(sent.contains("<Extrinsic name=\"PR No.\">PR-17 &amp; more</Extrinsic>"), "{sent}");
    assert!(!sent.contains("Terms"), "what holds elements stays behind: {sent}");
    let (detail, _) = sent.split_once("</ItemDetail>").unwrap();
    assert!(detail.trim_end().ends_with(own), "{sent}");
    assert_eq!(sent.matches("\"ContentHash\"").count(), 1, "ours alone: {sent}");
    // A change of what travels is a new version.
    let changed = order("changed@globex", "update", 5)
        .replace(" type=", " orderType=\"release\" agreementID=\"A-7\" type=")
        .replace("</OrderRequestHeader>", &header.replace("PR-17", "PR-18"))
        .replace("</ItemDetail>", &split);
    assert_eq!(world.post(&changed).await.0, 201);
    world.approve().await;
    assert!(world.arrived(2).await.contains("PR-18"));
}

#[tokio::test]
async fn a_test_document_goes_on_as_a_test() {
    let world = World::new().await;
    let mode = |word: &str| format!("deploymentMode=\"{word}\"");
    let document = order("test@globex", "new", 5).replace(&mode("production"), &mode("test"));
    assert!(document.contains(&mode("test")));
    assert_eq!(world.post(&document).await.0, 201);
    world.approve().await;
    assert_eq!(attribute(&world.arrived(1).await, "deploymentMode"), Some("test"));
}

#[tokio::test]
async fn a_change_leaves_alone_what_goes_to_other_suppliers() {
    let world = World::new().await;
    let both = |payload: &str, pens: u32, drills: u32| {
        let lines = [line(1, "PEN-01", pens, ""), line(2, "DRILL-01", drills, "")].concat();
        with_lines(payload, &lines, &format!("{}.00", (pens + drills) * 2))
    };
    assert_eq!(world.post(&both("new@globex", 5, 1)).await.0, 201);
    world.approve().await;
    let sent = world.arrived(1).await;
    let confirmation = accepted(&sent);
    assert_eq!(world.post(&from_supplier("c1@office-one", &confirmation)).await.0, 200);
    let update = |document: String| document.replace(" type=\"new\"", " type=\"update\"");
    let (code, text) = world.post(&update(both("pens@globex", 6, 1))).await;
    assert!(code == 409 && text.contains("answered"), "{text}");
    let (code, text) = world.post(&update(both("drills@globex", 5, 3))).await;
    assert_eq!(code, 201, "{text}");
    world.approve().await;
    let of = |orders: &[Value], supplier: &str| {
        let found = orders.iter().find(|one| one["supplier"] == supplier);
        found.expect("an order")["id"].as_str().unwrap().to_owned()
    };
    let orders = world.ada.list("/orders").await;
    assert_eq!(orders.len(), 2);
    for (supplier, revision, quantity) in [("office-one", 1, "5"), ("toolworks", 2, "3")] {
        let path = format!("/orders/{}", of(&orders, supplier));
        let now = world.ada.get(&path).await.expect(200).json();
        let got = (&now["revision"], &now["lines"][0]["quantity"]);
        assert_eq!(got, (&json!(revision), &json!(quantity)), "{now}");
    }
    assert_eq!(world.site.documents().len(), 1, "Office One hears nothing of it");
    let verified = world.server.command(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
