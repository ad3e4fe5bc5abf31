//! /admin/exchanges: the wire doctor. What went over the wire with partners, and why it failed; a
//! link shows one exchange to the other side's support, read only and for some days.

use askama::Template;
use poem::{Response, Result, Route, get, handler, post, web::Path};

use crate::{
    app::{
        AppError, act,
        wire::{
            self, Detail, KEPT_DAYS, Listed, MakeShare, Outcome, SHARED_DAYS, SetKept, Share,
            Unshare,
        },
    },
    base::{page::Cut, text::shorten, time::Time},
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn, Visitor},
        part::{self as ui, Choice, Crumbs, Empty, Facts, Field, Html, Pager, Shell, Tone},
    },
    store::document::Direction,
};

mod asked;
mod shown;

use asked::asked;
use shown::page_of;

const PATH: &str = "/admin/exchanges";

#[derive(Template)]
#[template(path = "pages/admin/exchanges.html", config = ".askama.toml")]
struct ListPage {
    shell: Shell,
    crumbs: Crumbs,
    fields: Vec<Field>,
    /// For how many days.
    kept: Field,
    rows: Vec<Row>,
    empty: Empty,
    pager: Pager,
}

/// One exchange as a row.
struct Row {
    href: String,
    at: Html,
    way: &'static str,
    partner: String,
    kind: String,
    payload_id: String,
    result: Html,
    cause: String,
}

#[derive(Template)]
#[template(path = "pages/admin/exchange.html", config = ".askama.toml")]
struct ExchangePage {
    shell: Shell,
    crumbs: Option<Crumbs>,
    badge: Html,
    /// The cause first.
    told: Vec<Told>,
    facts: Facts,
    request: Html,
    left_out: i64,
    answer: Option<Html>,
    good: Option<Compared>,
    share: Option<Field>,
    /// Links that are good: until when, who made it, and its end in milliseconds.
    shares: Vec<(Html, String, i64)>,
    /// Where the link is asked for.
    action: String,
    /// A link that was just made, and until when it is good.
    link: Option<(String, Html)>,
    /// On a page of a link: until when it is good.
    until: Option<Html>,
}

/// A finding in words.
struct Told {
    title: &'static str,
    because: &'static str,
    mend: &'static str,
    who: &'static str,
    facts: Facts,
    is_odd: bool,
}

struct Compared {
    at: Html,
    href: Option<String>,
    lines: Vec<Compare>,
}

/// A line of the comparison: its class, its sign and its text.
struct Compare {
    class: &'static str,
    sign: &'static str,
    text: String,
}

const fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "received",
        Direction::Out => "sent",
    }
}

fn result(row: &Listed) -> Html {
    match row.outcome {
        Outcome::Failed => ui::toned("failed", Tone::Bad),
        Outcome::Passed => ui::toned("passed", Tone::Good),
    }
}

fn kind(row: &Listed) -> String {
    if row.kind.is_empty() { "unreadable".to_owned() } else { row.kind.clone() }
}

/// What went wrong and with what: many exchanges stand open side by side.
fn title(detail: &Detail) -> String {
    let cause = detail.findings.first().map_or("Exchange", |found| found.cause().title);
    let row = &detail.listed;
    let about = if row.about.is_empty() { &row.payload_id } else { &row.about };
    let named = format!("{} {}", kind(row), shorten(about, 60));
    format!("{cause}: {}", named.trim_end())
}

fn partner(row: &Listed) -> String {
    match row.partner.as_str() {
        "" => "unknown".to_owned(),
        name if row.is_proven => name.to_owned(),
        name => format!("{name} (not proven)"),
    }
}

impl Row {
    fn of(shell: &Shell, row: &Listed) -> Self {
        let cause = row.finding.as_ref().map(|found| found.cause().title.to_owned());
        Self {
            href: shell.href(&format!("{PATH}/{}", row.id)),
            at: shell.when(row.at),
            way: way(row.direction),
            partner: partner(row),
            kind: kind(row),
            payload_id: row.payload_id.clone(),
            result: result(row),
            cause: cause.unwrap_or_default(),
        }
    }
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    let asked = asked(&query)?;
    let after = query.filled("after")?.map(str::to_owned);
    let mut reader = who.app.reader(&who.actor).await?;
    let page = wire::list(&mut reader, &asked.search, &Cut::new(after.clone(), None)).await?;
    let partners = wire::partners(&mut reader).await?;
    let kept = wire::kept(&mut reader).await?;
    drop(reader);
    let shell = who.shell("Wire doctor", "/admin").await?;
    let choices = partners.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let what = "What partners send and what is sent to them stands here, with the cause of what \
                failed.";
    Ok(who.page(&ListPage {
        crumbs: Crumbs::to("Wire doctor").over("Admin", shell.href("/admin")),
        fields: asked.fields(choices),
        kept: Field::select("days", "Kept for", in_days(KEPT_DAYS)).value(kept.to_string()),
        rows: page.items.iter().map(|row| Row::of(&shell, row)).collect(),
        empty: Empty::new("Nothing found", what),
        pager: Pager::new(&shell.href(&asked.address()), after.as_deref(), page.next.as_deref()),
        shell,
    })?)
}

