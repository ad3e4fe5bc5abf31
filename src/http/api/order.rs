//! `/orders`: what was ordered, how far it got, what went over the wire.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, Text, cut, quantity},
};
use crate::{
    app::{
        AppError,
        delivery::Resend,
        order::{self, Cancel},
        receiving::Receive,
    },
    base::id::OrderId,
    domain::{refusal::Refusal, shipment::Moved},
};

mod shape;

use shape::{BriefJson, DocumentJson, OrderJson, shown_document};

pub struct Orders;

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct CancelInput {
    /// Told to the supplier.
    reason: String,
}

/// What arrived; without lines everything that is left.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ReceiveInput {
    lines: Option<Vec<ReceivedLine>>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ReceivedLine {
    line: i64,
    quantity: Text,
}

fn id(text: &str) -> Result<OrderId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("order").into())
}

async fn shown(caller: &Caller, id: OrderId) -> Result<Json<OrderJson>, AppError> {
    let mut reader = caller.reader().await?;
    Ok(Json(order::get(&mut reader, id).await?.into()))
}

#[OpenApi]
impl Orders {
    /// Orders, newest first: the organisation's for those who may read them all, else those of
    /// one's own requisitions; for people of a supplier those that go to it.
    #[oai(path = "/orders", method = "get", operation_id = "orders")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<BriefJson>>> {
        let mut reader = caller.reader().await?;
        let page = order::list(&mut reader, &cut(limit.0, after.0)).await?;
        Ok(Json(page.map(BriefJson::from).into()))
    }

    /// One order.
    #[oai(path = "/orders/:id", method = "get", operation_id = "order")]
    async fn get(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<OrderJson>> {
        Ok(shown(&caller, self::id(&id)?).await?)
    }

    /// Every document about an order: an exchange reads oldest first, unlike other lists.
    #[oai(path = "/orders/:id/documents", method = "get", operation_id = "order-documents")]
    async fn documents(
        &self,
        caller: Caller,
        id: Path<String>,
    ) -> poem::Result<Json<List<DocumentJson>>> {
        let id = self::id(&id)?;
        let mut reader = caller.reader().await?;
        let found = order::documents(&mut reader, id).await?;
        let items = found.into_iter().map(shown_document).collect();
        Ok(Json(List { items, next: None }))
    }

    /// Sends the order again: the same bytes under the same payloadID.
    #[oai(path = "/orders/:id/resend", method = "post", operation_id = "resend-order")]
    async fn resend(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<OrderJson>> {
        let order = self::id(&id)?;
        caller.act(Resend { order }).await?;
        Ok(shown(&caller, order).await?)
    }

    /// Cancels an order whose supplier has not answered it yet; the supplier gets a cancellation
    /// with the reason. 409 `order-answered` later.
    #[oai(path = "/orders/:id/cancel", method = "post", operation_id = "cancel-order")]
    async fn cancel(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<CancelInput>,
    ) -> poem::Result<Json<OrderJson>> {
        let order = self::id(&id)?;
        caller.act(Cancel { order, reason: body.0.reason }).await?;
        Ok(shown(&caller, order).await?)
    }

    /// Says that goods are in hand.
    #[oai(path = "/orders/:id/receive", method = "post", operation_id = "receive-order")]
    async fn receive(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<ReceiveInput>,
    ) -> poem::Result<Json<OrderJson>> {
        let order = self::id(&id)?;
        let lines = body.0.lines.unwrap_or_default();
        let parts = lines.iter().enumerate().map(|(at, line)| {
            let quantity = quantity(&line.quantity, &format!("lines[{at}].quantity"))?;
            Ok(Moved { line_number: line.line, quantity: quantity.value() })
        });
        let parts = parts.collect::<Result<Vec<_>, Refusal>>().map_err(AppError::from)?;
        caller.act(Receive { order, parts }).await?;
        Ok(shown(&caller, order).await?)
    }
}
