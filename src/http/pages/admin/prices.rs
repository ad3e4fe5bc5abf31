//! /admin/prices: the price lists of one article.

use poem::{Response, Result, Route, get, handler};

use super::{
    need,
    view::{Again, Section, Table, View, lines, text, value},
};
use crate::{
    app::{
        AppError, act,
        party::{
            organisation,
            price::{self, PriceView, TierInput},
            supplier,
        },
    },
    domain::{price::Price, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        locale::Locale,
        part::{self as ui, Choice, Field, Html, coded},
    },
};

#[handler]
async fn h_prices(who: SignedIn, query: Query) -> Result<Response> {
    page(&who, &query, None).await
}

async fn page(who: &SignedIn, query: &Query, again: Option<&Again>) -> Result<Response> {
    need(who, "price", "edit").await?;
    let asked = |name: &str| query.0.maybe(name).ok().flatten().unwrap_or_default().trim();
    let (of, sku) = (asked("supplier").to_owned(), asked("sku").to_owned());
    let (suppliers, currency, found) = {
        let mut reader = who.app.reader(&who.actor).await?;
        let suppliers = supplier::list(&mut reader).await?;
        let home = organisation::get(&mut reader).await?.organisation;
        let found = match sku.is_empty() {
            true => None,
            false => price::get(&mut reader, &of, &sku).await.map(Some).or_else(not_found)?,
        };
        (suppliers, home.currency, found)
    };
    let missing = (!sku.is_empty() && found.is_none()).then(|| Again {
        form: guard::Form::default(),
        refusal: Refusal::not_found("article").field("sku").got(sku.clone()),
    });
    let mut view = View::new(who, "Prices", again.or(missing.as_ref())).await?;
    view = view.under(&[]).narrow().done(query);
    view = view.lead("Whole lists come by import; here the price of one article is changed.");
    let faults = view.faults();
    let choices = suppliers.iter().map(|one| {
        Choice::new(&one.supplier.name, format!("{} ({})", one.supplier.title, one.items))
    });
    let look = view
        .new_form("/admin/prices/look", "Show its prices")
        .field(Field::select("supplier", "Supplier", choices).value(&of))
        .field(Field::text("sku", "Article number").value(&sku).short().faults(&faults));
    view = view.form(look);
    if let Some(found) = found {
        view = lists(view, (&found, currency.code()), again);
    }
    view.answer(who)
}

/// An article that is not there is told on the page.
fn not_found(fault: AppError) -> Result<Option<PriceView>, AppError> {
    match fault.refusal().map(|refusal| refusal.code) {
        Some("not-found") => Ok(None),
        _ => Err(fault),
    }
}

fn lists(mut view: View, (found, currency): (&PriceView, &str), again: Option<&Again>) -> View {
    let named = [("For everybody", &found.general), ("Your contract", &found.contract)];
    let row = |whose: &str, price: &Price| -> Vec<Html> {
        vec![
            ui::text(whose),
            ui::text(&format!("from {}", price.min_quantity)),
            view.shell.unit_price(price.price),
            ui::text(&format!("for {} {}", price.price.per, found.item.unit)),
        ]
    };
    let rows = named.iter().flat_map(|(whose, list)| list.iter().map(|price| row(whose, price)));
    let rows = rows.collect();
    let title = format!("{} {}", found.item.sku, found.item.name);
    view = view.section(Section::Note(title));
    view = view.table(Table::new(&["List", "Quantity", "Price", "Basis"], rows));
    let stored = stored(found, currency).join("\n");
    let faults = view.faults();
    let mut whose = vec![Choice::new("contract", "Your contract price")];
    if found.own {
        whose.push(Choice::new("list", "The price for everybody"));
    }
    let form = view
        .new_form(&here(&found.supplier, &found.item.sku), "Save")
        .title("Change a price list")
        .field(Field::select("list", "List", whose).value(value(again, "list", "contract")))
        .field(
            Field::text("currency", "Currency")
                .value(value(again, "currency", currency))
                .short()
                .faults(&faults),
        )
        .field(
            Field::area("tiers", "Tiers")
                .value(value(again, "tiers", &stored))
                .hint(
                    "One a line: least quantity, price, and the quantity it is for when not 1. \
                       Such as: 100 0.03. Empty takes the list away.",
                )
                .optional()
                .faults(&faults),
        );
    view.form(form)
}

