//! /admin/conformance: what a partner's system must do, what it did, and the report that lets it go
//! live.

use std::sync::Arc;

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::view::{Again, Section, Table, View, text, value};
use crate::{
    app::{
        AppError, act,
        conformance::{self, Begin, GoLive, Hold, MakeReport, Standing},
    },
    base::id::{PartnerId, ReportId},
    domain::{
        party::PartnerKind,
        refusal::{Refusal, RefusalKind},
    },
    exchange::conformance::{Side, Way},
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Empty, Facts, Field, Html, Notice, Tone},
    },
};

mod parts;

use parts::cases;
use parts::facts;
use parts::reports;
use parts::to_mend;

const HERE: &str = "/admin/conformance";
const LIST: (&str, &str) = ("Conformance", HERE);

fn path(id: PartnerId) -> String {
    format!("{HERE}/{id}")
}

fn id(text: &str) -> Result<PartnerId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("partner").into())
}

#[handler]
async fn h_list(who: SignedIn) -> Result<Response> {
    let all = {
        let mut reader = who.app.reader(&who.actor).await?;
        conformance::list(&mut reader).await?
    };
    let lead = "Whether a partner's system does what it must: trials against its test system, \
                with a signed report.";
    let view = View::new(&who, "Conformance", None).await?.under(&[]).lead(lead);
    if all.is_empty() {
        let what = "Connect a procurement system or a supplier with a cXML identity first.";
        return view.section(Section::Empty(Empty::new("No partner yet", what))).answer(&who);
    }
    let rows = all.iter().map(|partner| {
        let side = match partner.kind {
            PartnerKind::Buyer => "procurement system",
            PartnerKind::Supplier { .. } => "supplier",
        };
        vec![
            ui::link(&who.href(&path(partner.id)), &partner.name),
            ui::text(side),
            live(partner.is_held),
        ]
    });
    let table = Table::new(&["Partner", "It is a", "State"], rows.collect());
    let form = view.new_form(&format!("{HERE}/verify"), "Verify").title("Is a report genuine?");
    let field = Field::area("report", "The report, as JSON").sheet();
    view.table(table).form(form.field(field)).answer(&who)
}

fn live(held: bool) -> Html {
    match held {
        true => ui::toned("held back", Tone::Warn),
        false => ui::toned("live", Tone::Good),
    }
}

#[handler]
async fn h_verify(Posted { who, form }: Posted) -> Result<Response> {
    super::need(&who, "partner", "edit").await?;
    let given = text(&form, "report")?;
    let found = conformance::genuine(&who.app, given.trim());
    let mut view = View::new(&who, "Is a report genuine?", None).await?.under(&[LIST]).narrow();
    view.shell.notice = Some(match &found {
        Ok(_) => Notice { tone: Tone::Good, text: "Genuine: signed here, unchanged.".to_owned() },
        Err(refusal) => Notice { tone: Tone::Bad, text: refusal.to_string() },
    });
    if let Ok(report) = &found {
        let facts = Facts::new()
            .text("Partner", &report.partner_name)
            .text("Judged", &report.judged_at)
            .text("Result", if report.passed { "passed" } else { "not passed" })
            .text("Cases that failed", &report.count("failed").to_string());
        view = view.section(Section::Facts("What it says", facts));
    }
    view.answer(&who)
}

async fn partner_page(
    who: &SignedIn,
    partner: PartnerId,
    query: &Query,
    again: Option<&Again>,
) -> Result<Response> {
    let standing = {
        let mut reader = who.app.reader(&who.actor).await?;
        conformance::standing(&mut reader, partner).await?
    };
    let title = format!("Conformance of {}", standing.partner.name);
    let mut view = View::new(who, title, again).await?.under(&[LIST]).done(query);
    view = view.badge(live(standing.partner.is_held));
    view.shell.notice = view.shell.notice.take().or_else(|| notice(who, &standing));
    let here = path(partner);
    view = actions(view, &standing, &here);
    let facts = facts(&view, &standing);
    view = view.section(Section::Facts("The trial", facts));
    let typed = standing.trial.as_ref().map_or("", |trial| &*trial.url);
    let form = view.new_form(&format!("{here}/run"), "Run").or("fresh", "Start afresh");
    let field = Field::text("url", "Address of the partner's test system")
        .value(value(again, "url", typed))
        .hint("Every document we send there is marked as a test and its order begins with TEST.")
        .faults(&view.faults());
    view = view.form(form.title("Send our documents").field(field));
    let theirs = match standing.side {
        Side::Supplier => "What the supplier sends to its sandbox",
        Side::Buyer => "What the procurement system sends to its sandbox",
    };
    view = to_mend(view, &standing.findings);
    let note = "Order numbers end in -1, -2, ..; the cases name them by that.";
    let table = |way, title| cases(&standing.findings, way).title(title);
    view = view.table(table(Way::Ours, "What we send").note(note));
    view = view.table(table(Way::Theirs, theirs));
    if !standing.reports.is_empty() {
        let table = reports(who, &view, &standing);
        view = view.table(table);
    }
    view.answer(who)
}

