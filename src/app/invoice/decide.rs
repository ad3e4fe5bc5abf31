//! People of accounts payable decide on invoices that differ from their orders.

use crate::{
    app::{AppError, Command, Cx, Need},
    base::{id::InvoiceId, text::one_line},
    domain::{
        fact::Fact,
        invoice::{Invoice, InvoiceLine, InvoiceMove, InvoiceState},
        refusal::Refusal,
    },
    store,
};

use super::pass;

/// Characters of a reason.
const REASON: usize = 1_000;

/// Approves an invoice in spite of its differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    pub invoice: InvoiceId,
    /// Why; it stands on the issued document.
    pub reason: String,
}

/// Rejects an invoice; the supplier may send a corrected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    pub invoice: InvoiceId,
    pub reason: String,
}

impl Command for Accept {
    type Answer = InvoiceState;
    const NEED: Need = Need::May("invoice", "decide");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<InvoiceState, AppError> {
        let reason = reason(&self.reason)?;
        let (invoice, lines) = own(cx, self.invoice).await?;
        let state = invoice.state.moved(InvoiceMove::Accept)?;
        need_one_currency(cx, &invoice).await?;
        let by = cx.actor.need_person()?.id;
        store::invoice::decide(cx.conn, &invoice, state, (Some(by), &reason)).await?;
        pass::pass(cx, &invoice, &lines, &by.to_string()).await?;
        Ok(state)
    }
}

impl Command for Reject {
    type Answer = InvoiceState;
    const NEED: Need = Need::May("invoice", "decide");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<InvoiceState, AppError> {
        let reason = reason(&self.reason)?;
        let (invoice, _) = own(cx, self.invoice).await?;
        let state = invoice.state.moved(InvoiceMove::Reject)?;
        let by = cx.actor.need_person()?.id;
        store::invoice::decide(cx.conn, &invoice, state, (Some(by), &reason)).await?;
        let fact = Fact::InvoiceRejected { invoice: invoice.id.to_string(), reason };
        cx.fact_in(invoice.organisation, fact);
        Ok(state)
    }
}

fn reason(text: &str) -> Result<String, Refusal> {
    let reason = one_line(text).trim().to_owned();
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(Refusal::invalid(
            "reason-needed",
            "A decision on a difference needs a reason.",
        )
        .field("reason")
        .expected(format!("1 to {REASON} characters"))
        .mend("Say why in one sentence."));
    }
    Ok(reason)
}

/// The organisation's invoice, when the deciding person did not ask for the goods.
async fn own(cx: &mut Cx<'_>, id: InvoiceId) -> Result<(Invoice, Vec<InvoiceLine>), AppError> {
    let organisation = cx.actor.need_organisation()?;
    let found = store::invoice::in_organisation(cx.conn, organisation, id).await?;
    let invoice = found.ok_or_else(|| Refusal::not_found("invoice"))?;
    let lines = store::invoice::lines(cx.conn, id).await?;
    let person = cx.actor.need_person()?.id;
    for order in pass::orders(cx.conn, &lines).await? {
        let asked = store::requisition::get_any(cx.conn, order.requisition).await?;
        if asked.is_some_and(|asked| asked.requester == person) {
            let message = "Who asked for the goods does not decide on their invoice.";
            return Err(Refusal::forbidden("own-invoice", message)
                .field("invoice")
                .mend("Leave it to somebody else of accounts payable.")
                .into());
        }
    }
    Ok((invoice, lines))
}

/// Money of another currency cannot be booked against an order.
async fn need_one_currency(cx: &mut Cx<'_>, invoice: &Invoice) -> Result<(), AppError> {
    let differences = store::invoice::differences(cx.conn, invoice.id).await?;
    match differences.iter().find(|difference| difference.field == "currency") {
        None => Ok(()),
        Some(other) => {
            let message = "An invoice of another currency than its order cannot be approved.";
            Err(Refusal::conflict("currency-differs", message)
                .field("currency")
                .got(&*other.got)
                .expected(&*other.expected)
                .mend("Reject it and ask the supplier for one in the order's currency.")
                .into())
        }
    }
}
