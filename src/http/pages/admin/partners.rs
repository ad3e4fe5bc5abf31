//! /admin/partners: connections to procurement systems. A secret that was made here stands on the
//! answer to the very post that made it, and nowhere else.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    button_to, certificates, need,
    partner_form::{controls, input},
    view::{Again, Section, Table, View, ticked},
};
use crate::{
    app::{
        AppError, act,
        party::{
            partner,
            secret::{self, NewSecret, Stored},
        },
    },
    base::{id::PartnerId, time::Time},
    domain::{party::Partner, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Empty, Facts, Field, Kind, Tone},
    },
};

const LIST: (&str, &str) = ("Procurement systems", "/admin/partners");

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "partner", "edit").await?;
    let all = {
        let mut reader = who.app.reader(&who.actor).await?;
        partner::list(&mut reader).await?
    };
    let mut view = View::new(&who, "Procurement systems", None).await?.under(&[]).done(&query);
    view = view.action(button_to(&who, "Connect one", "/admin/partners/new"));
    if all.is_empty() {
        let what = "People can sign in here and shop. Connect SAP, Ariba, Coupa or Oracle when \
                    they should come from there.";
        let first = who.href("/admin/partners/new");
        let empty = Empty::new("No procurement system yet", what).first("Connect one", first);
        return view.section(Section::Empty(empty)).answer(&who);
    }
    let rows = all.iter().map(|one| {
        let ids = one.identities.iter().map(|id| format!("{} {}", id.domain, id.identity));
        let state = match one.disabled_at {
            Some(_) => ui::toned("disabled", Tone::Bad),
            None if one.is_held => ui::toned("not live yet", Tone::Warn),
            None => ui::toned("active", Tone::Good),
        };
        vec![
            ui::link(&who.href(&path(one.id)), &one.name),
            ui::text(&ids.collect::<Vec<_>>().join(", ")),
            ui::text(one.oci_user.as_deref().unwrap_or_default()),
            ui::text(&one.return_hosts.join(", ")),
            state,
        ]
    });
    let heads = ["System", "cXML identities", "OCI user", "Carts go back to", "State"];
    view.table(Table::new(&heads, rows.collect())).answer(&who)
}

fn path(id: PartnerId) -> String {
    format!("/admin/partners/{id}")
}

async fn new_page(who: &SignedIn, again: Option<&Again>) -> Result<Response> {
    need(who, "partner", "create").await?;
    let view = View::new(who, "Connect a procurement system", again).await?.under(&[LIST]).narrow();
    let form = view.new_form("/admin/partners/new/all", "Connect").back(who.href(LIST.1));
    let form = controls(form, (&view, again), None).field(secret_field(&view));
    view.form(form).answer(who)
}

fn secret_field(view: &View) -> Field {
    Field::new("secret", "Shared secret", Kind::Input("password"))
        .hint("Leave it empty, and one is made and shown once.")
        .autocomplete("new-password")
        .optional()
        .faults(&view.faults())
}

#[handler]
async fn h_new(who: SignedIn) -> Result<Response> {
    new_page(&who, None).await
}

async fn add_partner(who: &SignedIn, form: &guard::Form) -> Result<(NewSecret, Stored), AppError> {
    let new = NewSecret::given_or_fresh(&who.app, form.maybe("secret")?)?;
    let add = partner::Add { input: input(form)?, new: new.clone() };
    let stored = act(&who.app, &who.actor, add).await?;
    Ok((new, stored))
}

#[handler]
async fn h_add(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "partner", "create").await?;
    match add_partner(&who, &form).await {
        Ok((new, stored)) => shown_once(&who, &new, &stored).await,
        Err(fault) => new_page(&who, Some(&Again { form, refusal: fault.told() })).await,
    }
}

/// The page with the secret when one was made here, else the connection's own page.
async fn shown_once(who: &SignedIn, new: &NewSecret, stored: &Stored) -> Result<Response> {
    let here = path(stored.partner);
    match new.shown_once(&who.app, stored) {
        Some(secret) => {
            partner_page(who, stored.partner, (&Query::default(), Some(secret)), None).await
        }
        None => Ok(who.go(&format!("{here}?done=saved"))),
    }
}

async fn found(who: &SignedIn, id: PartnerId) -> Result<(Partner, Vec<(u8, Time)>), AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    reader.need("partner", "edit")?;
    let found = partner::get(&mut reader, id).await?;
    Ok((found, secret::ages(&mut reader, id).await?))
}

