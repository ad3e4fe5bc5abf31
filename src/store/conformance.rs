//! Trials of the conformance suite, their exchanges and reports, and partners that are held back.

use crate::base::{
    id::{DocumentId, OrganisationId, PartnerId, ReportId, TrialId},
    time::Time,
};

use super::{Bool, Conn, Row, StoreError, db, error::one_row};

/// A trial of one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRow {
    pub id: TrialId,
    pub partner: PartnerId,
    pub organisation: OrganisationId,
    /// The side's word.
    pub side: String,
    /// The partner's test address.
    pub url: String,
    pub began_at: Time,
    /// Somebody is sending until then at the latest.
    pub sending_until: Option<Time>,
    pub version: i64,
}

/// A document and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRow {
    /// The way's word.
    pub way: String,
    pub step: String,
    pub request: DocumentId,
    pub answer: Option<DocumentId>,
    pub http: Option<i64>,
    pub took_ms: i64,
    /// Words with blanks between them.
    pub notes: String,
    pub trouble: String,
}

/// A signed report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    pub id: ReportId,
    pub trial: TrialId,
    pub partner: PartnerId,
    pub organisation: OrganisationId,
    pub passed: bool,
    pub body: String,
    pub signature: String,
    pub made_at: Time,
}

const INSERT: &str = "
    insert into conformance_trial (id, partner_id, organisation_id, side, url, began_at,
        sending_until, version)
    values ($1, $2, $3, $4, $5, $6, $7, 1)";

/// Adds a trial.
pub async fn insert(conn: &mut Conn, row: &TrialRow) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.partner.to_string())
        .bind(row.organisation.to_string())
        .bind(&row.side)
        .bind(&row.url)
        .bind(row.began_at.millis())
        .bind(row.sending_until.map(Time::millis))
        .execute(conn)
        .await?;
    Ok(())
}

const GET: &str = "select * from conformance_trial where id = $1";
const NEWEST: &str =
    "select * from conformance_trial where partner_id = $1 order by id desc limit 1";

pub async fn get(conn: &mut Conn, id: TrialId) -> Result<Option<TrialRow>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The partner's newest trial: the one to which its sandbox belongs.
pub async fn newest(conn: &mut Conn, partner: PartnerId) -> Result<Option<TrialRow>, StoreError> {
    let row = db::query(NEWEST).bind(partner.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &db::DbRow) -> Result<TrialRow, StoreError> {
    let row = Row::new(row, "conformance_trial");
    Ok(TrialRow {
        id: row.id("id")?,
        partner: row.id("partner_id")?,
        organisation: row.id("organisation_id")?,
        side: row.text("side")?,
        url: row.text("url")?,
        began_at: row.time("began_at")?,
        sending_until: row.maybe_time("sending_until")?,
        version: row.int("version")?,
    })
}

const SENDING: &str = "
    update conformance_trial set url = $1, sending_until = $2, version = version + 1
    where id = $3 and version = $4";

/// Says where a trial sends, and until when somebody is sending.
pub async fn set_sending(conn: &mut Conn, row: &TrialRow) -> Result<(), StoreError> {
    let done = db::query(SENDING)
        .bind(&row.url)
        .bind(row.sending_until.map(Time::millis))
        .bind(row.id.to_string())
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "trial")
}

const INSERT_EXCHANGE: &str = "
    insert into conformance_exchange (trial_id, number, way, step, request_id, answer_id, http,
        took_ms, notes, trouble)
    values ($1, (select coalesce(max(number), 0) + 1 from conformance_exchange
        where trial_id = $1), $2, $3, $4, $5, $6, $7, $8, $9)";

/// Adds an exchange behind the others of its trial.
pub async fn add_exchange(
    conn: &mut Conn,
    trial: TrialId,
    row: &ExchangeRow,
) -> Result<(), StoreError> {
    db::query(INSERT_EXCHANGE)
        .bind(trial.to_string())
        .bind(&row.way)
        .bind(&row.step)
        .bind(row.request.to_string())
        .bind(row.answer.map(|id| id.to_string()))
        .bind(row.http)
        .bind(row.took_ms)
        .bind(&row.notes)
        .bind(&row.trouble)
        .execute(conn)
        .await?;
    Ok(())
}

const EXCHANGES: &str = "select * from conformance_exchange where trial_id = $1 order by number";

/// Every exchange of a trial, in the order in which they went.
pub async fn exchanges(conn: &mut Conn, trial: TrialId) -> Result<Vec<ExchangeRow>, StoreError> {
    let rows = db::query(EXCHANGES).bind(trial.to_string()).fetch_all(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "conformance_exchange");
        Ok(ExchangeRow {
            way: row.text("way")?,
            step: row.text("step")?,
            request: row.id("request_id")?,
            answer: row.maybe_id("answer_id")?,
            http: row.maybe_int("http")?,
            took_ms: row.int("took_ms")?,
            notes: row.text("notes")?,
            trouble: row.text("trouble")?,
        })
    };
    rows.iter().map(read).collect()
}

