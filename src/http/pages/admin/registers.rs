//! /admin/registers: groups, units, projects, suppliers' status and rates of exchange, each as one
//! sheet that rules ask about.

use poem::{Response, Result, Route, get, handler, web::Path};

use super::{
    need,
    view::{Again, Card, Section, View, text, value},
};
use crate::{
    app::{
        AppError, act,
        register::{self, RegisterKind, SaveRegister},
    },
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        part::Field,
    },
};

const LIST: (&str, &str) = ("Registers", "/admin/registers");

const fn words(kind: RegisterKind) -> (&'static str, &'static str) {
    match kind {
        RegisterKind::Groups => ("Groups", "People whom a rule asks together: group:NAME."),
        RegisterKind::Units => ("Units", "Where a requester belongs: the column unit."),
        RegisterKind::Projects => ("Projects", "What may be charged: the column project."),
        RegisterKind::Suppliers => {
            ("Suppliers", "New, preferred or blocked; and who owns the contract.")
        }
        RegisterKind::Rates => (
            "Rates of exchange",
            "For rules, limits and budgets in another currency, from a day on.",
        ),
        RegisterKind::Classes => (
            "Classification",
            "A tree of UNSPSC or eCl@ss codes: articles show its titles, and the import of a \
             catalogue warns of codes that are not in it.",
        ),
    }
}

fn kind(text: &str) -> Result<RegisterKind, AppError> {
    text.parse().map_err(|_| Refusal::not_found("register").into())
}

#[handler]
async fn h_list(who: SignedIn) -> Result<Response> {
    need(&who, "organisation", "edit").await?;
    let view = View::new(&who, "Registers", None).await?.under(&[]);
    let view = view.lead("What approval rules may ask about beside carts and people.");
    let card = |kind: &RegisterKind| Card {
        href: who.href(&format!("/admin/registers/{kind}")),
        title: words(*kind).0,
        what: words(*kind).1.to_owned(),
    };
    let cards = RegisterKind::ALL.iter().map(card).collect();
    view.section(Section::Cards("What you keep", cards)).answer(&who)
}

async fn page(
    who: &SignedIn,
    kind: RegisterKind,
    query: &Query,
    again: Option<&Again>,
) -> Result<Response> {
    let csv = register::sheet(&mut who.app.reader(&who.actor).await?, kind).await?;
    let (title, what) = words(kind);
    let mut view = View::new(who, title, again).await?.under(&[LIST]).lead(what).done(query);
    let faults = view.faults();
    let form = view.new_form(&format!("/admin/registers/{kind}"), "Save").field(
        Field::area("csv", "One line for each")
            .sheet()
            .optional()
            .hint(kind.columns())
            .value(value(again, "csv", &csv))
            .faults(&faults),
    );
    let file = Field::file("file", "Or a file with them", ".csv,.txt")
        .hint("At most 8 MB. The file counts when both are given.");
    view = view.form(form.field(file));
    view.answer(who)
}

#[handler]
async fn h_show(who: SignedIn, Path(of): Path<String>, query: Query) -> Result<Response> {
    page(&who, kind(&of)?, &query, None).await
}

#[handler]
async fn h_save(Path(of): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "organisation", "edit").await?;
    let kind = kind(&of)?;
    let csv = match form.text_file("file")? {
        Some(file) => file,
        None => text(&form, "csv")?,
    };
    let csv = csv.replace("\r\n", "\n");
    match act(&who.app, &who.actor, SaveRegister { kind, csv }).await {
        Ok(_) => Ok(who.go(&format!("/admin/registers/{kind}?done=saved"))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            page(&who, kind, &Query::default(), Some(&again)).await
        }
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/admin/registers", get(h_list)).at("/admin/registers/:kind", get(h_show).post(h_save))
}
