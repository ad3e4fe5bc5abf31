//! What a supplier bills for the test orders.

use rust_decimal::Decimal;

use super::{
    Case, Side, Verdict, Way, common,
    trial::{Trial, each, line, some},
};
use crate::{
    base::decimal,
    cxml::{
        charges::Tax,
        invoice::{InvoiceDetailRequest, InvoicePurpose},
        invoice_line::InvoiceItem,
        order::OrderRequest,
    },
    exchange,
};

const INVOICE: Case = common(Some(Side::Supplier), Way::Theirs);

pub(super) const CASES: &[Case] = &[
    Case {
        id: "invoice-standard",
        title: "You bill an order",
        done: "You post an InvoiceDetailRequest for the order -1.",
        expected: "purpose=\"standard\" with lines of that order",
        mend: "Send an InvoiceDetailRequest with the lines of the order.",
        check: |trial| {
            some(standard(trial), |found| {
                found.orders.iter().any(|order| {
                    trial.is_about(&order.order, "order-new") && !order.items.is_empty()
                })
            })
        },
        ..INVOICE
    },
    Case {
        id: "invoice-lines",
        title: "You bill lines that were ordered",
        done: "You post invoices.",
        expected: "every InvoiceDetailItemReference/@lineNumber is a line of the order",
        mend: "Repeat the lineNumber of ItemOut; invoiceLineNumber is your own count.",
        check: |trial| {
            each(billed(trial), |(order, item)| {
                let number = item.reference.line_number;
                let known = number.is_some_and(|number| line(order, number).is_some());
                (!known).then(|| format!("{}: line {number:?}", order.order_id))
            })
        },
        ..INVOICE
    },
    Case {
        id: "invoice-quantity",
        title: "You bill no more than was ordered",
        done: "You post invoices.",
        expected: "at most the quantity of the order's line",
        mend: "Bill what was shipped, at most what was ordered.",
        check: |trial| {
            each(billed(trial), |(order, item)| {
                let ordered = line(order, item.reference.line_number?)?.quantity.value();
                let (number, id) = (item.line_number, &order.order_id);
                let over = item.quantity > ordered;
                over.then(|| format!("{id} line {number}: {} of {ordered}", item.quantity))
            })
        },
        ..INVOICE
    },
    Case {
        id: "invoice-price",
        title: "You bill the price of the order",
        done: "You post invoices.",
        expected: "UnitPrice and price basis as in ItemOut",
        mend: "Bill the price that was ordered. If it changed, say so in a confirmation first.",
        check: |trial| each(billed(trial), |(order, item)| price(order, item)),
        ..INVOICE
    },
    Case {
        id: "invoice-currency",
        title: "You bill in the currency of the order",
        done: "You post invoices.",
        expected: "Money/@currency as in the order's Total",
        mend: "Write the currency of the order into every Money of its invoice.",
        check: |trial| {
            each(billed(trial), |(order, item)| {
                let got = item.unit_price?.currency;
                let (id, asked) = (&order.order_id, order.total.currency);
                (got != asked).then(|| format!("{id}: {got} in place of {asked}"))
            })
        },
        ..INVOICE
    },
    Case {
        id: "invoice-sum",
        title: "The sums of an invoice add up",
        done: "You post invoices.",
        expected: "SubtotalAmount is the sum of the lines; NetAmount is it with tax and charges",
        mend: "Round each line to the currency's cents, then add; write the sum you added.",
        check: |trial| each(trial.invoices(), sum),
        ..INVOICE
    },
    Case {
        id: "invoice-tax",
        title: "Tax says its rate",
        done: "You post invoices.",
        expected: "Tax/TaxDetail with category and percentageRate, which add up to the amount",
        mend: "Write one TaxDetail for each rate, with TaxableAmount and TaxAmount.",
        check: |trial| {
            each(taxes(trial), |(id, tax)| {
                let said: Decimal = tax.details.iter().map(|detail| detail.amount.value).sum();
                let rates =
                    tax.details.iter().all(|own| own.rate.is_some() || own.exempt.is_some());
                let sound = rates && said == tax.amount.value && !tax.details.is_empty();
                (!sound).then(|| format!("{id}: {} of {} by details", said, tax.amount.value))
            })
        },
        ..INVOICE
    },
    Case {
        id: "invoice-text",
        title: "Umlauts come back intact",
        done: "You bill the order -4, whose texts hold umlauts, accents and the euro sign.",
        expected: "Description of the line as in ItemOut, letter for letter",
        mend: "Keep Unicode from the parser to the database and back; write UTF-8 and declare it.",
        check: text,
        ..INVOICE
    },
    Case {
        id: "credit-memo",
        title: "You give money back",
        done: "You post an InvoiceDetailRequest with purpose=\"creditMemo\" for your invoice.",
        expected: "a credit memo with a sum below zero that can be booked",
        mend: "Send creditMemo or lineLevelCreditMemo with amounts below zero.",
        check: |trial| {
            each(credits(trial), |found| {
                let due = found.summary.net.or(found.summary.due).unwrap_or(found.summary.subtotal);
                if due.value >= Decimal::ZERO {
                    return Some(format!("{}: {}", found.invoice_id, due.value));
                }
                // What the server itself would say; which invoice is meant is a case of its own.
                let refusal = exchange::invoice::said(found).err();
                refusal
                    .filter(|refusal| refusal.code != "memo-without-invoice")
                    .map(|refusal| format!("{}: {}", found.invoice_id, refusal.message))
            })
        },
        ..INVOICE
    },
    Case {
        id: "credit-memo-names-invoice",
        title: "A credit memo names the invoice that it mends",
        done: "You post a credit memo for your invoice.",
        expected: "InvoiceIDInfo with the number, or DocumentReference with the payloadID",
        mend: "Name the invoice, so that the credit is set against it.",
        check: |trial| {
            each(credits(trial), |found| {
                let named = found.corrects.is_some() || found.document_reference.is_some();
                (!named).then(|| format!("{} names no invoice", found.invoice_id))
            })
        },
        ..INVOICE
    },
];

