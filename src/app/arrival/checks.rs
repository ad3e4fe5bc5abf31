//! What is looked at in an arriving order beside its goods: places, numbers and units.

use crate::{
    base::{
        text::shorten,
        unit::{self, UnitMap},
    },
    cxml::{address::Address, item::Item, order::OrderRequest},
    domain::{
        cart::{Goods, check_quantity},
        party::PostalAddress,
        refusal::Refusal,
        requisition::Flag,
    },
    exchange::status::not_implemented,
};

use super::said;

/// The place that everything goes to. Suppliers get one address an order, so a line that goes
/// elsewhere is refused before it arrives at the wrong door.
pub(super) fn one_place(request: &OrderRequest) -> Result<Option<&Address>, Refusal> {
    let of_lines = || request.items.iter().map(|item| item.ship_to.as_deref());
    let place = request.ship_to.as_ref().or_else(|| of_lines().flatten().next());
    for (number, own) in (1..).zip(of_lines()) {
        if let (Some(place), Some(own)) = (place, own)
            && said::is_elsewhere(place, own)
        {
            let told = |address: &Address| {
                let postal = said::postal(address);
                let of = |part: fn(&PostalAddress) -> &String| {
                    postal.as_ref().map(part).cloned().unwrap_or_default()
                };
                let (street, city) = (of(|own| &own.street), of(|own| &own.city));
                let parts = [address.id.clone().unwrap_or_default(), of(|own| &own.deliver_to)];
                let mut parts: Vec<String> = parts.into_iter().chain([street, city]).collect();
                parts.retain(|part| !part.is_empty());
                shorten(&parts.join(", "), 120)
            };
            let message = "A line goes to another place than the order.";
            return Err(Refusal::invalid("line-ship-to", message)
                .field(format!("OrderRequest/ItemOut[{number}]/ShipTo"))
                .got(told(own))
                .expected(told(place))
                .mend("Send an order of its own for each place."));
        }
    }
    Ok(place)
}

/// A blanket order promises goods that later releases order; nothing is delivered for it.
pub(super) fn no_blanket(request: &OrderRequest) -> Result<(), Refusal> {
    let said = request.order_type.as_deref().map(str::trim).unwrap_or_default();
    let has_blanket = || request.items.iter().any(|item| item.blanket.is_some());
    if !said.eq_ignore_ascii_case("blanket") && !has_blanket() {
        return Ok(());
    }
    let field = "OrderRequest/OrderRequestHeader/@orderType";
    Err(not_implemented(field, "blanket", "regular or release").mend(
        "Keep the agreement in your system and send each release as an order of its own, its \
         lines with ItemDetail.",
    ))
}

/// What an order may ask for of a line, as in a cart.
pub(super) fn quantity(number: u32, item: &Item) -> Result<(), Refusal> {
    check_quantity(item.quantity).map_err(|expected| {
        Refusal::invalid("bad-quantity", "This is not a quantity that can be ordered.")
            .field(format!("OrderRequest/ItemOut[{number}]/@quantity"))
            .got(item.quantity.to_string())
            .expected(expected)
            .mend("Order in a unit that needs no finer numbers.")
    })
}

pub(super) fn same_number(number: u32, own: u32) -> Refusal {
    Refusal::invalid("same-line-number", "Two lines of the order have the same number.")
        .field(format!("OrderRequest/ItemOut[{number}]/@lineNumber"))
        .got(own.to_string())
        .expected("a number that no other line of the order has")
        .mend("Number every line; receipts and invoices go by it.")
}

/// Where the line is ordered in another unit than it was returned in: ten boxes are not ten pieces.
/// A unit that nobody knows is refused by its name, unless the connection lets such units through.
pub(super) fn other_unit(
    units: &UnitMap,
    number: u32,
    item: &Item,
    goods: &Goods,
) -> Result<Option<Flag>, Refusal> {
    let theirs = item.detail.as_ref().map_or("", |detail| detail.unit.trim());
    let own = goods.unit.as_str();
    // A visit over OCI took the unit away in SAP's spelling, whatever the profile says.
    let sap = UnitMap::shipped();
    let mut written = [units, &sap].into_iter().filter_map(|map| map.to_theirs(own));
    if theirs.is_empty() || written.any(|unit| unit.eq_ignore_ascii_case(theirs)) {
        return Ok(None);
    }
    let Some(ours) = units.to_ours(theirs) else {
        return Err(Refusal::invalid("unknown-unit", "The unit of a line is not known here.")
            .field(format!("OrderRequest/ItemOut[{number}]/ItemDetail/UnitOfMeasure"))
            .got(shorten(theirs, 40))
            .expected(units.to_theirs(own).unwrap_or(own).to_owned())
            .mend("Send a code of UN/ECE Recommendation 20, or have it mapped for you here."));
    };
    let meant = |unit: &str| unit::meant(unit).unwrap_or(unit).to_ascii_uppercase();
    Ok((meant(ours) != meant(own)).then(|| Flag {
        line: item.line_number.unwrap_or(number),
        field: "unit".to_owned(),
        expected: own.to_owned(),
        got: theirs.to_owned(),
        tolerance: "0".to_owned(),
    }))
}