/// The contract's tiers in this currency, as they stand in the form.
fn stored(found: &PriceView, currency: &str) -> Vec<String> {
    let own = found.contract.iter().filter(|price| price.price.currency.code() == currency);
    let line = |price: &Price| {
        let amount = crate::base::decimal::canonical(price.price.amount);
        format!("{} {amount} {}", price.min_quantity, price.price.per)
    };
    own.map(line).collect()
}

/// `stored` is what stood in the field: lines that were left as they are need no reading.
fn tiers(
    (form, locale): (&guard::Form, &Locale),
    stored: &[String],
) -> Result<Vec<TierInput>, Refusal> {
    let read = |line: String| {
        let figure = |text: &str| match stored.contains(&line) {
            true => Ok(text.to_owned()),
            false => locale.figure("tiers", text, ""),
        };
        // A blank that does not break stands inside a number.
        match line.split_ascii_whitespace().collect::<Vec<_>>()[..] {
            [quantity, amount] => Ok([figure(quantity)?, figure(amount)?, "1".to_owned()]),
            [quantity, amount, per] => Ok([figure(quantity)?, figure(amount)?, figure(per)?]),
            _ => Err(Refusal::invalid("bad-tier", "This line cannot be read.")
                .field("tiers")
                .got(crate::base::text::shorten(&line, 60))
                .expected("a quantity and a price, such as 100 0.03")),
        }
    };
    let read = lines(form, "tiers")?.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let tier = |[min_quantity, amount, per]: [String; 3]| TierInput { min_quantity, amount, per };
    Ok(read.into_iter().map(tier).collect())
}

async fn save(
    who: &SignedIn,
    of: &guard::Form,
    form: &guard::Form,
) -> Result<price::Saved, AppError> {
    let (supplier, sku) = (text(of, "supplier")?, text(of, "sku")?);
    let stored = {
        let mut reader = who.app.reader(&who.actor).await?;
        let currency = organisation::get(&mut reader).await?.organisation.currency;
        stored(&price::get(&mut reader, &supplier, &sku).await?, currency.code())
    };
    let command = price::Save {
        supplier,
        sku,
        contract: form.maybe("list")? != Some("list"),
        currency: text(form, "currency")?,
        tiers: tiers((form, &who.locale), &stored)?,
    };
    act(&who.app, &who.actor, command).await.map_err(|fault| match fault {
        AppError::Refusal(mut refusal)
            if refusal.field.as_ref().is_some_and(|field| field.starts_with("tiers[")) =>
        {
            refusal.field = Some("tiers".to_owned());
            AppError::Refusal(refusal)
        }
        other => other,
    })
}

fn here(supplier: &str, sku: &str) -> String {
    format!("/admin/prices?supplier={}&sku={}", coded(supplier), coded(sku))
}

#[handler]
async fn h_look(Posted { who, form }: Posted) -> Result<Response> {
    Ok(who.go(&here(&text(&form, "supplier")?, &text(&form, "sku")?)))
}

#[handler]
async fn h_save(query: Query, Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "price", "edit").await?;
    match save(&who, &query.0, &form).await {
        Ok(saved) => Ok(who.go(&format!("{}&done=saved", here(&saved.supplier, &saved.sku)))),
        Err(fault) => page(&who, &query, Some(&Again { form, refusal: fault.told() })).await,
    }
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/prices", get(h_prices).post(h_save))
        .at("/admin/prices/look", poem::post(h_look))
}
