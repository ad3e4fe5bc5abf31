//! A plan with its steps and tasks as the API shows it.

use poem_openapi::Object;

use crate::{
    app::requisition::{self, Preview, RequisitionView},
    domain::approval::{StandIn, Step, Task},
};

use super::super::super::{
    plan_note::{WarningJson, WatcherJson, warnings, watchers},
    shape::MoneyJson,
};

/// The rule that asks, in the version that was in force.
#[derive(Object)]
#[oai(rename = "Rule")]
struct RuleJson {
    id: String,
    version: i64,
}

/// Who may decide a task beside its assignee.
#[derive(Object)]
#[oai(rename = "StandIn")]
struct StandInJson {
    /// E-mail address.
    person: String,
    /// `delegation` or `escalation`.
    kind: String,
    since: String,
    /// The first moment at which it no longer holds; null: as long as the task is open.
    until: Option<String>,
}

/// One step waiting for one person.
#[derive(Object)]
#[oai(rename = "PlanTask", skip_serializing_if_is_none)]
struct TaskJson {
    /// Absent in a preview.
    id: Option<String>,
    /// E-mail address.
    assignee: String,
    /// `waiting`, `open`, `approved`, `rejected` or `void`.
    state: String,
    due_at: Option<String>,
    /// Who else may decide it.
    stand_ins: Option<Vec<StandInJson>>,
    decided_by: Option<String>,
    on_behalf_of: Option<String>,
    decided_at: Option<String>,
    comment: Option<String>,
}

/// One step; steps side by side share one order.
#[derive(Object)]
#[oai(rename = "PlanStep", skip_serializing_if_is_none)]
pub(super) struct StepJson {
    order: u32,
    /// `any`, `all`, `first`, or `2-of` to `9-of`.
    mode: String,
    state: String,
    rule: RuleJson,
    because: String,
    /// The nearest change that would spare this step.
    unless: Option<String>,
    tasks: Vec<TaskJson>,
}

/// The chain computed for one requisition.
#[derive(Object)]
#[oai(rename = "Plan", skip_serializing_if_is_none)]
pub(in crate::http::api::requisition) struct PlanJson {
    pub(super) policy_version: i64,
    pub(super) limits_version: Option<i64>,
    /// Why nobody is asked, when nobody is.
    pub(super) because: Option<String>,
    /// The least that would ask somebody else as well.
    pub(super) next: Option<String>,
    pub(super) total: Option<MoneyJson>,
    /// What is left of the budget before this cart.
    pub(super) budget_left: Option<MoneyJson>,
    pub(super) steps: Vec<StepJson>,
    /// Messages of rules that do not stop it.
    pub(super) warnings: Vec<WarningJson>,
    /// Who is told and not asked.
    pub(super) watchers: Vec<WatcherJson>,
}

fn task(view: &RequisitionView, task: &Task) -> TaskJson {
    let decision = task.decision.as_ref();
    let stand_in = |one: &StandIn| StandInJson {
        person: view.mail(one.person),
        kind: one.kind.to_string(),
        since: one.since.to_string(),
        until: one.until.map(|at| at.to_string()),
    };
    let stand_ins: Vec<StandInJson> = task.stand_ins.iter().map(stand_in).collect();
    TaskJson {
        id: Some(task.id.to_string()),
        assignee: view.mail(task.assignee),
        state: task.state.to_string(),
        due_at: task.due_at.map(|at| at.to_string()),
        stand_ins: Some(stand_ins).filter(|all| !all.is_empty()),
        decided_by: decision.map(|decision| view.mail(decision.by)),
        on_behalf_of: decision.and_then(|decision| decision.on_behalf_of).map(|id| view.mail(id)),
        decided_at: decision.map(|decision| decision.at.to_string()),
        comment: decision
            .map(|decision| decision.comment.clone())
            .filter(|comment| !comment.is_empty()),
    }
}

pub(super) fn step(view: &RequisitionView, step: &Step) -> StepJson {
    StepJson {
        order: step.order,
        mode: step.mode.to_string(),
        state: step.state.to_string(),
        rule: RuleJson { id: step.rule.clone(), version: step.rule_version },
        because: step.because.clone(),
        unless: Some(step.unless.clone()).filter(|text| !text.is_empty()),
        tasks: step.tasks.iter().map(|one| task(view, one)).collect(),
    }
}

impl From<Preview> for PlanJson {
    fn from(preview: Preview) -> Self {
        let version = preview.approval_version;
        let task = |(_, mail): (String, String)| TaskJson {
            id: None,
            assignee: mail,
            state: "waiting".to_owned(),
            due_at: None,
            stand_ins: None,
            decided_by: None,
            on_behalf_of: None,
            decided_at: None,
            comment: None,
        };
        let step = |step: requisition::PreviewStep| StepJson {
            order: step.order,
            mode: step.mode.to_string(),
            state: "waiting".to_owned(),
            rule: RuleJson { id: step.rule, version },
            because: step.because,
            unless: step.unless,
            tasks: step.people.into_iter().map(task).collect(),
        };
        Self {
            policy_version: version,
            limits_version: None,
            because: Some(preview.because).filter(|because| !because.is_empty()),
            next: preview.next,
            total: Some(preview.total.into()),
            budget_left: preview.budget_left.map(MoneyJson::from),
            warnings: warnings(&preview.notes),
            watchers: watchers(&preview.notes),
            steps: preview.steps.into_iter().map(step).collect(),
        }
    }
}
