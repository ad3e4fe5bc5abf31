//! The real server: it says which setting is missing, and an empty database can be set up.

use std::process::Command;

use crate::harness::server::binary;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    let output = command.args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_missing_or_bad_setting_is_named_in_one_line() {
    for (arguments, name) in [
        (&["serve"][..], "database"),
        (&["serve", "--database", "mysql://x/y"][..], "database"),
        (&["serve", "--database", "sqlite:x.db"][..], "key"),
        (&["serve", "--config", "/nowhere.toml"][..], "config"),
        (&["demo", "--listen", "8080"][..], "listen"),
        (&["demo", "--public-url", "buy.example"][..], "public_url"),
    ] {
        let (code, said) = run(arguments);
        assert_ne!(code, Some(0), "{arguments:?}");
        assert_eq!(said.trim().lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(&format!("setting {name}")), "{arguments:?}: {said}");
    }
}
