//! /admin/suppliers: who sells, and how orders reach them.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    button_to, certificates, need, supplier_site,
    view::{Again, Form, Section, Table, View, text, value},
};
use crate::{
    app::{
        AppError, act,
        delivery::{self},
        gateway,
        party::{
            certificate,
            supplier::{self, SupplierView},
        },
    },
    domain::{party::Channel, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Empty, Facts, Field, Html, Kind, coded},
    },
};

mod orders;

use orders::{delivery_fields, save_delivery};

const LIST: (&str, &str) = ("Suppliers", "/admin/suppliers");

const fn words(channel: Channel) -> &'static str {
    match channel {
        Channel::Cxml => "cXML",
        Channel::Email => "e-mail",
        Channel::Desk => "supplier desk",
    }
}

fn path(name: &str) -> String {
    format!("/admin/suppliers/{}", coded(name))
}

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "supplier", "edit").await?;
    let all = {
        let mut reader = who.app.reader(&who.actor).await?;
        supplier::list(&mut reader).await?
    };
    let mut view = View::new(&who, "Suppliers", None).await?.under(&[]).done(&query);
    view = view.action(button_to(&who, "Add a supplier", "/admin/suppliers/new"));
    if all.is_empty() {
        let what = "Orders go to suppliers, one order to each.";
        let first = who.href("/admin/suppliers/new");
        let empty = Empty::new("No supplier yet", what).first("Add the first", first);
        return view.section(Section::Empty(empty)).answer(&who);
    }
    let rows = all.iter().map(|one| row(&who, one)).collect();
    let heads = ["Supplier", "Short name", "Orders go by", "Items", "Kept here"];
    view.table(Table::new(&heads, rows)).answer(&who)
}

fn row(who: &SignedIn, one: &SupplierView) -> Vec<Html> {
    vec![
        ui::link(&who.href(&path(&one.supplier.name)), &one.supplier.title),
        ui::text(&one.supplier.name),
        ui::text(words(one.channel)),
        ui::text(&one.items.to_string()),
        ui::text(if one.own { "yes" } else { "no" }),
    ]
}

async fn new_page(who: &SignedIn, again: Option<&Again>) -> Result<Response> {
    need(who, "supplier", "create").await?;
    let view = View::new(who, "Add a supplier", again).await?.under(&[LIST]).narrow();
    let faults = view.faults();
    let mut form = view.new_form("/admin/suppliers/new", "Add").back(who.href(LIST.1));
    form = form.field(
        Field::text("name", "Short name")
            .value(value(again, "name", ""))
            .hint("Such as office-one. It stands in catalogues and stays for life.")
            .at_most(40)
            .faults(&faults),
    );
    form = master(form, (again, &faults), ("", ""));
    view.form(form).answer(who)
}

/// Title and mail address.
fn master(
    form: Form,
    (again, faults): (Option<&Again>, &[ui::Fault]),
    (title, email): (&str, &str),
) -> Form {
    form.field(
        Field::text("title", "Name")
            .value(value(again, "title", title))
            .at_most(120)
            .faults(faults),
    )
    .field(
        Field::new("email", "Mail address for orders", Kind::Input("email"))
            .value(value(again, "email", email))
            .hint("Without one, orders wait at the supplier desk.")
            .optional()
            .faults(faults),
    )
}

#[handler]
async fn h_new(who: SignedIn) -> Result<Response> {
    new_page(&who, None).await
}

async fn add_supplier(who: &SignedIn, form: &guard::Form) -> Result<supplier::Saved, AppError> {
    let (name, title) = (text(form, "name")?, text(form, "title")?);
    let email = form.filled("email")?.map(str::to_owned);
    act(&who.app, &who.actor, supplier::Add { name, title, email }).await
}

#[handler]
async fn h_add(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "supplier", "create").await?;
    match add_supplier(&who, &form).await {
        Ok(saved) => Ok(who.go(&format!("{}?done=saved", path(&saved.name)))),
        Err(fault) => new_page(&who, Some(&Again { form, refusal: fault.told() })).await,
    }
}

/// Which of the two forms was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Master,
    Delivery,
    Site,
}

