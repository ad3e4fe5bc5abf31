//! Handing a cart in, and requisitions: `POST /carts/{id}/submit`, `/carts/{id}/preview`,
//! `/requisitions`.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    cart::{LinesInput, cart_id},
    shape::{Created, List, cut},
    submit::SubmitInput,
};
use crate::{
    app::{
        AppError,
        requisition::{self, ChangeLines, Submit, Withdraw},
    },
    base::id::RequisitionId,
    domain::refusal::Refusal,
};

mod shape;

use shape::{PlanJson, RequisitionJson};

pub struct Requisitions;

/// The id of a requisition in the path; what is no id names no requisition.
pub(super) fn requisition_id(text: &str) -> Result<RequisitionId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("requisition").into())
}

async fn shown(caller: &Caller, id: RequisitionId) -> poem::Result<RequisitionJson> {
    let mut reader = caller.reader().await?;
    Ok(RequisitionJson::from(&requisition::get(&mut reader, id).await?))
}

#[OpenApi]
impl Requisitions {
    /// Hands the cart in for sign-off. Within the requester's own limit it goes on at once. 422
    /// `budget-exceeded` with `available` when the cost centre's budget blocks it.
    #[oai(path = "/carts/:id/submit", method = "post", operation_id = "submitCart")]
    async fn submit(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<SubmitInput>,
    ) -> poem::Result<Created<RequisitionJson>> {
        let submit = Submit { cart: cart_id(&id.0)?, wish: body.0.read()? };
        let submitted = caller.act(submit).await?;
        Ok(Created::new(shown(&caller, submitted.requisition).await?))
    }

    /// The plan the cart would get, without handing it in.
    #[oai(path = "/carts/:id/preview", method = "post", operation_id = "previewCart")]
    async fn preview(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<SubmitInput>,
    ) -> poem::Result<Json<PlanJson>> {
        let mut reader = caller.reader().await?;
        let wish = body.0.read()?;
        let preview = requisition::preview(&mut reader, cart_id(&id.0)?, &wish).await?;
        Ok(Json(preview.into()))
    }

    /// The caller's own requisitions, or everybody's for who may read all; newest first.
    #[oai(path = "/requisitions", method = "get", operation_id = "requisitions")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<RequisitionJson>>> {
        let mut reader = caller.reader().await?;
        let page = requisition::list(&mut reader, &cut(limit.0, after.0)).await?;
        Ok(Json(page.map(|view| RequisitionJson::from(&view)).into()))
    }

    /// One requisition with its lines, plan and orders.
    #[oai(path = "/requisitions/:id", method = "get", operation_id = "requisition")]
    async fn get(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<RequisitionJson>> {
        Ok(Json(shown(&caller, requisition_id(&id.0)?).await?))
    }

    /// Other lines while it is pending: new `content_hash`, new plan, earlier decisions void.
    #[oai(path = "/requisitions/:id/lines", method = "put", operation_id = "changeRequisition")]
    async fn change(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<LinesInput>,
    ) -> poem::Result<Json<RequisitionJson>> {
        let requisition = requisition_id(&id.0)?;
        caller.act(ChangeLines { requisition, lines: body.0.read()? }).await?;
        Ok(Json(shown(&caller, requisition).await?))
    }

    /// Takes a pending requisition back.
    #[oai(
        path = "/requisitions/:id/withdraw",
        method = "post",
        operation_id = "withdrawRequisition"
    )]
    async fn withdraw(
        &self,
        caller: Caller,
        id: Path<String>,
    ) -> poem::Result<Json<RequisitionJson>> {
        let requisition = requisition_id(&id.0)?;
        caller.act(Withdraw { requisition }).await?;
        Ok(Json(shown(&caller, requisition).await?))
    }
}
