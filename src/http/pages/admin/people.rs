//! /admin/people: who works here, one person, somebody new.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    button_to, need,
    view::{Again, Table, View, text, value},
};
use crate::{
    app::{
        AppError, act,
        party::people::{self, PersonView},
    },
    base::page::Cut,
    domain::role::Role,
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Facts, Field, Kind, Pager, Tone, coded},
    },
};

mod form;

use form::{choices, controls, input};

const LIST: (&str, &str) = ("People", "/admin/people");

fn path(email: &str) -> String {
    format!("/admin/people/{}", coded(email))
}

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    let cut = Cut::new(query.0.filled("after")?.map(str::to_owned), None);
    let page = {
        let mut reader = who.app.reader(&who.actor).await?;
        people::list(&mut reader, &cut).await?
    };
    let mut view = View::new(&who, "People", None).await?.under(&[]).done(&query);
    view = view.action(button_to(&who, "Invite somebody", "/admin/people/new"));
    let next = page.next.clone();
    let rows = page.items.into_iter().map(|one| row(&who, &one)).collect();
    let heads = ["Person", "E-mail", "Roles", "Manager", "May charge", "State"];
    let pager = Pager::new(&who.href("/admin/people"), cut.after.as_deref(), next.as_deref());
    view.table(Table::new(&heads, rows).pager(pager)).answer(&who)
}

fn row(who: &SignedIn, one: &PersonView) -> Vec<ui::Html> {
    let person = &one.person;
    let roles: Vec<&str> = person.roles.iter().map(Role::as_str).collect();
    let roles = match &one.supplier {
        Some(supplier) => format!("desk of {supplier}"),
        None => roles.join(", "),
    };
    let link = ui::link(&who.href(&path(person.email.as_str())), &person.name);
    vec![
        link,
        ui::text(person.email.as_str()),
        ui::text(&roles),
        ui::text(one.manager.as_deref().unwrap_or_default()),
        ui::text(&one.cost_centers.join(", ")),
        state(one),
    ]
}

fn state(one: &PersonView) -> ui::Html {
    match (one.person.is_active(), one.person.has_password) {
        (false, _) => ui::toned("disabled", Tone::Bad),
        (true, false) => ui::toned("invited", Tone::Info),
        (true, true) => ui::toned("active", Tone::Good),
    }
}

async fn new_page(who: &SignedIn, again: Option<&Again>) -> Result<Response> {
    need(who, "person", "create").await?;
    let choices = choices(who).await?;
    let view = View::new(who, "Invite somebody", again).await?.under(&[LIST]).narrow();
    let view = view.lead("They get a link by mail to set a password. It works once, for 72 hours.");
    let faults = view.faults();
    let mut form = view.new_form("/admin/people/new", "Send the invitation");
    form = form.field(
        Field::new("email", "E-mail address", Kind::Input("email"))
            .value(value(again, "email", ""))
            .autocomplete("off")
            .faults(&faults),
    );
    form = controls(form, (&view, again), &choices, None);
    if choices.suppliers.len() > 1 {
        form = form.field(
            Field::select("supplier", "Works at a supplier's desk", choices.suppliers.clone())
                .value(value(again, "supplier", ""))
                .hint("People of a desk see that supplier's orders and nothing else.")
                .optional()
                .faults(&faults),
        );
    }
    let form = form.back(who.href("/admin/people"));
    view.form(form).answer(who)
}

#[handler]
async fn h_new(who: SignedIn) -> Result<Response> {
    new_page(&who, None).await
}

async fn add_person(who: &SignedIn, form: &guard::Form) -> Result<people::Saved, AppError> {
    let supplier = form.filled("supplier")?.map(str::to_owned);
    let command = people::Add { email: text(form, "email")?, supplier, input: input(form)? };
    act(&who.app, &who.actor, command).await
}

#[handler]
async fn h_add(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "person", "create").await?;
    match add_person(&who, &form).await {
        Ok(saved) => Ok(who.go(&format!("{}?done=sent", path(&saved.email)))),
        Err(fault) => new_page(&who, Some(&Again { form, refusal: fault.told() })).await,
    }
}