fn in_days<const N: usize>(days: [i64; N]) -> [Choice; N] {
    days.map(|days| {
        let label = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        Choice::new(days.to_string(), label)
    })
}

async fn own_page(who: &SignedIn, id: &str) -> Result<ExchangePage, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    let detail = wire::detail(&mut reader, id).await?;
    let shares = wire::shares(&mut reader, id).await?;
    drop(reader);
    let shell = who.shell(title(&detail), "/admin").await?;
    let crumbs = Crumbs::to(kind(&detail.listed))
        .over("Admin", shell.href("/admin"))
        .over("Wire doctor", shell.href(PATH));
    let share =
        Field::select("days", "Good for", in_days(SHARED_DAYS)).value(SHARED_DAYS[0].to_string());
    Ok(ExchangePage {
        crumbs: Some(crumbs),
        share: Some(share),
        shares: shares
            .into_iter()
            .map(|one| (shell.when(one.until), one.person, one.until.millis()))
            .collect(),
        action: shell.href(&format!("{PATH}/{id}")),
        ..page_of(shell, &detail, true)
    })
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    let page = own_page(&who, &id).await?;
    Ok(who.page(&page)?)
}

#[handler]
async fn h_share(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let days = form.maybe("days")?.and_then(|days| days.parse().ok()).unwrap_or_default();
    let organisation = who.actor.need_organisation()?;
    let until = act(&who.app, &who.actor, MakeShare { exchange: id.clone(), days }).await?;
    let share = Share::of(&who.app, organisation, &id, Time::from_millis(until));
    let share = share.ok_or_else(|| AppError::from(Refusal::not_found("exchange")))?;
    let mut page = own_page(&who, &id).await?;
    let url = format!("{}{}", who.app.site.public_url, share.path);
    page.link = Some((url, page.shell.when(share.until)));
    Ok(who.page(&page)?)
}

#[handler]
async fn h_unshare(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let until = form.maybe("until")?.and_then(|until| until.parse().ok()).unwrap_or_default();
    let command = Unshare { exchange: id.clone(), until: Time::from_millis(until) };
    act(&who.app, &who.actor, command).await?;
    Ok(who.go(&format!("{PATH}/{id}")))
}

#[handler]
async fn h_keep(Posted { who, form }: Posted) -> Result<Response> {
    let days = form.maybe("days")?.and_then(|days| days.parse().ok()).unwrap_or_default();
    act(&who.app, &who.actor, SetKept { days }).await?;
    Ok(who.go(PATH))
}

/// The page of a link: whoever holds it may read, and do nothing else.
#[handler]
async fn h_shared(
    visitor: Visitor,
    Path((table, organisation, until, token)): Path<(String, String, i64, String)>,
) -> Result<Response> {
    let whose = (table.as_str(), organisation.as_str());
    let (detail, until) = wire::shared(&visitor.app, whose, until, &token).await?;
    let shell = Shell::new(title(&detail), crate::http::locale::Locale::default());
    let until = Some(shell.when(until));
    let mut answer = visitor.page(&ExchangePage { until, ..page_of(shell, &detail, false) })?;
    let headers = answer.headers_mut();
    headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    headers.insert(http::header::REFERRER_POLICY, http::HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", http::HeaderValue::from_static("noindex"));
    Ok(answer)
}

pub(super) fn add(route: Route) -> Route {
    route
        .at(PATH, get(h_list))
        .at("/admin/exchanges/keep", post(h_keep))
        .at("/admin/exchanges/:id", get(h_one).post(h_share))
        .at("/admin/exchanges/:id/unshare", post(h_unshare))
        .at("/shared/exchange/:table/:organisation/:until/:token", get(h_shared))
}
