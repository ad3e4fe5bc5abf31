//! Journey 1: an OrderRequest of the procurement system arrives, is compared with the cart that was
//! returned for it, and becomes a requisition: forwarded at once, or held for sign-off.

mod change;
mod enclosed;
mod said;

pub use change::{cancel, change};

use std::collections::HashMap;

use crate::{
    base::{
        id::{CartId, CartLineId, OrganisationId, PersonId, PunchoutSessionId},
        text::shorten,
        time::DAY_MS,
        unit::{self, UnitMap},
    },
    cxml::{
        Status,
        item::{Item, ItemDetail},
        order::OrderRequest,
    },
    domain::{
        cart::{CartLine, Goods},
        gateway,
        party::{Email, Organisation},
        refusal::Refusal,
        requisition::{Flag, RequisitionState},
        returned_cart::{Ordered, compare},
    },
    store,
};

use super::{
    AppError, Cx,
    inbox::{Inbound, Taken},
    requisition::{Incoming, submit_incoming},
};

/// Characters of an orderID; longer ones no system shows.
const MOST_ID: usize = 255;
/// Returned carts that an order may be for: the last so many of so many days.
const CARTS: i64 = 200;
const CARTS_MS: i64 = 180 * DAY_MS;

/// Takes an order of the sender's organisation.
pub async fn arrive(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &OrderRequest,
) -> Result<Taken, AppError> {
    let organisation = owner(cx, inbound).await?;
    known_before(cx, &organisation, &request.order_id).await?;
    take(cx, inbound, request, &organisation).await
}

/// The sender's organisation.
async fn owner(cx: &mut Cx<'_>, inbound: &Inbound<'_>) -> Result<Organisation, AppError> {
    let id = inbound.sender.partner.organisation;
    let organisation = store::organisation::get(cx.conn, id).await?;
    Ok(organisation.ok_or_else(|| Refusal::not_found("organisation"))?)
}

/// Makes a requisition of the order as this document says it.
async fn take(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &OrderRequest,
    organisation: &Organisation,
) -> Result<Taken, AppError> {
    let id = organisation.id;
    let enclosed = enclosed::find(request, inbound.attachments)?;
    if request.total.currency != organisation.currency {
        return Err(Refusal::invalid("currency", "The order is in another currency.")
            .field("OrderRequest/OrderRequestHeader/Total/Money/@currency")
            .got(request.total.currency.to_string())
            .expected(organisation.currency.to_string())
            .into());
    }
    let profile = inbound.sender.partner.profile.read()?;
    let shelf = Shelf::of(cx, id, request).await?;
    let mut lines = Vec::with_capacity(request.items.len());
    let mut flags = Vec::new();
    for (number, item) in (1..).zip(&request.items) {
        let (goods, found) = shelf.line(cx, organisation, number, item).await?;
        flags.extend(found);
        flags.extend(other_unit(&profile.units, number, item, &goods)?);
        lines.push((goods, said::accounts(item)));
    }
    let requester = requester(cx, organisation, &shelf, request).await?;
    let handed = submit_incoming(
        cx,
        Incoming {
            organisation: id,
            requester,
            cart: shelf.best,
            punchout_session: shelf.session,
            buyer_order_id: request.order_id.clone(),
            buyer_payload_id: inbound.envelope.payload_id.clone(),
            cost_center: said::cost_center(&profile.extrinsics.cost_center, request),
            ship_to: request.ship_to.as_ref().and_then(said::postal),
            bill_to: request.bill_to.as_ref().and_then(said::postal),
            needed_on: request.requested_delivery.as_ref().and_then(|stamp| stamp.day()),
            comment: said::comment(request),
            currency: organisation.currency,
            lines,
            flags: flags.clone(),
            document: inbound.id,
            enclosed: enclosed.head,
            line_enclosed: enclosed.lines,
        },
    )
    .await?;
    let about = vec![handed.requisition.id.to_string()];
    Ok(Taken::status(status(handed.held, &handed.requisition.number, &flags), about))
}

/// 200 when everything went on, 201 with a promise of news when it waits for sign-off.
fn status(held: bool, number: &str, flags: &[Flag]) -> Status {
    if !held {
        return Status::new(Status::OK, format!("Forwarded to the suppliers as {number}."));
    }
    let differences: Vec<String> = flags.iter().map(told).collect();
    let message = match differences.is_empty() {
        true => format!("Held for sign-off as {number}."),
        false => format!("Held for sign-off as {number}: {}.", differences.join("; ")),
    };
    Status::new(Status::ACCEPTED, message)
}

fn told(flag: &Flag) -> String {
    let Flag { line, field, expected, got, tolerance } = flag;
    format!("line {line}, {field}: expected {expected}, got {got} (tolerance {tolerance})")
}

