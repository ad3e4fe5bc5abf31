//! Words that only some rooms may say: the "only here" and "never" rules of architecture.md.

use super::{Fault, source::Source};

/// A word, where it may stand, and why not elsewhere.
struct Rule {
    words: &'static [&'static str],
    holds: fn(&Source) -> bool,
    /// Whether tests beside the code may say it.
    tests_may: bool,
    why: &'static str,
}

const PURE: &[&str] = &["base", "domain", "cxml", "oci", "ubl", "exchange"];

fn pure(source: &Source) -> bool {
    source.room().is_some_and(|room| PURE.contains(&room))
}

fn src(source: &Source) -> bool {
    source.room().is_some()
}

fn outside(source: &Source, rooms: &[&str]) -> bool {
    source.room().is_some_and(|room| !rooms.contains(&room))
}

const RULES: &[Rule] = &[
    Rule {
        words: &["async", ".await", "tokio", "futures_util"],
        holds: pure,
        tests_may: false,
        why: "a pure floor knows no async",
    },
    Rule {
        words: &[
            "std::net",
            "std::fs",
            "std::env",
            "std::process",
            "std::thread",
            "std::io::stdin",
        ],
        holds: pure,
        tests_may: true,
        why: "a pure floor touches neither network, files, environment, processes nor threads",
    },
    Rule {
        words: &["SystemTime", "Instant::now", "Timestamp::now", "Zoned::now", "Utc::now"],
        holds: pure,
        tests_may: false,
        why: "a pure floor gets the time as an argument",
    },
    Rule {
        words: &["rand", "SysRng", "getrandom", "OsRng", "ThreadRng"],
        holds: pure,
        tests_may: true,
        why: "a pure floor gets randomness as an argument",
    },
    Rule {
        words: &["sqlx", "rusqlite"],
        holds: |s| outside(s, &["store"]),
        tests_may: false,
        why: "only `store` contains SQL",
    },
    Rule {
        words: &["poem", "poem_openapi"],
        holds: |s| outside(s, &["http", "sim"]),
        tests_may: false,
        why: "only `http` and `sim` know poem",
    },
    Rule {
        words: &["casbin"],
        holds: |s| outside(s, &["policy"]),
        tests_may: false,
        why: "only `policy` knows casbin",
    },
    Rule {
        words: &["reqwest", "TcpStream::connect", "AsyncSmtpTransport", "SmtpTransport"],
        holds: |s| outside(s, &["outbound", "sim"]),
        tests_may: true,
        why: "only `outbound` opens connections",
    },
    Rule {
        words: &["into_bytes()", "into_string()", "into_vec()", "into_json()", "into_json::"],
        holds: |s| source_names(s, "poem") && matches!(s.room(), Some("http" | "sim")),
        tests_may: true,
        why: "bodies are read with a limit (`into_bytes_limit`)",
    },
    Rule {
        words: &["body: String", "body: Vec<u8>", "Json<", "body: Bytes"],
        holds: |s| matches!(s.room(), Some("http" | "sim")) && says_extractor(s),
        tests_may: true,
        why: "poem's extractors read bodies without a limit",
    },
    Rule {
        words: &[".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"],
        holds: src,
        tests_may: true,
        why: "no panic outside tests: an error is a value",
    },
    Rule {
        words: &["f32", "f64"],
        holds: src,
        tests_may: true,
        why: "amounts and times are exact: no floats",
    },
    Rule {
        words: &[
            "allow(clippy::unwrap_used",
            "allow(clippy::expect_used",
            "allow(clippy::panic",
            "allow(clippy::too_many_lines",
            "allow(clippy::too_many_arguments",
            "allow(clippy::float_arithmetic",
            "allow(clippy::disallowed_types",
            "allow(dead_code)",
            "allow(unused",
        ],
        holds: src,
        tests_may: false,
        why: "a lint of the house is kept, not switched off",
    },
];

fn source_names(source: &Source, word: &str) -> bool {
    !source.find_word(word).is_empty()
}

/// A file with poem's own `Json` from `poem::web`, or handlers with raw body arguments.
fn says_extractor(source: &Source) -> bool {
    source_names(source, "poem::web::Json") || source_names(source, "handler")
}

pub fn check(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    for rule in RULES.iter().filter(|rule| (rule.holds)(source)) {
        for word in rule.words {
            for at in source.find_word(word) {
                let line = source.line_at(at);
                if !(rule.tests_may && source.is_test(line)) {
                    faults.push(Fault::at(source, line, format!("`{word}`: {}", rule.why)));
                }
            }
        }
    }
    faults.extend(sql_texts(source));
    faults.extend(write_doors(source));
    faults.extend(type_names(source));
    faults
}

