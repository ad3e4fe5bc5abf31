//! Sign-off on both databases: plans, decisions, races, budgets to the cent.

use std::sync::Arc;

use countersign::{
    app::{
        Actor, AppError, act,
        approval::{self, Decide, LinkState},
        audit, budget, cart,
        requisition::{self, ChangeLines, Submit, Submitted, Wish, Withdraw},
        worklist,
    },
    base::{id::RequisitionId, page::Cut, time::HOUR_MS},
    domain::{
        approval::{BudgetMode, TaskState, Verdict},
        refusal::RefusalKind,
        requisition::RequisitionState,
    },
    store,
};

use crate::harness::{
    Kind,
    inside::{Inside, asked, euro},
};

fn wish(cost_center: &str) -> Wish {
    Wish {
        cost_center: cost_center.to_owned(),
        ship_to: None,
        needed_on: None,
        comment: None,
        ..Wish::default()
    }
}

async fn submit(
    inside: &Inside,
    actor: &Actor,
    lines: &[(&str, &str)],
    cost_center: &str,
) -> Result<Submitted, AppError> {
    let cart = inside.cart(actor, lines).await;
    act(&inside.app, actor, Submit { cart, wish: wish(cost_center) }).await
}

async fn view(inside: &Inside, actor: &Actor, id: RequisitionId) -> requisition::RequisitionView {
    let mut reader = inside.app.reader(actor).await.unwrap();
    requisition::get(&mut reader, id).await.unwrap()
}

/// `order people:state` of each step, people by the local part of their address.
fn plan(view: &requisition::RequisitionView) -> Vec<String> {
    let step = |step: &countersign::domain::approval::Step| {
        let local = |task: &countersign::domain::approval::Task| {
            view.mail(task.assignee).split('@').next().unwrap().to_owned()
        };
        let people: Vec<String> = step.tasks.iter().map(local).collect();
        format!("{} {}:{}", step.order, people.join("|"), step.state)
    };
    view.steps.iter().map(step).collect()
}

/// The decision that a person takes on the requisition as it stands.
async fn decide(
    inside: &Inside,
    who: &Actor,
    id: RequisitionId,
    verdict: Verdict,
) -> Result<approval::Decided, AppError> {
    let mut conn = inside.app.store.read().await.unwrap();
    let requisition = store::requisition::get_any(&mut conn, id).await.unwrap().unwrap();
    let steps = store::step::of_requisition(&mut conn, id).await.unwrap();
    let task = steps
        .iter()
        .filter(|step| step.round == requisition.round)
        .flat_map(|step| &step.tasks)
        .find(|task| Some(task.assignee) == who.person_id());
    let task = task.expect("the person has a task").id;
    drop(conn);
    let content_hash = requisition.content_hash;
    act(&inside.app, who, Decide { task, verdict, comment: None, content_hash }).await
}

fn code(fault: AppError) -> String {
    fault.told().code.to_owned()
}

async fn standing(inside: &Inside, cost_center: &str) -> [String; 4] {
    let ada = inside.actor("ada@acme.example").await;
    let mut reader = inside.app.reader(&ada).await.unwrap();
    let page = budget::list(&mut reader, &Cut::default()).await.unwrap();
    let found = page.items.into_iter().find(|one| one.code == cost_center).unwrap();
    // The ledger alone gives the same figures.
    let now = Some(inside.app.now());
    let from_ledger = budget::get(&mut reader, found.budget.id, now).await.unwrap();
    assert_eq!(from_ledger.standing, found.standing);
    let parts = [found.standing.reserved, found.standing.committed, found.standing.spent];
    let [reserved, committed, spent] = parts.map(|money| money.amount_text());
    [reserved, committed, spent, found.available.amount_text()]
}

