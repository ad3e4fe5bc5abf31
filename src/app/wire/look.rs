//! Looking at exchanges: the list, and one with its cause, both documents and what differs from the
//! last that went well.

use crate::{
    app::{AppError, Reader},
    base::{
        id::{DocumentId, ExchangeId, OrganisationId, PartnerId},
        page::{Cut, Page},
        time::Time,
    },
    cxml::prettify,
    domain::{party::Identity, refusal::Refusal},
    exchange::diagnosis::{self, Arrived, Finding, Line},
    store::{
        self, Conn,
        document::{Direction, Document},
        wire::{Exchange, Wanted},
    },
};

/// What became of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Failed,
    Passed,
}

impl Outcome {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Passed => "passed",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Failed, Self::Passed].into_iter().find(|outcome| outcome.word() == word)
    }
}

/// What an admin looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    pub partner: Option<PartnerId>,
    pub direction: Option<Direction>,
    pub outcome: Option<Outcome>,
    /// A payloadID or how it begins, an order's number or id, a claimed identity.
    pub text: String,
    /// Code of a cause; only exchanges that failed have one.
    pub cause: String,
    pub from: Option<Time>,
    pub until: Option<Time>,
}

/// One exchange in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// `exc_..` when it failed, `doc_..` when it passed.
    pub id: String,
    pub at: Time,
    pub direction: Direction,
    pub outcome: Outcome,
    /// The connection's name; the claimed identity when there is none.
    pub partner: String,
    pub connection: Option<PartnerId>,
    pub kind: String,
    pub payload_id: String,
    pub about: String,
    /// cXML status code of the answer.
    pub status: Option<i64>,
    /// Why it failed.
    pub finding: Option<Finding>,
    /// Whether the partner was proven, or only claimed.
    pub is_proven: bool,
}

/// Everything about one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    pub listed: Listed,
    /// The cause first.
    pub findings: Vec<Finding>,
    /// Indented, without secrets.
    pub request: String,
    /// Bytes that were left out when it was kept.
    pub left_out: i64,
    /// Indented, without secrets; empty without an answer.
    pub answer: String,
    /// HTTP status of the answer; 0 without one.
    pub http: i64,
    /// Where the document itself is kept.
    pub document: Option<DocumentId>,
    /// The last one that went well, with what differs from it.
    pub good: Option<Good>,
}

/// The last good exchange of the same kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    pub document: DocumentId,
    pub at: Time,
    pub lines: Vec<Line>,
}

/// Who may look: admins, in their own organisation.
fn need(reader: &Reader<'_>) -> Result<OrganisationId, AppError> {
    reader.need("partner", "edit")?;
    reader.actor.need_organisation()
}

/// The organisation's exchanges, newest first.
pub async fn list(
    reader: &mut Reader<'_>,
    search: &Search,
    cut: &Cut,
) -> Result<Page<Listed>, AppError> {
    let organisation = need(reader)?;
    let conn = &mut *reader.conn;
    let wanted = Wanted {
        partner: search.partner.map(|id| id.to_string()).unwrap_or_default(),
        direction: search.direction.map(|way| way.word().to_owned()).unwrap_or_default(),
        text: search.text.trim().to_owned(),
        cause: search.cause.clone(),
        from: search.from.map_or(0, Time::millis),
        until: search.until.map_or(i64::MAX, Time::millis),
        after: cut.after.as_deref().map(birth).unwrap_or_default().to_owned(),
        most: cut.fetch(),
    };
    let mut rows: Vec<Listed> = Vec::new();
    let names = names(conn, organisation).await?;
    if search.outcome != Some(Outcome::Passed) {
        let failed = store::wire::failed(conn, organisation, &wanted).await?;
        rows.extend(failed.into_iter().map(|row| of_exchange(&row, &names)));
    }
    if search.outcome != Some(Outcome::Failed) && search.cause.is_empty() {
        let passed = store::wire::passed(conn, organisation, &wanted).await?;
        rows.extend(passed.into_iter().map(|row| of_document(&row, &names)));
    }
    rows.sort_by(|one, other| birth(&other.id).cmp(birth(&one.id)));
    Ok(Page::of(rows, cut, |row| row.id.clone()))
}

/// What of an id says when it was born.
fn birth(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, rest)| rest)
}

type Names = Vec<(PartnerId, String)>;

/// Every connection of the organisation, suppliers' too, by name.
pub async fn partners(reader: &mut Reader<'_>) -> Result<Names, AppError> {
    let organisation = need(reader)?;
    names(&mut reader.conn, organisation).await
}

