//! Five hundred random documents of every type: each is valid against the content models, and
//! against the official DTD where that is at hand, and reads back equal.

use rust_decimal::Decimal;

use crate::base::secret::Secret;

use super::{
    super::{
        Document, Envelope, Mode, Party, Payload, Status,
        catalog_upload::{CatalogOperation, CatalogUploadRequest},
        check,
        confirmation::*,
        decode, encode,
        invoice::*,
        invoice_line::{InvoiceHeaderOrder, InvoiceItem, ItemReference},
        modification::{Modification, ModificationValue},
        order::{OrderAction, OrderRequest},
        pending::*,
        profile::{ProfileResponse, Transaction},
        punchout_order::*,
        punchout_setup::*,
        receipt::*,
        remittance::{
            Payable, PaymentMethod, PaymentPartner, PaymentRemittanceRequest, RemittanceDetail,
            RemittanceStatus, RemittanceSums,
        },
        ship_notice::*,
        status_update::{DocumentInfo, StatusAbout, StatusUpdateRequest},
        values::{Extrinsic, Stamp},
    },
    corpus::shared,
    dice::{Dice, Side},
    judge::{Line, verdicts},
};

const EACH: usize = 500;

fn setup(dice: &mut Dice) -> Payload {
    let mut setup = PunchOutSetupRequest::new(dice.one(SetupOperation::ALL), dice.text());
    setup.extrinsics = dice.extrinsics();
    setup.return_url = dice.maybe(|_| "https://b.example/?a&b".to_owned());
    setup.contacts = dice.some(0, Dice::contact);
    setup.supplier_setup_url = dice.maybe(|_| "https://s.example/".to_owned());
    setup.ship_to = dice.maybe(Dice::address);
    setup.selected_item = dice.maybe(Dice::id);
    setup.items = dice.items(0, Side::Out);
    Payload::PunchOutSetupRequest(Box::new(setup))
}

fn cart(dice: &mut Dice) -> Payload {
    let items = dice.items(0, Side::In);
    let mut cart = PunchOutOrderMessage::new(dice.text(), dice.amount(), items);
    cart.operation_allowed = dice.one(OperationAllowed::ALL);
    cart.quote_status = dice.one(QuoteStatus::ALL);
    cart.sourcing_status = dice.maybe(|dice| (dice.maybe(|_| "approve".to_owned()), dice.text()));
    cart.ship_to = dice.maybe(Dice::address);
    cart.shipping = dice.maybe(Dice::shipping);
    cart.tax = dice.maybe(Dice::tax);
    Payload::PunchOutOrderMessage(Box::new(cart))
}

fn order(dice: &mut Dice) -> Payload {
    let side = dice.one(&[Side::Out, Side::Out, Side::Blanket]);
    let items = dice.items(1, side);
    let mut order = OrderRequest::new(dice.text(), dice.stamp(), dice.amount(), items);
    order.action = dice.one(OrderAction::ALL);
    order.order_type = match side {
        Side::Blanket => Some("blanket".to_owned()),
        _ => dice.maybe(|dice| dice.one(&["regular", "release"]).to_owned()),
    };
    order.order_version = dice.maybe(|_| "2".to_owned());
    order.requisition_id = dice.maybe(Dice::text);
    order.agreement_id = dice.maybe(Dice::text);
    order.requested_delivery = dice.maybe(Dice::stamp);
    order.effective_date = dice.maybe(Dice::stamp);
    order.expiration_date = dice.maybe(Dice::stamp);
    order.release_required = dice.yes();
    order.ship_complete = dice.yes();
    order.ship_to = dice.maybe(Dice::address);
    order.bill_to = dice.maybe(Dice::address);
    order.shipping = dice.maybe(Dice::shipping);
    order.tax = dice.maybe(Dice::tax);
    order.contacts = dice.some(0, Dice::contact);
    order.comments = dice.comments();
    order.followup_url = dice.maybe(|_| "https://b.example/".to_owned());
    order.document_reference = dice.maybe(Dice::text);
    order.supplier_order_id = dice.maybe(Dice::text);
    order.references = dice.references();
    order.extrinsics = dice.extrinsics();
    Payload::OrderRequest(Box::new(order))
}

