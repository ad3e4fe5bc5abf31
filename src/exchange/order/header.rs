//! What a procurement system's order says of agreements and terms, written again for the supplier.
//!
//! It is kept as fields by the names of the attributes, so that it is signed and rules can ask for
//! it like any other field.

use std::collections::BTreeMap;

use crate::cxml::{item::Item, order::OrderRequest, values::Stamp};

pub const ORDER_TYPE: &str = "orderType";
pub const RELEASE: &str = "release";
pub const AGREEMENT: &str = "agreementID";
pub const AGREEMENT_ITEM: &str = "agreementItemNumber";
pub const EFFECTIVE: &str = "effectiveDate";
pub const EXPIRATION: &str = "expirationDate";
pub const SHIP_COMPLETE: &str = "shipComplete";

/// Fields by their names.
pub type Fields = BTreeMap<String, String>;

pub(super) fn write(fields: &Fields, request: &mut OrderRequest) {
    let said = |name: &str| fields.get(name).cloned();
    request.order_type = said(ORDER_TYPE);
    request.agreement_id = said(AGREEMENT);
    request.effective_date = said(EFFECTIVE).map(Stamp);
    request.expiration_date = said(EXPIRATION).map(Stamp);
    request.ship_complete = fields.contains_key(SHIP_COMPLETE);
}

pub(super) fn write_line(fields: &Fields, item: &mut Item) {
    item.agreement_id = fields.get(AGREEMENT).cloned();
    item.agreement_item_number = fields.get(AGREEMENT_ITEM).cloned();
}
