//! The house kept tidy: floors, sizes and the "only here" rules of the architecture.
//!
//! Each rule is a function from one file to faults and has a test with a planted fault, so that a
//! rule that stopped working is seen. `every_file_keeps_the_rules` then reads the real tree.

mod floors;
pub mod source;
mod words;

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
};

use source::Source;

/// One broken rule, with the place.
#[derive(Debug)]
pub struct Fault(String);

impl Fault {
    fn at(source: &Source, line: usize, why: String) -> Self {
        Self(format!("{}:{line}: {why}", source.path))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lines a file may have; the aim is 300.
const FILE_LINES: usize = 500;
const LINE_COLUMNS: usize = 100;
/// A line of a test may hold a piece of a document, which no formatter breaks.
const TEST_COLUMNS: usize = 120;

/// Words that promise work instead of doing it. Split, so that this file passes its own rule.
const PROMISES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

fn sizes(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    let lines = source.raw.lines().count();
    if lines > FILE_LINES {
        faults.push(Fault::at(source, lines, format!("{lines} lines, at most {FILE_LINES}")));
    }
    for (at, line) in source.raw.lines().enumerate() {
        let columns = line.chars().count();
        let is_code = source.path.ends_with(".rs") && !source.is_inside_text(at + 1);
        let most = if source.is_test(at + 1) { TEST_COLUMNS } else { LINE_COLUMNS };
        if columns > most && is_code {
            let why = format!("{columns} columns, at most {most}");
            faults.push(Fault::at(source, at + 1, why));
        }
    }
    faults
}

fn promises(source: &Source) -> Vec<Fault> {
    let lines = source.raw.lines().enumerate();
    lines
        .filter(|(_, line)| PROMISES.iter().any(|word| !source::find_word(line, word).is_empty()))
        .map(|(at, _)| Fault::at(source, at + 1, "a promise instead of work".into()))
        .collect()
}

/// A file says at its head what it is, why, and what it must never do.
fn head(source: &Source) -> Vec<Fault> {
    let exempt = !source.path.ends_with(".rs") || source.path.contains("/tests");
    let has = exempt || source.raw.trim_start().starts_with("//!");
    if has { Vec::new() } else { vec![Fault::at(source, 1, "no module head (`//!`)".into())] }
}

/// Nothing of the machine the file was written on.
fn machine_paths(source: &Source) -> Vec<Fault> {
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let lines = source.raw.lines().enumerate();
    lines
        .filter(|(_, line)| places.iter().any(|place| line.contains(place)))
        .map(|(at, _)| Fault::at(source, at + 1, "a path of one machine".into()))
        .collect()
}

fn all_rules(source: &Source) -> Vec<Fault> {
    let mut faults = sizes(source);
    faults.extend(promises(source));
    faults.extend(machine_paths(source));
    faults.extend(head(source));
    if source.path.ends_with(".rs") {
        faults.extend(floors::check(source));
        faults.extend(words::check(source));
    }
    faults
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the repository, sorted.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let mut open = vec![top().join(folder)];
    let mut found = Vec::new();
    while let Some(dir) = open.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub fn read(path: &Path) -> Option<Source> {
    let name = path.strip_prefix(top()).unwrap().to_str()?.to_owned();
    let kinds = [".rs", ".html", ".sql", ".css", ".js", ".mjs", ".csv", ".conf"];
    if !kinds.iter().any(|kind| name.ends_with(kind)) {
        return None;
    }
    Some(Source::of(&name, &fs::read_to_string(path).ok()?))
}

#[test]
fn every_file_keeps_the_rules() {
    let folders = ["src", "tests", "benches", "policies", "migrations"];
    let found = folders.iter().flat_map(|folder| files(folder)).filter_map(|path| read(&path));
    let sources: Vec<Source> = found.collect();
    let tests: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    let mut seen = 0;
    let mut faults = Vec::new();
    for source in sources {
        let declared = tests.iter().any(|module| {
            source.path.strip_prefix(module).is_some_and(|rest| rest.starts_with(['.', '/']))
        });
        let source = Source::read(&source.path, &source.raw, declared);
        seen += 1;
        faults.extend(all_rules(&source).into_iter().map(|fault| fault.to_string()));
    }
    assert!(seen > 10, "only {seen} files were found");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn migrations_of_both_databases_have_the_same_names() {
    let names = |folder: &str| -> BTreeSet<String> {
        let files = files(folder);
        files.iter().map(|f| f.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
}

#[test]
fn planted_faults_of_size_and_form_are_found() {
    let long = format!("//! A head.\n{}", "let a = 1;\n".repeat(FILE_LINES));
    assert_eq!(sizes(&Source::of("src/app/a.rs", &long)).len(), 1);
    let wide = format!("//! A head.\n// {}\n", "x".repeat(LINE_COLUMNS));
    assert_eq!(sizes(&Source::of("src/app/a.rs", &wide)).len(), 1);
    for word in PROMISES {
        let promise = format!("//! A head.\n// {word} later\n");
        assert_eq!(promises(&Source::of("src/app/a.rs", &promise)).len(), 1, "{word}");
    }
    let markup = format!("//! A head.\nlet a = r\"\n{}\n\";\n", "x".repeat(LINE_COLUMNS + 9));
    assert!(sizes(&Source::of("src/app/a.rs", &markup)).is_empty());
    let place = format!("//! A head.\nlet a = \"{}x\";\n", concat!("/wo", "rk/"));
    assert_eq!(machine_paths(&Source::of("tests/it/a.rs", &place)).len(), 1);
    assert_eq!(head(&Source::of("src/app/a.rs", "use a::b;\n")).len(), 1);
    let clean = Source::of("src/app/a.rs", "//! A head.\npub fn a() {}\n");
    assert!(all_rules(&clean).is_empty());
}
