//! The real server over loopback, against its database's own durable commits in the same run.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use common::{
    Demo, Http,
    databases::{Postgres, bare_sqlite},
    folder, per_mille, rate, ratio, report,
};

/// Clients at once.
const CLIENTS: u64 = 32;
const SETUPS: u64 = 4_000;
const SIGN_OFFS: u64 = 400;

fn main() {
    println!("system: the demo in a process of its own, {CLIENTS} clients");
    let bare = bare_sqlite();
    report("SQLite alone, durable 4 KB commits a second", bare, "");
    let data = folder("system-sqlite");
    measure("SQLite", &Demo::start(&data, None), bare, "1.20");
    starts(&data);
    match Postgres::start() {
        Some(postgres) => {
            let bare = postgres.bare();
            report("PostgreSQL alone, pgbench, 16 clients, commits a second", bare, "");
            let demo = Demo::start(&folder("system-postgres"), Some(&postgres.url));
            measure("PostgreSQL", &demo, bare, "0.60");
        }
        None => println!("PostgreSQL: not measured, no server could be started here"),
    }
}

fn measure(name: &str, demo: &Demo, bare: u128, asked: &str) {
    setups(demo, CLIENTS, SETUPS / 8, None);
    let setups = setups(demo, CLIENTS, SETUPS, None);
    let figure = ratio(rate(SETUPS, setups.took), bare);
    report(&format!("{name}: setups a second"), rate(SETUPS, setups.took), "");
    report(&format!("{name}: setups, ratio to bare commits"), figure, &format!("asked: {asked}"));
    let gap = setups.took * 2 * u32::try_from(CLIENTS).unwrap() / u32::try_from(SETUPS).unwrap();
    let half = common_half(demo, gap);
    let p99 = per_mille(&half.answers, 990).as_millis();
    report(&format!("{name}: setup at half that load, p99 in ms"), p99, "asked: under 50");
    sign_offs(name, demo, bare);
}

/// Half the load: every client waits so long between two requests.
fn common_half(demo: &Demo, gap: Duration) -> Setups {
    setups(demo, CLIENTS, SETUPS / 4, Some(gap))
}

struct Setups {
    took: Duration,
    /// Answer times, sorted.
    answers: Vec<Duration>,
}

