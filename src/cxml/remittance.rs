//! PaymentRemittanceRequest: what was paid, and for which invoices.

use super::address::Contact;
use super::confirmation::OrderReference;
use super::order_info;
use super::read::{Read, words};
use super::tree::Element;
use super::values::{
    Amount, Comments, Description, Extrinsic, IdReference, Stamp, document_reference_in,
    write_document_reference,
};
use super::write::Writer;

words! {
    /// Whether it is told or taken back.
    RemittanceStatus {
        New = "new",
        Void = "void",
    }
    /// How it is paid.
    PaymentMethod {
        Ach = "ach",
        Cash = "cash",
        Check = "check",
        CreditCard = "creditCard",
        DebitCard = "debitCard",
        Draft = "draft",
        Wire = "wire",
        Other = "other",
    }
}

/// A payment and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRemittanceRequest {
    pub remittance_id: String,
    pub payment_date: Stamp,
    pub status: RemittanceStatus,
    /// The bank's number of the payment.
    pub payment_reference: Option<String>,
    pub method: PaymentMethod,
    /// What the method is called: `SEPA credit transfer`.
    pub method_description: Option<String>,
    /// Who pays and who is paid, with their banks: by the contact's role.
    pub partners: Vec<PaymentPartner>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
    pub sums: RemittanceSums,
    pub details: Vec<RemittanceDetail>,
}

/// Somebody who pays, is paid, or carries the money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPartner {
    pub contact: Contact,
    pub references: Vec<IdReference>,
}

/// What was paid, before and after what was taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemittanceSums {
    pub net: Amount,
    pub gross: Amount,
    pub discount: Option<Amount>,
    /// The first of them, when there are several.
    pub adjustment: Option<Amount>,
}

/// What was paid for one invoice or order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemittanceDetail {
    pub line_number: u32,
    pub payable: Payable,
    pub sums: RemittanceSums,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
}

/// What is paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payable {
    Invoice {
        invoice_id: String,
        invoice_date: Option<Stamp>,
        /// The payloadID of the invoice's document.
        payload_id: Option<String>,
        order: Option<OrderReference>,
    },
    Order(OrderReference),
    /// Something that is not read here, such as a contract.
    Other,
}

impl PaymentRemittanceRequest {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("PaymentRemittanceRequestHeader")?;
        let method = header.need("PaymentMethod")?;
        Ok(Self {
            remittance_id: header.need_attribute("paymentRemittanceID")?.trim().to_owned(),
            payment_date: Stamp::of(header, "paymentDate").unwrap_or_default(),
            status: RemittanceStatus::read(header, "status", Some(RemittanceStatus::New))?,
            payment_reference: header.said("paymentReferenceNumber"),
            method: PaymentMethod::read(method, "type", None)?,
            method_description: method.words_of("Description")?,
            partners: header.every("PaymentPartner", PaymentPartner::of)?,
            comments: Comments::all(header),
            extrinsics: Extrinsic::all(header),
            sums: RemittanceSums::of(element.need("PaymentRemittanceSummary")?)?,
            details: element.every("RemittanceDetail", RemittanceDetail::of)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("PaymentRemittanceRequest", &[]);
        writer.open(
            "PaymentRemittanceRequestHeader",
            &[
                ("paymentRemittanceID", Some(&self.remittance_id)),
                ("paymentDate", Some(self.payment_date.text())),
                ("status", Some(self.status.word())),
                ("paymentReferenceNumber", self.payment_reference.as_deref()),
            ],
        );
        writer.open("PaymentMethod", &[("type", Some(self.method.word()))]);
        if let Some(text) = &self.method_description {
            Description::write_text(Some(text), writer);
        }
        writer.close("PaymentMethod");
        for partner in &self.partners {
            writer.open("PaymentPartner", &[]);
            partner.contact.write(writer);
            IdReference::write_all(&partner.references, writer);
            writer.close("PaymentPartner");
        }
        Comments::write_merged(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("PaymentRemittanceRequestHeader");
        writer.open("PaymentRemittanceSummary", &[]);
        self.sums.write(writer);
        writer.close("PaymentRemittanceSummary");
        self.details.iter().for_each(|detail| detail.write(writer));
        writer.close("PaymentRemittanceRequest");
    }
}

impl PaymentPartner {
    fn of(element: Element<'_>) -> Read<Self> {
        let contact = Contact::of(element.need("Contact")?)?;
        Ok(Self { contact, references: IdReference::all(element) })
    }
}

impl RemittanceSums {
    fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            net: Amount::inside(element.need("NetAmount")?)?,
            gross: Amount::inside(element.need("GrossAmount")?)?,
            discount: Amount::maybe_inside(element.one("DiscountAmount")?)?,
            adjustment: Amount::maybe_inside(
                element.children().find(|c| c.is("AdjustmentAmount")).map(Element::looked_at),
            )?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        self.net.write("NetAmount", writer);
        self.gross.write("GrossAmount", writer);
        Amount::write_if(self.discount.as_ref(), "DiscountAmount", writer);
        Amount::write_if(self.adjustment.as_ref(), "AdjustmentAmount", writer);
    }
}

impl RemittanceDetail {
    fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            line_number: element.need_line_number("lineNumber")?,
            payable: Payable::of(element.need("PayableInfo")?)?,
            sums: RemittanceSums::of(element)?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    fn write(&self, writer: &mut Writer) {
        let line = self.line_number.to_string();
        writer.open("RemittanceDetail", &[("lineNumber", Some(&line))]);
        writer.open("PayableInfo", &[]);
        self.payable.write(writer);
        writer.close("PayableInfo");
        self.sums.write(writer);
        Comments::write_merged(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("RemittanceDetail");
    }
}

impl Payable {
    fn of(info: Element<'_>) -> Read<Self> {
        let order_in = |element: Element<'_>| -> Read<Option<OrderReference>> {
            element.one("PayableOrderInfo")?.map(order_info::of).transpose()
        };
        let Some(invoice) = info.one("PayableInvoiceInfo")? else {
            return Ok(order_in(info)?.map_or(Self::Other, Self::Order));
        };
        let reference = invoice.one("InvoiceReference")?;
        let named = reference.or(invoice.one("InvoiceIDInfo")?);
        Ok(Self::Invoice {
            invoice_id: named.and_then(|named| named.said("invoiceID")).unwrap_or_default(),
            invoice_date: named.and_then(|named| Stamp::of(named, "invoiceDate")),
            payload_id: reference.map_or(Ok(None), document_reference_in)?,
            order: order_in(invoice)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Invoice { invoice_id, invoice_date, payload_id, order } => {
                let attributes = [
                    ("invoiceID", Some(invoice_id.as_str())),
                    ("invoiceDate", Stamp::text_of(invoice_date.as_ref())),
                ];
                writer.open("PayableInvoiceInfo", &[]);
                if payload_id.is_some() {
                    writer.open("InvoiceReference", &attributes);
                    write_document_reference(payload_id.as_deref(), writer);
                    writer.close("InvoiceReference");
                } else {
                    writer.leaf("InvoiceIDInfo", &attributes, "");
                }
                if let Some(order) = order {
                    order_info::write("PayableOrderInfo", order, writer);
                }
                writer.close("PayableInvoiceInfo");
            }
            Self::Order(order) => order_info::write("PayableOrderInfo", order, writer),
            // What came is among the unread parts.
            Self::Other => {}
        }
    }
}
