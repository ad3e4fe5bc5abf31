//! Setting up by the API: people, connections, prices, settings; for admins alone.

use serde_json::{Value, json};

use crate::harness::{Answer, Server};

fn is_problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["code"], code, "{body}");
    body
}

#[tokio::test]
async fn nobody_but_an_admin_finds_the_calls_of_setting_up() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    for path in ["/people", "/people/mia@acme.example", "/partners", "/organisation"] {
        is_problem(&ed.get(path).await, 404, "not-found");
    }
    let new = json!({"email": "eve@acme.example", "name": "Eve"});
    is_problem(&ed.post("/people", new).await, 404, "not-found");
    let off = json!({});
    is_problem(&ed.post("/people/mia@acme.example/disable", off).await, 404, "not-found");
    let prices = json!({"supplier": "office-one", "sku": "PEN-01", "contract": true,
        "currency": "EUR", "tiers": [{"amount": "0.01"}]});
    is_problem(&ed.put("/prices", prices).await, 404, "not-found");
    let import = json!({"supplier": "office-one", "csv": "sku,name,unit,price,currency"});
    is_problem(&ed.post("/catalogue/import", import).await, 404, "not-found");
    // Another organisation's people are not there for an admin either.
    let ada = server.api("ada@acme.example").await;
    is_problem(&ada.get("/people/ed@globex.example").await, 404, "not-found");
}

#[tokio::test]
async fn people_are_kept_by_admins_and_never_by_themselves() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let new = json!({"email": "Uma@acme.example", "name": "Uma Lind", "roles": ["requester"],
        "manager": "mia@acme.example", "cost_centers": ["4100"], "default_cost_center": "4100"});
    let uma = ada.post("/people", new.clone()).await.expect(201).json();
    assert_eq!((&uma["email"], &uma["has_password"]), (&json!("uma@acme.example"), &json!(false)));
    assert_eq!(
        (&uma["manager"], &uma["cost_centers"]),
        (&json!("mia@acme.example"), &json!(["4100"]))
    );
    is_problem(&ada.post("/people", new).await, 409, "email-taken");
    let path = "/people/uma@acme.example";
    let told = is_problem(&ada.put(path, json!({"roles": ["boss"]})).await, 422, "unknown-role");
    assert!(told["expected"].as_str().unwrap().contains("requester"), "{told}");
    is_problem(&ada.put(path, json!({"role": ["cfo"]})).await, 422, "body-invalid");
    // mia is managed by dan, dan by carla: carla cannot be managed by mia.
    let circle = json!({"manager": "mia@acme.example"});
    is_problem(&ada.put("/people/carla@acme.example", circle).await, 422, "manager-circle");
    let foreign = json!({"manager": "mia@globex.example"});
    is_problem(&ada.put(path, foreign).await, 422, "unknown-person");
    // What is left out stays.
    let uma = ada.put(path, json!({"name": "Uma L."})).await.expect(200).json();
    assert_eq!((&uma["name"], &uma["roles"]), (&json!("Uma L."), &json!(["requester"])));
    let own = json!({"roles": ["admin", "auditor", "cfo"]});
    is_problem(&ada.put("/people/ada@acme.example", own).await, 403, "own-rights");
    is_problem(&ada.post("/people/ada@acme.example/disable", json!({})).await, 403, "own-rights");
    // The own name is no right.
    ada.put("/people/ada@acme.example", json!({"name": "Ada K."})).await.expect(200);
    let audit = ada.get("/audit").await.expect(200).text();
    assert!(audit.contains("own-rights"), "the attempt is kept");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let server = Server::demo().await;
    let (ada, ed) = (server.api("ada@acme.example").await, server.api("ed@acme.example").await);
    ed.get("/me").await.expect(200);
    let off = ada.post("/people/ed@acme.example/disable", json!({})).await.expect(200).json();
    assert_eq!(off["disabled"], true);
    is_problem(&ed.get("/me").await, 401, "sign-in-needed");
    ada.post("/people/ed@acme.example/enable", json!({})).await.expect(200);
    server.api("ed@acme.example").await.get("/me").await.expect(200);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stands_nowhere_in_plain() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let new = json!({"name": "Acme Ariba", "return_hosts": ["erp.acme.example:8443"],
        "frame_ancestors": ["https://erp.acme.example"], "cart_encoding": "base64",
        "identities": [{"domain": "NetworkId", "identity": "AN01000000077"}]});
    let made = ada.post_once("/partners", "one", new.clone()).await.expect(201).json();
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.len() >= 32, "{secret}");
    let again = ada.post_once("/partners", "one", new.clone()).await.expect(201).json();
    assert_eq!((&again["id"], &again["secret"]), (&made["id"], &Value::Null));
    let path = format!("/partners/{}", made["id"].as_str().unwrap());
    let shown = ada.get(&path).await.expect(200);
    assert!(!shown.text().contains(&secret));
    // Both secrets are good until the old one is removed; a third finds no place.
    let given = json!({"secret": "a-secret-of-their-own"});
    let second = ada.post(&format!("{path}/secret"), given).await.expect(201).json();
    assert_eq!((&second["secrets"], &second["secret"]), (&json!(2), &Value::Null));
    is_problem(&ada.post(&format!("{path}/secret"), json!({})).await, 409, "two-secrets");
    for file in std::fs::read_dir(server.database().folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        for marker in [secret.as_str(), "a-secret-of-their-own"] {
            assert!(!bytes.windows(marker.len()).any(|part| part == marker.as_bytes()));
        }
    }
    let taken = json!({"name": "x", "identities": [{"domain": "networkid",
        "identity": "AN01000000002"}]});
    is_problem(&ada.post("/partners", taken).await, 409, "identity-taken");
    let bad = json!({"return_hosts": ["10.0.0.1"]});
    is_problem(&ada.put(&path, bad).await, 422, "bad-host");
    let globex = server.api("ada@globex.example").await;
    is_problem(&globex.get(&path).await, 404, "not-found");
}

