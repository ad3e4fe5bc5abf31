//! A frozen document made ready to leave: the secret in its place, or a mail written round it.

use crate::{
    base::{id::PartnerId, secret::Secret, time::Day},
    cxml::{
        self,
        multipart::{self, Part},
    },
    domain::{
        notice::Language,
        order::{Order, OrderLine, OrderState},
        party::{Channel, Person, PostalAddress},
    },
    exchange::letter::{OrderMail, OrderMailLine, OrderVersion, order_mail},
    outbound::mail::{MailAttachment, MailParty, OutgoingMail},
    store::{self, Conn, attachment::Attachment, delivery::Delivery, document::Document},
};

use crate::app::{App, AppError, outgoing};

/// What leaves the house.
#[derive(Debug)]
pub enum Ready {
    /// A cXML document to a URL, with its attachments when it has some.
    Cxml { url: String, content_type: String, bytes: Vec<u8> },
    /// The order as a mail, the document attached.
    Mail(Box<OutgoingMail>),
}

/// Makes a delivery ready. Prepared twice it is the same, byte for byte.
pub async fn prepare(app: &App, delivery: &Delivery, from: &str) -> Result<Ready, AppError> {
    let mut conn = app.store.read().await?;
    let document = store::document::get(&mut conn, delivery.document).await?;
    let document = document.ok_or_else(|| AppError::internal("a frozen document is gone"))?;
    match delivery.channel {
        Channel::Cxml => {
            let secret = secret(app, &mut conn, delivery.partner).await?;
            let bytes = cxml::fill_secret(&document.body, &secret);
            let attached = store::attachment::of_document(&mut conn, document.id).await?;
            let url = delivery.target.clone();
            if attached.is_empty() {
                return Ok(Ready::Cxml { url, content_type: document.content_type, bytes });
            }
            let parts: Vec<Part> = attached.into_iter().map(part).collect();
            let (content_type, bytes) = multipart::write(&document.id.to_string(), &bytes, &parts);
            Ok(Ready::Cxml { url, content_type, bytes })
        }
        Channel::Email => {
            let mail = mail(&mut conn, delivery, document, from).await?;
            Ok(Ready::Mail(Box::new(mail)))
        }
        Channel::Desk => Err(AppError::internal("nothing is sent to the supplier desk")),
    }
}

/// An attachment as a part of a multipart body.
pub(in crate::app) fn part(attachment: Attachment) -> Part {
    Part {
        content_type: Some(attachment.content_type),
        content_id: Some(attachment.content_id),
        name: Some(attachment.name).filter(|name| !name.is_empty()),
        field: None,
        body: attachment.body,
    }
}

/// The newest secret of the connection; empty when none was agreed on.
pub(in crate::app) async fn secret(
    app: &App,
    conn: &mut Conn,
    partner: Option<PartnerId>,
) -> Result<Secret, AppError> {
    let Some(partner) = partner else { return Ok(Secret::new("")) };
    let slots = store::partner::secrets(conn, partner).await?;
    let Some(slot) = slots.first() else { return Ok(Secret::new("")) };
    let place = store::partner::secret_place(partner, slot.slot);
    app.keys.unseal(&slot.sealed, &place).map_err(AppError::internal)
}

async fn mail(
    conn: &mut Conn,
    delivery: &Delivery,
    document: Document,
    from: &str,
) -> Result<OutgoingMail, AppError> {
    let gone = || AppError::internal("an order that is sent by mail is gone");
    let order = store::order::get(conn, outgoing::id(&delivery.about)?).await?;
    let order = order.ok_or_else(gone)?;
    let lines = store::order::lines(conn, order.id).await?;
    let buyer = store::organisation::get(conn, order.organisation).await?.ok_or_else(gone)?;
    let supplier = store::supplier::get(conn, order.supplier).await?.ok_or_else(gone)?;
    let requisition = store::requisition::get_any(conn, order.requisition).await?;
    let requester = match requisition {
        Some(requisition) => store::person::get(conn, requisition.requester).await?,
        None => None,
    };
    let ordered_on = order.issued_at.day_in(&buyer.time_zone);
    let sheet = sheet(&order, &lines, (&buyer.title, ordered_on), requester.as_ref());
    let letter = order_mail(&sheet, Language::of_tag(&buyer.locale));
    let attached = store::attachment::of_document(conn, document.id).await?;
    let enclosed = attached.into_iter().zip(1..).map(|(one, number)| MailAttachment {
        name: match one.name.is_empty() {
            true => format!("attachment-{number}"),
            false => one.name,
        },
        content_type: one.content_type,
        bytes: one.body,
    });
    let host = from.rsplit_once('@').map_or("countersign", |(_, host)| host);
    Ok(OutgoingMail {
        from: MailParty { name: Some(buyer.title), address: from.to_owned() },
        to: MailParty { name: Some(supplier.title), address: delivery.target.clone() },
        subject: letter.subject,
        text: letter.text,
        html: Some(letter.html),
        attachments: std::iter::once(MailAttachment {
            name: format!("{}.xml", order.number),
            content_type: document.content_type,
            // A mail is no place for a secret.
            bytes: cxml::fill_secret(&document.body, &Secret::new("")),
        })
        .chain(enclosed)
        .collect(),
        message_id: format!("{}@{host}", delivery.id),
        written_at: delivery.created_at,
    })
}

fn sheet(
    order: &Order,
    lines: &[OrderLine],
    (buyer, ordered_on): (&str, Day),
    requester: Option<&Person>,
) -> OrderMail {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    OrderMail {
        number: match &order.buyer_order_id {
            Some(theirs) => format!("{theirs} ({})", order.number),
            None => order.number.clone(),
        },
        ordered_on,
        buyer: buyer.to_owned(),
        contact: requester.map(|person| format!("{}, {}", person.name, person.email)),
        ship_to: address_lines(&order.ship_to),
        bill_to: address_lines(&order.bill_to),
        needed_on: order.needed_on,
        comment: said(&order.comment),
        lines: lines.iter().map(line).collect(),
        total: order.total,
        version: match order.state {
            OrderState::Cancelled => OrderVersion::Cancelled,
            _ if order.revision > 1 => OrderVersion::Changed(order.revision),
            _ => OrderVersion::New,
        },
    }
}

fn line(line: &OrderLine) -> OrderMailLine {
    let goods = &line.goods;
    OrderMailLine {
        number: u32::try_from(line.line_number).unwrap_or_default(),
        sku: goods.sku.clone(),
        description: goods.description.clone(),
        quantity: goods.quantity,
        unit: goods.unit.clone(),
        price: goods.price,
        total: goods.total,
    }
}

/// The lines of an address as they are written on an envelope.
pub fn address_lines(address: &PostalAddress) -> Vec<String> {
    let city = format!("{} {}", address.postal_code, address.city);
    let street = address.street.lines().map(str::to_owned);
    [address.name.clone(), address.deliver_to.clone()]
        .into_iter()
        .chain(street)
        .chain([city, address.country.clone()])
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}
