//! One article: what it is, every tier of its price, and adding it to the cart.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::shop::{Opens, Priced, Refused, added, control, control_id, item_path};
use crate::{
    app::{
        catalogue::{self, Offer},
        gateway, register,
    },
    domain::price::Tier,
    http::{
        actor::{Query, SignedIn},
        part::{self as ui, Crumbs, Facts, Shell, Tone},
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/item.html", config = ".askama.toml")]
struct ItemPage {
    shell: Shell,
    crumbs: Crumbs,
    name: String,
    sku: String,
    supplier: String,
    paragraphs: Vec<String>,
    price: Priced,
    tiers: Vec<Tier>,
    facts: Facts,
    control: String,
    quantity: String,
    fault: Option<String>,
    can_add: bool,
    opens: Option<Opens>,
    back: String,
}

#[handler]
async fn h_item(
    who: SignedIn,
    Path((supplier, sku)): Path<(String, String)>,
    Query(query): Query,
) -> Result<Response> {
    let was_added = query.ticked("added")?;
    page(&who, &supplier, &sku, (was_added, None)).await
}

/// The article's page after a look, an add, or an add that was refused.
pub(super) async fn page(
    who: &SignedIn,
    supplier: &str,
    sku: &str,
    (was_added, refused): (bool, Option<Refused>),
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let offer = catalogue::get(&mut reader, supplier, sku).await?;
    let mut shell = who.shell(offer.item.name.clone(), "/shop").await?;
    if let Some(refused) = &refused {
        refused.tell(&mut shell);
    } else if was_added {
        shell.notice = Some(added());
    }
    let class = register::class_title(&mut reader, &offer.item.unspsc).await?;
    let price = Priced::of(&shell, &offer.prices, &offer.item.unit);
    let said = refused.as_ref().map(|refused| refused.quantity.clone());
    let shops = gateway::shops(&mut reader).await?;
    let page = ItemPage {
        opens: Opens::of(&offer, &shops),
        crumbs: Crumbs::to(&offer.item.name).over("Shop", shell.href("/shop")),
        facts: facts(&shell, &offer, class.as_deref()),
        tiers: offer.prices.tiers().to_vec(),
        control: control_id(&control(&offer.supplier.name, &offer.item.sku)),
        quantity: said.unwrap_or_else(|| price.first_quantity()),
        fault: shell.faults.first().map(|fault| fault.message.clone()),
        can_add: reader.may("cart", "edit"),
        back: item_path(&offer.supplier.name, &offer.item.sku),
        paragraphs: offer.item.description.lines().map(str::to_owned).collect(),
        name: offer.item.name,
        sku: offer.item.sku,
        supplier: offer.supplier.name,
        price,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some(refused) = &refused {
        answer.set_status(problem::status(&refused.refusal));
    }
    Ok(answer)
}

fn facts(shell: &Shell, offer: &Offer, class: Option<&str>) -> Facts {
    let item = &offer.item;
    let days = item.lead_time_days.map(|days| match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    });
    let category = super::shop::with("/shop", "category", &item.category);
    let facts = Facts::new().small().text("Supplier", &offer.supplier.title);
    let facts = facts.text("Number", &item.sku).text("Unit", &item.unit);
    let facts = if item.category.is_empty() {
        facts
    } else {
        facts.html("Category", ui::link(&shell.href(&category), &item.category))
    };
    facts
        .maybe("UNSPSC", Some(&item.unspsc))
        .maybe("Class", class)
        .maybe("Manufacturer", Some(&item.manufacturer))
        .maybe("Manufacturer's number", Some(&item.manufacturer_sku))
        .maybe("Lead time", days.as_deref())
}

pub(super) fn add(route: Route) -> Route {
    route.at("/shop/:supplier/:sku", get(h_item))
}
