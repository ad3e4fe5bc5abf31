//! A requisition and its plan as JSON.

use std::collections::BTreeMap;

use poem_openapi::Object;

use crate::{
    app::requisition::{OrderShown, RequisitionView},
    domain::{
        cart::Account,
        line_edit::LineEdit,
        requisition::{Flag, RequisitionLine},
    },
};

use super::super::{
    forecast::ForecastJson,
    plan_note::{warnings, watchers},
    shape::{MoneyJson, UnitPriceJson},
};

mod plan;

pub(super) use plan::PlanJson;
use plan::step;

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
