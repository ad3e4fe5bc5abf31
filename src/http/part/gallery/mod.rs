//! Three sample pages with every part on them. `GALLERY=DIR cargo test gallery` also writes them
//! out, so that a person can look at them in a browser.

use askama::Template;

use crate::{
    base::{
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
        time::Time,
    },
    domain::refusal::Refusal,
    http::{assets, locale::Locale},
};

use super::*;

#[derive(Template)]
#[template(path = "part/gallery/requisition.html", config = ".askama.toml")]
struct Requisition {
    shell: Shell,
    crumbs: Crumbs,
    lines: Vec<Line>,
    total: Money,
    facts: Facts,
    plan: Plan,
    timeline: Timeline,
    pager: Pager,
    document: Html,
}

#[derive(Template)]
#[template(path = "part/gallery/shop.html", config = ".askama.toml")]
struct Shop {
    shell: Shell,
    items: Vec<Line>,
    empty: Empty,
}

#[derive(Template)]
#[template(path = "part/gallery/form.html", config = ".askama.toml")]
struct Form {
    shell: Shell,
    fields: Vec<Field>,
}

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const XML: &str = "<?xml version='1.0'?><cXML payloadID='1@x'><Header><From>\
    <Credential domain='DUNS'><Identity>999999999</Identity></Credential></From></Header>\
    <Message/></cXML>";

struct Line {
    sku: &'static str,
    name: &'static str,
    supplier: &'static str,
    quantity: Quantity,
    price: UnitPrice,
    total: Money,
    state: &'static str,
}

