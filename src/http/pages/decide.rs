//! The page behind the link of a mail. Looking at it changes nothing, whoever looks and however
//! often: mail scanners do. Deciding needs the assignee's own login.

use askama::Template;
use http::StatusCode;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::{plan, shown::Shown, sign_in, thread::Thread};
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
        requisition::{Flag, RequisitionLine, RequisitionSource, Said},
    },
    http::{
        actor::{Arrived, Posted, Query, SignedIn, Visitor},
        guard::Form,
        locale::Locale,
        part::{self as ui, Field, Notice, Shell, Tone},
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
    /// What else is signed with the whole.
    said: Vec<Said>,
    /// Those that this page shows, each with its supplier's name and what is said of it.
    lines: Vec<(RequisitionLine, String, Vec<Said>)>,
    shown: Shown,
    /// Which of the lines these are, when they are not all.
    part: Option<String>,
    content_hash: String,
    action: String,
    reason: Field,
    /// Whether single lines can be decided: not in an order that came from outside.
    by_line: bool,
    line_fields: Vec<Field>,
    /// Something was said of a line before, or is at fault: it must be seen.
    lines_open: bool,
    /// Why nothing can be decided here any more.
    closed: Option<&'static str>,
    signed_in: bool,
    /// The requisition's own page, for those who may see it.
    more: Option<String>,
    /// What was said, for those who may see the requisition.
    thread: Option<Thread>,
}

/// How the page was asked for: from which line on, and with what was typed into it before.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'f> {
    after: Option<&'f str>,
    form: Option<&'f Form>,
}

impl<'f> Asked<'f> {
    /// By its address. Nothing that is sent comes from there.
    pub(super) fn by(query: &'f Form) -> Result<Self, Refusal> {
        Ok(Self { after: query.filled("after")?, form: None })
    }

    /// Again, with what was sent and not taken.
    pub(super) fn again(form: &'f Form) -> Result<Self, Refusal> {
        Ok(Self { after: form.filled("after")?, form: Some(form) })
    }

    fn typed(self, name: &str) -> Option<&'f str> {
        self.form.and_then(|form| form.all(name).next())
    }
}

