//! `GET /tasks` and `POST /tasks/{id}/decide`: what waits for the caller, and the decision.

use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, MoneyJson, Text, cut, quantity},
};
use crate::{
    app::{
        AppError,
        approval::{Decide, DecideLines, LineWord},
        worklist::{self, Waiting},
    },
    base::id::TaskId,
    domain::{approval::Verdict, cart::Account, refusal::Refusal},
};

pub struct Tasks;

/// One open task of the caller.
#[derive(Object)]
#[oai(rename = "Task")]
struct TaskJson {
    id: String,
    /// The requisition's id.
    requisition: String,
    /// The requisition's number.
    number: String,
    /// E-mail address.
    requester: String,
    because: String,
    total: MoneyJson,
    /// Goes back with the decision.
    content_hash: String,
    /// When an answer is expected; then the next manager may decide as well.
    due_at: Option<String>,
    opened_at: Option<String>,
    /// E-mail address of the person for whom the caller stands in.
    on_behalf_of: Option<String>,
    /// What is left of the budget with this requisition reserved.
    budget_left: Option<MoneyJson>,
}

impl From<Waiting> for TaskJson {
    fn from(waiting: Waiting) -> Self {
        Self {
            id: waiting.task.id.to_string(),
            requisition: waiting.requisition.id.to_string(),
            number: waiting.requisition.number,
            requester: waiting.requester.map(|who| who.email.to_string()).unwrap_or_default(),
            because: waiting.because,
            total: waiting.requisition.total.into(),
            content_hash: waiting.task.content_hash,
            due_at: waiting.task.due_at.map(|at| at.to_string()),
            opened_at: waiting.task.opened_at.map(|at| at.to_string()),
            on_behalf_of: waiting.on_behalf_of.map(|person| person.email.to_string()),
            budget_left: waiting.budget_left.map(MoneyJson::from),
        }
    }
}

/// What is decided.
#[derive(Enum)]
#[oai(rename_all = "lowercase")]
enum Word {
    Approve,
    Reject,
}

/// What happens to one line. Exactly one of `reject`, `quantity` and `account`.
#[derive(Object)]
#[oai(rename = "LineDecision", deny_unknown_fields)]
struct LineInput {
    /// Its number.
    line: i64,
    /// Why it is not ordered; the requester is told.
    reject: Option<Text>,
    /// Another quantity, at the price that holds for it.
    quantity: Option<Text>,
    account: Option<AccountInput>,
}

/// An account of a line.
#[derive(Object)]
#[oai(rename = "Account", deny_unknown_fields)]
struct AccountInput {
    name: Text,
    value: Text,
}

impl LineInput {
    fn read(self, at: usize) -> Result<(i64, LineWord), Refusal> {
        let word = match (self.reject, self.quantity, self.account) {
            (Some(reason), None, None) => LineWord::Reject { reason: reason.0 },
            (None, Some(text), None) => {
                LineWord::Quantity(quantity(&text, &format!("lines[{at}].quantity"))?)
            }
            (None, None, Some(account)) => {
                LineWord::Account(Account { name: account.name.0, value: account.value.0 })
            }
            _ => {
                return Err(Refusal::invalid("bad-line", "One thing happens to a line.")
                    .field(format!("lines[{at}]"))
                    .expected("exactly one of reject, quantity and account"));
            }
        };
        Ok((self.line, word))
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DecideInput {
    decision: Word,
    comment: Option<Text>,
    /// Single lines that are rejected or changed; what is left is approved. Only with `approve`.
    lines: Option<Vec<LineInput>>,
    /// The content that the decision is about; 409 `content-changed` when it is not today's.
    content_hash: Text,
}

/// What became of it.
#[derive(Object)]
#[oai(rename = "Decided")]
struct DecidedJson {
    /// The task's id.
    id: String,
    /// `approved` or `rejected`.
    state: String,
    /// The requisition's id.
    requisition: String,
    requisition_state: String,
}

#[OpenApi]
impl Tasks {
    /// What waits for the caller's decision, newest first.
    #[oai(path = "/tasks", method = "get", operation_id = "tasks")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<TaskJson>>> {
        let mut reader = caller.reader().await?;
        let page = worklist::open(&mut reader, &cut(limit.0, after.0)).await?;
        Ok(Json(page.map(TaskJson::from).into()))
    }

    /// Decides one of the caller's open tasks.
    #[oai(path = "/tasks/:id/decide", method = "post", operation_id = "decide")]
    async fn decide(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<DecideInput>,
    ) -> poem::Result<Json<DecidedJson>> {
        let missing = |_| AppError::from(Refusal::not_found("task"));
        let task: TaskId = id.0.parse().map_err(missing)?;
        let DecideInput { decision, comment, lines, content_hash } = body.0;
        let (verdict, state) = match decision {
            Word::Approve => (Verdict::Approve, "approved"),
            Word::Reject => (Verdict::Reject, "rejected"),
        };
        let comment = comment.map(|text| text.0);
        let content_hash = content_hash.trimmed().to_owned();
        let decided = match lines.filter(|lines| !lines.is_empty()) {
            None => caller.act(Decide { task, verdict, comment, content_hash }).await?,
            Some(_) if verdict == Verdict::Reject => {
                let message = "Who rejects the whole says nothing of single lines.";
                return Err(Refusal::invalid("bad-line", message).field("lines").into());
            }
            Some(lines) => {
                let lines = lines.into_iter().enumerate().map(|(at, line)| line.read(at));
                let lines = lines.collect::<Result<_, _>>()?;
                caller.act(DecideLines { task, comment, content_hash, lines }).await?
            }
        };
        Ok(Json(DecidedJson {
            id: decided.task.to_string(),
            state: state.to_owned(),
            requisition: decided.requisition.to_string(),
            requisition_state: decided.state.to_string(),
        }))
    }
}
