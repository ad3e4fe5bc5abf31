//! The pages: one file and one template per page, each adding its own routes.

use poem::Route;

mod admin;
pub mod audit;
pub mod document;
pub mod home;
pub mod invoice;
pub mod order;
pub mod sign_in;
pub mod start;
pub mod supplier_desk;
pub mod supplier_invoice;
pub mod told;
pub mod trail;
pub mod transfer;

/// Every page. They are reachable as they stand and under `/p/{token}` alike.
pub(super) fn add(route: Route) -> Route {
    let route = admin::add(route);
    let route = audit::add(route);
    let route = document::add(route);
    let route = home::add(route);
    let route = invoice::add(route);
    let route = order::add(route);
    let route = sign_in::add(route);
    let route = start::add(route);
    let route = supplier_desk::add(route);
    let route = supplier_invoice::add(route);
    let route = trail::add(route);
    transfer::add(route)
}
