//! The session cookie: read strictly, written for its place.
//!
//! A login keeps to its own site (`SameSite=Lax`). A visit from a procurement system may run in a
//! frame of another site, so its cookie is `SameSite=None; Secure; Partitioned`; on plain http that
//! works only on loopback, which browsers trust. Where a frame blocks cookies altogether, the
//! session lives in the address instead (`Shell::prefix`).

use http::{HeaderMap, header};

/// Whose cookie it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person who signed in.
    Login,
    /// A visit from a procurement system, maybe inside its frame.
    Visit,
}

impl Kind {
    /// The cookie's name. With https it carries the prefix that binds it to this very host.
    pub const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Login, true) => "__Host-countersign",
            (Self::Login, false) => "countersign",
            (Self::Visit, true) => "__Host-countersign-visit",
            (Self::Visit, false) => "countersign-visit",
        }
    }
}

/// Bytes of a cookie value that are looked at; ours are far shorter.
const MAX_VALUE_BYTES: usize = 512;

/// The value of the cookie of this kind. Two different values of one name are nobody's: one of them
/// was planted, and there is no telling which.
pub fn value(headers: &HeaderMap, kind: Kind, https: bool) -> Option<&str> {
    let name = kind.name(https);
    let mut found = None;
    for line in headers.get_all(header::COOKIE) {
        let line = line.to_str().ok()?;
        for pair in line.split(';') {
            let Some((own, value)) = pair.trim().split_once('=') else { continue };
            if own != name || value.len() > MAX_VALUE_BYTES {
                continue;
            }
            match found {
                Some(before) if before != value => return None,
                _ => found = Some(value),
            }
        }
    }
    found.filter(|value| !value.is_empty())
}

/// The `Set-Cookie` header that keeps a session for `seconds`. `value` must be URL-safe text, as
/// `base::secret` makes it.
pub fn set(kind: Kind, value: &str, seconds: u32, https: bool) -> String {
    let safe: String = value.chars().filter(|c| is_cookie_char(*c)).collect();
    write(kind, &safe, seconds, https)
}

/// The `Set-Cookie` header that takes a session away.
pub fn clear(kind: Kind, https: bool) -> String {
    write(kind, "", 0, https)
}

fn is_cookie_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

fn write(kind: Kind, value: &str, seconds: u32, https: bool) -> String {
    let name = kind.name(https);
    let place = match (kind, https) {
        (Kind::Login, true) => "SameSite=Lax; Secure",
        (Kind::Login, false) => "SameSite=Lax",
        (Kind::Visit, _) => "SameSite=None; Secure; Partitioned",
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; {place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, line.parse().unwrap())).collect()
    }

    #[test]
    fn a_planted_second_value_is_nobodys() {
        let read = |lines: &[&str]| value(&headers(lines), Kind::Login, false).map(str::to_owned);
        assert_eq!(read(&["a=1; countersign=x; b=2"]).as_deref(), Some("x"));
        assert_eq!(read(&["countersign=x", "countersign=x"]).as_deref(), Some("x"));
        assert_eq!(read(&["countersign=x; countersign=y"]), None);
        assert_eq!(read(&["Countersign=x; countersign-visit=y; countersign="]), None);
    }

    #[test]
    fn cookies_are_written_for_their_place() {
        let login = set(Kind::Login, "abc", 60, true);
        assert_eq!(
            login,
            "__Host-countersign=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        let visit = set(Kind::Visit, "a;b\r\nc", 60, false);
        assert!(visit.starts_with("countersign-visit=abc; "), "{visit}");
        assert!(visit.ends_with("SameSite=None; Secure; Partitioned"), "{visit}");
        assert!(clear(Kind::Login, false).contains("Max-Age=0"));
    }
}
