//! People who are away: deputies, reminders, the next manager, the end. The clock is moved by hand.

use serde_json::{Value, json};

use crate::harness::{Api, Kind, Server, site::eventually};

const DESKS: &[(&str, &str, &str)] = &[("DESK-01", "office-one", "4")];

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

async fn task(api: &Api, requisition: &str, assignee: &str) -> Value {
    let now = api.get(&format!("/requisitions/{requisition}")).await.expect(200).json();
    let steps = now["plan"]["steps"].as_array().cloned().unwrap_or_default();
    let mut tasks = steps.iter().flat_map(|step| step["tasks"].as_array().cloned().expect("tasks"));
    tasks.find(|task| task["assignee"] == assignee).expect("a task")
}

async fn state(api: &Api, requisition: &str) -> String {
    let now = api.get(&format!("/requisitions/{requisition}")).await.expect(200).json();
    now["state"].as_str().expect("a state").to_owned()
}

async fn until_state(api: &Api, requisition: &str, wanted: &str) {
    eventually(wanted, || async { state(api, requisition).await == wanted }).await;
}

/// Audit entries of one kind about one object.
async fn count(server: &Server, about: &str, kind: &str) -> usize {
    let ada = server.api("ada@acme.example").await;
    let entries = ada.list(&format!("/audit?about={about}")).await;
    entries.iter().filter(|entry| entry["kind"] == kind).count()
}

#[tokio::test]
async fn a_deputy_decides_for_a_while_and_it_is_recorded() {
    for kind in Kind::all() {
        let server = Server::demo_on(kind).await;
        let ed = server.api("ed@acme.example").await;
        let mia = server.api("mia@acme.example").await;
        let ivy = server.api("ivy@acme.example").await;
        let before = ed.requisition(DESKS, "4100").await;
        let body = json!({
            "deputy": "ivy@acme.example",
            "until": "2030-01-31",
            "up_to": {"amount": "2000.00", "currency": "EUR"},
            "reason": "Leave",
        });
        // More than a year is no leave.
        assert_eq!(mia.post("/delegations", body).await.expect(422).json()["code"], "bad-span");
        let body = json!({
            "deputy": "ivy@acme.example",
            "until": "2027-01-31",
            "up_to": {"amount": "2000.00", "currency": "EUR"},
            "reason": "Leave",
        });
        let made = mia.post("/delegations", body).await.expect(201).json();
        assert_eq!(made["state"], "active", "{made}");
        assert!(!ivy.is_asked(id(&before)).await, "what is open stays with mia");

        let it = ed.requisition(DESKS, "4100").await;
        assert!(ivy.is_asked(id(&it)).await);
        let tasks = ivy.list("/tasks").await;
        assert_eq!(tasks[0]["on_behalf_of"], "mia@acme.example", "{tasks:?}");
        let open = task(&ed, id(&it), "mia@acme.example").await;
        assert_eq!(open["stand_ins"][0]["person"], "ivy@acme.example", "{open}");
        assert!(
            open["stand_ins"][0]["until"].as_str().is_some_and(|t| t.starts_with("2027-01-31"))
        );
        ivy.decide(id(&it), "approve").await.expect(200);
        let done = task(&ed, id(&it), "mia@acme.example").await;
        assert_eq!(done["decided_by"], "ivy@acme.example", "{done}");
        assert_eq!(done["on_behalf_of"], "mia@acme.example", "{done}");
        assert_eq!(state(&ed, id(&it)).await, "ordered");

        let large = ed.requisition(&[("DESK-01", "office-one", "6")], "4100").await;
        assert!(!ivy.is_asked(id(&large)).await, "2,700.00 is above what was handed over");
        mia.post(&format!("/delegations/{}/end", id(&made)), json!({})).await.expect(200);
        let after = ed.requisition(DESKS, "4100").await;
        assert!(!ivy.is_asked(id(&after)).await, "it has ended");
    }
}

async fn give_roles(server: &Server, mail: &str, roles: &[&str]) {
    let ada = server.api("ada@acme.example").await;
    ada.put(&format!("/people/{mail}"), json!({"roles": roles})).await.expect(200);
}

