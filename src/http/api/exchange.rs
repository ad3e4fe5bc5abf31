//! `/exchanges`: the wire doctor. What went over the wire with partners, why it failed, and a link
//! for the other side's support. For admins.

use poem::{FromRequest, Request, RequestBody};
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{Created, List, Paged},
};
use crate::{
    app::{
        AppError,
        wire::{self, Detail, Listed, MakeShare, Outcome, SHARED_DAYS, Search, Share},
    },
    base::{id::PartnerId, page::Cut, text::shorten, time::Time},
    domain::refusal::Refusal,
    exchange::diagnosis::{Finding, Line},
    http::actor,
    store::document::Direction,
};

pub struct Exchanges;

/// One document with what was answered.
#[derive(Object)]
#[oai(rename = "Exchange")]
struct ExchangeJson {
    id: String,
    /// RFC 3339, UTC.
    at: String,
    /// `in` or `out`.
    direction: String,
    /// `failed` or `passed`.
    result: String,
    /// The connection's name; the claimed identity of a stranger.
    partner: String,
    /// Whether the partner was proven, or only claimed.
    proven: bool,
    /// The payload element: `OrderRequest`.
    document: String,
    payload_id: String,
    /// The object it is about.
    about: Option<String>,
    /// cXML status code of the answer.
    status: Option<i64>,
    /// Code of the cause, of one that failed.
    cause: Option<String>,
    /// The cause in a few words.
    title: Option<String>,
}

/// A cause, and where it shows.
#[derive(Object)]
#[oai(rename = "Finding")]
struct FindingJson {
    /// Stable, kebab-case.
    cause: String,
    title: String,
    /// What happened, in plain words.
    because: String,
    /// What to do about it.
    mend: String,
    /// Who can: `us`, `partner`, `network` or `nobody`.
    who: String,
    line: Option<u32>,
    column: Option<u32>,
    path: Option<String>,
    got: Option<String>,
    expected: Option<String>,
    /// What was said about it.
    words: Option<String>,
}

/// One exchange with its diagnosis.
#[derive(Object)]
#[oai(rename = "ExchangeDetail")]
struct DetailJson {
    exchange: ExchangeJson,
    /// The cause first, then what is odd besides.
    findings: Vec<FindingJson>,
    /// Indented, without secrets.
    request: String,
    /// Indented, without secrets.
    answer: Option<String>,
    /// HTTP status of the answer.
    http: Option<i64>,
    /// The last exchange of the same kind that went well, and what differs from it.
    last_good: Option<GoodJson>,
}

/// A comparison.
#[derive(Object)]
#[oai(rename = "LastGoodExchange")]
struct GoodJson {
    id: String,
    at: String,
    /// Lines that begin with `-` (in the good one alone), `+` (in this one alone) or a blank.
    difference: Vec<String>,
}

/// For how long a link is good.
#[derive(Object)]
#[oai(rename = "ShareExchange", deny_unknown_fields)]
struct ShareInput {
    /// 1, 7 or 30; 7 when left out.
    days: Option<i64>,
}

/// A link that needs no login.
#[derive(Object)]
#[oai(rename = "SharedExchange")]
struct ShareJson {
    url: String,
    expires_at: String,
}

fn said(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl From<Listed> for ExchangeJson {
    fn from(row: Listed) -> Self {
        let cause = row.finding.as_ref().map(Finding::cause);
        Self {
            id: row.id,
            at: row.at.to_string(),
            direction: row.direction.word().to_owned(),
            result: row.outcome.word().to_owned(),
            partner: row.partner,
            proven: row.is_proven,
            document: row.kind,
            payload_id: row.payload_id,
            about: said(row.about),
            status: row.status,
            cause: cause.map(|cause| cause.code.to_owned()),
            title: cause.map(|cause| cause.title.to_owned()),
        }
    }
}

impl From<Finding> for FindingJson {
    fn from(found: Finding) -> Self {
        let cause = found.cause();
        let number = |number: u32| Some(number).filter(|number| *number > 0);
        Self {
            cause: cause.code.to_owned(),
            title: cause.title.to_owned(),
            because: cause.because.to_owned(),
            mend: cause.mend.to_owned(),
            who: cause.who.word().to_owned(),
            line: number(found.line),
            column: number(found.column),
            path: said(found.path),
            got: said(found.got),
            expected: said(found.expected),
            words: said(found.words),
        }
    }
}

impl From<Detail> for DetailJson {
    fn from(detail: Detail) -> Self {
        let line = |line: &Line| match line {
            Line::Same(text) => format!(" {text}"),
            Line::Gone(text) => format!("-{text}"),
            Line::New(text) => format!("+{text}"),
            Line::Left(many) => format!(" .. {many} equal lines"),
        };
        Self {
            exchange: detail.listed.into(),
            findings: detail.findings.into_iter().map(FindingJson::from).collect(),
            request: detail.request,
            answer: said(detail.answer),
            http: Some(detail.http).filter(|http| *http > 0),
            last_good: detail.good.map(|good| GoodJson {
                id: good.document.to_string(),
                at: good.at.to_string(),
                difference: good.lines.iter().map(line).collect(),
            }),
        }
    }
}

fn bad(field: &str, got: &str, expected: &str) -> Refusal {
    Refusal::invalid("bad-parameter", "This cannot be looked for.")
        .field(field)
        .got(shorten(got, 60))
        .expected(expected)
}

/// A value of the query, when it was given.
fn read<T: std::str::FromStr>(
    field: &str,
    given: Option<String>,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(None) };
    given.parse().map(Some).map_err(|_| bad(field, &given, expected))
}

