//! How an item is named, described and priced: ItemID, ItemDetail, PriceBasisQuantity.

use rust_decimal::Decimal;

use crate::base::{decimal, money::UnitPrice, quantity::Quantity};

use super::super::{
    fault::ContentFault,
    read::Read,
    tree::Element,
    values::{Amount, Description, Extrinsic, IdReference, Kept, LANG},
    write::Writer,
};

/// What the thing is called on either side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemId {
    pub supplier_part: String,
    /// The supplier's own key to the line; echoed as it came.
    pub auxiliary: Option<Kept>,
    pub buyer_part: Option<String>,
    pub references: Vec<IdReference>,
}

/// What the thing is and costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDetail {
    /// Price, currency and how many units the price is for.
    pub price: UnitPrice,
    pub descriptions: Vec<Description>,
    pub unit: String,
    /// As sent; [`ItemDetail::price`] already counts it.
    pub basis: Option<Box<PriceBasis>>,
    /// Domain and code: `UNSPSC` and `43211503`.
    pub classifications: Vec<(String, String)>,
    pub manufacturer_part: Option<String>,
    pub manufacturer_name: Option<String>,
    pub url: Option<String>,
    /// Days.
    pub lead_time: Option<String>,
    pub extrinsics: Vec<Extrinsic>,
}

/// cXML `PriceBasisQuantity`: the price is for `quantity` of `unit`, and one ordered unit is
/// `conversion_factor` of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceBasis {
    pub quantity: Quantity,
    pub conversion_factor: Quantity,
    pub unit: String,
    pub description: Option<Description>,
}

impl PriceBasis {
    pub(in crate::cxml) fn maybe(parent: Element<'_>) -> Read<Option<Self>> {
        let Some(element) = parent.one("PriceBasisQuantity")? else { return Ok(None) };
        let factor = match element.said("conversionFactor") {
            Some(_) => element.quantity_in("conversionFactor")?,
            None => Quantity::ONE,
        };
        Ok(Some(Self {
            quantity: element.quantity_in("quantity")?,
            conversion_factor: factor,
            unit: element.text_of("UnitOfMeasure")?.unwrap_or_default(),
            description: element.one("Description")?.map(Description::of).transpose()?,
        }))
    }

    /// How many ordered units the price is for, when that is a number that can be kept exactly. A
    /// twelfth, which no decimal is, counts as one when it was rounded to 0.08333333.
    pub fn per(&self) -> Option<Quantity> {
        let (quantity, factor) = (self.quantity.value(), self.conversion_factor.value());
        let exact = quantity.checked_div(factor).filter(|per| decimal::fits(*per));
        let exact = exact.filter(|per| per.checked_mul(factor) == Some(quantity));
        let whole = || whole_share(factor)?.checked_mul(quantity).filter(|per| decimal::fits(*per));
        Quantity::new(exact.or_else(whole)?).ok()
    }

    /// The fault of a factor that makes no such number.
    fn unkept(&self, detail: Element<'_>) -> ContentFault {
        let place = detail.first("PriceBasisQuantity").unwrap_or(detail);
        place
            .attribute_fault("conversionFactor")
            .expected(format!(
                "a factor that divides the quantity {} to at most 13 digits before and 8 after \
                 the point, or 1/n with 8 places, such as 0.08333333 for a dozen",
                self.quantity
            ))
            .mend("Price the line by the ordered unit, or write the factor with 8 places.")
    }

    pub(in crate::cxml) fn write(&self, writer: &mut Writer) {
        let quantity = self.quantity.to_string();
        let factor = self.conversion_factor.to_string();
        writer.open(
            "PriceBasisQuantity",
            &[("quantity", Some(&quantity)), ("conversionFactor", Some(&factor))],
        );
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        self.description.iter().for_each(|description| description.write(writer));
        writer.close("PriceBasisQuantity");
    }
}

/// The n of a factor that is 1/n, rounded.
fn whole_share(factor: Decimal) -> Option<Decimal> {
    let whole = Decimal::ONE.checked_div(factor)?.round();
    let off = (factor.checked_mul(whole)? - Decimal::ONE).abs();
    let is_share = whole >= Decimal::TWO && whole <= MOST_SHARES && off <= ROUNDED_OFF;
    is_share.then_some(whole)
}

/// Into how many ordered units one priced unit may be parted by a rounded factor.
const MOST_SHARES: Decimal = Decimal::ONE_THOUSAND;
/// How far n times a rounded 1/n may be from 1: no other whole number is as near.
const ROUNDED_OFF: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

impl ItemId {
    pub fn new(supplier_part: impl Into<String>) -> Self {
        Self { supplier_part: supplier_part.into(), ..Self::default() }
    }

    pub(in crate::cxml) fn of_child(parent: Element<'_>) -> Read<Self> {
        Self::of(parent.need("ItemID")?)
    }

    pub(in crate::cxml) fn of(element: Element<'_>) -> Read<Self> {
        let auxiliary = element.one("SupplierPartAuxiliaryID")?.map(Kept::of);
        Ok(Self {
            supplier_part: element.need("SupplierPartID")?.trimmed().to_owned(),
            auxiliary: auxiliary.filter(|kept| kept.xml.is_some() || !kept.text.is_empty()),
            buyer_part: element.text_of("BuyerPartID")?,
            references: IdReference::all(element),
        })
    }

