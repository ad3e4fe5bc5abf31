//! A requisition and its plan as JSON.

use super::super::{
    forecast::ForecastJson,
    plan_note::{WarningJson, WatcherJson, warnings, watchers},
    shape::{MoneyJson, UnitPriceJson},
};
use crate::{
    app::requisition::{self, OrderShown, Preview, RequisitionView},
    domain::{
        approval::{StandIn, Step, Task},
        cart::Account,
        line_edit::LineEdit,
        requisition::{Flag, RequisitionLine},
    },
};
use poem_openapi::Object;
use std::collections::BTreeMap;

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
struct StepJson {
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
pub(super) struct PlanJson {
    policy_version: i64,
    limits_version: Option<i64>,
    /// Why nobody is asked, when nobody is.
    because: Option<String>,
    /// The least that would ask somebody else as well.
    next: Option<String>,
    total: Option<MoneyJson>,
    /// What is left of the budget before this cart.
    budget_left: Option<MoneyJson>,
    steps: Vec<StepJson>,
    /// Messages of rules that do not stop it.
    warnings: Vec<WarningJson>,
    /// Who is told and not asked.
    watchers: Vec<WatcherJson>,
}

/// A line of a requisition.
#[derive(Object)]
#[oai(rename = "RequisitionLine")]
struct LineJson {
    /// From 1.
    line: i64,
    sku: String,
    /// The supplier's short name.
    supplier: String,
    description: String,
    quantity: String,
    unit: String,
    price: UnitPriceJson,
    total: MoneyJson,
    unspsc: String,
    /// What the line is charged to beside the cost centre.
    accounts: Vec<AccountJson>,
}

/// What a line is charged to.
#[derive(Object)]
#[oai(rename = "LineAccount")]
struct AccountJson {
    name: String,
    value: String,
}

/// An order that the requisition became.
#[derive(Object)]
#[oai(rename = "RequisitionOrder")]
struct OrderJson {
    id: String,
    number: String,
    /// The supplier's short name.
    supplier: String,
    state: String,
    total: MoneyJson,
}

/// Where an incoming order differs from the cart that was returned.
#[derive(Object)]
#[oai(rename = "Flag")]
struct FlagJson {
    line: u32,
    field: String,
    expected: String,
    got: String,
    tolerance: String,
}

/// What an approver did to one line.
#[derive(Object)]
#[oai(rename = "LineEdit")]
struct LineEditJson {
    /// The line's number.
    line: i64,
    /// `rejected`, `quantity` or `account`.
    what: String,
    sku: String,
    before: String,
    /// Empty for a rejected line.
    after: String,
    reason: String,
    /// E-mail address.
    by: String,
    at: String,
}

fn line_edit(view: &RequisitionView, edit: &LineEdit) -> LineEditJson {
    LineEditJson {
        line: edit.position,
        what: edit.what.to_string(),
        sku: edit.sku.clone(),
        before: edit.before.clone(),
        after: edit.after.clone(),
        reason: edit.reason.clone(),
        by: view.mail(edit.person),
        at: edit.made_at.to_string(),
    }
}

/// A cart handed in for sign-off.
#[derive(Object)]
#[oai(rename = "Requisition")]
pub(super) struct RequisitionJson {
    id: String,
    number: String,
    /// `draft`, `pending`, `approved`, `rejected`, `withdrawn`, `expired` or `ordered`.
    state: String,
    /// `cart` or `incoming_order`.
    source: String,
    /// E-mail address.
    requester: String,
    cart: Option<String>,
    cost_center: String,
    /// The address's code.
    ship_to: String,
    bill_to: String,
    needed_on: Option<String>,
    comment: String,
    project: Option<String>,
    fields: BTreeMap<String, String>,
    total: MoneyJson,
    lines: Vec<LineJson>,
    plan: PlanJson,
    orders: Vec<OrderJson>,
    flags: Vec<FlagJson>,
    /// What approvers did to single lines.
    line_edits: Vec<LineEditJson>,
    /// When it will probably be decided, while it is pending; null in lists.
    forecast: Option<ForecastJson>,
    /// What an approval is bound to.
    content_hash: String,
    submitted_at: String,
    decided_at: Option<String>,
    reject_reason: Option<String>,
    /// The procurement system's own number of an incoming order.
    buyer_order_id: Option<String>,
}

fn line(view: &RequisitionView, line: &RequisitionLine) -> LineJson {
    let goods = &line.goods;
    LineJson {
        line: line.position,
        sku: goods.sku.clone(),
        supplier: view.supplier(line).to_owned(),
        description: goods.description.clone(),
        quantity: goods.quantity.to_string(),
        unit: goods.unit.clone(),
        price: goods.price.into(),
        total: goods.total.into(),
        unspsc: goods.unspsc.clone(),
        accounts: line.accounts.iter().map(account).collect(),
    }
}

fn account(Account { name, value }: &Account) -> AccountJson {
    AccountJson { name: name.clone(), value: value.clone() }
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

fn step(view: &RequisitionView, step: &Step) -> StepJson {
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

fn order(shown: &OrderShown) -> OrderJson {
    OrderJson {
        id: shown.order.id.to_string(),
        number: shown.order.number.clone(),
        supplier: shown.supplier.as_ref().map(|one| one.name.clone()).unwrap_or_default(),
        state: shown.order.state.to_string(),
        total: shown.order.total.into(),
    }
}

fn flag(flag: &Flag) -> FlagJson {
    FlagJson {
        line: flag.line,
        field: flag.field.clone(),
        expected: flag.expected.clone(),
        got: flag.got.clone(),
        tolerance: flag.tolerance.clone(),
    }
}

impl From<&RequisitionView> for RequisitionJson {
    fn from(view: &RequisitionView) -> Self {
        let row = &view.requisition;
        Self {
            id: row.id.to_string(),
            number: row.number.clone(),
            state: row.state.to_string(),
            source: row.source.to_string(),
            requester: view.mail(row.requester),
            cart: row.cart.map(|id| id.to_string()),
            cost_center: row.cost_center_code.clone(),
            ship_to: row.ship_to.code.clone(),
            bill_to: row.bill_to.code.clone(),
            needed_on: row.needed_on.map(|day| day.to_string()),
            comment: row.comment.clone(),
            project: row.extras.project.clone(),
            fields: row.extras.fields.clone(),
            total: row.total.into(),
            lines: view.lines.iter().map(|one| line(view, one)).collect(),
            plan: PlanJson {
                policy_version: row.approval_version,
                limits_version: Some(row.limits_version),
                because: Some(row.because.clone()).filter(|because| !because.is_empty()),
                next: None,
                total: None,
                budget_left: None,
                steps: view.steps.iter().map(|one| step(view, one)).collect(),
                warnings: warnings(&view.notes),
                watchers: watchers(&view.notes),
            },
            orders: view.orders.iter().map(order).collect(),
            flags: row.flags.iter().map(flag).collect(),
            forecast: view.forecast.as_ref().map(ForecastJson::from),
            line_edits: view.line_edits.iter().map(|one| line_edit(view, one)).collect(),
            content_hash: row.content_hash.clone(),
            submitted_at: row.submitted_at.to_string(),
            decided_at: row.decided_at.map(|at| at.to_string()),
            reject_reason: row.reject_reason.clone(),
            buyer_order_id: row.buyer_order_id.clone(),
        }
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
