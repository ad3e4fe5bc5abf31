//! The columns of goods, which the lines of carts, requisitions and orders share.

use crate::{
    base::{
        decimal,
        money::{Currency, Money, UnitPrice},
    },
    domain::cart::Goods,
};

use super::{Row, StoreError, db::Query};

/// Binds the columns from `sku` to `manufacturer_sku`, in the order of every table of lines.
pub(super) fn bind<'q>(query: Query<'q>, goods: &'q Goods) -> Query<'q> {
    query
        .bind(&goods.sku)
        .bind(&goods.aux_id)
        .bind(&goods.description)
        .bind(goods.quantity.to_string())
        .bind(&goods.unit)
        .bind(decimal::canonical(goods.price.amount))
        .bind(goods.price.per.to_string())
        .bind(goods.price.currency.code())
        .bind(goods.total.minor())
        .bind(&goods.unspsc)
        .bind(&goods.manufacturer)
        .bind(&goods.manufacturer_sku)
}

/// Reads the goods of a line; the line's currency stands in `currency`.
pub(super) fn read(row: &Row<'_>) -> Result<Goods, StoreError> {
    let currency: Currency = row.parsed("currency")?;
    let amount = decimal::parse(&row.text("price_amount")?)
        .map_err(|fault| row.fault("price_amount", fault))?;
    Ok(Goods {
        item: row.maybe_id("item_id")?,
        supplier: row.id("supplier_id")?,
        sku: row.text("sku")?,
        aux_id: row.text("aux_id")?,
        description: row.text("description")?,
        quantity: row.quantity("quantity")?,
        unit: row.text("unit")?,
        price: UnitPrice::new(amount, currency, row.quantity("price_per")?),
        total: Money::from_minor(row.int("total_minor")?, currency),
        unspsc: row.text("unspsc")?,
        manufacturer: row.text("manufacturer")?,
        manufacturer_sku: row.text("manufacturer_sku")?,
        lead_time_days: row.maybe_int("lead_time_days")?,
    })
}
