//! /admin/policies: the sets in force, drafts with their check, what they would change, and who
//! puts them in force.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    button_to, need,
    view::{Again, Section, Table, View, text, value},
};
use crate::{
    app::{
        AppError, act,
        policy::{self, PolicyKind, PolicyView, Replayed, Save},
    },
    base::time::Time,
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Facts, Field, Tone},
    },
};

mod version;

use version::{h_activate, h_ask_explain, h_explain, h_version};

const LIST: (&str, &str) = ("Policies", "/admin/policies");

const fn title(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Access => "Access",
        PolicyKind::Approval => "Approval",
        PolicyKind::Limits => "Limits",
    }
}

const fn what(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Access => "Which role may do what.",
        PolicyKind::Approval => "Who is asked, for what, and in which order.",
        PolicyKind::Limits => "How much a requester orders without asking anybody.",
    }
}

fn kind(text: &str) -> Result<PolicyKind, AppError> {
    text.parse().map_err(|_| Refusal::not_found("policy").into())
}

async fn versions(who: &SignedIn, kind: PolicyKind) -> Result<Vec<PolicyView>, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    reader.need("policy", "edit")?;
    policy::list(&mut reader, kind).await
}

#[handler]
async fn h_policies(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "policy", "edit").await?;
    let mut view = View::new(&who, "Policies", None).await?.under(&[]).done(&query);
    view = view.lead("A change is a draft first. Another admin puts it in force.");
    view = view.action(button_to(&who, "Explain a requisition", "/admin/policies/explain"));
    view = view.action(button_to(&who, "Shadow", "/admin/policies/shadow"));
    let mut rows = Vec::new();
    for kind in PolicyKind::ALL {
        let all = versions(&who, *kind).await?;
        let active = all.iter().find(|one| one.state == "active");
        let drafts = all.iter().filter(|one| one.state == "draft").count();
        let active = active.map(|one| format!("version {}", one.version)).unwrap_or_default();
        rows.push(vec![
            ui::link(&who.href(&format!("/admin/policies/{kind}")), title(*kind)),
            ui::text(what(*kind)),
            ui::text(&active),
            ui::text(&drafts.to_string()),
        ]);
    }
    view.table(Table::new(&["Policy", "What it says", "In force", "Drafts"], rows)).answer(&who)
}

/// What was asked of the text in the editor, and the answer.
enum Told {
    /// With what is to be done before every order finds its approver.
    Sound(Vec<String>),
    Replayed(Replayed),
}

async fn kind_page(
    who: &SignedIn,
    kind: PolicyKind,
    query: &Query,
    (again, told): (Option<&Again>, Option<Told>),
) -> Result<Response> {
    let all = versions(who, kind).await?;
    let refused = again.filter(|again| again.refusal.code != TOLD);
    let title = format!("{} policy", title(kind));
    let mut view = View::new(who, title, refused).await?.under(&[LIST]).lead(what(kind));
    view = view.done(query);
    match told {
        Some(Told::Sound(warnings)) => {
            let tone = if warnings.is_empty() { Tone::Good } else { Tone::Warn };
            let mut text = "The set is sound beside the others in force.".to_owned();
            for warning in warnings {
                text.push_str(&format!(" To do: {warning}."));
            }
            view.shell.notice = Some(ui::Notice { tone, text });
        }
        Some(Told::Replayed(replayed)) => view = replay(view, &replayed),
        None => {}
    }
    let from = query.0.maybe("from").ok().flatten().and_then(|text| text.parse::<i64>().ok());
    let start = all.iter().find(|one| match from {
        Some(number) => one.version == number,
        None => one.state == "active",
    });
    let stored = start.map_or("", |one| one.csv.as_str());
    let faults = view.faults();
    let form = view
        .new_form(&format!("/admin/policies/{kind}"), "Check")
        .or("replay", "Replay on history")
        .or("draft", "Save as a draft")
        .title("Editor")
        .field(
            Field::area("csv", "The set, as CSV")
                .sheet()
                .value(value(again, "csv", stored))
                .faults(&faults),
        )
        .field(
            Field::text("comment", "What changes, and why")
                .value(value(again, "comment", ""))
                .optional()
                .faults(&faults),
        );
    view = view.form(form);
    if kind == PolicyKind::Access {
        view = lacking(who, view).await?;
    }
    let rows = all.iter().map(|one| {
        let path = format!("/admin/policies/{kind}/{}", one.version);
        vec![
            ui::link(&who.href(&path), &format!("Version {}", one.version)),
            ui::badge(&one.state),
            ui::text(one.author.as_deref().unwrap_or("from the start")),
            ui::text(&one.comment),
            view.shell.when(one.created_at),
        ]
    });
    let rows = rows.collect();
    let heads = ["Version", "State", "Author", "Comment", "Made"];
    view.table(Table::new(&heads, rows).title("Versions")).answer(who)
}

