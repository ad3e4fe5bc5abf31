//! Carts and their lines.

use crate::{
    base::{
        id::{CartId, CartLineId, OrganisationId, PersonId, PunchoutSessionId},
        money::UnitPrice,
        time::Time,
    },
    domain::cart::{Cart, CartLine, CartState, Goods},
};

use super::{Conn, Row, StoreError, db, error::one_row, goods};

macro_rules! carts {
    ($rest:literal) => {
        concat!(
            "select c.id, c.organisation_id, c.person_id, c.punchout_session_id, c.currency,
                c.state, c.created_at, c.updated_at, c.returned_at, c.version from cart c ",
            $rest
        )
    };
}
const BY_ID: &str = carts!("where c.id = $1");
const OPEN: &str = carts!(
    "where c.person_id = $1 and c.organisation_id = $2 and c.state = 'open'
        and c.punchout_session_id is null
    order by c.id desc limit 1"
);
const OF_SESSION: &str = carts!("where c.punchout_session_id = $1 order by c.id desc limit 1");

pub async fn get(conn: &mut Conn, id: CartId) -> Result<Option<Cart>, StoreError> {
    let row = db::query(BY_ID).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The person's newest open cart outside every punchout session.
pub async fn open_of(
    conn: &mut Conn,
    person: PersonId,
    organisation: OrganisationId,
) -> Result<Option<Cart>, StoreError> {
    let query = db::query(OPEN).bind(person.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The newest cart of a punchout session, in whatever state.
pub async fn of_session(
    conn: &mut Conn,
    session: PunchoutSessionId,
) -> Result<Option<Cart>, StoreError> {
    let row = db::query(OF_SESSION).bind(session.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &db::DbRow) -> Result<Cart, StoreError> {
    let row = Row::new(row, "cart");
    Ok(Cart {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        person: row.id("person_id")?,
        punchout_session: row.maybe_id("punchout_session_id")?,
        currency: row.parsed("currency")?,
        state: row.parsed("state")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        returned_at: row.maybe_time("returned_at")?,
        version: row.int("version")?,
    })
}

const WITH_LINE: &str = carts!(
    "join cart_line l on l.cart_id = c.id
    where l.id = $1 and c.organisation_id = $2 order by c.id desc limit 1"
);

/// The newest cart of the organisation that holds this line: a line keeps its id when a cart comes
/// back to be edited.
pub async fn with_line(
    conn: &mut Conn,
    organisation: OrganisationId,
    line: CartLineId,
) -> Result<Option<Cart>, StoreError> {
    let query = db::query(WITH_LINE).bind(line.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

const READ_ONLY: &str = "
    select cast(case when operation = 'inspect' then 1 else 0 end as bigint) as read_only
    from punchout_session where id = $1";

/// Whether the session only looks: an inspect session writes nothing.
pub async fn is_read_only(conn: &mut Conn, session: PunchoutSessionId) -> Result<bool, StoreError> {
    let row = db::query(READ_ONLY).bind(session.to_string()).fetch_optional(conn).await?;
    row.map_or(Ok(true), |row| Row::new(&row, "punchout_session").flag("read_only"))
}

const INSERT: &str = "
    insert into cart (id, organisation_id, person_id, punchout_session_id, currency, state,
        created_at, updated_at, returned_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";

pub async fn insert(conn: &mut Conn, cart: &Cart) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(cart.id.to_string())
        .bind(cart.organisation.to_string())
        .bind(cart.person.to_string())
        .bind(cart.punchout_session.map(|id| id.to_string()))
        .bind(cart.currency.code().to_owned())
        .bind(cart.state.word())
        .bind(cart.created_at.millis())
        .bind(cart.updated_at.millis())
        .bind(cart.returned_at.map(Time::millis))
        .execute(conn)
        .await?;
    Ok(())
}

const SET_STATE: &str = "
    update cart set state = $1, returned_at = $2, updated_at = $3, version = version + 1
    where id = $4 and version = $5";

/// Moves the cart on; a cart changed meanwhile is a conflict.
pub async fn set_state(
    conn: &mut Conn,
    cart: &Cart,
    state: CartState,
    at: Time,
) -> Result<(), StoreError> {
    let returned = if state == CartState::Returned { Some(at) } else { cart.returned_at };
    let done = db::query(SET_STATE)
        .bind(state.word())
        .bind(returned.map(Time::millis))
        .bind(at.millis())
        .bind(cart.id.to_string())
        .bind(cart.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "cart")
}

const LINES: &str = "
    select id, position, item_id, supplier_id, sku, aux_id, description, quantity, unit,
        price_amount, price_per, currency, total_minor, unspsc, manufacturer, manufacturer_sku,
        lead_time_days
    from cart_line where cart_id = $1 order by position";

/// The lines in the order shown.
pub async fn lines(conn: &mut Conn, cart: CartId) -> Result<Vec<CartLine>, StoreError> {
    let rows = db::query(LINES).bind(cart.to_string()).fetch_all(conn).await?;
    rows.iter().map(read_line).collect()
}

const COUNT: &str = "select count(*) as lines from cart_line where cart_id = $1";

/// How many lines the cart has: the figure beside "Cart" in the navigation.
pub async fn count_lines(conn: &mut Conn, cart: CartId) -> Result<i64, StoreError> {
    let row = db::query(COUNT).bind(cart.to_string()).fetch_one(conn).await?;
    Row::new(&row, "cart_line").int("lines")
}

fn read_line(row: &db::DbRow) -> Result<CartLine, StoreError> {
    let row = Row::new(row, "cart_line");
    let price = UnitPrice::new(
        row.decimal("price_amount")?,
        row.parsed("currency")?,
        row.quantity("price_per")?,
    );
    let goods = Goods {
        item: row.maybe_id("item_id")?,
        supplier: row.id("supplier_id")?,
        sku: row.text("sku")?,
        aux_id: row.text("aux_id")?,
        description: row.text("description")?,
        quantity: row.quantity("quantity")?,
        unit: row.text("unit")?,
        price,
        total: row.money("total_minor", "currency")?,
        unspsc: row.text("unspsc")?,
        manufacturer: row.text("manufacturer")?,
        manufacturer_sku: row.text("manufacturer_sku")?,
        lead_time_days: row.maybe_int("lead_time_days")?,
    };
    Ok(CartLine { id: row.id("id")?, position: row.int("position")?, goods })
}

const TOUCH: &str = "
    update cart set updated_at = $1, version = version + 1 where id = $2 and version = $3";
const CLEAR: &str = "delete from cart_line where cart_id = $1";
const INSERT_LINE: &str = "
    insert into cart_line (id, cart_id, position, item_id, supplier_id, sku, aux_id, description,
        quantity, unit, price_amount, price_per, currency, total_minor, unspsc, manufacturer,
        manufacturer_sku, lead_time_days)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

/// Replaces all lines; a cart changed meanwhile is a conflict.
pub async fn save_lines(
    conn: &mut Conn,
    cart: &Cart,
    lines: &[CartLine],
    at: Time,
) -> Result<(), StoreError> {
    let done = db::query(TOUCH)
        .bind(at.millis())
        .bind(cart.id.to_string())
        .bind(cart.version)
        .execute(&mut *conn)
        .await?;
    one_row(done.rows_affected(), "cart")?;
    db::query(CLEAR).bind(cart.id.to_string()).execute(&mut *conn).await?;
    for line in lines {
        insert_line(conn, cart.id, line).await?;
    }
    Ok(())
}

async fn insert_line(conn: &mut Conn, cart: CartId, line: &CartLine) -> Result<(), StoreError> {
    let goods = &line.goods;
    let head = db::query(INSERT_LINE)
        .bind(line.id.to_string())
        .bind(cart.to_string())
        .bind(line.position)
        .bind(goods.item.map(|id| id.to_string()))
        .bind(goods.supplier.to_string());
    goods::bind(head, goods).bind(goods.lead_time_days).execute(conn).await?;
    Ok(())
}
