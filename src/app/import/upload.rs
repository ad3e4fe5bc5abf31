//! A supplier's system sends its catalogue: a dry run with its report, applied at once only where
//! the connection's profile says so. Otherwise a person looks at the report and applies it.

use crate::{
    app::{
        AppError, Command, Cx, Reader,
        inbox::{self, Inbound, Taken},
    },
    base::{id::DocumentId, text::sha256_hex, time::Time},
    cxml::{self, Payload, Status, catalog_upload::CatalogUploadRequest, multipart},
    domain::{
        party::Supplier,
        profile::{Offer, Upload},
        refusal::Refusal,
    },
    exchange::catalogue as file,
    store,
};

use super::{AT_ONCE, Keep, Report, Sorted, organisations, plan};

/// Lines of a report that its answer names.
const TOLD: usize = 10;
/// Uploads of a list.
const LISTED: i64 = 20;

/// Takes a CatalogUploadRequest.
pub(in crate::app) async fn upload(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &CatalogUploadRequest,
) -> Result<Taken, AppError> {
    let supplier = inbound.sender.supplier().ok_or_else(|| Refusal::not_found("supplier"))?;
    let supplier = store::supplier::get(cx.conn, supplier).await?;
    let supplier = supplier.ok_or_else(|| Refusal::not_found("supplier"))?;
    if supplier.owner != Some(inbound.sender.partner.organisation) {
        let message = "Your catalogue is kept by another organisation.";
        return Err(Refusal::forbidden("not-yours", message).field("cXML/Header/To").into());
    }
    let field = "CatalogUploadRequest/Attachment/URL";
    let bytes = inbox::named(inbound, &request.attachment, field)?;
    let apply = inbound.sender.partner.profile.read()?.documents.catalogue == Upload::Apply;
    let report = within(cx, &supplier, bytes, !apply).await?;
    let code = if apply { Status::OK } else { Status::ACCEPTED };
    let about = vec![supplier.id.to_string()];
    Ok(Taken::status(Status::new(code, told(&report)), about))
}

/// As `run`, inside the transaction that keeps the document.
async fn within(
    cx: &mut Cx<'_>,
    supplier: &Supplier,
    bytes: &[u8],
    dry_run: bool,
) -> Result<Report, AppError> {
    let organisations = organisations(cx.conn, &cx.actor).await?;
    let sheet = file::read(bytes, supplier.id, cx.now.day_in("UTC"))?;
    let sorted = Sorted::of((sheet, supplier.id), &organisations, None);
    let mut report = Report { dry_run, ..Report::default() };
    for articles in sorted.articles.chunks(AT_ONCE) {
        let outcomes = if dry_run {
            let planned = plan(cx.conn, supplier, articles).await?;
            planned.into_iter().map(|article| article.outcome).collect()
        } else {
            let (supplier, sha256) = (supplier.clone(), sha256_hex(bytes));
            Keep { supplier, articles: articles.to_vec(), sha256 }.decide(cx).await?
        };
        articles.iter().zip(outcomes).for_each(|(article, outcome)| report.add(article, outcome));
    }
    sorted.faults.into_iter().for_each(|fault| report.fault(fault));
    report.warn(cx.conn, supplier.owner, &sorted.articles).await?;
    report.note(&sorted.notes);
    report.close();
    Ok(report)
}

/// The sums, and the first lines at fault.
fn told(report: &Report) -> String {
    let is_fault = |line: &&super::LineReport| matches!(line.outcome, super::Outcome::Fault { .. });
    let faults = report.lines.iter().filter(is_fault).take(TOLD).map(ToString::to_string);
    let sums = Report { lines: Vec::new(), ..report.clone() }.to_string();
    std::iter::once(sums).chain(faults).collect::<Vec<_>>().join("; ")
}

/// A catalogue that a supplier's system sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    pub document: DocumentId,
    pub at: Time,
    /// Short name of the supplier.
    pub supplier: String,
    pub title: String,
}

/// The newest uploads to the reader's organisation.
pub async fn uploads(reader: &mut Reader<'_>) -> Result<Vec<Uploaded>, AppError> {
    reader.need("catalogue", "import")?;
    let organisation = reader.actor.need_organisation()?;
    let kind = Offer::Catalogue.word();
    let mut found = store::document::of_kind(&mut reader.conn, organisation, kind, LISTED).await?;
    // What was refused has no catalogue.
    found.retain(|document| document.status.is_some_and(|status| status < 400));
    let suppliers = store::supplier::all(&mut reader.conn).await?;
    let of = |document: store::document::Document| {
        let supplier = suppliers.iter().find(|one| Some(one.id) == document.supplier)?;
        let (name, title) = (supplier.name.clone(), supplier.title.clone());
        Some(Uploaded { document: document.id, at: document.at, supplier: name, title })
    };
    Ok(found.into_iter().filter_map(of).collect())
}

/// One upload with its catalogue as text; nothing where it is no text that could be shown, as a
/// workbook or XML in an encoding of its own.
pub async fn uploaded(
    reader: &mut Reader<'_>,
    id: &str,
) -> Result<(Uploaded, Option<String>), AppError> {
    let all = uploads(reader).await?;
    let one = all.into_iter().find(|one| one.document.to_string() == id);
    let one = one.ok_or_else(|| Refusal::not_found("upload"))?;
    let body = body(reader, id).await?;
    let text = String::from_utf8(body).ok().filter(|text| !text.contains('\0'));
    Ok((one, text))
}

/// The catalogue of one upload as it came.
pub async fn body(reader: &mut Reader<'_>, id: &str) -> Result<Vec<u8>, AppError> {
    let gone = || AppError::from(Refusal::not_found("upload"));
    let all = uploads(reader).await?;
    let one = all.into_iter().find(|one| one.document.to_string() == id).ok_or_else(gone)?;
    let document = store::document::get(&mut reader.conn, one.document).await?.ok_or_else(gone)?;
    let content_type = Some(document.content_type.as_str());
    let read = cxml::receive(&document.body, content_type).map_err(|_| gone())?;
    let Ok(Payload::CatalogUploadRequest(request)) = read.payload else { return Err(gone()) };
    let files = store::attachment::of_document(&mut reader.conn, one.document).await?;
    let named = |file: &store::attachment::Attachment| {
        multipart::names(&request.attachment, &file.content_id)
    };
    Ok(files.into_iter().find(named).ok_or_else(gone)?.body)
}