const INSERT_REPORT: &str = "
    insert into conformance_report (id, trial_id, partner_id, organisation_id, passed, body,
        signature, made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps a report.
pub async fn insert_report(conn: &mut Conn, row: &ReportRow) -> Result<(), StoreError> {
    db::query(INSERT_REPORT)
        .bind(row.id.to_string())
        .bind(row.trial.to_string())
        .bind(row.partner.to_string())
        .bind(row.organisation.to_string())
        .bind(Bool::bind(row.passed))
        .bind(&row.body)
        .bind(&row.signature)
        .bind(row.made_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const REPORTS: &str = "
    select * from conformance_report where partner_id = $1 order by id desc limit 20";

/// The partner's newest reports, the newest first.
pub async fn reports(conn: &mut Conn, partner: PartnerId) -> Result<Vec<ReportRow>, StoreError> {
    let rows = db::query(REPORTS).bind(partner.to_string()).fetch_all(conn).await?;
    rows.iter().map(read_report).collect()
}

const REPORT: &str = "
    select * from conformance_report where id = $1 and organisation_id = $2";

/// One report of the organisation.
pub async fn report(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: ReportId,
) -> Result<Option<ReportRow>, StoreError> {
    let query = db::query(REPORT).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read_report).transpose()
}

fn read_report(row: &db::DbRow) -> Result<ReportRow, StoreError> {
    let row = Row::new(row, "conformance_report");
    Ok(ReportRow {
        id: row.id("id")?,
        trial: row.id("trial_id")?,
        partner: row.id("partner_id")?,
        organisation: row.id("organisation_id")?,
        passed: row.flag("passed")?,
        body: row.text("body")?,
        signature: row.text("signature")?,
        made_at: row.time("made_at")?,
    })
}

const HOLD: &str = "
    insert into partner_hold (partner_id, held, report_id, changed_at)
    values ($1, $2, $3, $4)
    on conflict (partner_id) do update set held = excluded.held, report_id = excluded.report_id,
        changed_at = excluded.changed_at";

/// Holds a partner back, or lets it go live on a report.
pub async fn set_held(
    conn: &mut Conn,
    partner: PartnerId,
    (held, report): (bool, Option<ReportId>),
    at: Time,
) -> Result<(), StoreError> {
    db::query(HOLD)
        .bind(partner.to_string())
        .bind(Bool::bind(held))
        .bind(report.map(|id| id.to_string()))
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const CANARY: &str = "
    select canary_at, canary_said from partner_hold where partner_id = $1";

/// When the canary asked a partner last, and what was wrong; empty when nothing was.
pub async fn canary(
    conn: &mut Conn,
    partner: PartnerId,
) -> Result<Option<(Time, String)>, StoreError> {
    let row = db::query(CANARY).bind(partner.to_string()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new(&row, "partner_hold");
    let said = row.text("canary_said")?;
    Ok(row.maybe_time("canary_at")?.map(|at| (at, said)))
}

const CANARIES: &str = "
    select partner_id from partner_hold
    where held = 0 and report_id is not null and coalesce(canary_at, changed_at) <= $1
    order by partner_id limit $2";

/// Partners that went live on a report and were not asked since then.
pub async fn canaries_due(
    conn: &mut Conn,
    since: Time,
    most: i64,
) -> Result<Vec<PartnerId>, StoreError> {
    let rows = db::query(CANARIES).bind(since.millis()).bind(most).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "partner_hold").id("partner_id")).collect()
}

const SET_CANARY: &str = "
    update partner_hold set canary_at = $1, canary_said = $2 where partner_id = $3";

/// Keeps what the canary heard.
pub async fn set_canary(
    conn: &mut Conn,
    partner: PartnerId,
    said: &str,
    at: Time,
) -> Result<(), StoreError> {
    let query = db::query(SET_CANARY).bind(at.millis()).bind(said).bind(partner.to_string());
    one_row(query.execute(conn).await?.rows_affected(), "partner hold")
}

const NAMED: &str = "
    select p.id from partner p join organisation o on o.id = p.organisation_id
        left join supplier s on s.id = p.supplier_id
    where (p.id = $1 or p.name = $1 or s.name = $1) and (o.name = $2 or $2 = '')
    order by p.id";

/// The connections of this id, name or supplier's short name; of one organisation or of all.
pub async fn partners_named(
    conn: &mut Conn,
    name: &str,
    organisation: &str,
) -> Result<Vec<PartnerId>, StoreError> {
    let rows = db::query(NAMED).bind(name).bind(organisation).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "partner").id("id")).collect()
}