async fn known_before(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    order_id: &str,
) -> Result<(), AppError> {
    let length = order_id.chars().count();
    if length == 0 || length > MOST_ID {
        return Err(Refusal::invalid("order-id", "The orderID cannot be kept.")
            .field("OrderRequest/OrderRequestHeader/@orderID")
            .got(format!("{length} characters"))
            .expected(format!("1 to {MOST_ID} characters"))
            .into());
    }
    let known = store::requisition::of_buyer_order(cx.conn, organisation.id, order_id).await?;
    match known {
        None => Ok(()),
        Some(known) => Err(Refusal::conflict("order-exists", "This order was sent before.")
            .field("OrderRequest/OrderRequestHeader/@orderID")
            .got(order_id)
            .expected(format!("a new orderID: this one is {} here", known.number))
            .mend("To repeat it, send the same document with the same payloadID.")
            .into()),
    }
}

/// The returned carts' lines by SKU, the cart that fits best first.
struct Shelf {
    best: Option<CartId>,
    session: Option<PunchoutSessionId>,
    person: Option<PersonId>,
    lines: HashMap<String, Vec<CartLine>>,
    /// What is held for its price since it came from a supplier's own site.
    held: HashMap<CartLineId, Flag>,
}

impl Shelf {
    async fn of(
        cx: &mut Cx<'_>,
        organisation: OrganisationId,
        request: &OrderRequest,
    ) -> Result<Self, AppError> {
        let since = cx.now.plus_ms(-CARTS_MS);
        let carts =
            store::punchout_session::returned_carts(cx.conn, organisation, since, CARTS).await?;
        let mut shelf = Self {
            best: None,
            session: None,
            person: None,
            lines: HashMap::new(),
            held: HashMap::new(),
        };
        let mut most = 0;
        for cart in carts {
            let lines = store::cart::lines(cx.conn, cart).await?;
            shelf.hold(cx, cart, &lines).await?;
            let fits = |item: &&Item| lines.iter().any(|line| line.goods.sku == sku(item));
            let fitting = request.items.iter().filter(fits).count();
            let better = fitting > most;
            for line in lines {
                let known = shelf.lines.entry(line.goods.sku.clone()).or_default();
                if better { known.insert(0, line) } else { known.push(line) }
            }
            if better {
                (most, shelf.best) = (fitting, Some(cart));
            }
        }
        if let Some(best) = shelf.best
            && let Some(cart) = store::cart::get(cx.conn, best).await?
        {
            (shelf.session, shelf.person) = (cart.punchout_session, Some(cart.person));
        }
        Ok(shelf)
    }

    /// Transfer takes nothing off a price that nobody confirmed: what was held in the cart is held
    /// in the order, unless the cart was signed off before it went.
    async fn hold(
        &mut self,
        cx: &mut Cx<'_>,
        cart: CartId,
        lines: &[CartLine],
    ) -> Result<(), AppError> {
        if lines.iter().all(|line| line.goods.item.is_some()) {
            return Ok(());
        }
        let signed = store::requisition::of_cart(cx.conn, cart).await?;
        let is_signed =
            |state| matches!(state, RequisitionState::Approved | RequisitionState::Ordered);
        if signed.is_some_and(|signed| is_signed(signed.state)) {
            return Ok(());
        }
        let sites = store::gateway::lines(cx.conn, cart).await?;
        for line in lines {
            let flag = gateway::flags(std::slice::from_ref(line), &sites).pop();
            self.held.extend(flag.map(|flag| (line.id, flag)));
        }
        Ok(())
    }

    /// The goods of one ordered line at the ordered price, and where they differ.
    async fn line(
        &self,
        cx: &mut Cx<'_>,
        organisation: &Organisation,
        number: u32,
        item: &Item,
    ) -> Result<(Goods, Vec<Flag>), AppError> {
        let line = item.line_number.unwrap_or(number);
        let path = |rest: &str| format!("OrderRequest/ItemOut[{number}]/{rest}");
        let Some(detail) = &item.detail else {
            return Err(Refusal::invalid("content", "A line has no ItemDetail.")
                .field(path("ItemDetail"))
                .expected("UnitPrice, Description and UnitOfMeasure of the line")
                .into());
        };
        let ordered = Ordered { line, quantity: item.quantity, price: detail.price };
        let known = self.lines.get(sku(item)).and_then(|lines| closest(lines, item));
        let (mut goods, flags) = match known {
            Some(known) => {
                let mut flags = compare(ordered, &known.goods, organisation.price_tolerance);
                flags.extend(self.held.get(&known.id).map(|flag| Flag { line, ..flag.clone() }));
                (known.goods.clone(), flags)
            }
            None => (unreturned(cx, item, detail, &path("ItemID/SupplierPartID")).await?, {
                let expected = "a line of a cart that was returned".to_owned();
                let field = "supplier_part".to_owned();
                let (got, tolerance) = (sku(item).to_owned(), "0".to_owned());
                vec![Flag { line, field, expected, got, tolerance }]
            }),
        };
        if detail.price.currency != organisation.currency {
            return Err(Refusal::invalid("currency", "A line is in another currency.")
                .field(path("ItemDetail/UnitPrice/Money/@currency"))
                .got(detail.price.currency.to_string())
                .expected(organisation.currency.to_string())
                .into());
        }
        (goods.quantity, goods.price) = (item.quantity, detail.price);
        goods.total = goods.computed_total()?;
        Ok((goods, flags))
    }
}