#[tokio::test]
async fn a_deputys_edit_stays_within_what_was_handed_over() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let up_to = json!({"amount": "1000.00", "currency": "EUR"});
    let body = json!({"deputy": "ivy@acme.example", "until": "2027-01-31", "up_to": up_to});
    mia.post("/delegations", body).await.expect(201);
    let it = ed.requisition(&[("DESK-01", "office-one", "2")], "4100").await;
    let task = ivy.list("/tasks").await.remove(0);
    let with = |quantity: &str| {
        json!({
            "decision": "approve",
            "content_hash": task["content_hash"],
            "lines": [{"line": 1, "quantity": quantity}],
        })
    };
    let path = format!("/tasks/{}/decide", id(&task));
    let refused = ivy.post(&path, with("8")).await.expect(422).json();
    assert_eq!(refused["code"], "beyond-delegation", "{refused}");
    assert_eq!(state(&ed, id(&it)).await, "pending");
    let now = ed.get(&format!("/requisitions/{}", id(&it))).await.expect(200).json();
    assert_eq!(now["total"]["amount"], "900.00", "nothing was changed: {now}");
    ivy.post(&path, with("1")).await.expect(200);
    let now = ed.get(&format!("/requisitions/{}", id(&it))).await.expect(200).json();
    assert_eq!(now["total"]["amount"], "450.00", "{now}");
}

#[tokio::test]
async fn who_lost_his_right_neither_stands_in_nor_is_stood_in_for() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let body = json!({"deputy": "ivy@acme.example", "until": "2027-01-31"});
    mia.post("/delegations", body).await.expect(201);
    let it = ed.requisition(DESKS, "4100").await;
    let open = ivy.list("/tasks").await.remove(0);
    let path = format!("/tasks/{}/decide", id(&open));
    let plain = json!({"decision": "approve", "content_hash": open["content_hash"]});
    let mut by_line = plain.clone();
    by_line["lines"] = json!([{"line": 1, "quantity": "3"}]);
    let ways = [plain.clone(), by_line];
    // The deputy keeps the policies now and may not stand in any more.
    give_roles(&server, "ivy@acme.example", &["admin"]).await;
    for body in &ways {
        let refused = ivy.post(&path, body.clone()).await.expect(403).json();
        assert_eq!(refused["code"], "not-allowed", "{refused}");
    }
    let later = ed.requisition(DESKS, "4100").await;
    assert!(!ivy.is_asked(id(&later)).await, "nor is she asked about what comes later");
    // The deputy may again, and now the one for whom she stands in may not decide.
    give_roles(&server, "ivy@acme.example", &["approver"]).await;
    give_roles(&server, "mia@acme.example", &["requester"]).await;
    for body in &ways {
        let refused = ivy.post(&path, body.clone()).await.expect(403).json();
        assert_eq!(refused["code"], "not-allowed", "{refused}");
    }
    assert_eq!(state(&ed, id(&it)).await, "pending");
    // Whoever may not decide is stepped over by what is handed in now.
    let stepped = ed.requisition(DESKS, "4100").await;
    assert_eq!(crate::harness::api::asked(&stepped), [["dan@acme.example"]], "{stepped}");
    give_roles(&server, "mia@acme.example", &["approver"]).await;
    ivy.post(&path, plain).await.expect(200);
    assert_eq!(state(&ed, id(&it)).await, "ordered");
}

#[tokio::test]
async fn one_person_is_never_two_signatures_by_standing_in() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let body = json!({"deputy": "ivy@acme.example", "until": "2027-01-31"});
    mia.post("/delegations", body).await.expect(201);
    // Ivy reviews laptops herself, so Mia's signature stays Mia's.
    let it = ed.requisition(&[("LAPTOP-01", "office-one", "1")], "4100").await;
    let own = task(&ed, id(&it), "mia@acme.example").await;
    assert!(own["stand_ins"].is_null(), "{own}");
    let ivy = server.api("ivy@acme.example").await;
    ivy.decide(id(&it), "approve").await.expect(200);
    assert_eq!(state(&ed, id(&it)).await, "pending");
}

