//! Mail gathered into one letter a day, for who chose it.

use serde_json::{Value, json};

use crate::harness::{Server, html, site::eventually};

/// The subjects of the letters to a person, with their texts.
async fn letters(server: &Server, to: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mailbox in server.mailboxes() {
        let all = mailbox.get("/sim/mail/state.json").await.expect(200).json();
        let all = all.as_array().cloned().unwrap_or_default();
        found.extend(all.iter().map(Value::to_string).filter(|one| one.contains(to)));
    }
    found
}

#[tokio::test]
async fn requests_and_news_are_gathered_and_leave_once_at_the_hour_that_was_chosen() {
    for server in Server::everywhere().await {
        let mia = server.api("mia@acme.example").await;
        let ed = server.api("ed@acme.example").await;
        assert_eq!(mia.get("/me/mail").await.expect(200).json()["gather"], "off");
        for (body, code) in [
            (json!({"gather": "weekly"}), "bad-gather"),
            (json!({"gather": "all", "hour": 24}), "bad-hour"),
        ] {
            assert_eq!(mia.put("/me/mail", body).await.expect(422).json()["code"], code);
        }
        let chosen = mia.put("/me/mail", json!({"gather": "all", "hour": 7})).await.expect(200);
        assert_eq!(chosen.json(), json!({"gather": "all", "hour": 7}));
        ed.put("/me/mail", json!({"gather": "news", "hour": 7})).await.expect(200);

        let one = ed.requisition(&[("DESK-01", "office-one", "2")], "4100").await;
        let two = ed.requisition(&[("DESK-01", "office-one", "3")], "4100").await;
        mia.decide(one["id"].as_str().unwrap(), "approve").await.expect(200);
        // Dan is asked at once: he chose nothing.
        let large = ed.requisition(&[("DESK-01", "office-one", "12")], "4100").await;
        mia.decide(large["id"].as_str().unwrap(), "approve").await.expect(200);
        let told = async || !letters(&server, "dan@acme.example").await.is_empty();
        eventually("a letter to dan", told).await;
        for quiet in ["mia@acme.example", "ed@acme.example"] {
            assert_eq!(letters(&server, quiet).await.len(), 0, "{quiet}");
        }
        // Three days on a working day at seven has passed wherever the week began.
        server.advance("PT72H").await;
        for (who, says, not) in [
            ("mia@acme.example", &two["number"], &one["number"]),
            ("ed@acme.example", &one["number"], &json!("To decide")),
        ] {
            let came = async || !letters(&server, who).await.is_empty();
            eventually("one letter", came).await;
            let all = letters(&server, who).await;
            assert_eq!(all.len(), 1, "{who}: {all:?}");
            assert!(all[0].contains(says.as_str().unwrap()), "{who}: {all:?}");
            assert!(!all[0].contains(not.as_str().unwrap()), "{who}: {all:?}");
        }
        server.advance("PT1H").await;
        assert_eq!(letters(&server, "ed@acme.example").await.len(), 1, "once");
    }
}

#[tokio::test]
async fn people_choose_on_a_page_of_their_own() {
    let server = Server::demo().await;
    let ed = server.signed_in("ed@acme.example").await;
    let home = ed.open("/").await.expect(200).text();
    let path = html::link(&home, "My mail").expect("a link");
    let page = ed.get(&path).await.expect(200).text();
    let form = html::form(&page, "Save").unwrap().with("gather", "news").with("hour", "17");
    let saved = ed.submit(&form.action, &form.fields).await.expect(200).text();
    assert!(html::plain(&saved).contains("Saved"), "{saved}");
    let api = server.api("ed@acme.example").await;
    let now = api.get("/me/mail").await.expect(200).json();
    assert_eq!(now, json!({"gather": "news", "hour": 17}));
    let odd = form.with("gather", "never");
    assert_eq!(ed.submit(&odd.action, &odd.fields).await.status, 422);
    api.put("/me/mail", json!({"gather": "off"})).await.expect(200);
    assert_eq!(api.get("/me/mail").await.expect(200).json()["hour"], Value::Null);
}
