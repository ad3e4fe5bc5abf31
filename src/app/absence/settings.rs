//! Holidays, and the clock of signing off.

use crate::{
    base::{
        id::OrganisationId,
        money::Currency,
        text::{one_line, shorten},
        time::Day,
    },
    domain::{
        fact::{Change, Fact},
        refusal::Refusal,
        sign_off::SignOff,
    },
    store,
};

use super::{
    super::{AppError, Command, Cx, Need, Reader},
    MOST_HOLIDAYS, REASON,
};

/// Puts these holidays in place of the organisation's.
#[derive(Debug, Clone)]
pub struct SetHolidays {
    pub holidays: Vec<(Day, String)>,
}

impl Command for SetHolidays {
    type Answer = ();
    const NEED: Need = Need::May("organisation", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let mut after = self.holidays.clone();
        after.sort();
        if let Some(pair) = after.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Refusal::invalid("day-twice", "A day stands twice.")
                .field("holidays")
                .got(pair[0].0.to_string())
                .expected("each day once")
                .into());
        }
        if after.len() > MOST_HOLIDAYS {
            return Err(Refusal::invalid("too-many", "These are too many holidays.")
                .field("holidays")
                .expected(format!("at most {MOST_HOLIDAYS}"))
                .into());
        }
        for (_, name) in &mut after {
            *name = shorten(&one_line(name), REASON);
        }
        let before = store::calendar::holidays(cx.conn, organisation).await?;
        if before == after {
            cx.nothing_changed();
            return Ok(());
        }
        store::calendar::set_holidays(cx.conn, organisation, &after).await?;
        let told = |days: &[(Day, String)]| {
            let days: Vec<String> = days.iter().map(|(day, _)| day.to_string()).collect();
            shorten(&days.join(", "), 300)
        };
        settings_fact(cx, organisation, "holidays", (told(&before), told(&after)));
        Ok(())
    }
}

fn settings_fact(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    field: &str,
    (before, after): (String, String),
) {
    cx.fact(Fact::SettingSaved {
        object: organisation.to_string(),
        noun: "sign-off".to_owned(),
        changes: vec![Change { field: field.to_owned(), before, after }],
    });
}

/// The organisation's holidays, the earliest first.
pub async fn holidays(reader: &mut Reader<'_>) -> Result<Vec<(Day, String)>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    Ok(store::calendar::holidays(&mut reader.conn, organisation).await?)
}

/// The currency of the reader's organisation.
pub async fn currency(reader: &mut Reader<'_>) -> Result<Currency, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let found = store::organisation::get(&mut reader.conn, organisation).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("organisation"))?.currency)
}

/// Saves how the organisation signs off: waits, tolerance, what approvers may edit.
#[derive(Debug, Clone)]
pub struct SaveSignOff {
    pub settings: SignOff,
}

impl Command for SaveSignOff {
    type Answer = ();
    const NEED: Need = Need::May("organisation", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        self.settings.check()?;
        let organisation = cx.actor.need_organisation()?;
        let before = store::sign_off::get(cx.conn, organisation).await?;
        let after = SignOff { version: before.version, ..self.settings.clone() };
        if before == after {
            cx.nothing_changed();
            return Ok(());
        }
        store::sign_off::save(cx.conn, organisation, &after).await?;
        settings_fact(cx, organisation, "sign_off", (told(&before), told(&after)));
        Ok(())
    }
}

fn told(settings: &SignOff) -> String {
    format!(
        "remind after {}, escalate after {}, expire after {} working days; tolerance {} %; \
         approvers edit quantity {}, account {}",
        settings.remind_after,
        settings.escalate_after,
        settings.expire_after,
        settings.tolerance,
        settings.approver_quantity,
        settings.approver_account
    )
}

/// How the reader's organisation signs off.
pub async fn sign_off(reader: &mut Reader<'_>) -> Result<SignOff, AppError> {
    let organisation = reader.actor.need_organisation()?;
    Ok(store::sign_off::get(&mut reader.conn, organisation).await?)
}