async fn partner_page(
    who: &SignedIn,
    id: PartnerId,
    (query, made): (&Query, Option<String>),
    again: Option<&Again>,
) -> Result<Response> {
    let (one, secrets) = found(who, id).await?;
    let mut view = View::new(who, &one.name, again).await?.under(&[LIST]).narrow().done(query);
    if one.disabled_at.is_some() {
        view = view.badge(ui::toned("disabled", Tone::Bad));
    }
    let suite = format!("/admin/conformance/{id}");
    view = view.action(button_to(who, "Conformance", &suite));
    view = view.action(button_to(who, "Client certificates", &certificates::path(id)));
    view = view.action(button_to(who, "Step by step", &format!("/admin/partners/{id}/setup")));
    if let Some(secret) = made {
        let what = "Give it to the other side now. It is shown this once and never again.";
        view = view.section(Section::Once("The shared secret", what.to_owned(), secret));
    }
    let (cxml, oci) = partner::doors(&who.app);
    let doors = Facts::new().text("cXML requests go to", &cxml).text("OCI calls go to", &oci);
    view = view.section(Section::Facts("What the other side needs", doors));
    let here = path(id);
    let form = view.new_form(&here, "Save").title("Connection").back(who.href(LIST.1));
    let again = again.filter(|again| again.form.maybe("name").is_ok_and(|name| name.is_some()));
    let off = ticked(again, "disabled", one.disabled_at.is_some());
    let form = controls(form, (&view, again), Some(&one))
        .field(Field::check("disabled", "Nobody may come this way").ticked(off));
    view = view.form(form);
    let rows = secrets.iter().enumerate().map(|(at, (slot, since))| {
        let name = format!("Secret {slot}");
        let state = match at {
            0 => ui::toned("newest", Tone::Good),
            _ => ui::toned("old, still good", Tone::Warn),
        };
        vec![ui::text(&name), view.shell.when(*since), state]
    });
    let table = Table::new(&["Slot", "Since", "State"], rows.collect()).title("Secrets");
    view = view.table(table);
    if secrets.len() < 2 {
        let form = view.new_form(&format!("{here}/secret"), "Make it").title("A new secret");
        let form = form.field(secret_field(&view));
        view = view.form(form).section(Section::Note(
            "Both are good until you remove the old one: change the other side in between.".into(),
        ));
    } else {
        let remove = format!("{here}/secret/remove");
        let button = view.shell.button("Remove the old secret", &remove, "danger");
        view = view.action(button);
    }
    view.answer(who)
}

fn id(text: &str) -> Result<PartnerId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("partner").into())
}

#[handler]
async fn h_partner(who: SignedIn, Path(text): Path<String>, query: Query) -> Result<Response> {
    partner_page(&who, id(&text)?, (&query, None), None).await
}

#[handler]
async fn h_save(Path(text): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "partner", "edit").await?;
    let partner = id(&text)?;
    let saved = match input(&form) {
        Ok(input) => act(&who.app, &who.actor, partner::Edit { partner, input }).await,
        Err(refusal) => Err(refusal.into()),
    };
    match saved {
        Ok(_) => Ok(who.go(&format!("{}?done=saved", path(partner)))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            partner_page(&who, partner, (&Query::default(), None), Some(&again)).await
        }
    }
}

#[handler]
async fn h_rotate(Path(text): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "partner", "edit").await?;
    let partner = id(&text)?;
    match rotate(&who, partner, &form).await {
        Ok((new, stored)) => shown_once(&who, &new, &stored).await,
        Err(fault) => {
            // What stands in the connection's own form was not sent.
            let again = Again { form: guard::Form::default(), refusal: fault.told() };
            let view = (&Query::default(), None);
            partner_page(&who, partner, view, Some(&again)).await
        }
    }
}

async fn rotate(
    who: &SignedIn,
    partner: PartnerId,
    form: &guard::Form,
) -> Result<(NewSecret, Stored), AppError> {
    let new = NewSecret::given_or_fresh(&who.app, form.maybe("secret")?)?;
    let rotate = secret::Rotate { partner, new: new.clone() };
    let stored = act(&who.app, &who.actor, rotate).await?;
    Ok((new, stored))
}

#[handler]
async fn h_remove(Path(text): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    need(&who, "partner", "edit").await?;
    let partner = id(&text)?;
    act(&who.app, &who.actor, secret::RemoveOld { partner }).await?;
    Ok(who.go(&format!("{}?done=removed", path(partner))))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/partners", get(h_list))
        .at("/admin/partners/new/all", get(h_new).post(h_add))
        .at("/admin/partners/:id", get(h_partner).post(h_save))
        .at("/admin/partners/:id/secret", post(h_rotate))
        .at("/admin/partners/:id/secret/remove", post(h_remove))
}