/// SQL hidden in a text outside `store`.
fn sql_texts(source: &Source) -> Vec<Fault> {
    if !outside(source, &["store"]) {
        return Vec::new();
    }
    let is_sql = |text: &str| {
        let text = text.trim().to_lowercase();
        text.starts_with("select ") && text.contains(" from ")
            || text.starts_with("insert into ")
            || text.starts_with("delete from ")
            || text.starts_with("update ") && text.contains(" set ")
            || text.starts_with("create table ")
    };
    let texts = source.texts.iter().filter(|text| is_sql(&text.inside));
    let found = texts.filter(|text| !source.is_test(text.line));
    found.map(|text| Fault::at(source, text.line, "SQL outside `store`".into())).collect()
}

/// Only `app::act` opens a write transaction; `store` itself and its tests may.
fn write_doors(source: &Source) -> Vec<Fault> {
    if !outside(source, &["store"]) || source.path == "src/app/act.rs" {
        return Vec::new();
    }
    let calls = source.find_word("store.write(").into_iter().map(|at| source.line_at(at));
    let why = "only `app::act` opens a write transaction";
    calls
        .filter(|line| !source.is_test(*line))
        .map(|line| Fault::at(source, line, why.into()))
        .collect()
}

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["Manager", "Helper", "Util", "Utils", "Service", "Impl"];

fn type_names(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    for keyword in ["struct ", "enum ", "trait ", "type "] {
        for at in source.find_word(keyword) {
            let name: String = source.code[at + keyword.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if EMPTY_NAMES.iter().any(|empty| name.ends_with(empty)) {
                let why = format!("`{name}`: a name says what a thing is, not that it is one");
                faults.push(Fault::at(source, source.line_at(at), why));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, code: &str) -> usize {
        check(&Source::of(path, code)).len()
    }

    #[test]
    fn each_rule_finds_a_planted_fault() {
        for (path, code) in [
            ("src/domain/a.rs", "pub async fn a() {}"),
            ("src/exchange/a.rs", "fn a() { tokio::spawn(b); }"),
            ("src/cxml/a.rs", "use std::fs;"),
            ("src/oci/a.rs", "let a = SystemTime::now();"),
            ("src/base/a.rs", "let a = rand::random();"),
            ("src/app/a.rs", "let a = sqlx::query(\"x\");"),
            ("src/app/a.rs", "const A: &str = \"select a from b\";"),
            ("src/http/a.rs", "const A: &str = \"update a set b = 1\";"),
            ("src/app/a.rs", "use poem::web::Path;"),
            ("src/http/a.rs", "use casbin::Enforcer;"),
            ("src/app/a.rs", "let a = reqwest::Client::new();"),
            ("src/worker/a.rs", "TcpStream::connect(a);"),
            ("src/http/a.rs", "use poem::Body; fn a(b: Body) { b.into_bytes(); }"),
            ("src/http/a.rs", "#[handler] fn a(body: Vec<u8>) {}"),
            ("src/app/a.rs", "let a = b.unwrap();"),
            ("src/main.rs", "panic!();"),
            ("src/app/a.rs", "let a = b as f64;"),
            ("src/app/a.rs", "#[allow(clippy::unwrap_used)] fn a() {}"),
            ("src/app/cart.rs", "self.store.write(|t| t);"),
            ("src/worker/a.rs", "store.write(job)"),
            ("src/app/a.rs", "struct CartManager;"),
            ("src/app/a.rs", "trait OrderService {}"),
        ] {
            assert_eq!(faults(path, code), 1, "{path}: {code}");
        }
    }

    #[test]
    fn what_is_allowed_passes() {
        for (path, code) in [
            ("src/app/a.rs", "pub async fn a() { b().await }"),
            ("src/store/a.rs", "const A: &str = \"select a from b\"; use sqlx::Any;"),
            ("src/http/a.rs", "use poem::Body; async fn a(b: Body) { b.into_bytes_limit(9); }"),
            ("src/http/a.rs", "fn a(s: String) { s.into_bytes(); }"),
            ("src/domain/a.rs", "// async sqlx SystemTime\nlet operand = 1;"),
            ("src/domain/a.rs", "#[cfg(test)] mod tests { fn a() { b.unwrap(); } }"),
            ("src/app/a.rs", "const HINT: &str = \"update your address\";"),
            ("src/app/act.rs", "store.write(job)"),
            ("src/app/a.rs", "let a = lock.write(); b.unwrap_or(1); struct Utility;"),
        ] {
            assert_eq!(faults(path, code), 0, "{path}: {code}");
        }
    }
}
