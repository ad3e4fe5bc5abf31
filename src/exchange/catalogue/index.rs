//! A cXML Index as articles: added, chosen in the supplier's own shop, or withdrawn. An article
//! that the document does not name is left alone, whatever its `loadmode` says.

use super::{Fault, Gone, MAX_LINES, Row, SHOWN, Sheet, Wrong, checked, wrong};
use crate::{
    base::{
        id::SupplierId,
        quantity::Quantity,
        text::{one_line, shorten},
    },
    cxml::{
        index::{self, Change, Entry},
        item::ItemDetail,
        tree::Element,
        values::Kept,
    },
    domain::{
        catalogue::{Item, MAX_DESCRIPTION, MAX_NAME},
        refusal::Refusal,
    },
};

pub(super) fn read(root: Element<'_>, supplier: SupplierId) -> Result<Sheet, Refusal> {
    let entries = index::read(root);
    if entries.len() > MAX_LINES {
        return Err(super::too_many());
    }
    let mut sheet = Sheet::default();
    for (line, entry) in entries {
        let line = u64::from(line);
        let fault = |sku: &str, (field, got, expected): (&str, String, String)| Fault {
            line,
            sku: shorten(sku, SHOWN),
            field: field.to_owned(),
            got: shorten(&got, SHOWN),
            expected,
        };
        let Entry { id, change } = match entry {
            Ok(entry) => entry,
            Err(content) => {
                let said = (content.path.as_str(), content.got.clone(), content.expected.clone());
                sheet.faults.push(fault("", said));
                continue;
            }
        };
        let (sku, aux) = (id.supplier_part, id.auxiliary.as_ref());
        let (at_site, detail) = match change {
            Change::Delete => {
                sheet.gone.push(Gone { line, sku });
                continue;
            }
            Change::Add(detail) => (false, detail),
            Change::Punchout(detail) => (true, detail),
        };
        match item(supplier, (&sku, aux), &detail) {
            Ok(item) => sheet.rows.push(Row {
                line,
                item: Item { at_site, ..item },
                price: detail.price,
                min_quantity: Quantity::ONE,
                organisation: None,
                price_alone: false,
            }),
            Err(said) => sheet.faults.push(fault(&sku, said)),
        }
    }
    Ok(sheet)
}

fn item(
    supplier: SupplierId,
    (sku, aux): (&str, Option<&Kept>),
    detail: &ItemDetail,
) -> Result<Item, Wrong> {
    let said = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let first = detail.descriptions.first();
    let short = first.and_then(|own| own.short_name.as_deref());
    let name = one_line(short.unwrap_or_else(|| detail.description()));
    let unspsc = detail.classifications.iter().find(|(domain, code)| {
        let is_code = code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit());
        domain.to_ascii_uppercase().contains("SPSC") && is_code
    });
    let days = match detail.lead_time.as_deref().map(str::trim).unwrap_or_default() {
        "" => None,
        days => Some(days.parse().map_err(|_| wrong("lead_time_days", days, "whole days"))?),
    };
    checked(Item {
        aux_id: aux.map(Kept::one_text).unwrap_or_default(),
        name: shorten(&name, MAX_NAME),
        description: shorten(detail.description().trim(), MAX_DESCRIPTION),
        unit: detail.unit.clone(),
        unspsc: unspsc.map(|(_, code)| code.clone()).unwrap_or_default(),
        manufacturer: said(&detail.manufacturer_name),
        manufacturer_sku: said(&detail.manufacturer_part),
        lead_time_days: days,
        ..Item::named(supplier, sku.to_owned())
    })
}
