//! The conformance suite against a partner that does everything right, or everything but one thing:
//! the fault fails its own case and no other, and the report says how to mend it.

use serde_json::Value;

use crate::harness::{
    Client, Server,
    documents::{ACME, setup, status},
    html::{self, plain},
    site::eventually,
};

/// Side, fault, and the one case that it fails.
const FAULTS: &[(&str, &str, &str)] = &[
    ("supplier", "no-status", "answer-status"),
    ("supplier", "echo-payload-id", "answer-own-payload-id"),
    ("supplier", "unknown-accepted", "payload-unknown"),
    ("supplier", "book-twice", "order-booked-once"),
    ("supplier", "duplicate-accepted", "order-id-reused"),
    ("supplier", "unit-ea", "notice-units"),
    ("supplier", "unknown-line", "confirmation-lines"),
    ("supplier", "retry-new-id", "ship-notice-retried"),
    ("supplier", "wrong-sum", "invoice-sum"),
    ("supplier", "wrong-currency", "invoice-currency"),
    ("supplier", "drop-umlauts", "invoice-text"),
    ("supplier", "secret-in-from", "sent-secret-in-sender"),
    ("buyer", "price-rounded", "sent-order-prices"),
    ("buyer", "auxiliary-lost", "setup-auxiliary-id"),
    ("buyer", "cookie-reused", "setup-cookie"),
    ("buyer", "reference-lost", "sent-order-reference"),
    ("buyer", "order-new-id", "sent-order-retried"),
];

/// The admin's browser on the page of one partner.
struct Trial<'s> {
    server: &'s Server,
    ada: Client,
    page: String,
    side: &'static str,
}

impl<'s> Trial<'s> {
    async fn of(server: &'s Server, side: &'static str) -> Self {
        let ada = server.signed_in("ada@acme.example").await;
        let list = ada.get("/admin/conformance").await.expect(200).text();
        let name = match side {
            "supplier" => "Office One",
            _ => "Acme Industries procurement system",
        };
        let page = html::link(&list, name).unwrap_or_else(|| panic!("no {name}: {list}"));
        Self { server, ada, page, side }
    }

    async fn html(&self) -> String {
        self.ada.get(&self.page).await.expect(200).text()
    }

    /// Presses a button of the page.
    async fn press(&self, words: &str, url: Option<&str>) -> String {
        let page = self.html().await;
        let form = html::form(&page, words).unwrap_or_else(|| panic!("no {words}: {page}"));
        let form = match url {
            Some(url) => form.with("url", url),
            None => form,
        };
        let fields: Vec<_> = match words {
            "Run" => form.fields.into_iter().filter(|(name, _)| name != "then").collect(),
            _ => form.fields,
        };
        self.ada.submit(&form.action, &fields).await.text()
    }

    /// Sends our documents, and waits until they are sent.
    async fn run(&self, words: &str, fault: &str) {
        let (server, side) = (&self.server.url, self.side);
        let url = format!("{server}/sim/partner/{side}/{fault}/cxml");
        self.press(words, Some(&url)).await;
        eventually("our documents are sent", || async {
            !self.html().await.contains("are being sent")
        })
        .await;
    }

    /// The partner sends what it has to send.
    async fn play(&self, fault: &str) {
        let page = plain(&self.html().await);
        let sandbox = page.split_whitespace().find(|word| word.contains("/cxml/sandbox/"));
        let fields = [("side", self.side), ("fault", fault), ("sandbox", sandbox.unwrap())];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.server.client().form("/sim/partner/play", &fields).await.expect(200);
    }

    /// The whole trial, and its report.
    async fn report(&self, fault: &str) -> Value {
        self.run("Start afresh", fault).await;
        self.play(fault).await;
        if self.side == "buyer" {
            self.run("Run", fault).await;
            self.play(fault).await;
        }
        let page = self.press("Make the report", None).await;
        let link = html::link(&page, "Report").expect("a report");
        self.ada.get(&link).await.expect(200).json()
    }
}

/// The cases with this verdict.
fn of_verdict<'r>(signed: &'r Value, verdict: &str) -> Vec<&'r str> {
    let cases = signed["report"]["cases"].as_array().unwrap().iter();
    cases
        .filter(|case| case["verdict"] == verdict)
        .map(|case| case["id"].as_str().unwrap())
        .collect()
}

fn failed(signed: &Value) -> Vec<String> {
    let cases = signed["report"]["cases"].as_array().unwrap().iter();
    let failed = cases.filter(|case| case["verdict"] == "failed");
    failed.map(|case| format!("{}: {}", case["id"], case["got"])).collect()
}

