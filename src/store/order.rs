//! Purchase orders and their lines.

use crate::{
    base::{
        id::{OrderId, OrganisationId, PersonId, RequisitionId, SupplierId},
        page::{Cut, Page},
        time::Day,
    },
    domain::{
        order::{Order, OrderState},
        party::PostalAddress,
    },
};

use super::{Conn, Row, StoreError, db, error::one_row};

mod line;

pub use line::{insert_line, lines, save_progress};

const INSERT: &str = "
    insert into purchase_order (id, number, organisation_id, supplier_id, requisition_id,
        buyer_order_id, cost_center, ship_to, bill_to, needed_on, comment, currency, total_minor,
        state, content_hash, signed_hash, payload_id, document_id, issued_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        1)";

/// Adds an order. A second one of the same requisition and supplier is a `Duplicate`.
pub async fn insert(conn: &mut Conn, order: &Order) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(order.id.to_string())
        .bind(&order.number)
        .bind(order.organisation.to_string())
        .bind(order.supplier.to_string())
        .bind(order.requisition.to_string())
        .bind(&order.buyer_order_id)
        .bind(&order.cost_center_code)
        .bind(address(&order.ship_to)?)
        .bind(address(&order.bill_to)?)
        .bind(order.needed_on.map(|day: Day| day.to_string()))
        .bind(&order.comment)
        .bind(order.currency.code())
        .bind(order.total.minor())
        .bind(order.state.word())
        .bind(&order.content_hash)
        .bind(&order.signed_hash)
        .bind(&order.payload_id)
        .bind(order.document.to_string())
        .bind(order.issued_at.millis())
        .put(conn)
}

/// An address as it is frozen.
fn address(address: &PostalAddress) -> Result<String, StoreError> {
    serde_json::to_string(address)
        .map_err(|fault| StoreError::inconsistent("purchase_order", fault))
}

const GET: &str = "select * from purchase_order where id = $1";
const IN_ORGANISATION: &str = "select * from purchase_order where id = $1 and organisation_id = $2";
const AT_SUPPLIER: &str = "select * from purchase_order where id = $1 and supplier_id = $2";
const OF_REQUISITION: &str = "select * from purchase_order where requisition_id = $1 order by id";
const BY_PAYLOAD: &str = "select * from purchase_order where payload_id = $1";
const BY_NUMBER: &str = "
    select * from purchase_order
    where organisation_id = $1 and supplier_id = $2 and (number = $3 or buyer_order_id = $3)
    order by id limit 2";

const OF_BUYER_ORDER: &str = "
    select * from purchase_order where organisation_id = $1 and buyer_order_id = $2 order by id";

const OF_BUYER: &str = "
    select * from purchase_order where organisation_id = $1 and (buyer_order_id = $2 or number = $2)
    order by id";

