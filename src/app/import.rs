//! Importing a supplier's catalogue file: what would change, and changing it.
//!
//! The report names every line. A number with a faulty line stays as it was, all its lines
//! together; the others are kept. An import is repeatable: the same file again changes nothing.
//! Articles and price lists that the file does not name are left alone.

mod keep;
mod report;
mod upload;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    base::{
        id::{ItemId, OrganisationId, SupplierId},
        money::Currency,
        text::sha256_hex,
        time::Day,
    },
    domain::{
        catalogue::Item,
        party::Supplier,
        price::{Price, check_tiers},
        refusal::Refusal,
    },
    exchange::catalogue::{self as file, Fault, Note, Row},
    store::{self, Conn},
};

use super::{Actor, App, AppError, Who, act, catalogue};
use keep::{Keep, plan};
pub use report::{LineReport, Outcome, Report};
pub(super) use upload::upload;
pub use upload::{Uploaded, body, uploaded, uploads};

/// Articles kept in one transaction, so that a large file keeps other writers waiting for little.
const AT_ONCE: usize = 500;

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct Import {
    /// The supplier's short name.
    pub supplier: String,
    /// The organisation whose contract prices the file holds, where a line names none.
    pub organisation: Option<String>,
    pub bytes: Vec<u8>,
    /// Report only.
    pub dry_run: bool,
}

/// Reads the file and keeps it, or says what keeping it would change.
pub async fn run(app: &Arc<App>, actor: &Actor, import: &Import) -> Result<Report, AppError> {
    let mut reader = app.reader(actor).await?;
    if !reader.may("catalogue", "import") {
        return Err(Refusal::forbidden("not-allowed", "You may not import a catalogue.").into());
    }
    let supplier = supplier(&mut reader.conn, actor, &import.supplier).await?;
    let organisations = organisations(&mut reader.conn, actor).await?;
    let default = match &import.organisation {
        Some(name) if !organisations.contains_key(name) => {
            return Err(Refusal::invalid("unknown-organisation", "There is no such organisation.")
                .field("organisation")
                .got(name)
                .expected("an organisation's short name, such as acme")
                .into());
        }
        other => other.clone(),
    };
    let sheet = read(import.bytes.clone(), supplier.id, app.now().day_in("UTC")).await?;
    let sorted = Sorted::of((sheet, supplier.id), &organisations, default.as_deref());
    let mut report = Report { dry_run: import.dry_run, ..Report::default() };
    let sha256 = sha256_hex(&import.bytes);
    for articles in sorted.articles.chunks(AT_ONCE) {
        let outcomes = if import.dry_run {
            let planned = plan(&mut reader.conn, &supplier, articles).await?;
            planned.into_iter().map(|article| article.outcome).collect()
        } else {
            let (supplier, sha256) = (supplier.clone(), sha256.clone());
            act(app, actor, Keep { supplier, articles: articles.to_vec(), sha256 }).await?
        };
        articles.iter().zip(outcomes).for_each(|(article, outcome)| report.add(article, outcome));
    }
    sorted.faults.into_iter().for_each(|fault| report.fault(fault));
    let owner = actor.organisation.or(supplier.owner);
    report.warn(&mut reader.conn, owner, &sorted.articles).await?;
    report.note(&sorted.notes);
    report.close();
    Ok(report)
}

/// Reads the file beside the tasks that answer people: a large workbook takes a second or two.
async fn read(bytes: Vec<u8>, supplier: SupplierId, today: Day) -> Result<file::Sheet, AppError> {
    let read = tokio::task::spawn_blocking(move || file::read(&bytes, supplier, today));
    Ok(read.await.map_err(AppError::internal)??)
}

/// The supplier whose catalogue it is; people keep only the suppliers of their own organisation.
async fn supplier(conn: &mut Conn, actor: &Actor, name: &str) -> Result<Supplier, AppError> {
    let known = store::supplier::all(conn).await?;
    let id = catalogue::named(&known, name)?;
    let is_system = matches!(actor.who, Who::System(_));
    let found = known.into_iter().find(|supplier| supplier.id == id);
    let found = found.ok_or_else(|| Refusal::not_found("supplier"))?;
    if is_system || (found.owner.is_some() && found.owner == actor.organisation) {
        return Ok(found);
    }
    let message = "The catalogue of this supplier is kept by another organisation.";
    Err(Refusal::forbidden("not-yours", message).field("supplier").got(name).into())
}

/// Organisations whose contract prices the actor may set: the server's operator all of them.
async fn organisations(
    conn: &mut Conn,
    actor: &Actor,
) -> Result<HashMap<String, OrganisationId>, AppError> {
    let all = store::organisation::all(conn).await?;
    let is_system = matches!(actor.who, Who::System(_));
    let own = all.into_iter().filter(|found| is_system || Some(found.id) == actor.organisation);
    Ok(own.map(|found| (found.name, found.id)).collect())
}