fn confirmation(dice: &mut Dice) -> Payload {
    let items = dice.some(0, |dice| ConfirmationItem {
        line_number: dice.line(),
        quantity: dice.number(),
        unit: dice.text(),
        statuses: dice.some(1, |dice| {
            let mut status =
                ConfirmationStatus::new(dice.one(LineStatus::ALL), dice.number(), dice.text());
            status.delivery_date = dice.maybe(Dice::stamp);
            status.shipment_date = dice.maybe(Dice::stamp);
            if dice.yes() {
                status.item = Some(Box::new(dice.item(Side::In)));
            } else {
                status.unit_price = dice.maybe(Dice::amount);
                status.tax = dice.maybe(Dice::tax);
                status.shipping = dice.maybe(Dice::shipping);
            }
            status.comments = dice.comments();
            status.extrinsics = dice.extrinsics();
            status
        }),
    });
    let kind = dice.one(ConfirmationKind::ALL);
    let mut told = ConfirmationRequest::new(kind, dice.stamp(), dice.known_order(), items);
    told.operation = dice.one(&[NoticeOperation::New, NoticeOperation::Update]);
    told.confirm_id = dice.maybe(Dice::text);
    told.document_reference = dice.maybe(Dice::text);
    told.total = dice.maybe(Dice::amount);
    told.shipping = dice.maybe(Dice::shipping);
    told.tax = dice.maybe(Dice::tax);
    told.contacts = dice.some(0, Dice::contact);
    told.comments = dice.comments();
    told.references = dice.references();
    told.extrinsics = dice.extrinsics();
    Payload::ConfirmationRequest(Box::new(told))
}

fn ship_notice(dice: &mut Dice) -> Payload {
    let portions = dice.some(0, |dice| ShipNoticePortion {
        order: dice.known_order(),
        comments: dice.comments(),
        extrinsics: dice.extrinsics(),
        items: dice.some(0, |dice| ShipNoticeItem {
            line_number: dice.line(),
            ship_notice_line_number: dice.maybe(Dice::line),
            quantity: dice.number(),
            unit: dice.text(),
            id: dice.maybe(Dice::id),
            comments: dice.comments(),
            extrinsics: dice.extrinsics(),
        }),
    });
    let mut notice = ShipNoticeRequest::new(dice.text(), dice.stamp(), portions);
    notice.operation = dice.one(NoticeOperation::ALL);
    notice.shipment_date = dice.maybe(Dice::stamp);
    notice.delivery_date = dice.maybe(Dice::stamp);
    notice.shipment_type = dice.maybe(|dice| dice.one(&["actual", "planned"]).to_owned());
    notice.fulfillment_type = dice.maybe(|dice| dice.one(&["partial", "complete"]).to_owned());
    notice.document_reference = dice.maybe(Dice::text);
    notice.contacts = dice.some(0, Dice::contact);
    notice.comments = dice.comments();
    notice.extrinsics = dice.extrinsics();
    notice.references = dice.references();
    notice.controls = dice.some(0, |dice| ShipControl {
        carriers: dice.some(1, |dice| ("companyName".to_owned(), dice.text())),
        shipments: dice.some(1, |dice| ShipmentIdentifier {
            number: dice.text(),
            domain: dice.maybe(|_| "trackingNumber".to_owned()),
            tracking_url: dice.maybe(Dice::text),
        }),
    });
    Payload::ShipNoticeRequest(Box::new(notice))
}

fn receipt(dice: &mut Dice) -> Payload {
    Payload::ReceiptRequest(Box::new(ReceiptRequest {
        receipt_id: dice.text(),
        receipt_date: dice.stamp(),
        operation: dice.one(ReceiptOperation::ALL),
        document_reference: dice.maybe(Dice::text),
        comments: dice.comment(),
        extrinsics: dice.extrinsics(),
        orders: dice.some(1, |dice| ReceiptOrder {
            order: dice.order(),
            closes: dice.yes(),
            items: dice.some(1, |dice| ReceiptItem {
                line_number: dice.line(),
                order_line: dice.line(),
                kind: dice.one(ReceiptKind::ALL),
                quantity: dice.number(),
                unit: dice.text(),
                unit_price: dice.amount(),
                basis: dice.maybe(|dice| Box::new(dice.basis())),
                amount: dice.amount(),
                id: dice.maybe(Dice::id),
                description: dice.maybe(Dice::description),
                comments: dice.comment(),
                extrinsics: dice.extrinsics(),
            }),
        }),
        total: dice.amount(),
    }))
}

