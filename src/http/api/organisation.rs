//! `/organisation`: the organisation's own settings.

use poem_openapi::{Object, OpenApi, payload::Json};

use super::{Caller, shape::Text};
use crate::{
    app::party::organisation::{self, OrganisationView},
    base::decimal,
};

pub struct Organisations;

/// The settings.
#[derive(Object)]
struct OrganisationJson {
    /// Short name.
    name: String,
    title: String,
    currency: String,
    /// `transfer`, `approve_then_transfer` or `approve_then_order`.
    checkout: String,
    locale: String,
    time_zone: String,
    /// E-mail address of the manager of people made on first sight.
    default_manager: Option<String>,
    default_cost_center: Option<String>,
    /// Where a copy of each OrderRequest goes.
    order_url: Option<String>,
    /// Where approved invoices and status updates go.
    invoice_url: Option<String>,
    /// Percent by which a price on an incoming order may differ, as decimal text.
    price_tolerance: String,
    /// The month the fiscal year begins with, 1 to 12.
    fiscal_month: i8,
}

impl From<OrganisationView> for OrganisationJson {
    fn from(view: OrganisationView) -> Self {
        let organisation = view.organisation;
        Self {
            name: organisation.name,
            title: organisation.title,
            currency: organisation.currency.code().to_owned(),
            checkout: organisation.checkout.to_string(),
            locale: organisation.locale,
            time_zone: organisation.time_zone,
            default_manager: view.default_manager,
            default_cost_center: view.default_cost_center,
            order_url: organisation.order_url,
            invoice_url: organisation.invoice_url,
            price_tolerance: decimal::canonical(organisation.price_tolerance),
            fiscal_month: organisation.fiscal_month,
        }
    }
}

/// What changes; what is left out stays, an empty text takes away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OrganisationChange {
    title: Option<Text>,
    checkout: Option<Text>,
    locale: Option<Text>,
    time_zone: Option<Text>,
    default_manager: Option<Text>,
    default_cost_center: Option<Text>,
    order_url: Option<Text>,
    invoice_url: Option<Text>,
    price_tolerance: Option<Text>,
    fiscal_month: Option<i8>,
}

async fn show(caller: &Caller) -> poem::Result<OrganisationJson> {
    let mut reader = caller.reader().await?;
    Ok(organisation::get(&mut reader).await?.into())
}

#[OpenApi]
impl Organisations {
    /// The settings.
    #[oai(path = "/organisation", method = "get", operation_id = "organisation")]
    async fn get(&self, caller: Caller) -> poem::Result<Json<OrganisationJson>> {
        Ok(Json(show(&caller).await?))
    }

    /// Changes settings; name and currency stay for life.
    #[oai(path = "/organisation", method = "put", operation_id = "change-organisation")]
    async fn change(
        &self,
        caller: Caller,
        body: Json<OrganisationChange>,
    ) -> poem::Result<Json<OrganisationJson>> {
        caller.need("organisation", "edit").await?;
        let now = show(&caller).await?;
        let change = body.0;
        let text = |new: Option<Text>, old: String| new.map_or(old, |text| text.0);
        let maybe = |new: Option<Text>, old: Option<String>| new.map(|text| text.0).or(old);
        let save = organisation::Save {
            title: text(change.title, now.title),
            checkout: text(change.checkout, now.checkout),
            locale: text(change.locale, now.locale),
            time_zone: text(change.time_zone, now.time_zone),
            default_manager: maybe(change.default_manager, now.default_manager),
            default_cost_center: maybe(change.default_cost_center, now.default_cost_center),
            order_url: maybe(change.order_url, now.order_url),
            invoice_url: maybe(change.invoice_url, now.invoice_url),
            price_tolerance: text(change.price_tolerance, now.price_tolerance),
            fiscal_month: change.fiscal_month.unwrap_or(now.fiscal_month).to_string(),
        };
        caller.act(save).await?;
        Ok(Json(show(&caller).await?))
    }
}
