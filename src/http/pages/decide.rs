//! The page behind the link of a mail. Looking at it changes nothing, whoever looks and however
//! often: mail scanners do. Deciding needs the assignee's own login.

use askama::Template;
use http::StatusCode;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::{plan, thread::Thread};
use crate::{
    app::{
        AppError, Reader, act,
        approval::{self, Decide, DecideLines, Decided, LineWord, LinkState},
        worklist::{self, Waiting},
    },
    base::{money::Money, quantity::Quantity, time::Time},
    domain::{
        approval::{Task, Verdict},
        refusal::Refusal,
        requisition::{Flag, RequisitionLine, RequisitionSource},
    },
    http::{
        actor::{Posted, SignedIn, Visitor},
        guard::Form,
        part::{self as ui, Field, Shell},
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/decide.html", config = ".askama.toml")]
pub(super) struct DecidePage {
    shell: Shell,
    number: String,
    state: &'static str,
    requester: String,
    because: String,
    /// For whom the reader stands in.
    on_behalf_of: Option<String>,
    /// Who is asked, when the reader is not.
    not_mine: Option<String>,
    comment: String,
    cost_center: String,
    total: Money,
    budget_left: Option<Money>,
    due_at: Option<Time>,
    flags: Vec<Flag>,
    /// What rules and budgets warn of.
    warnings: Vec<String>,
    /// Each with its supplier's name.
    lines: Vec<(RequisitionLine, String)>,
    content_hash: String,
    action: String,
    reason: Field,
    /// Whether single lines can be decided: not in an order that came from outside.
    by_line: bool,
    line_fields: Vec<Field>,
    /// Why nothing can be decided here any more.
    closed: Option<&'static str>,
    signed_in: bool,
    /// The requisition's own page, for those who may see it.
    more: Option<String>,
    /// What was said, for those who may see the requisition.
    thread: Option<Thread>,
}

impl DecidePage {
    pub(super) async fn of(
        shell: Shell,
        reader: &mut Reader<'_>,
        waiting: Waiting,
        action: String,
        typed: &str,
    ) -> Result<Self, AppError> {
        let Waiting { task, requisition, requester, because, on_behalf_of, warnings, .. } = waiting;
        let not_mine = waiting.not_mine.map(|person| person.name);
        let budget_left = waiting.budget_left;
        let lines = worklist::lines(reader, requisition.id).await?;
        let signed_in = reader.actor.as_person().is_some();
        let seen = signed_in && crate::app::requisition::visible(reader, &requisition).await?;
        let own: Vec<RequisitionLine> = lines.iter().map(|(line, _)| line.clone()).collect();
        let thread = match seen {
            true => Some(Thread::of(&shell, reader, (&requisition, &own), Some(task.id)).await?),
            false => None,
        };
        let line_fields = lines.iter().flat_map(|(line, _)| fields_of(line)).collect();
        let reason = Field::area("comment", "Comment, or the reason of a rejection")
            .optional()
            .at_most(2_000)
            .value(typed)
            .faults(&shell.faults);
        Ok(Self {
            number: requisition.number,
            state: requisition.state.word(),
            requester: requester.map(|who| who.name).unwrap_or_default(),
            because,
            on_behalf_of: on_behalf_of.map(|person| person.name),
            not_mine,
            comment: requisition.comment,
            cost_center: requisition.cost_center_code,
            total: requisition.total,
            budget_left,
            due_at: task.due_at,
            flags: requisition.flags,
            warnings: warnings.iter().map(plan::warning).collect(),
            lines,
            content_hash: task.content_hash,
            action,
            reason,
            by_line: requisition.source == RequisitionSource::Cart,
            line_fields,
            closed: None,
            signed_in,
            thread,
            more: seen.then(|| format!("/requisitions/{}", requisition.id)),
            shell,
        })
    }

    /// Shows the page without its buttons.
    pub(super) fn close(&mut self, why: &'static str) {
        self.closed = Some(why);
    }
}

/// The controls of one line: its quantity, and why it is not ordered.
fn fields_of(line: &RequisitionLine) -> [Field; 2] {
    let (number, goods) = (line.position, &line.goods);
    [
        Field::text(format!("quantity-{number}"), format!("{}: quantity", goods.description))
            .value(goods.quantity.to_string())
            .short()
            .decimal(),
        Field::text(format!("refuse-{number}"), format!("{}: why not", goods.description))
            .optional()
            .at_most(500),
    ]
}

/// What the form says of single lines: reasons of refusal, and quantities other than those that
/// stand there.
fn read_lines(form: &Form, lines: &[RequisitionLine]) -> Result<Vec<(i64, LineWord)>, Refusal> {
    let mut words = Vec::new();
    for line in lines {
        let (number, name) = (line.position, format!("quantity-{}", line.position));
        if let Some(reason) = form.filled(&format!("refuse-{number}"))? {
            words.push((number, LineWord::Reject { reason: reason.to_owned() }));
        } else if let Some(text) = form.filled(&name)? {
            let quantity = Quantity::parse(text.trim()).map_err(|fault| {
                Refusal::invalid("bad-quantity", "This is no quantity.")
                    .field(name.clone())
                    .got(crate::base::text::shorten(text, 40))
                    .expected(fault.to_string())
            })?;
            if quantity != line.goods.quantity {
                words.push((number, LineWord::Quantity(quantity)));
            }
        }
    }
    Ok(words)
}

/// Takes the decision of the form: on the whole, or line by line. `content_hash` is what the link
/// is bound to, or what stood in the page.
pub(super) async fn decide(
    who: &SignedIn,
    task: &Task,
    (form, bound): (&Form, Option<&str>),
) -> Result<Decided, AppError> {
    let (verdict, comment, shown) = read_decision(form)?;
    let content_hash = bound.map_or(shown, str::to_owned);
    let lines = {
        let mut reader = who.app.reader(&who.actor).await?;
        let all = worklist::lines(&mut reader, task.requisition).await?;
        let all: Vec<RequisitionLine> = all.into_iter().map(|(line, _)| line).collect();
        read_lines(form, &all)?
    };
    let task = task.id;
    if verdict == Verdict::Reject || lines.is_empty() {
        return act(&who.app, &who.actor, Decide { task, verdict, comment, content_hash }).await;
    }
    act(&who.app, &who.actor, DecideLines { task, comment, content_hash, lines }).await
}

/// Verdict, comment and content hash of the form; a rejection needs its reason.
pub(super) fn read_decision(form: &Form) -> Result<(Verdict, Option<String>, String), Refusal> {
    let verdict: Verdict = form.one("decision")?.parse().map_err(|expected: String| {
        Refusal::invalid("bad-decision", "This is no decision.")
            .field("decision")
            .expected(expected)
    })?;
    let comment = form.filled("comment")?.map(str::to_owned);
    if verdict == Verdict::Reject && comment.is_none() {
        return Err(Refusal::invalid("reason-missing", "Say why you reject it.")
            .field("comment")
            .mend("The requester is told your reason."));
    }
    Ok((verdict, comment, form.one("content_hash")?.to_owned()))
}

#[derive(Template)]
#[template(path = "pages/decide_over.html", config = ".askama.toml")]
struct OverPage {
    shell: Shell,
    message: String,
    path: Option<String>,
}

/// What a link says that can no longer be used.
async fn over(
    visitor: &Visitor,
    status: StatusCode,
    title: &str,
    (message, path): (&str, Option<String>),
) -> Result<Response> {
    let mut shell = visitor.shell(title, "/approvals").await?;
    shell.narrow = true;
    let mut answer = visitor.page(&OverPage { shell, message: message.to_owned(), path })?;
    answer.set_status(status);
    Ok(answer)
}

async fn changed(visitor: &Visitor, task: &Task) -> Result<Response> {
    let path = visitor.is_signed_in().then(|| format!("/requisitions/{}", task.requisition));
    let message = "The requisition was changed after this link was sent (content-changed). \
        Whoever has to sign it now gets a new mail.";
    let title = "The content has changed";
    over(visitor, StatusCode::CONFLICT, title, (message, path)).await
}

async fn link_page(
    visitor: &Visitor,
    token: &str,
    typed: &str,
    refusal: Option<&Refusal>,
) -> Result<Response> {
    let (task, state) = match approval::of_link(&visitor.app, token).await {
        Ok(found) => found,
        Err(AppError::Refusal(_)) => {
            let message = "This link is not known here. Perhaps it was cut in the mail.";
            let title = "No such link";
            return over(visitor, StatusCode::NOT_FOUND, title, (message, None)).await;
        }
        Err(fault) => return Err(fault.into()),
    };
    match state {
        LinkState::ContentChanged => return changed(visitor, &task).await,
        LinkState::Used(why) => {
            return over(visitor, StatusCode::GONE, "This link is used up", (why, None)).await;
        }
        LinkState::Open => {}
    }
    let mut reader = visitor.app.reader(&visitor.actor).await?;
    let waiting = worklist::of_link(&mut reader, task).await?;
    let title = format!("Decide {}", waiting.requisition.number);
    let mut shell = visitor.shell(title, "/approvals").await?;
    if let Some(refusal) = refusal {
        shell.refuse(refusal);
    }
    let action = format!("/decide/{token}");
    let page = DecidePage::of(shell, &mut reader, waiting, action, typed).await?;
    let mut answer = visitor.page(&page)?;
    if let Some(refusal) = refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_link(visitor: Visitor, Path(token): Path<String>) -> Result<Response> {
    link_page(&visitor, &token, "", None).await
}

// Who is not signed in is asked to before anything else is looked at, and comes back to the page.
#[handler]
async fn h_decide(
    _signed_in: SignedIn,
    Path(token): Path<String>,
    Posted { who, form }: Posted,
) -> Result<Response> {
    let (task, state) = match approval::of_link(&who.app, &token).await {
        Ok(found) => found,
        Err(_) => return link_page(&who, &token, "", None).await,
    };
    if state != LinkState::Open {
        return link_page(&who, &token, "", None).await;
    }
    // The link itself says which content is decided on.
    match decide(&who, &task, (&form, Some(task.content_hash.as_str()))).await {
        Ok(_) => {
            let mut reader = who.app.reader(&who.actor).await?;
            let waiting = worklist::task(&mut reader, task.id).await?;
            Ok(who.go(&format!("/approvals?decided={}", waiting.requisition.number)))
        }
        Err(AppError::Refusal(refusal)) if refusal.code == "content-changed" => {
            changed(&who, &task).await
        }
        Err(AppError::Refusal(refusal)) if refusal.field.is_some() => {
            let typed = form.maybe("comment")?.unwrap_or_default();
            link_page(&who, &token, typed, Some(&refusal)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/decide/:token", get(h_link).post(h_decide))
}
