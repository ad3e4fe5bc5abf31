//! Rates of exchange: a rule that compares in another currency than the organisation's.

use serde_json::json;

use crate::harness::{Server, api::asked};

const RULES: &str = "id,effect,limit,above,currency,place,approver\n\
                     manager,allow,over,*,*,tier-1,manager\n\
                     director,allow,over,1000.00,USD,tier-2,role:director\n";

#[tokio::test]
async fn a_rule_in_dollars_needs_a_rate_and_takes_that_of_the_day() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let draft = json!({"csv": RULES, "comment": "dollars"});
    let refused = ada.put("/policies/approval", draft.clone()).await.expect(422).json();
    assert!(refused["expected"].to_string().contains("EUR to USD"), "{refused}");

    let wrong = ada.put("/registers/rates", json!({"csv": "EUR/USD,0,2026-01-01\n"})).await;
    assert_eq!(wrong.expect(422).json()["got"], "EUR/USD,0,2026-01-01");
    let sheet = "EUR/USD,1.1,2020-01-01\nEUR/USD,1.25,2021-01-01\nEUR/USD,1,2099-01-01\n";
    let kept = ada.put("/registers/rates", json!({ "csv": sheet })).await.expect(200).json();
    assert_eq!(kept["csv"], sheet);
    ada.put("/policies/approval", draft).await.expect(200);
    let abe = server.api("abe@acme.example").await;
    abe.post("/policies/approval/activate", json!({"version": 2})).await.expect(200);

    // At 1.25 the thousand dollars are 800.00 EUR: not above at 800, above at 801.
    let people = |quantity: &'static str| {
        let ed = &ed;
        async move { asked(&ed.requisition(&[("PEN-01", "office-one", quantity)], "4100").await) }
    };
    assert_eq!(people("800").await, [["mia@acme.example"]]);
    assert_eq!(people("801").await, [["mia@acme.example"], ["dan@acme.example"]]);

    // The rate of 1 has begun: 801.00 EUR are no longer a thousand dollars.
    ada.put("/registers/rates", json!({"csv": "EUR/USD,1,2026-01-01\n"})).await.expect(200);
    assert_eq!(people("801").await, [["mia@acme.example"]]);
    // Without any rate nobody can say; the cart waits instead of slipping through.
    ada.put("/registers/rates", json!({"csv": ""})).await.expect(200);
    let cart = ed.cart(&[("PEN-01", "office-one", "801")]).await;
    let body = json!({"cost_center": "4100"});
    let waits = ed.post(&format!("/carts/{cart}/submit"), body).await.expect(503).json();
    assert_eq!(waits["mend"], "Enter a rate from EUR to USD.", "{waits}");
}
