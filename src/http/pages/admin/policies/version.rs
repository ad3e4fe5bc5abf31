//! One version of a policy: what differs, when it comes into force, why it plans what it plans.

use std::collections::HashMap;

use poem::{Response, Result, handler, web::Path};

use crate::{
    app::{
        AppError, act,
        policy::{self, Activate, PolicyKind},
    },
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Empty, Field, Html, Kind, Tone, coded},
    },
};

use super::{
    super::{
        button_to, need,
        view::{Again, Section, Table, View, text},
    },
    LIST, kind, moment, title, versions,
};

/// Lines that one set has and the other has not; the order of a set's lines means nothing.
pub(super) fn differences(before: &str, after: &str) -> Vec<(char, String)> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in before.lines() {
        *left.entry(line.trim_end()).or_default() += 1;
    }
    let mut added = Vec::new();
    for line in after.lines().map(str::trim_end) {
        match left.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => added.push(('+', line.to_owned())),
        }
    }
    let mut found: Vec<(char, String)> = Vec::new();
    for line in before.lines().map(str::trim_end) {
        if let Some(count) = left.get_mut(line).filter(|count| **count > 0) {
            *count -= 1;
            found.push(('-', line.to_owned()));
        }
    }
    found.extend(added);
    found.retain(|(_, line)| !line.is_empty());
    found
}

#[handler]
pub(super) async fn h_version(
    who: SignedIn,
    Path((of, number)): Path<(String, i64)>,
    query: Query,
) -> Result<Response> {
    let kind = kind(&of)?;
    let all = versions(&who, kind).await?;
    let one = all.iter().find(|one| one.version == number);
    let one = one.ok_or_else(|| AppError::from(Refusal::not_found("policy version")))?;
    let active = all.iter().find(|one| one.state == "active");
    let name = title(kind);
    let path = format!("/admin/policies/{kind}");
    let mut view = View::new(&who, format!("{name}, version {number}"), None).await?;
    view = view.under(&[LIST, (name, &path)]).badge(ui::badge(&one.state)).done(&query);
    let author = one.author.as_deref().unwrap_or("from the start");
    view = view.lead(format!("{author}: {}", one.comment));
    let own = one.author.as_deref() == who.actor.as_person().map(|person| person.email.as_str());
    if one.state != "active" {
        view = match own {
            true => view.section(Section::Note(
                "You wrote this version, so another admin has to put it in force.".to_owned(),
            )),
            false => {
                let again = one.state == "retired";
                let label = if again { "Roll back to this version" } else { "Put in force" };
                let form = view.new_form(&format!("{path}/{number}/activate"), label).field(
                    Field::new("at", "From", Kind::Input("datetime-local"))
                        .short()
                        .optional()
                        .hint("At once without a time"),
                );
                view.form(form)
            }
        };
    }
    if let Some(at) = one.activate_at {
        let when = format!("It comes into force at {at}.");
        view = view.section(Section::Note(when));
    }
    if one.state != "active" && kind != PolicyKind::Access {
        let post = format!("{path}/{number}/shadow");
        let button = view.shell.button("Run as a shadow", &post, "second");
        view = view.action(button);
    }
    let copy = format!("{path}?from={number}");
    view = view.action(button_to(&who, "Edit a copy", &copy));
    if let Some(active) = active.filter(|active| active.version != number) {
        let rows = differences(&active.csv, &one.csv);
        let row = |(sign, line): (char, String)| -> Vec<Html> {
            let state = match sign {
                '+' => ui::toned("new", Tone::Good),
                _ => ui::toned("gone", Tone::Bad),
            };
            vec![state, ui::text(&line)]
        };
        view = match rows.is_empty() {
            true => view.section(Section::Note("It says what the one in force says.".to_owned())),
            false => {
                let rows = rows.into_iter().map(row).collect();
                let note = format!("against version {}", active.version);
                view.table(Table::new(&["", "Line"], rows).title("What differs").note(note))
            }
        };
    }
    view.section(Section::Text("The set".to_owned(), one.csv.clone())).answer(&who)
}

#[handler]
pub(super) async fn h_activate(
    Path((of, version)): Path<(String, i64)>,
    Posted { who, form }: Posted,
) -> Result<Response> {
    need(&who, "policy", "activate").await?;
    let kind = kind(&of)?;
    let at = match form.filled("at")? {
        Some(text) => Some(moment(text, &who)?),
        None => None,
    };
    act(&who.app, &who.actor, Activate { kind, version, at }).await?;
    Ok(who.go(&format!("/admin/policies/{kind}/{version}?done=active")))
}

#[handler]
pub(super) async fn h_explain(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "policy", "edit").await?;
    let asked = query.0.filled("requisition")?.unwrap_or_default().to_owned();
    let explained = match asked.is_empty() {
        true => None,
        false => {
            let mut reader = who.app.reader(&who.actor).await?;
            Some(policy::explain(&mut reader, &asked).await.map_err(AppError::told))
        }
    };
    let refused = match &explained {
        Some(Err(refusal)) => Some(Again {
            form: query.0.clone(),
            refusal: refusal.clone().field("requisition").got(asked.clone()),
        }),
        _ => None,
    };
    let mut view = View::new(&who, "Explain a requisition", refused.as_ref()).await?;
    view = view.under(&[LIST]).narrow();
    let faults = view.faults();
    let form = view.new_form("/admin/policies/explain", "Explain").field(
        Field::text("requisition", "Number or id")
            .value(&asked)
            .hint("Such as REQ-2026-000123")
            .faults(&faults),
    );
    view = view.form(form);
    view = match explained {
        Some(Ok(explanation)) => view.section(Section::Text(asked, explanation.text())),
        Some(Err(_)) => view,
        None => view.section(Section::Empty(Empty::new(
            "Why does it get its plan?",
            "Each rule that spoke, the facts it saw, and the nearest change that would turn it.",
        ))),
    };
    view.answer(&who)
}

#[handler]
pub(super) async fn h_ask_explain(Posted { who, form }: Posted) -> Result<Response> {
    let asked = coded(text(&form, "requisition")?.trim());
    Ok(who.go(&format!("/admin/policies/explain?requisition={asked}")))
}
