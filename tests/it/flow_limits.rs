//! Spending limits over more than one order: split carts judged as one, periods, suppliers.

use serde_json::{Value, json};

use crate::harness::{Api, Server, api::asked};

/// A pen costs 1.00 EUR.
async fn pens(ed: &Api, count: &str) -> Value {
    ed.requisition(&[("PEN-01", "office-one", count)], "4100").await
}

/// Every reason in the plan, or why nobody is asked.
fn because(requisition: &Value) -> String {
    let plan = &requisition["plan"];
    let steps = plan["steps"].as_array().cloned().unwrap_or_default();
    let mut words: Vec<String> =
        steps.iter().filter_map(|step| step["because"].as_str()).map(str::to_owned).collect();
    words.extend(plan["because"].as_str().map(str::to_owned));
    words.join(" ")
}

/// Puts other limits or rules in force: one admin writes them, the other activates.
async fn in_force(server: &Server, organisation: &str, kind: &str, csv: &str) {
    let ada = server.api(&format!("ada@{organisation}.example")).await;
    let abe = server.api(&format!("abe@{organisation}.example")).await;
    let body = json!({"csv": csv, "comment": "for a test"});
    let draft = ada.put(&format!("/policies/{kind}"), body).await.expect(200).json();
    let version = json!({"version": draft["version"]});
    let answer = abe.post(&format!("/policies/{kind}/activate"), version).await;
    assert!(matches!(answer.status, 200 | 204), "{}", answer.text());
}

#[tokio::test]
async fn five_carts_of_990_within_the_window_need_the_chain_of_4950() {
    let server = Server::demo().await;
    let dora = json!({"email": "dora@initech.example", "name": "Dora Falk", "roles": ["approver"]});
    server.api("ada@initech.example").await.post("/people", dora).await.expect(201);
    in_force(
        &server,
        "initech",
        "approval",
        "id,effect,limit,above,currency,place,approver\n\
         manager,allow,over,*,*,tier-1,manager\n\
         large,allow,over,4000.00,EUR,tier-2,person:dora@initech.example\n",
    )
    .await;
    let ed = server.api("ed@initech.example").await;
    let cart = ed.cart(&[("PEN-01", "office-one", "4950")]).await;
    let body = json!({"cost_center": "4100"});
    let whole = ed.post(&format!("/carts/{cart}/preview"), body).await.expect(200).json();
    let mut carts = Vec::new();
    for n in 1..=5 {
        let it = pens(&ed, "990").await;
        match n {
            1 => assert!(asked(&it).is_empty(), "the first is within: {it}"),
            2..=4 => assert_eq!(asked(&it), [["mia@initech.example"]], "cart {n}: {it}"),
            _ => {
                let chain = [["mia@initech.example"], ["dora@initech.example"]];
                assert_eq!(asked(&it), chain, "{it}");
                assert_eq!(asked(&json!({ "plan": whole })), chain, "{whole}");
            }
        }
        carts.push(it);
    }
    let said = because(&carts[4]);
    for part in ["4,950.00 EUR within 7 days", "Judged together with REQ-", "(990.00 EUR)"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for earlier in &carts[..4] {
        let number = earlier["number"].as_str().unwrap();
        assert!(said.contains(number), "{number} is not named: {said}");
    }
    // What is rejected or withdrawn counts no more; what is pending or approved does.
    let id = |at: usize| carts[at]["id"].as_str().unwrap();
    ed.post(&format!("/requisitions/{}/withdraw", id(1)), json!({})).await.expect(200);
    server.api("mia@initech.example").await.decide(id(2), "reject").await.expect(200);
    server.api("mia@initech.example").await.decide(id(3), "approve").await.expect(200);
    let sixth = pens(&ed, "990").await;
    assert!(because(&sixth).contains("3,960.00 EUR within 7 days"), "{sixth}");
    assert_eq!(asked(&sixth), [["mia@initech.example"]]);
    server.advance("PT170H").await;
    let later = pens(&server.api("ed@initech.example").await, "990").await;
    assert!(asked(&later).is_empty(), "eight days later nothing of it counts: {later}");
}

#[tokio::test]
async fn two_halves_handed_in_at_once_are_still_seen_whole() {
    let server = Server::demo().await;
    let ed = server.api("ed@initech.example").await;
    let (one, two) = tokio::join!(pens(&ed, "600"), pens(&ed, "600"));
    let alone = [&one, &two].iter().filter(|it| asked(it).is_empty()).count();
    assert_eq!(alone, 1, "{one}\n{two}");
}

#[tokio::test]
async fn periods_suppliers_and_categories_have_limits_of_their_own() {
    let server = Server::demo().await;
    in_force(
        &server,
        "acme",
        "limits",
        "id,subject,period,counts,currency,amount\n\
         order,role:requester,order,*,EUR,500.00\n\
         month,role:requester,month,*,EUR,800.00\n\
         tools,supplier:toolworks,window:30d,own,EUR,150.00\n\
         metal,category:3116,fiscal_year,all,EUR,40.00\n",
    )
    .await;
    let ed = server.api("ed@acme.example").await;
    assert!(asked(&pens(&ed, "400").await).is_empty());
    assert!(asked(&pens(&ed, "400").await).is_empty());
    let third = pens(&ed, "1").await;
    assert_eq!(asked(&third), [["mia@acme.example"]], "{third}");
    assert!(because(&third).contains("801.00 EUR this month"), "{third}");

    let mia = server.api("mia@acme.example").await;
    let drill = [("DRILL-01", "toolworks", "1")];
    assert!(asked(&mia.requisition(&drill, "4100").await).is_empty());
    let second = mia.requisition(&drill, "4100").await;
    assert_eq!(asked(&second), [["dan@acme.example"]], "{second}");
    let said = because(&second);
    assert!(said.contains("179.80 EUR from toolworks within 30 days"), "{said}");

    let bolts = [("BOLT-M8", "partsdesk", "1000")];
    let dan = server.api("dan@acme.example").await;
    assert!(asked(&dan.requisition(&bolts, "4100").await).is_empty());
    let carla = server.api("ivy@acme.example").await.requisition(&bolts, "4100").await;
    assert_eq!(asked(&carla).len(), 1, "everybody's bolts count: {carla}");
    assert!(because(&carla).contains("70.00 EUR in UNSPSC 3116 this fiscal year"), "{carla}");
}
