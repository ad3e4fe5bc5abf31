//! The content that is signed: one canonical text, and its SHA-256.
//!
//! Every value stands with its name and its length in bytes, so that no two different contents
//! have the same text, whatever stands in a comment. Nothing here may depend on anything that
//! changes while the content stays: no state, no id of a row, no time.

use crate::{
    base::{decimal, id::SupplierId, text::sha256_hex},
    domain::party::PostalAddress,
};

use super::{Extras, Requisition, RequisitionLine};

/// SHA-256 over the canonical text of the whole requisition; lower-case hexadecimal.
pub fn content_hash(requisition: &Requisition, lines: &[RequisitionLine]) -> String {
    sha256_hex(canonical(requisition, lines.iter()).as_bytes())
}

/// SHA-256 over the same head and the lines of one supplier alone: what one order must equal.
pub fn order_part_hash(
    requisition: &Requisition,
    lines: &[RequisitionLine],
    supplier: SupplierId,
) -> String {
    let part = lines.iter().filter(|line| line.goods.supplier == supplier);
    sha256_hex(canonical(requisition, part).as_bytes())
}

fn canonical<'l>(
    requisition: &Requisition,
    lines: impl Iterator<Item = &'l RequisitionLine>,
) -> String {
    let mut text = Text(String::from("countersign content 1\n"));
    text.put("requester", &requisition.requester.to_string());
    text.put("cost-center", &requisition.cost_center_code);
    text.address("ship-to", &requisition.ship_to);
    text.address("bill-to", &requisition.bill_to);
    let needed_on = requisition.needed_on.map(|day| day.to_string());
    text.maybe("needed-on", needed_on.as_deref());
    text.put("comment", &requisition.comment);
    text.put("currency", requisition.currency.code());
    text.extras(&requisition.extras);
    for line in lines {
        text.line(line);
    }
    text.0
}

struct Text(String);

impl Text {
    fn put(&mut self, name: &str, value: &str) {
        use std::fmt::Write as _;
        let _ = writeln!(self.0, "{name}={}:{value}", value.len());
    }

    /// What is absent differs from what is empty.
    fn maybe(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.put(name, value),
            None => {
                self.0.push_str(name);
                self.0.push_str("=-\n");
            }
        }
    }

    fn address(&mut self, name: &str, address: &PostalAddress) {
        self.put(name, &address.code);
        self.put("name", &address.name);
        self.put("deliver-to", &address.deliver_to);
        self.put("street", &address.street);
        self.put("city", &address.city);
        self.put("postal-code", &address.postal_code);
        self.put("country", &address.country);
        self.maybe("email", address.email.as_deref());
    }

    /// Nothing is written for what is absent, so that content without extras keeps its hash.
    fn extras(&mut self, extras: &Extras) {
        if let Some(project) = &extras.project {
            self.put("project", project);
        }
        for (name, value) in &extras.fields {
            self.put("field", name);
            self.put("value", value);
        }
        for (line, fields) in &extras.line_fields {
            for (name, value) in fields {
                self.put("line-field", &format!("{line} {name}"));
                self.put("value", value);
            }
        }
        for added in &extras.ad_hoc {
            self.put("added", &added.person.to_string());
            self.put("reason", &added.reason);
        }
        let of_lines = extras.line_extrinsics.iter().map(|(line, own)| (*line, own));
        for (line, own) in std::iter::once((0, &extras.extrinsics)).chain(of_lines) {
            for extrinsic in own {
                self.put("extrinsic", &format!("{line} {}", extrinsic.name));
                self.put("value", &extrinsic.value);
            }
        }
    }

    fn line(&mut self, line: &RequisitionLine) {
        let goods = &line.goods;
        self.put("line", &line.position.to_string());
        self.put("supplier", &goods.supplier.to_string());
        self.put("sku", &goods.sku);
        self.put("aux-id", &goods.aux_id);
        self.put("description", &goods.description);
        self.put("quantity", &goods.quantity.to_string());
        self.put("unit", &goods.unit);
        self.put("price", &decimal::canonical(goods.price.amount));
        self.put("price-currency", goods.price.currency.code());
        self.put("price-per", &goods.price.per.to_string());
        self.put("accounts", &line.accounts.len().to_string());
        for account in &line.accounts {
            self.put("account", &account.name);
            self.put("value", &account.value);
        }
        self.put("attachments", &line.attachments.len().to_string());
        for hash in &line.attachments {
            self.put("attachment", hash);
        }
        // Nothing is written for what is absent, so that content without it keeps its hash.
        if !line.buyer.comment.is_empty() {
            self.put("line-comment", &line.buyer.comment);
        }
        if let Some(day) = line.buyer.needed_on {
            self.put("line-needed-on", &day.to_string());
        }
    }
}

#[cfg(test)]
mod tests;
