//! The start: signed-in people go on to where their work is; the demo shows its roles.

use askama::Template;
use poem::{Response, Result, Route, get, handler};

use crate::{
    app::App,
    http::{
        actor::{Visitor, is_https},
        part::Shell,
        problem::see_other,
    },
};

#[derive(Template)]
#[template(path = "pages/home.html", config = ".askama.toml")]
struct Home {
    shell: Shell,
    cards: Vec<Card>,
}

/// One role of the demo world.
pub struct Card {
    pub title: &'static str,
    pub what: &'static str,
    pub email: &'static str,
}

#[handler]
async fn h_home(visitor: Visitor) -> Result<Response> {
    if visitor.is_signed_in() {
        let shell = visitor.shell("Start", "/").await?;
        if let Some(first) = shell.nav.first() {
            return Ok(visitor.go(first.path));
        }
    }
    if !visitor.app.site.demo {
        return Ok(see_other("/sign-in"));
    }
    let mut shell = visitor.shell("Countersign demo", "/").await?;
    shell.narrow = false;
    Ok(visitor.page(&Home { shell, cards: cards(&visitor.app) })?)
}

/// The people of the demo world to sign in as.
fn cards(app: &App) -> Vec<Card> {
    debug_assert!(!is_https(app) || app.site.demo);
    let card = |title, what, email| Card { title, what, email };
    vec![
        card("Requester", "Shops, hands in, receives.", "ed@acme.example"),
        card("Manager", "Is asked above 500.00 EUR.", "mia@acme.example"),
        card("Director", "Is asked above 5,000.00 EUR.", "dan@acme.example"),
        card("CFO", "Is asked above 50,000.00 EUR.", "carla@acme.example"),
        card("IT reviewer", "Is asked about computers.", "ivy@acme.example"),
        card("Accounts payable", "Handles invoices that differ.", "fin@acme.example"),
        card("Admin", "Keeps people, suppliers and policies.", "ada@acme.example"),
        card("Supplier desk", "Confirms, ships and invoices.", "sue@partsdesk.example"),
    ]
}

pub(super) fn add(route: Route) -> Route {
    route.at("/", get(h_home))
}
