//! The one stylesheet, the one script and the icon, embedded and named by their content.
//!
//! An address holds the hash of what it serves, so a browser may keep it for ever and a new version
//! has a new address. Assets need no cookie and no login and stand outside every path prefix.

use std::sync::LazyLock;

use http::{StatusCode, header};
use poem::{Endpoint, Request, Response, endpoint::make_sync};

use crate::base::text;

/// One embedded file.
struct Asset {
    /// `/assets/app.0123456789ab.css`
    url: String,
    media: &'static str,
    bytes: &'static [u8],
}

static CSS: LazyLock<Asset> = LazyLock::new(|| {
    asset("app", "css", "text/css; charset=utf-8", include_bytes!("assets/app.css"))
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("app", "js", "text/javascript; charset=utf-8", include_bytes!("assets/app.js"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("icon", "svg", "image/svg+xml", include_bytes!("assets/icon.svg")));

fn asset(stem: &str, end: &str, media: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = text::sha256_hex(bytes);
    Asset { url: format!("/assets/{stem}.{}.{end}", &hash[..12]), media, bytes }
}

/// Where the stylesheet is.
pub fn css_url() -> &'static str {
    &CSS.url
}

/// Where the script is.
pub fn script_url() -> &'static str {
    &SCRIPT.url
}

/// Where the icon is.
pub fn icon_url() -> &'static str {
    &ICON.url
}

/// The stylesheet's text, for documents that must stand alone (an order as a mail attachment).
pub fn css_text() -> &'static str {
    std::str::from_utf8(CSS.bytes).unwrap_or_default()
}

/// The answer for a path below `/assets/`; `None` when there is no such file (any more).
pub fn serve(path: &str, if_none_match: Option<&str>) -> Option<Response> {
    let asset: &Asset = [&*CSS, &*SCRIPT, &*ICON].into_iter().find(|asset| asset.url == path)?;
    let etag = format!("\"{}\"", asset.url.trim_start_matches("/assets/"));
    let answer = Response::builder()
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::ETAG, etag.as_str());
    if if_none_match.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Some(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    Some(answer.content_type(asset.media).body(asset.bytes))
}

/// The endpoint to mount at `/assets/:file`.
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make_sync(|request: Request| {
        serve(request.original_uri().path(), request.header(header::IF_NONE_MATCH))
            .unwrap_or_else(|| Response::builder().status(StatusCode::NOT_FOUND).finish())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_stay_small_and_are_found_only_under_their_present_hash() {
        assert!(CSS.bytes.len() < 25 * 1024, "{}", CSS.bytes.len());
        assert!(SCRIPT.bytes.len() < 10 * 1024, "{}", SCRIPT.bytes.len());
        let found = serve(css_url(), None).unwrap();
        assert_eq!(found.status(), StatusCode::OK);
        let tag = found.header("etag").unwrap().to_owned();
        let again = serve(css_url(), Some(&tag)).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(serve("/assets/app.000000000000.css", None).is_none());
    }
}
