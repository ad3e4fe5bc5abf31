//! Why a requisition got its plan: the rules of the versions it was handed in under, held against
//! the facts that were kept when the plan was made.

use crate::{
    base::id::RequisitionId,
    domain::{refusal::Refusal, requisition::Requisition},
    policy::{
        check::{Policies, Versions},
        explain::{Explanation, explain as explain_facts},
    },
    store,
};

use super::{
    super::{AppError, Reader, requisition},
    PolicyKind,
    replay::kept_facts,
    soundness::{checked, sets_with},
};

/// Explains the requisition of this number or id, to whoever may see it.
pub async fn explain(reader: &mut Reader<'_>, requisition: &str) -> Result<Explanation, AppError> {
    let found = found(reader, requisition).await?;
    of_requisition(reader, &found).await
}

async fn found(reader: &mut Reader<'_>, requisition: &str) -> Result<Requisition, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let found = match requisition.trim().parse::<RequisitionId>() {
        Ok(of) => store::requisition::get(&mut reader.conn, organisation, of).await?,
        Err(_) => {
            let number = requisition.trim();
            store::requisition::by_number(&mut reader.conn, organisation, number).await?
        }
    };
    let found = found.ok_or_else(|| Refusal::not_found("requisition"))?;
    if !requisition::visible(reader, &found).await? {
        return Err(Refusal::not_found("requisition").into());
    }
    Ok(found)
}

/// As [`explain`], by the sets in force with one of them replaced by a draft.
pub async fn explain_draft(
    reader: &mut Reader<'_>,
    requisition: &str,
    (kind, csv): (PolicyKind, &str),
) -> Result<Explanation, AppError> {
    checked(reader, kind, csv).await?;
    let found = found(reader, requisition).await?;
    let sets = sets_with(&mut reader.conn, found.organisation, kind, csv).await?;
    let versions = Versions { approval: "draft", limits: "draft" };
    let draft = Policies::load(&sets, versions)?;
    let facts = kept_facts(reader, found.id, found.round).await?;
    Ok(explain_facts(&draft.approval, &draft.limits, &facts))
}

async fn of_requisition(
    reader: &mut Reader<'_>,
    of: &Requisition,
) -> Result<Explanation, AppError> {
    let facts = kept_facts(reader, of.id, of.round).await?;
    let versions = (of.approval_version, of.limits_version);
    let policies = &reader.app.policies;
    let rules = policies.rules_of(&mut reader.conn, of.organisation, versions).await?;
    Ok(explain_facts(&rules.approval, &rules.limits, &facts))
}