#[tokio::test]
async fn a_circle_of_delegations_is_refused_with_its_people_and_a_moment() {
    let server = Server::demo().await;
    let hand =
        |deputy: &str| json!({"deputy": deputy, "from": "2026-12-01", "until": "2027-01-10"});
    let mia = server.api("mia@acme.example").await;
    let dan = server.api("dan@acme.example").await;
    let carla = server.api("carla@acme.example").await;
    mia.post("/delegations", hand("dan@acme.example")).await.expect(201);
    dan.post("/delegations", hand("carla@acme.example")).await.expect(201);
    let refused = carla.post("/delegations", hand("mia@acme.example")).await.expect(422).json();
    assert_eq!(refused["code"], "delegation-cycle", "{refused}");
    let witness = refused["witness"].as_str().expect("a witness");
    let people = "carla@acme.example -> mia@acme.example -> dan@acme.example -> carla@acme.example";
    assert!(witness.starts_with(people), "{witness}");
    // Other days close no circle.
    let later = json!({"deputy": "mia@acme.example", "from": "2027-02-01", "until": "2027-02-10"});
    carla.post("/delegations", later).await.expect(201);
    let own = dan.post("/delegations", hand("dan@acme.example")).await.expect(422).json();
    assert_eq!(own["code"], "own-deputy");
}

#[tokio::test]
async fn reminder_manager_and_end_come_once_each_also_with_two_servers() {
    let server = Server::demo_on(*Kind::all().last().expect("a kind")).await;
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(DESKS, "4100").await;
    let first = task(&ed, id(&it), "mia@acme.example").await;
    let task_id = id(&first).to_owned();
    let dan = server.api("dan@acme.example").await;
    // A weekend may lie between: five days hold three working days at least, and ten at most
    // before a fortnight is over.
    server.advance("P4D").await;
    eventually("a reminder", || async { count(&server, &task_id, "task-reminded").await == 1 })
        .await;
    server.advance("P3D").await;
    eventually("the next manager", || async { dan.is_asked(id(&it)).await }).await;
    assert_eq!(dan.list("/tasks").await[0]["on_behalf_of"], "mia@acme.example");
    assert_eq!(state(&ed, id(&it)).await, "pending");
    server.advance("P9D").await;
    until_state(&ed, id(&it), "expired").await;
    for (kind, times) in [("task-reminded", 1), ("task-escalated", 1)] {
        assert_eq!(count(&server, &task_id, kind).await, times, "{kind}");
    }
    assert_eq!(count(&server, id(&it), "requisition-expired").await, 1);
    let budgets = server.api("ada@acme.example").await.list("/budgets").await;
    let budget = budgets.iter().find(|b| b["cost_center"] == "4100").expect("a budget");
    assert_eq!(budget["reserved"]["amount"], "0.00", "{budget}");
}

#[tokio::test]
async fn days_away_and_holidays_are_no_working_days() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let plain = ed.requisition(DESKS, "4100").await;
    let due = task(&ed, id(&plain), "mia@acme.example").await["due_at"].to_string();
    let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:leave-1\r\n\
        DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20261231\r\nSUMMARY:Leave\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    let done = mia.post("/absences/import", json!({"calendar": calendar})).await.expect(200).json();
    assert_eq!(done["added"], 1, "{done}");
    let again = mia.post("/absences/import", json!({"calendar": calendar})).await.expect(200);
    assert_eq!(again.json()["known"], 1);
    let holidays = json!({"holidays": [{"day": "2026-12-31", "name": "New Year's Eve"}]});
    ada.put("/holidays", holidays).await.expect(200);
    let away = ed.requisition(DESKS, "4100").await;
    let later = task(&ed, id(&away), "mia@acme.example").await["due_at"].to_string();
    assert!(later > due && later.contains("2027-01-0"), "{due} {later}");
    ed.put("/holidays", json!({"holidays": []})).await.expect(404);
}

