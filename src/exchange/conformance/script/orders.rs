//! The orders that a supplier gets.

use super::{
    Setting, Step, XML,
    goods::{Goods, SPECIAL, UMLAUTS, address, contact, goods, items, many, total},
};
use crate::{
    base::money::Currency,
    cxml::{
        self, Document, Payload, multipart,
        order::{OrderAction, OrderRequest},
        values::{Comments, Extrinsic, Stamp},
    },
};

/// Characters of a long description.
const LONG: usize = 2_000;

pub(super) fn steps(setting: &Setting) -> Vec<Step> {
    let first = setting.plain("order-new", "1", &two());
    let repeated = Step { id: "order-repeat", ..first.clone() };
    let mut steps = vec![first, repeated, reused(setting)];
    let paper = goods("TEST-PAPER", "Paper, 500 sheets", 4, "BX", 390);
    let pen = || goods("TEST-PEN", "Ball pen, blue", 10, "EA", 125);
    steps.push(setting.plain("order-partial", "2", &[pen(), paper]));
    steps.push(setting.plain("order-to-reject", "3", &[goods("TEST-OLD", "Old", 1, "EA", 100)]));
    let lock = goods("TEST-LOCK", UMLAUTS, 2, "EA", 1_999);
    steps.push(setting.plain("order-umlauts", "4", &[lock]));
    steps.push(latin1(setting));
    steps.push(setting.plain("order-units", "6", &units()));
    steps.push(setting.plain("order-special", "7", &[goods("TEST-NUT", SPECIAL, 3, "EA", 210)]));
    let long = goods("TEST-LONG", &"long text ".repeat(LONG / 10), 1, "EA", 500);
    steps.push(setting.plain("order-long-text", "8", &[long]));
    let screws = Goods { per: 100, ..goods("TEST-SCREW", "Screw M4", 500, "EA", 350) };
    steps.push(setting.plain("order-price-basis", "9", &[screws]));
    let salt = Goods { tenths: 25, ..goods("TEST-SALT", "Salt", 1, "KGM", 420) };
    steps.push(setting.plain("order-fraction", "10", &[salt]));
    let odd = goods("TEST-ODD", "Odd", 1, "ZZZ9", 100);
    steps.push(setting.plain("order-unit-unknown", "11", &[odd]));
    steps.push(setting.plain("order-many-lines", "12", &many()));
    steps.push(attached(setting));
    steps.extend(decorated(setting));
    steps.push(setting.plain("order-empty", "17", &[]));
    steps.extend(changed(setting));
    steps
}

fn two() -> Vec<Goods> {
    vec![
        goods("TEST-PEN", "Ball pen, blue", 10, "EA", 125),
        goods("TEST-DESK", "Desk, oak", 1, "EA", 45_000),
    ]
}

fn units() -> Vec<Goods> {
    vec![
        goods("TEST-BOX", "Envelopes", 3, "BX", 799),
        goods("TEST-PAIR", "Gloves", 5, "PR", 450),
        goods("TEST-CABLE", "Cable", 40, "MTR", 89),
        goods("TEST-SAND", "Sand", 25, "KGM", 35),
    ]
}

impl Setting {
    /// An order of these lines under this number.
    pub(super) fn order(&self, number: &str, lines: &[Goods]) -> OrderRequest {
        let items = items(lines, Currency::EUR);
        let total = total(&items, Currency::EUR);
        let mut order = OrderRequest::new(self.number(number), self.at, total, items);
        (order.ship_to, order.bill_to) = (Some(address()), Some(address()));
        order.contacts.push(contact());
        order.comments.push(Comments::new("This is a test: do not deliver, do not bill."));
        order
    }

    pub(super) fn ordered(&self, id: &'static str, order: OrderRequest) -> Step {
        self.step(id, Payload::OrderRequest(Box::new(order)))
    }

    fn plain(&self, id: &'static str, number: &str, lines: &[Goods]) -> Step {
        self.ordered(id, self.order(number, lines))
    }
}

/// Other content under the payloadID of the first order.
fn reused(setting: &Setting) -> Step {
    let order = setting.order("1", &[goods("TEST-PEN", "Ball pen, red", 999, "EA", 125)]);
    let envelope = setting.envelope(setting.payload_id("order-new"));
    let document = Document::new(envelope, Payload::OrderRequest(Box::new(order)));
    Step::cxml("order-id-reused", cxml::encode(&document))
}

/// An order in ISO-8859-1, declared so.
fn latin1(setting: &Setting) -> Step {
    let wood = goods("TEST-WOOD", "Möbel, Größe 2, façade", 1, "EA", 7_500);
    let step = setting.plain("order-latin1", "5", &[wood]);
    let text = String::from_utf8_lossy(&step.body).replacen("UTF-8", "ISO-8859-1", 1);
    let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    Step { body: bytes, content_type: XML.replace("UTF-8", "ISO-8859-1"), ..step }
}

/// An order with a file that a comment names.
fn attached(setting: &Setting) -> Step {
    let mut order = setting.order("13", &two());
    let id = format!("plan.{}@{}", setting.name, setting.host);
    let attachments = vec![format!("cid:{id}")];
    order.comments.push(Comments { attachments, ..Comments::new("The plan") });
    let step = setting.ordered("order-attachment", order);
    let plan = multipart::Part {
        content_type: Some("application/octet-stream".to_owned()),
        content_id: Some(id),
        name: Some("plan.bin".to_owned()),
        field: None,
        body: (0..=u8::MAX).collect(),
    };
    let (content_type, body) = multipart::write(&setting.name, &step.body, &[plan]);
    Step { content_type, body, ..step }
}

/// Orders with something beside the lines.
fn decorated(setting: &Setting) -> Vec<Step> {
    let mut strange = setting.order("14", &two());
    strange.extrinsics.push(Extrinsic::new("X-Nobody-Agreed-On-This", "anything & everything"));
    let mut said = setting.order("15", &two());
    said.comments.push(Comments::new("Please ring twice."));
    if let Some(line) = said.items.first_mut() {
        line.comments.push(Comments::new("Blue, not black."));
    }
    let mut wished = setting.order("16", &two());
    let day = setting.at.plus_ms(14 * crate::base::time::DAY_MS);
    wished.requested_delivery = Some(Stamp::from(day));
    vec![
        setting.ordered("order-extrinsics", strange),
        setting.ordered("order-comments", said),
        setting.ordered("order-delivery-date", wished),
    ]
}

/// A change of the first order, and a cancellation of the one with extrinsics.
fn changed(setting: &Setting) -> Vec<Step> {
    let mut more = two();
    more.iter_mut().take(1).for_each(|pen| pen.tenths = 120);
    let mut update = setting.order("1", &more);
    update.action = OrderAction::Update;
    update.order_version = Some("2".to_owned());
    update.document_reference = Some(setting.payload_id("order-new"));
    let mut delete = setting.order("14", &two());
    delete.action = OrderAction::Delete;
    delete.order_version = Some("2".to_owned());
    delete.document_reference = Some(setting.payload_id("order-extrinsics"));
    vec![setting.ordered("order-update", update), setting.ordered("order-delete", delete)]
}