async fn audit_is_whole(inside: &Inside) {
    let mut conn = inside.app.store.read().await.unwrap();
    audit::verify(&mut conn, &[]).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_large_cart_is_signed_by_two_side_by_side_and_then_by_the_director() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4100", BudgetMode::RequireApproval, "100000.00").await;
        let ed = inside.actor("ed@acme.example").await;
        let lines = [("LAPTOP-01", "5"), ("DRILL-01", "2"), ("BOLT-M8", "1000")];
        let submitted = submit(&inside, &ed, &lines, "4100").await.unwrap();
        assert_eq!(submitted.state, RequisitionState::Pending);
        assert_eq!(submitted.number, "REQ-2026-000001");
        let id = submitted.requisition;
        let shown = view(&inside, &ed, id).await;
        assert_eq!(shown.requisition.total, euro("6214.80"));
        assert_eq!(plan(&shown), ["1 mia:open", "1 ivy:open", "2 dan:waiting"]);
        assert_eq!(standing(&inside, "4100").await, ["6214.80", "0.00", "0.00", "93785.20"]);

        let dan = inside.actor("dan@acme.example").await;
        let no = decide(&inside, &dan, id, Verdict::Approve).await.unwrap_err();
        assert_eq!(code(no), "task-not-open");
        for (who, expected) in [
            ("ed@acme.example", "self-approval"),
            ("carla@acme.example", "not-found"),
            ("ada@acme.example", "not-found"),
            ("mia@globex.example", "not-found"),
        ] {
            let who = inside.actor(who).await;
            let task = shown.steps[0].tasks[0].id;
            let content_hash = shown.requisition.content_hash.clone();
            let decide = Decide { task, verdict: Verdict::Approve, comment: None, content_hash };
            assert_eq!(code(act(&inside.app, &who, decide).await.unwrap_err()), expected);
        }
        for who in ["ivy", "mia", "dan"] {
            let who = inside.actor(&format!("{who}@acme.example")).await;
            let mut reader = inside.app.reader(&who).await.unwrap();
            let open = worklist::open(&mut reader, &Cut::default()).await.unwrap();
            assert_eq!(open.items.len(), 1);
            assert_eq!(open.items[0].budget_left, Some(euro("93785.20")));
            drop(reader);
            decide(&inside, &who, id, Verdict::Approve).await.unwrap();
            let again = decide(&inside, &who, id, Verdict::Approve).await.unwrap_err();
            assert_eq!(code(again), "already-decided");
        }
        let shown = view(&inside, &ed, id).await;
        assert_eq!(shown.requisition.state, RequisitionState::Ordered);
        let totals: Vec<String> =
            shown.orders.iter().map(|one| one.order.total.amount_text()).collect();
        assert_eq!(totals, ["6000.00", "179.80", "35.00"]);
        assert_eq!(standing(&inside, "4100").await, ["0.00", "6214.80", "0.00", "93785.20"]);
        audit_is_whole(&inside).await;
    }
}

#[tokio::test]
async fn the_own_limit_is_inclusive_and_budgets_block_or_ask_the_director() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4100", BudgetMode::RequireApproval, "1000.00").await;
        inside.budget("4200", BudgetMode::Block, "600.00").await;
        let ed = inside.actor("ed@acme.example").await;
        for (lines, state) in [
            (vec![("PEN-01", "400")], RequisitionState::Ordered),
            (vec![("DESK-01", "1"), ("PEN-01", "50")], RequisitionState::Ordered),
        ] {
            assert_eq!(submit(&inside, &ed, &lines, "4100").await.unwrap().state, state);
        }
        let over = [("PEN-01", "500"), ("CENT-01", "1")];
        let submitted = submit(&inside, &ed, &over, "4200").await.unwrap();
        assert_eq!(plan(&view(&inside, &ed, submitted.requisition).await), ["1 mia:open"]);
        assert_eq!(standing(&inside, "4200").await, ["500.01", "0.00", "0.00", "99.99"]);
        let no = submit(&inside, &ed, &[("PEN-01", "100")], "4200").await.unwrap_err().told();
        assert_eq!((no.code, no.kind), ("budget-exceeded", RefusalKind::Invalid));
        let available = r#"{"amount":"99.99","currency":"EUR"}"#;
        let named = ("budget", "cost centre 4200".to_owned());
        assert_eq!(no.more, [named, ("available", available.to_owned())]);
        let submitted = submit(&inside, &ed, &[("PEN-01", "101")], "4100").await.unwrap();
        assert_eq!(plan(&view(&inside, &ed, submitted.requisition).await), ["1 dan:open"]);
        assert_eq!(standing(&inside, "4100").await, ["101.00", "900.00", "0.00", "-1.00"]);
        let no = submit(&inside, &ed, &[("PEN-01", "1")], "9999").await.unwrap_err().told();
        assert_eq!(no.field.as_deref(), Some("cost_center"));
        let cart = inside.cart(&ed, &[("PEN-01", "1")]).await;
        let wish = Wish { ship_to: Some("moon".to_owned()), ..wish("4100") };
        let no = act(&inside.app, &ed, Submit { cart, wish }).await.unwrap_err().told();
        assert_eq!((no.code, no.field.as_deref()), ("unknown-address", Some("ship_to")));
    }
}

