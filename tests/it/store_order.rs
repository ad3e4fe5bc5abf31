//! Orders and their deliveries on both databases: issued of what was signed, taken by one sender
//! at a time, tried by the table, answered by suppliers, received.

use std::collections::BTreeSet;

use countersign::{
    app::{
        Actor, AppError, act,
        delivery::{self, Resend, Sent, SetDelivery, settle},
        inbox::{self, Post},
        order,
        receiving::{Confirm, Receive, Ship},
        requisition::{Submit, Wish},
    },
    base::{
        id::{OrderId, OrganisationId},
        secret::Secret,
        time::{HOUR_MS, MINUTE_MS, Time},
    },
    domain::{
        approval::BudgetMode,
        confirmation::{self, ConfirmationKind, Part, PartKind, SaidLine},
        delivery::{DeliveryState, Verdict},
        order::{Order, OrderState},
        party::{Channel, Identity},
        shipment::{self, Moved},
    },
    store::{self, delivery::Delivery},
};

use crate::harness::{
    Kind,
    documents::{OFFICE_ONE, between, envelope, status},
    dtd,
    inside::Inside,
};

/// Ed of Acme orders these goods, below his own limit; by supplier.
async fn ordered(inside: &Inside, lines: &[(&str, &str)]) -> Vec<Order> {
    inside.budget("4100", BudgetMode::RequireApproval, "100000.00").await;
    let ed = inside.actor("ed@acme.example").await;
    let cart = inside.cart(&ed, lines).await;
    let wish = Wish {
        cost_center: "4100".to_owned(),
        ship_to: None,
        needed_on: None,
        comment: None,
        ..Wish::default()
    };
    let submitted = act(&inside.app, &ed, Submit { cart, wish }).await.unwrap();
    let mut conn = inside.app.store.read().await.unwrap();
    let mut orders = store::order::of_requisition(&mut conn, submitted.requisition).await.unwrap();
    orders.sort_by(|one, other| one.number.cmp(&other.number));
    orders
}

async fn now(inside: &Inside, id: OrderId) -> Order {
    let mut conn = inside.app.store.read().await.unwrap();
    store::order::get(&mut conn, id).await.unwrap().unwrap()
}

async fn sending(inside: &Inside, id: OrderId) -> Delivery {
    let mut conn = inside.app.store.read().await.unwrap();
    let mut all = store::delivery::about(&mut conn, &id.to_string()).await.unwrap();
    all.retain(|one| one.purpose == store::delivery::Purpose::Order);
    all.pop().unwrap()
}

async fn take(inside: &Inside) -> Vec<Delivery> {
    let at = inside.app.now();
    inside.app.store.take_deliveries(at, at.plus_ms(90_000), 16).await.unwrap()
}

fn came(inside: &Inside, verdict: Verdict) -> Sent {
    let detail = "the connection was refused".to_owned();
    Sent {
        started_at: inside.app.now(),
        verdict,
        status: None,
        detail,
        answer: None,
        heard: Default::default(),
    }
}

async fn letters(inside: &Inside) -> Vec<String> {
    let at = inside.app.now();
    let held = inside.app.store.take_letters(at, at.plus_ms(72 * HOUR_MS), 200).await.unwrap();
    let mut told: Vec<String> = held
        .into_iter()
        .map(|held| format!("{}: {}", held.letter.address, held.letter.subject))
        .collect();
    told.sort();
    told
}

fn code(fault: AppError) -> String {
    fault.told().code.to_owned()
}

fn whole(kind: ConfirmationKind, comment: &str) -> confirmation::Said {
    let comment = comment.to_owned();
    confirmation::Said { kind, confirm_id: None, update: false, comment, lines: Vec::new() }
}

fn parcel(parts: Vec<Moved>) -> shipment::Said {
    shipment::Said {
        number: None,
        update: false,
        taken_back: false,
        carrier: "Fast".to_owned(),
        tracking: "1Z".to_owned(),
        delivery_on: None,
        parts,
    }
}