/// Lines that came with a newer version of this server and are not in force here.
async fn lacking(who: &SignedIn, mut view: View) -> Result<View, AppError> {
    let lines = policy::missing(&mut who.app.reader(&who.actor).await?).await?;
    if lines.is_empty() {
        return Ok(view);
    }
    let button = view.shell.button(DRAFT_THEM, "/admin/policies/access/missing", "second");
    view = view.action(button);
    let text = match lines.len() {
        1 => "A line of the shipped policy is not in this one.".to_owned(),
        count => format!("{count} lines of the shipped policy are not in this one."),
    };
    view.shell.notice = view.shell.notice.or(Some(ui::Notice { tone: Tone::Warn, text }));
    let rows = lines.iter().map(|line| vec![ui::text(line)]).collect();
    let title = "Lines of the shipped policy that are missing here";
    let note = "What they give or forbid is not so here. A draft takes them up.";
    Ok(view.table(Table::new(&["Line"], rows).title(title).note(note.to_owned())))
}

const DRAFT_THEM: &str = "Draft the missing lines";

#[handler]
async fn h_missing(Posted { who, .. }: Posted) -> Result<Response> {
    need(&who, "policy", "edit").await?;
    let (live, lines) = {
        let mut reader = who.app.reader(&who.actor).await?;
        let lines = policy::missing(&mut reader).await?;
        (policy::get(&mut reader, PolicyKind::Access, None).await?, lines)
    };
    let csv = format!("{}\n{}\n", live.csv.trim_end(), lines.join("\n"));
    let comment = "Lines of the shipped policy that were missing".to_owned();
    let save = Save { kind: PolicyKind::Access, csv, comment };
    let number = act(&who.app, &who.actor, save).await?;
    Ok(who.go(&format!("/admin/policies/access/{number}?done=saved")))
}

/// Marks a form that is shown again beside its answer, and was not refused.
const TOLD: &str = "told";

/// Days that all plans take together, before and after.
fn waits(replayed: &Replayed) -> String {
    let days = |ms: i64| ms / crate::base::time::DAY_MS;
    let (before, after) = (days(replayed.wait_before_ms), days(replayed.wait_after_ms));
    format!("{before} days now, {after} days with this set")
}

/// A moment of a form, in the reader's own time zone.
fn moment(text: &str, who: &SignedIn) -> Result<Time, AppError> {
    let wrong = || {
        Refusal::invalid("bad-time", "This is no moment.")
            .field("at")
            .got(crate::base::text::shorten(text, 40))
            .expected("a day and a time")
    };
    let zone = who.actor.as_person().map_or("UTC", |person| &person.time_zone);
    Ok(Time::in_zone(text, zone).ok_or_else(wrong)?)
}