#[tokio::test]
async fn a_partner_that_does_everything_right_passes_and_goes_live() {
    let server = Server::demo().await;
    for side in ["supplier", "buyer"] {
        let trial = Trial::of(&server, side).await;
        let signed = trial.report("none").await;
        assert_eq!(failed(&signed), Vec::<String>::new(), "{side}");
        let untried = of_verdict(&signed, "not-tried");
        assert!(untried.iter().all(|id| OPTIONAL.contains(id)), "{side}: {untried:?}");
        assert_eq!(signed["report"]["passed"], true, "{side}");
        assert!(of_verdict(&signed, "passed").len() >= 40, "{side}");
    }
    // Nothing of all that became an order, a punchout session or an invoice.
    let api = server.api("ada@acme.example").await;
    for list in ["/orders", "/invoices", "/requisitions"] {
        assert_eq!(
            api.get(list).await.expect(200).json()["items"],
            serde_json::json!([]),
            "{list}"
        );
    }
}

/// What a partner may leave untried.
const OPTIONAL: &[&str] = &["outage-repeated", "setup-selected-item", "sent-profile-request"];

#[tokio::test]
async fn each_planted_fault_fails_its_own_case_and_the_report_says_how_to_mend_it() {
    let server = Server::demo().await;
    for (side, fault, case) in FAULTS {
        let trial = Trial::of(&server, side).await;
        let signed = trial.report(fault).await;
        assert_eq!(of_verdict(&signed, "failed"), [*case], "{fault}: {:?}", failed(&signed));
        let cases = signed["report"]["cases"].as_array().unwrap();
        let own = cases.iter().find(|own| own["id"] == *case).unwrap();
        assert!(own["mend"].as_str().is_some_and(|mend| mend.len() > 20), "{own}");
        assert!(own["got"].as_str().is_some_and(|got| !got.is_empty()), "{own}");
        assert_eq!(signed["report"]["passed"], false, "{fault}");
    }
}

#[tokio::test]
async fn a_held_partner_speaks_to_its_sandbox_alone_until_its_report_passed() {
    let server = Server::demo().await;
    let trial = Trial::of(&server, "buyer").await;
    trial.press("Hold back until a report passed", None).await;
    let shopper = server.client();
    let back = "http://localhost:9/back";
    let ask = |payload: &str| setup(ACME, payload, "ed@acme.example", "c1", back);
    let refused = shopper.xml("/cxml", &ask("held-1@test")).await.expect(200).text();
    assert_eq!(status(&refused), Some(403), "{refused}");
    assert!(refused.contains("sandbox"), "{refused}");
    let page = trial.press("Go live", None).await;
    assert!(plain(&page).contains("A passed report"), "{page}");
    trial.report("price-rounded").await;
    trial.press("Go live", None).await;
    assert!(trial.html().await.contains("held back"));
    trial.report("none").await;
    trial.press("Go live", None).await;
    let taken = shopper.xml("/cxml", &ask("held-2@test")).await.expect(200).text();
    assert_eq!(status(&taken), Some(200), "{taken}");
}

#[tokio::test]
async fn a_partner_that_went_live_is_asked_once_a_day() {
    let server = Server::demo().await;
    let trial = Trial::of(&server, "supplier").await;
    trial.press("Hold back until a report passed", None).await;
    trial.report("none").await;
    trial.press("Go live", None).await;
    assert!(!trial.html().await.contains("Asked daily"));
    server.advance("PT25H").await;
    let ada = server.signed_in("ada@acme.example").await;
    let trial = Trial { ada, ..trial };
    // The simulator of the orders knows no ProfileRequest, and says so: it is there.
    eventually("the canary sang", || async { trial.html().await.contains("Asked daily, well") })
        .await;
}

#[tokio::test]
async fn the_command_line_runs_a_trial_and_knows_its_own_report() {
    let server = Server::demo().await;
    let url = format!("{}/sim/partner/supplier/none/cxml", server.url);
    let file = server.database().folder().join("report.json");
    let file = file.to_str().unwrap();
    let of = ["conformance", "--partner", "office-one", "--organisation", "acme"];
    let run = [&of[..], &["--partner-url", &url, "--report", file]].concat();
    let done = server.command(&run);
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(told.contains("passed    order-new\n"), "{told}");
    assert!(told.contains("not-tried confirmation-accept\n"), "{told}");
    assert_eq!(done.status.code(), Some(1), "{told}");
    Trial::of(&server, "supplier").await.play("none").await;
    let done = server.command(&[&of[..], &["--report", file]].concat());
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(0), "{told}");
    let verify = |file: &str| server.command(&["conformance", "--verify", file]);
    assert_eq!(verify(file).status.code(), Some(0));
    let forged = std::fs::read_to_string(file).unwrap().replacen("Office One", "Office Two", 1);
    std::fs::write(file, forged).unwrap();
    assert_eq!(verify(file).status.code(), Some(1));
    assert_eq!(server.command(&["audit", "verify"]).status.code(), Some(0));
}

#[tokio::test]
async fn an_address_that_nobody_was_given_is_no_sandbox() {
    let server = Server::demo().await;
    let document = setup(ACME, "x@test", "ed@acme.example", "c1", "http://localhost:9/back");
    for token in ["AAAA", "x"] {
        let path = format!("/cxml/sandbox/{token}");
        server.client().xml(&path, &document).await.expect(404);
    }
    let ed = server.signed_in("ed@acme.example").await;
    ed.get("/admin/conformance").await.expect(404);
}
