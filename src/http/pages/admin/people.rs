//! /admin/people: who works here, one person, somebody new.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    button_to, need,
    view::{Again, Form, Group, Table, View, text, ticked, ticked_names, value},
};
use crate::{
    app::{
        AppError, act,
        party::{
            cost_center,
            people::{self, PersonInput, PersonView, manageable_roles},
            supplier,
        },
    },
    base::page::Cut,
    domain::role::Role,
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Choice, Facts, Field, Kind, Pager, Tone, coded},
    },
};

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

/// What the choices of the form are.
struct Choices {
    roles: Vec<Role>,
    centers: Vec<(String, String)>,
    managers: Vec<Choice>,
    suppliers: Vec<Choice>,
}

async fn choices(who: &SignedIn) -> Result<Choices, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    let organisation = who.actor.organisation;
    let rights = who.app.policies.rights(&mut reader.conn, organisation).await?;
    let centers = cost_center::list(&mut reader).await?;
    let everybody = people::everybody(&mut reader).await?;
    let suppliers = supplier::list(&mut reader).await?;
    let active = everybody.into_iter().filter(|one| one.is_active());
    let managers = active
        .map(|one| Choice::new(one.email.to_string(), format!("{} ({})", one.name, one.email)));
    let own = suppliers.into_iter().filter(|one| one.own);
    let own = own.map(|one| Choice::new(one.supplier.name, one.supplier.title));
    let centers = centers.into_iter().filter(|one| one.center.disabled_at.is_none());
    Ok(Choices {
        roles: manageable_roles(rights.access().roles()),
        centers: centers.map(|one| (one.center.code, one.center.name)).collect(),
        managers: std::iter::once(Choice::new("", "Nobody")).chain(managers).collect(),
        suppliers: std::iter::once(Choice::new("", "No, of this organisation"))
            .chain(own)
            .collect(),
    })
}

/// The controls that a new person and a known one share.
fn controls(
    mut form: Form,
    (view, again): (&View, Option<&Again>),
    choices: &Choices,
    stored: Option<&PersonView>,
) -> Form {
    let faults = view.faults();
    let person = stored.map(|stored| &stored.person);
    let name = person.map_or("", |person| &person.name);
    form = form.field(
        Field::text("name", "Name").value(value(again, "name", name)).at_most(120).faults(&faults),
    );
    if stored.is_some_and(|stored| stored.supplier.is_some()) {
        return form;
    }
    let role = |role: &Role| {
        let name = format!("role-{role}");
        let has = person.is_some_and(|person| person.roles.contains(role));
        Field::check(&name, role.as_str()).ticked(ticked(again, &name, has))
    };
    let roles = choices.roles.iter().map(role).collect();
    form = form.group(Group::new("roles", "Roles", roles).faults(&faults).hint(
        "As the access policy in force says. An approver decides only what is asked of them.",
    ));
    let manager = stored.and_then(|stored| stored.manager.as_deref()).unwrap_or_default();
    let manager = value(again, "manager", manager);
    form = form.field(
        Field::select("manager", "Manager", choices.managers.clone())
            .value(manager)
            .optional()
            .faults(&faults),
    );
    if choices.centers.is_empty() {
        return form;
    }
    let box_of = |(code, title): &(String, String)| {
        let name = format!("center-{code}");
        let has = stored.is_some_and(|stored| stored.cost_centers.contains(code));
        Field::check(&name, format!("{code} {title}")).ticked(ticked(again, &name, has))
    };
    let boxes = choices.centers.iter().map(box_of).collect();
    form = form.group(Group::new("cost_centers", "May charge", boxes).faults(&faults));
    let default = stored.and_then(|stored| stored.default_cost_center.as_deref());
    let all =
        choices.centers.iter().map(|(code, name)| Choice::new(code, format!("{code} {name}")));
    let all = std::iter::once(Choice::new("", "None")).chain(all);
    form.field(
        Field::select("default_cost_center", "Charged when nothing is said", all)
            .value(value(again, "default_cost_center", default.unwrap_or_default()))
            .optional()
            .faults(&faults),
    )
}

fn input(form: &guard::Form) -> Result<PersonInput, AppError> {
    Ok(PersonInput {
        name: text(form, "name")?,
        roles: ticked_names(form, "role-"),
        manager: form.filled("manager")?.map(str::to_owned),
        cost_centers: ticked_names(form, "center-"),
        default_cost_center: form.filled("default_cost_center")?.map(str::to_owned),
        locale: form.filled("locale")?.map(str::to_owned),
        time_zone: form.filled("time_zone")?.map(str::to_owned),
    })
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
