//! The conversation about a requisition and its files, as they stand on its own page and on the
//! approver's; what is written there comes in here.

use askama::{Template, filters::HtmlSafe};
use http::header;
use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::order::file_name;
use crate::{
    app::{
        AppError, Reader, act,
        remark::{self, RemarkView, Say},
        requisition_file::{self, Attach, FileView},
    },
    base::id::{RequisitionId, TaskId},
    domain::{
        refusal::Refusal,
        remark::RemarkKind,
        requisition::{Requisition, RequisitionLine, RequisitionSource, RequisitionState},
    },
    http::{
        actor::{Posted, SignedIn},
        guard::Form,
        part::{Choice, Event, Field, Html, Kind, Shell, Timeline, Tone, hidden},
    },
};

/// The conversation with its forms.
#[derive(Template)]
#[template(path = "pages/thread.html", config = ".askama.toml")]
pub(super) struct Thread {
    action: String,
    csrf: Html,
    /// Where a form leads back to.
    back: Html,
    said: Vec<RemarkView>,
    timeline: Timeline,
    text: Field,
    /// For somebody who is to decide.
    question: Option<Field>,
    files: Vec<FileRow>,
    file: Field,
    /// Which line a file belongs to, for those who may say so.
    place: Option<Field>,
}
impl HtmlSafe for Thread {}

struct FileRow {
    id: String,
    name: String,
    told: String,
}

impl From<FileView> for FileRow {
    fn from(file: FileView) -> Self {
        let place = match file.line {
            Some(line) => format!("line {line}, goes to the supplier, "),
            None if file.by.is_none() => "came with the order, ".to_owned(),
            None => String::new(),
        };
        let by = file.by.map(|(name, _)| format!(", {name}")).unwrap_or_default();
        let told = format!("{place}{}, {} bytes{by}", file.content_type, file.bytes);
        Self { id: file.id, name: file.name, told }
    }
}

fn event(shell: &Shell, view: &RemarkView) -> Event {
    let row = &view.remark;
    let who = view.person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let (what, tone) = match row.kind {
        RemarkKind::Comment => ("Comment", Tone::Plain),
        RemarkKind::Question => {
            ("Question: the clock stands still until it is answered", Tone::Warn)
        }
        RemarkKind::Answer => ("Answer", Tone::Good),
    };
    Event::new(shell.when(row.made_at), who, what).detail(row.text.clone()).tone(tone)
}

impl Thread {
    /// What the reader may see of a requisition; `task` is the one he is to decide.
    pub(super) async fn of(
        shell: &Shell,
        reader: &mut Reader<'_>,
        (requisition, lines): (&Requisition, &[RequisitionLine]),
        task: Option<TaskId>,
    ) -> Result<Self, AppError> {
        let id = requisition.id;
        let said = remark::list(reader, id).await?;
        let files = requisition_file::list(reader, id).await?;
        let pending = requisition.state == RequisitionState::Pending;
        let mine = reader.actor.person_id() == Some(requisition.requester);
        let to_line = mine
            && pending
            && requisition.source == RequisitionSource::Cart
            && reader.may("requisition", "edit");
        let question = task.filter(|_| pending).map(|_| {
            Field::check("question", "A question: nothing is due until the requester answers")
        });
        Ok(Self {
            action: shell.href(&format!("/requisitions/{id}")),
            csrf: shell.csrf_field(),
            back: task.map(|task| hidden("task", &task.to_string())).unwrap_or_default(),
            timeline: Timeline { events: said.iter().map(|one| event(shell, one)).collect() },
            said,
            text: Field::area("text", "Comment").at_most(2_000).faults(&shell.faults),
            question,
            files: files.into_iter().map(FileRow::from).collect(),
            file: Field::new("file", "File", Kind::Input("file"))
                .hint("At most 5 MB")
                .faults(&shell.faults),
            place: to_line.then(|| place(lines)),
        })
    }
}

fn place(lines: &[RequisitionLine]) -> Field {
    let whole = Choice::new("", "Whole requisition: for those who sign it");
    let line = |line: &RequisitionLine| {
        let label = format!("Line {}, for its supplier: {}", line.position, line.goods.description);
        Choice::new(line.position.to_string(), label)
    };
    Field::select("line", "Belongs to", std::iter::once(whole).chain(lines.iter().map(line)))
}

fn id_of(text: &str) -> Result<RequisitionId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("requisition").into())
}

/// The page that the form stood on.
fn came_from(form: &Form, id: RequisitionId) -> Result<String, Refusal> {
    let task = form.filled("task")?.and_then(|text| text.parse::<TaskId>().ok());
    Ok(match task {
        Some(task) => format!("/approvals/{task}#thread"),
        None => format!("/requisitions/{id}#thread"),
    })
}

#[handler]
async fn h_say(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let requisition = id_of(&id)?;
    let back = came_from(&form, requisition)?;
    let text = form.maybe("text")?.unwrap_or_default().to_owned();
    let question = form.ticked("question")?;
    act(&who.app, &who.actor, Say { requisition, text, question }).await?;
    Ok(who.go(&back))
}

#[handler]
async fn h_attach(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let requisition = id_of(&id)?;
    let back = came_from(&form, requisition)?;
    let line = form.filled("line")?.map(str::parse::<i64>).transpose().map_err(|_| {
        Refusal::invalid("no-such-line", "The requisition has no such line.").field("line")
    })?;
    let file = form.file("file").cloned().ok_or_else(|| {
        Refusal::invalid("bad-file", "No file was chosen.").field("file").mend("Choose a file.")
    })?;
    let (name, content_type, body) = (file.name, file.content_type, file.body);
    act(&who.app, &who.actor, Attach { requisition, name, content_type, body, line }).await?;
    Ok(who.go(&back))
}

/// A file as bytes; never shown in the browser itself, whatever its sender called it.
#[handler]
async fn h_file(who: SignedIn, Path((id, file)): Path<(String, String)>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let (found, body) = requisition_file::get(&mut reader, id_of(&id)?, &file).await?;
    let name = file_name(&found.name, 0);
    Ok(Response::builder()
        .content_type("application/octet-stream")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CACHE_CONTROL, "no-store")
        .body(body))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/requisitions/:id/comments", post(h_say))
        .at("/requisitions/:id/files", post(h_attach))
        .at("/requisitions/:id/files/:file", get(h_file))
}
