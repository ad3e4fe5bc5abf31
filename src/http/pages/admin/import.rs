//! /admin/import: a catalogue as a file or pasted, first as a dry run, with a report by line.

use poem::{Response, Result, Route, get, handler};

use super::{
    need,
    view::{Again, Section, Table, View, text, ticked, value},
};
use crate::{
    app::{
        AppError,
        import::{self, Import, LineReport, Outcome, Report, Uploaded},
        party::{organisation, supplier},
    },
    exchange::catalogue,
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Choice, Empty, Field, Html, Tone},
    },
};

/// Lines of a report that a page shows; faults and changes first.
const SHOWN: usize = 200;

const EXAMPLE: &str = "The first line names the columns. Needed: sku, name, unit, price, currency. \
     Also: unspsc, description, category, min_quantity, per, manufacturer, lead_time_days.";

/// What the file's control offers to choose from.
const ACCEPT: &str = ".csv,.txt,.xlsx,.xlsm,.xml,.cif";

const FILES: &str = "CSV or an XLSX workbook with these columns in its first used line, CIF 3.0, \
     BMEcat 1.2 or 2005, or a cXML Index; at most 8 MB. The file counts when both are given; choose \
     it again to import.";

const SAMPLE: &str = "\
sku,name,unit,price,currency,unspsc,min_quantity
PEN-01,Ball pen blue,EA,1.00,EUR,44121704,1
PEN-01,Ball pen blue,EA,0.90,EUR,44121704,100
DESK-01,Desk 160 x 80,EA,450.00,EUR,56101703,1
";

async fn page(
    who: &SignedIn,
    query: &Query,
    again: Option<&Again>,
    report: Option<&Report>,
) -> Result<Response> {
    need(who, "catalogue", "import").await?;
    let (suppliers, uploads, upload) = {
        let mut reader = who.app.reader(&who.actor).await?;
        let upload = match query.0.maybe("upload").ok().flatten() {
            Some(id) => Some(import::uploaded(&mut reader, id).await?),
            None => None,
        };
        (supplier::list(&mut reader).await?, import::uploads(&mut reader).await?, upload)
    };
    let refused = again.filter(|again| again.refusal.code != REPORTED);
    let mut view = View::new(who, "Import a catalogue", refused).await?.under(&[]);
    let own: Vec<Choice> = suppliers
        .iter()
        .filter(|one| one.own)
        .map(|one| Choice::new(&one.supplier.name, &one.supplier.title))
        .collect();
    if own.is_empty() {
        let what = "A catalogue belongs to a supplier that your organisation keeps.";
        let first = who.href("/admin/suppliers/new");
        let empty = Empty::new("Add a supplier first", what).first("Add a supplier", first);
        return view.section(Section::Empty(empty)).answer(who);
    }
    if let Some(report) = report {
        view = told(view, report);
    }
    let faults = view.faults();
    let (chosen, csv) = match &upload {
        Some((upload, csv)) => (upload.supplier.as_str(), csv.as_deref().unwrap_or_default()),
        None => (query.0.maybe("supplier").ok().flatten().unwrap_or_default(), ""),
    };
    let mut form = view
        .new_form("/admin/import", "Dry run")
        .or("keep", "Import")
        .field(
            Field::select("supplier", "Supplier", own)
                .value(value(again, "supplier", chosen))
                .faults(&faults),
        )
        .field(
            Field::check("contract", "The prices are this organisation's contract prices")
                .ticked(ticked(again, "contract", false)),
        )
        .field(
            Field::area("csv", "The list, as CSV, CIF, BMEcat or cXML Index")
                .sheet()
                .value(value(again, "csv", csv))
                .hint(EXAMPLE)
                .optional()
                .faults(&faults),
        )
        .field(Field::file("file", "Or a file with it", ACCEPT).hint(FILES));
    if let Some(field) = as_sent(again, upload.as_ref()) {
        form = form.field(field);
    }
    let example = Section::Text("A list looks like this".to_owned(), SAMPLE.to_owned());
    view = view.form(form);
    if !uploads.is_empty() {
        let table = sent(who, &view, &uploads);
        view = view.table(table);
    }
    view.section(example).answer(who)
}

/// What a supplier's system sent and no text can show is offered as it came.
fn as_sent(again: Option<&Again>, upload: Option<&(Uploaded, Option<String>)>) -> Option<Field> {
    let sent = upload.filter(|(_, text)| text.is_none());
    let sent = sent.map(|(upload, _)| upload.document.to_string()).unwrap_or_default();
    let sent = Some(value(again, "upload", &sent)).filter(|sent| !sent.is_empty())?;
    let choices = [
        Choice::new(&sent, "What the supplier's system sent, as it came"),
        Choice::new("", "The list above"),
    ];
    Some(Field::select("upload", "Without a file, import", choices).value(sent).optional())
}

