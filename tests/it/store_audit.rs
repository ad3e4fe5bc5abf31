//! The audit trail on both databases: whole as it was written, and broken at the very entry whose
//! content, decision, order or document somebody changed by hand.

use countersign::{
    app::{
        act,
        approval::Decide,
        audit::{self, Broken, Filter, Head, Whole},
        requisition::{Submit, Wish},
        trail,
    },
    base::{id::OrderId, page::Cut},
    domain::approval::Verdict,
    store::{self, Conn, StoreError, Work, db},
};

use crate::harness::{Kind, inside::Inside};

/// A hand in the database: one statement, as an intruder would run it.
struct Hand(&'static str);

impl Work for Hand {
    type Answer = u64;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<u64, StoreError> {
        Ok(db::query(self.0).execute(conn).await?.rows_affected())
    }

    fn is_retryable(_: &StoreError) -> bool {
        false
    }
}

async fn by_hand(inside: &Inside, sql: &'static str) {
    assert!(inside.app.store.write(Hand(sql)).await.unwrap() > 0, "{sql}");
}

/// One order that mia approved, sealed.
async fn one_order(inside: &Inside) -> OrderId {
    let ed = inside.actor("ed@acme.example").await;
    let cart = inside.cart(&ed, &[("DESK-01", "2")]).await;
    let wish = Wish {
        cost_center: "4100".to_owned(),
        ship_to: None,
        needed_on: None,
        comment: Some("two desks".to_owned()),
        ..Wish::default()
    };
    let submitted = act(&inside.app, &ed, Submit { cart, wish }).await.unwrap();
    let mut conn = inside.app.store.read().await.unwrap();
    let steps = store::step::of_requisition(&mut conn, submitted.requisition).await.unwrap();
    let row = store::requisition::get_any(&mut conn, submitted.requisition).await.unwrap().unwrap();
    drop(conn);
    let decide = Decide {
        task: steps[0].tasks[0].id,
        verdict: Verdict::Approve,
        comment: Some("fine".to_owned()),
        content_hash: row.content_hash,
    };
    act(&inside.app, &inside.actor("mia@acme.example").await, decide).await.unwrap();
    while inside.app.store.seal("test", inside.app.now()).await.unwrap().is_some() {}
    let mut conn = inside.app.store.read().await.unwrap();
    let orders = store::order::of_requisition(&mut conn, submitted.requisition).await.unwrap();
    orders[0].id
}

async fn verify(inside: &Inside, anchors: &[Head]) -> Result<Whole, Broken> {
    let mut conn = inside.app.store.snapshot().await.unwrap();
    let found = audit::verify(&mut conn, anchors).await.unwrap();
    inside.app.store.end_snapshot(conn).await.unwrap();
    found
}

/// The position of the first entry of a kind.
async fn position_of(inside: &Inside, kind: &str) -> String {
    let ada = inside.actor("ada@acme.example").await;
    let mut reader = inside.app.reader(&ada).await.unwrap();
    let filter = Filter { kind: Some(kind.to_owned()), ..Filter::default() };
    let page = audit::list(&mut reader, &filter, &Cut::default()).await.unwrap();
    page.items.last().unwrap().position.unwrap().to_string()
}

/// What somebody changes, what puts it back, and the kind of the entry that must be named.
const HANDS: &[(&str, &str, &str)] = &[
    (
        "update task set comment = 'fane' where decision is not null",
        "update task set comment = 'fine' where decision is not null",
        "decided",
    ),
    (
        "update task set decided_at = decided_at + 1 where decision is not null",
        "update task set decided_at = decided_at - 1 where decision is not null",
        "decided",
    ),
    (
        "update purchase_order set comment = 'two desk5'",
        "update purchase_order set comment = 'two desks'",
        "order-issued",
    ),
    (
        "update order_line set quantity = '3'",
        "update order_line set quantity = '2'",
        "order-issued",
    ),
    (
        "update order_line set total_minor = total_minor + 1",
        "update order_line set total_minor = total_minor - 1",
        "order-issued",
    ),
    (
        "update requisition set cost_center = '4200'",
        "update requisition set cost_center = '4100'",
        "requisition-submitted",
    ),
    (
        "update document set sha256 = 'x' || sha256",
        "update document set sha256 = substr(sha256, 2)",
        "document-kept",
    ),
    (
        "update audit_entry set actor = 'dan@acme.example' where kind = 'decided'",
        "update audit_entry set actor = 'mia@acme.example' where kind = 'decided'",
        "decided",
    ),
    (
        "update audit_entry set position = position + 1000000 where kind = 'decided'",
        "update audit_entry set position = position - 1000000 where kind = 'decided'",
        "",
    ),
];

#[tokio::test]
async fn whatever_is_changed_by_hand_the_entry_that_names_it_is_found() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        one_order(&inside).await;
        let whole = verify(&inside, &[]).await.unwrap();
        assert_eq!(whole.waiting, 0);
        assert!(whole.compared >= 4, "{whole:?}");
        for (change, back, named) in HANDS {
            let at = position_of(&inside, if named.is_empty() { "decided" } else { named }).await;
            by_hand(&inside, change).await;
            let broken = verify(&inside, &[]).await.expect_err(change);
            if !named.is_empty() {
                assert_eq!(broken.position, at, "{change}: {broken}");
            }
            by_hand(&inside, back).await;
            assert_eq!(verify(&inside, &[]).await.unwrap(), whole, "{back}");
        }
        let at = position_of(&inside, "document-kept").await;
        by_hand(&inside, "update document set body = substr(body, 2)").await;
        let broken = verify(&inside, &[]).await.unwrap_err();
        assert_eq!(broken.position, at, "{broken}");
    }
}

