//! Two server processes on one PostgreSQL: any of them may do any step.

use crate::harness::{Kind, Server, api::asked};

const LARGE: &[(&str, &str, &str)] = &[
    ("LAPTOP-01", "office-one", "5"),
    ("DRILL-01", "toolworks", "2"),
    ("BOLT-M8", "partsdesk", "1000"),
];

#[tokio::test]
async fn a_journey_may_cross_from_one_process_to_the_other() {
    if !Kind::all().contains(&Kind::Postgres) {
        return;
    }
    let first = Server::demo_on(Kind::Postgres).await;
    let second = first.beside();
    let ed = first.api("ed@acme.example").await;
    let requisition = ed.requisition(LARGE, "4100").await;
    let it = requisition["id"].as_str().unwrap();
    assert_eq!(asked(&requisition).len(), 2);
    second.api("mia@acme.example").await.decide(it, "approve").await.expect(200);
    first.api("ivy@acme.example").await.decide(it, "approve").await.expect(200);
    second.api("dan@acme.example").await.decide(it, "approve").await.expect(200);
    assert_eq!(ed.list("/orders").await.len(), 3);
    assert_eq!(second.api("ed@acme.example").await.list("/orders").await.len(), 3);
}

#[tokio::test]
async fn two_approvers_at_once_on_two_processes_make_one_set_of_orders() {
    if !Kind::all().contains(&Kind::Postgres) {
        return;
    }
    let first = Server::demo_on(Kind::Postgres).await;
    let second = first.beside();
    let ed = first.api("ed@acme.example").await;
    let mia = first.api("mia@acme.example").await;
    let ivy = second.api("ivy@acme.example").await;
    for round in 1..=5 {
        let requisition = ed.requisition(&[("LAPTOP-01", "office-one", "1")], "4100").await;
        let it = requisition["id"].as_str().unwrap().to_owned();
        let (one, two) = tokio::join!(mia.decide(&it, "approve"), ivy.decide(&it, "approve"));
        one.expect(200);
        two.expect(200);
        assert_eq!(ed.list("/orders").await.len(), round);
    }
}
