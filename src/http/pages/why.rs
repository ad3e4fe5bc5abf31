//! /requisitions/{id}/why: each rule that spoke, the facts it saw, and the nearest change that
//! would turn it.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use crate::{
    app::policy,
    domain::approval::Outcome,
    http::{
        actor::SignedIn,
        part::{Crumbs, Shell},
    },
    policy::explain::{Explanation, Why},
};

#[derive(Template)]
#[template(path = "pages/why.html", config = ".askama.toml")]
struct WhyPage {
    shell: Shell,
    crumbs: Crumbs,
    /// Why nobody is asked, when nobody is.
    alone: Option<String>,
    rules: Vec<Spoken>,
    limits: Vec<String>,
    next: Option<String>,
    facts: Vec<(&'static str, String)>,
}

/// One rule that spoke.
struct Spoken {
    /// "1. Mia Keller", "Warning", "Told: ..".
    head: String,
    why: Why,
}

fn spoken(why: &Explanation) -> Vec<Spoken> {
    let step = |one: &Why| Spoken {
        head: format!("{}. {}", one.order, one.people.join(" or ")),
        why: one.clone(),
    };
    let warning = |one: &Why| Spoken { head: "Warning".to_owned(), why: one.clone() };
    let told =
        |one: &Why| Spoken { head: format!("Told: {}", one.people.join(", ")), why: one.clone() };
    let warned = why.warnings.iter().map(warning);
    why.steps.iter().map(step).chain(warned).chain(why.watchers.iter().map(told)).collect()
}

#[handler]
async fn h_why(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    let mut shell = who.shell("Why this plan", "/requisitions").await?;
    shell.narrow = true;
    let why = policy::explain(&mut who.app.reader(&who.actor).await?, &id).await?;
    let back = shell.href(&format!("/requisitions/{id}"));
    let crumbs = Crumbs::to("Why this plan")
        .over("Requisitions", shell.href("/requisitions"))
        .over("Requisition", back);
    let alone = match &why.outcome {
        Outcome::NoSignOff { because, .. } => Some(because.clone()),
        Outcome::Plan(_) | Outcome::Blocked(_) => None,
    };
    let limits = why.limits.iter().map(|limit| {
        format!("Limit {}, version {}: {}.", limit.rule.id, limit.rule.version, limit.text)
    });
    Ok(who.page(&WhyPage {
        crumbs,
        alone,
        rules: spoken(&why),
        limits: limits.collect(),
        next: why.next.as_ref().map(|near| near.text.clone()),
        facts: why.facts,
        shell,
    })?)
}

pub(super) fn add(route: Route) -> Route {
    route.at("/requisitions/:id/why", get(h_why))
}