#[tokio::test]
async fn a_change_makes_earlier_decisions_void_and_old_links_and_hashes_say_so() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4200", BudgetMode::Block, "10000.00").await;
        let ed = inside.actor("ed@acme.example").await;
        let mia = inside.actor("mia@acme.example").await;
        let first = submit(&inside, &ed, &[("LAPTOP-01", "1")], "4200").await.unwrap();
        let id = first.requisition;
        decide(&inside, &mia, id, Verdict::Approve).await.unwrap();
        let before = view(&inside, &ed, id).await;
        let task =
            |shown: &requisition::RequisitionView, at: usize| shown.steps[at].tasks[0].clone();
        let old = task(&before, 1);
        let link = approval::link_token(&inside.app.keys, old.id, &old.content_hash);
        let state = approval::of_link(&inside.app, &link).await.unwrap().1;
        assert_eq!(state, LinkState::Open);

        let change = ChangeLines { requisition: id, lines: asked(&[("LAPTOP-01", "2")]) };
        act(&inside.app, &ed, change.clone()).await.unwrap();
        let after = view(&inside, &ed, id).await;
        assert_ne!(after.requisition.content_hash, before.requisition.content_hash);
        assert_eq!(plan(&after), ["1 mia:open", "1 ivy:open"]);
        assert!(after.earlier.iter().flat_map(|s| &s.tasks).all(|t| t.state == TaskState::Void));
        assert_eq!(standing(&inside, "4200").await, ["2400.00", "0.00", "0.00", "7600.00"]);
        let state = approval::of_link(&inside.app, &link).await.unwrap().1;
        assert_eq!(state, LinkState::ContentChanged);
        let ivy = inside.actor("ivy@acme.example").await;
        for (task, content_hash) in
            [(old.id, old.content_hash.clone()), (task(&after, 1).id, old.content_hash.clone())]
        {
            let decide = Decide { task, verdict: Verdict::Approve, comment: None, content_hash };
            let no = act(&inside.app, &ivy, decide).await.unwrap_err();
            assert_eq!(code(no), "content-changed");
        }
        // The same lines again change nothing.
        act(&inside.app, &ed, change).await.unwrap();
        assert_eq!(view(&inside, &ed, id).await.requisition.round, 2);
        let none = ChangeLines { requisition: id, lines: Vec::new() };
        assert_eq!(code(act(&inside.app, &ed, none).await.unwrap_err()), "no-lines");
        let much = ChangeLines { requisition: id, lines: asked(&[("LAPTOP-01", "9")]) };
        assert_eq!(code(act(&inside.app, &ed, much).await.unwrap_err()), "budget-exceeded");
        assert_eq!(standing(&inside, "4200").await, ["2400.00", "0.00", "0.00", "7600.00"]);
        for who in [&mia, &ivy] {
            decide(&inside, who, id, Verdict::Approve).await.unwrap();
        }
        assert_eq!(view(&inside, &ed, id).await.orders.len(), 1);
        audit_is_whole(&inside).await;
    }
}