/// `partner` (the id of a connection), `direction` (`in`, `out`), `cause` (its code), `from` and
/// `until` (RFC 3339), `limit` and `after`, read from the query itself.
struct Within {
    partner: Option<PartnerId>,
    direction: Option<Direction>,
    cause: String,
    from: Option<Time>,
    until: Option<Time>,
    cut: Cut,
}

impl<'a> FromRequest<'a> for Within {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let query = actor::query(request)?;
        let given = |name| query.filled(name).map(|value| value.map(str::to_owned));
        let time = "a time such as 2026-11-21T09:00:00Z";
        Ok(Self {
            partner: read("partner", given("partner")?, "an id such as prt_01J8..")?,
            direction: read("direction", given("direction")?, "in or out")?,
            cause: given("cause")?.unwrap_or_default(),
            from: read("from", given("from")?, time)?,
            until: read("until", given("until")?, time)?,
            cut: Paged::from_request(request, body).await?.0,
        })
    }
}

#[OpenApi]
impl Exchanges {
    /// Exchanges with partners, newest first; also by `partner`,
    /// `direction` (`in`, `out`), `cause`, `from` and `until`.
    #[oai(path = "/exchanges", method = "get", operation_id = "exchanges")]
    async fn list(
        &self,
        caller: Caller,
        /// A payloadID or how it begins, an order's number or id, a claimed identity.
        q: Query<Option<String>>,
        /// `failed` or `passed`.
        result: Query<Option<String>>,
        within: Within,
    ) -> poem::Result<Json<List<ExchangeJson>>> {
        let outcome = match result.0.as_deref() {
            None | Some("") => None,
            Some(word) => {
                let known = Outcome::of_word(word);
                Some(known.ok_or_else(|| bad("result", word, "failed or passed"))?)
            }
        };
        let search = Search {
            partner: within.partner,
            direction: within.direction,
            outcome,
            text: q.0.unwrap_or_default(),
            cause: within.cause,
            from: within.from,
            until: within.until,
        };
        let mut reader = caller.reader().await?;
        let page = wire::list(&mut reader, &search, &within.cut).await?;
        Ok(Json(page.map(ExchangeJson::from).into()))
    }

    /// One exchange: its cause in plain words, both documents, what differs from the last good one.
    #[oai(path = "/exchanges/:id", method = "get", operation_id = "exchange")]
    async fn one(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<DetailJson>> {
        let mut reader = caller.reader().await?;
        Ok(Json(wire::detail(&mut reader, &id).await?.into()))
    }

    /// A link for the other side's support: to read, without a login, for some days.
    #[oai(path = "/exchanges/:id/share", method = "post", operation_id = "share-exchange")]
    async fn share(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<ShareInput>,
    ) -> poem::Result<Created<ShareJson>> {
        let days = body.0.days.unwrap_or(SHARED_DAYS[0]);
        let until = caller.act(MakeShare { exchange: id.0.clone(), days }).await?;
        let organisation = caller.actor().need_organisation()?;
        let share = Share::of(caller.app(), organisation, &id, Time::from_millis(until));
        let share = share.ok_or_else(|| AppError::from(Refusal::not_found("exchange")))?;
        let url = format!("{}{}", caller.app().site.public_url, share.path);
        Ok(Created::new(ShareJson { url, expires_at: share.until.to_string() }))
    }
}
