//! Setup requests that other programs really sent, when the private corpus lies at hand.

use std::path::{Path, PathBuf};

use countersign::{
    app::{
        Actor, AppError, Command, Cx, Need, act,
        inbox::{self, Post},
    },
    base::{id::PartnerId, secret::Secret},
    cxml::{self, Payload},
    domain::{fact::Fact, party::Identity},
    store::{self, partner::SecretSlot},
};

use crate::harness::{Kind, documents::status, inside::Inside};

/// Where the shared folder is: `COUNTERSIGN_SHARED`, or `shared` beside the repository.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("COUNTERSIGN_SHARED").map(PathBuf::from);
    let places = named.into_iter().chain(beside.ancestors().skip(1).map(|up| up.join("shared")));
    let mut folders = places.map(|place| place.join("cxml/corpus/PunchOutSetupRequest"));
    folders.find(|place| place.is_dir())
}

/// Registers a connection of Acme with these identities and this secret.
struct Register {
    identities: Vec<Identity>,
    secret: String,
    host: Option<String>,
}

impl Command for Register {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        // Two samples may speak under one identity: the later registration takes it over.
        for identity in &self.identities {
            for mut before in store::partner::by_identity(cx.conn, identity).await? {
                before.disabled_at = Some(cx.now);
                store::partner::save(cx.conn, &before, cx.now).await?;
            }
        }
        let acme = store::organisation::by_name(cx.conn, "acme").await?.unwrap();
        let own = store::partner::of_organisation(cx.conn, acme.id).await?;
        let mut partner = own.into_iter().find(|own| own.oci_user.is_some()).unwrap();
        partner.disabled_at = None;
        let id: PartnerId = cx.id();
        partner.id = id;
        partner.oci_user = None;
        partner.allow_http = true;
        partner.identities.clone_from(&self.identities);
        partner.return_hosts = self.host.iter().cloned().collect();
        store::partner::save(cx.conn, &partner, cx.now).await?;
        let place = store::partner::secret_place(id, 1);
        let slot = SecretSlot {
            slot: 1,
            sealed: cx.app.keys.seal(&Secret::new(&*self.secret), &place, &*cx.app.entropy),
            digest: cx.app.keys.digest(&self.secret),
            created_at: cx.now,
        };
        store::partner::save_secret(cx.conn, id, &slot).await?;
        cx.fact(Fact::SecretRotated { partner: id.to_string(), slot: 1 });
        Ok(())
    }
}

#[tokio::test]
async fn real_setup_requests_are_answered_as_they_deserve() {
    let Some(folder) = corpus() else { return };
    let inside = Inside::new(Kind::Sqlite).await;
    let mut counts = [0; 3];
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&file).unwrap();
        let Ok(received) = cxml::receive(&bytes, None) else {
            let answer = answer(&inside, &bytes).await;
            assert_eq!(status(&answer), Some(406), "{name}: {answer}");
            assert!(answer.contains("line ") && answer.contains("column "), "{answer}");
            counts[2] += 1;
            continue;
        };
        let sender = &received.envelope.sender.credentials;
        let secret = sender.iter().find_map(|own| own.secret.clone());
        let all = sender.iter().chain(&received.envelope.from.credentials);
        let identities: Vec<_> =
            all.map(|own| Identity::new(&*own.domain, &*own.identity)).collect();
        let host = match &received.payload {
            Ok(Payload::PunchOutSetupRequest(setup)) => setup.return_url.as_deref(),
            _ => None,
        };
        let host = host.and_then(|url| url::Url::parse(url).ok());
        let register = Register {
            identities,
            secret: secret.as_ref().map_or("never sent", |own| own.expose()).to_owned(),
            host: host.and_then(|url| url.host_str().map(|host| format!("{host}:*"))),
        };
        act(&inside.app, &Actor::system("test", None), register).await.unwrap();
        let answer = answer(&inside, &bytes).await;
        let code = status(&answer);
        if secret.is_none() {
            assert_eq!(code, Some(401), "{name}: {answer}");
            counts[1] += 1;
        } else {
            assert_eq!(code, Some(200), "{name}: {answer}");
            assert!(answer.contains("/start/"), "{answer}");
            counts[0] += 1;
        }
    }
    eprintln!("{} answered, {} without a secret, {} malformed", counts[0], counts[1], counts[2]);
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

async fn answer(inside: &Inside, bytes: &[u8]) -> String {
    let answer = inbox::receive(&inside.app, Post { bytes, ..Post::default() }).await;
    String::from_utf8(answer.body).unwrap()
}
