//! Credit memos on the supplier desk: the form that gives back what an invoice billed.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::{
    invoice::read_id,
    supplier_invoice::{quantities, quantity_name},
};
use crate::{
    app::{
        AppError, act,
        invoice::{self, CreateCredit, CreditProposal},
    },
    base::{id::InvoiceId, money::UnitPrice},
    domain::{invoice::Scope, refusal::Refusal},
    http::{
        actor::{Posted, SignedIn},
        guard::Form,
        locale::Locale,
        part::{Crumbs, Field, Shell},
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/supplier_credit.html", config = ".askama.toml")]
struct CreditPage {
    shell: Shell,
    crumbs: Crumbs,
    proposal: CreditProposal,
    number: Field,
    rows: Vec<Row>,
}

/// A line of the invoice with the quantity to give back.
struct Row {
    label: String,
    price: UnitPrice,
    quantity: Field,
}

/// The form; after a refusal with what was typed.
async fn credit_page(
    who: &SignedIn,
    id: InvoiceId,
    refused: Option<(Refusal, &Form)>,
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let proposal = invoice::propose_credit(&mut reader, id).await?;
    drop(reader);
    let mut shell = who.shell("Create credit memo", "/supplier").await?;
    let form = refused.as_ref().map(|(_, form)| *form);
    if let Some((refusal, _)) = &refused {
        shell.refuse(refusal);
    }
    let typed = |name: &str, proposed: String| {
        form.and_then(|form| form.all(name).next().map(str::to_owned)).unwrap_or(proposed)
    };
    let row = |(line, left): &(crate::domain::invoice::InvoiceLine, _)| {
        let name = quantity_name(line.line_number);
        let label = match line.scope {
            Scope::Order => "The whole order".to_owned(),
            Scope::Goods | Scope::Amount => format!("{} {}", line.sku, line.description),
        };
        let quantity = Field::text(&*name, format!("Quantity ({})", line.unit))
            .value(typed(&name, format!("{left}")))
            .hint(format!("{left} not given back yet."))
            .short()
            .decimal()
            .optional()
            .faults(&shell.faults);
        Row { label, price: line.price, quantity }
    };
    let rows = proposal.lines.iter().map(row).collect();
    let page = CreditPage {
        crumbs: Crumbs::to("Create credit memo")
            .over("Invoices", shell.href("/supplier/invoices"))
            .over(proposal.invoice.number.clone(), shell.href(&format!("/supplier/invoices/{id}"))),
        number: Field::text("number", "Your credit memo's number")
            .value(typed("number", proposal.number.clone()))
            .at_most(100)
            .faults(&shell.faults),
        rows,
        proposal,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some((refusal, _)) = &refused {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

fn read(
    invoice: InvoiceId,
    (form, locale): (&Form, &Locale),
    proposal: &CreditProposal,
) -> std::result::Result<CreateCredit, Refusal> {
    let proposed = proposal.lines.iter();
    let proposed = proposed.map(|(line, left)| (line.line_number, left.to_string()));
    let lines = quantities((form, locale), &proposed.collect())?;
    if lines.is_empty() {
        return Err(Refusal::invalid("nothing-to-credit", "The memo gives back nothing.")
            .mend("Enter the quantity of at least one line."));
    }
    Ok(CreateCredit { invoice, number: form.filled("number")?.map(str::to_owned), lines })
}

#[handler]
async fn h_form(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    credit_page(&who, read_id(&id)?, None).await
}

#[handler]
async fn h_create(Posted { who, form }: Posted, Path(id): Path<String>) -> Result<Response> {
    let id = read_id(&id)?;
    let proposal = invoice::propose_credit(&mut who.app.reader(&who.actor).await?, id).await?;
    let command = match read(id, (&form, &who.locale), &proposal) {
        Ok(command) => command,
        Err(refusal) => return credit_page(&who, id, Some((refusal, &form))).await,
    };
    match act(&who.app, &who.actor, command).await {
        Ok(memo) => Ok(who.go(&format!("/supplier/invoices/{memo}"))),
        Err(AppError::Refusal(refusal)) if refusal.code != "not-found" => {
            credit_page(&who, id, Some((*refusal, &form))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/supplier/invoices/:id/credit", get(h_form).post(h_create))
}
