//! Letters about what was said: a question to the requester, anything else to the other side.

use std::collections::BTreeSet;

use crate::{
    app::{AppError, Cx},
    base::id::{PersonId, RequisitionId},
    domain::{approval::TaskState, notice::Notice, remark::RemarkKind},
    store,
};

use super::{brief, need_requisition, tell};

/// Tells the other side.
pub(super) async fn write(
    cx: &mut Cx<'_>,
    id: RequisitionId,
    (kind, text): (RemarkKind, &str),
) -> Result<(), AppError> {
    let requisition = need_requisition(cx, id).await?;
    let author = cx.actor.need_person()?.clone();
    let mut readers: BTreeSet<PersonId> = BTreeSet::new();
    if author.id == requisition.requester {
        let steps = store::step::of_requisition(cx.conn, id).await?;
        let open = steps.iter().flat_map(|step| &step.tasks);
        for task in open.filter(|task| task.state == TaskState::Open) {
            let holding = task.stand_ins.iter().filter(|one| one.holds_at(cx.now));
            let people: Vec<PersonId> = holding.map(|one| one.person).collect();
            if people.is_empty() {
                readers.insert(task.assignee);
            }
            readers.extend(people);
        }
    } else {
        readers.insert(requisition.requester);
    }
    let notice = Notice::Remark {
        requisition: brief(cx, &requisition).await?,
        by: author.name.clone(),
        text: text.to_owned(),
        question: kind == RemarkKind::Question,
    };
    let about = id.to_string();
    for reader in readers {
        tell(cx, reader, &notice, ("", &about)).await?;
    }
    Ok(())
}
