//! /admin/policies/shadow: which draft runs beside the rules in force, and where its plans differ.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    need,
    view::{Section, Table, View},
};
use crate::{
    app::{
        AppError, act,
        policy::{self, PolicyKind, RunShadow},
    },
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Empty},
    },
};

fn kind(text: &str) -> Result<PolicyKind, AppError> {
    text.parse().map_err(|_| Refusal::not_found("policy").into())
}

#[handler]
async fn h_shadow(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "policy", "edit").await?;
    let found = policy::shadow(&mut who.app.reader(&who.actor).await?).await?;
    let mut view = View::new(&who, "Shadow", None).await?;
    view = view.under(&[("Policies", "/admin/policies")]).done(&query);
    view = view.lead("A draft that plans beside the rules in force. It asks nobody.");
    if found.running.is_empty() && found.diverged.is_empty() {
        let what = "Open a draft and run it as a shadow: what it would plan otherwise stands here.";
        let empty = Empty::new("No draft runs beside the rules", what);
        return view.section(Section::Empty(empty)).answer(&who);
    }
    let rows = found.running.iter().map(|one| {
        let path = format!("/admin/policies/{}/{}", one.kind, one.number);
        let end = format!("/admin/policies/{}/unshadow", one.kind);
        vec![
            ui::link(&who.href(&path), &format!("{} {}", one.kind, one.number)),
            view.shell.when(one.since),
            view.shell.button("End", &end, "danger small"),
        ]
    });
    let rows = rows.collect();
    view = view.table(Table::new(&["Draft", "Since", ""], rows).title("Running"));
    let rows = found.diverged.iter().map(|one| {
        let path = format!("/requisitions/{}", one.requisition);
        vec![
            ui::link(&who.href(&path), &one.number),
            ui::text(&one.live.in_short()),
            ui::text(&one.draft.in_short()),
            ui::text(&one.shadow),
            view.shell.when(one.at),
        ]
    });
    let rows = rows.collect();
    let heads = ["Requisition", "As it was planned", "By the draft", "Draft", "When"];
    view.table(Table::new(&heads, rows).title("Planned otherwise")).answer(&who)
}

async fn run(who: &SignedIn, kind: PolicyKind, version: Option<i64>) -> Result<Response> {
    need(who, "policy", "edit").await?;
    act(&who.app, &who.actor, RunShadow { kind, version }).await?;
    Ok(who.go("/admin/policies/shadow?done=saved"))
}

#[handler]
async fn h_run(
    Path((of, version)): Path<(String, i64)>,
    Posted { who, .. }: Posted,
) -> Result<Response> {
    run(&who, kind(&of)?, Some(version)).await
}

#[handler]
async fn h_end(Path(of): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    run(&who, kind(&of)?, None).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/policies/shadow", get(h_shadow))
        .at("/admin/policies/:kind/unshadow", post(h_end))
        .at("/admin/policies/:kind/:version/shadow", post(h_run))
}
