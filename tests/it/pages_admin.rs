//! The admin's pages as a browser meets them.

use crate::harness::{Server, html};

const PAGES: &[&str] = &[
    "/admin",
    "/admin/people",
    "/admin/people/new",
    "/admin/people/ed%40acme.example",
    "/admin/cost-centers",
    "/admin/cost-centers/new",
    "/admin/cost-centers/4100",
    "/admin/budgets",
    "/admin/budgets/new",
    "/admin/addresses",
    "/admin/addresses/new",
    "/admin/addresses/ship_to/main",
    "/admin/suppliers",
    "/admin/suppliers/new",
    "/admin/suppliers/office-one",
    "/admin/partners",
    "/admin/partners/new",
    "/admin/conformance",
    "/admin/prices",
    "/admin/prices?supplier=office-one&sku=PEN-01",
    "/admin/import",
    "/admin/policies",
    "/admin/policies/access",
    "/admin/policies/approval",
    "/admin/policies/approval/1",
    "/admin/policies/limits",
    "/admin/policies/explain",
    "/admin/deliveries",
    "/admin/tokens",
    "/admin/settings",
];

#[tokio::test]
async fn every_page_is_there_for_an_admin_and_for_nobody_else() {
    let server = Server::demo().await;
    let (ada, ed) =
        (server.signed_in("ada@acme.example").await, server.signed_in("ed@acme.example").await);
    for page in PAGES {
        let answer = ada.get(page).await.expect(200);
        assert!(answer.text().contains("<h1>"), "{page}");
        assert!(answer.body.len() < 100_000, "{page} has {} bytes", answer.body.len());
        ed.get(page).await.expect(404);
    }
}

#[tokio::test]
async fn a_form_that_is_refused_names_its_field_and_keeps_what_was_typed() {
    let server = Server::demo().await;
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/people/new").await.text();
    let form = html::form(&page, "Send the invitation").expect("the form");
    let form = form.with("email", "no address").with("name", "Uma <b>Lind");
    let answer = ada.form("/admin/people/new", &form.fields).await.expect(422).text();
    assert!(answer.contains("There is a problem") && answer.contains("#f-email"), "{answer}");
    assert!(answer.contains("Uma &#60;b&#62;Lind"), "{answer}");
    let form = form.with("email", "uma@acme.example").with("role-requester", "yes");
    let done = ada.submit("/admin/people/new", &form.fields).await.expect(200).text();
    assert!(html::plain(&done).contains("The link is on its way."), "{done}");
    // Nobody posts without the page's own mark.
    let bare = [("name".to_owned(), "x".to_owned())];
    ada.form("/admin/people/uma%40acme.example", &bare).await.expect(403);
}

#[tokio::test]
async fn a_policy_changes_by_a_draft_and_another_admin() {
    let server = Server::demo().await;
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/policies/approval").await.text();
    let form = html::form(&page, "Save as a draft").expect("the editor");
    let csv = form.field("csv").expect("the set").to_owned();
    assert!(csv.contains(",5000.00"), "{csv}");
    let broken = form.clone().with("csv", "p, nonsense");
    let told = ada.form("/admin/policies/approval", &broken.fields).await.expect(422).text();
    assert!(told.contains("There is a problem"), "{told}");
    let draft =
        form.with("csv", &csv.replace(",5000.00", ",3000.00")).with("comment", "Dan sees more");
    let page = ada.submit("/admin/policies/approval", &draft.fields).await.expect(200).text();
    let words = html::plain(&page);
    assert!(words.contains("draft") && words.contains("What differs"), "{words}");
    assert!(html::form(&page, "Put in force").is_none(), "not by its author");
    let abe = server.signed_in("abe@acme.example").await;
    let page = abe.get("/admin/policies/approval/2").await.text();
    let form = html::form(&page, "Put in force").expect("the button");
    let page = abe.submit(&form.action, &form.fields).await.expect(200).text();
    assert!(html::plain(&page).contains("In force from now on."), "{page}");
    let ed = server.api("ed@acme.example").await;
    let lines = [("DESK-01", "office-one", "8")];
    let asked = crate::harness::api::asked(&ed.requisition(&lines, "4100").await);
    assert_eq!(asked, [vec!["mia@acme.example"], vec!["dan@acme.example"]]);
}

#[tokio::test]
async fn a_secret_made_on_the_page_is_shown_on_that_answer_alone() {
    let server = Server::demo().await;
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/partners/new/all").await.text();
    let form = html::form(&page, "Connect").expect("the form");
    let form = form.with("name", "Second SAP").with("oci_user", "acme-two");
    let made = ada.form("/admin/partners/new/all", &form.fields).await.expect(200).text();
    let (_, rest) = made.split_once("id=\"secret\">").expect("the secret");
    let (secret, _) = rest.split_once('<').unwrap();
    assert!(secret.len() >= 32, "{secret}");
    let list = ada.get("/admin/partners").await.text();
    let link = html::link(&list, "Second SAP").expect("the connection");
    assert!(!ada.get(&link).await.expect(200).text().contains(secret));
}

