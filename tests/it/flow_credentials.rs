//! What proves a partner: CredentialMac beside SharedSecret, both slots while a secret changes, and
//! no secret anywhere it could be read.

use std::{fs, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha1::Sha1;

use crate::harness::{
    Client, Kind, Server, Site,
    documents::{self, ACME, Partner},
    site::eventually,
};

const HOUR: i64 = 3600;

fn at(seconds_from_now: i64) -> String {
    let at = Timestamp::now() + SignedDuration::from_secs(seconds_from_now);
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// The MAC as the guide says: HMAC-SHA1 over six texts, each ended by a NUL, cut to 96 bits.
fn mac(partner: Partner, (from, until): (&str, &str)) -> String {
    let mut data = Vec::new();
    let (domain, identity) = (partner.domain.to_lowercase(), partner.identity.to_lowercase());
    for text in [&*domain, &*identity, &*domain, &*identity, from, until] {
        data.extend_from_slice(text.as_bytes());
        data.push(0);
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(partner.secret.as_bytes()).unwrap();
    mac.update(&data);
    STANDARD.encode(&mac.finalize().into_bytes()[..12])
}

/// A document that is proven by a MAC good in these seconds from now.
fn with_mac(partner: Partner, payload: &str, (from, until): (i64, i64)) -> String {
    let (from, until) = (at(from), at(until));
    let secret = format!("<SharedSecret>{}</SharedSecret>", partner.secret);
    let mac = format!(
        "<CredentialMac type=\"FromSenderCredentials\" algorithm=\"HMAC-SHA1-96\" \
         creationDate=\"{from}\" expirationDate=\"{until}\">{}</CredentialMac>",
        mac(partner, (&from, &until))
    );
    documents::envelope(partner, payload, "<ProfileRequest/>").replace(&secret, &mac)
}

async fn status(client: &Client, document: &str) -> Option<u16> {
    documents::status(&client.xml("/cxml", document).await.expect(200).text())
}

#[tokio::test]
async fn a_credential_mac_proves_its_sender_in_its_time_and_nobody_else() {
    for kind in Kind::all() {
        let server = Server::demo_on(kind).await;
        let client = server.client();
        let good = with_mac(ACME, "good@mac", (-HOUR, HOUR));
        assert!(!good.contains("SharedSecret") && !good.contains(ACME.secret));
        assert_eq!(status(&client, &good).await, Some(200));
        let wrong = Partner { secret: "guessed", ..ACME };
        let other = good.replacen("AN01000000001", "AN01000000002", 1);
        let altered = good.replace("expirationDate=\"2", "expirationDate=\"3");
        let refused = [
            ("expired", with_mac(ACME, "1@mac", (-2 * HOUR, -1))),
            ("not yet good", with_mac(ACME, "2@mac", (60, HOUR))),
            ("wrong secret", with_mac(wrong, "3@mac", (-HOUR, HOUR))),
            ("another From", other),
            ("another end", altered),
            ("another algorithm", good.replace("HMAC-SHA1-96", "HMAC-MD5")),
            ("no dates", good.replace("creationDate", "x").replace("expirationDate", "y")),
        ];
        let stranger = documents::envelope(wrong, "s@mac", "<ProfileRequest/>");
        let told = |answer: &str| {
            documents::between(answer, "<Status", "</Status>").expect("a status").to_owned()
        };
        let words = told(&client.xml("/cxml", &stranger).await.text());
        for (why, document) in refused {
            let answer = client.xml("/cxml", &document).await.expect(200).text();
            assert_eq!(documents::status(&answer), Some(401), "{why}: {answer}");
            assert_eq!(told(&answer), words, "{why}: the words of a wrong secret");
        }
    }
}

#[tokio::test]
async fn a_secret_is_changed_without_a_failed_exchange() {
    let server = Server::demo().await;
    let client = server.client();
    let ada = server.api("ada@acme.example").await;
    let partners = ada.list("/partners").await;
    let own = partners.iter().find(|partner| partner.to_string().contains("AN01000000001"));
    let path = format!("/partners/{}", own.expect("Acme")["id"].as_str().unwrap());
    let new = Partner { secret: "the-next-secret-of-acme", ..ACME };
    let mut number = 0;
    let mut exchange = async |partner: Partner| {
        number += 1;
        let plain = documents::envelope(partner, &format!("{number}@plain"), "<ProfileRequest/>");
        let mac = with_mac(partner, &format!("{number}@mac"), (-HOUR, HOUR));
        (status(&client, &plain).await, status(&client, &mac).await)
    };
    let (good, bad) = ((Some(200), Some(200)), (Some(401), Some(401)));
    assert_eq!((exchange(ACME).await, exchange(new).await), (good, bad));
    ada.post(&format!("{path}/secret"), json!({"secret": new.secret})).await.expect(201);
    for _ in 0..3 {
        assert_eq!((exchange(ACME).await, exchange(new).await), (good, good));
    }
    ada.delete(&format!("{path}/secret/old")).await.expect(200);
    assert_eq!((exchange(ACME).await, exchange(new).await), (bad, good));
}

const MARKER: &str = "marker-secret-8c1f2a";
const SENT: &str = "marker-sent-secret-55d0";
const GUESS: &str = "marker-guessed-91be";

#[tokio::test]
async fn no_secret_stands_in_the_log_at_trace_level_nor_on_a_page_nor_in_the_data() {
    let config =
        std::env::temp_dir().join(format!("countersign_trace_{}.toml", std::process::id()));
    fs::write(&config, "log = \"trace\"\n").unwrap();
    let server =
        Server::demo_with(Kind::Sqlite, &["--config", &config.display().to_string()]).await;
    let (client, site) = (server.client(), Site::open().await);
    let ada = server.api("ada@acme.example").await;
    let delivery = json!({"channel": "cxml", "url": site.url(), "identity": "111111111",
        "secret": SENT});
    ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
    let new = json!({"name": "Marked", "identities": [{"domain": "DUNS", "identity": "555"}],
        "secret": MARKER, "oci_user": "marked"});
    let made = ada.post("/partners", new).await.expect(201).json();
    let marked = Partner { domain: "DUNS", identity: "555", secret: MARKER };
    let wrong = Partner { secret: GUESS, ..marked };

    let plain = |partner, payload| documents::envelope(partner, payload, "<ProfileRequest/>");
    assert_eq!(status(&client, &plain(marked, "1@m")).await, Some(200));
    assert_eq!(status(&client, &plain(wrong, "2@m")).await, Some(401));
    let proven = with_mac(marked, "3@m", (-HOUR, HOUR));
    let mac_text = documents::between(&proven, "+00:00\">", "</CredentialMac>").expect("a MAC");
    assert_eq!(status(&client, &proven).await, Some(200));
    let broken = plain(wrong, "4@m").replace("</cXML>", "");
    assert_eq!(status(&client, &broken).await, Some(406));
    let early = plain(marked, "5@m").replace("<ProfileRequest/>", "<OrderRequest/>");
    assert_eq!(status(&client, &early).await, Some(400));
    for password in [MARKER, GUESS] {
        let call = format!("/oci?USERNAME=marked&PASSWORD={password}&HOOK_URL=https%3A%2F%2Fx%2F");
        client.get(&call).await;
    }
    let ed = server.api("ed@acme.example").await;
    ed.requisition(&[("PEN-01", "office-one", "2")], "4100").await;
    eventually("the order is there", || async { !site.documents().is_empty() }).await;
    assert!(site.documents()[0].contains(SENT), "it was filled in when it was sent");

    let browser = server.signed_in("ada@acme.example").await;
    let partner = format!("/admin/partners/{}", made["id"].as_str().unwrap());
    let mut shown = String::new();
    for page in ["/admin", "/admin/partners", &partner, "/admin/deliveries", "/audit"] {
        shown.push_str(&browser.open(page).await.text());
    }
    for path in ["/partners", "/audit", "/orders"] {
        shown.push_str(&ada.get(path).await.text());
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let log = server.log();
    assert!(log.contains("TRACE"), "the log is at trace level");
    for marker in [MARKER, SENT, GUESS, mac_text] {
        assert!(!shown.contains(marker), "{marker} on a page");
        for file in fs::read_dir(server.database().folder()).unwrap() {
            let path = file.unwrap().path();
            let bytes = fs::read(&path).unwrap_or_default();
            let found = bytes.windows(marker.len()).position(|part| part == marker.as_bytes());
            let near = found.map(|at| {
                let end = bytes.len().min(at + 80);
                String::from_utf8_lossy(&bytes[at.saturating_sub(300)..end]).into_owned()
            });
            assert_eq!(near, None, "{marker} in {}", path.display());
        }
    }
    let _ = fs::remove_file(config);
}
