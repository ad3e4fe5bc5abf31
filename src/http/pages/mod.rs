//! The pages: one file and one template per page, each adding its own routes.

use poem::Route;

mod admin;
pub mod approval;
pub mod audit;
pub mod away;
pub mod beside;
pub mod budget;
pub mod cart;
pub mod checkout;
pub mod decide;
pub mod document;
pub mod gateway;
pub mod home;
pub mod invoice;
pub mod item;
pub mod mail;
pub mod order;
mod plan;
pub mod requisition;
pub mod shop;
mod shown;
pub mod sign_in;
pub mod start;
pub mod supplier_credit;
pub mod supplier_desk;
pub mod supplier_invoice;
pub mod thread;
pub mod told;
pub mod trail;
pub mod transfer;
pub mod why;

/// Every page. They are reachable as they stand and under `/p/{token}` alike.
pub(super) fn add(route: Route) -> Route {
    let pages = [
        admin::add,
        approval::add,
        audit::add,
        away::add,
        beside::add,
        budget::add,
        cart::add,
        checkout::add,
        decide::add,
        document::add,
        gateway::add,
        home::add,
        invoice::add,
        item::add,
        mail::add,
        order::add,
        requisition::add,
        shop::add,
        sign_in::add,
        start::add,
        supplier_credit::add,
        supplier_desk::add,
        supplier_invoice::add,
        thread::add,
        trail::add,
        transfer::add,
        why::add,
    ];
    pages.into_iter().fold(route, |route, add| add(route))
}
