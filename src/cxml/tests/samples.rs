//! Every file of `cxml-samples` is a test. `in/X.xml` decoded and encoded is `out/X.xml`, to the
//! byte; `refused/X.xml` says in a comment with which status and words it is refused.
//!
//! `COUNTERSIGN_WRITE_SAMPLES=1 cargo test --lib samples` writes `out/` anew; look at the
//! difference.

use std::path::PathBuf;

use super::super::{Payload, check, decode, encode, redact};
use super::corpus::judged;

/// Its sender adds an element that no DTD knows, and gets it back.
const BEYOND: &str = "setup-edit-other-order.xml";

fn samples(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cxml-samples").join(kind);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        found.push((name, std::fs::read(path).unwrap()));
    }
    found.sort();
    found
}

#[test]
fn every_document_in_becomes_the_document_out() {
    let write = std::env::var_os("COUNTERSIGN_WRITE_SAMPLES").is_some();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cxml-samples/out");
    let inputs = samples("in");
    assert!(inputs.len() > 20);
    for (name, bytes) in &inputs {
        let document = decode(bytes, None).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(!matches!(document.payload, Payload::Unknown(_)), "{name}");
        let encoded = encode(&document);
        if write {
            std::fs::write(folder.join(name), &encoded).unwrap();
        }
        let expected = std::fs::read(folder.join(name)).unwrap_or_default();
        let shown = String::from_utf8_lossy(&encoded);
        assert_eq!(shown, String::from_utf8_lossy(&expected), "{name}");
    }
    assert_eq!(samples("out").len(), inputs.len(), "out/ holds a file that in/ does not");
}

#[test]
fn every_document_out_reads_back_and_is_valid() {
    for (name, bytes) in samples("out") {
        let document = decode(&bytes, Some("text/xml")).unwrap();
        assert_eq!(encode(&document), bytes, "{name}");
        if name == BEYOND {
            assert_eq!(document.unread.iter().count(), 1, "{name}");
            continue;
        }
        assert_eq!(check(&bytes), [], "{name}");
        if let Some(Err(told)) = judged(&bytes, document.payload.name(), &name) {
            panic!("{told}");
        }
    }
}

#[test]
fn every_refused_document_is_refused_with_the_words_it_names() {
    for (name, bytes) in samples("refused") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let expected = text.split_once("expect: ").and_then(|(_, rest)| rest.split_once(" -->"));
        let expected = expected.unwrap_or_else(|| panic!("{name} names no error")).0;
        let (status, words) = expected.split_once(' ').unwrap();
        let fault = match decode(&bytes, None) {
            Ok(_) => panic!("{name} must be refused: {expected}"),
            Err(fault) => fault,
        };
        assert_eq!(fault.status_code().to_string(), status, "{name}: {fault}");
        let words = words.replace("&amp;", "&");
        assert!(fault.to_string().contains(&words), "{name}: expected {words}, told {fault}");
        assert!(!check(&bytes).is_empty(), "{name}");
    }
}

#[test]
fn no_sample_keeps_its_secret_when_redacted() {
    for kind in ["in", "out", "refused"] {
        for (name, bytes) in samples(kind) {
            let clean = redact(&bytes);
            assert!(!clean.windows(13).any(|window| window == b"sample-secret"), "{name}");
            assert_eq!(redact(&clean), clean, "{name}");
        }
    }
}
