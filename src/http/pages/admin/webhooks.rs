//! /admin/webhooks: the organisation's own systems that are told of what happened.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    need,
    view::{Again, Group, Section, Table, View, text, ticked, ticked_names, value},
};
use crate::{
    app::{
        AppError, act,
        webhook::{self, Add, Remove},
    },
    base::id::WebhookId,
    domain::{refusal::Refusal, webhook::EventKind},
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Empty, Field, Html, Kind},
    },
};

const LIST: (&str, &str) = ("Webhooks", "/admin/webhooks");
const LEAD: &str = "Each event is posted as JSON, signed, and tried again until it is accepted. \
     An event that comes twice has the same id.";
const SECRET: &str = "The other system checks each signature with this secret. It is shown this \
     once.";

async fn page(
    who: &SignedIn,
    query: &Query,
    again: Option<&Again>,
    secret: Option<String>,
) -> Result<Response> {
    let all = webhook::list(&mut who.app.reader(&who.actor).await?).await?;
    let mut view = View::new(who, LIST.0, again).await?.under(&[]).lead(LEAD).done(query);
    if let Some(secret) = secret {
        view = view.section(Section::Once("The secret", SECRET.to_owned(), secret));
    }
    if all.is_empty() {
        let what = "Add one below: an ERP that books orders, a chat that hears of approvals.";
        view = view.section(Section::Empty(Empty::new("Nobody is told yet", what)));
    } else {
        let rows = all.iter().map(|one| {
            let path = format!("/admin/webhooks/{}", one.id);
            let kinds: Vec<&str> = one.kinds.iter().map(|kind| kind.word()).collect();
            vec![
                ui::link(&who.href(&path), &one.url),
                ui::text(&kinds.join(", ")),
                view.shell.when(one.made_at),
                view.shell.button("Remove", &format!("{path}/remove"), "danger small"),
            ]
        });
        let rows = rows.collect();
        view = view.table(Table::new(&["Address", "Told of", "Since", ""], rows));
    }
    let faults = view.faults();
    let boxes = EventKind::ALL.iter().map(|kind| {
        let name = format!("kind-{kind}");
        let on = ticked(again, &name, false);
        Field::check(name, kind.word().replace('-', " ")).ticked(on)
    });
    let form = view
        .new_form(LIST.1, "Add")
        .title("Add an address")
        .field(
            Field::new("url", "Address", Kind::Input("url"))
                .hint("https://erp.example/countersign")
                .value(value(again, "url", ""))
                .faults(&faults),
        )
        .group(Group::new("kinds", "It is told of", boxes.collect()).faults(&faults));
    view.form(form).answer(who)
}

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    page(&who, &query, None, None).await
}

#[handler]
async fn h_add(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "partner", "create").await?;
    let add = Add::new(&who.app, text(&form, "url")?, ticked_names(&form, "kind-"));
    match act(&who.app, &who.actor, add.clone()).await {
        Ok(added) => page(&who, &Query::default(), None, add.shown_once(&who.app, &added)).await,
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            page(&who, &Query::default(), Some(&again), None).await
        }
    }
}

fn id_of(text: &str) -> Result<WebhookId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("webhook").into())
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id = id_of(&id)?;
    let mut reader = who.app.reader(&who.actor).await?;
    let found = webhook::list(&mut reader).await?.into_iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| AppError::from(Refusal::not_found("webhook")))?;
    let latest = webhook::latest(&mut reader, id).await?;
    drop(reader);
    let view = View::new(&who, "Events", None).await?.under(&[LIST]).lead(found.url);
    if latest.is_empty() {
        let empty = Empty::new("Nothing was sent yet", "Events stand here as they happen.");
        return view.section(Section::Empty(empty)).answer(&who);
    }
    let rows = latest.iter().map(|(event, last)| {
        let said = last.as_ref().map(|last| last.detail.as_str()).unwrap_or_default();
        let next = event.next_at.map(|at| view.shell.when(at));
        let about = who.href(&crate::http::pages::told::object_path(&event.about));
        vec![
            ui::text(event.kind.word()),
            view.shell.when(event.created_at),
            ui::link(&about, event.kind.word().split('-').next().unwrap_or_default()),
            ui::badge(event.state.word()),
            ui::text(&event.attempts.to_string()),
            ui::text(said),
            next.unwrap_or_else(Html::default),
        ]
    });
    let rows = rows.collect();
    let heads = ["Event", "Happened", "About", "State", "Attempts", "Last answer", "Next attempt"];
    view.table(Table::new(&heads, rows).title("Last deliveries")).answer(&who)
}

#[handler]
async fn h_remove(Path(id): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    act(&who.app, &who.actor, Remove { webhook: id_of(&id)? }).await?;
    Ok(who.go("/admin/webhooks?done=removed"))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/webhooks", get(h_list).post(h_add))
        .at("/admin/webhooks/:id", get(h_one))
        .at("/admin/webhooks/:id/remove", post(h_remove))
}
