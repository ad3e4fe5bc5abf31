//! An approver decides line by line: some lines are rejected, a quantity or an account is changed,
//! and the rest goes on.
//!
//! The approver signs what is left in the same act. Signatures given before stand where the edit
//! does not concern them (`domain::requisition::edit`). Who may decide is asked first, by the same
//! rule as for the whole: a requester edits nothing of his own here.

use crate::{
    app::{
        AppError, Command, Cx, Need,
        cart::reprice,
        requisition::{self, Edit, Signatures, need_ours, replan, settle},
    },
    base::{
        id::{LineEditId, TaskId},
        quantity::Quantity,
        text::{one_line, shorten},
    },
    domain::{
        approval::{self, Decision, Step, Task, TaskState, Verdict},
        cart::Account,
        fact::Fact,
        line_edit::{LineEdit, What},
        refusal::Refusal,
        requisition::{Requisition, RequisitionLine},
        sign_off::SignOff,
    },
    store,
};

use super::{Decide, Decided, arise, decided_fact, record_on, right};

/// Characters of a reason.
const REASON: usize = 500;
/// Characters of an account's value.
const ACCOUNT: usize = 100;

/// What happens to one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineWord {
    /// It is not ordered; the requester is told why.
    Reject { reason: String },
    /// Another quantity, at the price that holds for it.
    Quantity(Quantity),
    /// Another value of the account of this name.
    Account(Account),
}

/// Approves what is left of a requisition after lines were rejected or changed.
#[derive(Debug, Clone)]
pub struct DecideLines {
    pub task: TaskId,
    pub comment: Option<String>,
    pub content_hash: String,
    /// By the line's number.
    pub lines: Vec<(i64, LineWord)>,
}

impl Command for DecideLines {
    type Answer = Decided;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Decided, AppError> {
        let (mut requisition, task) = self.allowed(cx).await?;
        need_ours(&requisition)?;
        let before =
            (requisition.clone(), store::requisition::lines(cx.conn, requisition.id).await?);
        let settings = store::sign_off::get(cx.conn, requisition.organisation).await?;
        let mut after = before.1.clone();
        for (at, (_, word)) in self.lines.iter().enumerate() {
            need_reason(at, word)?;
        }
        for (number, word) in &self.lines {
            let edit = self.apply(cx, (&requisition, &settings), (*number, word), &mut after);
            let edit = edit.await?;
            cx.fact(edit_fact(&edit));
            store::line_edit::insert(cx.conn, &edit).await?;
        }
        if after.is_empty() {
            let whole = Decide {
                task: self.task,
                verdict: Verdict::Reject,
                comment: self.comment.clone().or_else(|| self.first_reason()),
                content_hash: self.content_hash.clone(),
            };
            return whole.decide(cx).await;
        }
        let edit = Edit { before: (&before.0, &before.1), after, signatures: Signatures::Stand };
        let mut steps = replan(cx, &mut requisition, edit).await?.steps;
        right::need_bounds(cx, &task).await?;
        let signed = self.sign(cx, &requisition, &task, &mut steps).await?;
        settle(cx, &mut requisition, &steps).await?;
        let (id, state, verdict) = (requisition.id, requisition.state, Some(Verdict::Approve));
        Ok(Decided { task: signed, requisition: id, state, verdict })
    }
}

impl DecideLines {
    /// The requisition, locked, and the caller's task on it, when the caller may decide it now.
    async fn allowed(&self, cx: &mut Cx<'_>) -> Result<(Requisition, Task), AppError> {
        let person = cx.actor.need_person()?.id;
        let organisation = cx.actor.need_organisation()?;
        let task = store::step::task(cx.conn, self.task).await?;
        let task = task.filter(|task| task.organisation == organisation);
        let task = task.ok_or_else(|| Refusal::not_found("task"))?;
        let found = store::requisition::lock(cx.conn, organisation, task.requisition).await?;
        let requisition = found.ok_or_else(|| Refusal::not_found("requisition"))?;
        let mut steps = store::step::of_requisition(cx.conn, requisition.id).await?;
        for task in steps.iter_mut().flat_map(|step| &mut step.tasks) {
            task.stand_ins.retain(|one| one.holds_at(cx.now));
        }
        let mut progress =
            approval::progress_of(requisition.requester, &requisition.content_hash, &steps);
        let decision = Decision {
            task: self.task,
            decider: person,
            verdict: Verdict::Approve,
            content_hash: self.content_hash.clone(),
        };
        approval::decide(&mut progress, &decision)?;
        right::need(cx, &task).await?;
        Ok((requisition, task))
    }

    fn first_reason(&self) -> Option<String> {
        self.lines.iter().find_map(|(_, word)| match word {
            LineWord::Reject { reason } => Some(reason.clone()),
            _ => None,
        })
    }