async fn person_page(
    who: &SignedIn,
    email: &str,
    query: &Query,
    again: Option<&Again>,
) -> Result<Response> {
    let one = {
        let mut reader = who.app.reader(&who.actor).await?;
        people::get(&mut reader, email).await?
    };
    let choices = choices(who).await?;
    let title = one.person.name.clone();
    let mut view = View::new(who, title, again).await?.under(&[LIST]).done(query);
    view = view.badge(state(&one)).lead(one.person.email.to_string());
    view.shell.narrow = true;
    let here = path(one.person.email.as_str());
    let own = who.actor.person_id() == Some(one.person.id);
    if !own {
        view = actions(view, &one, &here);
    }
    let mut form = view.new_form(&here, "Save");
    form = controls(form, (&view, again), &choices, Some(&one));
    let faults = view.faults();
    form = form
        .field(
            Field::text("locale", "Language and region")
                .value(value(again, "locale", &one.person.locale))
                .short()
                .faults(&faults),
        )
        .field(
            Field::text("time_zone", "Time zone")
                .value(value(again, "time_zone", &one.person.time_zone))
                .faults(&faults),
        );
    let facts = Facts::new()
        .text("E-mail", one.person.email.as_str())
        .maybe("Desk of", one.supplier.as_deref())
        .text("Password", if one.person.has_password { "set" } else { "not set yet" });
    view = view.form(form.back(who.href("/admin/people")));
    if own {
        let note =
            "These are your own rights: another admin changes roles, manager and cost centres.";
        view = view.section(super::view::Section::Note(note.to_owned()));
    }
    view.section(super::view::Section::Facts("Account", facts)).answer(who)
}

fn actions(view: View, one: &PersonView, here: &str) -> View {
    if !one.person.is_active() {
        let enable = view.shell.button("Enable", &format!("{here}/enable"), "second");
        return view.action(enable);
    }
    let label = match one.person.has_password {
        true => "Send a link for a new password",
        false => "Send the invitation again",
    };
    let send = view.shell.button(label, &format!("{here}/link"), "second");
    let disable = view.shell.button("Disable", &format!("{here}/disable"), "danger");
    view.action(send).action(disable)
}

#[handler]
async fn h_person(who: SignedIn, Path(email): Path<String>, query: Query) -> Result<Response> {
    person_page(&who, &email, &query, None).await
}

#[handler]
async fn h_save(Path(email): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "person", "edit").await?;
    let saved = match input(&form) {
        Ok(input) => act(&who.app, &who.actor, people::Edit { email: email.clone(), input }).await,
        Err(fault) => Err(fault),
    };
    match saved {
        Ok(saved) => Ok(who.go(&format!("{}?done=saved", path(&saved.email)))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            person_page(&who, &email, &Query::default(), Some(&again)).await
        }
    }
}

#[handler]
async fn h_link(Path(email): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    need(&who, "person", "invite").await?;
    let saved = act(&who.app, &who.actor, people::SendLink { email }).await?;
    Ok(who.go(&format!("{}?done=sent", path(&saved.email))))
}

async fn set_disabled(who: &SignedIn, email: String, disabled: bool) -> Result<Response> {
    need(who, "person", "disable").await?;
    let saved = act(&who.app, &who.actor, people::Disable { email, disabled }).await?;
    let done = if disabled { "disabled" } else { "enabled" };
    Ok(who.go(&format!("{}?done={done}", path(&saved.email))))
}

#[handler]
async fn h_disable(Path(email): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    set_disabled(&who, email, true).await
}

#[handler]
async fn h_enable(Path(email): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    set_disabled(&who, email, false).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/people", get(h_list))
        .at("/admin/people/new", get(h_new).post(h_add))
        .at("/admin/people/:email", get(h_person).post(h_save))
        .at("/admin/people/:email/link", post(h_link))
        .at("/admin/people/:email/disable", post(h_disable))
        .at("/admin/people/:email/enable", post(h_enable))
}