fn euro(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn line(sku: &'static str, name: &'static str, quantity: i64, price: i64) -> Line {
    let quantity = Quantity::new(quantity.into()).unwrap();
    let price = UnitPrice::new(euro(price).amount(), Currency::EUR, Quantity::ONE);
    let total = price.times(quantity).unwrap();
    let supplier = "Office One";
    Line { sku, name, supplier, quantity, price, total, state: "confirmed" }
}

fn lines() -> Vec<Line> {
    vec![
        line("LAPTOP-01", "Laptop 14 inch, 32 GB, docking station and bag", 4, 120_000),
        line("DESK-01", "Desk, height adjustable, oak", 2, 45_000),
        Line { state: "partly_shipped", ..line("PEN-01", "Ball pen <blue>", 250, 100) },
    ]
}

fn shell(title: &str, here: &'static str) -> Shell {
    let mut shell = Shell::new(title, Locale::default());
    shell.person = Some("Mia Berger".to_owned());
    shell.organisation = Some("Acme Industries".to_owned());
    let sight = Sight {
        shop: true,
        orders: true,
        approvals: true,
        invoices: true,
        admin: true,
        audit: true,
        supplier: false,
    };
    shell.nav = nav(sight, 3, 12);
    shell.here = here;
    shell.csrf = "token".to_owned();
    shell.request_id = Some("01JD8Y7T6Q4XW5".to_owned());
    shell
}

fn task(assignee: &str, state: &str) -> PlanTask {
    let (assignee, state) = (assignee.to_owned(), state.to_owned());
    PlanTask { assignee, state, on_behalf: None, at: None, comment: None }
}

fn step(order: u32, title: &str, state: &str, because: &str) -> PlanStep {
    PlanStep {
        order,
        title: title.to_owned(),
        state: state.to_owned(),
        because: because.to_owned(),
        rule: "manager-above-500, version 3".to_owned(),
        rule_href: Some("/admin/policies".to_owned()),
        unless: None,
        mode: None,
        tasks: vec![task("mia@acme.example", state)],
    }
}

fn plan(shell: &Shell, at: Time) -> Plan {
    let mut manager = step(
        1,
        "Manager",
        "approved",
        "The total of 5,950.00 EUR is above the requester's limit of 500.00 EUR.",
    );
    manager.tasks[0].at = Some(shell.when(at));
    manager.tasks[0].on_behalf = Some("for tom@acme.example".to_owned());
    manager.tasks[0].comment = Some("Two desks are enough, thank you.".to_owned());
    let it = step(1, "IT reviewer", "open", "Line 1 is in UNSPSC segment 43.");
    let mut director =
        step(2, "Director", "waiting", "The total of 5,950.00 EUR is above 5,000.00 EUR.");
    director.unless = Some("950.00 EUR less and the director is not asked.".to_owned());
    Plan::of(vec![manager, it, director])
}

fn requisition() -> String {
    let mut shell = shell("Requisition R-2026-000123", "/requisitions");
    let at: Time = "2026-11-21T09:30:00Z".parse().unwrap();
    shell.notice =
        Some(Notice { tone: Tone::Good, text: "Your approval was recorded.".to_owned() });
    let facts = Facts::new()
        .small()
        .text("Requester", "Ed Example")
        .text("Cost centre", "4100 Office")
        .html("Handed in", shell.when(at))
        .text("Ship to", "Main, Hauptstr. 1, 10115 Berlin")
        .html("Budget left", shell.money_from(euro(9_405_000), "/admin/budgets/bud_1"))
        .html("Content hash", text(HASH));
    let events = vec![
        Event::new(shell.when(at), "mia@acme.example", "Approved by the manager")
            .detail("Two desks are enough, thank you.")
            .tone(Tone::Good),
        Event::new(shell.when(at), "the server", "Asked the manager and the IT reviewer")
            .tone(Tone::Info)
            .href("/audit?about=req_1"),
        Event::new(shell.when(at), "ed@acme.example", "Handed in for sign-off"),
    ];
    let page = Requisition {
        crumbs: Crumbs::to("R-2026-000123").over("Requisitions", "/requisitions"),
        lines: lines(),
        total: euro(595_000),
        facts,
        plan: plan(&shell, at),
        timeline: Timeline { events },
        pager: Pager::new("/requisitions", Some("x"), Some("y")),
        document: document(XML),
        shell,
    };
    page.render().unwrap()
}

fn shop() -> String {
    let mut shell = shell("Shop", "/shop");
    shell.visit = Some(Visit {
        back_to: "Acme Industries, SAP SRM".to_owned(),
        cancel: Some("/cart/cancel"),
    });
    let empty = Empty::new("Nothing found", "No item matches \"stapler blue\". Try one word less.")
        .first("Show everything", "/shop");
    Shop { shell, items: lines(), empty }.render().unwrap()
}

fn form() -> String {
    let mut shell = shell("Submit for sign-off", "/cart");
    shell.narrow = true;
    let no = Refusal::invalid("quantity-not-positive", "Enter a quantity above zero.");
    shell.refuse(&no.field("quantity").got("0"));
    let over = Refusal::invalid("budget-exceeded", "Cost centre 4200 has 212.00 EUR left.");
    shell.refuse(&over.field("cost_center").mend("Choose another cost centre or remove lines."));
    let centers = [Choice::new("4100", "4100 Office"), Choice::new("4200", "4200 IT")];
    let fields = vec![
        Field::select("cost_center", "Cost centre", centers)
            .value("4200")
            .hint("Its budget pays for all lines.")
            .faults(&shell.faults),
        Field::text("quantity", "Quantity").short().decimal().value("0").faults(&shell.faults),
        Field::new("needed_on", "Needed on", Kind::Input("date")).short().optional(),
        Field::area("comment", "Comment for the approvers").optional().at_most(2_000),
        Field::check("partial", "Ship what is there first").ticked(true),
    ];
    Form { shell, fields }.render().unwrap()
}

#[test]
fn gallery_pages_carry_no_inline_script_or_style_and_stay_small() {
    let pages = [("requisition", requisition()), ("shop", shop()), ("form", form())];
    for (name, html) in &pages {
        assert!(html.len() < 100 * 1024, "{name}: {}", html.len());
        for forbidden in [" style=", "<style", " onclick=", "javascript:", "<script>"] {
            assert!(!html.contains(forbidden), "{name} contains {forbidden}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert!(!html.contains("Ball pen <blue>"), "{name} does not escape");
    }
    if let Ok(folder) = std::env::var("GALLERY") {
        for (name, html) in pages {
            let alone =
                html.replace(assets::css_url(), "app.css").replace(assets::script_url(), "app.js");
            std::fs::write(format!("{folder}/{name}.html"), alone).unwrap();
        }
        std::fs::write(format!("{folder}/app.css"), assets::css_text()).unwrap();
    }
}
