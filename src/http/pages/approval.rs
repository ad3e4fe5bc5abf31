//! The worklist, and one task to decide.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::decide::{Asked, DecidePage, decide};
use crate::{
    app::{
        AppError, act,
        approval::{self, Decide},
        worklist::{self, Order, Wanted},
    },
    base::{id::TaskId, money::Money, time::Time},
    domain::{
        approval::{TaskState, Verdict},
        refusal::Refusal,
    },
    http::{
        actor::{Posted, Query, SignedIn, Visitor},
        guard::Form,
        part::{self as ui, Empty, Shell},
        problem,
    },
};

/// Tasks that one press approves at most.
const MOST_AT_ONCE: usize = 200;

#[derive(Template)]
#[template(path = "pages/approval.html", config = ".askama.toml")]
struct Worklist {
    shell: Shell,
    cards: Vec<Card>,
    empty: Empty,
    q: String,
    orders: Vec<OrderChoice>,
    now: Time,
}

/// One way to sort.
struct OrderChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

fn orders(chosen: Order) -> Vec<OrderChoice> {
    let all = [
        (Order::Newest, "Newest first"),
        (Order::Oldest, "Longest waiting first"),
        (Order::Due, "Due first"),
        (Order::Amount, "Largest amount first"),
    ];
    let choice = |(order, label): (Order, &'static str)| OrderChoice {
        value: order.word(),
        label,
        chosen: order == chosen,
    };
    all.into_iter().map(choice).collect()
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
    opened_at: Option<Time>,
    content_hash: String,
    /// The task and the content that a ticked box approves.
    ticket: String,
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
            opened_at: waiting.task.opened_at,
            ticket: format!("{} {}", waiting.task.id, waiting.task.content_hash),
            content_hash: waiting.task.content_hash,
            on_behalf_of: waiting.on_behalf_of.map(|person| person.name),
        }
    }
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    let mut shell = who.shell("Approvals", "/approvals").await?;
    let q = query.filled("q")?.unwrap_or_default().to_owned();
    let order = query.filled("order")?.and_then(|text| text.parse().ok()).unwrap_or(Order::Newest);
    shell.notice = told(&query)?;
    let mut reader = who.app.reader(&who.actor).await?;
    let wanted = Wanted { q: Some(q.clone()), order: Some(order) };
    let all = worklist::wanted(&mut reader, &wanted).await?;
    let empty = match q.is_empty() {
        true => Empty::new("Nothing waits for you", "You get a mail when it is your turn."),
        false => Empty::new("Nothing here fits", "Search for a number, a name or a cost centre."),
    };
    let cards = all.into_iter().map(Card::from).collect();
    let now = who.app.now();
    Ok(who.page(&Worklist { shell, cards, empty, q, orders: orders(order), now })?)
}

/// What was done just before.
fn told(query: &Form) -> Result<Option<ui::Notice>, Refusal> {
    let good = |text: String| Some(ui::Notice { tone: ui::Tone::Good, text });
    if let Some(number) = query.filled("decided")? {
        let number = crate::base::text::shorten(number, 30);
        return Ok(good(format!("Your decision on {number} was recorded.")));
    }
    let Some(many) = query.filled("approved")?.and_then(|text| text.parse::<u32>().ok()) else {
        return Ok(None);
    };
    let left = query.filled("left")?.and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
    Ok(match (many, left) {
        (0, 0) => Some(ui::Notice {
            tone: ui::Tone::Warn,
            text: "Nothing was ticked: tick what you want to sign.".to_owned(),
        }),
        (many, 0) => good(format!("{many} approved.")),
        (many, left) => Some(ui::Notice {
            tone: ui::Tone::Warn,
            text: format!("{many} approved; {left} could not be: look at each of them."),
        }),
    })
}

/// Approves every ticked task, each over the content that its box was shown with.
#[handler]
async fn h_bulk(Posted { who, form }: Posted) -> Result<Response> {
    let (mut done, mut left) = (0_u32, 0_u32);
    for ticket in form.all("ticket").take(MOST_AT_ONCE) {
        let (task, content_hash) = ticket.split_once(' ').unwrap_or((ticket, ""));
        let (task, verdict) = (id_of(task)?, Verdict::Approve);
        let content_hash = content_hash.to_owned();
        let decide = Decide { task, verdict, comment: None, content_hash };
        match act(&who.app, &who.actor, decide).await {
            Ok(_) => done += 1,
            Err(AppError::Refusal(_)) => left += 1,
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(who.go(&format!("/approvals?approved={done}&left={left}")))
}

fn id_of(text: &str) -> Result<TaskId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("task").into())
}

async fn page(
    who: &Visitor,
    id: &str,
    asked: Asked<'_>,
    refusal: Option<&Refusal>,
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let waiting = worklist::task(&mut reader, id_of(id)?).await?;
    let mut shell =
        who.shell(format!("Decide {}", waiting.requisition.number), "/approvals").await?;
    if let Some(refusal) = refusal {
        shell.refuse(refusal);
    }
    let state = waiting.task.state;
    let mut page =
        DecidePage::of(shell, &mut reader, waiting, format!("/approvals/{id}"), asked).await?;
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
async fn h_one(who: SignedIn, Path(id): Path<String>, query: Query) -> Result<Response> {
    page(&who, &id, Asked::by(&query.0)?, None).await
}

#[handler]
async fn h_decide(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let task = approval::task(&who.app, &who.actor, id_of(&id)?).await?;
    match decide(&who, &task, (&form, None)).await {
        Ok(decided) => {
            let mut reader = who.app.reader(&who.actor).await?;
            let waiting = worklist::task(&mut reader, decided.task).await?;
            Ok(who.go(&format!("/approvals?decided={}", waiting.requisition.number)))
        }
        Err(AppError::Refusal(refusal)) if refusal.code != "not-found" => {
            // Whoever may not see the task gets the refusal alone.
            match page(&who, &id, Asked::again(&form)?, Some(&refusal)).await {
                Ok(answer) => Ok(answer),
                Err(_) => Err(AppError::Refusal(refusal).into()),
            }
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/approvals", get(h_list).post(h_bulk))
        .at("/approvals/:task", get(h_one).post(h_decide))
}
