//! `/registers/{kind}`: groups, units, projects, suppliers' status and rates, each as one sheet.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{Caller, shape::Text};
use crate::{
    app::{
        AppError,
        register::{self, RegisterKind, SaveRegister},
    },
    domain::refusal::Refusal,
};

pub struct Registers;

/// One register.
#[derive(Object)]
#[oai(rename = "Register")]
struct RegisterJson {
    /// `groups`, `units`, `projects`, `suppliers` or `rates`.
    kind: String,
    /// What the cells of a line are.
    columns: String,
    csv: String,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RegisterInput {
    csv: Text,
}

fn kind_of(text: &str) -> Result<RegisterKind, AppError> {
    text.parse().map_err(|_| Refusal::not_found("register").into())
}

async fn shown(caller: &Caller, kind: RegisterKind) -> poem::Result<Json<RegisterJson>> {
    let mut reader = caller.reader().await?;
    let csv = register::sheet(&mut reader, kind).await?;
    let (kind, columns) = (kind.to_string(), kind.columns().to_owned());
    Ok(Json(RegisterJson { kind, columns, csv }))
}

#[OpenApi]
impl Registers {
    /// One register as its sheet.
    #[oai(path = "/registers/:kind", method = "get", operation_id = "register")]
    async fn get(&self, caller: Caller, kind: Path<String>) -> poem::Result<Json<RegisterJson>> {
        shown(&caller, kind_of(&kind.0)?).await
    }

    /// Puts another sheet in its place.
    #[oai(path = "/registers/:kind", method = "put", operation_id = "saveRegister")]
    async fn put(
        &self,
        caller: Caller,
        kind: Path<String>,
        body: Json<RegisterInput>,
    ) -> poem::Result<Json<RegisterJson>> {
        let kind = kind_of(&kind.0)?;
        caller.act(SaveRegister { kind, csv: body.0.csv.0 }).await?;
        shown(&caller, kind).await
    }
}