#[tokio::test]
async fn a_cut_tail_and_a_rewritten_chain_are_found_against_an_exported_head() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        one_order(&inside).await;
        let head = verify(&inside, &[]).await.unwrap().head;
        assert_eq!(verify(&inside, std::slice::from_ref(&head)).await.unwrap().anchors, 1);
        let other = Head { hash: "0".repeat(64), ..head.clone() };
        let broken = verify(&inside, &[other]).await.unwrap_err();
        assert!(broken.what.contains("rewritten"), "{broken}");
        by_hand(
            &inside,
            "delete from audit_about where entry_id in
                (select id from audit_entry order by position desc limit 1)",
        )
        .await;
        by_hand(
            &inside,
            "delete from audit_entry where id in
                (select id from audit_entry order by position desc limit 1)",
        )
        .await;
        assert_eq!(verify(&inside, &[]).await.unwrap().head.position, head.position - 1);
        let broken = verify(&inside, std::slice::from_ref(&head)).await.unwrap_err();
        assert_eq!(broken.position, head.position.to_string());
        assert!(broken.what.contains("cut"), "{broken}");
    }
}

#[tokio::test]
async fn an_auditor_finds_everything_by_number_and_nobody_else_finds_anything() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = one_order(&inside).await;
        let ada = inside.actor("ada@acme.example").await;
        let mut reader = inside.app.reader(&ada).await.unwrap();
        let about = |name: &str| Filter { about: Some(name.to_owned()), ..Filter::default() };
        let by_number =
            audit::list(&mut reader, &about("PO-2026-000001"), &Cut::default()).await.unwrap();
        let by_id = audit::list(&mut reader, &about(&order.to_string()), &Cut::default()).await;
        assert_eq!(by_number, by_id.unwrap());
        assert!(by_number.items.iter().any(|entry| entry.kind == "order-issued"));
        let mia = Filter { person: Some("Mia@acme.example".to_owned()), ..Filter::default() };
        let hers = audit::list(&mut reader, &mia, &Cut::default()).await.unwrap();
        assert!(hers.items.iter().all(|entry| entry.actor == "mia@acme.example"));
        assert!(hers.items.iter().any(|entry| entry.kind == "decided"));

        let story = trail::of_order(&mut reader, order).await.unwrap();
        assert_eq!(story.order.number, "PO-2026-000001");
        assert_eq!(story.decisions.len(), 1);
        let sent = story.documents.iter().find(|one| one.kind == "OrderRequest").unwrap();
        trail::document(&mut reader, sent.id).await.unwrap();
        let kinds: Vec<&str> = story.entries.iter().map(|entry| &*entry.kind).collect();
        let place = |kind: &str| kinds.iter().position(|one| *one == kind).unwrap();
        assert!(place("requisition-submitted") < place("decided"), "{kinds:?}");
        assert!(place("decided") < place("order-issued"), "{kinds:?}");
        drop(reader);

        for stranger in ["ed@acme.example", "ada@globex.example"] {
            let stranger = inside.actor(stranger).await;
            let mut reader = inside.app.reader(&stranger).await.unwrap();
            assert!(trail::of_order(&mut reader, order).await.is_err());
            assert!(trail::document(&mut reader, sent.id).await.is_err());
            let page = audit::list(&mut reader, &about("PO-2026-000001"), &Cut::default()).await;
            assert!(page.is_err() || page.unwrap().items.is_empty());
        }
    }
}
