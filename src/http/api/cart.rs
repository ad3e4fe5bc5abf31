//! `POST /carts`, `GET /carts/{id}`, `PUT /carts/{id}/lines`: making a cart and filling it.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{Created, MoneyJson, Text, UnitPriceJson, quantity},
};
use crate::{
    app::{AppError, act, cart},
    base::id::CartId,
    domain::{cart::CartLine, refusal::Refusal},
};

pub struct Carts;

/// A line as it is asked for; the price comes from the catalogue.
#[derive(Object)]
#[oai(rename = "LineInput", deny_unknown_fields)]
pub(super) struct LineInput {
    sku: Text,
    /// The supplier's short name.
    supplier: Text,
    /// Decimal text.
    quantity: Text,
}

/// All lines of a cart.
#[derive(Object)]
#[oai(rename = "LinesInput", deny_unknown_fields)]
pub(super) struct LinesInput {
    lines: Vec<LineInput>,
}

impl LinesInput {
    /// The lines read; a refusal names `lines[n].quantity`.
    pub(super) fn read(self) -> Result<Vec<cart::LineAsked>, Refusal> {
        read_lines(self.lines)
    }
}

/// Lines read; a refusal names `lines[n].quantity`.
pub(super) fn read_lines(lines: Vec<LineInput>) -> Result<Vec<cart::LineAsked>, Refusal> {
    let line = |(at, line): (usize, LineInput)| {
        Ok(cart::LineAsked {
            quantity: quantity(&line.quantity, &format!("lines[{at}].quantity"))?,
            supplier: line.supplier.0,
            sku: line.sku.0,
        })
    };
    lines.into_iter().enumerate().map(line).collect()
}

/// A priced line.
#[derive(Object)]
#[oai(rename = "CartLine")]
struct LineAnswer {
    /// Stays through edits and returns.
    id: String,
    sku: String,
    supplier: String,
    description: String,
    quantity: String,
    unit: String,
    price: UnitPriceJson,
    /// Quantity times price, rounded once to the cent.
    total: MoneyJson,
    unspsc: String,
    manufacturer: String,
    manufacturer_sku: String,
    lead_time_days: Option<i64>,
}

/// A cart with its priced lines.
#[derive(Object)]
#[oai(rename = "Cart")]
struct CartAnswer {
    id: String,
    /// `open`, `submitted`, `returned` or `cancelled`.
    state: String,
    currency: String,
    lines: Vec<LineAnswer>,
    /// The sum of the lines' totals, net.
    total: MoneyJson,
    created_at: String,
    updated_at: String,
}

fn line(line: &CartLine, supplier: &str) -> LineAnswer {
    let goods = &line.goods;
    LineAnswer {
        id: line.id.to_string(),
        sku: goods.sku.clone(),
        supplier: supplier.to_owned(),
        description: goods.description.clone(),
        quantity: goods.quantity.to_string(),
        unit: goods.unit.clone(),
        price: goods.price.into(),
        total: goods.total.into(),
        unspsc: goods.unspsc.clone(),
        manufacturer: goods.manufacturer.clone(),
        manufacturer_sku: goods.manufacturer_sku.clone(),
        lead_time_days: goods.lead_time_days,
    }
}

impl From<cart::View> for CartAnswer {
    fn from(view: cart::View) -> Self {
        Self {
            id: view.cart.id.to_string(),
            state: view.cart.state.to_string(),
            currency: view.cart.currency.to_string(),
            lines: view.lines.iter().map(|own| line(own, view.supplier(own))).collect(),
            total: view.total.into(),
            created_at: view.cart.created_at.to_string(),
            updated_at: view.cart.updated_at.to_string(),
        }
    }
}

/// The id of a cart in the path; what is no id names no cart.
pub(super) fn cart_id(text: &str) -> Result<CartId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("cart").into())
}

async fn shown(caller: &Caller, id: CartId) -> poem::Result<CartAnswer> {
    let mut reader = caller.reader().await?;
    Ok(cart::view(&mut reader, id).await?.into())
}

#[OpenApi]
impl Carts {
    /// Makes an empty cart in the organisation's currency.
    #[oai(path = "/carts", method = "post", operation_id = "makeCart")]
    async fn make(&self, caller: Caller) -> poem::Result<Created<CartAnswer>> {
        let id = caller.act(cart::Make).await?;
        Ok(Created::new(shown(&caller, id).await?))
    }

    /// One of the caller's own carts.
    #[oai(path = "/carts/:id", method = "get", operation_id = "cart")]
    async fn get(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<CartAnswer>> {
        Ok(Json(shown(&caller, cart_id(&id.0)?).await?))
    }

    /// Puts these lines in place of all lines. An article that stood in the cart keeps its line's
    /// id. 422 names the line at fault; 409 `cart-submitted` after it was handed in.
    #[oai(path = "/carts/:id/lines", method = "put", operation_id = "setCartLines")]
    async fn set_lines(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<LinesInput>,
    ) -> poem::Result<Json<CartAnswer>> {
        let id = cart_id(&id.0)?;
        let lines = body.0.read()?;
        act(caller.app(), caller.actor(), cart::SetLines { cart: id, lines }).await?;
        Ok(Json(shown(&caller, id).await?))
    }
}