fn modifications(dice: &mut Dice) -> Vec<Modification> {
    dice.some(0, |dice| Modification {
        original: dice.maybe(Dice::amount),
        allowance: dice.yes(),
        value: match dice.yes() {
            true => ModificationValue::Amount(dice.amount()),
            false => ModificationValue::Percent("3.5".to_owned()),
        },
        tax: dice.maybe(Dice::tax),
        detail: dice.maybe(|dice| (dice.text(), dice.maybe(Dice::description))),
    })
}

fn invoice_item(dice: &mut Dice) -> InvoiceItem {
    let reference = ItemReference {
        line_number: Some(dice.line()),
        id: dice.maybe(Dice::id),
        description: dice.maybe(Dice::description),
    };
    let quantity = dice.number() * dice.one(&[Decimal::ONE, -Decimal::ONE]);
    let mut item = InvoiceItem::new(dice.line(), quantity, dice.text(), dice.amount(), reference);
    item.service = dice.yes();
    item.basis = dice.maybe(Dice::basis);
    item.subtotal = if item.service { Some(dice.amount()) } else { dice.maybe(Dice::amount) };
    item.tax = dice.maybe(Dice::tax);
    item.gross = dice.maybe(Dice::amount);
    item.discount = dice.maybe(Dice::amount);
    item.modifications = modifications(dice);
    item.net = dice.maybe(Dice::amount);
    item.distributions = dice.distributions();
    item.comments = dice.comment();
    item.extrinsics = dice.extrinsics();
    item
}

fn invoice(dice: &mut Dice) -> Payload {
    let header_invoice = dice.below(4) == 0;
    let mut summary = InvoiceSummary::new(dice.amount());
    summary.tax = dice.maybe(Dice::tax);
    summary.special_handling = dice.maybe(Dice::amount);
    summary.shipping = dice.maybe(Dice::amount);
    summary.gross = dice.maybe(Dice::amount);
    summary.discount = dice.maybe(Dice::amount);
    summary.modifications = modifications(dice);
    summary.charges = dice.maybe(Dice::amount);
    summary.allowances = dice.maybe(Dice::amount);
    summary.without_tax = dice.maybe(Dice::amount);
    summary.net = dice.maybe(Dice::amount);
    summary.deposit = dice.maybe(Dice::amount);
    summary.due = dice.maybe(Dice::amount);
    let orders = match header_invoice {
        true => Vec::new(),
        false => dice.some(1, |dice| InvoiceOrder {
            order: dice.order(),
            items: dice.some(1, invoice_item),
        }),
    };
    let mut invoice = InvoiceDetailRequest::new(dice.text(), dice.stamp(), orders, summary);
    if header_invoice {
        invoice.header_invoice = true;
        invoice.header_orders = dice.some(1, |dice| InvoiceHeaderOrder {
            order: dice.order(),
            line_number: dice.line(),
            subtotal: dice.amount(),
            tax: dice.maybe(Dice::tax),
            gross: dice.maybe(Dice::amount),
            net: dice.maybe(Dice::amount),
            comments: dice.comment(),
            extrinsics: dice.extrinsics(),
        });
    }
    invoice.purpose = dice.one(InvoicePurpose::ALL);
    invoice.operation = dice.one(InvoiceOperation::ALL);
    invoice.information_only = dice.yes();
    invoice.in_line = InLine::ALL.iter().copied().filter(|_| dice.yes()).collect();
    invoice.partners = dice
        .some(0, |dice| InvoicePartner { contact: dice.contact(), references: dice.references() });
    invoice.document_reference = dice.maybe(Dice::text);
    invoice.corrects = dice.maybe(|dice| (dice.text(), dice.maybe(Dice::stamp)));
    invoice.payment_days = dice.some(0, |dice| PaymentTerm {
        days: "30".to_owned(),
        rate: dice.maybe(|_| "2".to_owned()),
    });
    invoice.comments = dice.comment();
    invoice.references = dice.references();
    invoice.extrinsics = dice.extrinsics();
    Payload::InvoiceDetailRequest(Box::new(invoice))
}

