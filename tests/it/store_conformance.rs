//! Trials, reports and held partners on both databases.

use countersign::{
    app::{
        act,
        conformance::{self, Begin, GoLive, Hold, MakeReport},
    },
    domain::party::{Partner, PartnerKind},
    exchange::conformance::Verdict,
    store,
};

use crate::harness::{Kind, inside::Inside};

#[tokio::test]
async fn a_trial_is_kept_sent_once_and_judged_by_what_was_kept() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let (app, ada) = (&inside.app, inside.actor("ada@acme.example").await);
        let organisation = ada.organisation.unwrap();
        let mut conn = app.store.read().await.unwrap();
        let all = store::partner::of_organisation(&mut conn, organisation).await.unwrap();
        drop(conn);
        let supplier = |own: &&Partner| own.kind != PartnerKind::Buyer;
        let partner = all.iter().find(supplier).unwrap().id;
        // No name server knows this name.
        let url = "https://partner.invalid/cxml".to_owned();
        let begin = Begin { partner, url, fresh: true };
        let trial = act(app, &ada, begin.clone()).await.unwrap();
        let refused = act(app, &ada, begin).await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().code, "already-sending");
        assert_eq!(conformance::send(app, &ada, trial).await.unwrap(), 0);
        let standing = {
            let mut reader = app.reader(&ada).await.unwrap();
            conformance::standing(&mut reader, partner).await.unwrap()
        };
        assert_eq!(standing.trial.unwrap().sending_until, None);
        let profile = standing.findings.iter().find(|own| own.case.id == "profile-asked").unwrap();
        assert!(matches!(&profile.verdict, Verdict::Failed(got) if got.contains("resolved")));
        let report = act(app, &ada, MakeReport { partner }).await.unwrap();
        let signed = conformance::signed(&mut app.reader(&ada).await.unwrap(), report).await;
        let text = serde_json::to_string_pretty(&signed.unwrap()).unwrap();
        assert!(conformance::genuine(app, &text).is_ok_and(|report| !report.passed));
        act(app, &ada, Hold { partner }).await.unwrap();
        let held = store::partner::get(&mut app.store.read().await.unwrap(), partner).await;
        assert!(conformance::need_live(&held.unwrap().unwrap()).is_err());
        let refused = act(app, &ada, GoLive { partner }).await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().code, "not-conformant");
    }
}
