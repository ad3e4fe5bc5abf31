//! The pages: one file and one template per page, each adding its own routes.

use poem::Route;

pub mod home;
pub mod sign_in;
pub mod start;
pub mod transfer;

/// Every page. They are reachable as they stand and under `/p/{token}` alike.
pub(super) fn add(route: Route) -> Route {
    let pages = [home::add, sign_in::add, start::add, transfer::add];
    pages.into_iter().fold(route, |route, add| add(route))
}
