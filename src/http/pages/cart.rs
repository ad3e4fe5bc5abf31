//! The cart: its lines with quantities to change, lines to paste, and the ways on.
//!
//! A long cart is shown in parts, so that no page grows beyond what a phone can take; the total is
//! always that of all lines.

use std::collections::HashMap;

use askama::Template;
use poem::{Response, Result, Route, get, handler, post};

use super::checkout::{self, Checkout};
use super::shop::{self, control_id, item_path};
use crate::{
    app::{
        AppError,
        cart::{View, current},
        gateway::{self, Origin, Shop},
        punchout,
    },
    base::{
        id::{CartId, CartLineId},
        money::{Money, UnitPrice},
        quantity::Quantity,
    },
    domain::{
        cart::{CartLine, CartState},
        party::Checkout as Way,
        refusal::Refusal,
    },
    http::{
        actor::{Query, SignedIn},
        guard::Form,
        part::{self as ui, Empty, Fault, Field, Notice, Pager, Shell, Tone},
        problem,
    },
};

mod change;

pub(super) use change::keep_typed;
use change::{h_add, h_paste, h_quantities, h_remove};

/// Lines shown at once: some 60 KB.
const LINES_SHOWN: usize = 100;
/// Pasted lines at fault that are named; the number of the others follows.
const FAULTS_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "pages/cart.html", config = ".askama.toml")]
struct CartPage {
    shell: Shell,
    cart: Option<Filled>,
    empty: Empty,
    paste: Field,
    can_paste: bool,
    /// What the procurement system would not take of the lines.
    would_refuse: Vec<String>,
    /// Handing the cart in, where carts are signed off here.
    checkout: Option<Checkout>,
}

/// A cart with lines.
struct Filled {
    id: String,
    state: String,
    is_open: bool,
    lines: Vec<Line>,
    count: usize,
    total: Money,
    can_edit: bool,
    pager: Pager,
    /// Where changes come back to: the part of a long cart that is shown.
    after: String,
    /// Back to the procurement system at once.
    can_transfer: bool,
    /// It went back in this visit and can go again, should it not have arrived: where its files
    /// are.
    went_back: Option<String>,
    /// The visit was called to look at this cart.
    looks_only: bool,
    /// Why neither way on is offered here.
    way_elsewhere: bool,
    /// Suppliers' shops in which some of the lines can be changed.
    editable: Vec<Shop>,
    /// The form of the main button, which the quantities belong to.
    form: &'static str,
}

struct Line {
    id: String,
    name: String,
    href: String,
    sku: String,
    supplier: String,
    quantity: Quantity,
    unit: String,
    price: UnitPrice,
    of_one: bool,
    total: Money,
    control: String,
    /// As it was typed, after a refusal.
    typed: String,
    wrong: bool,
    /// It came from a supplier's own shop as it is: its quantity is not changed here.
    is_fixed: bool,
    origin: Option<Origin>,
}

/// What the page says besides the cart itself.
#[derive(Default)]
struct Said<'f> {
    after: Option<String>,
    notice: Option<Notice>,
    faults: Vec<Fault>,
    /// The form that was refused, whose input is shown again.
    form: Option<&'f Form>,
    refusal: Option<Refusal>,
}

#[handler]
async fn h_cart(who: SignedIn, Query(query): Query) -> Result<Response> {
    let done = |text: &str| Notice { tone: Tone::Good, text: text.to_owned() };
    let notice = match query.filled("done")? {
        Some("added") => Some(done("Added to your cart.")),
        Some("saved") => Some(done("Your cart was changed.")),
        Some("site") => Some(done("What you chose in the supplier's shop is in your cart.")),
        Some("removed") => Some(done("The line was taken out.")),
        _ => None,
    };
    let after = query.filled("after")?.map(str::to_owned);
    page(&who, Said { after, notice, ..Said::default() }).await
}

async fn page(who: &SignedIn, said: Said<'_>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let view = current(&mut reader).await?;
    let mut shell = who.shell("Cart", "/cart").await?;
    let status = said.refusal.as_ref().map(problem::status);
    if let Some(refusal) = &said.refusal {
        shell.refuse(refusal);
    }
    shell.faults.extend(said.faults.iter().cloned());
    shell.notice.clone_from(&said.notice);
    let typed = said.form.and_then(|form| form.maybe("lines").ok().flatten());
    let paste = Field::area("lines", "Add lines by pasting")
        .hint("One line each: number,quantity. From a spreadsheet, copy the two columns.")
        .value(typed.unwrap_or_default())
        .faults(&shell.faults);
    let can_paste = match &view {
        Some(view) => view.can_edit,
        None => reader.may("cart", "edit"),
    };
    let visits = who.visit.is_some();
    let origins = match &view {
        Some(view) => gateway::origins(&mut reader, view.cart.id).await?,
        None => HashMap::new(),
    };
    let would_refuse = match view.as_ref().filter(|view| view.can_edit) {
        Some(view) => punchout::would_refuse(&mut reader, &view.lines).await?,
        None => Vec::new(),
    };
    let would_refuse = would_refuse.iter().take(FAULTS_SHOWN).map(spoken).collect();
    let filled = view.as_ref().filter(|view| !view.lines.is_empty() || !view.can_edit);
    let what = "Search the shop and add what you need, or paste a list of numbers and quantities.";
    let empty = Empty::new("Your cart is empty", what).first("Go to the shop", shell.href("/shop"));
    let signs_off =
        |view: &&View| view.can_edit && !view.lines.is_empty() && view.checkout != Way::Transfer;
    let wish = said.form.filter(|form| form.maybe("cost_center").is_ok_and(|said| said.is_some()));
    let wish = wish.and_then(|form| checkout::read(form).ok()).map(|(_, wish)| wish);
    let checkout = match view.as_ref().filter(signs_off) {
        Some(view) => Checkout::with(&shell, &mut reader, &view.cart, wish).await?,
        None => None,
    };
    let mut cart = filled.map(|view| Filled::of(&shell, (view, &origins), &said, visits));
    if let (Some(cart), true) = (&mut cart, checkout.is_some()) {
        cart.form = "hand-in";
    }
    let mut answer =
        who.page(&CartPage { shell, cart, empty, paste, can_paste, would_refuse, checkout })?;
    if let Some(status) = status {
        answer.set_status(status);
    }
    Ok(answer)
}