#[tokio::test]
async fn rejecting_and_withdrawing_give_the_reservation_back() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4200", BudgetMode::Block, "10000.00").await;
        let ed = inside.actor("ed@acme.example").await;
        let mia = inside.actor("mia@acme.example").await;
        let rejected = submit(&inside, &ed, &[("LAPTOP-01", "5")], "4200").await.unwrap();
        decide(&inside, &mia, rejected.requisition, Verdict::Reject).await.unwrap();
        let shown = view(&inside, &ed, rejected.requisition).await;
        assert_eq!(shown.requisition.state, RequisitionState::Rejected);
        assert_eq!(plan(&shown), ["1 mia:rejected", "1 ivy:void", "2 dan:void"]);
        let withdrawn = submit(&inside, &ed, &[("LAPTOP-01", "1")], "4200").await.unwrap();
        let withdraw = Withdraw { requisition: withdrawn.requisition };
        let no = act(&inside.app, &mia, withdraw).await.unwrap_err();
        assert_eq!(code(no), "not-the-requester");
        act(&inside.app, &ed, withdraw).await.unwrap();
        assert_eq!(code(act(&inside.app, &ed, withdraw).await.unwrap_err()), "not-pending");
        assert_eq!(standing(&inside, "4200").await, ["0.00", "0.00", "0.00", "10000.00"]);
    }
}

#[tokio::test]
async fn of_twenty_submissions_at_once_exactly_ten_fit_the_budget() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4200", BudgetMode::Block, "10000.00").await;
        let ed = inside.actor("ed@acme.example").await;
        let mut carts = Vec::new();
        for _ in 0..20 {
            carts.push(inside.cart(&ed, &[("PEN-01", "1000")]).await);
        }
        let jobs: Vec<_> = carts
            .into_iter()
            .map(|cart| {
                let (app, ed) = (Arc::clone(&inside.app), ed.clone());
                tokio::spawn(
                    async move { act(&app, &ed, Submit { cart, wish: wish("4200") }).await },
                )
            })
            .collect();
        let mut numbers = Vec::new();
        for job in jobs {
            match job.await.unwrap() {
                Ok(submitted) => numbers.push(submitted.number),
                Err(fault) => assert_eq!(code(fault), "budget-exceeded"),
            }
        }
        numbers.sort();
        let expected: Vec<String> = (1..=10).map(|n| format!("REQ-2026-{n:06}")).collect();
        assert_eq!(numbers, expected, "exactly ten, and no number is lost");
        assert_eq!(standing(&inside, "4200").await, ["10000.00", "0.00", "0.00", "0.00"]);
    }
}

#[tokio::test]
async fn of_simultaneous_decisions_one_wins_and_none_is_missed() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let ed = inside.actor("ed@acme.example").await;
        let people = ["mia@acme.example", "mia@acme.example", "ivy@acme.example"];
        for _ in 0..5 {
            let lines = [("LAPTOP-01", "5")];
            let id = submit(&inside, &ed, &lines, "4100").await.unwrap().requisition;
            let shown = view(&inside, &ed, id).await;
            let mut jobs = Vec::new();
            for email in people {
                let (app, who) = (Arc::clone(&inside.app), inside.actor(email).await);
                let tasks = shown.steps.iter().flat_map(|step| &step.tasks);
                let own = tasks.clone().find(|task| Some(task.assignee) == who.person_id());
                let decide = Decide {
                    task: own.unwrap().id,
                    verdict: Verdict::Approve,
                    comment: None,
                    content_hash: shown.requisition.content_hash.clone(),
                };
                jobs.push(tokio::spawn(async move { act(&app, &who, decide).await }));
            }
            let mut won = 0;
            for job in jobs {
                match job.await.unwrap() {
                    Ok(_) => won += 1,
                    Err(fault) => assert_eq!(code(fault), "already-decided"),
                }
            }
            assert_eq!(won, 2);
            let shown = view(&inside, &ed, id).await;
            assert_eq!(plan(&shown), ["1 mia:approved", "1 ivy:approved", "2 dan:open"]);
        }
        audit_is_whole(&inside).await;
    }
}