#[tokio::test]
async fn the_forecast_names_who_is_away_and_who_could_be_asked() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let plain = ed.requisition(DESKS, "4100").await;
    let plain = ed.get(&format!("/requisitions/{}", id(&plain))).await.expect(200).json();
    let soon = plain["forecast"]["decided_at"].as_str().expect("a time").to_owned();
    assert!(plain["forecast"]["price_hold_until"].as_str() > Some(soon.as_str()), "{plain}");
    assert!(plain["forecast"]["waits"][0]["away_until"].is_null(), "{plain}");
    let away = json!({"from": "2026-01-01", "to": "2027-03-31"});
    mia.post("/absences", away).await.expect(201);
    let held = ed.requisition(DESKS, "4100").await;
    let held = ed.get(&format!("/requisitions/{}", id(&held))).await.expect(200).json();
    let wait = &held["forecast"]["waits"][0];
    assert_eq!(wait["person"], "mia@acme.example", "{held}");
    assert_eq!(wait["away_until"], "2027-03-31");
    assert_eq!(wait["could_ask"], "dan@acme.example");
    assert!(held["forecast"]["decided_at"].as_str() > Some("2027-03-31"), "{held}");
    let body = json!({"deputy": "dan@acme.example", "until": "2027-03-31"});
    mia.post("/delegations", body).await.expect(201);
    let helped = ed.requisition(DESKS, "4100").await;
    let helped = ed.get(&format!("/requisitions/{}", id(&helped))).await.expect(200).json();
    let wait = &helped["forecast"]["waits"][0];
    assert_eq!(wait["deputy"], "dan@acme.example", "{helped}");
    assert!(wait["away_until"].is_null());
    assert!(helped["forecast"]["decided_at"].as_str() < Some("2027-03-31"), "{helped}");
}

#[tokio::test]
async fn the_next_delegation_counts_when_the_newest_leads_to_the_requester() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let dan = server.api("dan@acme.example").await;
    for deputy in ["dan@acme.example", "ed@acme.example"] {
        let body = json!({"deputy": deputy, "until": "2027-03-31"});
        mia.post("/delegations", body).await.expect(201);
    }
    let it = ed.requisition(DESKS, "4100").await;
    let it = ed.get(&format!("/requisitions/{}", id(&it))).await.expect(200).json();
    assert_eq!(it["forecast"]["waits"][0]["deputy"], "dan@acme.example", "{it}");
    let open = dan.list("/tasks").await.remove(0);
    let body = json!({"decision": "approve", "content_hash": open["content_hash"]});
    dan.post(&format!("/tasks/{}/decide", id(&open)), body).await.expect(200);
    until_state(&ed, id(&it), "ordered").await;
}

#[tokio::test]
async fn nobody_waits_for_the_answer_of_someone_who_was_disabled() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(DESKS, "4100").await;
    let ada = server.api("ada@acme.example").await;
    ada.post("/people/mia@acme.example/disable", json!({})).await.expect(200);
    let it = ed.get(&format!("/requisitions/{}", id(&it))).await.expect(200).json();
    let wait = &it["forecast"]["waits"][0];
    assert!(wait["answer_at"].is_null(), "{it}");
    assert_eq!(wait["could_ask"], "dan@acme.example", "{it}");
}

#[tokio::test]
async fn a_question_stops_the_clock_until_the_requester_answers() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let it = ed.requisition(DESKS, "4100").await;
    let path = format!("/requisitions/{}/comments", id(&it));
    let due = task(&ed, id(&it), "mia@acme.example").await["due_at"].to_string();
    let early = ed.post(&path, json!({"text": "Why so slow?", "question": true})).await;
    assert_eq!(early.expect(403).json()["code"], "not-asked");
    let asked = json!({"text": "Which desks?", "question": true});
    mia.post(&path, asked).await.expect(201);
    let stranger = server.api("ed@globex.example").await;
    stranger.get(&path).await.expect(404);
    // A fortnight of silence: nothing rings. Another task tells when the timers have looked.
    server.advance("P16D").await;
    let other = ed.requisition(DESKS, "4100").await;
    server.advance("P4D").await;
    let other = task(&ed, id(&other), "mia@acme.example").await;
    let other = id(&other).to_owned();
    eventually("the other reminder", || async {
        count(&server, &other, "task-reminded").await == 1
    })
    .await;
    assert_eq!(state(&ed, id(&it)).await, "pending");
    let answered = ed.post(&path, json!({"text": "The oak ones."})).await.expect(201).json();
    assert_eq!(answered["kind"], "answer", "{answered}");
    let later = task(&ed, id(&it), "mia@acme.example").await["due_at"].to_string();
    assert!(later > due, "{due} {later}");
    let said = mia.list(&path).await;
    let kinds: Vec<&Value> = said.iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["question", "answer"]);
    mia.decide(id(&it), "approve").await.expect(200);
}
