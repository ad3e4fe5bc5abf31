//! InvoiceDetailRequest: the supplier wants to be paid. Lines are in `invoice_line.rs`.
//!
//! Amounts may be below zero, as credit memos are; whether they may be is decided above.

use super::address::Contact;
use super::confirmation::OrderReference;
use super::invoice_line::{InvoiceHeaderOrder, InvoiceItem};
use super::order_info;
use super::read::{Read, words};
use super::tree::Element;
use super::values::{
    Comments, Extrinsic, IdReference, Stamp, document_reference_in, write_document_reference,
};
use super::write::Writer;

mod summary;

pub use summary::InvoiceSummary;

words! {
    /// What the document is for.
    InvoicePurpose {
        Standard = "standard",
        CreditMemo = "creditMemo",
        DebitMemo = "debitMemo",
        LineLevelCreditMemo = "lineLevelCreditMemo",
        LineLevelDebitMemo = "lineLevelDebitMemo",
    }
    /// Whether it is sent or taken back.
    InvoiceOperation {
        New = "new",
        Delete = "delete",
    }
    /// What the lines carry themselves rather than the summary.
    InLine {
        Tax = "isTaxInLine",
        SpecialHandling = "isSpecialHandlingInLine",
        Shipping = "isShippingInLine",
        Discount = "isDiscountInLine",
        Accounting = "isAccountingInLine",
        PriceAdjustment = "isPriceAdjustmentInLine",
    }
}

const MODIFICATIONS: &str = "InvoiceHeaderModifications";

/// An invoice or a memo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDetailRequest {
    pub invoice_id: String,
    pub invoice_date: Stamp,
    pub purpose: InvoicePurpose,
    pub operation: InvoiceOperation,
    /// For information only: paid in another way.
    pub information_only: bool,
    /// Amounts for whole orders instead of lines.
    pub header_invoice: bool,
    pub in_line: Vec<InLine>,
    pub partners: Vec<InvoicePartner>,
    pub document_reference: Option<String>,
    /// The invoice that a memo corrects, and its date.
    pub corrects: Option<(String, Option<Stamp>)>,
    /// Days until it is due.
    pub payment_days: Vec<PaymentTerm>,
    pub comments: Vec<Comments>,
    pub references: Vec<IdReference>,
    pub extrinsics: Vec<Extrinsic>,
    pub orders: Vec<InvoiceOrder>,
    pub header_orders: Vec<InvoiceHeaderOrder>,
    pub summary: InvoiceSummary,
}

/// Who is billed, who bills, who is paid: by the contact's role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicePartner {
    pub contact: Contact,
    pub references: Vec<IdReference>,
}

/// Pay within so many days; with a rate, that is the discount in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTerm {
    pub days: String,
    pub rate: Option<String>,
}

/// The lines of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceOrder {
    pub order: OrderReference,
    pub items: Vec<InvoiceItem>,
}

