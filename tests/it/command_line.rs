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
