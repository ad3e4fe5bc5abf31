//! Letters to watchers: a rule names them to be told, and nothing waits for them.

use crate::{
    app::{AppError, Cx},
    base::id::RequisitionId,
    domain::notice::{News, Notice},
    store,
};

use super::{brief, need_requisition, tell};

/// Tells the watchers. That something was handed in is said once to each, in the round that named
/// them.
pub(super) async fn write(
    cx: &mut Cx<'_>,
    id: RequisitionId,
    (news, reason): (News, &str),
) -> Result<(), AppError> {
    let watchers = store::watcher::of(cx.conn, id).await?;
    if watchers.is_empty() {
        return Ok(());
    }
    let requisition = need_requisition(cx, id).await?;
    let about = id.to_string();
    for one in watchers {
        if news == News::HandedIn && one.round != requisition.round {
            continue;
        }
        let notice = Notice::Watched {
            requisition: brief(cx, &requisition).await?,
            news,
            because: one.because,
            reason: reason.to_owned(),
        };
        tell(cx, one.person, &notice, ("", &about)).await?;
    }
    Ok(())
}
