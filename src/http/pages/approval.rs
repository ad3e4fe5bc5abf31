//! The worklist, and one task to decide.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::decide::{DecidePage, read_decision};
use crate::{
    app::{AppError, act, approval::Decide, worklist},
    base::{id::TaskId, money::Money, page::Cut, time::Time},
    domain::{approval::TaskState, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn, Visitor},
        part::{self as ui, Empty, Pager, Shell},
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/approval.html", config = ".askama.toml")]
struct Worklist {
    shell: Shell,
    cards: Vec<Card>,
    empty: Empty,
    pager: Pager,
}

struct Card {
    path: String,
    number: String,
    requester: String,
    because: String,
    total: Money,
    cost_center: String,
    budget_left: Option<Money>,
    due_at: Option<Time>,
    content_hash: String,
    /// For whom the reader stands in.
    on_behalf_of: Option<String>,
}

impl From<worklist::Waiting> for Card {
    fn from(waiting: worklist::Waiting) -> Self {
        Self {
            path: format!("/approvals/{}", waiting.task.id),
            number: waiting.requisition.number,
            requester: waiting.requester.map(|who| who.name).unwrap_or_default(),
            because: waiting.because,
            total: waiting.requisition.total,
            cost_center: waiting.requisition.cost_center_code,
            budget_left: waiting.budget_left,
            due_at: waiting.task.due_at,
            content_hash: waiting.task.content_hash,
            on_behalf_of: waiting.on_behalf_of.map(|person| person.name),
        }
    }
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    let mut shell = who.shell("Approvals", "/approvals").await?;
    let after = query.filled("after")?.map(str::to_owned);
    if let Some(number) = query.filled("decided")? {
        let text =
            format!("Your decision on {} was recorded.", crate::base::text::shorten(number, 30));
        shell.notice = Some(ui::Notice { tone: ui::Tone::Good, text });
    }
    let mut reader = who.app.reader(&who.actor).await?;
    let page = worklist::open(&mut reader, &Cut::new(after.clone(), None)).await?;
    let empty = Empty::new("Nothing waits for you", "You get a mail when it is your turn.");
    let list = shell.href("/approvals");
    let pager = Pager::new(&list, after.as_deref(), page.next.as_deref());
    let cards = page.items.into_iter().map(Card::from).collect();
    Ok(who.page(&Worklist { shell, cards, empty, pager })?)
}

fn id_of(text: &str) -> Result<TaskId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("task").into())
}

async fn page(who: &Visitor, id: &str, typed: &str, refusal: Option<&Refusal>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let waiting = worklist::task(&mut reader, id_of(id)?).await?;
    let mut shell =
        who.shell(format!("Decide {}", waiting.requisition.number), "/approvals").await?;
    if let Some(refusal) = refusal {
        shell.refuse(refusal);
    }
    let state = waiting.task.state;
    let mut page =
        DecidePage::of(shell, &mut reader, waiting, format!("/approvals/{id}"), typed).await?;
    if state != TaskState::Open {
        page.close("Nothing is left for you to decide here.");
    }
    let mut answer = who.page(&page)?;
    if let Some(refusal) = refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    page(&who, &id, "", None).await
}

#[handler]
async fn h_decide(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let task = id_of(&id)?;
    let decided = match read_decision(&form) {
        Ok((verdict, comment, content_hash)) => {
            act(&who.app, &who.actor, Decide { task, verdict, comment, content_hash }).await
        }
        Err(refusal) => Err(AppError::from(refusal)),
    };
    match decided {
        Ok(decided) => {
            let mut reader = who.app.reader(&who.actor).await?;
            let waiting = worklist::task(&mut reader, decided.task).await?;
            Ok(who.go(&format!("/approvals?decided={}", waiting.requisition.number)))
        }
        Err(AppError::Refusal(refusal)) if refusal.code != "not-found" => {
            let typed = form.maybe("comment")?.unwrap_or_default();
            // Whoever may not see the task gets the refusal alone.
            match page(&who, &id, typed, Some(&refusal)).await {
                Ok(answer) => Ok(answer),
                Err(_) => Err(AppError::Refusal(refusal).into()),
            }
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/approvals", get(h_list)).at("/approvals/:task", get(h_one).post(h_decide))
}
