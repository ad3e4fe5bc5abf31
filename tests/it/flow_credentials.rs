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

/// A document without any secret.
fn bare(partner: Partner, payload: &str) -> String {
    let secret = format!("<SharedSecret>{}</SharedSecret>", partner.secret);
    documents::envelope(partner, payload, "<ProfileRequest/>").replace(&secret, "")
}

/// Posts as the proxy (127.0.0.2) or as a stranger (127.0.0.3), with these headers of ours.
async fn post_from(server: &Server, from: u8, certificates: &[&str], document: &str) -> String {
    let address = std::net::IpAddr::from([127, 0, 0, from]);
    let client = reqwest::Client::builder().local_address(address).build().unwrap();
    let post = client.post(format!("{}/cxml", server.url)).header("content-type", "text/xml");
    let post = certificates.iter().fold(post, |post, own| post.header("X-Client-Cert", *own));
    let answer = post.body(document.to_owned()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_client_certificate_proves_its_sender_by_a_trusted_proxy_and_by_nobody_else() {
    let folder = std::env::temp_dir();
    let config = folder.join(format!("countersign_certificate_{}.toml", std::process::id()));
    let text = "trusted_proxies = [\"127.0.0.2\"]\nclient_certificate_header = \"X-Client-Cert\"\n";
    fs::write(&config, text).unwrap();
    let server =
        Server::demo_with(Kind::Sqlite, &["--config", &config.display().to_string()]).await;
    let ada = server.api("ada@acme.example").await;
    let partners = ada.list("/partners").await;
    let own = partners.iter().find(|partner| partner.to_string().contains("AN01000000001"));
    let path = format!("/partners/{}/certificates", own.expect("Acme")["id"].as_str().unwrap());
    let der: Vec<u8> = [0x30, 0x82, 0x01, 0x00].into_iter().chain(0..=255).collect();
    let escaped = format!(
        "-----BEGIN%20CERTIFICATE-----%0A{}%0A-----END%20CERTIFICATE-----%0A",
        STANDARD.encode(&der).replace('+', "%2B")
    );
    let pem = escaped.replace("%20", " ").replace("%0A", "\n").replace("%2B", "+");
    let second = "ab".repeat(32);
    let is = async |from: u8, certificates: &[&str], document: String| {
        documents::status(&post_from(&server, from, certificates, &document).await)
    };
    // Nothing is registered: the certificate proves nobody, and the doctor knows it.
    assert_eq!(is(2, &[&escaped], bare(ACME, "1@crt")).await, Some(401));
    let failed = ada.list("/exchanges?result=failed&limit=1").await;
    assert_eq!(failed[0]["cause"], "certificate-unknown", "{failed:?}");
    ada.post(&path, json!({"certificate": "no certificate"})).await.expect(422);
    ada.post(&path, json!({"certificate": pem})).await.expect(200);
    assert_eq!(is(2, &[&escaped], bare(ACME, "2@crt")).await, Some(200));
    // The next one beside it, then the first one goes.
    assert_eq!(is(2, &[&second], bare(ACME, "3@crt")).await, Some(401));
    ada.post(&path, json!({"certificate": second.to_uppercase()})).await.expect(200);
    ada.post(&path, json!({"certificate": "cd".repeat(32)})).await.expect(409);
    assert_eq!(is(2, &[&escaped], bare(ACME, "4@crt")).await, Some(200));
    assert_eq!(is(2, &[&second], bare(ACME, "5@crt")).await, Some(200));
    let left = ada.delete(&format!("{path}/1")).await.expect(200).json();
    assert_eq!(left["items"][0]["fingerprint"], second, "{left}");
    assert_eq!(is(2, &[&escaped], bare(ACME, "6@crt")).await, Some(401));

    // A stranger who writes the header himself, and a proxy that lets a second one through.
    let spoofed = post_from(&server, 3, &[&second], &bare(ACME, "7@crt")).await;
    assert_eq!(documents::status(&spoofed), Some(401), "{spoofed}");
    assert!(!spoofed.contains(&second), "{spoofed}");
    assert_eq!(is(2, &[&second, &second], bare(ACME, "8@crt")).await, Some(401));
    // It proves its own connection alone, and mends no wrong secret.
    let globex = Partner { domain: "NetworkId", identity: "AN01000000002", secret: "x" };
    assert_eq!(is(2, &[&second], bare(globex, "9@crt")).await, Some(401));
    let wrong =
        documents::envelope(Partner { secret: "guessed", ..ACME }, "a@crt", "<ProfileRequest/>");
    assert_eq!(is(2, &[&second], wrong).await, Some(401));
    let foreign = bare(ACME, "b@crt").replacen("AN01000000001", "AN01000000002", 1);
    assert_eq!(is(2, &[&second], foreign).await, Some(403));
    let _ = fs::remove_file(config);
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