async fn names(conn: &mut Conn, organisation: OrganisationId) -> Result<Names, AppError> {
    let partners = store::partner::of_organisation(conn, organisation).await?;
    Ok(partners.into_iter().map(|partner| (partner.id, partner.name)).collect())
}

fn named(names: &Names, partner: Option<PartnerId>, sender: &str) -> String {
    let found = partner.and_then(|id| names.iter().find(|(own, _)| *own == id));
    found.map_or_else(|| sender.to_owned(), |(_, name)| name.clone())
}

fn findings(row: &Exchange) -> Vec<Finding> {
    serde_json::from_str(&row.findings).unwrap_or_default()
}

fn of_exchange(row: &Exchange, names: &Names) -> Listed {
    Listed {
        id: row.id.to_string(),
        at: row.at,
        direction: row.direction,
        outcome: Outcome::Failed,
        partner: named(names, row.partner, &row.sender),
        connection: row.partner,
        kind: row.kind.clone(),
        payload_id: row.payload_id.clone(),
        about: row.about.clone(),
        status: row.status,
        finding: findings(row).into_iter().next(),
        is_proven: row.is_proven,
    }
}

fn of_document(row: &Document, names: &Names) -> Listed {
    Listed {
        id: row.id.to_string(),
        at: row.at,
        direction: row.direction,
        outcome: Outcome::Passed,
        partner: named(names, row.partner, &row.sender),
        connection: row.partner,
        kind: row.kind.clone(),
        payload_id: row.payload_id.clone(),
        about: row.about.first().cloned().unwrap_or_default(),
        status: row.status,
        finding: None,
        is_proven: true,
    }
}

/// One exchange of the organisation.
pub async fn detail(reader: &mut Reader<'_>, id: &str) -> Result<Detail, AppError> {
    let organisation = need(reader)?;
    let own = reader.app.site.identity.clone();
    of_id(&mut reader.conn, organisation, id, &own).await
}

/// As [`detail`], for a reader who has proven the right to look otherwise.
pub(super) async fn of_id(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: &str,
    own: &Identity,
) -> Result<Detail, AppError> {
    let gone = || AppError::from(Refusal::not_found("exchange"));
    let names = names(conn, organisation).await?;
    let mut detail = if let Ok(id) = id.parse::<ExchangeId>() {
        let row = store::wire::get(conn, organisation, id).await?.ok_or_else(gone)?;
        let kept = match row.document {
            Some(document) => store::wire::document(conn, organisation, document).await?,
            None => None,
        };
        let body = kept.as_ref().map_or(&*row.body, |kept| &*kept.body);
        let kept_bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
        Detail {
            findings: findings(&row),
            request: prettify(body),
            left_out: (row.body_bytes - kept_bytes).max(0),
            answer: prettify(&row.answer),
            http: row.http,
            document: row.document,
            good: None,
            listed: of_exchange(&row, &names),
        }
    } else {
        let id: DocumentId = id.parse().map_err(|_| gone())?;
        let row = store::wire::document(conn, organisation, id).await?.ok_or_else(gone)?;
        let answer = store::wire::answer(conn, id).await?;
        passed(&row, answer, own, &names)
    };
    if let Some(partner) = detail.listed.connection.filter(|_| !detail.listed.kind.is_empty()) {
        let same = (detail.listed.kind.as_str(), detail.listed.direction);
        let good = store::wire::last_good(conn, (organisation, partner), same, birth(id)).await?;
        detail.good = good.map(|good| Good {
            document: good.id,
            at: good.at,
            lines: diagnosis::difference(&prettify(&good.body), &detail.request),
        });
    }
    Ok(detail)
}

fn passed(row: &Document, answer: Option<Document>, own: &Identity, names: &Names) -> Detail {
    let body = answer.as_ref().map_or(&[][..], |answer| &answer.body);
    let is_xml = row.content_type.contains("xml");
    let findings = match row.direction {
        Direction::In if is_xml => diagnosis::arrived(&Arrived {
            bytes: &row.body,
            content_type: Some(&row.content_type),
            refusal: None,
            at: row.at,
            own,
            is_registered: true,
        }),
        _ => vec![diagnosis::well()],
    };
    Detail {
        findings,
        request: prettify(&row.body),
        left_out: 0,
        answer: prettify(body),
        http: if body.is_empty() { 0 } else { 200 },
        document: Some(row.id),
        good: None,
        listed: of_document(row, names),
    }
}
