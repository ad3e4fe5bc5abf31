//! The floors: a file imports only from lower floors or from its own room.

use super::{Fault, source::Source};

/// Rooms by floor, as architecture.md draws them; `None` for a name that is no room.
fn floor(room: &str) -> Option<u8> {
    Some(match room {
        "base" => 1,
        "domain" | "cxml" | "oci" | "oracle" | "ubl" | "config" => 2,
        "exchange" | "store" | "policy" | "outbound" => 3,
        "app" => 4,
        "http" | "worker" | "sim" => 5,
        "server" | "demo" => 6,
        "main" | "lib" => 7,
        _ => return None,
    })
}

/// The simulators reach the server as a stranger would, so they know the values and codecs only.
const SIM_KNOWS: &[&str] = &["base", "cxml", "oci"];

pub fn check(source: &Source) -> Vec<Fault> {
    let Some(room) = source.room() else { return Vec::new() };
    let Some(own) = floor(room) else {
        return vec![Fault::at(source, 1, format!("`{room}` is no room of architecture.md"))];
    };
    if own == 7 {
        return Vec::new();
    }
    let mut faults: Vec<Fault> = imports(source)
        .into_iter()
        .filter(|(_, to)| to != room && !allowed(room, own, to))
        .map(|(line, to)| Fault::at(source, line, format!("`{room}` must not import `{to}`")))
        .collect();
    faults.extend(climbs(source));
    faults
}

fn allowed(room: &str, own: u8, to: &str) -> bool {
    match room {
        "sim" => SIM_KNOWS.contains(&to),
        _ => floor(to).is_some_and(|there| there < own),
    }
}

/// Every room named after `crate::`, in `use` lines, in groups and in paths within the code.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in source.find_word("crate::") {
        let rest = &source.code[at + "crate::".len()..];
        let line = source.line_at(at);
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group).into_iter().map(|name| (line, name))),
            None => found.push((line, name_at(rest))),
        }
    }
    found
}

/// The first name of each entry of a `{a::b, c::{d, e}}` group.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut names = Vec::new();
    let mut entry = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entry = true,
            c if entry && depth == 0 && !c.is_whitespace() => {
                names.push(name_at(&group[at..]));
                entry = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// `super::super::..` that climbs to the crate's root would be an import no rule sees.
fn climbs(source: &Source) -> Vec<Fault> {
    let below = source.path.trim_start_matches("src/").trim_end_matches(".rs");
    let names = below.split('/').filter(|name| *name != "mod").count();
    let mut faults = Vec::new();
    let mut end = 0;
    for at in source.find_word("super::") {
        if at < end {
            continue;
        }
        let rest = &source.code[at..];
        let supers = rest.split("::").take_while(|part| part.trim() == "super").count();
        end = at + supers * "super::".len();
        let line = source.line_at(at);
        // A test module inside the file is one step deeper.
        if supers >= names + usize::from(source.is_test(line)) {
            faults.push(Fault::at(source, line, "`super::` climbs to the crate's root".into()));
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
    fn upward_and_sideways_imports_are_found() {
        for (path, code) in [
            ("src/base/money.rs", "use crate::domain::refusal::Refusal;"),
            ("src/domain/cart.rs", "use crate::cxml::tree::Tree;"),
            ("src/store/cart.rs", "use crate::policy::access;"),
            ("src/outbound/client.rs", "use crate::store::row;"),
            ("src/app/cart.rs", "use crate::{base::id, http::guard};"),
            ("src/http/api/carts.rs", "fn f() { crate::worker::wake(); }"),
            ("src/worker/mail.rs", "use crate::{\n    base::id,\n    demo::world,\n};"),
            ("src/sim/mail.rs", "use crate::domain::order;"),
            ("src/demo/mod.rs", "use crate::server;"),
            ("src/config.rs", "use crate::domain::party;"),
            ("src/domain/cart.rs", "use super::super::cxml;"),
            ("src/domain/mod.rs", "use super::cxml;"),
            ("src/helpers/mod.rs", ""),
            ("src/domain/cart.rs", "#[cfg(test)] mod tests { use super::super::super::cxml; }"),
        ] {
            assert_eq!(faults(path, code), 1, "{path}: {code}");
        }
    }

    #[test]
    fn downward_and_own_imports_pass() {
        for (path, code) in [
            ("src/domain/cart.rs", "use crate::{base::{id::Id, money}, domain::price};"),
            ("src/http/api/carts.rs", "use crate::app::cart; use crate::http::problem;"),
            ("src/demo/mod.rs", "use crate::{sim::buyer, http::door, worker};"),
            ("src/sim/buyer.rs", "use crate::{cxml::order, base::time, oci};"),
            ("src/domain/cart.rs", "pub(crate) use super::price; // use crate::http::x"),
            ("src/http/api/carts.rs", "use super::super::guard;"),
            ("src/main.rs", "use countersign::demo;"),
            ("src/domain/cart.rs", "#[cfg(test)] mod tests { use super::super::price; }"),
        ] {
            assert_eq!(faults(path, code), 0, "{path}: {code}");
        }
    }
}