async fn supplier_page(
    who: &SignedIn,
    name: &str,
    query: &Query,
    refused: Option<(Which, &Again)>,
) -> Result<Response> {
    need(who, "supplier", "edit").await?;
    let (one, settings, site, connection) = {
        let mut reader = who.app.reader(&who.actor).await?;
        let one = supplier::get(&mut reader, name).await?;
        let site = gateway::settings(&mut reader, name).await?;
        let connection = certificate::of_supplier(&mut reader, name).await.ok();
        (one, delivery::settings(&mut reader, name).await?, site, connection)
    };
    let again = refused.map(|(_, again)| again);
    let of = |which| refused.filter(|(own, _)| *own == which).map(|(_, again)| again);
    let title = one.supplier.title.clone();
    let mut view = View::new(who, title, again).await?.under(&[LIST]).narrow().done(query);
    let here = path(name);
    view = view.action(button_to(who, "Conformance", "/admin/conformance"));
    if let Some(id) = connection {
        view = view.action(button_to(who, "Client certificates", &certificates::path(id)));
    }
    let faults = view.faults();
    let form = view.new_form(&format!("{here}/delivery"), "Save");
    let form = delivery_fields(form, &settings, (of(Which::Delivery), &faults));
    view = view.form(form.title("How orders reach it"));
    let form = view.new_form(&format!("{here}/site"), "Save");
    let form = supplier_site::fields(form, site.as_ref(), (of(Which::Site), &faults));
    view = view.form(form.title("Its own shop"));
    if one.own {
        let email = one.supplier.email.clone().unwrap_or_default();
        let form = view.new_form(&here, "Save").title("Master data");
        let form = master(form, (of(Which::Master), &faults), (&one.supplier.title, &email));
        view = view.form(form);
        let import = format!("/admin/import?supplier={}", coded(name));
        view = view.action(button_to(who, "Import its catalogue", &import));
    }
    let facts = Facts::new()
        .text("Short name", &one.supplier.name)
        .text("Items", &one.items.to_string())
        .text("People at its desk", &one.people.to_string())
        .text("Master data", if one.own { "kept here" } else { "not kept by your organisation" });
    view.section(Section::Facts("About", facts)).answer(who)
}

#[handler]
async fn h_supplier(who: SignedIn, Path(name): Path<String>, query: Query) -> Result<Response> {
    supplier_page(&who, &name, &query, None).await
}

async fn save_master(who: &SignedIn, name: &str, form: &guard::Form) -> Result<(), AppError> {
    let email = form.filled("email")?.map(str::to_owned);
    let edit = supplier::Edit { name: name.to_owned(), title: text(form, "title")?, email };
    act(&who.app, &who.actor, edit).await?;
    Ok(())
}

async fn save_site(who: &SignedIn, name: &str, form: &guard::Form) -> Result<(), AppError> {
    let named = |refusal: Refusal| AppError::from(supplier_site::named(refusal));
    let command = supplier_site::command(name, form).map_err(named)?;
    match act(&who.app, &who.actor, command).await {
        Err(AppError::Refusal(refusal)) => Err(named(*refusal)),
        other => other.map(|_| ()),
    }
}

async fn saved(who: SignedIn, name: String, form: guard::Form, which: Which) -> Result<Response> {
    need(&who, "supplier", "edit").await?;
    let done = match which {
        Which::Master => save_master(&who, &name, &form).await,
        Which::Delivery => save_delivery(&who, &name, &form).await,
        Which::Site => save_site(&who, &name, &form).await,
    };
    match done {
        Ok(()) => Ok(who.go(&format!("{}?done=saved", path(&name)))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            supplier_page(&who, &name, &Query::default(), Some((which, &again))).await
        }
    }
}

#[handler]
async fn h_save(Path(name): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    saved(who, name, form, Which::Master).await
}

#[handler]
async fn h_save_delivery(
    Path(name): Path<String>,
    Posted { who, form }: Posted,
) -> Result<Response> {
    saved(who, name, form, Which::Delivery).await
}

#[handler]
async fn h_save_site(Path(name): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    saved(who, name, form, Which::Site).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/suppliers", get(h_list))
        .at("/admin/suppliers/new", get(h_new).post(h_add))
        .at("/admin/suppliers/:name", get(h_supplier).post(h_save))
        .at("/admin/suppliers/:name/delivery", post(h_save_delivery))
        .at("/admin/suppliers/:name/site", post(h_save_site))
}