fn status_update(dice: &mut Dice) -> Payload {
    let mut update = StatusUpdateRequest::new(dice.text(), Status::new(200, dice.text()));
    update.extrinsics = dice.extrinsics();
    update.about = match dice.below(4) {
        0 => None,
        1 => Some(StatusAbout::Document {
            kind: dice.text(),
            document: dice.maybe(|dice| DocumentInfo {
                id: dice.text(),
                kind: "OrderRequest".to_owned(),
                date: dice.maybe(Dice::stamp),
            }),
            comments: dice.comments(),
        }),
        2 => Some(StatusAbout::Invoice {
            kind: dice.one(&["paid", "rejected"]).to_owned(),
            invoice_id: Some(dice.text()),
            invoice_date: dice.maybe(Dice::stamp),
            comments: dice.comments(),
        }),
        _ => Some(StatusAbout::Sourcing { action: Some("deny".to_owned()), text: dice.text() }),
    };
    Payload::StatusUpdateRequest(Box::new(update))
}

fn sums(dice: &mut Dice) -> RemittanceSums {
    RemittanceSums {
        net: dice.amount(),
        gross: dice.amount(),
        discount: dice.maybe(Dice::amount),
        adjustment: dice.maybe(Dice::amount),
    }
}

fn remittance(dice: &mut Dice) -> Payload {
    Payload::PaymentRemittanceRequest(Box::new(PaymentRemittanceRequest {
        remittance_id: dice.text(),
        payment_date: dice.stamp(),
        status: dice.one(RemittanceStatus::ALL),
        payment_reference: dice.maybe(Dice::text),
        method: dice.one(PaymentMethod::ALL),
        method_description: dice.maybe(Dice::text),
        partners: dice.some(1, |dice| PaymentPartner {
            contact: dice.contact(),
            references: dice.references(),
        }),
        comments: dice.comment(),
        extrinsics: dice.extrinsics(),
        sums: sums(dice),
        details: dice.some(0, |dice| RemittanceDetail {
            line_number: dice.line(),
            payable: match dice.yes() {
                true => Payable::Order(dice.order()),
                false => Payable::Invoice {
                    invoice_id: dice.text(),
                    invoice_date: dice.maybe(Dice::stamp),
                    payload_id: dice.maybe(Dice::text),
                    order: dice.maybe(Dice::order),
                },
            },
            sums: sums(dice),
            comments: dice.comment(),
            extrinsics: dice.extrinsics(),
        }),
    }))
}

fn catalog(dice: &mut Dice) -> Payload {
    Payload::CatalogUploadRequest(Box::new(CatalogUploadRequest {
        operation: dice.one(CatalogOperation::ALL),
        name: dice.text(),
        description: dice.description(),
        attachment: "cid:catalogue@x".to_owned(),
        commodities: dice.some(0, Dice::text),
        auto_publish: dice.maybe(Dice::yes),
        notify_email: dice.maybe(Dice::text),
        notify_url: dice.maybe(Dice::yes),
    }))
}

fn pending(dice: &mut Dice) -> Payload {
    Payload::GetPendingRequest(Box::new(GetPendingRequest {
        message_types: dice.some(1, Dice::text),
        at_most: dice.maybe(Dice::line),
        last_received: dice.maybe(Dice::stamp),
    }))
}

const INNER: &str = "<cXML payloadID=\"2@x\" timestamp=\"t\"><Response>\
    <Status code=\"200\" text=\"OK\"/></Response></cXML>";

