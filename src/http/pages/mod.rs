//! The pages: one file and one template per page, each adding its own routes.

use poem::Route;

pub mod approval;
pub mod budget;
pub mod checkout;
pub mod decide;
pub mod home;
pub mod invoice;
mod plan;
pub mod requisition;
pub mod sign_in;
pub mod start;
pub mod supplier_invoice;
pub mod transfer;

/// Every page. They are reachable as they stand and under `/p/{token}` alike.
pub(super) fn add(route: Route) -> Route {
    let pages = [
        approval::add,
        budget::add,
        checkout::add,
        decide::add,
        home::add,
        invoice::add,
        requisition::add,
        sign_in::add,
        start::add,
        supplier_invoice::add,
        transfer::add,
    ];
    pages.into_iter().fold(route, |route, add| add(route))
}
