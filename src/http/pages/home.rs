//! The start: signed-in people go on to where their work is; the demo shows its roles.

use askama::Template;
use poem::{Response, Result, Route, get, handler};

use crate::{
    app::party::people,
    http::{
        actor::Visitor,
        part::{NavItem, Shell},
        problem::see_other,
    },
};

#[derive(Template)]
#[template(path = "pages/home.html", config = ".askama.toml")]
struct Home {
    shell: Shell,
    cards: Vec<Card>,
    places: Vec<Place>,
}

/// People who are named as those who give roles.
const KEEPERS_SHOWN: usize = 5;

#[derive(Template)]
#[template(
    source = r#"{% extends "part/layout.html" %}
{% block main %}
<h1>{{ shell.title }}</h1>
<p>You are signed in, and have no role here yet.</p>
{% if keepers.is_empty() %}<p>Ask whoever invited you to give you one.</p>
{% else %}<p>Ask one of them to give you one:</p>
<ul>{% for (name, email) in keepers %}<li>{{ name }}, <a href="mailto:{{ email }}">{{ email }}</a></li>{% endfor %}</ul>
{% endif %}
{% endblock %}"#,
    ext = "html",
    config = ".askama.toml"
)]
struct NoRole {
    shell: Shell,
    /// Name and address.
    keepers: Vec<(String, String)>,
}

/// One person of the demo world.
struct Card {
    title: &'static str,
    what: &'static str,
    name: &'static str,
    email: &'static str,
}

/// One system that stands beside the server in the demo.
struct Place {
    title: &'static str,
    what: &'static str,
    href: String,
}

#[handler]
async fn h_home(visitor: Visitor) -> Result<Response> {
    if visitor.is_signed_in() {
        let shell = visitor.shell("Start", "/").await?;
        return match first_page(&shell.nav) {
            Some(path) => Ok(visitor.go(path)),
            None => no_role(&visitor, shell).await,
        };
    }
    if !visitor.app.site.demo {
        return Ok(see_other("/sign-in"));
    }
    let mut shell = visitor.shell("Countersign demo", "/").await?;
    shell.narrow = false;
    let places = places(&visitor.app.site.public_url);
    Ok(visitor.page(&Home { shell, cards: cards(), places })?)
}

/// Somebody whom nobody gave anything to do yet is told who can.
async fn no_role(visitor: &Visitor, mut shell: Shell) -> Result<Response> {
    shell.narrow = true;
    shell.title = "Nothing is open to you yet".to_owned();
    let keepers = people::keepers(&mut visitor.app.reader(&visitor.actor).await?).await?;
    let keepers = keepers.into_iter().map(|one| (one.name, one.email.to_string()));
    let keepers = keepers.take(KEEPERS_SHOWN).collect();
    Ok(visitor.page(&NoRole { shell, keepers })?)
}

/// Where a person's work begins: waiting decisions first, then the desk of the role.
fn first_page(nav: &[NavItem]) -> Option<&'static str> {
    let waits = |item: &&NavItem| item.path == "/approvals" && item.count.is_some();
    let desks = ["/supplier", "/shop", "/admin", "/invoices"];
    let desk = || desks.iter().find_map(|desk| nav.iter().find(|item| item.path == *desk));
    nav.iter().find(waits).or_else(desk).or_else(|| nav.first()).map(|item| item.path)
}

/// The people of the demo world to sign in as.
fn cards() -> Vec<Card> {
    let card = |title, what, name, email| Card { title, what, name, email };
    vec![
        card("Requester", "Shops, hands in, receives.", "Ed", "ed@acme.example"),
        card("Manager", "Is asked above 500.00 EUR.", "Mia", "mia@acme.example"),
        card("Director", "Is asked above 5,000.00 EUR.", "Dan", "dan@acme.example"),
        card("CFO", "Is asked above 50,000.00 EUR.", "Carla", "carla@acme.example"),
        card("IT reviewer", "Is asked about computers.", "Ivy", "ivy@acme.example"),
        card("Accounts payable", "Handles invoices that differ.", "Fin", "fin@acme.example"),
        card("Admin", "Keeps people, suppliers, policies.", "Ada", "ada@acme.example"),
        card("Supplier desk", "Confirms, ships, invoices.", "Sue", "sue@partsdesk.example"),
    ]
}

/// The simulators; under the name of another site, as they would be.
fn places(public_url: &str) -> Vec<Place> {
    let simulators = public_url.replace("127.0.0.1", "localhost");
    let place = |title, what, path: &str| Place {
        title,
        what,
        href: format!("{}{path}", if path.starts_with("/sim") { &simulators } else { "" }),
    };
    vec![
        place("Procurement system", "Punches out by cXML or OCI; gets carts.", "/sim/buyer"),
        place("Supplier", "Gets orders; confirms, ships, invoices.", "/sim/supplier"),
        place("Mailbox", "Every mail the server sends.", "/sim/mail"),
        place("JSON API", "The same, for programs.", "/api/docs"),
    ]
}

pub(super) fn add(route: Route) -> Route {
    route.at("/", get(h_home))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::part::{self, Sight};

    #[test]
    fn work_begins_with_what_waits_and_else_at_the_desk_of_the_role() {
        let first = |sight: Sight, tasks: u64| first_page(&part::nav(sight, 0, tasks));
        let manager = Sight { shop: true, approvals: true, ..Sight::default() };
        assert_eq!(first(manager, 2), Some("/approvals"));
        assert_eq!(first(manager, 0), Some("/shop"));
        let admin = Sight { orders: true, admin: true, audit: true, ..Sight::default() };
        assert_eq!(first(admin, 0), Some("/admin"));
        let payable = Sight { orders: true, approvals: true, invoices: true, ..Sight::default() };
        assert_eq!(first(payable, 0), Some("/invoices"));
        assert_eq!(first(Sight { audit: true, ..Sight::default() }, 0), Some("/audit"));
        assert_eq!(first(Sight::default(), 0), None);
    }
}
