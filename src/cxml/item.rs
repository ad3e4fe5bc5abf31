//! A line of a cart or an order: `ItemIn` and `ItemOut` are one thing seen from two sides.

use rust_decimal::Decimal;

use super::address::{Address, Contact};
use super::blanket::BlanketDetail;
use super::charges::{Distribution, Shipping, Tax};
use super::read::{Read, words};
use super::tree::Element;
use super::values::{Amount, Comments, Description, Extrinsic, IdReference, Kept, LANG, Stamp};
use super::write::Writer;
use crate::base::money::UnitPrice;
use crate::base::quantity::Quantity;

words! {
    /// Which of the two elements a line is.
    Side {
        /// From the shop: in carts and confirmations.
        In = "ItemIn",
        /// From the buyer: in orders and setup requests.
        Out = "ItemOut",
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub quantity: Quantity,
    pub line_number: Option<u32>,
    pub parent_line_number: Option<u32>,
    /// `composite`, `item` or `lean`.
    pub item_type: Option<String>,
    pub requisition_id: Option<String>,
    pub requested_delivery: Option<Stamp>,
    pub agreement_item_number: Option<String>,
    pub id: ItemId,
    /// May be absent in a setup request that edits a cart.
    pub detail: Option<ItemDetail>,
    /// Of a blanket order's line, in place of the detail.
    pub blanket: Option<Box<BlanketDetail>>,
    /// The agreement that a release draws upon.
    pub agreement_id: Option<String>,
    /// Domain and value.
    pub supplier: Option<(String, String)>,
    /// Boxed, as it is large and rare: orders of 5,000 lines are moved about.
    pub ship_to: Option<Box<Address>>,
    pub shipping: Option<Box<Shipping>>,
    pub tax: Option<Box<Tax>>,
    pub distributions: Vec<Distribution>,
    pub contacts: Vec<Contact>,
    pub comments: Vec<Comments>,
    /// Of an ItemIn only; an ItemOut has them in its detail.
    pub extrinsics: Vec<Extrinsic>,
}

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
    pub(super) fn maybe(parent: Element<'_>) -> Read<Option<Self>> {
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

    /// How many ordered units the price is for, when that is an exact number.
    pub fn per(&self) -> Option<Quantity> {
        let factor = self.conversion_factor.value();
        let per = self.quantity.value().checked_div(factor)?;
        let exact = per.checked_mul(factor)? == self.quantity.value();
        Quantity::new(per).ok().filter(|_| exact)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
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

impl ItemId {
    pub fn new(supplier_part: impl Into<String>) -> Self {
        Self { supplier_part: supplier_part.into(), ..Self::default() }
    }

    pub(super) fn of_child(parent: Element<'_>) -> Read<Self> {
        Self::of(parent.need("ItemID")?)
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let auxiliary = element.one("SupplierPartAuxiliaryID")?.map(Kept::of);
        Ok(Self {
            supplier_part: element.need("SupplierPartID")?.trimmed().to_owned(),
            auxiliary: auxiliary.filter(|kept| kept.xml.is_some() || !kept.text.is_empty()),
            buyer_part: element.text_of("BuyerPartID")?,
            references: IdReference::all(element),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
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

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let amount = Amount::unsigned_inside(element.need("UnitPrice")?)?;
        let basis = PriceBasis::maybe(element)?.map(Box::new);
        let per = match &basis {
            None => Some(Quantity::ONE),
            Some(basis) => basis.per(),
        };
        let per = per.ok_or_else(|| {
            element
                .fault()
                .found("a PriceBasisQuantity that its conversionFactor does not divide")
                .expected("an exact number of ordered units for the price")
                .mend("Price the line by the ordered unit.")
        })?;
        Ok(Self {
            price: UnitPrice::new(amount.value, amount.currency, per),
            descriptions: Description::all(element)?,
            unit: element.need("UnitOfMeasure")?.trimmed().to_owned(),
            basis,
            classifications: classifications_of(element),
            manufacturer_part: element.text_of("ManufacturerPartID")?,
            manufacturer_name: element.words_of("ManufacturerName")?,
            url: super::values::url_in(element)?,
            lead_time: element.text_of("LeadTime")?,
            extrinsics: Extrinsic::all(element),
        })
    }

    fn write(&self, writer: &mut Writer) {
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
pub(super) fn classifications_of(detail: Element<'_>) -> Vec<(String, String)> {
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

impl Item {
    /// A line with the least the DTD asks for.
    pub fn new(quantity: Quantity, id: ItemId, detail: Option<ItemDetail>) -> Self {
        Self {
            quantity,
            line_number: None,
            parent_line_number: None,
            item_type: None,
            requisition_id: None,
            requested_delivery: None,
            agreement_item_number: None,
            id,
            detail,
            blanket: None,
            agreement_id: None,
            supplier: None,
            ship_to: None,
            shipping: None,
            tax: None,
            distributions: Vec::new(),
            contacts: Vec::new(),
            comments: Vec::new(),
            extrinsics: Vec::new(),
        }
    }

    /// Reads a line; `needs_detail` says whether it must say what it costs.
    pub(super) fn of(element: Element<'_>, needs_detail: bool) -> Read<Self> {
        let detail = match element.one("ItemDetail")? {
            Some(detail) => Some(ItemDetail::of(detail)?),
            None if needs_detail => Some(ItemDetail::of(element.need("ItemDetail")?)?),
            None => None,
        };
        let blanket = element.one("BlanketItemDetail")?;
        let agreement = element.one("MasterAgreementIDInfo")?;
        let supplier = element.one("SupplierID")?.map(|supplier| {
            let domain = supplier.attribute("domain").unwrap_or_default().to_owned();
            (domain, supplier.trimmed().to_owned())
        });
        Ok(Self {
            quantity: element.quantity_in("quantity")?,
            line_number: element.line_number_in("lineNumber")?,
            parent_line_number: element.line_number_in("parentLineNumber")?,
            item_type: element.said("itemType"),
            requisition_id: element.said("requisitionID"),
            requested_delivery: Stamp::of(element, "requestedDeliveryDate"),
            agreement_item_number: element.said("agreementItemNumber"),
            id: ItemId::of(element.need("ItemID")?)?,
            detail,
            blanket: blanket.map(BlanketDetail::of).transpose()?.map(Box::new),
            agreement_id: agreement.and_then(|agreement| agreement.said("agreementID")),
            supplier,
            ship_to: Address::maybe(element, "ShipTo")?.map(Box::new),
            shipping: Shipping::maybe(element)?.map(Box::new),
            tax: Tax::maybe(element)?.map(Box::new),
            distributions: Distribution::all(element)?,
            contacts: Contact::all(element)?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, side: Side, writer: &mut Writer) {
        let quantity = self.quantity.to_string();
        let line = self.line_number.map(|number| number.to_string());
        let parent = self.parent_line_number.map(|number| number.to_string());
        let out =
            |text: Option<&'_ str>| if side == Side::Out { text.map(str::to_owned) } else { None };
        let requisition = out(self.requisition_id.as_deref());
        let delivery = out(Stamp::text_of(self.requested_delivery.as_ref()));
        let agreement = out(self.agreement_item_number.as_deref());
        writer.open(
            side.word(),
            &[
                ("quantity", Some(&quantity)),
                ("lineNumber", line.as_deref()),
                ("parentLineNumber", parent.as_deref()),
                ("itemType", self.item_type.as_deref()),
                ("requisitionID", requisition.as_deref()),
                ("requestedDeliveryDate", delivery.as_deref()),
                ("agreementItemNumber", agreement.as_deref()),
            ],
        );
        self.id.write(writer);
        match &self.blanket {
            Some(blanket) if side == Side::Out && self.detail.is_none() => blanket.write(writer),
            _ => self.detail.iter().for_each(|detail| detail.write(writer)),
        }
        if let Some((domain, value)) = &self.supplier {
            writer.leaf("SupplierID", &[("domain", Some(domain))], value);
        }
        Address::write_if(self.ship_to.as_deref(), "ShipTo", writer);
        self.shipping.iter().for_each(|shipping| shipping.write(writer));
        self.tax.iter().for_each(|tax| tax.write(writer));
        Distribution::write_all(&self.distributions, writer);
        Contact::write_all(&self.contacts, writer);
        match side {
            Side::In => {
                Comments::write_merged(&self.comments, writer);
                Extrinsic::write_all(&self.extrinsics, writer);
            }
            Side::Out => {
                Comments::write_all(&self.comments, writer);
                if let Some(id) = &self.agreement_id {
                    writer.leaf("MasterAgreementIDInfo", &[("agreementID", Some(id))], "");
                }
            }
        }
        writer.close(side.word());
    }

    /// Reads every line of an element, at most [`super::limits::LINES`].
    pub(super) fn all(parent: Element<'_>, side: Side, needs_detail: bool) -> Read<Vec<Self>> {
        let lines = parent.named(side.word()).count();
        if lines > super::limits::LINES {
            let most = super::limits::LINES;
            return Err(parent
                .fault()
                .found(format!("{lines} lines"))
                .expected(format!("at most {most} lines"))
                .mend("Split the document."));
        }
        let mut items = Vec::with_capacity(lines);
        for line in parent.named(side.word()) {
            items.push(Self::of(line, needs_detail)?);
        }
        Ok(items)
    }
}