/// One article with its price lists, from all its lines. `None` is the general list.
#[derive(Debug, Clone)]
pub(super) struct Article {
    pub item: Item,
    pub lists: Vec<PriceLines>,
    pub lines: Vec<u64>,
    /// The file withdraws it; of the article only its number is known.
    pub gone: bool,
    /// The file changes its prices; of the article only its number is known.
    pub price_alone: bool,
}

/// One price list of an article, as the file says it.
#[derive(Debug, Clone)]
pub(super) struct PriceLines {
    pub organisation: Option<OrganisationId>,
    /// The organisation's short name, for the report.
    pub of: Option<String>,
    pub currency: Currency,
    pub prices: Vec<Price>,
}

/// Lines put together to articles; articles with a fault are left out.
struct Sorted {
    articles: Vec<Article>,
    faults: Vec<Fault>,
    notes: Vec<Note>,
}

impl Sorted {
    fn of(
        (sheet, supplier): (file::Sheet, SupplierId),
        organisations: &HashMap<String, OrganisationId>,
        default: Option<&str>,
    ) -> Self {
        let mut faults = sheet.faults;
        let mut articles: Vec<Article> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for mut row in sheet.rows {
            row.organisation = row.organisation.or_else(|| default.map(str::to_owned));
            let place = *places.entry(row.item.sku.clone()).or_insert_with(|| {
                articles.push(Article {
                    item: row.item.clone(),
                    lists: Vec::new(),
                    lines: Vec::new(),
                    gone: false,
                    price_alone: row.price_alone,
                });
                articles.len() - 1
            });
            if let Some(article) = articles.get_mut(place)
                && let Err(fault) = article.take(row, organisations)
            {
                faults.push(fault);
            }
        }
        for gone in sheet.gone {
            match places.get(&gone.sku) {
                Some(_) => faults.push(Fault {
                    line: gone.line,
                    field: "sku".to_owned(),
                    got: gone.sku.clone(),
                    sku: gone.sku,
                    expected: "an article that this file does not add as well".to_owned(),
                }),
                None => articles.push(Article::gone(supplier, gone)),
            }
        }
        let bad: HashSet<&str> = faults.iter().map(|fault| fault.sku.as_str()).collect();
        let (good, left): (Vec<_>, Vec<_>) =
            articles.into_iter().partition(|article| !bad.contains(article.item.sku.as_str()));
        let told: HashSet<u64> = faults.iter().map(|fault| fault.line).collect();
        for article in left {
            for line in article.lines.iter().filter(|line| !told.contains(line)) {
                faults.push(Fault {
                    line: *line,
                    sku: article.item.sku.clone(),
                    field: "sku".to_owned(),
                    got: article.item.sku.clone(),
                    expected: "no fault on the other lines of this number".to_owned(),
                });
            }
        }
        Self { articles: good, faults, notes: sheet.notes }
    }
}

impl Article {
    fn gone(supplier: SupplierId, gone: file::Gone) -> Self {
        let item = Item::named(supplier, gone.sku);
        Self { item, lists: Vec::new(), lines: vec![gone.line], gone: true, price_alone: false }
    }

    fn take(
        &mut self,
        row: Row,
        organisations: &HashMap<String, OrganisationId>,
    ) -> Result<(), Fault> {
        let fault = |field: &str, got: &str, expected: &str| Fault {
            line: row.line,
            sku: row.item.sku.clone(),
            field: field.to_owned(),
            got: got.to_owned(),
            expected: expected.to_owned(),
        };
        if self.lines.last() != Some(&row.line) {
            self.lines.push(row.line);
        }
        let organisation = match &row.organisation {
            None => None,
            Some(name) => Some(*organisations.get(name).ok_or_else(|| {
                fault("organisation", name, "the short name of an organisation, such as acme")
            })?),
        };
        let currency = row.price.currency;
        let price = Price {
            item: ItemId::from_bits(0),
            organisation,
            price: row.price,
            min_quantity: row.min_quantity,
        };
        let own =
            |list: &&mut PriceLines| list.organisation == organisation && list.currency == currency;
        match self.lists.iter_mut().find(own) {
            Some(list) => {
                list.prices.push(price);
                check_tiers(&list.prices).map_err(|refusal| {
                    let expected = refusal.expected.unwrap_or_default();
                    fault("min_quantity", &row.min_quantity.to_string(), &expected)
                })?;
            }
            None => self.lists.push(PriceLines {
                organisation,
                of: row.organisation.clone(),
                currency,
                prices: vec![price],
            }),
        }
        Ok(())
    }
}