#[tokio::test]
async fn a_connection_is_made_step_by_step_and_goes_on_where_it_was_left() {
    let server = Server::demo().await;
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/partners/new").await.expect(200).text();
    let form = html::form(&page, "Save and go on").expect("the form").with("name", "New Coupa");
    let refused = ada.form("/admin/partners/new", &form.fields).await;
    assert_eq!(refused.status, 422, "neither an identity nor an OCI user");
    let form = form.with("identities", "NetworkId AN01000000077");
    let begun = ada.form("/admin/partners/new", &form.fields).await.expect(303);
    let profile = begun.header("location").expect("the next step").to_owned();
    assert!(profile.ends_with("/setup/profile"), "{profile}");
    let resume = profile.replace("/profile", "");
    let fill = async |path: &str, name: &str, value: &str| {
        let page = ada.get(path).await.expect(200).text();
        let form = html::form(&page, "Save and go on").expect("the form").with(name, value);
        let next = ada.form(path, &form.fields).await.expect(303);
        next.header("location").expect("the next step").to_owned()
    };
    let hosts = fill(&profile, "profile", "coupa").await;
    assert!(hosts.ends_with("/setup/hosts"), "{hosts}");
    let left = ada.get(&resume).await.expect(303);
    assert_eq!(left.header("location"), Some(hosts.as_str()), "it goes on where it was left");
    let secret = fill(&hosts, "return_hosts", "coupa.example").await;
    let page = ada.get(&secret).await.expect(200).text();
    let form = html::form(&page, "Make it").expect("the form");
    let made = ada.form(&secret, &form.fields).await.expect(200).text();
    assert!(made.contains("id=\"secret\">"), "{made}");
    assert!(!ada.get(&secret).await.expect(200).text().contains("id=\"secret\">"), "only once");
    let trial = secret.replace("secret", "trial");
    assert!(ada.get(&trial).await.expect(200).text().contains("/cxml/sandbox/"));
    let live = secret.replace("/secret", "/live");
    let page = ada.get(&live).await.expect(200).text();
    let form = html::form(&page, "Go live").expect("the switch");
    let early = ada.form(&live, &form.fields).await;
    assert_eq!(early.status, 409, "no report passed yet");
    assert!(early.text().contains("A passed report of the last 30 days"));
    let one = resume.replace("/setup", "");
    assert!(ada.get(&one).await.expect(200).text().contains("coupa.example"));
}

#[tokio::test]
async fn whoever_runs_the_server_can_make_a_link_without_mail() {
    let server = Server::demo().await;
    let made = server.command(&["link", "ed@acme.example"]);
    let said = String::from_utf8(made.stdout).unwrap();
    let link = said.lines().find(|line| line.contains("/invite/")).expect("a link");
    let path = &link[link.find("/invite/").unwrap()..];
    let ed = server.client();
    let form = html::form(&ed.get(path).await.expect(200).text(), "Set password");
    let form = form.expect("the form");
    let form = form.with("password", "three plain words").with("again", "three plain words");
    ed.form(path, &form.fields).await.expect(303);
    ed.form(path, &form.fields).await.expect(409);
    let nobody = server.command(&["link", "nobody@acme.example"]);
    assert!(!nobody.status.success());
}

#[tokio::test]
async fn the_command_line_checks_explains_and_replays_policies() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let made = ed.requisition(&[("DESK-01", "office-one", "8")], "4100").await;
    let number = made["number"].as_str().unwrap();
    let of = ["--organisation", "acme"];
    let check = server.command(&[&["policy", "check"], &of[..]].concat());
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    let explain = server.command(&[&["policy", "explain", number], &of[..]].concat());
    let said = String::from_utf8(explain.stdout).unwrap();
    assert!(said.contains("mia@acme.example"), "{said}");
    let csv = server.api("ada@acme.example").await.get("/policies/approval").await.json();
    let csv = csv["csv"].as_str().unwrap().replace(",5000.00", ",3000.00");
    let draft = server.database().folder().join("draft.csv");
    std::fs::write(&draft, csv).unwrap();
    let file = draft.to_str().unwrap();
    let replay = ["policy", "replay", "--kind", "approval", "--file", file];
    let replay = server.command(&[&replay, &of[..]].concat());
    let said = String::from_utf8(replay.stdout).unwrap();
    assert!(said.contains(number) && said.contains("newly asked [dan@acme.example]"), "{said}");
    std::fs::write(&draft, "p, nonsense").unwrap();
    let check = ["policy", "check", "--kind", "approval", "--file", file];
    let check = server.command(&[&check, &of[..]].concat());
    assert_eq!(check.status.code(), Some(1));
}

#[tokio::test]
async fn a_person_without_a_role_is_told_whom_to_ask() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    ada.put("/people/ed@acme.example", serde_json::json!({"roles": []})).await.expect(200);
    let ed = server.signed_in("ed@acme.example").await;
    let words = html::plain(&ed.open("/").await.expect(200).text());
    assert!(words.contains("have no role here yet"), "{words}");
    assert!(words.contains("ada@acme.example") && !words.contains("mia@acme.example"), "{words}");
}

#[tokio::test]
async fn a_fault_of_a_pasted_catalogue_links_to_the_catalogue() {
    let server = Server::demo().await;
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/import").await.text();
    let form = html::form(&page, "Dry run").expect("the form").with("csv", "sku,colour\nX,red\n");
    let text = ada.form("/admin/import", &form.fields).await.expect(422).text();
    assert!(text.contains("href=\"#f-csv\"") && text.contains("id=\"f-csv\""), "{text}");
}