/// Where the line is ordered in another unit than it was returned in: ten boxes are not ten pieces.
/// A unit that nobody knows is refused by its name, unless the connection lets such units through.
fn other_unit(
    units: &UnitMap,
    number: u32,
    item: &Item,
    goods: &Goods,
) -> Result<Option<Flag>, Refusal> {
    let theirs = item.detail.as_ref().map_or("", |detail| detail.unit.trim());
    let own = goods.unit.as_str();
    // A visit over OCI took the unit away in SAP's spelling, whatever the profile says.
    let sap = UnitMap::shipped();
    let mut written = [units, &sap].into_iter().filter_map(|map| map.to_theirs(own));
    if theirs.is_empty() || written.any(|unit| unit.eq_ignore_ascii_case(theirs)) {
        return Ok(None);
    }
    let Some(ours) = units.to_ours(theirs) else {
        return Err(Refusal::invalid("unknown-unit", "The unit of a line is not known here.")
            .field(format!("OrderRequest/ItemOut[{number}]/ItemDetail/UnitOfMeasure"))
            .got(shorten(theirs, 40))
            .expected(units.to_theirs(own).unwrap_or(own).to_owned())
            .mend("Send a code of UN/ECE Recommendation 20, or have it mapped for you here."));
    };
    let meant = |unit: &str| unit::meant(unit).unwrap_or(unit).to_ascii_uppercase();
    Ok((meant(ours) != meant(own)).then(|| Flag {
        line: item.line_number.unwrap_or(number),
        field: "unit".to_owned(),
        expected: own.to_owned(),
        got: theirs.to_owned(),
        tolerance: "0".to_owned(),
    }))
}

fn sku(item: &Item) -> &str {
    item.id.supplier_part.trim()
}

/// Of several returned lines of one number the one with this auxiliary id, else with this quantity,
/// else the one that fits best.
fn closest<'l>(lines: &'l [CartLine], item: &Item) -> Option<&'l CartLine> {
    let auxiliary = item.id.auxiliary.as_ref().map(|kept| kept.text.as_str()).unwrap_or_default();
    let named = |line: &&CartLine| {
        !auxiliary.is_empty()
            && (line.id.to_string() == auxiliary || line.goods.aux_id == auxiliary)
    };
    let as_many = |line: &&CartLine| line.goods.quantity == item.quantity;
    lines.iter().find(named).or_else(|| lines.iter().find(as_many)).or_else(|| lines.first())
}

/// A line nobody returned: known by its number alone, when exactly one supplier has it.
async fn unreturned(
    cx: &mut Cx<'_>,
    item: &Item,
    detail: &ItemDetail,
    field: &str,
) -> Result<Goods, AppError> {
    let mut found = store::item::all_by_sku(cx.conn, sku(item)).await?.into_iter();
    let (Some(known), None) = (found.next(), found.next()) else {
        return Err(Refusal::invalid("unknown-part", "There is no such article here.")
            .field(field)
            .got(sku(item))
            .expected("the supplier part number of a returned cart or of the catalogue")
            .into());
    };
    Ok(Goods {
        item: Some(known.id),
        supplier: known.supplier,
        sku: known.sku,
        aux_id: known.aux_id,
        description: known.name,
        quantity: item.quantity,
        unit: known.unit,
        price: detail.price,
        total: detail.price.times(item.quantity)?,
        unspsc: known.unspsc,
        manufacturer: known.manufacturer,
        manufacturer_sku: known.manufacturer_sku,
        lead_time_days: known.lead_time_days,
    })
}

/// Who asked: the contact of the order among the organisation's own people, else whoever shopped
/// the cart.
async fn requester(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    shelf: &Shelf,
    request: &OrderRequest,
) -> Result<PersonId, AppError> {
    let mails = request.contacts.iter().flat_map(|contact| &contact.emails);
    for mail in mails {
        let Ok(email) = mail.parse::<Email>() else { continue };
        let person = store::person::by_email(cx.conn, &email).await?;
        if let Some(person) = person.filter(|p| p.organisation() == Some(organisation.id)) {
            return Ok(person.id);
        }
    }
    if let Some(person) = shelf.person {
        return Ok(person);
    }
    Err(Refusal::invalid("unknown-requester", "It is not known who asks for this order.")
        .field("OrderRequest/OrderRequestHeader/Contact/Email")
        .expected("the e-mail address of a person of your organisation")
        .into())
}
