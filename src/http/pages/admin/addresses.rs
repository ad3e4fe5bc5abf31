//! /admin/addresses: where goods and invoices go.

use poem::{Response, Result, Route, get, handler, web::Path};

use super::{
    button_to, need,
    view::{Again, Section, Table, View, text, ticked, value},
};
use crate::{
    app::{AppError, act, party::address},
    domain::{
        party::{Address, AddressKind, PostalAddress},
        refusal::Refusal,
    },
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Choice, Empty, Field, Html, Kind, Tone, coded},
    },
};

const LIST: (&str, &str) = ("Addresses", "/admin/addresses");

const fn label(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::ShipTo => "ship to",
        AddressKind::BillTo => "bill to",
    }
}

async fn all(who: &SignedIn) -> Result<Vec<Address>, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    reader.need("address", "edit")?;
    address::list(&mut reader).await
}

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    let all = all(&who).await?;
    let mut view = View::new(&who, "Addresses", None).await?.under(&[]).done(&query);
    view = view.action(button_to(&who, "Add an address", "/admin/addresses/new"));
    if all.is_empty() {
        let what = "An order needs one to ship to and one to bill to.";
        let first = who.href("/admin/addresses/new");
        let empty = Empty::new("No address yet", what).first("Add the first", first);
        return view.section(Section::Empty(empty)).answer(&who);
    }
    let rows = all.iter().map(|one| row(&who, one)).collect();
    let heads = ["Address", "For", "Name", "Street", "City", "Default"];
    view.table(Table::new(&heads, rows)).answer(&who)
}

fn row(who: &SignedIn, one: &Address) -> Vec<Html> {
    let postal = &one.postal;
    let path = format!("/admin/addresses/{}/{}", one.kind, coded(&postal.code));
    let city = format!("{} {}, {}", postal.postal_code, postal.city, postal.country);
    let default = match one.is_default {
        true => ui::toned("default", Tone::Info),
        false => ui::text(""),
    };
    vec![
        ui::link(&who.href(&path), &postal.code),
        ui::text(label(one.kind)),
        ui::text(&postal.name),
        ui::text(&postal.street),
        ui::text(&city),
        default,
    ]
}

/// Kind and code of a known address.
type Key = (AddressKind, String);

async fn address_page(
    who: &SignedIn,
    key: Option<&Key>,
    again: Option<&Again>,
) -> Result<Response> {
    let all = all(who).await?;
    let known = match key {
        Some((kind, code)) => {
            let found = all.iter().find(|one| one.kind == *kind && one.postal.code == *code);
            Some(found.ok_or_else(|| AppError::from(Refusal::not_found("address")))?)
        }
        None => None,
    };
    let title = known.map_or_else(
        || "Add an address".to_owned(),
        |one| format!("Address {} ({})", one.postal.code, label(one.kind)),
    );
    let path = match key {
        Some((kind, code)) => format!("/admin/addresses/{kind}/{}", coded(code)),
        None => "/admin/addresses/new".to_owned(),
    };
    let view = View::new(who, title, again).await?.under(&[LIST]).narrow();
    let faults = view.faults();
    let mut form = view.new_form(&path, "Save").back(who.href(LIST.1));
    if known.is_none() {
        let kinds = AddressKind::ALL.iter().map(|kind| Choice::new(kind.word(), label(*kind)));
        form = form.field(
            Field::select("kind", "For", kinds).value(value(again, "kind", "")).faults(&faults),
        );
        form = form.field(
            Field::text("code", "Short name")
                .value(value(again, "code", ""))
                .hint("Such as main or plant. It stands in orders and stays for life.")
                .short()
                .faults(&faults),
        );
    }
    let postal = known.map(|one| &one.postal);
    let stored = |pick: fn(&PostalAddress) -> &str| postal.map_or("", pick);
    let field = |name: &'static str, label: &str, now: &str| {
        Field::text(name, label).value(value(again, name, now)).at_most(120).faults(&faults)
    };
    form = form
        .field(field("name", "Name of the company", stored(|p| &p.name)))
        .field(field("deliver_to", "To the attention of", stored(|p| &p.deliver_to)).optional())
        .field(field("street", "Street and number", stored(|p| &p.street)))
        .field(field("postal_code", "Postal code", stored(|p| &p.postal_code)).short().optional())
        .field(field("city", "City", stored(|p| &p.city)))
        .field(field("country", "Country, two letters", stored(|p| &p.country)).short());
    let mail = postal.and_then(|postal| postal.email.as_deref()).unwrap_or_default();
    let mail = Field::new("email", "E-mail address", Kind::Input("email"))
        .value(value(again, "email", mail));
    form = form.field(mail.optional().faults(&faults));
    if !known.is_some_and(|one| one.is_default) {
        let on = ticked(again, "default", false);
        form = form.field(Field::check("default", "Taken when nothing is said").ticked(on));
    }
    view.form(form).answer(who)
}

#[handler]
async fn h_new(who: SignedIn) -> Result<Response> {
    address_page(&who, None, None).await
}

fn key(kind: &str, code: String) -> Result<Key, AppError> {
    let kind = kind.parse().map_err(|_| Refusal::not_found("address"))?;
    Ok((kind, code))
}

#[handler]
async fn h_address(who: SignedIn, Path((kind, code)): Path<(String, String)>) -> Result<Response> {
    address_page(&who, Some(&key(&kind, code)?), None).await
}

async fn save(who: &SignedIn, known: Option<&Key>, form: &guard::Form) -> Result<(), AppError> {
    let (kind, code) = match known {
        Some(key) => key.clone(),
        None => (key(&text(form, "kind")?, String::new())?.0, text(form, "code")?),
    };
    let postal = PostalAddress {
        code,
        name: text(form, "name")?,
        deliver_to: text(form, "deliver_to")?,
        street: text(form, "street")?,
        city: text(form, "city")?,
        postal_code: text(form, "postal_code")?,
        country: text(form, "country")?,
        email: form.filled("email")?.map(str::to_owned),
    };
    let (is_default, fresh) = (form.ticked("default")?, known.is_none());
    act(&who.app, &who.actor, address::Save { kind, postal, is_default, fresh }).await?;
    Ok(())
}

async fn saved(who: SignedIn, key: Option<Key>, form: guard::Form) -> Result<Response> {
    need(&who, "address", "edit").await?;
    match save(&who, key.as_ref(), &form).await {
        Ok(()) => Ok(who.go("/admin/addresses?done=saved")),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            address_page(&who, key.as_ref(), Some(&again)).await
        }
    }
}

#[handler]
async fn h_add(Posted { who, form }: Posted) -> Result<Response> {
    saved(who, None, form).await
}

#[handler]
async fn h_save(
    Path((kind, code)): Path<(String, String)>,
    Posted { who, form }: Posted,
) -> Result<Response> {
    let key = key(&kind, code)?;
    saved(who, Some(key), form).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/addresses", get(h_list))
        .at("/admin/addresses/new", get(h_new).post(h_add))
        .at("/admin/addresses/:kind/:code", get(h_address).post(h_save))
}