#[tokio::test]
async fn a_decide_link_is_used_up_expires_and_cannot_be_forged() {
    let inside = Inside::new(Kind::Sqlite).await;
    let ed = inside.actor("ed@acme.example").await;
    let mia = inside.actor("mia@acme.example").await;
    let link = |task: &countersign::domain::approval::Task| {
        approval::link_token(&inside.app.keys, task.id, &task.content_hash)
    };
    let id = submit(&inside, &ed, &[("PEN-01", "600")], "4100").await.unwrap().requisition;
    let task = view(&inside, &ed, id).await.steps[0].tasks[0].clone();
    let token = link(&task);
    assert!(approval::of_link(&inside.app, &token[1..]).await.is_err());
    let forged = approval::link_token(&inside.app.keys, task.id, "another hash");
    assert_eq!(code(approval::of_link(&inside.app, &forged).await.unwrap_err()), "not-found");
    decide(&inside, &mia, id, Verdict::Approve).await.unwrap();
    assert!(matches!(approval::of_link(&inside.app, &token).await, Ok((_, LinkState::Used(_)))));

    let id = submit(&inside, &ed, &[("PEN-01", "600")], "4100").await.unwrap().requisition;
    let token = link(&view(&inside, &ed, id).await.steps[0].tasks[0]);
    inside.clock.advance(71 * HOUR_MS);
    assert!(matches!(approval::of_link(&inside.app, &token).await, Ok((_, LinkState::Open))));
    inside.clock.advance(2 * HOUR_MS);
    assert!(matches!(approval::of_link(&inside.app, &token).await, Ok((_, LinkState::Used(_)))));
}

#[tokio::test]
async fn an_order_for_a_cart_that_was_signed_off_here_is_not_asked_about_again() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let ed = inside.actor("ed@initech.example").await;
        let mia = inside.actor("mia@initech.example").await;
        let lines = [("DESK-01", "3")];
        let cart = inside.cart(&ed, &lines).await;
        let submit = Submit { cart, wish: wish("4100") };
        let signed = act(&inside.app, &ed, submit).await.unwrap().requisition;
        decide(&inside, &mia, signed, Verdict::Approve).await.unwrap();
        let shown = view(&inside, &ed, signed).await;
        assert_eq!(shown.requisition.state, RequisitionState::Approved);
        for (quantity, held) in [("4", true), ("3", false), ("3", true)] {
            let arrive = Arrive { ed: ed.clone(), cart, quantity: quantity.to_owned() };
            assert_eq!(act(&inside.app, &ed, arrive).await.unwrap(), held, "{quantity}");
        }
        let shown = view(&inside, &ed, signed).await;
        assert_eq!(shown.requisition.state, RequisitionState::Ordered);
        assert!(shown.orders.is_empty(), "the order from outside has them");
    }
}

/// An order of the procurement system for desks.
struct Arrive {
    ed: Actor,
    cart: countersign::base::id::CartId,
    quantity: String,
}

impl countersign::app::Command for Arrive {
    type Answer = bool;
    const NEED: countersign::app::Need = countersign::app::Need::Itself;

    async fn decide(&self, cx: &mut countersign::app::Cx<'_>) -> Result<bool, AppError> {
        let organisation = self.ed.organisation.unwrap();
        let (euro, asked) = (euro("0").currency(), asked(&[("DESK-01", &self.quantity)]));
        let goods = cart::price_lines(cx.conn, organisation, euro, &asked).await?;
        let id: countersign::base::id::RequisitionId = cx.id();
        let incoming = requisition::Incoming {
            organisation,
            requester: self.ed.person_id().unwrap(),
            cart: Some(self.cart),
            punchout_session: None,
            buyer_order_id: id.to_string(),
            buyer_payload_id: id.to_string(),
            cost_center: None,
            ship_to: None,
            bill_to: None,
            needed_on: None,
            extras: Default::default(),
            comment: String::new(),
            currency: euro,
            lines: goods
                .into_iter()
                .map(|goods| requisition::IncomingLine {
                    goods,
                    accounts: Vec::new(),
                    buyer: Default::default(),
                })
                .collect(),
            flags: Vec::new(),
            document: cx.id(),
            enclosed: Vec::new(),
            line_enclosed: Vec::new(),
        };
        Ok(requisition::submit_incoming(cx, incoming).await?.held)
    }
}