#[tokio::test]
async fn each_supplier_gets_one_order_with_its_own_lines_and_numbers_have_no_gap() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let lines = [("PEN-01", "10"), ("BOLT-M8", "100"), ("DRILL-01", "1"), ("CENT-01", "100")];
        let orders = ordered(&inside, &lines).await;
        let numbers: Vec<&str> = orders.iter().map(|order| order.number.as_str()).collect();
        assert_eq!(numbers, ["PO-2026-000001", "PO-2026-000002", "PO-2026-000003"]);
        let totals: Vec<String> = orders.iter().map(|order| order.total.to_string()).collect();
        assert_eq!(totals, ["11.00 EUR", "3.50 EUR", "89.90 EUR"]);
        let mut conn = inside.app.store.read().await.unwrap();
        let own = store::order::lines(&mut conn, orders[0].id).await.unwrap();
        let skus: Vec<&str> = own.iter().map(|line| line.goods.sku.as_str()).collect();
        assert_eq!(skus, ["PEN-01", "CENT-01"]);
        assert_eq!(own.iter().map(|line| line.line_number).collect::<Vec<_>>(), [1, 2]);
        for order in &orders {
            let kept = store::document::get(&mut conn, order.document).await.unwrap().unwrap();
            let text = String::from_utf8(kept.body.into()).unwrap();
            dtd::check(&text);
            assert_eq!(between(&text, "orderID=\"", "\""), Some(order.number.as_str()));
            assert!(text.contains(&order.content_hash), "the supplier can ask for its hash");
            assert!(!text.contains("-secret</SharedSecret>"), "{text}");
        }
        let states: Vec<OrderState> = orders.iter().map(|order| order.state).collect();
        use OrderState::{Issued, Sent};
        assert_eq!(states, [Issued, Sent, Issued], "on the desk it has arrived at once");
    }
}

#[tokio::test]
async fn what_was_not_signed_is_not_ordered() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let orders = ordered(&inside, &[("PEN-01", "10")]).await;
        let mut conn = inside.app.store.read().await.unwrap();
        let id = orders[0].requisition;
        let requisition = store::requisition::get_any(&mut conn, id).await.unwrap().unwrap();
        let mut lines = store::requisition::lines(&mut conn, id).await.unwrap();
        drop(conn);
        lines[0].goods.description.push('!');
        let forged = Forged { requisition, lines };
        let fault = act(&inside.app, &Actor::system("test", None), forged).await.unwrap_err();
        assert!(matches!(fault, AppError::Internal(_)), "{fault}");
    }
}

/// Issues orders of lines that differ from the signed ones by one byte.
struct Forged {
    requisition: countersign::domain::requisition::Requisition,
    lines: Vec<countersign::domain::requisition::RequisitionLine>,
}

impl countersign::app::Command for Forged {
    type Answer = ();
    const NEED: countersign::app::Need = countersign::app::Need::Itself;

    async fn decide(&self, cx: &mut countersign::app::Cx<'_>) -> Result<(), AppError> {
        order::issue(cx, &self.requisition, &self.lines).await.map(drop)
    }
}

#[tokio::test]
async fn two_senders_never_hold_the_same_document() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let mut due = 0;
        for _ in 0..6 {
            due += ordered(&inside, &[("PEN-01", "1"), ("DRILL-01", "1")]).await.len();
        }
        let takes = (0..8).map(|_| {
            let app = std::sync::Arc::clone(&inside.app);
            tokio::spawn(async move {
                let at = app.now();
                app.store.take_deliveries(at, at.plus_ms(90_000), 3).await.unwrap()
            })
        });
        let mut held = Vec::new();
        for taken in takes.collect::<Vec<_>>() {
            held.extend(taken.await.unwrap());
        }
        held.extend(take(&inside).await);
        let ids: BTreeSet<String> = held.iter().map(|one| one.id.to_string()).collect();
        assert_eq!((held.len(), ids.len()), (due, due), "each once");
        assert!(take(&inside).await.is_empty());
        // Who falls silent loses it, and cannot write any more what came of it.
        inside.clock.advance(2 * MINUTE_MS);
        let again = take(&inside).await;
        assert_eq!(again.len(), due);
        let late = held.swap_remove(0);
        settle(&inside.app, late.clone(), came(&inside, Verdict::Delivered)).await.unwrap();
        let mut conn = inside.app.store.read().await.unwrap();
        let row = store::delivery::get(&mut conn, late.id).await.unwrap().unwrap();
        assert_eq!((row.state, row.attempts), (DeliveryState::Sending, 0));
    }
}

