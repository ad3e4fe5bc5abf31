//! The admin's pages: what an organisation is set up of. Who may not keep it finds no page here.

mod addresses;
mod certificates;
mod check;
mod conformance;
mod cost_centers;
mod deliveries;
mod exchanges;
mod import;
mod onboarding;
mod overview;
mod partner_form;
mod partners;
mod people;
mod policies;
mod prices;
mod registers;
mod settings;
mod shadow;
mod sign_off;
mod supplier_site;
mod suppliers;
mod tokens;
mod view;
mod webhooks;

use poem::Route;

use crate::{
    app::AppError,
    http::{actor::SignedIn, part::Html},
};

/// A way on that looks like a button.
fn button_to(who: &SignedIn, label: &str, path: &str) -> Html {
    crate::http::part::button_link(&who.href(path), label)
}

/// What may not be done is not there.
async fn need(who: &SignedIn, object: &'static str, action: &str) -> Result<(), AppError> {
    who.app.reader(&who.actor).await?.need(object, action)
}

pub(super) fn add(route: Route) -> Route {
    let pages = [
        overview::add,
        people::add,
        cost_centers::add,
        addresses::add,
        suppliers::add,
        onboarding::add,
        partners::add,
        certificates::add,
        conformance::add,
        // Before the policies, whose paths take any word for a kind.
        shadow::add,
        policies::add,
        registers::add,
        prices::add,
        import::add,
        settings::add,
        sign_off::add,
        webhooks::add,
        deliveries::add,
        exchanges::add,
        tokens::add,
        check::add,
    ];
    pages.into_iter().fold(route, |route, add| add(route))
}
