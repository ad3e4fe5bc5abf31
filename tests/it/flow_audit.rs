//! The audit trail: whole when left alone, and a changed byte is found and named.

use rusqlite::Connection;

use crate::harness::{
    Server,
    documents::{ACME, setup, status},
};

async fn some_history(server: &Server) {
    let setup = setup(ACME, "1@audit", "ed@acme.example", "c1", "http://localhost:9/back");
    let answer = server.client().xml("/cxml", &setup).await.expect(200).text();
    assert_eq!(status(&answer), Some(200), "{answer}");
    let ed = server.api("ed@acme.example").await;
    let requisition = ed.requisition(&[("DESK-01", "office-one", "2")], "4100").await;
    let it = requisition["id"].as_str().unwrap();
    server.api("mia@acme.example").await.decide(it, "approve").await.expect(200);
    let ada = server.api("ada@acme.example").await;
    assert!(!ada.list(&format!("/audit?about={it}")).await.is_empty());
}

fn connect(server: &Server) -> Connection {
    Connection::open(server.database().folder().join("countersign.db")).unwrap()
}

/// Brings everything into the one file, so that a copy of it is a copy of all.
fn checkpoint(connection: Connection) {
    connection.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
    connection.close().unwrap();
}

fn tamper(server: &Server, statement: &str) {
    let connection = connect(server);
    // Whoever changes a trail by hand is not held up by a rule that can be switched off.
    connection.execute_batch("pragma foreign_keys = off").unwrap();
    assert!(connection.execute(statement, ()).unwrap() > 0, "{statement}");
    checkpoint(connection);
}

fn verify(server: &Server) -> (bool, String) {
    let output = server.command(&["audit", "verify"]);
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Each statement changes one thing that the trail vouches for.
const CHANGES: &[(&str, &str)] = &[
    (
        "update audit_entry set body = cast(replace(cast(body as text), 'a', 'b') as text) \
         where position = 5",
        "position 5",
    ),
    ("update task set decision = 'reject' where decision is not null", "the decision it names"),
    ("update purchase_order set total_minor = total_minor + 1", "the order it names"),
    ("update document set body = cast(body || x'20' as blob)", "the document it names"),
    (
        "update document set packing = 'lz4', body = x'08000000' where reply_to is not null",
        "the document it names",
    ),
    (
        "delete from audit_entry where position = (select max(position) from audit_entry)",
        "its tail was cut",
    ),
];

#[tokio::test]
async fn an_untouched_trail_is_whole_and_each_change_is_found() {
    let mut server = Server::demo().await;
    some_history(&server).await;
    assert!(server.terminate().success());
    let (whole, said) = verify(&server);
    assert!(whole, "{said}");
    checkpoint(connect(&server));
    let file = server.database().folder().join("countersign.db");
    let untouched = std::fs::read(&file).unwrap();
    for (change, found) in CHANGES {
        tamper(&server, change);
        let (whole, said) = verify(&server);
        assert!(!whole && said.contains(found), "{change}: {said}");
        // A write-ahead log left behind would be replayed over the old file.
        for rest in ["countersign.db-wal", "countersign.db-shm"] {
            let _ = std::fs::remove_file(file.with_file_name(rest));
        }
        std::fs::write(&file, &untouched).unwrap();
    }
    assert!(verify(&server).0);
}
