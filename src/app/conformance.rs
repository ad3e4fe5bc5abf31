//! The conformance suite at work: a partner's trial is sent, judged, reported and, when it passed,
//! lets the partner go live.
//!
//! Which cases there are and what they mean is in `exchange::conformance`; here they meet the
//! network and the database. Nothing here reaches the carts, orders and invoices of the house.

mod canary;
mod live;
mod report;
mod run;
mod sandbox;

pub use canary::ring;
pub use live::{GoLive, Hold, need_live, only_live};
pub use report::{MakeReport, genuine, signed};
pub use run::{Begin, send};
pub use sandbox::{Answered, receive};

use std::collections::HashMap;

use super::{App, AppError, Reader};
use crate::{
    base::{
        id::{DocumentId, PartnerId},
        time::Time,
    },
    domain::{
        fact::{Change, Fact},
        party::{Partner, PartnerKind},
        refusal::Refusal,
    },
    exchange::conformance::{self, Exchange, Finding, Note, Side, Trial},
    oci::hook::HookRule,
    store::{
        self, Conn,
        conformance::{ExchangeRow, ReportRow, TrialRow},
        document::Document,
    },
};

/// The purpose under which sandbox addresses are made.
const PURPOSE: &str = "sandbox";

/// Where a partner stands.
pub struct Standing {
    pub partner: Partner,
    pub side: Side,
    pub trial: Option<TrialRow>,
    /// Every case of its side; all untried without a trial.
    pub findings: Vec<Finding>,
    /// The newest first.
    pub reports: Vec<ReportRow>,
    /// When the canary asked last, and what was wrong; empty when nothing was.
    pub canary: Option<(Time, String)>,
    /// Where the partner posts its documents.
    pub sandbox: String,
}

/// The address of a partner's sandbox; who knows it may post there.
pub fn sandbox_url(app: &App, partner: PartnerId) -> String {
    let token = app.keys.token(PURPOSE, partner.bits(), "");
    format!("{}/cxml/sandbox/{token}", app.site.public_url)
}

/// The connections of the reader's organisation.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<Partner>, AppError> {
    reader.need("partner", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    let all = store::partner::of_organisation(&mut reader.conn, organisation).await?;
    Ok(all.into_iter().filter(speaks_cxml).collect())
}

/// Without an identity nobody can be addressed, and a supplier without cXML has nothing to try.
fn speaks_cxml(partner: &Partner) -> bool {
    !partner.identities.is_empty()
}

/// Where one partner of the reader's organisation stands.
pub async fn standing(reader: &mut Reader<'_>, id: PartnerId) -> Result<Standing, AppError> {
    reader.need("partner", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    let found = store::partner::get(&mut reader.conn, id).await?;
    let own = found.filter(|partner| partner.organisation == organisation);
    let partner = own.ok_or_else(|| Refusal::not_found("partner"))?;
    stand(reader.app, &mut reader.conn, partner).await
}

/// Where a partner stands, whoever asks.
pub async fn stand(app: &App, conn: &mut Conn, partner: Partner) -> Result<Standing, AppError> {
    let trial = store::conformance::newest(conn, partner.id).await?;
    let side = side(&partner);
    let read = match &trial {
        Some(row) => load(conn, (row, &partner)).await?,
        None => Trial::read(side, HookRule::default(), Vec::new()),
    };
    Ok(Standing {
        side,
        findings: conformance::judge(&read),
        reports: store::conformance::reports(conn, partner.id).await?,
        canary: store::conformance::canary(conn, partner.id).await?,
        sandbox: sandbox_url(app, partner.id),
        partner,
        trial,
    })
}

fn side(partner: &Partner) -> Side {
    match partner.kind {
        PartnerKind::Buyer => Side::Buyer,
        PartnerKind::Supplier { .. } => Side::Supplier,
    }
}

/// A trial with its exchanges, read.
async fn load(conn: &mut Conn, (row, partner): (&TrialRow, &Partner)) -> Result<Trial, AppError> {
    // Exchanges first: of each that is seen the documents are there already.
    let rows = store::conformance::exchanges(conn, row.id).await?;
    let documents = store::document::about(conn, &row.id.to_string()).await?;
    let mut documents: HashMap<DocumentId, Document> =
        documents.into_iter().map(|document| (document.id, document)).collect();
    let mut exchanges = Vec::with_capacity(rows.len());
    for row in rows {
        exchanges.push(exchange(row, &mut documents)?);
    }
    Ok(Trial::read(side(partner), hooks(partner), exchanges))
}

fn exchange(
    row: ExchangeRow,
    documents: &mut HashMap<DocumentId, Document>,
) -> Result<Exchange, AppError> {
    let gone = || AppError::internal("a document of a trial is gone");
    let request = documents.remove(&row.request).ok_or_else(gone)?;
    let answer = match row.answer {
        Some(id) => Some(documents.remove(&id).ok_or_else(gone)?),
        None => None,
    };
    let notes: Result<Vec<Note>, _> = row.notes.split_whitespace().map(str::parse).collect();
    Ok(Exchange {
        way: row.way.parse().map_err(AppError::internal)?,
        step: row.step,
        request: request.body.into(),
        request_type: request.content_type,
        answer_type: answer.as_ref().map(|own| own.content_type.clone()).unwrap_or_default(),
        answer: answer.map(|own| own.body.into()),
        http: row.http.and_then(|http| u16::try_from(http).ok()),
        took_ms: row.took_ms,
        notes: notes.map_err(AppError::internal)?,
        trouble: row.trouble,
    })
}

/// Where carts may go back.
fn hooks(partner: &Partner) -> HookRule {
    let hosts = partner.return_hosts.clone();
    HookRule { hosts, allow_http: partner.allow_http, allow_sap_event: false }
}

/// What happened to a partner's onboarding.
fn changed(partner: PartnerId, field: &str, (before, after): (String, String)) -> Fact {
    Fact::SettingSaved {
        object: partner.to_string(),
        noun: "conformance".to_owned(),
        changes: vec![Change { field: field.to_owned(), before, after }],
    }
}
