//! The security headers of every answer, and what a page may loosen.

use http::{HeaderName, HeaderValue, header};
use poem::Response;

/// What one page needs beyond the strict default; put it on the answer with
/// [`PagePolicy::on`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PagePolicy {
    form_action: Vec<String>,
    frame_ancestors: Vec<String>,
}

impl PagePolicy {
    /// Lets the page's form post to this address' origin: the way back to a buyer's system. Also
    /// needed on the page whose own form is answered with a redirect there.
    #[must_use]
    pub fn form_to(mut self, url: &str) -> Self {
        self.form_action.extend(origin(url));
        self
    }

    /// Lets pages of this address' origin show this page in a frame.
    #[must_use]
    pub fn framed_by(mut self, url: &str) -> Self {
        self.frame_ancestors.extend(origin(url));
        self
    }

    /// The answer, carrying this policy to the front.
    pub fn on(self, mut answer: Response) -> Response {
        answer.set_data(self);
        answer
    }

    fn csp(&self) -> String {
        let mut csp = String::from(
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'",
        );
        for origin in &self.form_action {
            csp.push(' ');
            csp.push_str(origin);
        }
        csp.push_str("; frame-ancestors ");
        if self.frame_ancestors.is_empty() {
            csp.push_str("'none'");
        } else {
            csp.push_str(&self.frame_ancestors.join(" "));
        }
        csp
    }
}

/// `https://sap.example:8443` of an address; nothing for what is no http address. The port may be
/// `*`, any port, as the demo's loopback partners have it.
fn origin(url: &str) -> Option<String> {
    if let Some(any_port) = url.strip_suffix(":*") {
        return origin(any_port).map(|origin| format!("{origin}:*"));
    }
    let url = url::Url::parse(url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let origin = url.origin().ascii_serialization();
    // It goes into a header whose marks are blank, comma and semicolon.
    let sound = |c: char| c.is_ascii_alphanumeric() || "-._:/[]".contains(c);
    origin.chars().all(sound).then_some(origin)
}

/// Puts the security headers on an answer; what a handler has set itself stays.
pub fn harden(answer: &mut Response, https: bool) {
    let policy = answer.data::<PagePolicy>().cloned().unwrap_or_default();
    let framed = !policy.frame_ancestors.is_empty();
    set(answer, header::CONTENT_SECURITY_POLICY, &policy.csp());
    if !framed {
        set(answer, header::X_FRAME_OPTIONS, "DENY");
    }
    set(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not "no-referrer": with it browsers send "Origin: null" even to ourselves.
    set(answer, header::REFERRER_POLICY, "same-origin");
    let resource = HeaderName::from_static("cross-origin-resource-policy");
    set(answer, resource, "same-origin");
    let permissions = HeaderName::from_static("permissions-policy");
    set(answer, permissions, "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    // Pages show prices and names: neither a proxy nor the back button of a stranger keeps them.
    set(answer, header::CACHE_CONTROL, "no-store");
    if https {
        set(answer, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

fn set(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csp(policy: PagePolicy) -> (String, bool) {
        let mut answer = policy.on(Response::default());
        harden(&mut answer, false);
        let csp = answer.header("content-security-policy").unwrap_or_default().to_owned();
        (csp, answer.header("x-frame-options").is_some())
    }

    #[test]
    fn pages_are_strict_unless_they_name_an_origin() {
        let (strict, deny) = csp(PagePolicy::default());
        assert!(strict.contains("form-action 'self'; frame-ancestors 'none'"), "{strict}");
        assert!(!strict.contains("unsafe") && deny);
        let loose = PagePolicy::default()
            .form_to("https://sap.example:8443/hook?x=;y")
            .framed_by("https://portal.example/a");
        let (loose, deny) = csp(loose);
        assert!(loose.contains("form-action 'self' https://sap.example:8443;"), "{loose}");
        assert!(loose.ends_with("frame-ancestors https://portal.example"), "{loose}");
        assert!(!deny);
    }

    #[test]
    fn addresses_that_are_no_web_addresses_loosen_nothing() {
        for bad in ["javascript:alert(1)", "data:text/html,x", "https://", "*", "'unsafe-inline'"] {
            assert_eq!(
                csp(PagePolicy::default().form_to(bad)),
                csp(PagePolicy::default()),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_a_handler_sets_stays_and_https_is_remembered() {
        let mut answer = Response::builder().header("cache-control", "public").finish();
        harden(&mut answer, true);
        assert_eq!(answer.header("cache-control"), Some("public"));
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    }
}
