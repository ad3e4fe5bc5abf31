//! Signing in and out, forgotten passwords, one-time links, a new password.

use askama::Template;
use http::{HeaderValue, StatusCode, header};
use poem::{Response, Result, Route, get, handler, post, web::Path};

use crate::{
    app::{
        AppError, Scope, act,
        login::{self, Begun},
    },
    domain::{party::Email, refusal::Refusal},
    http::{
        actor::{Posted, Query, Sent, SignedIn, Visitor},
        guard::{
            Form,
            cookie::{self, Kind},
            csrf,
        },
        part::{self, Field, Html, Shell},
        problem,
    },
    store::session::SessionKind,
};

#[derive(Template)]
#[template(path = "pages/sign_in.html", config = ".askama.toml")]
struct SignInPage {
    shell: Shell,
    onward: Onward,
    email: Field,
    password: Field,
}

/// Where it goes on after signing in.
#[derive(Default)]
struct Onward {
    next: String,
    /// A form was sent by somebody who was not signed in, or no longer.
    unsent: bool,
    /// What stood in that form.
    kept: Vec<(String, String)>,
}

/// Before the name of a field that is kept while somebody signs in.
const KEPT: &str = "kept-";
/// The decision that decides nothing: the page is shown again with what was typed.
pub(super) const LOOK: &str = "look";

impl Onward {
    fn of(form: &Form) -> Result<Self, Refusal> {
        let kept = form.pairs().iter().filter_map(|(name, value)| {
            name.strip_prefix(KEPT).map(|name| (name.to_owned(), value.clone()))
        });
        let (next, unsent) = (local(form.filled("next")?), form.ticked("unsent")?);
        Ok(Self { next, unsent, kept: kept.collect() })
    }
}

/// Carries what was typed on to the page it was typed on.
#[derive(Template)]
#[template(path = "pages/signed_in.html", config = ".askama.toml")]
struct SignedInPage {
    shell: Shell,
    next: String,
    fields: Vec<Html>,
}

#[derive(Template)]
#[template(path = "pages/password.html", config = ".askama.toml")]
struct PasswordPage {
    shell: Shell,
    /// Whose password, and why.
    lead: String,
    action: String,
    button: &'static str,
    fields: Vec<Field>,
}

const UNSENT: &str = "You were signed out before this could be sent. Nothing was changed; please \
     do it again.";
const KEPT_UNSENT: &str = "Nothing has been sent yet: you are not signed in. What you typed is \
     kept and stands there again after you have signed in.";

