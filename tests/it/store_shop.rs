//! Catalogue, prices, carts and imports on both databases, through the use cases themselves.

mod world;

use countersign::{
    app::{AppError, act, cart, catalogue, import},
    base::{page::Cut, quantity::Quantity},
    domain::cart::CartState,
};
use world::{FILE, World, import_of};

use crate::harness::Kind;

fn asked(supplier: &str, sku: &str, quantity: &str) -> cart::LineAsked {
    let quantity = Quantity::parse(quantity).unwrap();
    cart::LineAsked { supplier: supplier.to_owned(), sku: sku.to_owned(), quantity }
}

fn code(fault: &AppError) -> (&'static str, String) {
    let refusal = fault.refusal().unwrap_or_else(|| panic!("{fault}"));
    (refusal.code, refusal.field.clone().unwrap_or_default())
}

async fn found(world: &World, who: &countersign::app::Actor, text: &str) -> Vec<String> {
    let mut reader = world.app.reader(who).await.unwrap();
    let query = catalogue::Query { text: text.to_owned(), ..catalogue::Query::default() };
    let page = catalogue::search(&mut reader, &query).await.unwrap();
    page.items.into_iter().map(|offer| offer.item.sku).collect()
}

#[tokio::test]
async fn every_word_begins_some_word_of_what_is_found() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let ed = &world.ed;
        assert_eq!(found(&world, ed, "lap").await, ["LAPTOP-01"]);
        assert_eq!(found(&world, ed, "laptop01").await, ["LAPTOP-01"]);
        assert_eq!(found(&world, ed, "office one steh").await, ["LAMP-01"]);
        assert_eq!(found(&world, ed, "GROSSE").await, ["LAMP-01"]);
        assert_eq!(found(&world, ed, "aptop").await, Vec::<String>::new());
        assert_eq!(found(&world, ed, "laptop pen").await, Vec::<String>::new());
        assert_eq!(found(&world, ed, "%").await.len(), 5);
        // The very number leads, newer ones of the same beginning follow.
        assert_eq!(found(&world, ed, "pen-1").await, ["PEN-1", "PEN-10"]);
        // Sold in dollars only, and in euros only.
        assert_eq!(found(&world, ed, "dollar").await, Vec::<String>::new());
        assert_eq!(found(&world, &world.gina, "").await, ["DOLLAR-1", "PEN-1"]);
        world.close().await;
    }
}

#[tokio::test]
async fn lists_are_paged_and_filtered_for_the_reader() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let mut reader = world.app.reader(&world.ed).await.unwrap();
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let cut = Cut::new(after, Some(2));
            let query = catalogue::Query { cut, ..catalogue::Query::default() };
            let page = catalogue::search(&mut reader, &query).await.unwrap();
            assert!(page.items.len() <= 2);
            seen.extend(page.items.into_iter().map(|offer| offer.item.sku));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["BOLT-M8", "LAMP-01", "LAPTOP-01", "PEN-10", "PEN-1"]);
        let of = |supplier: &str, category: &str| catalogue::Query {
            supplier: Some(supplier.to_owned()),
            category: Some(category.to_owned()),
            ..catalogue::Query::default()
        };
        let one = catalogue::search(&mut reader, &of("office-one", "Writing")).await.unwrap();
        assert_eq!(one.items.len(), 2);
        let none = catalogue::search(&mut reader, &of("partsdesk", "Writing")).await.unwrap();
        assert!(none.items.is_empty());
        let fault = catalogue::search(&mut reader, &of("nobody", "")).await.unwrap_err();
        assert_eq!(code(&fault), ("unknown-supplier", "supplier".to_owned()));
        let categories = catalogue::categories(&mut reader).await.unwrap();
        assert_eq!(categories, ["Computers", "Fasteners", "Lighting", "Writing"]);
        let fault = catalogue::get(&mut reader, "office-one", "DOLLAR-1").await.unwrap_err();
        assert_eq!(code(&fault).0, "not-found");
        drop(reader);
        world.close().await;
    }
}

#[tokio::test]
async fn lines_are_priced_by_contract_and_tier_to_the_cent() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let (app, ed) = (&world.app, &world.ed);
        let id = act(app, ed, cart::Make).await.unwrap();
        let lines = vec![
            asked("office-one", "PEN-1", "9"),
            asked("office-one", "PEN-1", "10"),
            asked("partsdesk", "BOLT-M8", "1000"),
            asked("office-one", "LAPTOP-01", "5"),
        ];
        act(app, ed, cart::SetLines { cart: id, lines }).await.unwrap();
        let mut reader = app.reader(ed).await.unwrap();
        let view = cart::view(&mut reader, id).await.unwrap();
        drop(reader);
        let totals: Vec<_> = view.lines.iter().map(|l| l.goods.total.to_string()).collect();
        // The contract price of Acme beats the list price; ten pens cost less apiece.
        assert_eq!(totals, ["9.00 EUR", "8.00 EUR", "35.00 EUR", "6000.00 EUR"]);
        assert_eq!(view.total.to_string(), "6052.00 EUR");
        assert_eq!(view.supplier(&view.lines[2]), "partsdesk");
        assert!(view.can_edit);
        world.close().await;
    }
}

