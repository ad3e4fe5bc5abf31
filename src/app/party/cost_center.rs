//! Cost centres: what requisitions are charged to.

use serde::{Deserialize, Serialize};

use super::diff::{self, Diff, MAX_NAME};
use crate::{
    app::{Alone, AppError, Command, Cx, Need, Reader},
    base::text::shorten,
    domain::{
        party::{CostCenter, Email},
        refusal::Refusal,
    },
    store,
};

/// A cost centre with its owner's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostCenterView {
    pub center: CostCenter,
    pub owner: Option<String>,
}

/// Adds a cost centre or changes the one of this code.
#[derive(Debug, Clone)]
pub struct Save {
    pub code: String,
    pub name: String,
    /// E-mail address of who answers for it.
    pub owner: Option<String>,
    /// A disabled one takes no new requisition.
    pub disabled: bool,
    /// Whether one of this code must not be there yet (`true`), or must be (`false`).
    pub fresh: bool,
}

/// The cost centre's code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub code: String,
}

impl Command for Save {
    type Answer = Saved;
    const NEED: Need = Need::May("cost-center", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let code = diff::code("code", &self.code)?;
        let before = store::organisation::cost_center(cx.conn, organisation, &code).await?;
        match (&before, self.fresh) {
            (Some(_), true) => {
                return Err(Refusal::conflict("code-taken", "This code is in use.")
                    .field("code")
                    .got(code)
                    .expected("a code that no cost centre has")
                    .into());
            }
            (None, false) => return Err(Refusal::not_found("cost centre").into()),
            _ => {}
        }
        let people = store::person::of_organisation(cx.conn, organisation).await?;
        let mail = |id| people.iter().find(|one| Some(one.id) == id).map(|one| one.email.clone());
        let owner = match self.owner.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => {
                let email = text.parse::<Email>().ok();
                let found = people.iter().find(|one| Some(&one.email) == email.as_ref());
                let found = found.ok_or_else(|| {
                    Refusal::invalid("unknown-person", "There is no such person.")
                        .field("owner")
                        .got(shorten(text, 100))
                        .expected("the e-mail address of somebody in the organisation")
                })?;
                Some(found.id)
            }
        };
        let after = CostCenter {
            id: before.as_ref().map_or_else(|| cx.id(), |before| before.id),
            organisation,
            code: code.clone(),
            name: diff::line("name", &self.name, MAX_NAME)?,
            owner,
            disabled_at: match before.as_ref().and_then(|before| before.disabled_at) {
                Some(at) if self.disabled => Some(at),
                _ => self.disabled.then_some(cx.now),
            },
            version: before.as_ref().map_or(0, |before| before.version),
        };
        let mut diff = Diff::default();
        let old = before.as_ref();
        diff.maybe("code", old.map(|old| &old.code), Some(&code));
        diff.maybe("name", old.map(|old| &old.name), Some(&after.name));
        diff.maybe("owner", old.and_then(|old| mail(old.owner)), mail(after.owner));
        let word = |center: &CostCenter| center.disabled_at.is_some();
        diff.note("disabled", old.is_some_and(word), word(&after));
        if !diff.is_empty() {
            store::organisation::save_cost_center(cx.conn, &after).await?;
        }
        diff.settle(cx, "cost-center", after.id);
        Ok(Saved { code })
    }
}

/// The organisation's cost centres by code, disabled ones included.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<CostCenterView>, AppError> {
    reader.need("cost-center", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let centers = store::organisation::cost_centers(&mut reader.conn, organisation).await?;
    let people = store::person::of_organisation(&mut reader.conn, organisation).await?;
    let view = |center: CostCenter| {
        let owner = people.iter().find(|one| Some(one.id) == center.owner);
        CostCenterView { owner: owner.map(|one| one.email.to_string()), center }
    };
    Ok(centers.into_iter().map(view).collect())
}