/// A path of this server, else the start: nobody is sent elsewhere after signing in.
fn local(next: Option<&str>) -> String {
    let next = next.unwrap_or("/");
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && next.starts_with('/') && !next.starts_with("//") {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

/// The sign-in page for a form whose sender is not signed in: `next` is the page that shows it
/// again. Nothing of it is in an address or kept here.
pub(super) async fn keep(sent: Sent, next: String) -> Result<Response> {
    let typed = |(name, value): &&(String, String)| {
        !value.trim().is_empty() && !["csrf", "decision", "content_hash"].contains(&name.as_str())
    };
    let kept = sent.form.pairs().iter().filter(typed).cloned().collect();
    let onward = Onward { next, unsent: true, kept };
    let mut answer = sign_in_page(&sent.visitor, onward, "", None).await?;
    answer.set_status(StatusCode::UNAUTHORIZED);
    Ok(answer)
}

async fn sign_in_page(
    visitor: &Visitor,
    onward: Onward,
    email: &str,
    refusal: Option<Refusal>,
) -> Result<Response> {
    let mut shell = visitor.shell("Sign in", "/sign-in").await?;
    shell.narrow = true;
    let status = refusal.as_ref().map(problem::status);
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    if onward.unsent {
        let text = match onward.kept.is_empty() {
            true => UNSENT.to_owned(),
            false => KEPT_UNSENT.to_owned(),
        };
        shell.notice = Some(part::Notice { tone: part::Tone::Warn, text });
    }
    let email = Field::new("email", "E-mail address", part::Kind::Input("email"))
        .value(email)
        .autocomplete("username")
        .faults(&shell.faults);
    let password = Field::new("password", "Password", part::Kind::Input("password"))
        .autocomplete("current-password");
    let mut answer = visitor.page(&SignInPage { shell, onward, email, password })?;
    if let Some(status) = status {
        answer.set_status(status);
    }
    Ok(answer)
}

#[handler]
async fn h_sign_in(visitor: Visitor, Query(query): Query) -> Result<Response> {
    let next = local(query.filled("next")?);
    let email = query.filled("email")?.unwrap_or_default().to_owned();
    let onward = Onward { next, unsent: query.ticked("unsent")?, kept: Vec::new() };
    sign_in_page(&visitor, onward, &email, None).await
}

#[handler]
async fn h_do_sign_in(Sent { visitor, form }: Sent) -> Result<Response> {
    let onward = Onward::of(&form)?;
    let email = form.filled("email")?.unwrap_or_default();
    let password = form.one("password")?;
    match login::sign_in(&visitor.app, email, password, SessionKind::Login).await {
        Ok(begun) => {
            // Whoever was signed in on this browser no longer is.
            if visitor.visit.is_none() && visitor.is_signed_in() {
                act(&visitor.app, &visitor.actor, login::SignOut).await?;
            }
            // Only a decision is shown again with what was typed.
            if onward.kept.is_empty() || !onward.next.starts_with("/decide/") {
                return Ok(with_session(&visitor, &begun, &onward.next));
            }
            let page = carry(&visitor, &begun, onward).await?;
            Ok(with_cookie(page, &session_cookie(&visitor, &begun)))
        }
        Err(fault) => sign_in_page(&visitor, onward, email, Some(fault.told())).await,
    }
}

/// The page that takes what was typed back to where it was typed, in the name of the new session.
async fn carry(visitor: &Visitor, begun: &Begun, onward: Onward) -> Result<Response> {
    let signed = login::recognise(&visitor.app, &begun.token, SessionKind::Login).await?;
    let Some(Scope::Login(session)) = signed.map(|signed| signed.actor.scope) else {
        return Err(AppError::internal("a session that began is not there").into());
    };
    let mut shell = visitor.shell("You are signed in", "/sign-in").await?;
    shell.narrow = true;
    shell.csrf = csrf::token(&visitor.app.keys, session);
    let mut fields = vec![shell.csrf_field(), part::hidden("decision", LOOK)];
    fields.extend(onward.kept.iter().map(|(name, value)| part::hidden(name, value)));
    Ok(visitor.page(&SignedInPage { shell, next: onward.next, fields })?)
}

fn session_cookie(visitor: &Visitor, begun: &Begun) -> String {
    let seconds = u32::try_from(login::lifetime_ms(SessionKind::Login) / 1_000).unwrap_or(0);
    cookie::set(Kind::Login, &begun.token, seconds, visitor.https())
}

/// The answer that carries a new login to the browser.
fn with_session(visitor: &Visitor, begun: &Begun, next: &str) -> Response {
    with_cookie(problem::see_other(next), &session_cookie(visitor, begun))
}

fn with_cookie(mut answer: Response, line: &str) -> Response {
    if let Ok(line) = HeaderValue::from_str(line) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    answer
}

#[handler]
async fn h_sign_out(Posted { who, .. }: Posted) -> Result<Response> {
    act(&who.app, &who.actor, login::SignOut).await?;
    // The demo's start page offers somebody else to be.
    let answer = problem::see_other(if who.app.site.demo { "/" } else { "/sign-in" });
    Ok(with_cookie(answer, &cookie::clear(Kind::Login, who.https())))
}

fn new_password_fields(shell: &Shell) -> Vec<Field> {
    let field = |name, label| {
        Field::new(name, label, part::Kind::Input("password"))
            .autocomplete("new-password")
            .faults(&shell.faults)
    };
    vec![
        field("password", "New password").hint("At least 12 characters; a few words work well."),
        field("again", "The same once more"),
    ]
}

fn same_twice(form: &Form) -> Result<&str, Refusal> {
    let password = form.one("password")?;
    if form.one("again")? == password {
        return Ok(password);
    }
    Err(Refusal::invalid("passwords-differ", "The two passwords are not the same.")
        .field("again")
        .mend("Type both again."))
}

async fn link_page(visitor: &Visitor, token: &str, refusal: Option<Refusal>) -> Result<Response> {
    let (person, _) = login::open_link(&visitor.app, token).await?;
    let mut shell = visitor.shell("Set your password", "/").await?;
    shell.narrow = true;
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    let fields = new_password_fields(&shell);
    let lead = format!("For {} ({}).", person.name, person.email);
    let action = format!("/invite/{token}");
    let mut answer =
        visitor.page(&PasswordPage { shell, lead, action, button: "Set password", fields })?;
    if let Some(refusal) = &refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_link(visitor: Visitor, Path(token): Path<String>) -> Result<Response> {
    link_page(&visitor, &token, None).await
}

#[handler]
async fn h_use_link(Path(token): Path<String>, Sent { visitor, form }: Sent) -> Result<Response> {
    let set = match same_twice(&form) {
        Ok(password) => login::set_by_link(&visitor.app, &token, password).await,
        Err(refusal) => Err(AppError::from(refusal)),
    };
    match set {
        Ok(begun) => Ok(with_session(&visitor, &begun, "/")),
        Err(fault) => link_page(&visitor, &token, Some(fault.told())).await,
    }
}

async fn change_page(who: &SignedIn, refusal: Option<Refusal>) -> Result<Response> {
    let mut shell = who.shell("Change your password", "/password").await?;
    shell.narrow = true;
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    let old = Field::new("old", "Present password", part::Kind::Input("password"))
        .autocomplete("current-password")
        .faults(&shell.faults);
    let mut fields = vec![old];
    fields.extend(new_password_fields(&shell));
    let lead = "Every other session of yours ends.".to_owned();
    let action = "/password".to_owned();
    let mut answer =
        who.page(&PasswordPage { shell, lead, action, button: "Change password", fields })?;
    if let Some(refusal) = &refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_change(who: SignedIn) -> Result<Response> {
    change_page(&who, None).await
}

#[handler]
async fn h_do_change(Posted { who, form }: Posted) -> Result<Response> {
    let done = match same_twice(&form) {
        Ok(new) => login::change(&who.app, &who.actor, form.one("old")?, new).await,
        Err(refusal) => Err(AppError::from(refusal)),
    };
    match done {
        Ok(begun) => Ok(with_session(&who, &begun, "/")),
        Err(fault) => change_page(&who, Some(fault.told())).await,
    }
}

async fn forgotten_page(visitor: &Visitor, sent: bool) -> Result<Response> {
    let mut shell = visitor.shell("Forgotten password", "/").await?;
    shell.narrow = true;
    if sent {
        let text = "If this address is known here, a link is on its way to it.".to_owned();
        shell.notice = Some(part::Notice { tone: part::Tone::Good, text });
    }
    let email =
        Field::new("email", "E-mail address", part::Kind::Input("email")).autocomplete("username");
    let lead = "You get a link by mail. It works once, for 72 hours.".to_owned();
    let page = PasswordPage {
        shell,
        lead,
        action: "/forgotten".to_owned(),
        button: "Send the link",
        fields: vec![email],
    };
    Ok(visitor.page(&page)?)
}

#[handler]
async fn h_forgotten(visitor: Visitor) -> Result<Response> {
    forgotten_page(&visitor, false).await
}

#[handler]
async fn h_ask_link(Sent { visitor, form }: Sent) -> Result<Response> {
    if let Ok(email) = form.one("email")?.parse::<Email>() {
        act(&visitor.app, &crate::app::Actor::nobody(), login::AskReset { email }).await?;
    }
    forgotten_page(&visitor, true).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/sign-in", get(h_sign_in).post(h_do_sign_in))
        .at("/sign-out", post(h_sign_out))
        .at("/forgotten", get(h_forgotten).post(h_ask_link))
        .at("/password", get(h_change).post(h_do_change))
        .at("/invite/:token", get(h_link).post(h_use_link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_server_is_come_back_to() {
        for good in ["/", "/orders?after=1", "/decide/abc", "/a%20b"] {
            assert_eq!(local(Some(good)), good);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:x",
            "/a b",
        ] {
            assert_eq!(local(Some(bad)), "/", "{bad}");
        }
    }
}
