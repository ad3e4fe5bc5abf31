//! From a draft to its plan: the policy is asked, the budget is reserved, steps are made.

use crate::{
    base::id::{StepId, TaskId},
    domain::{
        approval::{
            self, ApproverSource, Asked, BudgetMode, Facts, KeptPlan, LapsedBudget, Mode, Notes,
            Outcome, Place, RuleRef, Step, StepState, Task, TaskState, Wanted, Warning,
        },
        budget::{exceeded, warning},
        requisition::{Requisition, RequisitionSource},
    },
    policy::explain::explain,
    store::{self, Conn, StoreError, watcher::Watcher},
};

use super::{
    super::{
        App, AppError, Cx, Rules,
        budget::{self, Share},
        policy,
    },
    facts::{self, Draft},
};

/// Times a plan is made anew because the budget was moved meanwhile.
const TRIES: u32 = 8;

/// What the policy says of a draft, and what it looked at.
#[derive(Debug, Clone)]
pub struct Planned {
    pub rules: Rules,
    pub facts: Facts,
    pub outcome: Outcome,
    /// The budgets it counts against.
    pub budgets: Vec<Share>,
}

impl Planned {
    /// Why nobody is asked, when nobody is.
    pub fn because(&self) -> String {
        match &self.outcome {
            Outcome::NoSignOff { because, .. } => because.clone(),
            Outcome::Plan(_) | Outcome::Blocked(_) => String::new(),
        }
    }
}

/// The rules that the draft is judged by: what runs already finishes under the versions it was
/// handed in under. One that cannot be read any more, because the access policy has lost a role
/// that it names, gives way to those in force.
pub async fn rules(app: &App, conn: &mut Conn, draft: &Draft) -> Result<Rules, AppError> {
    let organisation = draft.organisation.id;
    if let Some(versions) = draft.versions {
        match app.policies.rules_of(conn, organisation, versions).await {
            Err(AppError::Refusal(_)) => {}
            found => return found,
        }
    }
    app.policies.rules(conn, organisation).await
}

/// Asks the policy; nothing is written.
pub async fn plan(app: &App, conn: &mut Conn, draft: &Draft) -> Result<Planned, AppError> {
    let rules = rules(app, conn, draft).await?;
    let budgets = budget::of_today(conn, draft).await?;
    let facts = facts::load(conn, &rules, draft, &budgets).await?;
    let blocks = |share: &&Share| share.state.mode == BudgetMode::Block && share.state.exceeded;
    let outcome = match budgets.iter().find(blocks) {
        Some(share) => Outcome::Blocked(exceeded(&share.of, share.amount, share.state.available)),
        None => outcome(&rules, &facts),
    };
    Ok(Planned { rules, facts, outcome, budgets })
}

/// What the rules say of these facts: nothing else goes into a plan, so that it can be made again
/// from what was kept.
pub fn outcome(rules: &Rules, facts: &Facts) -> Outcome {
    let mut outcome = by_rules(rules, facts);
    for budget in facts.budgets() {
        let Some(message) = warning(&budget.of, budget.amount, &budget.state) else { continue };
        let rule =
            RuleRef { id: "budget".to_owned(), version: rules.approval.version().to_owned() };
        outcome.warn(Warning { rule, message, because: String::new() });
    }
    for LapsedBudget { of, period } in &facts.lapsed_budgets {
        let rule =
            RuleRef { id: "budget".to_owned(), version: rules.approval.version().to_owned() };
        let message = format!(
            "The budget of {of} for {period} has ended, and there is none for today: nothing is \
             counted against one."
        );
        outcome.warn(Warning { rule, message, because: String::new() });
    }
    outcome
}

fn by_rules(rules: &Rules, facts: &Facts) -> Outcome {
    let outcome = match &facts.signed_as {
        Some(number) => Outcome::NoSignOff {
            because: format!("The same goods were signed off as {number}."),
            limit: None,
            policy_version: rules.approval.version().to_owned(),
            notes: Notes::default(),
        },
        None => rules.approval.plan(&rules.limits, facts),
    };
    if facts.flagged && matches!(outcome, Outcome::NoSignOff { .. }) {
        return for_flags(rules, facts);
    }
    outcome
}

/// Keeps what the plan was made from, and what a draft that runs beside the rules says of it.
pub async fn keep_record(
    cx: &mut Cx<'_>,
    planned: &Planned,
    requisition: &Requisition,
) -> Result<(), AppError> {
    let round = (requisition.id, requisition.round);
    let organisation = requisition.organisation;
    let kept = KeptPlan::from(&planned.outcome);
    let facts = serde_json::to_string(&planned.facts).map_err(AppError::internal)?;
    let plan = serde_json::to_string(&kept).map_err(AppError::internal)?;
    store::plan_record::insert(cx.conn, round, organisation, &facts, &plan).await?;
    for one in kept.notes.watchers.iter().filter(|one| one.person.id != requisition.requester) {
        let (person, because) = (one.person.id, one.because.clone());
        let watcher = Watcher { person, round: requisition.round, because };
        store::watcher::insert(cx.conn, requisition.id, &watcher).await?;
    }
    policy::run_shadow(cx, &planned.rules, (&planned.facts, &kept), requisition).await
}