#[tokio::test]
async fn a_supplier_who_is_down_is_tried_by_the_table_and_admins_hear_of_it() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await.remove(0);
        letters(&inside).await;
        // Now, after 5 s, after 5 min, after 30 min.
        for wait in [0, 6_000, 5 * MINUTE_MS + 30_000, 28 * MINUTE_MS] {
            inside.clock.advance(wait);
            let held = take(&inside).await.pop().expect("due");
            settle(&inside.app, held, came(&inside, Verdict::Transient)).await.unwrap();
            assert!(take(&inside).await.is_empty(), "not before its time");
        }
        let told = letters(&inside).await;
        let admins: Vec<&str> = told.iter().filter_map(|one| one.split(": ").next()).collect();
        assert_eq!(admins, ["abe@acme.example", "ada@acme.example"], "{told:?}");
        inside.clock.advance(2 * HOUR_MS);
        let held = take(&inside).await.pop().expect("due");
        settle(&inside.app, held, came(&inside, Verdict::Permanent)).await.unwrap();
        let failed = sending(&inside, order.id).await;
        assert_eq!((failed.state, failed.attempts), (DeliveryState::Failed, 5));
        assert_eq!(now(&inside, order.id).await.state, OrderState::Issued);
        let ada = inside.actor("ada@acme.example").await;
        let mut reader = inside.app.reader(&ada).await.unwrap();
        let dead = delivery::failed(&mut reader).await.unwrap();
        drop(reader);
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].0.attempts.len(), &dead[0].1), (5, &order.number));
        // By hand it starts anew, and arrives.
        act(&inside.app, &ada, Resend { order: order.id }).await.unwrap();
        let held = take(&inside).await.pop().expect("due at once");
        assert_eq!(held.round_attempts, 0);
        settle(&inside.app, held, came(&inside, Verdict::Delivered)).await.unwrap();
        assert_eq!(now(&inside, order.id).await.state, OrderState::Sent);
    }
}

#[tokio::test]
async fn a_resend_goes_where_the_supplier_is_now() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let orders = ordered(&inside, &[("PEN-01", "10"), ("BOLT-M8", "10")]).await;
        let ada = inside.actor("ada@acme.example").await;
        let set = |channel, email: Option<&str>| SetDelivery {
            supplier: "office-one".to_owned(),
            channel,
            url: None,
            email: email.map(str::to_owned),
            identity: None,
            secret: Some(Secret::new("another-secret")),
            profile_overrides: None,
        };
        let fault = act(&inside.app, &ada, set(Channel::Email, None)).await.unwrap_err();
        assert_eq!(code(fault), "missing-field");
        let mail = set(Channel::Email, Some("orders@office-one.example"));
        let settings = act(&inside.app, &ada, mail).await.unwrap();
        assert_eq!((settings.channel, settings.has_secret), (Channel::Email, true));
        act(&inside.app, &ada, Resend { order: orders[0].id }).await.unwrap();
        let row = sending(&inside, orders[0].id).await;
        assert_eq!(
            (row.channel, row.target.as_str()),
            (Channel::Email, "orders@office-one.example")
        );
        // What waits on the desk is not sent anywhere.
        let fault = act(&inside.app, &ada, Resend { order: orders[1].id }).await.unwrap_err();
        assert_eq!(code(fault), "nothing-to-send");
        let ed = inside.actor("ed@acme.example").await;
        let fault = act(&inside.app, &ed, Resend { order: orders[0].id }).await.unwrap_err();
        assert_eq!(code(fault), "not-allowed");
        let taken = SetDelivery {
            identity: Some(Identity::new("NetworkId", "AN01000000002")),
            ..set(Channel::Desk, None)
        };
        assert_eq!(code(act(&inside.app, &ada, taken).await.unwrap_err()), "identity-taken");
    }
}

