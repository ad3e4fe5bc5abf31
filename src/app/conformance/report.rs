//! Reports: made of a trial, signed, kept, and recognised again.

use crate::{
    app::{App, AppError, Command, Cx, Need, Reader},
    base::id::{PartnerId, ReportId},
    domain::{party::Partner, refusal::Refusal},
    exchange::conformance::report::{About, Report, Signed},
    store::{self, conformance::ReportRow},
};

use super::{changed, run::side_of, stand};

/// Judges the newest trial of a partner, signs what was found and keeps it.
#[derive(Debug, Clone, Copy)]
pub struct MakeReport {
    pub partner: PartnerId,
}

impl Command for MakeReport {
    type Answer = ReportId;
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<ReportId, AppError> {
        let found = store::partner::get(cx.conn, self.partner).await?;
        let own = |partner: &Partner| {
            cx.actor.organisation.is_none_or(|organisation| partner.organisation == organisation)
        };
        let partner = found.filter(own).ok_or_else(|| Refusal::not_found("partner"))?;
        let (name, organisation) = (partner.name.clone(), partner.organisation);
        let standing = stand(cx.app, cx.conn, partner).await?;
        let trial = standing.trial.ok_or_else(|| {
            Refusal::conflict("no-trial", "Nothing was tried yet.").mend("Run the trial first.")
        })?;
        let about = About {
            partner: self.partner.to_string(),
            partner_name: name,
            side: side_of(&trial)?,
            trial: trial.id.to_string(),
            began_at: trial.began_at.to_string(),
            judged_at: cx.now.to_string(),
            server: cx.app.site.host().to_owned(),
        };
        let report = Report::of(about, &standing.findings);
        let body = report.text();
        let row = ReportRow {
            id: cx.id(),
            trial: trial.id,
            partner: self.partner,
            organisation,
            passed: report.passed,
            signature: cx.app.keys.sign_report(&body),
            body,
            made_at: cx.now,
        };
        store::conformance::insert_report(cx.conn, &row).await?;
        let word = if row.passed { "passed" } else { "not passed" };
        let after = format!("{} {word}, signed {}", row.id, row.signature);
        cx.fact_in(organisation, changed(self.partner, "report", (String::new(), after)));
        Ok(row.id)
    }
}

/// A kept report of the reader's organisation with its signature.
pub async fn signed(reader: &mut Reader<'_>, id: ReportId) -> Result<Signed, AppError> {
    reader.need("partner", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    let found = store::conformance::report(&mut reader.conn, organisation, id).await?;
    let row = found.ok_or_else(|| Refusal::not_found("report"))?;
    let report = serde_json::from_str(&row.body).map_err(AppError::internal)?;
    Ok(Signed { report, signature: row.signature })
}

/// The report in a text, when this server signed it as it stands.
pub fn genuine(app: &App, text: &str) -> Result<Report, Refusal> {
    let fault = |message: &str, got: String| {
        Refusal::invalid("not-genuine", message)
            .field("report")
            .got(got)
            .expected("a report as this server gave it out, unchanged")
    };
    let signed: Signed = serde_json::from_str(text)
        .map_err(|not| fault("This is no conformance report.", not.to_string()))?;
    match app.keys.report_holds(&signed.report.text(), &signed.signature) {
        true => Ok(signed.report),
        false => Err(fault("This server did not sign this report.", signed.signature)),
    }
}
