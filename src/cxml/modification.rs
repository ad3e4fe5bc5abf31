//! Allowances and charges: what is taken off a price or put on it, and why.

use super::charges::Tax;
use super::read::Read;
use super::tree::Element;
use super::values::{Amount, Description};
use super::write::Writer;

/// cXML `Modification`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modification {
    /// What it was before.
    pub original: Option<Amount>,
    /// Taken off; otherwise put on.
    pub allowance: bool,
    pub value: ModificationValue,
    pub tax: Option<Tax>,
    /// What it is called: `Volume Discount`, `Freight`; with what is said about it.
    pub detail: Option<(String, Option<Description>)>,
}

/// How much it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModificationValue {
    Amount(Amount),
    /// In percent, as written.
    Percent(String),
    /// Neither is said in a form that is read here.
    Other,
}

impl Modification {
    /// Every modification in the only child of this name.
    pub(super) fn all(parent: Element<'_>, name: &'static str) -> Read<Vec<Self>> {
        match parent.one(name)? {
            Some(list) => list.every("Modification", Self::of),
            None => Ok(Vec::new()),
        }
    }

    fn of(element: Element<'_>) -> Read<Self> {
        let deduction = element.one("AdditionalDeduction")?;
        let cost = element.one("AdditionalCost")?;
        let detail = element.one("ModificationDetail")?;
        let told = |detail: Element<'_>| -> Read<(String, Option<Description>)> {
            let description = detail.one("Description")?.map(Description::of).transpose()?;
            Ok((detail.attribute("name").unwrap_or_default().to_owned(), description))
        };
        Ok(Self {
            original: Amount::maybe_inside(element.one("OriginalPrice")?)?,
            allowance: deduction.is_some(),
            value: ModificationValue::of(deduction, cost)?,
            tax: Tax::maybe(element)?,
            detail: detail.map(told).transpose()?,
        })
    }

    /// Writes them inside an element of this name, when there are any.
    pub(super) fn write_all(all: &[Self], name: &str, writer: &mut Writer) {
        if all.is_empty() {
            return;
        }
        writer.open(name, &[]);
        all.iter().for_each(|one| one.write(writer));
        writer.close(name);
    }

    fn write(&self, writer: &mut Writer) {
        writer.open("Modification", &[]);
        Amount::write_if(self.original.as_ref(), "OriginalPrice", writer);
        let (name, money, percent) = match self.allowance {
            true => ("AdditionalDeduction", Some("DeductionAmount"), "DeductionPercent"),
            false => ("AdditionalCost", None, "Percentage"),
        };
        writer.open(name, &[]);
        match (&self.value, money) {
            (ModificationValue::Amount(amount), Some(money)) => amount.write(money, writer),
            (ModificationValue::Amount(amount), None) => amount.write_money(writer),
            (ModificationValue::Percent(rate), _) => {
                writer.leaf(percent, &[("percent", Some(rate))], "");
            }
            // What came is among the unread parts.
            (ModificationValue::Other, _) => {}
        }
        writer.close(name);
        self.tax.iter().for_each(|tax| tax.write(writer));
        if let Some((name, description)) = &self.detail {
            writer.open("ModificationDetail", &[("name", Some(name))]);
            description.iter().for_each(|description| description.write(writer));
            writer.close("ModificationDetail");
        }
        writer.close("Modification");
    }
}

impl ModificationValue {
    fn of(deduction: Option<Element<'_>>, cost: Option<Element<'_>>) -> Read<Self> {
        let percent = |found: Option<Element<'_>>| found.and_then(|rate| rate.said("percent"));
        let (amount, rate) = match (deduction, cost) {
            (Some(deduction), _) => (
                Amount::maybe_inside(deduction.one("DeductionAmount")?)?,
                percent(deduction.one("DeductionPercent")?),
            ),
            (None, Some(cost)) => {
                let money = cost.one("Money")?.is_some();
                let amount = if money { Amount::maybe_inside(Some(cost))? } else { None };
                (amount, percent(cost.one("Percentage")?))
            }
            (None, None) => (None, None),
        };
        Ok(match (amount, rate) {
            (Some(amount), _) => Self::Amount(amount),
            (None, Some(rate)) => Self::Percent(rate),
            (None, None) => Self::Other,
        })
    }
}
