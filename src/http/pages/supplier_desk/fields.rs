//! The fields with which a supplier confirms and ships.

use rust_decimal::Decimal;

use crate::{
    app::order::OrderView,
    domain::order::{OrderLine, OrderMove, OrderState},
    http::{
        guard::Form,
        part::{Choice, Facts, Field, Kind, Shell},
    },
};

use super::{super::order::quantity_field, MAX_TEXT};

pub(super) fn facts(shell: &Shell, view: &OrderView) -> Facts {
    let order = &view.order;
    let contact = view.requester.as_ref().map(|one| format!("{}, {}", one.name, one.email));
    let mut facts = Facts::new()
        .small()
        .text("Buyer", &view.buyer.title)
        .maybe("Contact", contact.as_deref())
        .html("Issued", shell.when(order.issued_at))
        .maybe("Buyer's own number", order.buyer_order_id.as_deref());
    if let Some(day) = order.needed_on {
        facts = facts.html("Needed on", shell.day(day));
    }
    if !order.comment.is_empty() {
        facts = facts.text("Comment", &order.comment);
    }
    facts
}

/// Whether the supplier has still something to say about what it takes on.
fn confirms(view: &OrderView) -> bool {
    use OrderState::{Issued, PartlyConfirmed, Sent};
    matches!(view.order.state, Issued | Sent | PartlyConfirmed)
}

/// What of a line is proposed to be taken on: all that is not turned down yet.
pub(super) fn to_confirm(line: &OrderLine) -> Decimal {
    line.ordered() - line.progress.rejected
}

pub(super) fn confirm_fields(
    shell: &Shell,
    view: &OrderView,
    form: Option<&Form>,
) -> Vec<(Field, Field)> {
    if !confirms(view) {
        return Vec::new();
    }
    let rest = |line: &OrderLine| {
        let name = format!("rest-{}", line.line_number);
        let before = form.and_then(|form| form.all(&name).next().map(str::to_owned));
        let choices =
            [Choice::new("backordered", "comes later"), Choice::new("reject", "is not delivered")];
        Field::select(name, "The rest", choices)
            .value(before.unwrap_or_else(|| "backordered".to_owned()))
    };
    let fields = view
        .lines
        .iter()
        .map(|line| (quantity_field(shell, ("confirm", line), to_confirm(line), form), rest(line)));
    fields.collect()
}

pub(super) fn reason_field(shell: &Shell, view: &OrderView, form: Option<&Form>) -> Option<Field> {
    let before = form.and_then(|form| form.all("reason").next().map(str::to_owned));
    let field = Field::area("reason", "Reason")
        .hint("One sentence for the buyer.")
        .value(before.unwrap_or_default())
        .at_most(MAX_TEXT)
        .faults(&shell.faults);
    (confirms(view) && view.order.state.takes(&[OrderMove::Reject])).then_some(field)
}

pub(super) fn ship_fields(shell: &Shell, view: &OrderView, form: Option<&Form>) -> Vec<Field> {
    let open = view.order.state.takes(&[OrderMove::Ship, OrderMove::ShipPart]);
    let left = view.lines.iter().filter(|line| open && !line.to_ship().is_zero());
    left.map(|line| quantity_field(shell, ("ship", line), line.to_ship(), form)).collect()
}

pub(super) fn parcel_fields(shell: &Shell, form: Option<&Form>) -> Vec<Field> {
    let text = |name: &'static str, label: &'static str| {
        let before = form.and_then(|form| form.all(name).next().map(str::to_owned));
        let kind = if name == "delivery_on" { Kind::Input("date") } else { Kind::Input("text") };
        Field::new(name, label, kind)
            .value(before.unwrap_or_default())
            .optional()
            .faults(&shell.faults)
    };
    let texts = [
        text("carrier", "Carrier").at_most(MAX_TEXT),
        text("tracking", "Tracking number").at_most(MAX_TEXT),
        text("delivery_on", "Expected on"),
    ];
    texts.into()
}
