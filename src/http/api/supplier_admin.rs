//! `/suppliers` and `/catalogue/import`: who sells, and what. How orders reach a supplier is set at
//! `/suppliers/{name}/delivery`.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{List, Text},
};
use crate::{
    app::{
        AppError,
        import::{self, Import, Outcome},
        party::supplier::{self, SupplierView},
    },
    domain::refusal::Refusal,
    exchange::catalogue,
};

pub struct Suppliers;

/// A supplier as this organisation sees it.
#[derive(Object)]
struct SupplierJson {
    /// Short name.
    name: String,
    title: String,
    email: Option<String>,
    /// `cxml`, `email` or `desk`.
    channel: String,
    /// Whether this organisation keeps its master data and catalogue.
    own: bool,
    /// Items that are offered.
    items: u64,
}

impl From<SupplierView> for SupplierJson {
    fn from(view: SupplierView) -> Self {
        Self {
            name: view.supplier.name,
            title: view.supplier.title,
            email: view.supplier.email,
            channel: view.channel.to_string(),
            own: view.own,
            items: view.items,
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewSupplier {
    /// Short name, unique on the server.
    name: Text,
    title: Text,
    /// Where orders go by mail; without it they wait at the supplier desk.
    email: Option<Text>,
}

/// What changes; what is left out stays, an empty text takes away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SupplierChange {
    title: Option<Text>,
    email: Option<Text>,
}

#[derive(ApiResponse)]
enum Made {
    /// The supplier was added.
    #[oai(status = 201)]
    Supplier(Json<SupplierJson>),
}

/// A catalogue file: as text in `csv`, or as it is in `file`.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ImportInput {
    /// The supplier's short name.
    supplier: Text,
    /// CSV, CIF 3.0, BMEcat or a cXML Index.
    csv: Option<Text>,
    /// The bytes of the file in Base64, XLSX included; stands instead of `csv`.
    file: Option<String>,
    /// Whether the prices are this organisation's contract prices where a line names none.
    contract: Option<bool>,
    /// Report only.
    #[oai(default)]
    dry_run: bool,
}

/// What became of one line.
#[derive(Object)]
struct ImportLine {
    line: u64,
    sku: String,
    /// `added`, `changed`, `unchanged` or `fault`.
    outcome: String,
    /// In plain words.
    text: String,
    field: Option<String>,
    got: Option<String>,
    expected: Option<String>,
    /// What may be wrong though it is kept.
    warning: Option<String>,
}

/// What an import did, or would do.
#[derive(Object)]
struct ImportReport {
    dry_run: bool,
    added: u32,
    changed: u32,
    unchanged: u32,
    faults: u32,
    lines: Vec<ImportLine>,
}

impl From<import::Report> for ImportReport {
    fn from(report: import::Report) -> Self {
        let line = |line: import::LineReport| {
            let text = line.to_string();
            let (word, fault) = match line.outcome {
                Outcome::Added => ("added", None),
                Outcome::Changed { .. } => ("changed", None),
                Outcome::Unchanged => ("unchanged", None),
                Outcome::Fault { field, got, expected } => ("fault", Some((field, got, expected))),
            };
            let [field, got, expected] = match fault {
                Some((field, got, expected)) => [Some(field), Some(got), Some(expected)],
                None => [None, None, None],
            };
            let outcome = word.to_owned();
            ImportLine {
                line: line.line,
                sku: line.sku,
                outcome,
                text,
                field,
                got,
                expected,
                warning: line.warning,
            }
        };
        Self {
            dry_run: report.dry_run,
            added: report.added,
            changed: report.changed,
            unchanged: report.unchanged,
            faults: report.faults,
            lines: report.lines.into_iter().map(line).collect(),
        }
    }
}

async fn show(caller: &Caller, name: &str) -> poem::Result<SupplierJson> {
    let mut reader = caller.reader().await?;
    Ok(supplier::get(&mut reader, name).await?.into())
}

#[OpenApi]
impl Suppliers {
    /// All suppliers, by short name.
    #[oai(path = "/suppliers", method = "get", operation_id = "suppliers")]
    async fn list(&self, caller: Caller) -> poem::Result<Json<List<SupplierJson>>> {
        let mut reader = caller.reader().await?;
        let all = supplier::list(&mut reader).await?;
        let items = all.into_iter().map(SupplierJson::from).collect();
        Ok(Json(List { items, next: None }))
    }

    /// Adds one.
    #[oai(path = "/suppliers", method = "post", operation_id = "add-supplier")]
    async fn add(&self, caller: Caller, body: Json<NewSupplier>) -> poem::Result<Made> {
        caller.need("supplier", "create").await?;
        let NewSupplier { name, title, email } = body.0;
        let email = email.map(|text| text.0);
        let saved = caller.act(supplier::Add { name: name.0, title: title.0, email }).await?;
        Ok(Made::Supplier(Json(show(&caller, &saved.name).await?)))
    }

    /// One supplier.
    #[oai(path = "/suppliers/:name", method = "get", operation_id = "supplier")]
    async fn get(&self, caller: Caller, name: Path<String>) -> poem::Result<Json<SupplierJson>> {
        Ok(Json(show(&caller, &name).await?))
    }

    /// Changes one that this organisation keeps; its short name stays for life.
    #[oai(path = "/suppliers/:name", method = "put", operation_id = "change-supplier")]
    async fn change(
        &self,
        caller: Caller,
        name: Path<String>,
        body: Json<SupplierChange>,
    ) -> poem::Result<Json<SupplierJson>> {
        caller.need("supplier", "edit").await?;
        let now = show(&caller, &name).await?;
        let edit = supplier::Edit {
            name: name.0,
            title: body.0.title.map_or(now.title, |text| text.0),
            email: body.0.email.map(|text| text.0).or(now.email),
        };
        let saved = caller.act(edit).await?;
        Ok(Json(show(&caller, &saved.name).await?))
    }

    /// Imports a catalogue, or says line by line what an import would do. An import is repeatable:
    /// the same file again, with or without a key, changes nothing more and is reported anew.
    #[oai(path = "/catalogue/import", method = "post", operation_id = "import-catalogue")]
    async fn import(
        &self,
        caller: Caller,
        body: Json<ImportInput>,
    ) -> poem::Result<Json<ImportReport>> {
        caller.need("catalogue", "import").await?;
        caller.claim_key().await?;
        let ImportInput { supplier, csv, file, contract, dry_run } = body.0;
        let bytes = bytes(csv, file)?;
        let organisation = match contract {
            Some(true) => {
                let mut reader = caller.reader().await?;
                let own = crate::app::party::organisation::get(&mut reader).await?;
                Some(own.organisation.name)
            }
            _ => None,
        };
        let import = Import { supplier: supplier.0, organisation, bytes, dry_run };
        Ok(Json(import::run(caller.app(), caller.actor(), &import).await?.into()))
    }
}

/// The file of an import, said once.
fn bytes(csv: Option<Text>, file: Option<String>) -> Result<Vec<u8>, AppError> {
    let refusal = |got: &str, expected: &str| {
        Refusal::invalid("bad-file", "The file is not said as it must be.")
            .field("file")
            .got(got)
            .expected(expected)
    };
    match (csv, file) {
        (Some(text), None) => Ok(catalogue::of_text(text.0)),
        (None, Some(file)) => {
            let read = BASE64.decode(file.as_bytes());
            Ok(read.map_err(|fault| refusal(&fault.to_string(), "the file's bytes in Base64"))?)
        }
        (None, None) => Err(refusal("neither", "csv or file").into()),
        (Some(_), Some(_)) => Err(refusal("both", "csv or file").into()),
    }
}