#[tokio::test]
async fn settings_addresses_and_cost_centres_keep_what_is_not_named() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let set = json!({"title": "Acme", "price_tolerance": "2.5",
        "order_url": "https://erp.acme.example/orders"});
    let now = ada.put("/organisation", set).await.expect(200).json();
    assert_eq!((&now["name"], &now["price_tolerance"]), (&json!("acme"), &json!("2.5")));
    assert_eq!(now["checkout"], "approve_then_order");
    for bad in ["http://169.254.169.254/latest", "ftp://erp.example/", "https://u:p@erp.example/"] {
        is_problem(&ada.put("/organisation", json!({"order_url": bad})).await, 422, "bad-url");
    }
    let center = json!({"code": "4300", "name": "Laboratory", "owner": "dan@acme.example"});
    ada.post("/cost-centers", center.clone()).await.expect(201);
    is_problem(&ada.post("/cost-centers", center).await, 409, "code-taken");
    let off = ada.put("/cost-centers/4300", json!({"disabled": true})).await.expect(200).json();
    assert_eq!((&off["owner"], &off["disabled"]), (&json!("dan@acme.example"), &json!(true)));
    let address = json!({"kind": "ship_to", "code": "lab", "name": "Acme lab", "street": "Weg 1",
        "city": "Hagen", "country": "de", "default": true});
    ada.post("/addresses", address).await.expect(201);
    let all = ada.list("/addresses").await;
    let defaults: Vec<&Value> = all
        .iter()
        .filter(|one| one["kind"] == "ship_to" && one["default"] == true)
        .map(|one| &one["code"])
        .collect();
    assert_eq!(defaults, [&json!("lab")], "one default of a kind");
}