    pub(in crate::cxml) fn write(&self, writer: &mut Writer) {
        writer.open("ItemID", &[]);
        writer.leaf("SupplierPartID", &[], &self.supplier_part);
        if let Some(auxiliary) = &self.auxiliary {
            auxiliary.write("SupplierPartAuxiliaryID", ("", None), writer);
        }
        writer.leaf_if("BuyerPartID", self.buyer_part.as_deref());
        IdReference::write_all(&self.references, writer);
        writer.close("ItemID");
    }
}

impl ItemDetail {
    /// A detail with the least the DTD asks for.
    pub fn new(price: UnitPrice, description: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            price,
            descriptions: vec![Description::new(description)],
            unit: unit.into(),
            basis: None,
            classifications: Vec::new(),
            manufacturer_part: None,
            manufacturer_name: None,
            url: None,
            lead_time: None,
            extrinsics: Vec::new(),
        }
    }

    /// The first description's text.
    pub fn description(&self) -> &str {
        self.descriptions.first().map_or("", |description| description.text.as_str())
    }

    pub(in crate::cxml) fn of(element: Element<'_>) -> Read<Self> {
        let amount = Amount::unsigned_inside(element.need("UnitPrice")?)?;
        let basis = PriceBasis::maybe(element)?.map(Box::new);
        let per = match &basis {
            None => Quantity::ONE,
            Some(basis) => basis.per().ok_or_else(|| basis.unkept(element))?,
        };
        Ok(Self {
            price: UnitPrice::new(amount.value, amount.currency, per),
            descriptions: Description::all(element)?,
            unit: element.need("UnitOfMeasure")?.trimmed().to_owned(),
            basis,
            classifications: classifications_of(element),
            manufacturer_part: element.text_of("ManufacturerPartID")?,
            manufacturer_name: element.words_of("ManufacturerName")?,
            url: super::super::values::url_in(element)?,
            lead_time: element.text_of("LeadTime")?,
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("ItemDetail", &[]);
        Amount::new(self.price.amount, self.price.currency).write("UnitPrice", writer);
        if self.descriptions.is_empty() {
            Description::write_text(None, writer);
        }
        self.descriptions.iter().for_each(|description| description.write(writer));
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        match &self.basis {
            Some(basis) => basis.write(writer),
            None if self.price.per.value() != Decimal::ONE => {
                self.own_basis().write(writer);
            }
            None => {}
        }
        if self.classifications.is_empty() && writer.lacks("Classification") {
            writer.leaf("Classification", &[("domain", Some(NO_DOMAIN))], "");
        }
        for (domain, code) in &self.classifications {
            writer.leaf("Classification", &[("domain", Some(domain))], code);
        }
        writer.leaf_if("ManufacturerPartID", self.manufacturer_part.as_deref());
        if let Some(name) = &self.manufacturer_name {
            writer.leaf("ManufacturerName", &[("xml:lang", Some(LANG))], name);
        }
        writer.leaf_if("URL", self.url.as_deref());
        writer.leaf_if("LeadTime", self.lead_time.as_deref());
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("ItemDetail");
    }

    fn own_basis(&self) -> PriceBasis {
        PriceBasis {
            quantity: self.price.per,
            conversion_factor: Quantity::ONE,
            unit: self.unit.clone(),
            description: None,
        }
    }
}

/// The domain of the classification that the DTD wants of what has none.
const NO_DOMAIN: &str = "custom";

/// Domain and code of every classification that says something.
pub(in crate::cxml) fn classifications_of(detail: Element<'_>) -> Vec<(String, String)> {
    let mut found = Vec::with_capacity(detail.named("Classification").count());
    for element in detail.named("Classification") {
        let domain = element.attribute("domain").unwrap_or_default();
        match Some(element.trimmed()).filter(|code| !code.is_empty()).or(element.attribute("code"))
        {
            Some(code) => found.push((domain.to_owned(), code.to_owned())),
            None if domain == NO_DOMAIN => {}
            None => element.leave(),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per(quantity: &str, factor: &str) -> Option<String> {
        let number = |text| Quantity::parse(text).unwrap();
        let (quantity, conversion_factor) = (number(quantity), number(factor));
        let basis =
            PriceBasis { quantity, conversion_factor, unit: "DZN".into(), description: None };
        basis.per().map(|per| per.to_string())
    }

    #[test]
    fn a_price_is_for_as_many_units_as_can_be_kept_or_for_none() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(per("100", "1"), some("100"));
        assert_eq!(per("1", "0.08"), some("12.5"));
        assert_eq!(per("1", "0.08333333"), some("12"), "a dozen");
        assert_eq!(per("5", "0.33333333"), some("15"));
        assert_eq!(per("1", "0.083"), None, "twelve and a bit");
        assert_eq!(per("1", "3"), None);
        assert_eq!(per("9999999999999", "0.00000001"), None, "too long for a row");
    }
}
