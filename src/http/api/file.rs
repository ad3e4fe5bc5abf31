//! `/requisitions/{id}/files`: what people attach to a requisition.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    requisition::requisition_id,
    shape::{Created, List, Text},
};
use crate::{
    app::requisition_file::{self, Attach, FileView},
    domain::refusal::Refusal,
};

pub struct Files;

/// A file of a requisition.
#[derive(Object)]
#[oai(rename = "File")]
struct FileJson {
    id: String,
    name: String,
    content_type: String,
    bytes: i64,
    sha256: String,
    /// The number of the line whose supplier gets it with the order; absent: it stays in the house.
    line: Option<i64>,
    at: Option<String>,
    /// Base64; only of a single file.
    content: Option<String>,
}

impl From<FileView> for FileJson {
    fn from(view: FileView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            content_type: view.content_type,
            bytes: view.bytes,
            sha256: view.sha256,
            line: view.line,
            at: view.by.map(|(_, at)| at.to_string()),
            content: None,
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewFile {
    name: Text,
    content_type: Text,
    /// Base64, of at most 5 MB.
    content: Text,
    /// The number of the line it belongs to; then it goes to the supplier with the order, and is
    /// signed for with the line.
    line: Option<i64>,
}

#[OpenApi]
impl Files {
    /// The files, those of the whole first.
    #[oai(path = "/requisitions/:id/files", method = "get", operation_id = "files")]
    async fn list(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<List<FileJson>>> {
        let mut reader = caller.reader().await?;
        let all = requisition_file::list(&mut reader, requisition_id(&id.0)?).await?;
        Ok(Json(List { items: all.into_iter().map(FileJson::from).collect(), next: None }))
    }

    /// Attaches a file.
    #[oai(path = "/requisitions/:id/files", method = "post", operation_id = "attachFile")]
    async fn add(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<NewFile>,
    ) -> poem::Result<Created<FileJson>> {
        let requisition = requisition_id(&id.0)?;
        let NewFile { name, content_type, content, line } = body.0;
        let body = STANDARD.decode(content.trimmed()).map_err(|_| {
            Refusal::invalid("bad-base64", "The content cannot be read.")
                .field("content")
                .expected("base64 with padding, without line breaks")
        })?;
        let (name, content_type) = (name.0, content_type.0);
        let made = Attach { requisition, name, content_type, body, line };
        let made = caller.act(made).await?;
        let mut reader = caller.reader().await?;
        let (file, _) = requisition_file::get(&mut reader, requisition, &made).await?;
        Ok(Created::new(file.into()))
    }

    /// One file with its content.
    #[oai(path = "/requisitions/:id/files/:file", method = "get", operation_id = "file")]
    async fn get(
        &self,
        caller: Caller,
        id: Path<String>,
        file: Path<String>,
    ) -> poem::Result<Json<FileJson>> {
        let mut reader = caller.reader().await?;
        let id = requisition_id(&id.0)?;
        let (found, body) = requisition_file::get(&mut reader, id, &file.0).await?;
        let content = Some(STANDARD.encode(body));
        Ok(Json(FileJson { content, ..found.into() }))
    }
}