/// A fault of a line in one sentence or two.
fn spoken(refusal: &Refusal) -> String {
    let mut text = refusal.message.clone();
    if let Some(expected) = &refusal.expected {
        text.push_str(&format!(" Expected: {expected}."));
    }
    text
}

/// A cart with where its lines came from.
type Sourced<'v> = (&'v View, &'v HashMap<CartLineId, Origin>);

/// The shops in which lines can be changed, each once.
fn editable(origins: &HashMap<CartLineId, Origin>) -> Vec<Shop> {
    let own = origins.values().filter(|origin| origin.can_edit).map(|origin| origin.shop.clone());
    let mut shops: Vec<Shop> = own.collect();
    shops.sort_by(|a, b| a.title.cmp(&b.title));
    shops.dedup();
    shops
}

impl Filled {
    fn of(shell: &Shell, (view, origins): Sourced<'_>, said: &Said<'_>, visits: bool) -> Self {
        let from = said.after.as_deref().and_then(|after| after.parse::<i64>().ok()).unwrap_or(0);
        let rest: Vec<&CartLine> = view.lines.iter().filter(|line| line.position > from).collect();
        let shown: Vec<&CartLine> = rest.iter().take(LINES_SHOWN).copied().collect();
        let next = shown.last().filter(|_| rest.len() > LINES_SHOWN);
        let next = next.map(|line| line.position.to_string());
        let after = said.after.as_deref().filter(|_| from > 0);
        let is_open = view.cart.state == CartState::Open;
        let transfers = view.checkout == Way::Transfer;
        let can_transfer = is_open && transfers && visits && !view.looks_only;
        Self {
            id: view.cart.id.to_string(),
            state: view.cart.state.to_string(),
            is_open,
            count: view.lines.len(),
            total: view.total,
            can_edit: view.can_edit,
            pager: Pager::new(&shell.href("/cart"), after, next.as_deref()),
            after: after.unwrap_or_default().to_owned(),
            can_transfer,
            went_back: view
                .cart
                .punchout_session
                .filter(|_| view.cart.state == CartState::Returned && visits && !view.looks_only)
                .map(|session| shell.href(&format!("/transfer/{session}"))),
            looks_only: view.looks_only,
            way_elsewhere: is_open && transfers && !visits,
            editable: if view.can_edit { editable(origins) } else { Vec::new() },
            form: if can_transfer { "transfer" } else { "lines" },
            lines: shown
                .into_iter()
                .map(|line| Line::of(shell, (view, origins), line, said))
                .collect(),
        }
    }
}

impl Line {
    fn of(shell: &Shell, (view, origins): Sourced<'_>, line: &CartLine, said: &Said<'_>) -> Self {
        let goods = &line.goods;
        let name = quantity_field(line.id);
        let typed = said.form.and_then(|form| form.maybe(&name).ok().flatten());
        let faulty = shell.faults.iter().any(|fault| fault.field.as_ref() == Some(&name));
        Self {
            id: line.id.to_string(),
            name: goods.description.clone(),
            href: shell.href(&item_path(view.supplier(line), &goods.sku)),
            sku: goods.sku.clone(),
            supplier: view.supplier_title(line).to_owned(),
            quantity: goods.quantity,
            unit: goods.unit.clone(),
            price: goods.price,
            of_one: goods.price.per == Quantity::ONE,
            total: goods.total,
            control: control_id(&name),
            typed: typed.map_or_else(|| goods.quantity.to_string(), str::to_owned),
            wrong: faulty,
            is_fixed: goods.item.is_none(),
            origin: origins.get(&line.id).filter(|_| goods.item.is_none()).cloned(),
        }
    }
}

fn quantity_field(line: CartLineId) -> String {
    format!("quantity-{line}")
}

fn cart_id(form: &Form) -> Result<CartId, AppError> {
    form.one("cart")?.parse().map_err(|_| Refusal::not_found("cart").into())
}

/// Back to the part of the cart that was shown.
fn back(who: &SignedIn, form: &Form, done: &str) -> Result<Response> {
    let path = match form.filled("after")? {
        Some(after) => shop::with("/cart", "after", after),
        None => "/cart".to_owned(),
    };
    Ok(who.go(&shop::with(&path, "done", done)))
}

async fn refused(who: &SignedIn, form: &Form, refusal: Refusal) -> Result<Response> {
    let after = form.filled("after")?.map(str::to_owned);
    let said = Said { after, form: Some(form), refusal: Some(refusal), ..Said::default() };
    page(who, said).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/cart", get(h_cart))
        .at("/cart/lines", post(h_add))
        .at("/cart/quantities", post(h_quantities))
        .at("/cart/lines/:line/remove", post(h_remove))
        .at("/cart/paste", post(h_paste))
}
