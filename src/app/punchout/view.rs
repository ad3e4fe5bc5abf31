//! What a shopper sees of the way back: the form that carries it, and the files to keep.

use crate::{
    app::{AppError, Reader},
    base::id::PunchoutSessionId,
    cxml::{self, Payload, item::Item},
    domain::{punchout::PunchoutSession, refusal::Refusal},
    exchange::punchout::{OCI, ORACLE, PEPPOL, ReturnForm, form_of, read_oci_fields, table},
    store::{self, document::Document},
};

/// A frozen return.
#[derive(Debug, Clone)]
pub struct Back {
    pub session: PunchoutSession,
    /// The connection's name.
    pub to: String,
    pub form: ReturnForm,
    pub document: Document,
    /// Lines in it; an empty cart has none.
    pub lines: usize,
}

/// What was last frozen for this visit; only its own shopper finds it.
pub async fn back(reader: &mut Reader<'_>, session: PunchoutSessionId) -> Result<Back, AppError> {
    let gone = || AppError::from(Refusal::not_found("returned cart"));
    let person = reader.actor.need_person()?.id;
    let found = store::punchout_session::get(&mut reader.conn, session).await?;
    let session = found.filter(|own| own.person == person).ok_or_else(gone)?;
    let document = session.return_document.ok_or_else(gone)?;
    let document = store::document::get(&mut reader.conn, document).await?.ok_or_else(gone)?;
    let partner = store::partner::get(&mut reader.conn, session.partner).await?;
    let partner = partner.ok_or_else(gone)?;
    // The host may have been struck off since it was frozen.
    super::check_return(reader.app, &partner, "return address", &session.return_url)?;
    let profile = partner.profile.read()?;
    let kept = (document.kind.as_str(), &*document.body);
    let encoding = partner.profile.encoding(partner.cart_encoding)?;
    let form = form_of(&session, &profile, encoding, kept)?;
    let lines = lines_in(&document);
    Ok(Back { session, to: partner.name, form, document, lines })
}

impl Back {
    /// Whether it goes as OCI fields.
    pub fn is_oci(&self) -> bool {
        self.document.kind == OCI
    }

    /// What the document is, for people.
    pub fn kind(&self) -> &'static str {
        match self.document.kind.as_str() {
            OCI => "OCI fields",
            ORACLE => "Oracle XML",
            PEPPOL => "Peppol Punch Out",
            _ => "cXML",
        }
    }

    /// The lines as a table for people: number, description, quantity, unit, price, currency, per.
    pub fn csv(&self) -> String {
        let rows = match self.document.kind.as_str() {
            OCI => self.oci_rows(),
            ORACLE | PEPPOL => self.xml_rows(),
            _ => self.cxml_rows(),
        };
        let head = ["sku", "description", "quantity", "unit", "price", "currency", "per"];
        let head = head.map(str::to_owned);
        let lines = std::iter::once(head).chain(rows).map(|row| {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            cells.join(",") + "\r\n"
        });
        lines.collect()
    }

    fn cxml_rows(&self) -> Vec<[String; 7]> {
        let row = |item: &Item| {
            let detail = item.detail.as_ref();
            let text =
                |of: fn(&cxml::item::ItemDetail) -> String| detail.map(of).unwrap_or_default();
            [
                item.id.supplier_part.clone(),
                text(|detail| detail.description().to_owned()),
                item.quantity.to_string(),
                text(|detail| detail.unit.clone()),
                text(|detail| detail.price.amount.normalize().to_string()),
                text(|detail| detail.price.currency.to_string()),
                text(|detail| detail.price.per.to_string()),
            ]
        };
        items(&self.document).iter().map(row).collect()
    }

    /// The rows of Oracle's and Peppol's carts, read by the names of their elements.
    fn xml_rows(&self) -> Vec<[String; 7]> {
        table(&self.document.kind, &self.document.body)
    }

    fn oci_rows(&self) -> Vec<[String; 7]> {
        const FIELDS: [&str; 7] =
            ["VENDORMAT", "DESCRIPTION", "QUANTITY", "UNIT", "PRICE", "CURRENCY", "PRICEUNIT"];
        let fields = read_oci_fields(&self.document.body).unwrap_or_default();
        let value = |field: &str, line: usize| {
            let name = format!("NEW_ITEM-{field}[{line}]");
            let found = fields.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        (1..=self.lines).map(|line| FIELDS.map(|field| value(field, line))).collect()
    }
}

/// A cell that no spreadsheet takes for a formula.
fn csv_cell(text: &str) -> String {
    let number = crate::base::decimal::parse_signed(text).is_ok();
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let guarded = if formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

fn items(document: &Document) -> Vec<Item> {
    match cxml::decode(&document.body, None).map(|read| read.payload) {
        Ok(Payload::PunchOutOrderMessage(message)) => message.items,
        _ => Vec::new(),
    }
}

fn lines_in(document: &Document) -> usize {
    match document.kind.as_str() {
        OCI => {
            let fields = read_oci_fields(&document.body).unwrap_or_default();
            fields.iter().filter(|(name, _)| name.starts_with("NEW_ITEM-QUANTITY[")).count()
        }
        ORACLE | PEPPOL => table(&document.kind, &document.body).len(),
        _ => items(document).len(),
    }
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn no_cell_is_a_formula_and_numbers_stay_numbers() {
        assert_eq!(csv_cell("=cmd|x"), "'=cmd|x");
        assert_eq!(csv_cell("-12.5"), "-12.5");
        assert_eq!(csv_cell("19\" rack, big"), "\"19\"\" rack, big\"");
        assert_eq!(csv_cell("@sum"), "'@sum");
    }
}