#[tokio::test]
async fn a_supplier_its_catalogue_and_prices_reach_the_shop() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let new = json!({"name": "lab-shop", "title": "Lab Shop", "email": "orders@lab.example"});
    let made = ada.post("/suppliers", new).await.expect(201).json();
    assert_eq!((&made["channel"], &made["own"]), (&json!("email"), &json!(true)));
    let csv = "sku,name,unit,price,currency\nGLASS-1,Beaker glass,EA,4.00,EUR\nGLASS-2,,EA,x,EUR\n";
    let mut import = json!({"supplier": "lab-shop", "csv": csv, "dry_run": true});
    let report = ada.post("/catalogue/import", import.clone()).await.expect(200).json();
    assert_eq!((&report["added"], &report["faults"]), (&json!(1), &json!(1)), "{report}");
    let ed = server.api("ed@acme.example").await;
    assert!(ed.list("/items?q=beaker&supplier=lab-shop").await.is_empty(), "a dry run");
    import["dry_run"] = json!(false);
    ada.post("/catalogue/import", import).await.expect(200);
    let prices = json!({"supplier": "lab-shop", "sku": "GLASS-1", "contract": true,
        "currency": "EUR", "tiers": [{"amount": "3.50"}, {"min_quantity": "10", "amount": "3"}]});
    let set = ada.put("/prices", prices).await.expect(200).json();
    assert_eq!(
        (set["list"].as_array().unwrap().len(), set["contract"].as_array().unwrap().len()),
        (1, 2)
    );
    let found = ed.list("/items?q=beaker&supplier=lab-shop").await;
    assert_eq!(found.len(), 1, "{found:?}");
    // Only who keeps the supplier keeps its general prices and its catalogue.
    let globex = server.api("ada@globex.example").await;
    let general = json!({"supplier": "lab-shop", "sku": "GLASS-1", "currency": "EUR", "tiers": []});
    is_problem(&globex.put("/prices", general).await, 403, "not-yours");
    is_problem(
        &globex.put("/suppliers/lab-shop", json!({"title": "Mine"})).await,
        403,
        "not-yours",
    );
}

#[tokio::test]
async fn what_no_line_of_text_holds_is_refused_by_name_on_both_databases() {
    for server in Server::everywhere().await {
        let ada = server.api("ada@acme.example").await;
        for path in [
            "/orders?after=%00",
            "/audit?about=%00",
            "/items?supplier=%00",
            "/suppliers/a%00b/delivery",
            "/suppliers/%00/site",
        ] {
            is_problem(&ada.get(path).await, 400, "bad-parameter");
        }
        let path = "/suppliers/office-one/delivery";
        for (bad, code) in [("a\0b", "body-invalid"), ("a\r\nb", "bad-identity")] {
            let identity = json!({"domain": "DUNS", "identity": bad});
            let body = json!({"channel": "desk", "identity": identity});
            let told = is_problem(&ada.put(path, body).await, 422, code);
            assert!(told["field"].as_str().unwrap().starts_with("identity"), "{told}");
        }
        let path = "/suppliers/office-one/site";
        for (bad, code) in [("a\0b", "body-invalid"), ("a\nb", "bad-site")] {
            let site = json!({"title": "Own", "protocol": "oci", "url": "http://127.0.0.1:1/",
                "parameters": [{"name": "LANGUAGE", "value": bad}]});
            is_problem(&ada.put(path, site).await, 422, code);
            let identity = json!({"domain": "DUNS", "identity": bad});
            let site = json!({"title": "Own", "protocol": "cxml", "url": "http://127.0.0.1:1/",
                "identity": identity});
            let told = is_problem(&ada.put(path, site).await, 422, code);
            assert!(told["field"].as_str().unwrap().starts_with("identity"), "{told}");
        }
    }
}

#[tokio::test]
async fn the_very_number_stands_first_however_many_newer_articles_name_it() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let line = |n: usize| format!("CASE-{n},Case for PEN-01,EA,2.00,EUR\n");
    let lines: String = (0..70).map(line).collect();
    let csv = format!("sku,name,unit,price,currency\n{lines}");
    let import = json!({"supplier": "office-one", "csv": csv});
    ada.post("/catalogue/import", import).await.expect(200);
    let ed = server.api("ed@acme.example").await;
    for typed in ["PEN-01", "pen-01"] {
        let page = ed.get(&format!("/items?q={typed}")).await.expect(200).json();
        assert_eq!(page["items"][0]["sku"], "PEN-01", "{typed}");
    }
    let all = ed.list("/items?q=PEN-01").await;
    assert_eq!(all.iter().filter(|item| item["sku"] == "PEN-01").count(), 1, "and only once");
    assert_eq!(all.len(), 71);
}