impl InvoiceDetailRequest {
    pub fn new(
        invoice_id: impl Into<String>,
        invoice_date: impl Into<Stamp>,
        orders: Vec<InvoiceOrder>,
        summary: InvoiceSummary,
    ) -> Self {
        Self {
            invoice_id: invoice_id.into(),
            invoice_date: invoice_date.into(),
            purpose: InvoicePurpose::Standard,
            operation: InvoiceOperation::New,
            information_only: false,
            header_invoice: false,
            in_line: Vec::new(),
            partners: Vec::new(),
            document_reference: None,
            corrects: None,
            payment_days: Vec::new(),
            comments: Vec::new(),
            references: Vec::new(),
            extrinsics: Vec::new(),
            orders,
            header_orders: Vec::new(),
            summary,
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("InvoiceDetailRequestHeader")?;
        let flag = |found: Option<Element<'_>>, name| {
            found.is_some_and(|found| found.attribute(name) == Some("yes"))
        };
        let indicator = header.one("InvoiceDetailHeaderIndicator")?;
        let lines = header.one("InvoiceDetailLineIndicator")?;
        let corrects = header.one("InvoiceIDInfo")?;
        let invoice = Self {
            invoice_id: header.need_attribute("invoiceID")?.trim().to_owned(),
            invoice_date: Stamp::of(header, "invoiceDate").unwrap_or_default(),
            purpose: InvoicePurpose::read(header, "purpose", Some(InvoicePurpose::Standard))?,
            operation: InvoiceOperation::read(header, "operation", Some(InvoiceOperation::New))?,
            information_only: header.attribute("isInformationOnly") == Some("yes"),
            header_invoice: flag(indicator, "isHeaderInvoice"),
            in_line: InLine::ALL.iter().copied().filter(|f| flag(lines, f.word())).collect(),
            partners: header.every("InvoicePartner", InvoicePartner::of)?,
            document_reference: document_reference_in(header)?,
            corrects: corrects
                .and_then(|info| Some((info.said("invoiceID")?, Stamp::of(info, "invoiceDate")))),
            payment_days: PaymentTerm::all(header),
            comments: Comments::all(header),
            references: IdReference::all(header),
            extrinsics: Extrinsic::all(header),
            orders: element.every("InvoiceDetailOrder", InvoiceOrder::of)?,
            header_orders: element.every("InvoiceDetailHeaderOrder", InvoiceHeaderOrder::of)?,
            summary: InvoiceSummary::of(element.need("InvoiceDetailSummary")?)?,
        };
        if invoice.orders.is_empty() && invoice.header_orders.is_empty() {
            element.need("InvoiceDetailOrder")?;
        }
        Ok(invoice)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let yes = |flag: bool| flag.then_some("yes");
        writer.open("InvoiceDetailRequest", &[]);
        writer.open(
            "InvoiceDetailRequestHeader",
            &[
                ("invoiceID", Some(&self.invoice_id)),
                ("invoiceDate", Some(self.invoice_date.text())),
                ("purpose", Some(self.purpose.word())),
                ("operation", Some(self.operation.word())),
                ("isInformationOnly", yes(self.information_only)),
            ],
        );
        let header = ("isHeaderInvoice", yes(self.header_invoice));
        writer.leaf("InvoiceDetailHeaderIndicator", &[header], "");
        let flags: Vec<_> = self.in_line.iter().map(|flag| (flag.word(), Some("yes"))).collect();
        writer.leaf("InvoiceDetailLineIndicator", &flags, "");
        for partner in &self.partners {
            writer.open("InvoicePartner", &[]);
            partner.contact.write(writer);
            IdReference::write_all(&partner.references, writer);
            writer.close("InvoicePartner");
        }
        write_document_reference(self.document_reference.as_deref(), writer);
        if let Some((id, date)) = &self.corrects {
            let date = ("invoiceDate", Stamp::text_of(date.as_ref()));
            writer.leaf("InvoiceIDInfo", &[("invoiceID", Some(id)), date], "");
        }
        PaymentTerm::write_all(&self.payment_days, writer);
        Comments::write_merged(&self.comments, writer);
        IdReference::write_all(&self.references, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("InvoiceDetailRequestHeader");
        self.orders.iter().for_each(|order| order.write(writer));
        self.header_orders.iter().for_each(|order| order.write(writer));
        self.summary.write(writer);
        writer.close("InvoiceDetailRequest");
    }
}

impl InvoicePartner {
    fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            contact: Contact::of(element.need("Contact")?)?,
            references: IdReference::all(element),
        })
    }
}

impl PaymentTerm {
    fn all(header: Element<'_>) -> Vec<Self> {
        let terms = header
            .children()
            .filter(|child| child.is("PaymentTerm") || child.is("InvoiceDetailPaymentTerm"))
            .map(Element::looked_at);
        let discount =
            |term: Element<'_>| term.first("Discount")?.first("DiscountPercent")?.said("percent");
        let read = |term: Element<'_>| Self {
            // The second spelling is a common mistake.
            days: term
                .said("payInNumberOfDays")
                .or(term.said("payInNumberofDays"))
                .unwrap_or_default(),
            rate: term.said("percentageRate").or_else(|| discount(term)),
        };
        terms.map(read).filter(|term| !term.days.is_empty()).collect()
    }

    fn write_all(terms: &[Self], writer: &mut Writer) {
        for term in terms {
            writer.open("PaymentTerm", &[("payInNumberOfDays", Some(&term.days))]);
            if let Some(rate) = &term.rate {
                writer.open("Discount", &[]);
                writer.leaf("DiscountPercent", &[("percent", Some(rate))], "");
                writer.close("Discount");
            }
            writer.close("PaymentTerm");
        }
    }
}

impl InvoiceOrder {
    fn of(element: Element<'_>) -> Read<Self> {
        let order = order_info::of(element.need("InvoiceDetailOrderInfo")?)?;
        let mut items = Vec::new();
        for line in element.children() {
            if items.len() > super::limits::LINES {
                let most = super::limits::LINES;
                let fault = line.fault().found("more lines");
                return Err(fault.expected(format!("at most {most} lines")).mend("Split it."));
            }
            if line.is("InvoiceDetailItem") || line.is("InvoiceDetailServiceItem") {
                items.push(InvoiceItem::of(line.looked_at())?);
            }
        }
        if items.is_empty() {
            element.need("InvoiceDetailItem")?;
        }
        Ok(Self { order, items })
    }

    fn write(&self, writer: &mut Writer) {
        writer.open("InvoiceDetailOrder", &[]);
        order_info::write("InvoiceDetailOrderInfo", &self.order, writer);
        self.items.iter().for_each(|item| item.write(writer));
        writer.close("InvoiceDetailOrder");
    }
}
