//! /admin/cost-centers and /admin/budgets: what requisitions are charged to, and how much of it.

use poem::{Response, Result, Route, get, handler, web::Path};

use super::{
    button_to, need,
    view::{Again, Section, Table, View, text, ticked, value},
};
use crate::{
    app::{
        AppError, act,
        party::{cost_center, people},
    },
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Choice, Empty, Field, Tone, coded},
    },
};

mod budgets;

use budgets::{h_budget, h_budgets, h_save_budget};

const CENTERS: (&str, &str) = ("Cost centres", "/admin/cost-centers");
const BUDGETS: (&str, &str) = ("Budgets", "/admin/budgets");

#[handler]
async fn h_centers(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "cost-center", "edit").await?;
    let all = {
        let mut reader = who.app.reader(&who.actor).await?;
        cost_center::list(&mut reader).await?
    };
    let mut view = View::new(&who, "Cost centres", None).await?.under(&[]).done(&query);
    view = view.action(button_to(&who, "Add a cost centre", "/admin/cost-centers/new"));
    if all.is_empty() {
        let empty = Empty::new("No cost centre yet", "Every requisition is charged to one.");
        let first = who.href("/admin/cost-centers/new");
        return view.section(Section::Empty(empty.first("Add the first", first))).answer(&who);
    }
    let rows = all.iter().map(|one| {
        let path = format!("/admin/cost-centers/{}", coded(&one.center.code));
        let state = match one.center.disabled_at {
            Some(_) => ui::toned("disabled", Tone::Bad),
            None => ui::toned("active", Tone::Good),
        };
        vec![
            ui::link(&who.href(&path), &one.center.code),
            ui::text(&one.center.name),
            ui::text(one.owner.as_deref().unwrap_or_default()),
            state,
        ]
    });
    view.table(Table::new(&["Code", "Name", "Owner", "State"], rows.collect())).answer(&who)
}

async fn center_page(
    who: &SignedIn,
    code: Option<&str>,
    again: Option<&Again>,
) -> Result<Response> {
    need(who, "cost-center", "edit").await?;
    let (all, everybody) = {
        let mut reader = who.app.reader(&who.actor).await?;
        (cost_center::list(&mut reader).await?, people::everybody(&mut reader).await?)
    };
    let known = match code {
        Some(code) => {
            let found = all.iter().find(|one| one.center.code == code);
            Some(found.ok_or_else(|| AppError::from(Refusal::not_found("cost centre")))?)
        }
        None => None,
    };
    let title = known.map_or_else(
        || "Add a cost centre".to_owned(),
        |one| format!("{} {}", one.center.code, one.center.name),
    );
    let view = View::new(who, title, again).await?.under(&[CENTERS]).narrow();
    let faults = view.faults();
    let path = match code {
        Some(code) => format!("/admin/cost-centers/{}", coded(code)),
        None => "/admin/cost-centers/new".to_owned(),
    };
    let mut form = view.new_form(&path, "Save").back(who.href(CENTERS.1));
    if known.is_none() {
        form = form.field(
            Field::text("code", "Code")
                .value(value(again, "code", ""))
                .hint("As it stands in your accounts, such as 4100. It stays for life.")
                .short()
                .faults(&faults),
        );
    }
    let name = known.map_or("", |one| one.center.name.as_str());
    form = form.field(
        Field::text("name", "Name").value(value(again, "name", name)).at_most(120).faults(&faults),
    );
    let people = everybody.into_iter().filter(|one| one.is_active());
    let people = people
        .map(|one| Choice::new(one.email.to_string(), format!("{} ({})", one.name, one.email)));
    let owner = known.and_then(|one| one.owner.as_deref()).unwrap_or_default();
    form = form.field(
        Field::select(
            "owner",
            "Who answers for it",
            std::iter::once(Choice::new("", "Nobody")).chain(people),
        )
        .value(value(again, "owner", owner))
        .optional()
        .faults(&faults),
    );
    if let Some(one) = known {
        let off = ticked(again, "disabled", one.center.disabled_at.is_some());
        form = form.field(Field::check("disabled", "Takes no new requisition").ticked(off));
    }
    view.form(form).answer(who)
}

#[handler]
async fn h_new_center(who: SignedIn) -> Result<Response> {
    center_page(&who, None, None).await
}

#[handler]
async fn h_center(who: SignedIn, Path(code): Path<String>) -> Result<Response> {
    center_page(&who, Some(&code), None).await
}

async fn save_center(
    who: &SignedIn,
    code: Option<&str>,
    form: &guard::Form,
) -> Result<cost_center::Saved, AppError> {
    let command = cost_center::Save {
        code: match code {
            Some(code) => code.to_owned(),
            None => text(form, "code")?,
        },
        name: text(form, "name")?,
        owner: form.filled("owner")?.map(str::to_owned),
        disabled: form.ticked("disabled")?,
        fresh: code.is_none(),
    };
    act(&who.app, &who.actor, command).await
}

async fn saved_center(who: SignedIn, code: Option<String>, form: guard::Form) -> Result<Response> {
    need(&who, "cost-center", "edit").await?;
    match save_center(&who, code.as_deref(), &form).await {
        Ok(_) => Ok(who.go("/admin/cost-centers?done=saved")),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            center_page(&who, code.as_deref(), Some(&again)).await
        }
    }
}

#[handler]
async fn h_add_center(Posted { who, form }: Posted) -> Result<Response> {
    saved_center(who, None, form).await
}

#[handler]
async fn h_save_center(Path(code): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    saved_center(who, Some(code), form).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/cost-centers", get(h_centers))
        .at("/admin/cost-centers/new", get(h_new_center).post(h_add_center))
        .at("/admin/cost-centers/:code", get(h_center).post(h_save_center))
        .at("/admin/budgets", get(h_budgets))
        .at("/admin/budgets/new", get(h_budget).post(h_save_budget))
}
