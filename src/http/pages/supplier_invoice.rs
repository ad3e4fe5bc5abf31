//! Invoices on the supplier desk: the form that bills an order, and what was billed.

use std::collections::HashMap;

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::invoice::{invoice_page, list_page, read_id};
use crate::{
    app::{
        AppError, act,
        invoice::{self, CreateFromOrder, LineInput, Proposal},
    },
    base::{decimal, id::OrderId, quantity::Quantity, text::shorten},
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        guard::Form,
        locale::Locale,
        part::{Crumbs, Field, Shell},
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/supplier_invoice.html", config = ".askama.toml")]
struct CreatePage {
    shell: Shell,
    crumbs: Crumbs,
    proposal: Proposal,
    number: Field,
    tax_rate: Field,
    rows: Vec<Row>,
}

/// A line of the order with the quantity to bill.
struct Row {
    label: String,
    price: crate::base::money::UnitPrice,
    quantity: Field,
}

fn read_order(text: &str) -> std::result::Result<OrderId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("order").into())
}

/// The name of a line's quantity: as refusals name the field.
pub(super) fn quantity_name(line: i64) -> String {
    format!("lines[{line}].quantity")
}

/// The form; after a refusal with what was typed.
async fn create_page(
    who: &SignedIn,
    order: OrderId,
    refused: Option<(Refusal, &Form)>,
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let proposal = invoice::propose(&mut reader, order).await?;
    drop(reader);
    let mut shell = who.shell("Create invoice", "/supplier").await?;
    let (refusal, form) = match refused {
        Some((refusal, form)) => (Some(refusal), Some(form)),
        None => (None, None),
    };
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    let typed = |name: &str, proposed: String| {
        form.and_then(|form| form.all(name).next().map(str::to_owned)).unwrap_or(proposed)
    };
    let rows = proposal.lines.iter().map(|(line, open)| {
        let name = quantity_name(line.line_number);
        Row {
            label: format!("{} {}", line.goods.sku, line.goods.description),
            price: line.goods.price,
            quantity: Field::text(&*name, format!("Quantity ({})", line.goods.unit))
                .value(typed(&name, decimal::canonical(*open)))
                .hint(format!("{} not billed yet.", decimal::canonical(*open)))
                .short()
                .decimal()
                .optional()
                .faults(&shell.faults),
        }
    });
    let rows = rows.collect();
    let list = format!("/supplier/orders/{order}");
    let page = CreatePage {
        crumbs: Crumbs::to("Create invoice")
            .over("Orders", shell.href("/supplier"))
            .over(proposal.order.number.clone(), shell.href(&list)),
        number: Field::text("number", "Your invoice number")
            .value(typed("number", proposal.number.clone()))
            .at_most(100)
            .faults(&shell.faults),
        tax_rate: Field::text("tax_rate", "Tax in percent")
            .value(typed("tax_rate", invoice::TAX_RATE.to_string()))
            .short()
            .decimal()
            .faults(&shell.faults),
        rows,
        proposal,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some(refusal) = &refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

/// What the form says; lines that are not billed are left out.
fn read(
    order: OrderId,
    (form, locale): (&Form, &Locale),
    proposal: &Proposal,
) -> std::result::Result<CreateFromOrder, Refusal> {
    let rate = form.filled("tax_rate")?.unwrap_or_default();
    let read = locale.figure("tax_rate", rate, &invoice::TAX_RATE.to_string())?;
    let tax_rate = decimal::parse(&read).map_err(|_| {
        Refusal::invalid("bad-tax-rate", "The tax rate cannot be used.")
            .field("tax_rate")
            .got(if rate.is_empty() { "nothing".to_owned() } else { shorten(rate, 40) })
            .expected("a rate in percent such as 19 or 5.5; 0 for no tax")
    })?;
    let proposed = proposal.lines.iter();
    let proposed = proposed.map(|(line, open)| (line.line_number, decimal::canonical(*open)));
    let lines = quantities((form, locale), &proposed.collect())?;
    if lines.is_empty() {
        return Err(Refusal::invalid("nothing-to-invoice", "The invoice bills nothing.")
            .mend("Enter the quantity of at least one line."));
    }
    let number = form.filled("number")?.map(str::to_owned);
    Ok(CreateFromOrder { order, number, tax_rate, lines })
}

/// The quantities of lines that a form says; those without one are left out. `proposed` is what
/// stood in the fields, by line.
pub(super) fn quantities(
    (form, locale): (&Form, &Locale),
    proposed: &HashMap<i64, String>,
) -> std::result::Result<Vec<LineInput>, Refusal> {
    let mut lines = Vec::new();
    for (name, value) in form.pairs() {
        let number = name.strip_prefix("lines[").and_then(|rest| rest.strip_suffix("].quantity"));
        let Some(line_number) = number.and_then(|number| number.parse().ok()) else { continue };
        let stood = proposed.get(&line_number).map_or("", String::as_str);
        let read = locale.figure(&shorten(name, 80), value, stood)?;
        if read.is_empty() || decimal::parse(&read).is_ok_and(|value| value.is_zero()) {
            continue;
        }
        let quantity = Quantity::parse(&read).map_err(|_| {
            Refusal::invalid("bad-quantity", "This is no quantity.")
                .field(shorten(name, 80))
                .got(shorten(value, 40))
                .expected("a number such as 2 or 2.5")
        })?;
        lines.push(LineInput { line_number, quantity });
    }
    Ok(lines)
}

#[handler]
async fn h_form(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    create_page(&who, read_order(&id)?, None).await
}

#[handler]
async fn h_create(Posted { who, form }: Posted, Path(id): Path<String>) -> Result<Response> {
    let order = read_order(&id)?;
    let proposal = invoice::propose(&mut who.app.reader(&who.actor).await?, order).await?;
    let command = match read(order, (&form, &who.locale), &proposal) {
        Ok(command) => command,
        Err(refusal) => return create_page(&who, order, Some((refusal, &form))).await,
    };
    match act(&who.app, &who.actor, command).await {
        Ok(invoice) => Ok(who.go(&format!("/supplier/invoices/{invoice}"))),
        Err(AppError::Refusal(refusal)) if refusal.code != "not-found" => {
            create_page(&who, order, Some((*refusal, &form))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    who.actor.supplier().ok_or_else(|| AppError::from(Refusal::not_found("page")))?;
    list_page(&who, &query, true).await
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    who.actor.supplier().ok_or_else(|| AppError::from(Refusal::not_found("page")))?;
    invoice_page(&who, read_id(&id)?, true, None).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/supplier/orders/:id/invoice", get(h_form).post(h_create))
        .at("/supplier/invoices", get(h_list))
        .at("/supplier/invoices/:id", get(h_one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{
        guard::{Charset, form},
        locale::Tongue,
    };

    #[test]
    fn what_is_billed_is_read_as_its_reader_writes_it() {
        let french = Locale { tongue: Tongue::Fr, zone: "UTC".to_owned() };
        let proposed = HashMap::from([(1, "1000".to_owned()), (2, "0.125".to_owned())]);
        let read = |text: &str| {
            let form = form::parse(text.as_bytes(), Charset::Utf8).unwrap();
            quantities((&form, &french), &proposed)
        };
        let refused = read("lines[1].quantity=1.000").unwrap_err();
        assert_eq!(refused.code, "two-readings");
        assert_eq!(refused.field.as_deref(), Some("lines[1].quantity"));
        let both = read("lines[1].quantity=12,5&lines[2].quantity=0.125").unwrap();
        let both: Vec<String> = both.iter().map(|line| line.quantity.to_string()).collect();
        assert_eq!(both, ["12.5", "0.125"]);
        assert!(read("lines[1].quantity=0").unwrap().is_empty());
    }
}