#[tokio::test]
async fn a_bad_line_is_named_and_nothing_is_changed() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let (app, ed) = (&world.app, &world.ed);
        let id = act(app, ed, cart::Make).await.unwrap();
        let good = asked("office-one", "PEN-1", "1");
        act(app, ed, cart::SetLines { cart: id, lines: vec![good.clone()] }).await.unwrap();
        for (bad, expected, field) in [
            (asked("office-one", "NONE", "1"), "unknown-sku", "lines[1].sku"),
            (asked("partsdesk", "PEN-1", "1"), "unknown-sku", "lines[1].sku"),
            (asked("office-one", "DOLLAR-1", "1"), "unknown-sku", "lines[1].sku"),
            (asked("nobody", "PEN-1", "1"), "unknown-supplier", "lines[1].supplier"),
            (asked("office-one", "PEN-1", "0.0001"), "bad-quantity", "lines[1].quantity"),
            (asked("office-one", "PEN-1", "0.5"), "quantity-below-minimum", "lines[1].quantity"),
        ] {
            let lines = vec![good.clone(), bad];
            let fault = act(app, ed, cart::SetLines { cart: id, lines }).await.unwrap_err();
            assert_eq!(code(&fault), (expected, field.to_owned()));
        }
        let mut reader = app.reader(ed).await.unwrap();
        let view = cart::view(&mut reader, id).await.unwrap();
        assert_eq!((view.lines.len(), view.cart.version), (1, 2));
        drop(reader);
        world.close().await;
    }
}

#[tokio::test]
async fn adding_twice_raises_the_quantity_and_keeps_the_line() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let (app, ed) = (&world.app, &world.ed);
        let add = |quantity: &str| cart::AddLines {
            cart: None,
            lines: vec![asked("office-one", "PEN-1", quantity)],
        };
        let id = act(app, ed, add("4")).await.unwrap();
        let first = world.cart(ed, id).await.lines.remove(0);
        assert_eq!(act(app, ed, add("6")).await.unwrap(), id);
        let view = world.cart(ed, id).await;
        assert_eq!(view.lines.len(), 1);
        let line = &view.lines[0];
        assert_eq!((line.id, line.goods.total.to_string()), (first.id, "8.00 EUR".to_owned()));

        let quantities = vec![(line.id, Quantity::parse("3").unwrap())];
        act(app, ed, cart::SetQuantities { cart: id, quantities }).await.unwrap();
        assert_eq!(world.cart(ed, id).await.total.to_string(), "3.00 EUR");
        let more = cart::AddLines { cart: None, lines: vec![asked("partsdesk", "BOLT-M8", "1")] };
        act(app, ed, more).await.unwrap();
        act(app, ed, cart::RemoveLine { cart: id, line: first.id }).await.unwrap();
        let view = world.cart(ed, id).await;
        assert_eq!((view.lines.len(), view.lines[0].position), (1, 1));
        let again = act(app, ed, cart::RemoveLine { cart: id, line: first.id }).await;
        assert_eq!(code(&again.unwrap_err()).0, "not-found");
        world.close().await;
    }
}

#[tokio::test]
async fn a_cart_of_somebody_else_is_not_there() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let app = &world.app;
        let id = act(app, &world.ed, cart::Make).await.unwrap();
        for other in [&world.gina, &world.eve] {
            let mut reader = app.reader(other).await.unwrap();
            let fault = cart::view(&mut reader, id).await.unwrap_err();
            assert_eq!(code(&fault).0, "not-found");
            assert!(cart::current(&mut reader).await.unwrap().is_none());
            drop(reader);
            let lines = vec![asked("office-one", "PEN-1", "1")];
            let fault = act(app, other, cart::SetLines { cart: id, lines }).await.unwrap_err();
            assert_eq!(code(&fault).0, "not-found");
        }
        world.close().await;
    }
}

#[tokio::test]
async fn a_cart_that_was_handed_in_is_not_changed_any_more() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let (app, ed) = (&world.app, &world.ed);
        let id = act(app, ed, cart::Make).await.unwrap();
        world.set_state(id, CartState::Submitted).await;
        let lines = vec![asked("office-one", "PEN-1", "1")];
        let fault = act(app, ed, cart::SetLines { cart: id, lines: lines.clone() }).await;
        assert_eq!(code(&fault.unwrap_err()).0, "cart-submitted");
        assert!(!world.cart(ed, id).await.can_edit);
        let next = act(app, ed, cart::AddLines { cart: None, lines }).await.unwrap();
        assert_ne!(next, id);
        world.close().await;
    }
}

