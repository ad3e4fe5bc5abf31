//! How long an organisation keeps exchanges that went wrong.

use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    domain::{
        fact::{Change, Fact},
        refusal::Refusal,
    },
    store,
};

/// The days that can be chosen.
pub const KEPT_DAYS: [i64; 6] = [7, 14, 30, 60, 180, 365];

/// For how many days the reader's organisation keeps them.
pub async fn kept(reader: &mut Reader<'_>) -> Result<i64, AppError> {
    let organisation = reader.actor.need_organisation()?;
    Ok(store::wire::days(&mut reader.conn, organisation).await?)
}

/// Says for how many days they are kept from now on.
#[derive(Debug, Clone, Copy)]
pub struct SetKept {
    pub days: i64,
}

impl Command for SetKept {
    type Answer = ();
    const NEED: Need = Need::May("organisation", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        if !KEPT_DAYS.contains(&self.days) {
            return Err(Refusal::invalid("bad-days", "Exchanges are not kept so long.")
                .field("days")
                .got(self.days.to_string())
                .expected("7, 14, 30, 60, 180 or 365 days")
                .into());
        }
        let before = store::wire::days(cx.conn, organisation).await?;
        if before == self.days {
            cx.nothing_changed();
            return Ok(());
        }
        store::wire::set_days(cx.conn, organisation, self.days).await?;
        cx.fact(Fact::SettingSaved {
            object: organisation.to_string(),
            noun: "wire doctor".to_owned(),
            changes: vec![Change {
                field: "kept days".to_owned(),
                before: before.to_string(),
                after: self.days.to_string(),
            }],
        });
        Ok(())
    }
}
