//! Entries about signing off, in words.

use crate::{app::audit::Labels, domain::fact::Fact};

use super::Told;

pub(super) fn sign_off(fact: &Fact, labels: &Labels) -> Option<Told> {
    Some(match fact {
        Fact::RequisitionSubmitted(row) => {
            Told::new(format!("{} was handed in: {}, {} steps", row.number, row.total, row.steps))
                .with(format!(
                    "content {}, approval policy {}, limits {}",
                    row.content_hash, row.approval_version, row.limits_version
                ))
                .info()
        }
        Fact::RequisitionChanged(row) => Told::new(format!(
            "{} was changed: {}, earlier decisions are void",
            row.number, row.total
        ))
        .with(format!("round {}, content {}", row.round, row.content_hash))
        .info(),
        Fact::RequisitionWithdrawn { .. } => Told::new("The requisition was withdrawn").bad(),
        Fact::TaskOpened { assignee, deputy: Some(deputy), .. } => {
            let (deputy, assignee) = (labels.of(deputy), labels.of(assignee));
            Told::new(format!("{deputy} was asked to decide for {assignee}"))
        }
        Fact::TaskOpened { assignee, .. } => {
            Told::new(format!("{} was asked to decide", labels.of(assignee)))
        }
        Fact::RemarkMade { kind, text, .. } => {
            Told::new(format!("A {kind} was written")).with(text.clone())
        }
        Fact::FileAttached { name, line, .. } => Told::new(match line {
            Some(line) => format!("A file was attached to line {line}: {name}"),
            None => format!("A file was attached: {name}"),
        }),
        Fact::SignatureKept { .. } => Told::new("A signature stands: the change does not touch it"),
        Fact::LineEdited { line, what, sku, before, after, reason, .. } => {
            let told = format!("Line {line} ({sku}): {what}");
            let values =
                if after.is_empty() { before.clone() } else { format!("{before} to {after}") };
            Told::new(told).with(format!("{values}. {reason}").trim_end_matches([' ', '.'])).info()
        }
        Fact::TaskReminded { .. } => Told::new("No answer yet: a reminder was sent"),
        Fact::TaskEscalated { to: Some(to), .. } => {
            Told::new(format!("No answer yet: {} was asked as well", labels.of(to)))
        }
        Fact::TaskEscalated { .. } => {
            Told::new("No answer yet, and no manager is left who could be asked").bad()
        }
        Fact::RequisitionExpired { .. } => {
            Told::new("The requisition expired: nobody decided in time").bad()
        }
        Fact::Decided(row) => {
            let told = match &*row.decision {
                "approve" => Told::new(format!("{} approved", row.by)).good(),
                _ => Told::new(format!("{} rejected", row.by)).bad(),
            };
            let comment = Some(&*row.comment).filter(|comment| !comment.is_empty());
            let comment = comment.map(|comment| format!("\u{201c}{comment}\u{201d} "));
            told.with(format!("{}content {}", comment.unwrap_or_default(), row.content_hash))
        }
        Fact::RequisitionApproved { content_hash, .. } => {
            Told::new("The requisition is approved").with(format!("content {content_hash}")).good()
        }
        Fact::RequisitionRejected { reason, .. } => {
            Told::new("The requisition was rejected").with(reason).bad()
        }
        Fact::BudgetMoved { source, target, amount, .. } => {
            Told::new(format!("Budget: {amount} from {source} to {target}"))
        }
        _ => return None,
    })
}