fn standard(trial: &Trial) -> Vec<&InvoiceDetailRequest> {
    let all = trial.invoices().into_iter();
    all.filter(|found| found.purpose == InvoicePurpose::Standard).collect()
}

fn credits(trial: &Trial) -> Vec<&InvoiceDetailRequest> {
    let memo = [InvoicePurpose::CreditMemo, InvoicePurpose::LineLevelCreditMemo];
    trial.invoices().into_iter().filter(|found| memo.contains(&found.purpose)).collect()
}

/// Every billed line beside its order, when that is known.
fn billed(trial: &Trial) -> Vec<(&OrderRequest, &InvoiceItem)> {
    let orders = standard(trial).into_iter().flat_map(|found| &found.orders);
    let known = orders.filter_map(|billed| Some((trial.named(&billed.order)?, &billed.items)));
    known.flat_map(|(order, items)| items.iter().map(move |item| (order, item))).collect()
}

fn price(order: &OrderRequest, item: &InvoiceItem) -> Option<String> {
    let ordered = line(order, item.reference.line_number?)?.detail.as_ref()?.price;
    let got = item.unit_price?.value;
    let basis = item.basis.as_ref().and_then(|basis| basis.per());
    let per = basis.map_or(Decimal::ONE, |per| per.value());
    let same = got.checked_mul(ordered.per.value()) == ordered.amount.checked_mul(per);
    let (id, number) = (&order.order_id, item.line_number);
    (!same).then(|| {
        let asked = (decimal::canonical(ordered.amount), ordered.per);
        format!("{id} line {number}: {got} for {per} in place of {} for {}", asked.0, asked.1)
    })
}

/// What does not add up; of invoices with lines.
fn sum(found: &InvoiceDetailRequest) -> Option<String> {
    let items = found.orders.iter().flat_map(|order| &order.items);
    let places = found.summary.subtotal.currency.exponent();
    let mut lines = Decimal::ZERO;
    for item in items {
        let basis = item.basis.as_ref().and_then(|basis| basis.per());
        let per = basis.map_or(Decimal::ONE, |per| per.value());
        let price = item.unit_price.map_or(Decimal::ZERO, |price| price.value);
        let made = price.checked_mul(item.quantity)?.checked_div(per)?;
        lines += item.subtotal.map_or_else(|| decimal::round(made, places), |own| own.value);
    }
    let summary = &found.summary;
    let id = &found.invoice_id;
    if lines != summary.subtotal.value {
        let got = summary.subtotal.value;
        return Some(format!("{id}: SubtotalAmount {got}, its lines are {lines}"));
    }
    let of = |amount: Option<crate::cxml::values::Amount>| {
        amount.map_or(Decimal::ZERO, |amount| amount.value)
    };
    let tax = summary.tax.as_ref().map_or(Decimal::ZERO, |tax| tax.amount.value);
    let more = tax + of(summary.shipping) + of(summary.special_handling) + of(summary.charges);
    let whole = summary.subtotal.value + more - of(summary.allowances) - of(summary.discount);
    let net = summary.net.or(summary.gross)?.value;
    (net != whole).then(|| format!("{id}: NetAmount {net}, its parts are {whole}"))
}

/// The taxes of invoices with their numbers.
fn taxes(trial: &Trial) -> Vec<(&str, &Tax)> {
    let all = trial.invoices().into_iter();
    all.filter_map(|found| Some((found.invoice_id.as_str(), found.summary.tax.as_ref()?))).collect()
}

/// Umlauts, when the order with them was billed.
fn text(trial: &Trial) -> Verdict {
    let own = trial.order_of("order-umlauts").map(|(_, order)| order.order_id.as_str());
    let lines = billed(trial).into_iter().filter(|(order, _)| Some(&*order.order_id) == own);
    each(lines, |(order, item)| {
        let asked = line(order, item.reference.line_number?)?.detail.as_ref()?.description();
        let got = item.reference.description.as_ref().map_or("", |own| own.text.as_str());
        (got != asked).then(|| format!("\"{got}\" in place of \"{asked}\""))
    })
}
