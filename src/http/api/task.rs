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
        approval::{Decide, DecideLines, Decided, LineWord},
        worklist::{self, Waiting},
    },
    base::id::TaskId,
    domain::{approval::Verdict, cart::Account, refusal::Refusal},
    http::problem,
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

impl Word {
    const fn read(&self) -> Verdict {
        match self {
            Self::Approve => Verdict::Approve,
            Self::Reject => Verdict::Reject,
        }
    }
}

/// The state of a task that was decided so: as it was asked for, unless the answer knows better.
fn state_of(done: &Decided, asked: Verdict) -> String {
    match done.verdict.unwrap_or(asked) {
        Verdict::Approve => "approved".to_owned(),
        Verdict::Reject => "rejected".to_owned(),
    }
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

/// Decisions of one call.
const MOST_AT_ONCE: usize = 200;

/// One of several decisions.
#[derive(Object)]
#[oai(rename = "TaskDecision", deny_unknown_fields)]
struct OneInput {
    /// The task's id.
    task: Text,
    decision: Word,
    comment: Option<Text>,
    /// The content that the decision is about.
    content_hash: Text,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ManyInput {
    /// At most 200; each is decided or refused on its own.
    decisions: Vec<OneInput>,
}

/// What became of one of several decisions: `state` and `requisition`, or `problem`.
#[derive(Object)]
#[oai(rename = "TaskDecided", skip_serializing_if_is_none)]
struct OneJson {
    /// The task's id as it was sent.
    task: String,
    /// `approved` or `rejected`.
    state: Option<String>,
    requisition: Option<String>,
    requisition_state: Option<String>,
    /// The problem+json that this decision alone would have been answered with.
    problem: Option<serde_json::Value>,
}

impl OneJson {
    fn of(task: String, asked: Verdict, done: Result<Decided, serde_json::Value>) -> Self {
        let (done, problem) = match done {
            Ok(done) => (Some(done), None),
            Err(problem) => (None, Some(problem)),
        };
        let done = done.as_ref();
        Self {
            task,
            state: done.map(|done| state_of(done, asked)),
            requisition: done.map(|done| done.requisition.to_string()),
            requisition_state: done.map(|done| done.state.to_string()),
            problem,
        }
    }
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

    /// Decides several of the caller's open tasks. Each is decided or refused on its own, and the
    /// answer says in the same order what became of it; nothing is undone because another was
    /// refused. With an `Idempotency-Key` a repeated call decides nothing twice and answers the
    /// same, of refused decisions too; with another body it is refused with 409 `key-reused`.
    #[oai(path = "/tasks/decide", method = "post", operation_id = "decideTasks")]
    async fn decide_many(
        &self,
        caller: Caller,
        body: Json<ManyInput>,
    ) -> poem::Result<Json<List<OneJson>>> {
        let all = body.0.decisions;
        if all.is_empty() || all.len() > MOST_AT_ONCE {
            return Err(Refusal::invalid("bad-count", "So many cannot be decided at once.")
                .field("decisions")
                .got(all.len().to_string())
                .expected(format!("1 to {MOST_AT_ONCE} decisions"))
                .into());
        }
        caller.claim_key().await?;
        let mut items = Vec::with_capacity(all.len());
        for (part, one) in all.into_iter().enumerate() {
            let verdict = one.decision.read();
            if let Some(problem) = caller.refused_before(part).await? {
                items.push(OneJson::of(one.task.0, verdict, Err(problem)));
                continue;
            }
            let done = match one.task.trimmed().parse::<TaskId>() {
                Err(_) => Err(Refusal::not_found("task").into()),
                Ok(task) => {
                    let comment = one.comment.map(|text| text.0);
                    let content_hash = one.content_hash.trimmed().to_owned();
                    let decide = Decide { task, verdict, comment, content_hash };
                    caller.act_part(part, decide).await
                }
            };
            let done = match done {
                Ok(done) => Ok(done),
                Err(AppError::Refusal(refusal)) => {
                    let problem = problem::fields(&refusal).into();
                    Err(caller.keep_refusal(part, problem).await?)
                }
                Err(fault) => return Err(fault.into()),
            };
            items.push(OneJson::of(one.task.0, verdict, done));
        }
        Ok(Json(List { items, next: None }))
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
        let verdict = decision.read();
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
            state: state_of(&decided, verdict),
            requisition: decided.requisition.to_string(),
            requisition_state: decided.state.to_string(),
        }))
    }
}