#[tokio::test]
async fn the_desk_confirms_ships_and_the_buyer_receives() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("BOLT-M8", "10")]).await.remove(0);
        let (app, id) = (&inside.app, order.id);
        let sue = inside.actor("sue@partsdesk.example").await;
        let part = |kind, quantity: i64| Part {
            line_number: 1,
            kind,
            quantity: quantity.into(),
            price: None,
            delivery_on: None,
            comment: String::new(),
        };
        let mut said = whole(ConfirmationKind::Detail, "");
        let parts = vec![part(PartKind::Accept, 6), part(PartKind::Backordered, 4)];
        said.lines = vec![SaidLine { line_number: 1, stated: 10.into(), parts }];
        act(app, &sue, Confirm { order: id, said }).await.unwrap();
        assert_eq!(now(&inside, id).await.state, OrderState::PartlyConfirmed);
        let said = whole(ConfirmationKind::Accept, "");
        act(app, &sue, Confirm { order: id, said }).await.unwrap();
        assert_eq!(now(&inside, id).await.state, OrderState::Confirmed);
        let some = vec![Moved { line_number: 1, quantity: 4.into() }];
        act(app, &sue, Ship { order: id, said: parcel(some.clone()) }).await.unwrap();
        assert_eq!(now(&inside, id).await.state, OrderState::PartlyShipped);
        act(app, &sue, Ship { order: id, said: parcel(Vec::new()) }).await.unwrap();
        assert_eq!(now(&inside, id).await.state, OrderState::Shipped);
        let fault = act(app, &sue, Ship { order: id, said: parcel(some.clone()) }).await;
        assert_eq!(code(fault.unwrap_err()), "over-quantity");
        let said = whole(ConfirmationKind::Reject, "no");
        let fault = act(app, &sue, Confirm { order: id, said }).await.unwrap_err();
        assert_eq!(code(fault), "order-state");
        for stranger in ["ivy@acme.example", "ed@globex.example"] {
            let who = inside.actor(stranger).await;
            let fault = act(app, &who, Receive { order: id, parts: Vec::new() }).await.unwrap_err();
            assert_eq!(code(fault), "not-found", "{stranger}");
        }
        let ed = inside.actor("ed@acme.example").await;
        act(app, &ed, Receive { order: id, parts: some }).await.unwrap();
        assert_eq!(now(&inside, id).await.state, OrderState::PartlyReceived);
        act(app, &ed, Receive { order: id, parts: Vec::new() }).await.unwrap();
        assert_eq!(now(&inside, id).await.state, OrderState::Received);
        let mut reader = app.reader(&ed).await.unwrap();
        let view = order::get(&mut reader, id).await.unwrap();
        let counts = (view.confirmations.len(), view.shipments.len(), view.receipts.len());
        assert_eq!(counts, (2, 2, 2));
        drop(reader);
        let mut reader = app.reader(&sue).await.unwrap();
        assert!(order::get(&mut reader, id).await.unwrap().deliveries.is_empty());
    }
}

#[tokio::test]
async fn a_rejected_order_gives_its_money_back_and_tells_the_requester_why() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("BOLT-M8", "1000")]).await.remove(0);
        letters(&inside).await;
        let sue = inside.actor("sue@partsdesk.example").await;
        let said = whole(ConfirmationKind::Reject, "No bolts this year");
        act(&inside.app, &sue, Confirm { order: order.id, said }).await.unwrap();
        assert_eq!(now(&inside, order.id).await.state, OrderState::Rejected);
        let told = letters(&inside).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("ed@acme.example: "), "{told:?}");
        let day = inside.app.now().day_in("Europe/Berlin");
        let mut conn = inside.app.store.read().await.unwrap();
        let acme = store::organisation::by_name(&mut conn, "acme").await.unwrap().unwrap();
        let centers = store::organisation::cost_centers(&mut conn, acme.id).await.unwrap();
        let center = centers.iter().find(|center| center.code == "4100").unwrap();
        let subject = countersign::domain::budget::Subject::cost_center(center.id);
        let whose = (acme.id, &subject);
        let budget = store::budget::for_day(&mut conn, whose, day).await.unwrap();
        let (committed, reserved) = budget
            .map(|budget| (budget.standing.committed.minor(), budget.standing.reserved.minor()))
            .unwrap();
        assert_eq!((committed, reserved), (0, 0));
    }
}

/// A confirmation by cXML; the answer's status code.
async fn confirmed(inside: &Inside, order: &Order, named: (&str, &str), items: &str) -> u16 {
    let (payload, header) = named;
    let request = format!(
        "<ConfirmationRequest><ConfirmationHeader {header} \
         noticeDate=\"2026-11-21T09:00:00+00:00\"/><OrderReference orderID=\"{}\">\
         <DocumentReference payloadID=\"{}\"/></OrderReference>{items}</ConfirmationRequest>",
        order.number, order.payload_id
    );
    let document = envelope(OFFICE_ONE, payload, &request)
        .replace("1.2.071/cXML.dtd", "1.2.071/Fulfill.dtd")
        .replacen(
            "<To><Credential domain=\"DUNS\"><Identity>999999999",
            "<To><Credential domain=\"NetworkId\"><Identity>AN01000000001",
            1,
        );
    dtd::check(&document);
    let post = Post { bytes: document.as_bytes(), ..Post::default() };
    let answer = inbox::receive(&inside.app, post).await.body;
    let answer = String::from_utf8(answer).unwrap();
    dtd::check(&answer);
    status(&answer).unwrap()
}