/// The catalogues that suppliers' systems sent.
fn sent(who: &SignedIn, view: &View, uploads: &[Uploaded]) -> Table {
    let row = |one: &Uploaded| {
        let open = format!("/admin/import?upload={}", one.document);
        let document = format!("/documents/{}", one.document);
        vec![
            view.shell.when(one.at),
            ui::text(&one.title),
            ui::link(&who.href(&open), "Open in the form above"),
            ui::link(&who.href(&document), "Document"),
        ]
    };
    let rows = uploads.iter().map(row).collect();
    Table::new(&["When", "Supplier", "Catalogue", "As it came"], rows)
        .title("Sent by suppliers' systems")
}

/// Marks a form that is shown again beside its report, and was not refused.
const REPORTED: &str = "reported";

fn told(mut view: View, report: &Report) -> View {
    let (tone, verb) = match (report.faults, report.dry_run) {
        (0, true) => (Tone::Info, "Nothing was written yet"),
        (0, false) => (Tone::Good, "Imported"),
        (_, true) => (Tone::Warn, "Nothing was written yet"),
        (_, false) => (Tone::Warn, "Imported without the lines at fault"),
    };
    let text = format!(
        "{verb}: {} articles new, {} changed, {} unchanged, {} lines at fault.",
        report.added, report.changed, report.unchanged, report.faults
    );
    view.shell.notice = Some(ui::Notice { tone, text });
    let rank = |line: &&LineReport| match line.outcome {
        _ if line.warning.is_some() => 0,
        Outcome::Fault { .. } => 0,
        Outcome::Changed { .. } => 1,
        Outcome::Added => 2,
        Outcome::Unchanged => 3,
    };
    let mut lines: Vec<&LineReport> = report.lines.iter().collect();
    lines.sort_by_key(|line| (rank(line), line.line));
    let more = lines.len().saturating_sub(SHOWN);
    let rows = lines.into_iter().take(SHOWN).map(row).collect();
    let mut table = Table::new(&["Line", "Article", "Outcome", "Detail"], rows).title("By line");
    if more > 0 {
        table = table.note(format!("and {more} more"));
    }
    view.table(table)
}

fn row(line: &LineReport) -> Vec<Html> {
    let (state, detail) = match &line.outcome {
        Outcome::Added => (ui::toned("new", Tone::Good), String::new()),
        Outcome::Unchanged => (ui::toned("unchanged", Tone::Plain), String::new()),
        Outcome::Changed { changes } => {
            let shown = changes
                .iter()
                .map(|change| format!("{}: {} -> {}", change.field, change.before, change.after));
            (ui::toned("changed", Tone::Info), shown.collect::<Vec<_>>().join("; "))
        }
        Outcome::Fault { field, got, expected } => {
            let text = format!("{field}: got \"{got}\", expected {expected}");
            (ui::toned("fault", Tone::Bad), text)
        }
    };
    let detail = match (&line.warning, detail.is_empty()) {
        (Some(warning), true) => warning.clone(),
        (Some(warning), false) => format!("{detail}; {warning}"),
        (None, _) => detail,
    };
    vec![ui::text(&line.line.to_string()), ui::text(&line.sku), state, ui::text(&detail)]
}

#[handler]
async fn h_import(who: SignedIn, query: Query) -> Result<Response> {
    page(&who, &query, None, None).await
}

async fn run(who: &SignedIn, form: &guard::Form) -> Result<Report, AppError> {
    let organisation = match form.ticked("contract")? {
        true => {
            let mut reader = who.app.reader(&who.actor).await?;
            Some(organisation::get(&mut reader).await?.organisation.name)
        }
        false => None,
    };
    let import = Import {
        supplier: text(form, "supplier")?,
        organisation,
        bytes: bytes(who, form).await?,
        dry_run: form.maybe("then")? != Some("keep"),
    };
    import::run(&who.app, &who.actor, &import).await
}

/// The file, else what a supplier's system sent, else the list. XML and workbooks say of themselves
/// how they are to be read.
async fn bytes(who: &SignedIn, form: &guard::Form) -> Result<Vec<u8>, AppError> {
    if let Some(file) = form.file("file").filter(|file| catalogue::is_binary(&file.body)) {
        return Ok(file.body.clone());
    }
    if let Some(file) = form.text_file("file")? {
        return Ok(Vec::from(file));
    }
    match form.filled("upload")? {
        Some(id) => {
            let mut reader = who.app.reader(&who.actor).await?;
            import::body(&mut reader, id).await
        }
        None => Ok(catalogue::of_text(text(form, "csv")?)),
    }
}

#[handler]
async fn h_run(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "catalogue", "import").await?;
    match run(&who, &form).await {
        Ok(report) => {
            let refusal = crate::domain::refusal::Refusal::invalid(REPORTED, "");
            let again = Again { form, refusal };
            page(&who, &Query::default(), Some(&again), Some(&report)).await
        }
        Err(fault) => {
            let mut refusal = fault.told();
            // The list itself is one field of the form, whatever part of it is at fault.
            let own = ["supplier", "contract", "csv", "file"];
            if refusal.field.as_ref().is_some_and(|field| !own.contains(&field.as_str())) {
                refusal.field = Some("csv".to_owned());
            }
            let again = Again { form, refusal };
            page(&who, &Query::default(), Some(&again), None).await
        }
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/admin/import", get(h_import).post(h_run))
}
