//! Signing in and out, forgotten passwords, one-time links, a new password.

use askama::Template;
use http::{HeaderValue, header};
use poem::{Response, Result, Route, get, handler, post, web::Path};

use crate::{
    app::{
        AppError, act,
        login::{self, Begun},
    },
    domain::{party::Email, refusal::Refusal},
    http::{
        actor::{Posted, Query, Sent, SignedIn, Visitor},
        guard::cookie::{self, Kind},
        part::{self, Field, Shell},
        problem,
    },
    store::session::SessionKind,
};

#[derive(Template)]
#[template(path = "pages/sign_in.html", config = ".askama.toml")]
struct SignInPage {
    shell: Shell,
    next: String,
    email: Field,
    password: Field,
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

async fn sign_in_page(
    visitor: &Visitor,
    next: &str,
    email: &str,
    refusal: Option<Refusal>,
) -> Result<Response> {
    let mut shell = visitor.shell("Sign in", "/sign-in").await?;
    shell.narrow = true;
    let status = refusal.as_ref().map(problem::status);
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    let email = Field::new("email", "E-mail address", part::Kind::Input("email"))
        .value(email)
        .autocomplete("username")
        .faults(&shell.faults);
    let password = Field::new("password", "Password", part::Kind::Input("password"))
        .autocomplete("current-password");
    let mut answer = visitor.page(&SignInPage { shell, next: next.to_owned(), email, password })?;
    if let Some(status) = status {
        answer.set_status(status);
    }
    Ok(answer)
}

#[handler]
async fn h_sign_in(visitor: Visitor, Query(query): Query) -> Result<Response> {
    let next = local(query.filled("next")?);
    let email = query.filled("email")?.unwrap_or_default().to_owned();
    sign_in_page(&visitor, &next, &email, None).await
}

#[handler]
async fn h_do_sign_in(Sent { visitor, form }: Sent) -> Result<Response> {
    let next = local(form.filled("next")?);
    let email = form.filled("email")?.unwrap_or_default();
    let password = form.one("password")?;
    match login::sign_in(&visitor.app, email, password, SessionKind::Login).await {
        Ok(begun) => {
            // Whoever was signed in on this browser no longer is.
            if visitor.visit.is_none() && visitor.is_signed_in() {
                act(&visitor.app, &visitor.actor, login::SignOut).await?;
            }
            Ok(with_session(&visitor, &begun, &next))
        }
        Err(fault) => sign_in_page(&visitor, &next, email, Some(fault.told())).await,
    }
}

/// The answer that carries a new login to the browser.
fn with_session(visitor: &Visitor, begun: &Begun, next: &str) -> Response {
    let seconds = u32::try_from(login::lifetime_ms(SessionKind::Login) / 1_000).unwrap_or(0);
    let line = cookie::set(Kind::Login, &begun.token, seconds, visitor.https());
    with_cookie(problem::see_other(next), &line)
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

fn same_twice(form: &crate::http::guard::Form) -> Result<&str, Refusal> {
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
