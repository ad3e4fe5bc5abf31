//! The commands beside the server: their answers on stdout and their exit codes.

use std::{
    fs,
    process::{Command, Output},
};

use crate::harness::{Database, Kind, Server, server::binary};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).output().unwrap()
}

#[test]
fn good_documents_pass_and_a_fault_is_told_with_its_place() {
    let good = run(&["validate", &first_sample()]);
    assert!(good.status.success(), "{}{}", text(&good.stdout), text(&good.stderr));
    let bad = run(&["validate", &first_sample(), "cxml-samples/refused/doctype-twice.xml"]);
    assert_eq!(bad.status.code(), Some(1));
    let lines = text(&bad.stdout);
    assert!(lines.contains("doctype-twice.xml:4:1: document: got"), "{lines}");
    assert!(lines.contains("expected") && lines.contains("got"), "{lines}");
    assert_eq!(run(&["validate", "no-such-file.xml"]).status.code(), Some(1));
}

fn first_sample() -> String {
    let mut found: Vec<_> = fs::read_dir("cxml-samples/in")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "xml"))
        .collect();
    found.sort();
    found[0].to_str().unwrap().to_owned()
}

#[test]
fn a_server_without_its_settings_names_the_first_one_that_is_missing() {
    let fault = Command::new(binary()).arg("serve").env_clear().output().unwrap();
    assert_eq!(fault.status.code(), Some(1));
    let line = text(&fault.stderr);
    assert!(line.contains("setting database: missing"), "{line}");
    assert_eq!(line.trim().lines().count(), 1, "{line}");
}

#[tokio::test]
async fn migrating_says_what_it_did_and_the_second_time_nothing() {
    for kind in Kind::all() {
        let database = Database::new(kind).await;
        let migrate = || {
            let mut command = Command::new(binary());
            command.arg("migrate").arg("--data").arg(database.folder());
            if let Some(url) = database.url() {
                command.args(["--database", url]);
            }
            let done = command.output().unwrap();
            assert!(done.status.success(), "{}", text(&done.stderr));
            text(&done.stdout)
        };
        assert!(migrate().contains("applied 0001"));
        assert!(migrate().contains("nothing to do"));
    }
}

#[tokio::test]
async fn a_catalogue_file_is_imported_beside_the_running_server() {
    let server = Server::demo().await;
    let file = server.database().folder().join("office-one.csv");
    fs::write(
        &file,
        "sku,name,unit,price,currency\nNEW-1,A new thing,EA,2.50,EUR\nBAD-1,Bad,EA,x,EUR\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let tried = server.command(&["import", file, "--dry-run"]);
    let said = format!("{}{}", text(&tried.stdout), text(&tried.stderr));
    assert!(said.contains("would be added 1"), "{said}");
    let done = server.command(&["import", file]);
    let lines = format!("{}{}", text(&done.stdout), text(&done.stderr));
    assert!(lines.contains(":3: price: got \"x\"") && lines.contains("added 1,"), "{lines}");
    assert_eq!(done.status.code(), Some(1));
    let again = server.command(&["import", file]);
    let again = format!("{}{}", text(&again.stdout), text(&again.stderr));
    assert!(again.contains("added 0, changed 0, unchanged 1"), "{again}");
    let other = server.command(&["import", file, "--supplier", "nobody"]);
    assert!(text(&other.stderr).contains("no supplier of this name"), "{}", text(&other.stderr));
}

#[test]
fn a_new_organisation_saves_policies_before_every_role_is_held() {
    let folder = std::env::temp_dir().join(format!("countersign_init_{}", std::process::id()));
    let data = ["--data", folder.to_str().unwrap()];
    let init = ["init", "--organisation", "neu", "--currency", "EUR", "--admin", "neu@neu.example"];
    let made = run(&[&init[..], &data].concat());
    assert!(made.status.success(), "{}", text(&made.stderr));
    let checked = run(&[&["policy", "check"][..], &data].concat());
    let said = text(&checked.stdout);
    assert!(checked.status.success(), "{said}");
    assert!(said.contains("warning: rule") && said.contains("nobody active holds"), "{said}");
    // Another key than the one its links are made with is told at once.
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "https://buy.example"];
    let other = Command::new(binary())
        .args(serve)
        .args(data)
        .args(["--smtp", "off"])
        .env("COUNTERSIGN_KEY", "ab".repeat(32))
        .output()
        .unwrap();
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("setting key"), "{}", text(&other.stderr));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_of_another_program_or_of_a_newer_server_is_named_in_one_line() {
    let folder = std::env::temp_dir().join(format!("countersign_other_{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let migrate = |name: &str| {
        let url = format!("sqlite:{}", folder.join(name).display());
        let fault = run(&["migrate", "--database", &url]);
        assert_eq!(fault.status.code(), Some(1));
        let line = text(&fault.stderr);
        assert_eq!(line.trim().lines().count(), 1, "{line}");
        line
    };
    let other = rusqlite::Connection::open(folder.join("other.db")).unwrap();
    other.execute_batch("create table person (id integer)").unwrap();
    assert!(migrate("other.db").contains("another program"), "a stranger's file");
    let url = format!("sqlite:{}", folder.join("newer.db").display());
    assert!(run(&["migrate", "--database", &url]).status.success());
    let newer = rusqlite::Connection::open(folder.join("newer.db")).unwrap();
    let note = "insert into _sqlx_migrations (version, description, success, checksum,
        execution_time) values (9999, 'later', 1, x'00', 0)";
    newer.execute_batch(note).unwrap();
    let line = migrate("newer.db");
    assert!(line.contains("newer version") && line.contains("9999"), "{line}");
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn an_explanation_by_a_draft_is_the_drafts_own() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let asked = ed.requisition(&[("DESK-01", "office-one", "2")], "4100").await;
    let number = asked["number"].as_str().unwrap();
    let ada = server.api("ada@acme.example").await;
    let limits = ada.get("/policies/limits").await.expect(200).json();
    let csv = limits["csv"].as_str().unwrap();
    assert!(csv.contains("500.00"), "{csv}");
    let file = server.database().folder().join("limits.csv");
    let explain = |csv: &str| {
        fs::write(&file, csv).unwrap();
        let of = ["--organisation", "acme", "--kind", "limits", "--file", file.to_str().unwrap()];
        server.command(&[&["policy", "explain", number][..], &of].concat())
    };
    let same = text(&explain(csv).stdout);
    let higher = text(&explain(&csv.replace("500.00", "5000.00")).stdout);
    assert!(higher != same && same.contains("mia@acme.example"), "{same} {higher}");
    let broken = explain("no,such\ncolumns,here\n");
    assert_eq!(broken.status.code(), Some(1), "{}", text(&broken.stdout));
}