/// Every order that the procurement system may mean by this number: its own orderID, or our number.
pub async fn of_buyer(
    conn: &mut Conn,
    organisation: OrganisationId,
    number: &str,
) -> Result<Vec<Order>, StoreError> {
    let query = db::query(OF_BUYER).bind(organisation.to_string()).bind(number);
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// Every order that was issued under the procurement system's orderID.
pub async fn of_buyer_order(
    conn: &mut Conn,
    organisation: OrganisationId,
    buyer_order_id: &str,
) -> Result<Vec<Order>, StoreError> {
    let rows = db::query(OF_BUYER_ORDER)
        .bind(organisation.to_string())
        .bind(buyer_order_id)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// The order of this id, whoever asks: for the server's own work.
pub async fn get(conn: &mut Conn, id: OrderId) -> Result<Option<Order>, StoreError> {
    let rows = db::query(GET).bind(id.to_string()).fetch_known(conn).await?;
    rows.first().map(read).transpose()
}

/// The order when it belongs to the organisation.
pub async fn in_organisation(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: OrderId,
) -> Result<Option<Order>, StoreError> {
    let row = db::query(IN_ORGANISATION)
        .bind(id.to_string())
        .bind(organisation.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The order when it goes to the supplier.
pub async fn at_supplier(
    conn: &mut Conn,
    supplier: SupplierId,
    id: OrderId,
) -> Result<Option<Order>, StoreError> {
    let row = db::query(AT_SUPPLIER)
        .bind(id.to_string())
        .bind(supplier.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Every order of a requisition, in the order of their issue.
pub async fn of_requisition(
    conn: &mut Conn,
    requisition: RequisitionId,
) -> Result<Vec<Order>, StoreError> {
    let rows = db::query(OF_REQUISITION).bind(requisition.to_string()).fetch_known(conn).await?;
    rows.iter().map(read).collect()
}

/// The order, of whomever, whose last OrderRequest has this payloadID.
pub async fn by_payload(conn: &mut Conn, payload_id: &str) -> Result<Option<Order>, StoreError> {
    let row = db::query(BY_PAYLOAD).bind(payload_id).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Orders of the organisation to the supplier that go by this number, ours or the procurement
/// system's; at most two, enough to know that it is ambiguous.
pub async fn by_number(
    conn: &mut Conn,
    organisation: OrganisationId,
    supplier: SupplierId,
    number: &str,
) -> Result<Vec<Order>, StoreError> {
    let rows = db::query(BY_NUMBER)
        .bind(organisation.to_string())
        .bind(supplier.to_string())
        .bind(number)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

const LIST: &str = "
    select * from purchase_order
    where organisation_id = $1 and id < $2 order by id desc limit $3";
const LIST_OWN: &str = "
    select o.* from purchase_order o join requisition r on r.id = o.requisition_id
    where o.organisation_id = $1 and o.id < $2 and r.requester_id = $4
    order by o.id desc limit $3";
const LIST_AT_SUPPLIER: &str = "
    select * from purchase_order where supplier_id = $1 and id < $2 order by id desc limit $3";

/// Sorts after every id, whatever the collation.
const NEWEST: &str = "z";

/// The organisation's orders, newest first; those of one requester when named.
pub async fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    requester: Option<PersonId>,
    cut: &Cut,
) -> Result<Page<Order>, StoreError> {
    let query = db::query(if requester.is_some() { LIST_OWN } else { LIST })
        .bind(organisation.to_string())
        .bind(cut.after.as_deref().unwrap_or(NEWEST).to_owned())
        .bind(cut.fetch());
    let query = match requester {
        Some(requester) => query.bind(requester.to_string()),
        None => query,
    };
    let rows = query.fetch_all(conn).await?;
    let orders = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(orders, cut, |order| order.id.to_string()))
}

/// The supplier's orders from all organisations, newest first.
pub async fn list_at_supplier(
    conn: &mut Conn,
    supplier: SupplierId,
    cut: &Cut,
) -> Result<Page<Order>, StoreError> {
    let rows = db::query(LIST_AT_SUPPLIER)
        .bind(supplier.to_string())
        .bind(cut.after.as_deref().unwrap_or(NEWEST).to_owned())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let orders = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(orders, cut, |order| order.id.to_string()))
}

const REPLACE: &str = "
    update purchase_order set requisition_id = $1, cost_center = $2, ship_to = $3, bill_to = $4,
        needed_on = $5, comment = $6, total_minor = $7, content_hash = $8, signed_hash = $9,
        payload_id = $10, document_id = $11, issued_at = $12, revision = $13,
        version = version + 1
    where id = $14 and version = $15";
const DELETE_LINES: &str = "delete from order_line where order_id = $1";

/// Puts the order's next version in place of the last; the lines of the last go, those of the next
/// are still to be inserted.
pub async fn replace(conn: &mut Conn, order: &Order) -> Result<(), StoreError> {
    let done = db::query(REPLACE)
        .bind(order.requisition.to_string())
        .bind(&order.cost_center_code)
        .bind(address(&order.ship_to)?)
        .bind(address(&order.bill_to)?)
        .bind(order.needed_on.map(|day: Day| day.to_string()))
        .bind(&order.comment)
        .bind(order.total.minor())
        .bind(&order.content_hash)
        .bind(&order.signed_hash)
        .bind(&order.payload_id)
        .bind(order.document.to_string())
        .bind(order.issued_at.millis())
        .bind(order.revision)
        .bind(order.id.to_string())
        .bind(order.version)
        .execute(&mut *conn)
        .await?;
    one_row(done.rows_affected(), "order")?;
    db::query(DELETE_LINES).bind(order.id.to_string()).execute(conn).await?;
    Ok(())
}

const CANCEL: &str = "
    update purchase_order set state = $1, payload_id = $2, document_id = $3, revision = $4,
        version = version + 1
    where id = $5 and version = $6";

/// Saves the order's cancellation; its lines stay.
pub async fn cancel(conn: &mut Conn, order: &Order) -> Result<(), StoreError> {
    let done = db::query(CANCEL)
        .bind(order.state.word())
        .bind(&order.payload_id)
        .bind(order.document.to_string())
        .bind(order.revision)
        .bind(order.id.to_string())
        .bind(order.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "order")
}

const SET_STATE: &str = "
    update purchase_order set state = $1, version = version + 1 where id = $2 and version = $3";

/// Moves the order to another state, unless somebody else changed it meanwhile.
pub async fn set_state(
    conn: &mut Conn,
    order: &Order,
    state: OrderState,
) -> Result<(), StoreError> {
    let done = db::query(SET_STATE)
        .bind(state.word())
        .bind(order.id.to_string())
        .bind(order.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "order")
}

fn read(row: &db::DbRow) -> Result<Order, StoreError> {
    let row = Row::new(row, "purchase_order");
    Ok(Order {
        id: row.id("id")?,
        number: row.text("number")?,
        organisation: row.id("organisation_id")?,
        supplier: row.id("supplier_id")?,
        requisition: row.id("requisition_id")?,
        buyer_order_id: row.maybe_text("buyer_order_id")?,
        cost_center_code: row.text("cost_center")?,
        ship_to: row.json("ship_to")?,
        bill_to: row.json("bill_to")?,
        needed_on: row.maybe_day("needed_on")?,
        comment: row.text("comment")?,
        currency: row.parsed("currency")?,
        total: row.money("total_minor", "currency")?,
        state: row.parsed("state")?,
        content_hash: row.text("content_hash")?,
        signed_hash: row.text("signed_hash")?,
        payload_id: row.text("payload_id")?,
        document: row.id("document_id")?,
        issued_at: row.time("issued_at")?,
        revision: row.int("revision")?,
        version: row.int("version")?,
    })
}
