//! `/requisitions/{id}/comments`: what people say about a requisition, and questions that stop the
//! clock.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    requisition::requisition_id,
    shape::{Created, List, Text},
};
use crate::{
    app::{
        AppError,
        remark::{self, RemarkView, Say},
    },
    domain::refusal::Refusal,
};

pub struct Remarks;

/// One contribution.
#[derive(Object)]
#[oai(rename = "Comment")]
struct RemarkJson {
    id: String,
    /// E-mail address.
    by: String,
    /// `comment`, `question` or `answer`.
    kind: String,
    text: String,
    at: String,
}

impl From<RemarkView> for RemarkJson {
    fn from(view: RemarkView) -> Self {
        let row = view.remark;
        Self {
            id: row.id.to_string(),
            by: view.person.map(|person| person.email.to_string()).unwrap_or_default(),
            kind: row.kind.to_string(),
            text: row.text,
            at: row.made_at.to_string(),
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewRemark {
    text: Text,
    /// By somebody who is to decide: no reminder, manager or expiry comes until the requester
    /// answers.
    question: Option<bool>,
}

#[OpenApi]
impl Remarks {
    /// What was said: a conversation reads oldest first, unlike other lists.
    #[oai(path = "/requisitions/:id/comments", method = "get", operation_id = "comments")]
    async fn list(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<List<RemarkJson>>> {
        let mut reader = caller.reader().await?;
        let all = remark::list(&mut reader, requisition_id(&id.0)?).await?;
        Ok(Json(List { items: all.into_iter().map(RemarkJson::from).collect(), next: None }))
    }

    /// Says something. A requester's contribution after a question is its answer.
    #[oai(path = "/requisitions/:id/comments", method = "post", operation_id = "addComment")]
    async fn add(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<NewRemark>,
    ) -> poem::Result<Created<RemarkJson>> {
        let requisition = requisition_id(&id.0)?;
        let NewRemark { text, question } = body.0;
        let question = question.unwrap_or_default();
        let made = caller.act(Say { requisition, text: text.0, question }).await?;
        let mut reader = caller.reader().await?;
        let all = remark::list(&mut reader, requisition).await?;
        let made = all.into_iter().find(|view| view.remark.id == made);
        let missing = || AppError::from(Refusal::not_found("comment"));
        Ok(Created::new(made.ok_or_else(missing)?.into()))
    }
}
