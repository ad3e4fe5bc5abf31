//! Two locks against posts that another site makes in a person's name.
//!
//! First, the browser itself says where a post comes from (`Sec-Fetch-Site`, `Origin`): another
//! site is refused. Second, every form carries a token that only this server can make for this
//! session. Both are asked of every unsafe request that a cookie authenticates; requests with a
//! bearer token or partner secret carry nothing a browser adds by itself and need neither.

use http::{HeaderMap, Method, header};

use crate::{
    base::{
        id::SessionId,
        secret::{self, Keys},
    },
    domain::refusal::Refusal,
};

/// The name of the hidden field.
pub const FIELD: &str = "csrf";
/// Hexadecimal characters of a token: 128 bits.
const TOKEN_CHARS: usize = 32;

/// The token of a session's forms.
pub fn token(keys: &Keys, session: SessionId) -> String {
    let mut token = keys.digest(&format!("csrf form token of {session}"));
    token.truncate(TOKEN_CHARS);
    token
}

/// Checks both locks for a post from a page. `sent` is the form's [`FIELD`].
pub fn check(
    headers: &HeaderMap,
    public_origin: &str,
    sent: Option<&str>,
    expected: &str,
) -> Result<(), Refusal> {
    check_origin(headers, public_origin)?;
    if sent.is_some_and(|sent| secret::same(sent.as_bytes(), expected.as_bytes())) {
        return Ok(());
    }
    Err(Refusal::forbidden("form-token", "This form is out of date, or was not made here.")
        .field(FIELD)
        .mend("Load the page again and repeat the step."))
}

/// Refuses what a browser says comes from another site. `public_origin` is the server's own
/// address, such as `https://buy.example`; the request's Host counts as own as well.
pub fn check_origin(headers: &HeaderMap, public_origin: &str) -> Result<(), Refusal> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if let Some(site) = site {
        // "none" is a person who typed the address or pressed reload.
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(foreign(site)) };
    }
    match text(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if is_own(origin, public_origin, text(header::HOST)) => Ok(()),
        Some(origin) => Err(foreign(origin)),
    }
}

fn is_own(origin: &str, public_origin: &str, host: Option<&str>) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin.eq_ignore_ascii_case(public_origin.trim_end_matches('/'))
        || authority.zip(host).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn foreign(got: &str) -> Refusal {
    Refusal::forbidden("cross-site", "Another site tried to do this in your name.")
        .got(crate::base::text::shorten(got, 80))
        .expected("a form of this server")
        .mend("Open the page here and repeat the step.")
}

/// Whether a method may change something and so needs the locks.
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (header::HeaderName::from_static(name), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn origin(pairs: &[(&'static str, &str)]) -> Result<(), &'static str> {
        check_origin(&headers(pairs), "https://buy.example").map_err(|refusal| refusal.code)
    }

    #[test]
    fn posts_of_other_sites_are_refused() {
        assert_eq!(origin(&[("sec-fetch-site", "cross-site")]), Err("cross-site"));
        assert_eq!(origin(&[("sec-fetch-site", "same-site")]), Err("cross-site"));
        assert_eq!(origin(&[("origin", "null")]), Err("cross-site"));
        assert_eq!(origin(&[("origin", "https://evil.example")]), Err("cross-site"));
        assert_eq!(
            origin(&[("origin", "http://localhost:1"), ("host", "127.0.0.1:1")]),
            Err("cross-site")
        );
    }

    #[test]
    fn own_posts_pass() {
        assert_eq!(origin(&[("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(origin(&[("origin", "https://buy.example")]), Ok(()));
        assert_eq!(origin(&[("origin", "http://127.0.0.1:1"), ("host", "127.0.0.1:1")]), Ok(()));
        assert_eq!(origin(&[]), Ok(()));
    }

    #[test]
    fn a_token_belongs_to_one_session() {
        let keys = Keys::derive(&[3; 32]);
        let (one, other) = (SessionId::from_bits(1), SessionId::from_bits(2));
        let expected = token(&keys, one);
        let sent = |sent: Option<&str>| check(&HeaderMap::new(), "http://x", sent, &expected);
        assert_eq!(sent(Some(&token(&keys, one))), Ok(()));
        assert!(sent(Some(&token(&keys, other))).is_err());
        assert!(sent(Some("")).is_err());
        assert!(sent(None).is_err());
    }
}
