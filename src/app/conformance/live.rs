//! Going live: a partner that is held back speaks to its sandbox only, until a report passed.
//!
//! Who was never held back is live: connections that work today go on working.

use crate::{
    app::{AppError, Command, Cx, Need},
    base::{
        id::PartnerId,
        time::{DAY_MS, Time},
    },
    domain::{party::Partner, refusal::Refusal},
    store,
};

use super::changed;

/// A report older than this says nothing about today's system.
const GOOD_MS: i64 = 30 * DAY_MS;

/// Holds a partner back: it may post to its sandbox only.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    pub partner: PartnerId,
}

impl Command for Hold {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let partner = own(cx, self.partner).await?;
        if partner.is_held {
            cx.nothing_changed();
            return Ok(());
        }
        store::conformance::set_held(cx.conn, partner.id, (true, None), cx.now).await?;
        let words = ("live".to_owned(), "held back".to_owned());
        cx.fact_in(partner.organisation, changed(partner.id, "live", words));
        Ok(())
    }
}

/// Lets a partner go live, when its newest report passed.
#[derive(Debug, Clone, Copy)]
pub struct GoLive {
    pub partner: PartnerId,
}

impl Command for GoLive {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let partner = own(cx, self.partner).await?;
        if !partner.is_held {
            cx.nothing_changed();
            return Ok(());
        }
        let reports = store::conformance::reports(cx.conn, partner.id).await?;
        let recent = |at: Time| cx.now.since(at) <= GOOD_MS;
        let Some(report) = reports.first().filter(|own| own.passed && recent(own.made_at)) else {
            let message = "A passed report of the last 30 days unlocks this.";
            return Err(Refusal::conflict("not-conformant", message)
                .field("report")
                .got(reports.first().map_or("no report", |_| "a report that did not pass"))
                .mend("Run the trial, mend what fails, and make the report again.")
                .into());
        };
        let live = (false, Some(report.id));
        store::conformance::set_held(cx.conn, partner.id, live, cx.now).await?;
        let words = ("held back".to_owned(), format!("live on {}", report.id));
        cx.fact_in(partner.organisation, changed(partner.id, "live", words));
        Ok(())
    }
}

async fn own(cx: &mut Cx<'_>, id: PartnerId) -> Result<Partner, AppError> {
    let organisation = cx.actor.need_organisation()?;
    let found = store::partner::get(cx.conn, id).await?;
    let own = found.filter(|partner| partner.organisation == organisation);
    Ok(own.ok_or_else(|| Refusal::not_found("partner"))?)
}

/// The connection to a supplier, unless it is held back: its orders then wait on the supplier desk
/// and are sent again by hand once it is live.
pub fn only_live(supply: Option<Partner>) -> Option<Partner> {
    supply.filter(|partner| !partner.is_held)
}

/// Refuses a partner that is held back at the doors that count.
pub fn need_live(partner: &Partner) -> Result<(), Refusal> {
    if !partner.is_held {
        return Ok(());
    }
    Err(Refusal::forbidden("partner-not-live", "This connection is not live yet.")
        .field("cXML/Header/Sender")
        .expected("documents at the sandbox address until the conformance report passed")
        .mend("Post to your sandbox address, or ask the administrator to let you go live."))
}
