//! The requester changes what was handed in, and the signatures that the change does not concern
//! stand: another place or day of delivery, another comment, other quantities.

use serde::{Deserialize, Serialize};

use super::{
    super::{AppError, Command, Cx, Need, cart::LineAsked, cart::price_lines},
    address, comment, fresh_line, own_to_change,
    replan::{Edit, Signatures, replan, settle},
};
use crate::{
    base::{id::RequisitionId, time::Day},
    domain::{
        approval::StepState,
        cart::{Goods, check_count},
        party::AddressKind,
        requisition::{RequisitionLine, content_hash},
    },
    store,
};

/// What changes; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub lines: Option<Vec<LineAsked>>,
    /// The code of a ship-to address.
    pub ship_to: Option<String>,
    /// `Some(None)` takes the day away.
    pub needed_on: Option<Option<Day>>,
    pub comment: Option<String>,
}

/// Changes a pending requisition.
#[derive(Debug, Clone)]
pub struct Amend {
    pub requisition: RequisitionId,
    pub wanted: Wanted,
}

/// What a change came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Amended {
    /// The changed facets, each once.
    pub facets: Vec<String>,
    /// Rules of the steps that wait for a signature now.
    pub open: Vec<String>,
    /// Rules of the steps whose signatures stand.
    pub standing: Vec<String>,
}

impl Command for Amend {
    type Answer = Amended;
    const NEED: Need = Need::May("requisition", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Amended, AppError> {
        let mut requisition = own_to_change(cx, self.requisition).await?;
        let before =
            (requisition.clone(), store::requisition::lines(cx.conn, requisition.id).await?);
        let organisation = super::need_organisation(cx.conn, requisition.organisation).await?;
        if let Some(code) = &self.wanted.ship_to {
            let kind = AddressKind::ShipTo;
            requisition.ship_to = address(cx.conn, &organisation, kind, Some(code)).await?;
        }
        if let Some(day) = self.wanted.needed_on {
            requisition.needed_on = day;
        }
        if let Some(text) = &self.wanted.comment {
            requisition.comment = comment(Some(text))?;
        }
        let after = match &self.wanted.lines {
            Some(asked) => {
                check_count(asked.len())?;
                let (organisation, currency) = (requisition.organisation, requisition.currency);
                let goods = price_lines(cx.conn, organisation, currency, asked).await?;
                relined_at(cx, &before.1, goods)
            }
            None => before.1.clone(),
        };
        if content_hash(&requisition, &after) == before.0.content_hash {
            cx.nothing_changed();
            return Ok(Amended::default());
        }
        let edit = Edit { before: (&before.0, &before.1), after, signatures: Signatures::Stand };
        let done = replan(cx, &mut requisition, edit).await?;
        settle(cx, &mut requisition, &done.steps).await?;
        let mut facets: Vec<String> =
            done.changes.iter().map(|one| one.facet.to_string()).collect();
        facets.sort();
        facets.dedup();
        let rules = |states: &[StepState]| {
            let steps = done.steps.iter().filter(|step| states.contains(&step.state));
            steps.map(|step| step.rule.clone()).collect()
        };
        Ok(Amended {
            facets,
            open: rules(&[StepState::Open, StepState::Waiting]),
            standing: rules(&[StepState::Approved]),
        })
    }
}

/// The lines after a change: an article that stood there before keeps its number, so that what was
/// signed line by line stays recognisable.
fn relined_at(cx: &Cx<'_>, before: &[RequisitionLine], goods: Vec<Goods>) -> Vec<RequisitionLine> {
    let mut known: Vec<&RequisitionLine> = before.iter().collect();
    let mut next = before.iter().map(|line| line.position).max().unwrap_or_default() + 1;
    let mut lines = Vec::with_capacity(goods.len());
    for goods in goods {
        match known.iter().position(|line| line.goods.same_article(&goods)) {
            Some(at) => lines.push(RequisitionLine { goods, ..known.remove(at).clone() }),
            None => {
                let mut line = fresh_line(next, goods);
                line.id = cx.id();
                next += 1;
                lines.push(line);
            }
        }
    }
    lines.sort_by_key(|line| line.position);
    lines
}
