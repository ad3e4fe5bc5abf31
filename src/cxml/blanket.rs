//! What a line of a blanket order allows: amounts and quantities that later releases draw upon.

use rust_decimal::Decimal;

use super::read::Read;
use super::tree::Element;
use super::values::{Amount, Description, Extrinsic};
use super::write::Writer;

/// cXML `BlanketItemDetail`, in place of an `ItemDetail`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlanketDetail {
    pub descriptions: Vec<Description>,
    pub max_amount: Option<Amount>,
    pub min_amount: Option<Amount>,
    pub max_quantity: Option<Decimal>,
    pub min_quantity: Option<Decimal>,
    /// The agreed price of one unit.
    pub unit_price: Option<Amount>,
    pub unit: Option<String>,
    /// Domain and code.
    pub classifications: Vec<(String, String)>,
    pub extrinsics: Vec<Extrinsic>,
}

impl BlanketDetail {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let amount = |name| Amount::maybe_inside(element.one(name)?);
        let number = |name| -> Read<Option<Decimal>> {
            let found = element.one(name)?.filter(|found| !found.trimmed().is_empty());
            found.map(Element::number).transpose()
        };
        Ok(Self {
            descriptions: Description::all(element)?,
            max_amount: amount("MaxAmount")?,
            min_amount: amount("MinAmount")?,
            max_quantity: number("MaxQuantity")?,
            min_quantity: number("MinQuantity")?,
            unit_price: amount("UnitPrice")?,
            unit: element.text_of("UnitOfMeasure")?,
            classifications: super::item::classifications_of(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let number = |name, number: Option<Decimal>, writer: &mut Writer| {
            writer.leaf_if(name, number.map(|number| number.to_string()).as_deref());
        };
        writer.open("BlanketItemDetail", &[]);
        if self.descriptions.is_empty() {
            Description::write_text(None, writer);
        }
        self.descriptions.iter().for_each(|description| description.write(writer));
        Amount::write_if(self.max_amount.as_ref(), "MaxAmount", writer);
        Amount::write_if(self.min_amount.as_ref(), "MinAmount", writer);
        number("MaxQuantity", self.max_quantity, writer);
        number("MinQuantity", self.min_quantity, writer);
        Amount::write_if(self.unit_price.as_ref(), "UnitPrice", writer);
        writer.leaf_if("UnitOfMeasure", self.unit.as_deref());
        for (domain, code) in &self.classifications {
            writer.leaf("Classification", &[("domain", Some(domain))], code);
        }
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("BlanketItemDetail");
    }
}