/// The plan of what no rule asks anybody about, but that somebody must look at.
fn for_flags(rules: &Rules, facts: &Facts) -> Outcome {
    let version = rules.approval.version().to_owned();
    let (rule, because) = match facts.source {
        RequisitionSource::Cart => {
            ("unchecked-price", "A price from a supplier's own shop is not confirmed by it.")
        }
        RequisitionSource::IncomingOrder => {
            ("differs-from-cart", "The order differs from the cart that was returned.")
        }
    };
    let asked = Asked {
        rule: RuleRef { id: rule.to_owned(), version: version.clone() },
        place: Place::Tier(1),
        mode: Mode::Any,
        source: Wanted::Source(ApproverSource::Manager(1)),
        because: because.to_owned(),
    };
    match approval::arrange(facts, vec![asked]) {
        Ok(steps) => Outcome::Plan(approval::Plan {
            policy_version: version,
            limits_version: rules.limits.version().to_owned(),
            steps,
            notes: Notes::default(),
        }),
        Err(refusal) => Outcome::Blocked(refusal),
    }
}

/// Makes the plan and reserves the budgets that it was made for, all or nothing.
pub async fn plan_and_reserve(cx: &mut Cx<'_>, draft: &Draft) -> Result<Planned, AppError> {
    for _ in 0..TRIES {
        let planned = plan(cx.app, cx.conn, draft).await?;
        if let Outcome::Blocked(refusal) = planned.outcome {
            return Err(refusal.into());
        }
        if budget::reserve(cx, &planned.budgets, draft.id).await? {
            return Ok(planned);
        }
    }
    Err(StoreError::Conflict("budget").into())
}

/// The steps of a plan with their tasks; those whose turn has come are open.
pub fn steps(cx: &Cx<'_>, planned: &Planned, requisition: &Requisition) -> Vec<Step> {
    let Outcome::Plan(plan) = &planned.outcome else { return Vec::new() };
    let task = |step: StepId, person: &approval::Person| Task {
        id: cx.id(),
        step,
        requisition: requisition.id,
        organisation: requisition.organisation,
        requester: requisition.requester,
        assignee: person.id,
        state: TaskState::Waiting,
        content_hash: requisition.content_hash.clone(),
        opened_at: None,
        due_at: None,
        timers: approval::Timers::default(),
        stand_ins: Vec::new(),
        decision: None,
        version: 1,
    };
    // Ids in the plan's order, so that rows read by id stand as the rules stand.
    let mut ids: Vec<StepId> = plan.steps.iter().map(|_| cx.id()).collect();
    ids.sort();
    let why = explain(&planned.rules.approval, &planned.rules.limits, &planned.facts);
    let mut steps = Vec::with_capacity(plan.steps.len());
    for (planned_step, id) in plan.steps.iter().zip(ids) {
        steps.push(Step {
            id,
            requisition: requisition.id,
            round: requisition.round,
            order: planned_step.order,
            mode: planned_step.mode,
            state: StepState::Waiting,
            rule: planned_step.rule.id.clone(),
            rule_version: planned.rules.approval_number,
            because: planned_step.because.clone(),
            unless: why
                .unless(&planned_step.rule.id, planned_step.order)
                .unwrap_or_default()
                .to_owned(),
            tasks: planned_step.approvers.iter().map(|person| task(id, person)).collect(),
        });
    }
    let mut progress =
        approval::progress_of(requisition.requester, &requisition.content_hash, &steps);
    let moved = approval::start(&mut progress);
    approval::apply(&mut steps, &moved, cx.now);
    steps
}

/// Stores steps that have just been made, and states whose turn it is.
pub async fn keep_steps(cx: &mut Cx<'_>, steps: &[Step]) -> Result<(), AppError> {
    for step in steps {
        store::step::insert(cx.conn, step).await?;
    }
    let opened: Vec<TaskId> = steps
        .iter()
        .flat_map(|step| &step.tasks)
        .filter(|task| task.state == TaskState::Open)
        .map(|task| task.id)
        .collect();
    super::super::approval::arise(cx, steps, &opened).await
}

/// Saves what a move changed, and only that.
pub async fn save_moved(
    conn: &mut Conn,
    steps: &[Step],
    moved: &approval::Moved,
) -> Result<(), AppError> {
    for step in steps {
        if moved.steps.iter().any(|(id, _)| *id == step.id) {
            store::step::set_state(conn, step.id, step.state).await?;
        }
        for task in &step.tasks {
            if moved.tasks.iter().any(|(id, _)| *id == task.id) {
                store::step::update_task(conn, task).await?;
            }
        }
    }
    Ok(())
}

/// Voids every step of a requisition that is still running.
pub async fn void_steps(cx: &mut Cx<'_>, requisition: &Requisition) -> Result<(), AppError> {
    let mut steps = store::step::of_requisition(cx.conn, requisition.id).await?;
    let mut progress =
        approval::progress_of(requisition.requester, &requisition.content_hash, &steps);
    let moved = approval::withdraw(&mut progress);
    approval::apply(&mut steps, &moved, cx.now);
    save_moved(cx.conn, &steps, &moved).await
}

/// The human number of a requisition: taken last, because it locks the organisation's series.
pub async fn number(
    cx: &mut Cx<'_>,
    organisation: &crate::domain::party::Organisation,
) -> Result<String, AppError> {
    let next = store::number::next(cx.conn, organisation.id, "requisition").await?;
    let year = cx.now.day_in(&organisation.time_zone).year();
    Ok(format!("REQ-{year}-{next:06}"))
}

/// What a fact says of a requisition that has just been handed in, or handed in anew.
pub fn fact_of(
    requisition: &Requisition,
    requester: &str,
    steps: usize,
) -> crate::domain::fact::RequisitionFact {
    crate::domain::fact::RequisitionFact {
        requisition: requisition.id.to_string(),
        number: requisition.number.clone(),
        requester: requester.to_owned(),
        total: requisition.total.to_string(),
        content_hash: requisition.content_hash.clone(),
        round: requisition.round,
        approval_version: requisition.approval_version,
        limits_version: requisition.limits_version,
        steps: u32::try_from(steps).unwrap_or(u32::MAX),
    }
}