    /// Changes the lines by one word, and says what was done.
    async fn apply(
        &self,
        cx: &mut Cx<'_>,
        (requisition, settings): (&Requisition, &SignOff),
        (number, word): (i64, &LineWord),
        lines: &mut Vec<RequisitionLine>,
    ) -> Result<LineEdit, AppError> {
        let at = lines.iter().position(|line| line.position == number);
        let at = at.ok_or_else(|| no_line(number))?;
        let line = &mut lines[at];
        let id: LineEditId = cx.id();
        let mut edit = LineEdit {
            id,
            requisition: requisition.id,
            task: Some(self.task),
            person: cx.actor.need_person()?.id,
            position: number,
            what: What::Rejected,
            sku: line.goods.sku.clone(),
            description: line.goods.description.clone(),
            before: format!("{} {}", line.goods.quantity, line.goods.unit),
            after: String::new(),
            reason: String::new(),
            made_at: cx.now,
        };
        match word {
            LineWord::Reject { reason } => {
                edit.reason = shorten(&one_line(reason), REASON);
                lines.remove(at);
            }
            LineWord::Quantity(quantity) => {
                allow(settings.approver_quantity, "quantity")?;
                let buyer = (requisition.organisation, requisition.currency);
                line.goods = reprice(cx.conn, buyer, &line.goods, *quantity).await?;
                edit.what = What::Quantity;
                edit.after = format!("{} {}", line.goods.quantity, line.goods.unit);
            }
            LineWord::Account(account) => {
                allow(settings.approver_account, "account")?;
                edit.what = What::Account;
                edit.before = account_of(line, &account.name);
                edit.after = set_account(line, account)?;
            }
        }
        Ok(edit)
    }

    /// The caller's signature under what is left, where the new plan still asks for it.
    async fn sign(
        &self,
        cx: &mut Cx<'_>,
        requisition: &Requisition,
        old: &Task,
        steps: &mut [Step],
    ) -> Result<TaskId, AppError> {
        let me = cx.actor.need_person()?.clone();
        let mine = |task: &&Task| task.assignee == old.assignee && task.state == TaskState::Open;
        let Some(task) = steps.iter().flat_map(|step| &step.tasks).find(mine).cloned() else {
            return Ok(old.id);
        };
        // Whoever stood in before the edit signs for the same assignee after it: it was asked above
        // whether what was handed over reaches so far.
        let mut progress =
            approval::progress_of(requisition.requester, &requisition.content_hash, steps);
        for running in progress.steps.iter_mut().flat_map(|step| &mut step.tasks) {
            if running.id == task.id && me.id != task.assignee {
                running.stand_ins.push(me.id);
            }
        }
        let decision = Decision {
            task: task.id,
            decider: me.id,
            verdict: Verdict::Approve,
            content_hash: requisition.content_hash.clone(),
        };
        let moved = approval::decide(&mut progress, &decision)?;
        approval::apply(steps, &moved, cx.now);
        let record = approval::DecisionRecord {
            verdict: Verdict::Approve,
            by: me.id,
            on_behalf_of: (me.id != task.assignee).then_some(task.assignee),
            at: cx.now,
            comment: requisition::comment(self.comment.as_deref())?,
        };
        let decided = record_on(steps, task.id, record)?;
        requisition::save_moved(cx.conn, steps, &moved).await?;
        let fact = decided_fact(cx, &decided, me.email.as_str()).await?;
        cx.fact(fact);
        arise(cx, steps, &moved.opened).await?;
        Ok(task.id)
    }
}

/// `at` is where the word stands in the call.
fn need_reason(at: usize, word: &LineWord) -> Result<(), Refusal> {
    match word {
        LineWord::Reject { reason } if one_line(reason).is_empty() => {
            Err(Refusal::invalid("reason-missing", "Say why you reject the line.")
                .field(format!("lines[{at}].reject"))
                .mend("The requester is told your reason."))
        }
        _ => Ok(()),
    }
}

fn no_line(number: i64) -> Refusal {
    Refusal::invalid("no-such-line", "The requisition has no such line.")
        .field("lines")
        .got(number.to_string())
        .expected("the number of a line that stands in it, each once")
        .mend("Look at the requisition for the numbers of its lines.")
}

fn allow(allowed: bool, what: &str) -> Result<(), Refusal> {
    if allowed {
        return Ok(());
    }
    let message = format!("Approvers of this organisation may not change the {what} of a line.");
    Err(Refusal::forbidden("edit-not-allowed", message)
        .field("lines")
        .mend("Reject the line, or ask the requester to change it."))
}

fn account_of(line: &RequisitionLine, name: &str) -> String {
    let found = line.accounts.iter().find(|account| account.name == name);
    found.map(|account| account.value.clone()).unwrap_or_default()
}

fn set_account(line: &mut RequisitionLine, account: &Account) -> Result<String, Refusal> {
    let (name, value) = (one_line(&account.name), one_line(&account.value));
    if name.is_empty() || value.is_empty() || value.chars().count() > ACCOUNT {
        return Err(Refusal::invalid("bad-account", "This is no account.")
            .field("lines")
            .got(shorten(&format!("{name}={value}"), 80))
            .expected("a name and a value"));
    }
    match line.accounts.iter_mut().find(|known| known.name == name) {
        Some(known) => known.value.clone_from(&value),
        None => line.accounts.push(Account { name, value: value.clone() }),
    }
    Ok(value)
}

fn edit_fact(edit: &LineEdit) -> Fact {
    Fact::LineEdited {
        requisition: edit.requisition.to_string(),
        task: edit.task.map(|id| id.to_string()),
        line: edit.position,
        what: edit.what.to_string(),
        sku: edit.sku.clone(),
        before: edit.before.clone(),
        after: edit.after.clone(),
        reason: edit.reason.clone(),
    }
}
