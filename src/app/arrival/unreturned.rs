//! A line of an arriving order that no returned cart has.

use crate::{
    app::{AppError, Cx},
    base::{
        id::{OrganisationId, SupplierId},
        text::{fold, shorten},
    },
    cxml::item::{Item, ItemDetail},
    domain::{
        cart::Goods,
        catalogue::Item as Known,
        party::{Identity, Partner, PartnerKind},
        refusal::Refusal,
        requisition::Flag,
    },
    store,
};

use super::shelf::sku;

/// Our own domain of a SupplierID: the supplier's short name here, as returned carts have it.
const OWN_DOMAIN: &str = "countersign";

/// Where a line of a returned cart names another supplier than the one it was returned for. A
/// SupplierID that nobody has here, in a domain of the buyer's own, says nothing.
pub(super) async fn other_supplier(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    (line, item): (u32, &Item),
    known: SupplierId,
) -> Result<Option<Flag>, AppError> {
    let Some((domain, value)) = &item.supplier else { return Ok(None) };
    let named = (domain.as_str(), value.as_str());
    if value.is_empty() || goes_by(cx, organisation, known, named).await? {
        return Ok(None);
    }
    let identity = Identity::new(domain, value);
    let is_known = |partner: &Partner| {
        let own = partner.identities.iter().any(|own| own.matches(&identity));
        own && matches!(partner.kind, PartnerKind::Supplier { .. })
    };
    let partners = store::partner::of_organisation(cx.conn, organisation).await?;
    if fold(domain) != OWN_DOMAIN && !partners.iter().any(is_known) {
        return Ok(None);
    }
    let expected = store::supplier::get(cx.conn, known).await?;
    Ok(Some(Flag {
        line,
        field: "supplier".to_owned(),
        expected: expected.map(|own| own.name).unwrap_or_default(),
        got: shorten(value, 80),
        tolerance: "0".to_owned(),
    }))
}

/// The line as the catalogue knows it: by its number and its SupplierID, which must be one
/// supplier's.
pub(super) async fn unreturned(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    item: &Item,
    detail: &ItemDetail,
    place: &str,
) -> Result<Goods, AppError> {
    let mut found = store::item::all_by_sku(cx.conn, sku(item)).await?;
    if let Some(named) = &item.supplier {
        found = of_supplier(cx, organisation, named, found).await?;
    }
    let several = found.len() > 1;
    let Some(known) = found.pop().filter(|_| !several) else {
        let (code, message) = match several {
            true => ("ambiguous-part", "Several suppliers have this number."),
            false => ("unknown-part", "There is no such article here."),
        };
        let refusal = Refusal::invalid(code, message)
            .field(format!("{place}/SupplierPartID"))
            .got(shorten(sku(item), 80))
            .expected("the supplier part number of a returned cart or of the catalogue");
        return Err(match several {
            true => refusal.mend("Send the SupplierID of the line, as returned carts have it."),
            false => refusal,
        }
        .into());
    };
    Ok(Goods {
        item: Some(known.id),
        supplier: known.supplier,
        sku: known.sku,
        aux_id: known.aux_id,
        description: known.name,
        quantity: item.quantity,
        unit: known.unit,
        price: detail.price,
        total: detail.price.times(item.quantity)?,
        unspsc: known.unspsc,
        manufacturer: known.manufacturer,
        manufacturer_sku: known.manufacturer_sku,
        lead_time_days: known.lead_time_days,
    })
}

/// The articles of the supplier that a SupplierID names. One in a domain of the buyer's own says
/// nothing here.
async fn of_supplier(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    (domain, value): &(String, String),
    found: Vec<Known>,
) -> Result<Vec<Known>, AppError> {
    let mut own = Vec::new();
    for one in &found {
        if goes_by(cx, organisation, one.supplier, (domain, value)).await? {
            own.push(one.clone());
        }
    }
    let is_ours = fold(domain) == OWN_DOMAIN;
    Ok(if own.is_empty() && !is_ours { found } else { own })
}

async fn goes_by(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    supplier: SupplierId,
    (domain, value): (&str, &str),
) -> Result<bool, AppError> {
    if fold(domain) == OWN_DOMAIN {
        let found = store::supplier::get(cx.conn, supplier).await?;
        return Ok(found.is_some_and(|found| found.name == fold(value)));
    }
    let supply = store::partner::supply(cx.conn, organisation, supplier).await?;
    let named = Identity::new(domain, value);
    Ok(supply.is_some_and(|partner| partner.identities.iter().any(|own| own.matches(&named))))
}