fn item(parts: &[(&str, i64)]) -> String {
    let unit = "<UnitOfMeasure>EA</UnitOfMeasure>";
    let statuses: String = parts
        .iter()
        .map(|(kind, quantity)| {
            format!(
                "<ConfirmationStatus type=\"{kind}\" quantity=\"{quantity}\">{unit}\
                 </ConfirmationStatus>"
            )
        })
        .collect();
    let sum: i64 = parts.iter().map(|(_, quantity)| quantity).sum();
    format!(
        "<ConfirmationItem lineNumber=\"1\" quantity=\"{sum}\">{unit}{statuses}</ConfirmationItem>"
    )
}

#[tokio::test]
async fn a_confirmation_counts_once_and_its_update_takes_its_place() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await.remove(0);
        let new = "type=\"detail\" operation=\"new\" confirmID=\"C1\"";
        let update = "type=\"detail\" operation=\"update\" confirmID=\"C1\"";
        let first = item(&[("accept", 6), ("backordered", 4)]);
        assert_eq!(confirmed(&inside, &order, ("1@office", new), &first).await, 200);
        // The same words under another payloadID change nothing; other words need an update.
        assert_eq!(confirmed(&inside, &order, ("2@office", new), &first).await, 200);
        let other = item(&[("accept", 7), ("reject", 3)]);
        assert_eq!(confirmed(&inside, &order, ("3@office", new), &other).await, 409);
        assert_eq!(confirmed(&inside, &order, ("4@office", update), &other).await, 200);
        let mut conn = inside.app.store.read().await.unwrap();
        let all = store::confirmation::of_order(&mut conn, order.id).await.unwrap();
        assert_eq!(all.iter().map(|one| one.replaced).collect::<Vec<_>>(), [true, false]);
        let line = store::order::lines(&mut conn, order.id).await.unwrap().remove(0);
        let progress = line.progress;
        assert_eq!((progress.confirmed, progress.backordered), (7.into(), 0.into()));
        assert_eq!(progress.rejected, 3.into());
        drop(conn);
        let mut unknown = order.clone();
        unknown.number = "PO-2026-999999".to_owned();
        unknown.payload_id = "nothing@x".to_owned();
        assert_eq!(confirmed(&inside, &unknown, ("5@office", new), &first).await, 417);
        // By its number alone, when the payloadID is of no use.
        let named = Order { payload_id: String::new(), ..order.clone() };
        let whole = "type=\"accept\" confirmID=\"C2\"";
        assert_eq!(confirmed(&inside, &named, ("6@office", whole), "").await, 200);
        assert_eq!(now(&inside, order.id).await.state, OrderState::Confirmed);
    }
}

#[tokio::test]
async fn a_list_shows_ones_own_orders_and_all_to_those_who_may() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await.remove(0);
        let taken = take(&inside).await.remove(0);
        delivery::settle(&inside.app, taken, came(&inside, Verdict::Transient)).await.unwrap();
        let cut = countersign::base::page::Cut::default();
        for (who, sees) in [
            ("ed@acme.example", 1),
            ("mia@acme.example", 1),
            ("ivy@acme.example", 0),
            ("dan@acme.example", 1),
            ("ada@acme.example", 1),
            ("ada@globex.example", 0),
            ("sue@partsdesk.example", 0),
        ] {
            let actor = inside.actor(who).await;
            let mut reader = inside.app.reader(&actor).await.unwrap();
            let page = order::list(&mut reader, &cut).await.unwrap();
            assert_eq!(page.items.len(), sees, "{who}");
            let one = order::get(&mut reader, order.id).await;
            assert_eq!(one.is_ok(), sees == 1, "{who}");
            if let (Some(brief), Ok(one)) = (page.items.first(), one) {
                assert_eq!(brief.deliveries, one.deliveries, "{who}");
                assert_eq!(brief.deliveries[0].attempts.len(), 1, "{who}");
            }
        }
        let mut conn = inside.app.store.read().await.unwrap();
        let foreign = OrganisationId::from_bits(1);
        let none = store::order::in_organisation(&mut conn, foreign, order.id).await.unwrap();
        assert_eq!(none, None);
        assert!(order.issued_at > Time::from_millis(0));
    }
}
