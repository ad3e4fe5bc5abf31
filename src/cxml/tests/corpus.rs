//! The private corpus of real documents: read when it lies beside the repository, skipped when not.

use std::path::{Path, PathBuf};

use super::super::{Fault, check, decode, encode, receive};

/// Where the shared folder is: `COUNTERSIGN_SHARED`, or `shared` beside the repository.
pub(super) fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("COUNTERSIGN_SHARED").map(PathBuf::from);
    let places = named.into_iter().chain(beside.ancestors().skip(1).map(|up| up.join("shared")));
    places.map(|place| place.join("cxml")).find(|place| place.join("corpus").is_dir())
}

pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "xml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_real_document_is_read_or_refused_with_its_place() {
    let Some(shared) = shared() else { return };
    let corpus = shared.join("corpus");
    let manifest = std::fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let broken = |path: &Path| {
        let name = path.strip_prefix(&corpus).unwrap().to_str().unwrap().to_owned();
        let row = manifest.lines().find(|row| row.split('\t').next() == Some(&name));
        row.is_some_and(|row| row.split('\t').nth(5) == Some("not-wf"))
    };
    let (mut read, mut content, mut refused) = (0, 0, 0);
    for path in files(&corpus) {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.strip_prefix(&corpus).unwrap().display().to_string();
        match receive(&bytes, None) {
            Err(Fault::NotWellFormed(fault)) => {
                assert!(broken(&path), "{name} is well-formed, but: {fault}");
                assert!(fault.line > 0 && fault.column > 0);
                refused += 1;
            }
            other => {
                assert!(!broken(&path), "{name} must be refused");
                match other {
                    Ok(received) if received.payload.is_ok() => read += 1,
                    Ok(received) => {
                        eprintln!("{name}: {}", received.payload.unwrap_err());
                        content += 1;
                    }
                    Err(fault) => {
                        eprintln!("{name}: {fault}");
                        content += 1;
                    }
                }
            }
        }
    }
    eprintln!("{read} read, {content} with a content fault, {refused} not well-formed");
    assert_eq!(refused, 4);
    assert!(read > 100, "only {read} documents were read");
}

/// Whether the official DTD takes the bytes; `None` without the DTDs or xmllint.
pub(super) fn judged(bytes: &[u8], payload: &str, name: &str) -> Option<Result<(), String>> {
    let folder = shared()?.join("dtd");
    let safe: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let file = std::env::temp_dir().join(format!("cxml-{}-{safe}.xml", std::process::id()));
    std::fs::write(&file, bytes).ok()?;
    let dtd = folder.join(format!("{}.dtd", super::super::write::dtd_of(payload)));
    let run = std::process::Command::new("xmllint")
        .args(["--nonet", "--noout", "--dtdvalid"])
        .arg(dtd)
        .arg(&file)
        .output();
    let _ = std::fs::remove_file(&file);
    let run = run.ok()?;
    Some(run.status.success().then_some(()).ok_or_else(|| {
        String::from_utf8_lossy(&run.stderr).replace(&file.display().to_string(), name)
    }))
}

#[test]
fn every_real_document_written_anew_says_the_same_and_is_as_valid_as_it_was() {
    let Some(shared) = shared() else { return };
    let corpus = shared.join("corpus");
    let (mut wrong, mut same, mut kept) = (Vec::new(), 0, 0);
    for path in files(&corpus) {
        let name = path.strip_prefix(&corpus).unwrap().display().to_string();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(document) = decode(&bytes, None) else { continue };
        let written = encode(&document);
        let again = decode(&written, None).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(again, document, "{name}");
        assert_eq!(encode(&again), written, "{name}");
        same += 1;
        kept += usize::from(!document.unread.is_empty());
        let told: Vec<_> = check(&written).iter().map(ToString::to_string).collect();
        if check(&bytes).is_empty() && !told.is_empty() {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    eprintln!("{same} read back equal, {kept} of them with parts that no reader knows");
    assert!(same > 100 && kept > 40, "{same} read back equal, {kept} with unread parts");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
