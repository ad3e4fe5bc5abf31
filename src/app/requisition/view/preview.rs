//! The plan a cart would get, and what handing it in asks for.

use crate::{
    base::{id::CartId, money::Money},
    domain::{
        approval::{Mode, Notes, Outcome},
        cart::Cart,
        party::{AddressKind, CostCenter, PostalAddress},
        refusal::Refusal,
    },
    policy::explain::{Explanation, explain},
    store,
};

use super::super::{
    super::{AppError, Reader, budget, cart::reach},
    Forecast, Planned, Wish, draft_of_cart, forecast, need_organisation, own_cost_centers, plan,
};

/// A step of a plan that does not run yet.
#[derive(Debug, Clone)]
pub struct PreviewStep {
    pub order: u32,
    pub mode: Mode,
    pub rule: String,
    pub because: String,
    /// The nearest change that would spare this step, in plain words.
    pub unless: Option<String>,
    /// Name and e-mail address of each person who would be asked.
    pub people: Vec<(String, String)>,
}

/// The plan a cart would get; nothing was written.
#[derive(Debug, Clone)]
pub struct Preview {
    pub approval_version: i64,
    pub total: Money,
    pub steps: Vec<PreviewStep>,
    /// Why nobody is asked, when nobody is.
    pub because: String,
    /// The least that would ask somebody else as well, in plain words.
    pub next: Option<String>,
    /// What rules say beside asking: warnings, and who is told.
    pub notes: Notes,
    /// What is left of the budget before this cart, when there is a budget.
    pub budget_left: Option<Money>,
}

/// The plan one of the reader's own carts would get. What would be refused on submitting is refused
/// here in the same words.
pub async fn preview(
    reader: &mut Reader<'_>,
    cart: CartId,
    wish: &Wish,
) -> Result<Preview, AppError> {
    reader.need("cart", "read")?;
    let cart = reach(&mut reader.conn, reader.actor, cart).await?;
    preview_with(reader, &cart, wish).await
}

/// As [`preview`], of a cart that was read already.
pub async fn preview_with(
    reader: &mut Reader<'_>,
    cart: &Cart,
    wish: &Wish,
) -> Result<Preview, AppError> {
    cart.state.need_open()?;
    let person = reader.actor.need_person()?.clone();
    let made = draft_of_cart(reader.app, &mut reader.conn, &person, cart, wish).await?;
    let planned = plan(reader.app, &mut reader.conn, &made.draft).await?;
    if let Outcome::Blocked(refusal) = planned.outcome {
        return Err(refusal.into());
    }
    Ok(explained(&planned))
}

/// A plan with its reasons and the nearest changes that would make it another.
pub fn explained(planned: &Planned) -> Preview {
    let Planned { rules, facts, .. } = planned;
    let why: Explanation = explain(&rules.approval, &rules.limits, facts);
    let steps = planned.outcome.steps();
    let notes = planned.outcome.notes().cloned().unwrap_or_default();
    let step = |step: &crate::domain::approval::PlannedStep| PreviewStep {
        order: step.order,
        mode: step.mode,
        rule: step.rule.id.clone(),
        because: step.because.clone(),
        unless: why.unless(&step.rule.id, step.order).map(str::to_owned),
        people: step.approvers.iter().map(|p| (p.name.clone(), p.mail.clone())).collect(),
    };
    Preview {
        approval_version: rules.approval_number,
        total: facts.total,
        steps: steps.iter().map(step).collect(),
        because: planned.because(),
        next: why.next.as_ref().map(|change| change.text.clone()),
        notes,
        budget_left: budget::least(planned.budgets.iter().map(|share| share.state.available)),
    }
}

/// What the cart's page needs to offer "Submit for sign-off": the form's choices, and the plan for
/// the cost centre that is chosen (or stands first).
#[derive(Debug, Clone)]
pub struct CheckoutView {
    pub cost_centers: Vec<CostCenter>,
    /// The code of the cost centre the preview is for.
    pub cost_center: String,
    pub ship_tos: Vec<PostalAddress>,
    /// Code and name of each project, when the organisation has some.
    pub projects: Vec<(String, String)>,
    /// The plan, or why the cart cannot be handed in as it stands.
    pub preview: Result<Preview, Box<Refusal>>,
    /// When it would probably be decided.
    pub forecast: Option<Forecast>,
}

/// Reads the choices and the plan for the cart's page. A person who may not submit gets none.
pub async fn checkout_view(
    reader: &mut Reader<'_>,
    cart: &Cart,
    wish: Option<Wish>,
) -> Result<Option<CheckoutView>, AppError> {
    if !reader.may("cart", "submit") {
        return Ok(None);
    }
    let person = reader.actor.need_person()?.clone();
    let organisation = need_organisation(&mut reader.conn, cart.organisation).await?;
    let cost_centers = own_cost_centers(&mut reader.conn, &person, &organisation).await?;
    let kind = AddressKind::ShipTo;
    let ship_tos = store::organisation::addresses(&mut reader.conn, organisation.id, kind).await?;
    let default = cost_centers
        .iter()
        .find(|center| Some(center.id) == person.default_cost_center)
        .or(cost_centers.first())
        .map(|center| center.code.clone())
        .unwrap_or_default();
    let wish = wish.unwrap_or(Wish { cost_center: default, ..Wish::default() });
    let preview = match preview_with(reader, cart, &wish).await {
        Ok(preview) => Ok(preview),
        Err(AppError::Refusal(refusal)) => Err(refusal),
        Err(fault) => return Err(fault),
    };
    let forecast = match &preview {
        Ok(preview) => {
            let lines = store::cart::lines(&mut reader.conn, cart.id).await?;
            forecast::of_preview(reader, preview, &lines).await?
        }
        Err(_) => None,
    };
    let projects = store::register::all(&mut reader.conn, organisation.id, "projects").await?;
    Ok(Some(CheckoutView {
        projects: projects.into_iter().map(|entry| (entry.name, entry.value)).collect(),
        cost_centers,
        cost_center: wish.cost_center,
        ship_tos: ship_tos.into_iter().map(|address| address.postal).collect(),
        preview,
        forecast,
    }))
}
