//! What is added to a price and who pays it: tax, shipping, the split over accounts.

use rust_decimal::Decimal;

use super::read::Read;
use super::tree::Element;
use super::values::{Amount, Description, Extrinsic, LANG};
use super::write::Writer;

/// cXML `Tax`: the amount, and how it comes about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    pub amount: Amount,
    pub description: Option<String>,
    pub details: Vec<TaxDetail>,
    pub extrinsics: Vec<Extrinsic>,
}

/// One rate of a tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxDetail {
    /// Free text: `vat`, `sales`, `gst`.
    pub category: String,
    pub purpose: Option<String>,
    /// In percent: 19 is nineteen per cent.
    pub rate: Option<Decimal>,
    /// `zeroRated` or `exempt`.
    pub exempt: Option<String>,
    pub taxable: Option<Amount>,
    pub amount: Amount,
    pub location: Option<String>,
    pub description: Option<String>,
}

impl Tax {
    /// Value added tax, at one rate in percent when there is just one.
    pub fn vat(description: &str, rate: Option<Decimal>, taxable: Amount, amount: Amount) -> Self {
        let detail = |rate| TaxDetail {
            category: "vat".to_owned(),
            purpose: None,
            rate: Some(rate),
            exempt: None,
            taxable: Some(taxable),
            amount,
            location: None,
            description: None,
        };
        Self {
            amount,
            description: Some(description.to_owned()),
            details: rate.map(detail).into_iter().collect(),
            extrinsics: Vec::new(),
        }
    }

    /// The tax in the only child of this name; one without an amount counts as not sent.
    pub(super) fn maybe(parent: Element<'_>) -> Read<Option<Self>> {
        let Some(element) = parent.one("Tax")? else { return Ok(None) };
        let Some(amount) = Amount::maybe_inside(Some(element))? else {
            element.leave();
            return Ok(None);
        };
        Ok(Some(Self {
            amount,
            description: Description::text_in(element)?,
            details: element.every("TaxDetail", TaxDetail::of)?,
            extrinsics: Extrinsic::all(element),
        }))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("Tax", &[]);
        self.amount.write_money(writer);
        Description::write_text(self.description.as_deref(), writer);
        self.details.iter().for_each(|detail| detail.write(writer));
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("Tax");
    }
}

impl TaxDetail {
    fn of(element: Element<'_>) -> Read<Self> {
        let rate = element.attribute("percentageRate").filter(|rate| !rate.trim().is_empty());
        // Some write `19%`.
        let rate =
            rate.map(|rate| crate::base::decimal::parse_wire(rate.trim_end_matches([' ', '%'])));
        Ok(Self {
            category: element.attribute("category").unwrap_or_default().to_owned(),
            purpose: element.said("purpose"),
            rate: rate.transpose().map_err(|_| {
                element
                    .attribute_fault("percentageRate")
                    .expected("a percentage such as 19")
                    .mend("Write the rate as a number.")
            })?,
            exempt: element.said("exemptDetail"),
            taxable: Amount::maybe_inside(element.one("TaxableAmount")?)?,
            amount: Amount::inside(element.need("TaxAmount")?)?,
            location: element.words_of("TaxLocation")?,
            description: Description::text_in(element)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let rate = self.rate.map(|rate| rate.to_string());
        writer.open(
            "TaxDetail",
            &[
                ("purpose", self.purpose.as_deref()),
                ("category", Some(&self.category)),
                ("percentageRate", rate.as_deref()),
                ("exemptDetail", self.exempt.as_deref()),
            ],
        );
        Amount::write_if(self.taxable.as_ref(), "TaxableAmount", writer);
        self.amount.write("TaxAmount", writer);
        if let Some(location) = &self.location {
            writer.leaf("TaxLocation", &[("xml:lang", Some(LANG))], location);
        }
        if self.description.is_some() {
            Description::write_text(self.description.as_deref(), writer);
        }
        writer.close("TaxDetail");
    }
}

/// cXML `Shipping`: what the way costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    pub amount: Amount,
    pub description: Option<String>,
    pub tracking_domain: Option<String>,
    pub tracking_id: Option<String>,
}

impl Shipping {
    /// The shipping in the only child of this name; one without an amount counts as not sent.
    pub(super) fn maybe(parent: Element<'_>) -> Read<Option<Self>> {
        let Some(element) = parent.one("Shipping")? else { return Ok(None) };
        let Some(amount) = Amount::maybe_inside(Some(element))? else {
            element.leave();
            return Ok(None);
        };
        Ok(Some(Self {
            amount,
            description: Description::text_in(element)?,
            tracking_domain: element.said("trackingDomain"),
            tracking_id: element.said("trackingId"),
        }))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open(
            "Shipping",
            &[
                ("trackingDomain", self.tracking_domain.as_deref()),
                ("trackingId", self.tracking_id.as_deref()),
            ],
        );
        self.amount.write_money(writer);
        Description::write_text(self.description.as_deref(), writer);
        writer.close("Shipping");
    }
}

/// cXML `Distribution`: a part of a line's cost and the account it is charged to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// `DistributionCharge`, or whatever the buyer calls it.
    pub name: String,
    pub segments: Vec<Segment>,
    pub charge: Amount,
}

/// One part of an account: cost centre, general ledger account, project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What kind of part: `Cost Center`, `G/L Account`.
    pub name: String,
    pub id: String,
    pub description: String,
}

impl Distribution {
    pub(super) fn all(element: Element<'_>) -> Read<Vec<Self>> {
        element.every("Distribution", Self::of)
    }

    fn of(element: Element<'_>) -> Read<Self> {
        let accounting = element.need("Accounting")?;
        let attribute =
            |found: Element<'_>, name| found.attribute(name).unwrap_or_default().to_owned();
        let mut segments = Vec::new();
        for found in accounting.children() {
            if found.is("Segment") {
                found.looked_at();
                segments.push(Segment {
                    name: attribute(found, "type"),
                    id: attribute(found, "id"),
                    description: attribute(found, "description"),
                });
            } else if found.is("AccountingSegment") {
                found.looked_at();
                segments.push(Segment {
                    name: found.words_of("Name")?.unwrap_or_default(),
                    id: attribute(found, "id"),
                    description: Description::text_in(found)?.unwrap_or_default(),
                });
            }
        }
        let charge = Amount::inside(element.need("Charge")?)?;
        Ok(Self { name: attribute(accounting, "name"), segments, charge })
    }

    pub(super) fn write_all(distributions: &[Self], writer: &mut Writer) {
        for distribution in distributions {
            // An account without a part has no form in cXML.
            if distribution.segments.is_empty() {
                continue;
            }
            writer.open("Distribution", &[]);
            writer.open("Accounting", &[("name", Some(&distribution.name))]);
            for segment in &distribution.segments {
                writer.open("AccountingSegment", &[("id", Some(&segment.id))]);
                writer.leaf("Name", &[("xml:lang", Some(LANG))], &segment.name);
                Description::write_text(Some(&segment.description), writer);
                writer.close("AccountingSegment");
            }
            writer.close("Accounting");
            distribution.charge.write("Charge", writer);
            writer.close("Distribution");
        }
    }
}
