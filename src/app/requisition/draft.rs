//! A requisition as it is made from a cart, before it is handed in.

use crate::{
    base::{
        id::{CartId, RequisitionId},
        text::shorten,
        time::Day,
    },
    domain::{
        cart::Goods,
        gateway,
        party::{AddressKind, CostCenter, Organisation, Person, PostalAddress},
        refusal::Refusal,
        requisition::{BuyerLine, Flag, RequisitionLine, RequisitionSource},
    },
    store::{self, Conn},
};

use super::{
    super::{App, AppError},
    Draft, MAX_COMMENT, Wish, registers,
};

/// A draft with the head that will be signed with it.
pub(in crate::app) struct Made {
    pub draft: Draft,
    pub ship_to: PostalAddress,
    pub bill_to: PostalAddress,
    pub needed_on: Option<Day>,
    pub comment: String,
    /// What somebody must look at.
    pub flags: Vec<Flag>,
}

/// Where a requisition comes from.
#[derive(Default)]
pub(in crate::app) struct Origin {
    pub cart: Option<CartId>,
    pub punchout_session: Option<crate::base::id::PunchoutSessionId>,
    pub buyer_order_id: Option<String>,
    pub buyer_payload_id: Option<String>,
}

impl Origin {
    pub(super) fn of_cart(cart: &crate::domain::cart::Cart) -> Self {
        Self { cart: Some(cart.id), punchout_session: cart.punchout_session, ..Self::default() }
    }
}

/// Reads what a cart would be handed in as; the ids are made when it really is.
pub(super) async fn draft_of_cart(
    app: &App,
    conn: &mut Conn,
    person: &Person,
    cart: &crate::domain::cart::Cart,
    wish: &Wish,
) -> Result<Made, AppError> {
    let now = app.now();
    let organisation = need_organisation(conn, cart.organisation).await?;
    let lines = store::cart::lines(conn, cart.id).await?;
    if lines.is_empty() {
        return Err(empty("The cart is empty."));
    }
    let sites = store::gateway::lines(conn, cart.id).await?;
    let flags = gateway::flags(&lines, &sites);
    let mut lines: Vec<RequisitionLine> =
        (1..).zip(lines).map(|(position, line)| fresh_line(position, line.goods)).collect();
    registers::charge(&mut lines, wish)?;
    let center = own_cost_center(conn, person, &organisation, &wish.cost_center).await?;
    let ship_to = address(conn, &organisation, AddressKind::ShipTo, wish.ship_to.as_deref());
    let ship_to = ship_to.await?;
    let bill_to = address(conn, &organisation, AddressKind::BillTo, None).await?;
    let comment = comment(wish.comment.as_deref())?;
    let extras = registers::extras(app, conn, person, wish).await?;
    let draft = Draft {
        ship_to_country: ship_to.country.clone(),
        extras,
        total: Draft::total_of(&lines, cart.currency)?,
        cost_center_code: center.code.clone(),
        cost_center: Some(center),
        requester: person.clone(),
        source: RequisitionSource::Cart,
        flagged: !flags.is_empty(),
        signed_as: None,
        versions: None,
        lines,
        id: RequisitionId::from_bits(0),
        at: now,
        until: now.plus_ms(crate::base::time::DAY_MS),
        organisation,
    };
    Ok(Made { draft, ship_to, bill_to, needed_on: wish.needed_on, comment, flags })
}

pub(super) fn fresh_line(position: i64, goods: Goods) -> RequisitionLine {
    RequisitionLine {
        id: crate::base::id::RequisitionLineId::from_bits(0),
        position,
        goods,
        accounts: Vec::new(),
        attachments: Vec::new(),
        buyer: BuyerLine::default(),
    }
}

pub(super) fn empty(message: &str) -> AppError {
    Refusal::invalid("no-lines", message)
        .field("lines")
        .expected("at least one line")
        .mend("Add something from the catalogue first.")
        .into()
}

pub(super) async fn need_organisation(
    conn: &mut Conn,
    id: crate::base::id::OrganisationId,
) -> Result<Organisation, AppError> {
    let found = store::organisation::get(conn, id).await?;
    found.ok_or_else(|| Refusal::not_found("organisation").into())
}

/// The cost centres that a person may charge, in the order of their codes.
pub(in crate::app) async fn own_cost_centers(
    conn: &mut Conn,
    person: &Person,
    organisation: &Organisation,
) -> Result<Vec<CostCenter>, AppError> {
    let mut own = store::person::cost_centers(conn, person.id).await?;
    own.extend(person.default_cost_center);
    let all = store::organisation::cost_centers(conn, organisation.id).await?;
    let usable = |center: &CostCenter| center.disabled_at.is_none() && own.contains(&center.id);
    Ok(all.into_iter().filter(usable).collect())
}

async fn own_cost_center(
    conn: &mut Conn,
    person: &Person,
    organisation: &Organisation,
    code: &str,
) -> Result<CostCenter, AppError> {
    let own = own_cost_centers(conn, person, organisation).await?;
    let codes: Vec<&str> = own.iter().map(|center| center.code.as_str()).collect();
    let codes = if codes.is_empty() { "none yet".to_owned() } else { codes.join(", ") };
    let found = own.iter().find(|center| center.code == code).cloned();
    found.ok_or_else(|| {
        Refusal::invalid("cost-center-not-yours", "You may not charge this cost centre.")
            .field("cost_center")
            .got(shorten(code, 40))
            .expected(format!("one of your cost centres: {codes}"))
            .mend("Choose one of them, or ask an admin for this one.")
            .into()
    })
}

/// The address of this code, or the default one.
pub(in crate::app) async fn address(
    conn: &mut Conn,
    organisation: &Organisation,
    kind: AddressKind,
    code: Option<&str>,
) -> Result<PostalAddress, AppError> {
    let all = store::organisation::addresses(conn, organisation.id, kind).await?;
    let codes: Vec<&str> = all.iter().map(|address| address.postal.code.as_str()).collect();
    let codes = codes.join(", ");
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let found = all
        .iter()
        .find(|address| code.is_none_or(|code| address.postal.code == code))
        .map(|address| address.postal.clone());
    found.ok_or_else(|| {
        Refusal::invalid("unknown-address", "The organisation has no such address.")
            .field(kind.word())
            .got(shorten(code.unwrap_or("none"), 40))
            .expected(if codes.is_empty() { "an address".to_owned() } else { codes })
            .mend("Choose another address, or ask an admin to add it.")
            .into()
    })
}

/// A comment as it is signed and sent on; characters that no document can carry are refused.
pub(in crate::app) fn comment(text: Option<&str>) -> Result<String, Refusal> {
    let text = text.unwrap_or_default().replace("\r\n", "\n").trim().to_owned();
    let refusal = |message: &str, expected: &str| {
        Refusal::invalid("bad-comment", message)
            .field("comment")
            .got(format!("{} characters", text.chars().count()))
            .expected(expected)
            .mend("Say it in fewer and plain words; a longer text can be attached as a file.")
    };
    if text.chars().count() > MAX_COMMENT {
        return Err(refusal("The comment is too long.", "at most 2000 characters"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(refusal("The comment holds a control character.", "plain text"));
    }
    Ok(text)
}