fn notice(who: &SignedIn, standing: &Standing) -> Option<Notice> {
    let until = standing.trial.as_ref()?.sending_until?;
    let text = "Our documents are being sent. Load this page again to see more.".to_owned();
    (until > who.app.now()).then_some(Notice { tone: Tone::Warn, text })
}

fn actions(view: View, standing: &Standing, here: &str) -> View {
    let button = |words, to: &str, class| view.shell.button(words, &format!("{here}/{to}"), class);
    let report = standing.trial.is_some().then(|| button("Make the report", "report", ""));
    let switch = match standing.partner.is_held {
        true => button("Go live", "live", "second"),
        false => button("Hold back until a report passed", "hold", "danger"),
    };
    report.into_iter().chain([switch]).fold(view, View::action)
}

#[handler]
async fn h_partner(who: SignedIn, Path(text): Path<String>, query: Query) -> Result<Response> {
    partner_page(&who, id(&text)?, &query, None).await
}

#[handler]
async fn h_run(Path(name): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let partner = id(&name)?;
    match begin(&who, partner, &form).await {
        Ok(()) => Ok(who.go(&path(partner))),
        Err(AppError::Refusal(refusal)) if refusal.kind != RefusalKind::NotFound => {
            let again = Again { form, refusal: *refusal };
            partner_page(&who, partner, &Query::default(), Some(&again)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Takes the turn, and sends beside the answer: a slow partner keeps no page waiting.
async fn begin(who: &SignedIn, partner: PartnerId, form: &guard::Form) -> Result<(), AppError> {
    let fresh = text(form, "then")? == "fresh";
    let begin = Begin { partner, url: text(form, "url")?, fresh };
    let trial = act(&who.app, &who.actor, begin).await?;
    let (app, actor) = (Arc::clone(&who.app), who.actor.clone());
    tokio::spawn(async move {
        if let Err(fault) = conformance::send(&app, &actor, trial).await {
            tracing::warn!(%fault, %trial, "a trial could not be sent whole");
        }
    });
    Ok(())
}

#[handler]
async fn h_report(Path(name): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    let partner = id(&name)?;
    act(&who.app, &who.actor, MakeReport { partner }).await?;
    Ok(who.go(&format!("{}?done=saved", path(partner))))
}

#[handler]
async fn h_hold(Path(name): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    let partner = id(&name)?;
    act(&who.app, &who.actor, Hold { partner }).await?;
    Ok(who.go(&format!("{}?done=saved", path(partner))))
}

#[handler]
async fn h_live(Path(name): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let partner = id(&name)?;
    match act(&who.app, &who.actor, GoLive { partner }).await {
        Ok(()) => Ok(who.go(&format!("{}?done=saved", path(partner)))),
        Err(AppError::Refusal(refusal)) if refusal.code == "not-conformant" => {
            let again = Again { form, refusal: *refusal };
            partner_page(&who, partner, &Query::default(), Some(&again)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The report as a file.
#[handler]
async fn h_download(who: SignedIn, Path(name): Path<String>) -> Result<Response> {
    let id: ReportId = name.parse().map_err(|_| AppError::from(Refusal::not_found("report")))?;
    let signed = {
        let mut reader = who.app.reader(&who.actor).await?;
        conformance::signed(&mut reader, id).await?
    };
    let json = serde_json::to_string_pretty(&signed).map_err(AppError::internal)?;
    let file = format!("attachment; filename=\"conformance-{id}.json\"");
    Ok(Response::builder()
        .content_type("application/json")
        .header("content-disposition", file)
        .body(json))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at(HERE, get(h_list))
        .at(format!("{HERE}/verify"), post(h_verify))
        .at(format!("{HERE}/reports/:id"), get(h_download))
        .at(format!("{HERE}/:id"), get(h_partner))
        .at(format!("{HERE}/:id/run"), post(h_run))
        .at(format!("{HERE}/:id/report"), post(h_report))
        .at(format!("{HERE}/:id/hold"), post(h_hold))
        .at(format!("{HERE}/:id/live"), post(h_live))
}
