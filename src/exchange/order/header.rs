//! What a procurement system's order says of agreements and terms, and what it names beside the
//! standard, written again for the supplier.
//!
//! The terms are kept as fields by the names of the attributes, so that they are signed and rules
//! can ask for them like any other field. Extrinsics are signed too.

use std::collections::BTreeMap;

use crate::{
    cxml::{
        Mode,
        item::Item,
        order::OrderRequest,
        values::{Extrinsic, Stamp},
    },
    domain::requisition,
};

pub const ORDER_TYPE: &str = "orderType";
pub const RELEASE: &str = "release";
pub const AGREEMENT: &str = "agreementID";
pub const AGREEMENT_ITEM: &str = "agreementItemNumber";
pub const EFFECTIVE: &str = "effectiveDate";
pub const EXPIRATION: &str = "expirationDate";
pub const SHIP_COMPLETE: &str = "shipComplete";
/// `test`: the whole document is a trial of the connection.
pub const MODE: &str = "deploymentMode";

/// What was said of the whole order, or of one line.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    pub fields: BTreeMap<String, String>,
    pub extrinsics: Vec<requisition::Extrinsic>,
}

impl Terms {
    /// A document that came as a test goes on as one.
    pub(super) fn mode(&self) -> Mode {
        match self.fields.get(MODE) {
            Some(word) if word == Mode::Test.word() => Mode::Test,
            _ => Mode::Production,
        }
    }

    fn extrinsics(&self) -> impl Iterator<Item = Extrinsic> {
        self.extrinsics.iter().map(|own| Extrinsic::new(&own.name, &own.value))
    }
}

pub(super) fn write(terms: &Terms, request: &mut OrderRequest) {
    let said = |name: &str| terms.fields.get(name).cloned();
    request.order_type = said(ORDER_TYPE);
    request.agreement_id = said(AGREEMENT);
    request.effective_date = said(EFFECTIVE).map(Stamp);
    request.expiration_date = said(EXPIRATION).map(Stamp);
    request.ship_complete = terms.fields.contains_key(SHIP_COMPLETE);
    request.extrinsics.extend(terms.extrinsics());
}

pub(super) fn write_line(terms: &Terms, item: &mut Item) {
    item.agreement_id = terms.fields.get(AGREEMENT).cloned();
    item.agreement_item_number = terms.fields.get(AGREEMENT_ITEM).cloned();
    if let Some(detail) = &mut item.detail {
        detail.extrinsics.extend(terms.extrinsics());
    }
}