fn waiting(dice: &mut Dice) -> Payload {
    let documents = dice.some(1, |_| INNER.to_owned());
    Payload::GetPendingResponse(Box::new(GetPendingResponse { documents }))
}

fn copy(dice: &mut Dice) -> Payload {
    let copied = [Copied::Document(INNER.to_owned()), Copied::Attachment("cid:1@x".to_owned())];
    let mode = dice.maybe(|dice| dice.one(CopyMode::ALL));
    Payload::CopyRequest(Box::new(CopyRequest { mode, copied: dice.one(&copied) }))
}

fn profile(dice: &mut Dice) -> Payload {
    let options = |dice: &mut Dice| dice.some(0, |dice| (dice.text(), dice.text()));
    Payload::ProfileResponse(Box::new(ProfileResponse {
        effective_date: dice.stamp(),
        options: options(dice),
        transactions: dice.some(1, |dice| Transaction {
            request_name: "OrderRequest".to_owned(),
            url: "https://x.example/cxml".to_owned(),
            options: options(dice),
        }),
    }))
}

fn start(_: &mut Dice) -> Payload {
    let start_page = "https://x.example/p/1?a=b&c=d".to_owned();
    Payload::PunchOutSetupResponse(Box::new(PunchOutSetupResponse { start_page }))
}

fn envelope(dice: &mut Dice, payload: &Payload) -> Envelope {
    let stamp = Stamp("2026-11-21T09:30:00+01:00".to_owned());
    let party = |dice: &mut Dice| Party::new(dice.one(&["DUNS", "NetworkId"]), dice.text());
    let (from, to) = (party(dice), party(dice));
    let sender = party(dice).with_secret(Secret::new("secret"));
    let envelope = match payload {
        Payload::PunchOutOrderMessage(_) => Envelope::message("1@x", stamp),
        Payload::ProfileResponse(_)
        | Payload::PunchOutSetupResponse(_)
        | Payload::GetPendingResponse(_) => {
            return Envelope::response("1@x", stamp, Status::new(200, dice.text()));
        }
        _ => Envelope::request("1@x", stamp),
    };
    let envelope = envelope.between(from, to, sender);
    if dice.yes() { envelope.mode(Mode::Test) } else { envelope }
}

#[test]
fn five_hundred_documents_of_every_type_are_valid_and_read_back_equal() {
    let kinds: [fn(&mut Dice) -> Payload; 16] = [
        setup,
        start,
        cart,
        order,
        confirmation,
        ship_notice,
        receipt,
        invoice,
        status_update,
        remittance,
        catalog,
        pending,
        waiting,
        copy,
        profile,
        |_| Payload::ProfileRequest,
    ];
    let mut lines = Vec::new();
    let mut dice = Dice(7);
    for make in kinds {
        for number in 0..EACH {
            let payload = make(&mut dice);
            let document = Document::new(envelope(&mut dice, &payload), payload);
            let bytes = encode(&document);
            let name = format!("{} {number}", document.payload.name());
            let again = decode(&bytes, None).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            assert!(again.unread.is_empty(), "{name}: {:?}", again.unread);
            assert_eq!(again, document, "{name}");
            assert_eq!(check(&bytes), [], "{name}");
            lines.extend(Line::new(name, std::str::from_utf8(&bytes).unwrap()));
        }
    }
    assert_eq!(lines.len(), kinds.len() * EACH);
    let Some(shared) = shared() else { return };
    for (line, theirs) in verdicts(&lines, &shared) {
        assert!(theirs.is_empty(), "{}: xmllint finds fault with {theirs:?}", line.name);
    }
}

#[test]
fn an_extrinsic_with_elements_in_it_is_kept_to_the_byte() {
    let mut dice = Dice(3);
    for _ in 0..50 {
        let mut setup = PunchOutSetupRequest::new(SetupOperation::Create, "c");
        setup.extrinsics = vec![Extrinsic { name: "x".to_owned(), value: dice.kept() }];
        let payload = Payload::PunchOutSetupRequest(Box::new(setup));
        let document = Document::new(envelope(&mut dice, &payload), payload);
        assert_eq!(decode(&encode(&document), None), Ok(document));
    }
}