fn replay(mut view: View, replayed: &Replayed) -> View {
    let facts = Facts::new()
        .text("Looked at", &format!("{} past requisitions", replayed.looked_at))
        .text("Another plan", &replayed.changed.to_string())
        .text("Would need a signature now", &replayed.newly_signed.to_string())
        .text("Would need none any more", &replayed.newly_alone.to_string())
        .text("Would be blocked", &replayed.newly_blocked.to_string())
        .text("Waiting, all plans together", &waits(replayed));
    view = view.section(Section::Facts("On what was handed in so far", facts));
    if replayed.named.is_empty() {
        return view;
    }
    let rows = replayed.cost_centers.iter().map(|(center, one)| {
        vec![
            ui::text(center),
            ui::text(&one.looked_at.to_string()),
            ui::text(&one.changed.to_string()),
            ui::text(&one.newly_signed.to_string()),
            ui::text(&one.newly_alone.to_string()),
        ]
    });
    let rows = rows.collect();
    let heads = ["Cost centre", "Looked at", "Another plan", "Newly signed", "Newly alone"];
    view = view.table(Table::new(&heads, rows).title("Per cost centre"));
    let rows = replayed.people.iter().map(|(person, (newly, gone))| {
        vec![ui::text(person), ui::text(&newly.to_string()), ui::text(&gone.to_string())]
    });
    let rows = rows.collect();
    let heads = ["Person", "Times newly asked", "Times not asked any more"];
    view = view.table(Table::new(&heads, rows).title("Per person"));
    let rows = replayed.named.iter().map(|one| {
        let path = view.shell.href(&format!("/requisitions/{}", one.requisition));
        vec![
            ui::link(&path, &one.number),
            view.shell.money(one.total),
            ui::text(&one.before.in_short()),
            ui::text(&one.after.in_short()),
        ]
    });
    let rows = rows.collect();
    let heads = ["Requisition", "Total", "As it is now", "With this set"];
    let mut table = Table::new(&heads, rows).title("The newest that would change");
    let named = replayed.named.len();
    if u64::try_from(named).is_ok_and(|named| replayed.changed > named) {
        table = table.note(format!("The newest {named} of {}.", replayed.changed));
    }
    view.table(table)
}

#[handler]
async fn h_kind(who: SignedIn, Path(text): Path<String>, query: Query) -> Result<Response> {
    kind_page(&who, kind(&text)?, &query, (None, None)).await
}

/// What the editor's buttons come to: a page with an answer, or the number of a draft.
async fn ask(
    who: &SignedIn,
    kind: PolicyKind,
    form: &guard::Form,
) -> Result<std::result::Result<Told, i64>, AppError> {
    // A browser sends line ends as CR LF; the set keeps LF alone, so that versions compare.
    let csv = text(form, "csv")?.replace("\r\n", "\n");
    match form.maybe("then")? {
        Some("draft") => {
            let comment = text(form, "comment")?;
            let number = act(&who.app, &who.actor, Save { kind, csv, comment }).await?;
            Ok(Err(number))
        }
        Some("replay") => {
            let mut reader = who.app.reader(&who.actor).await?;
            policy::checked(&mut reader, kind, &csv).await?;
            Ok(Ok(Told::Replayed(policy::replay(&mut reader, kind, &csv).await?)))
        }
        _ => {
            let mut reader = who.app.reader(&who.actor).await?;
            Ok(Ok(Told::Sound(policy::checked(&mut reader, kind, &csv).await?)))
        }
    }
}

#[handler]
async fn h_edit(Path(of): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "policy", "edit").await?;
    let kind = kind(&of)?;
    let (refusal, told) = match ask(&who, kind, &form).await {
        Ok(Err(number)) => {
            return Ok(who.go(&format!("/admin/policies/{kind}/{number}?done=saved")));
        }
        Ok(Ok(told)) => (Refusal::invalid(TOLD, ""), Some(told)),
        Err(fault) => {
            let mut refusal = fault.told();
            // Whatever is wrong with a set stands in its text.
            refusal.field = Some("csv".to_owned());
            (refusal, None)
        }
    };
    let again = Again { form, refusal };
    kind_page(&who, kind, &Query::default(), (Some(&again), told)).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/policies", get(h_policies))
        .at("/admin/policies/explain", get(h_explain).post(h_ask_explain))
        .at("/admin/policies/access/missing", post(h_missing))
        .at("/admin/policies/:kind", get(h_kind).post(h_edit))
        .at("/admin/policies/:kind/:version", get(h_version))
        .at("/admin/policies/:kind/:version/activate", post(h_activate))
}

#[cfg(test)]
mod tests;