#[tokio::test]
async fn a_session_reaches_its_own_cart_alone_and_an_inspecting_one_writes_nothing() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let app = &world.app;
        let own = act(app, &world.ed, cart::Make).await.unwrap();
        let (visit, look) = (world.visit("create").await, world.visit("inspect").await);
        let lines = vec![asked("office-one", "PEN-1", "1")];
        let id = act(app, &visit, cart::AddLines { cart: None, lines: lines.clone() }).await;
        let id = id.unwrap();
        assert_ne!(id, own);
        assert_eq!(act(app, &visit, cart::Make).await.unwrap(), id);
        for (who, cart) in [(&visit, own), (&look, id), (&world.ed, id)] {
            let lines = lines.clone();
            let fault = act(app, who, cart::SetLines { cart, lines }).await.unwrap_err();
            assert_eq!(code(&fault).0, "not-found");
        }
        let fault = act(app, &look, cart::AddLines { cart: None, lines }).await.unwrap_err();
        assert_eq!(code(&fault).0, "cart-read-only");
        let fault = act(app, &look, cart::Make).await.unwrap_err();
        assert_eq!(code(&fault).0, "cart-read-only");
        world.close().await;
    }
}

#[tokio::test]
async fn pasted_lines_find_their_supplier_or_are_named() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let mut reader = world.app.reader(&world.ed).await.unwrap();
        let text = "PEN-1,5\nBOLT-M8;100\nNONE,1\nPEN-1,0.5\nPEN-1,1,partsdesk\n";
        let (lines, faults) =
            cart::paste(&mut reader, text, &|typed| Ok(typed.to_owned())).await.unwrap();
        drop(reader);
        let found: Vec<_> = lines.iter().map(|line| line.supplier.as_str()).collect();
        assert_eq!(found, ["office-one", "partsdesk"]);
        let faults: Vec<_> = faults.iter().map(|f| (f.line, f.expected.as_str())).collect();
        let unknown = "the number of an article that is offered";
        assert_eq!(faults, [(3, unknown), (4, "at least 1"), (5, unknown)]);
        world.close().await;
    }
}

#[tokio::test]
async fn an_import_reports_each_line_and_is_repeatable() {
    for kind in Kind::all() {
        let world = World::new(kind).await;
        let (app, system) = (&world.app, &world.system);
        let again = import::run(app, system, &import_of(FILE, "office-one")).await.unwrap();
        assert_eq!((again.added, again.changed, again.unchanged, again.faults), (0, 0, 5, 0));

        let file = "sku,name,unit,price,currency,organisation\n\
            PEN-1,Ball pen blue,EA,1.00,EUR,\nNEW-1,Stapler,EA,9.90,EUR,\nBAD-1,Bad,EA,x,EUR,\n\
            NEW-2,Tape,EA,1.00,EUR,nobody\nNEW-2,,,1.00,USD,\n";
        let mut dry = import_of(file, "office-one");
        dry.dry_run = true;
        let report = import::run(app, system, &dry).await.unwrap();
        assert_eq!((report.added, report.changed, report.faults), (1, 1, 3));
        assert_eq!(found(&world, &world.ed, "stapler").await, Vec::<String>::new());
        let told = report.to_string();
        assert!(told.contains("line 2 PEN-1: changed (name: Ball pen -> Ball pen blue"), "{told}");
        assert!(told.contains("line 4 BAD-1: fault in price: got \"x\", expected"), "{told}");
        assert!(told.contains("line 5 NEW-2: fault in organisation: got \"nobody\""), "{told}");

        import::run(app, system, &import_of(file, "office-one")).await.unwrap();
        assert_eq!(found(&world, &world.ed, "stapler").await, ["NEW-1"]);
        assert_eq!(found(&world, &world.ed, "tape").await, Vec::<String>::new());
        // The general price was replaced; the contract price, which the file does not name, stays.
        let mut reader = app.reader(&world.ed).await.unwrap();
        let pen = catalogue::get(&mut reader, "office-one", "PEN-1").await.unwrap();
        assert_eq!(pen.item.name, "Ball pen blue");
        assert!(pen.prices.tiers().iter().all(|tier| tier.is_contract));
        drop(reader);
        let fault = import::run(app, &world.ed, &import_of(file, "office-one")).await;
        assert_eq!(code(&fault.unwrap_err()).0, "not-allowed");
        world.close().await;
    }
}
