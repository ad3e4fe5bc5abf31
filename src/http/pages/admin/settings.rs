//! /admin/settings: the organisation's own settings.

use poem::{Response, Result, Route, get, handler};

use super::{
    need,
    view::{Again, Form, Section, View, text, value},
};
use crate::{
    app::{
        AppError, act,
        party::{
            cost_center::{self, CostCenterView},
            organisation::{self, OrganisationView},
            people,
        },
    },
    base::decimal,
    domain::party::Person,
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{Choice, Facts, Field},
    },
};

async fn page(who: &SignedIn, query: &Query, again: Option<&Again>) -> Result<Response> {
    need(who, "organisation", "edit").await?;
    let (now, centers, everybody) = {
        let mut reader = who.app.reader(&who.actor).await?;
        let now = organisation::get(&mut reader).await?;
        let centers = cost_center::list(&mut reader).await?;
        (now, centers, people::everybody(&mut reader).await?)
    };
    let own = &now.organisation;
    let view = View::new(who, "Settings", again).await?.under(&[]).narrow().done(query);
    let facts = Facts::new()
        .text("Short name", &own.name)
        .text("Currency", own.currency.code())
        .text("Both", "stay for life");
    let form = controls(&view, again, &now, lists(centers, everybody));
    view.form(form).section(Section::Facts("Fixed", facts)).answer(who)
}

/// Choices of the form.
struct Lists {
    centers: Vec<Choice>,
    people: Vec<Choice>,
}

fn lists(centers: Vec<CostCenterView>, everybody: Vec<Person>) -> Lists {
    let centers = centers.into_iter().map(|one| {
        let label = format!("{} {}", one.center.code, one.center.name);
        Choice::new(one.center.code, label)
    });
    let people = everybody
        .into_iter()
        .filter(Person::is_active)
        .map(|one| Choice::new(one.email.to_string(), format!("{} ({})", one.name, one.email)));
    Lists {
        centers: std::iter::once(Choice::new("", "None")).chain(centers).collect(),
        people: std::iter::once(Choice::new("", "Nobody")).chain(people).collect(),
    }
}

fn controls(view: &View, again: Option<&Again>, now: &OrganisationView, lists: Lists) -> Form {
    let own = &now.organisation;
    let faults = view.faults();
    let field = |name: &'static str, label: &str, stored: &str| {
        Field::text(name, label).value(value(again, name, stored)).faults(&faults)
    };
    let ways = [
        Choice::new("approve_then_order", "Sign-off here, then orders go out from here"),
        Choice::new("approve_then_transfer", "Sign-off here, then the cart goes back"),
        Choice::new("transfer", "The cart goes back at once"),
    ];
    let manager = now.default_manager.clone().unwrap_or_default();
    let center = now.default_cost_center.clone().unwrap_or_default();
    let order_url = own.order_url.clone().unwrap_or_default();
    let invoice_url = own.invoice_url.clone().unwrap_or_default();
    view.new_form("/admin/settings", "Save")
        .field(field("title", "Name", &own.title).at_most(120))
        .field(
            Field::select("checkout", "What happens with a cart", ways)
                .value(value(again, "checkout", own.checkout.word()))
                .faults(&faults),
        )
        .field(
            field("price_tolerance", "Tolerance of prices, percent", &{
                decimal::canonical(own.price_tolerance)
            })
            .hint("By so much a price on an incoming order may differ from the returned cart.")
            .short()
            .decimal(),
        )
        .field(
            field("fiscal_month", "Month the fiscal year begins with", &{
                own.fiscal_month.to_string()
            })
            .hint("1 is January. Limits and budgets of a quarter or a year count by it.")
            .short()
            .decimal(),
        )
        .field(
            field("order_url", "Where a copy of each order goes", &order_url)
                .hint("The address of your own system, by cXML")
                .optional(),
        )
        .field(
            field("invoice_url", "Where approved invoices and updates go", &invoice_url)
                .hint("The address of your own system, by cXML")
                .optional(),
        )
        .field(
            Field::select(
                "default_manager",
                "Manager of people seen for the first time",
                lists.people,
            )
            .value(value(again, "default_manager", &manager))
            .optional()
            .faults(&faults),
        )
        .field(
            Field::select("default_cost_center", "And their cost centre", lists.centers)
                .value(value(again, "default_cost_center", &center))
                .optional()
                .faults(&faults),
        )
        .field(field("locale", "Language and region", &own.locale).short().hint("Such as en-IE"))
        .field(field("time_zone", "Time zone", &own.time_zone).hint("Such as Europe/Berlin"))
}

#[handler]
async fn h_settings(who: SignedIn, query: Query) -> Result<Response> {
    page(&who, &query, None).await
}

async fn save(who: &SignedIn, form: &guard::Form) -> Result<(), AppError> {
    let stands = organisation::get(&mut who.app.reader(&who.actor).await?).await?;
    let stands = decimal::canonical(stands.organisation.price_tolerance);
    let tolerance = text(form, "price_tolerance")?;
    let tolerance = who.locale.figure("price_tolerance", &tolerance, &stands)?;
    let filled = |name| form.filled(name).map(|text| text.map(str::to_owned));
    let command = organisation::Save {
        title: text(form, "title")?,
        checkout: text(form, "checkout")?,
        locale: text(form, "locale")?,
        time_zone: text(form, "time_zone")?,
        default_manager: filled("default_manager")?,
        default_cost_center: filled("default_cost_center")?,
        order_url: filled("order_url")?,
        invoice_url: filled("invoice_url")?,
        price_tolerance: tolerance,
        fiscal_month: text(form, "fiscal_month")?,
    };
    act(&who.app, &who.actor, command).await?;
    Ok(())
}

#[handler]
async fn h_save(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "organisation", "edit").await?;
    match save(&who, &form).await {
        Ok(()) => Ok(who.go("/admin/settings?done=saved")),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            page(&who, &Query::default(), Some(&again)).await
        }
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at("/admin/settings", get(h_settings).post(h_save))
}
