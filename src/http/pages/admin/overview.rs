//! /admin: what is set up and what is left, and the way to each page.

use poem::{Response, Result, Route, get, handler};

use super::view::{Card, Section, Table, View};
use crate::{
    app::party,
    http::{
        actor::SignedIn,
        part::{self as ui, Tone},
    },
};

const PAGES: &[(&str, &str, &str)] = &[
    ("/admin/people", "People", "Invite, roles, managers, cost centres."),
    ("/admin/cost-centers", "Cost centres", "What requisitions are charged to."),
    ("/admin/budgets", "Budgets", "Limits per cost centre, project or account."),
    ("/admin/addresses", "Addresses", "Where goods and invoices go."),
    ("/admin/suppliers", "Suppliers", "And how orders reach them."),
    ("/admin/import", "Import a catalogue", "A CSV price list, with a dry run."),
    ("/admin/prices", "Prices", "List and contract prices of one article."),
    ("/admin/partners", "Procurement systems", "Identities, secrets, where carts go back."),
    ("/admin/conformance", "Conformance", "Whether a partner's system does what it must."),
    ("/admin/policies", "Policies", "Who may do what, who is asked, who may spend."),
    ("/admin/registers", "Registers", "Groups, units, projects, suppliers' status."),
    ("/admin/sign-off", "Sign-off", "Reminders, managers, expiry, edits; holidays."),
    ("/admin/webhooks", "Webhooks", "Your own systems that are told of what happened."),
    ("/admin/deliveries", "Deliveries", "Documents and letters that did not arrive."),
    ("/admin/exchanges", "Wire doctor", "What partners sent and got, and why it failed."),
    ("/check", "Check a document", "Everything that is wrong with a cXML document."),
    ("/admin/tokens", "API tokens", "Who uses the JSON API."),
    ("/admin/settings", "Settings", "Checkout, addresses of systems, tolerance."),
];

#[handler]
async fn h_overview(who: SignedIn) -> Result<Response> {
    let steps = {
        let mut reader = who.app.reader(&who.actor).await?;
        party::set_up(&mut reader).await?
    };
    let mut view = View::new(&who, "Admin", None).await?;
    // A procurement system is not needed by everybody, so it alone keeps the list from no one.
    let needed = |step: &&party::SetUpStep| step.path != "/admin/partners";
    let left = steps.iter().filter(needed).filter(|step| !step.done).count();
    if left > 0 {
        let rows = steps.iter().map(|step| {
            let state = match step.done {
                true => ui::toned("done", Tone::Good),
                false => ui::toned("to do", Tone::Warn),
            };
            vec![ui::link(&who.href(step.path), step.name), ui::text(step.what), state]
        });
        let table = Table::new(&["Step", "What", "State"], rows.collect());
        view = view.table(table.title("Set-up").note(format!("{left} left before a first order")));
    }
    let card = |(path, title, what): &(&str, &'static str, &str)| Card {
        href: who.href(path),
        title,
        what: (*what).to_owned(),
    };
    let cards = PAGES.iter().map(card).collect();
    view.section(Section::Cards("What you keep", cards)).answer(&who)
}

pub(super) fn add(route: Route) -> Route {
    route.at("/admin", get(h_overview))
}
