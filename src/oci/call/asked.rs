//! The articles that a call asks about.

use std::collections::BTreeMap;

use crate::base::{decimal, quantity::Quantity};

use super::{
    super::fault::{Fault, FaultKind},
    Asked, Fields, MAX_ASKED,
};

/// The products of a VALIDATE call: `PRODUCTID`, or `PRODUCTID[1]`, `PRODUCTID[2]`, ..
pub(super) fn read_asked(fields: &mut Fields) -> Result<Vec<Asked>, Fault> {
    // Keyed by index, so that a huge index is a key and never a size.
    let mut found: BTreeMap<Option<u32>, (Option<String>, Option<String>)> = BTreeMap::new();
    for (product, quantity) in [(true, false), (false, true)] {
        let base = if product { "PRODUCTID" } else { "QUANTITY" };
        for (name, index, value) in fields.indexed(base)? {
            let entry = found.entry(index).or_default();
            let slot = if quantity { &mut entry.1 } else { &mut entry.0 };
            if slot.replace(value).is_some() {
                return Err(Fault::twice(&name));
            }
        }
    }
    if found.len() > MAX_ASKED {
        return Err(Fault::new(FaultKind::TooMuch, "PRODUCTID", &found.len().to_string())
            .expected(format!("at most {MAX_ASKED} products"))
            .mend("Validate fewer products at once."));
    }
    if found.is_empty() {
        return Err(Fault::missing("PRODUCTID"));
    }
    found.into_iter().map(|(index, (id, quantity))| one_asked(index, id, quantity)).collect()
}

fn one_asked(
    index: Option<u32>,
    product_id: Option<String>,
    quantity: Option<String>,
) -> Result<Asked, Fault> {
    let wire = |base: &str| match index {
        Some(index) => format!("{base}[{index}]"),
        None => base.to_owned(),
    };
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let product_id = match (filled(product_id), &quantity) {
        (Some(id), _) => id,
        (None, Some(quantity)) => {
            return Err(Fault::new(FaultKind::Orphan, &wire("QUANTITY"), quantity)
                .expected(format!("a {} beside it", wire("PRODUCTID")))
                .mend(format!("Send {} too.", wire("PRODUCTID"))));
        }
        (None, None) => return Err(Fault::missing(&wire("PRODUCTID"))),
    };
    let quantity = filled(quantity)
        .map(|text| {
            let value = decimal::parse_wire(&text).ok().and_then(|v| Quantity::new(v).ok());
            value.ok_or_else(|| {
                Fault::new(FaultKind::Unreadable, &wire("QUANTITY"), &text)
                    .expected("a number above zero such as 10 or 2.5")
                    .mend("Send digits with a decimal point.")
            })
        })
        .transpose()?;
    Ok(Asked { index, product_id, quantity })
}