fn setups(demo: &Demo, clients: u64, count: u64, gap: Option<Duration>) -> Setups {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // The clients share the cores with the server: what they say is made before the clock runs.
    let bodies = || (0..count / clients).map(|_| setup(NEXT.fetch_add(1, Ordering::Relaxed)));
    let said: Vec<(Http, Vec<String>)> =
        (0..clients).map(|_| (demo.connect(), bodies().collect())).collect();
    let begun = Instant::now();
    let mut answers: Vec<Duration> = std::thread::scope(|scope| {
        let workers: Vec<_> = said
            .into_iter()
            .map(|(mut http, bodies)| {
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    for body in bodies {
                        let asked = Instant::now();
                        let (status, text) = http.call("POST", "/cxml", "text/xml", &body);
                        answers.push(asked.elapsed());
                        assert!(status == 200 && text.contains("code=\"200\""), "{text}");
                        if let Some(rest) = gap.and_then(|gap| gap.checked_sub(asked.elapsed())) {
                            std::thread::sleep(rest);
                        }
                    }
                    answers
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    answers.sort();
    Setups { took: begun.elapsed(), answers }
}

/// A setup request of about 4 KB.
fn setup(number: u64) -> String {
    let extrinsics: String = (0..40)
        .map(|n| format!("<Extrinsic name=\"Field{n}\">value of field number {n}</Extrinsic>"))
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<cXML payloadID="{number}@bench.example" timestamp="2026-11-21T09:00:00+00:00" xml:lang="en">
<Header><From><Credential domain="NetworkId"><Identity>AN01000000002</Identity></Credential></From>
<To><Credential domain="DUNS"><Identity>999999999</Identity></Credential></To>
<Sender><Credential domain="NetworkId"><Identity>AN01000000002</Identity><SharedSecret>globex-secret</SharedSecret></Credential><UserAgent>bench</UserAgent></Sender></Header>
<Request><PunchOutSetupRequest operation="create"><BuyerCookie>cookie {number}</BuyerCookie>
<Extrinsic name="UserEmail">ed@globex.example</Extrinsic>{extrinsics}
<BrowserFormPost><URL>http://127.0.0.1:9/return</URL></BrowserFormPost></PunchOutSetupRequest></Request></cXML>"#
    )
}

/// Submit, two approvals, order issued: carts are filled before the clock runs.
fn sign_offs(name: &str, demo: &Demo, bare: u128) {
    let clients = 8;
    let each = SIGN_OFFS / clients;
    let tokens: Vec<String> = ["ed", "mia", "dan"].map(|who| token(demo, who)).into();
    let carts: Vec<Vec<String>> =
        (0..clients).map(|_| (0..each).map(|_| cart(demo, &tokens[0])).collect()).collect();
    let one_client = |carts: &Vec<String>| {
        let mut people: Vec<_> = tokens.iter().map(|token| person(demo, token)).collect();
        carts.iter().map(|cart| sign_off(&mut people, cart)).collect::<Vec<_>>()
    };
    let (cpu, begun) = (demo.cpu_ms(), Instant::now());
    let signed: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = carts.iter().map(|carts| scope.spawn(|| one_client(carts))).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let (took, cpu) = (begun.elapsed(), demo.cpu_ms() - cpu);
    let mut ed = person(demo, &tokens[0]);
    for id in signed {
        let requisition = ed.json("GET", &format!("/api/v1/requisitions/{id}"), &Value::Null);
        assert_eq!(requisition["state"], "ordered", "{requisition}");
    }
    report(&format!("{name}: sign-offs to order a second"), rate(SIGN_OFFS, took), "");
    let figure = ratio(rate(SIGN_OFFS, took), bare);
    report(&format!("{name}: sign-offs, ratio to bare commits"), figure, "asked: 0.15");
    let each = ratio(cpu, u128::from(SIGN_OFFS));
    report(&format!("{name}: CPU of one sign-off in ms"), each, "asked: under 5");
}

fn token(demo: &Demo, who: &str) -> String {
    let mut http = demo.connect();
    http.sign_in(&format!("{who}@acme.example"));
    http.token.unwrap()
}

fn person(demo: &Demo, token: &str) -> common::Http {
    let mut http = demo.connect();
    http.token = Some(token.to_owned());
    http
}

fn cart(demo: &Demo, token: &str) -> String {
    let mut ed = person(demo, token);
    let cart = ed.json("POST", "/api/v1/carts", &json!({}));
    let id = cart["id"].as_str().unwrap().to_owned();
    let lines = json!({ "lines": [
        { "sku": "DESK-01", "supplier": "office-one", "quantity": "12" },
        { "sku": "PEN-01", "supplier": "office-one", "quantity": "10" },
    ] });
    ed.json("PUT", &format!("/api/v1/carts/{id}/lines"), &lines);
    id
}

/// Submits a cart and gives both approvals; answers the requisition. The plan names the tasks of
/// steps to come too.
fn sign_off(people: &mut [common::Http], cart: &str) -> String {
    let body = json!({ "cost_center": "4100" });
    let path = format!("/api/v1/carts/{cart}/submit");
    let requisition = people[0].json("POST", &path, &body);
    let steps = requisition["plan"]["steps"].as_array().unwrap();
    let tasks = steps.iter().flat_map(|step| step["tasks"].as_array().unwrap());
    let open = tasks.filter(|task| task["state"] == "open" || task["state"] == "waiting");
    let decision = json!({ "decision": "approve", "content_hash": requisition["content_hash"] });
    for (person, task) in people[1..].iter_mut().zip(open) {
        let task = task["id"].as_str().unwrap();
        person.json("POST", &format!("/api/v1/tasks/{task}/decide"), &decision);
    }
    requisition["id"].as_str().unwrap().to_owned()
}

/// Starting again on what is there, and memory at rest.
fn starts(data: &std::path::Path) {
    let begun = Instant::now();
    let demo = Demo::start(data, None);
    report(
        "start to ready on an existing database, ms",
        begun.elapsed().as_millis(),
        "asked: 1000",
    );
    for who in ["ed", "mia", "dan", "carla", "ivy", "ada"] {
        token(&demo, who);
    }
    std::thread::sleep(Duration::from_secs(10));
    report("memory at rest after logins, MiB", demo.resident_mib(), "asked: under 60");
    drop(demo);
    let begun = Instant::now();
    let _first = Demo::start(&folder("system-first"), None);
    report("the demo's first start, ms", begun.elapsed().as_millis(), "asked: under 5000");
}
