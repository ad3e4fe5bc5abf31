//! Why a requisition got its plan: the rules of the versions it was handed in under, held against
//! what it asked for.
//!
//! People and their managers are those of today, and how a budget stood then is not looked up: the
//! plan itself was frozen when it was made.

use std::sync::Arc;

use crate::{
    base::id::{OrganisationId, RequisitionId},
    domain::{refusal::Refusal, requisition::Requisition},
    policy::{
        approval::Ruleset,
        explain::{Explanation, explain as explain_facts},
        limits::Limits,
    },
    store,
};

use super::{
    super::{AppError, Reader, Rules, requisition::load_facts},
    PolicyKind,
    replay::past,
};

/// Explains the requisition of this number or id.
pub async fn explain(reader: &mut Reader<'_>, requisition: &str) -> Result<Explanation, AppError> {
    reader.need("policy", "read")?;
    if !reader.may("requisition", "read-all") {
        return Err(Refusal::not_found("requisition").into());
    }
    let id = reader.actor.need_organisation()?;
    let organisation = store::organisation::get(&mut reader.conn, id).await?;
    let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
    let found = match requisition.trim().parse::<RequisitionId>() {
        Ok(of) => store::requisition::get(&mut reader.conn, id, of).await?,
        Err(_) => store::requisition::by_number(&mut reader.conn, id, requisition.trim()).await?,
    };
    let found = found.ok_or_else(|| Refusal::not_found("requisition"))?;
    let rules = rules_of(reader, id, &found).await?;
    let draft = past(&mut reader.conn, &organisation, &found).await?;
    let draft = draft.ok_or_else(|| Refusal::not_found("requester"))?;
    let facts = load_facts(&mut reader.conn, &rules, &draft, None).await?;
    Ok(explain_facts(&rules.approval, &rules.limits, &facts))
}

/// The rules and limits of the versions that the requisition was handed in under.
async fn rules_of(
    reader: &mut Reader<'_>,
    organisation: OrganisationId,
    of: &Requisition,
) -> Result<Rules, AppError> {
    let rights = reader.app.policies.rights(&mut reader.conn, Some(organisation)).await?;
    let roles = rights.access().roles();
    let mut texts = Vec::with_capacity(2);
    for (kind, number) in
        [(PolicyKind::Approval, of.approval_version), (PolicyKind::Limits, of.limits_version)]
    {
        let version =
            store::policy::get(&mut reader.conn, organisation, kind.word(), number).await?;
        let version = version.ok_or_else(|| Refusal::not_found("policy version"))?;
        texts.push((version.csv, number));
    }
    let [(approval, approval_number), (limits, limits_number)] = texts.as_slice() else {
        return Err(AppError::internal("two sets make a plan"));
    };
    Ok(Rules {
        approval: Ruleset::load(approval, &approval_number.to_string(), roles)?,
        approval_number: *approval_number,
        limits: Arc::new(Limits::load(limits, &limits_number.to_string(), roles)?),
        limits_number: *limits_number,
    })
}
