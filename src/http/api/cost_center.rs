//! `/cost-centers`: what requisitions are charged to.

use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{List, Text},
};
use crate::{
    app::{
        AppError,
        party::cost_center::{self, CostCenterView},
    },
    domain::refusal::Refusal,
};

pub struct CostCenters;

/// A cost centre.
#[derive(Object)]
struct CostCenterJson {
    code: String,
    name: String,
    /// E-mail address of who answers for it.
    owner: Option<String>,
    /// A disabled one takes no new requisition.
    disabled: bool,
}

impl From<CostCenterView> for CostCenterJson {
    fn from(view: CostCenterView) -> Self {
        Self {
            code: view.center.code,
            name: view.center.name,
            owner: view.owner,
            disabled: view.center.disabled_at.is_some(),
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewCostCenter {
    code: Text,
    name: Text,
    owner: Option<Text>,
}

/// What changes; what is left out stays, an empty text takes away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct CostCenterChange {
    name: Option<Text>,
    owner: Option<Text>,
    disabled: Option<bool>,
}

#[derive(ApiResponse)]
enum Made {
    /// The cost centre was added.
    #[oai(status = 201)]
    CostCenter(Json<CostCenterJson>),
}

async fn show(caller: &Caller, code: &str) -> poem::Result<CostCenterJson> {
    let mut reader = caller.reader().await?;
    let all = cost_center::list(&mut reader).await?;
    let found = all.into_iter().find(|view| view.center.code == code);
    let missing = || AppError::from(Refusal::not_found("cost centre"));
    Ok(found.ok_or_else(missing)?.into())
}

#[OpenApi]
impl CostCenters {
    /// All cost centres, by code.
    #[oai(path = "/cost-centers", method = "get", operation_id = "cost-centers")]
    async fn list(&self, caller: Caller) -> poem::Result<Json<List<CostCenterJson>>> {
        let mut reader = caller.reader().await?;
        let all = cost_center::list(&mut reader).await?;
        let items = all.into_iter().map(CostCenterJson::from).collect();
        Ok(Json(List { items, next: None }))
    }

    /// Adds one.
    #[oai(path = "/cost-centers", method = "post", operation_id = "add-cost-center")]
    async fn add(&self, caller: Caller, body: Json<NewCostCenter>) -> poem::Result<Made> {
        caller.need("cost-center", "edit").await?;
        let NewCostCenter { code, name, owner } = body.0;
        let save = cost_center::Save {
            code: code.0,
            name: name.0,
            owner: owner.map(|text| text.0),
            disabled: false,
            fresh: true,
        };
        let saved = caller.act(save).await?;
        Ok(Made::CostCenter(Json(show(&caller, &saved.code).await?)))
    }

    /// Changes one; its code stays for life.
    #[oai(path = "/cost-centers/:code", method = "put", operation_id = "change-cost-center")]
    async fn change(
        &self,
        caller: Caller,
        code: Path<String>,
        body: Json<CostCenterChange>,
    ) -> poem::Result<Json<CostCenterJson>> {
        caller.need("cost-center", "edit").await?;
        let now = show(&caller, &code).await?;
        let save = cost_center::Save {
            code: code.0,
            name: body.0.name.map_or(now.name, |text| text.0),
            owner: body.0.owner.map(|text| text.0).or(now.owner),
            disabled: body.0.disabled.unwrap_or(now.disabled),
            fresh: false,
        };
        let saved = caller.act(save).await?;
        Ok(Json(show(&caller, &saved.code).await?))
    }
}
