//! The pages: one file and one template per page, each adding its own routes.

use poem::Route;

pub mod cart;
pub mod home;
pub mod invoice;
pub mod item;
pub mod shop;
pub mod sign_in;
pub mod start;
pub mod supplier_invoice;
pub mod transfer;

/// Every page. They are reachable as they stand and under `/p/{token}` alike.
pub(super) fn add(route: Route) -> Route {
    let pages = [
        cart::add,
        home::add,
        invoice::add,
        item::add,
        shop::add,
        sign_in::add,
        start::add,
        supplier_invoice::add,
        transfer::add,
    ];
    pages.into_iter().fold(route, |route, add| add(route))
}