impl DecidePage {
    pub(super) async fn of(
        shell: Shell,
        reader: &mut Reader<'_>,
        waiting: Waiting,
        action: String,
        asked: Asked<'_>,
    ) -> Result<Self, AppError> {
        let Waiting { task, requisition, requester, because, on_behalf_of, warnings, .. } = waiting;
        let not_mine = waiting.not_mine.map(|person| person.name);
        let budget_left = waiting.budget_left;
        let all = worklist::lines(reader, requisition.id).await?;
        let signed_in = reader.actor.as_person().is_some();
        let seen = signed_in && crate::app::requisition::visible(reader, &requisition).await?;
        let own: Vec<RequisitionLine> = all.iter().map(|(line, _)| line.clone()).collect();
        let positions = own.iter().map(|line| line.position);
        let shown = Shown::new(&shell, &action, positions, asked.after);
        let content = (&requisition, shown.of(&own));
        let thread = match seen {
            true => Some(Thread::of(&shell, reader, content, Some(task.id)).await?),
            false => None,
        };
        let lines = shown.of(&all).to_vec();
        let fields = lines.iter().flat_map(|(line, _)| fields_of(&shell, line, asked));
        let line_fields = fields.collect();
        let lines_open = lines.iter().any(|(line, _)| speaks_of(&shell, line, asked));
        let with_said = |(line, supplier): (RequisitionLine, String)| {
            let said = requisition.said_of(&line);
            (line, supplier, said)
        };
        let lines = lines.into_iter().map(with_said).collect();
        let reason = Field::area("comment", "Comment, or the reason of a rejection")
            .optional()
            .at_most(2_000)
            .value(asked.typed("comment").unwrap_or_default())
            .faults(&shell.faults);
        Ok(Self {
            number: requisition.number,
            state: requisition.state.word(),
            requester: requester.map(|who| who.name).unwrap_or_default(),
            because,
            on_behalf_of: on_behalf_of.map(|person| person.name),
            not_mine,
            said: requisition.extras.said(),
            comment: requisition.comment,
            cost_center: requisition.cost_center_code,
            total: requisition.total,
            budget_left,
            due_at: task.due_at,
            flags: requisition.flags,
            warnings: warnings.iter().map(plan::warning).collect(),
            lines,
            part: shown.words(&shell),
            shown,
            content_hash: task.content_hash,
            action,
            reason,
            by_line: requisition.source == RequisitionSource::Cart,
            line_fields,
            lines_open,
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

fn quantity_name(line: &RequisitionLine) -> String {
    format!("quantity-{}", line.position)
}

fn refuse_name(line: &RequisitionLine) -> String {
    format!("refuse-{}", line.position)
}

/// The controls of one line: its quantity, and why it is not ordered.
fn fields_of(shell: &Shell, line: &RequisitionLine, asked: Asked<'_>) -> [Field; 2] {
    let (goods, quantity, refuse) = (&line.goods, quantity_name(line), refuse_name(line));
    let stands = || goods.quantity.to_string();
    [
        Field::text(&*quantity, format!("{}: quantity", goods.description))
            .value(asked.typed(&quantity).map_or_else(stands, str::to_owned))
            .short()
            .decimal()
            .faults(&shell.faults),
        Field::text(&*refuse, format!("{}: why not", goods.description))
            .optional()
            .at_most(500)
            .value(asked.typed(&refuse).unwrap_or_default())
            .faults(&shell.faults),
    ]
}

/// Whether a word on this line was sent, or is at fault.
fn speaks_of(shell: &Shell, line: &RequisitionLine, asked: Asked<'_>) -> bool {
    let (quantity, refuse) = (quantity_name(line), refuse_name(line));
    let typed = |name: &str| asked.typed(name).map(str::trim).filter(|text| !text.is_empty());
    let mut fields = shell.faults.iter().filter_map(|fault| fault.field.as_deref());
    typed(&refuse).is_some()
        || typed(&quantity).is_some_and(|text| text != line.goods.quantity.to_string())
        || fields.any(|field| field == quantity || field == refuse)
}

/// What the form says of single lines: reasons of refusal, and quantities other than those that
/// stand there.
fn read_lines(
    (form, locale): (&Form, &Locale),
    lines: &[RequisitionLine],
) -> Result<Vec<(i64, LineWord)>, Refusal> {
    let mut words = Vec::new();
    for line in lines {
        let (number, name) = (line.position, quantity_name(line));
        if let Some(reason) = form.filled(&refuse_name(line))? {
            words.push((number, LineWord::Reject { reason: reason.to_owned() }));
        } else if let Some(text) = form.filled(&name)? {
            let read = locale.figure(&name, text, &line.goods.quantity.to_string())?;
            let quantity = Quantity::parse(&read).map_err(|_| {
                Refusal::invalid("bad-quantity", "This is no quantity.")
                    .field(name.clone())
                    .got(crate::base::text::shorten(text, 40))
                    .expected("a number above zero such as 2 or 2.5")
                    .mend("To leave a line out, say why not.")
            })?;
            if quantity != line.goods.quantity {
                words.push((number, LineWord::Quantity(quantity)));
            }
        }
    }
    Ok(words)
}

/// The fault of a word on a line belongs to the field in which it was typed.
fn at_its_field(mut fault: AppError, words: &[(i64, &'static str)]) -> AppError {
    if let AppError::Refusal(refusal) = &mut fault {
        let field = refusal.field.as_deref().and_then(|field| field.strip_prefix("lines["));
        let at = field.and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
        let word = match refusal.field.as_deref() {
            Some("lines") => words.first(),
            _ => at.and_then(|at| words.get(at)),
        };
        if let Some((number, name)) = word {
            refusal.field = Some(format!("{name}-{number}"));
        }
    }
    fault
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
        read_lines((form, &who.locale), &all)?
    };
    let task = task.id;
    if verdict == Verdict::Reject || lines.is_empty() {
        return act(&who.app, &who.actor, Decide { task, verdict, comment, content_hash }).await;
    }
    let name = |word: &LineWord| match word {
        LineWord::Reject { .. } => "refuse",
        _ => "quantity",
    };
    let words: Vec<_> = lines.iter().map(|(number, word)| (*number, name(word))).collect();
    let command = DecideLines { task, comment, content_hash, lines };
    act(&who.app, &who.actor, command).await.map_err(|fault| at_its_field(fault, &words))
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

/// Said to whoever signed in between typing and sending.
const UNSENT: &str = "Nothing has been sent yet. Look at what you typed, and press again.";

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
    asked: Asked<'_>,
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
    if !visitor.is_signed_in() {
        // As the mail has it that the link stands in.
        let person = worklist::assignee(&mut reader, &waiting.task).await?;
        shell.locale = person.map_or(shell.locale, |person| {
            Locale::choose(Some(&person.locale), None, &person.time_zone)
        });
    }
    if let Some(refusal) = refusal {
        shell.refuse(refusal);
    } else if asked.form.is_some() {
        let text = UNSENT.to_owned();
        shell.notice = Some(Notice { tone: Tone::Warn, text });
    }
    let action = format!("/decide/{token}");
    let page = DecidePage::of(shell, &mut reader, waiting, action, asked).await?;
    let mut answer = visitor.page(&page)?;
    if let Some(refusal) = refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_link(visitor: Visitor, Path(token): Path<String>, query: Query) -> Result<Response> {
    link_page(&visitor, &token, Asked::by(&query.0)?, None).await
}

// Who is not signed in is asked to before anything else is looked at, and comes back to the page
// with what was typed.
#[handler]
async fn h_decide(Path(token): Path<String>, arrived: Arrived) -> Result<Response> {
    let Posted { who, form } = match arrived {
        Arrived::Posted(posted) => posted,
        Arrived::SignedOut(sent) => return sign_in::keep(sent, format!("/decide/{token}")).await,
    };
    let (task, state) = match approval::of_link(&who.app, &token).await {
        Ok(found) => found,
        Err(_) => return link_page(&who, &token, Asked::default(), None).await,
    };
    if state != LinkState::Open {
        return link_page(&who, &token, Asked::default(), None).await;
    }
    if form.maybe("decision")? == Some(sign_in::LOOK) {
        return link_page(&who, &token, Asked::again(&form)?, None).await;
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
            link_page(&who, &token, Asked::again(&form)?, Some(&refusal)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/decide/:token", get(h_link).post(h_decide))
}
