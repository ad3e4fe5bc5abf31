//! The shop: searching the catalogue, and adding to the cart from the list.
//!
//! The list is a plain form and works as one; a script only replaces the results while typing.

use askama::Template;
use poem::{Response, Result, Route, get, handler};

use crate::{
    app::{
        AppError,
        catalogue::{self, Offer},
        gateway::{self, Shop},
    },
    base::{
        money::UnitPrice,
        page::{Cut, Page},
        quantity::Quantity,
    },
    domain::{price::PriceList, refusal::Refusal},
    http::{
        actor::{Query, SignedIn},
        guard::Form,
        part::{self as ui, Choice, Empty, Fault, Notice, Pager, Shell, Tone, coded},
        problem,
    },
};

/// Tiers beside a price; the item's page shows all.
const TIERS_SHOWN: usize = 2;

#[derive(Template)]
#[template(path = "pages/shop.html", config = ".askama.toml")]
struct ShopPage {
    shell: Shell,
    text: String,
    category: String,
    categories: Vec<Choice>,
    supplier: String,
    suppliers: Vec<Choice>,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
    can_add: bool,
    /// Where adding comes back to.
    back: String,
    /// Suppliers' own shops.
    shops: Vec<Shop>,
    /// Where those of them that are searched are asked, with their names; empty without a text.
    beside: Option<(String, String)>,
}

/// One article of the list.
struct Row {
    name: String,
    href: String,
    supplier: String,
    supplier_title: String,
    sku: String,
    price: Priced,
    control: String,
    quantity: String,
    wrong: bool,
    /// The shop in which it is chosen; nothing for what is sold from here.
    opens: Option<Opens>,
}

/// An article that is chosen in the supplier's own shop.
pub(super) struct Opens {
    pub aux_id: String,
    /// What the shop is called; nothing when nobody may go there.
    pub shop: Option<String>,
}

impl Opens {
    pub(super) fn of(offer: &Offer, shops: &[Shop]) -> Option<Self> {
        let shop = shops.iter().find(|shop| shop.supplier == offer.supplier.name);
        let shop = shop.map(|shop| shop.title.clone());
        offer.item.at_site.then(|| Self { aux_id: offer.item.aux_id.clone(), shop })
    }
}

/// A price with what stands beside it.
pub(super) struct Priced {
    pub price: UnitPrice,
    pub unit: String,
    /// The price is for one unit: `450.00 EUR per EA`.
    pub of_one: bool,
    pub is_contract: bool,
    /// `from 10: 0.80 EUR`
    pub tiers: Vec<String>,
    /// The smallest quantity sold, when that is not one.
    pub least: Option<Quantity>,
}

impl Priced {
    pub(super) fn of(shell: &Shell, list: &PriceList, unit: &str) -> Self {
        let entry = list.entry();
        let further = list.tiers().iter().filter(|tier| tier.min_quantity > entry.min_quantity);
        let tiers = further.take(TIERS_SHOWN).map(|tier| {
            let from = shell.locale.quantity(tier.min_quantity);
            format!("from {from}: {}", shell.locale.unit_price(tier.price))
        });
        Self {
            price: entry.price,
            unit: unit.to_owned(),
            of_one: entry.price.per == Quantity::ONE,
            is_contract: entry.is_contract,
            tiers: tiers.collect(),
            least: Some(entry.min_quantity).filter(|least| *least > Quantity::ONE),
        }
    }

    /// What stands in the quantity's field at first.
    pub(super) fn first_quantity(&self) -> String {
        self.least.unwrap_or(Quantity::ONE).to_string()
    }
}

/// The name of an article's quantity field among others on the page.
pub(super) fn control(supplier: &str, sku: &str) -> String {
    format!("quantity-{supplier}-{sku}")
}

/// The id of the control with this name, to which the summary of faults links.
pub(super) fn control_id(name: &str) -> String {
    Fault::at(name, "").anchor().unwrap_or_default()
}

/// An article's page, without prefix.
pub(super) fn item_path(supplier: &str, sku: &str) -> String {
    format!("/shop/{}/{}", coded(supplier), coded(sku))
}

/// An add that was refused: the article, what stood in its field, and why.
pub(super) struct Refused {
    pub supplier: String,
    pub sku: String,
    pub quantity: String,
    pub refusal: Refusal,
}

impl Refused {
    /// The refusal at this article's own field.
    pub(super) fn tell(&self, shell: &mut Shell) {
        let field = control(&self.supplier, &self.sku);
        shell.refuse(&self.refusal.clone().field(field));
    }

    fn is_of(&self, offer: &Offer) -> bool {
        self.supplier == offer.supplier.name && self.sku == offer.item.sku
    }
}

fn row(shell: &Shell, shops: &[Shop], offer: Offer, refused: Option<&Refused>) -> Row {
    let price = Priced::of(shell, &offer.prices, &offer.item.unit);
    let refused = refused.filter(|refused| refused.is_of(&offer));
    let opens = Opens::of(&offer, shops);
    let Offer { item, supplier, .. } = offer;
    Row {
        opens,
        href: shell.href(&item_path(&supplier.name, &item.sku)),
        control: control_id(&control(&supplier.name, &item.sku)),
        quantity: refused
            .map_or_else(|| price.first_quantity(), |refused| refused.quantity.clone()),
        wrong: refused.is_some(),
        name: item.name,
        supplier: supplier.name,
        supplier_title: supplier.title,
        sku: item.sku,
        price,
    }
}

/// What a query string asks for.
fn asked(query: &Form) -> Result<catalogue::Query, Refusal> {
    let filled = |name: &str| Ok::<_, Refusal>(query.filled(name)?.map(str::to_owned));
    Ok(catalogue::Query {
        text: filled("q")?.unwrap_or_default(),
        supplier: filled("supplier")?,
        category: filled("category")?,
        cut: Cut::new(filled("after")?, None),
    })
}

/// The same list again, without prefix; `after` stays out.
fn list_path(query: &catalogue::Query) -> String {
    let pairs = [
        ("q", Some(query.text.as_str()).filter(|text| !text.is_empty())),
        ("category", query.category.as_deref()),
        ("supplier", query.supplier.as_deref()),
    ];
    let filled = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let text: Vec<String> =
        filled.map(|(name, value)| format!("{name}={}", coded(value))).collect();
    if text.is_empty() { "/shop".to_owned() } else { format!("/shop?{}", text.join("&")) }
}

#[handler]
async fn h_shop(who: SignedIn, Query(query): Query) -> Result<Response> {
    page(&who, &query, None).await
}

/// The list for this query, perhaps with an add that was refused.
pub(super) async fn page(
    who: &SignedIn,
    query: &Form,
    refused: Option<Refused>,
) -> Result<Response> {
    let asked = asked(query)?;
    let mut reader = who.app.reader(&who.actor).await?;
    let found = match catalogue::search(&mut reader, &asked).await {
        // A supplier that is gone from a kept link finds nothing.
        Err(AppError::Refusal(refusal)) if refusal.code == "unknown-supplier" => {
            Page { items: Vec::new(), next: None }
        }
        found => found?,
    };
    let categories = catalogue::categories(&mut reader).await?;
    let suppliers = catalogue::suppliers(&mut reader).await?;
    let can_add = reader.may("cart", "edit");
    let shops = gateway::shops(&mut reader).await?;
    let mut shell = who.shell("Shop", "/shop").await?;
    if let Some(refused) = &refused {
        refused.tell(&mut shell);
    } else if query.ticked("added")? {
        shell.notice = Some(added());
    }
    let path = list_path(&asked);
    let pager = Pager::new(&shell.href(&path), asked.cut.after.as_deref(), found.next.as_deref());
    let back = match &asked.cut.after {
        Some(after) => with(&path, "after", after),
        None => path,
    };
    let rows = found.items.into_iter();
    let rows = rows.map(|offer| row(&shell, &shops, offer, refused.as_ref())).collect();
    let any = |label: &str| Choice::new("", label);
    let categories = categories.into_iter().map(|name| Choice::new(&name, &name));
    let suppliers = suppliers.into_iter().map(|known| Choice::new(known.name, known.title));
    let page = ShopPage {
        empty: empty(&shell, &asked),
        beside: beside(&shell, &shops, &asked),
        text: asked.text,
        category: asked.category.unwrap_or_default(),
        categories: [any("All categories")].into_iter().chain(categories).collect(),
        supplier: asked.supplier.unwrap_or_default(),
        suppliers: [any("All suppliers")].into_iter().chain(suppliers).collect(),
        rows,
        pager,
        can_add,
        back,
        shops,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some(refused) = &refused {
        answer.set_status(problem::status(&refused.refusal));
    }
    Ok(answer)
}

/// Where the searched shops of suppliers are asked for the same text, and their names.
fn beside(shell: &Shell, shops: &[Shop], asked: &catalogue::Query) -> Option<(String, String)> {
    let named = |shop: &&Shop| asked.supplier.as_ref().is_none_or(|name| *name == shop.supplier);
    let searched = shops.iter().filter(|shop| shop.is_searched).filter(named);
    let titles: Vec<&str> = searched.map(|shop| shop.title.as_str()).collect();
    let text = asked.text.trim();
    let first = asked.cut.after.is_none();
    (first && !text.is_empty() && !titles.is_empty())
        .then(|| (shell.href(&format!("/shop/beside?q={}", coded(text))), titles.join(", ")))
}

/// What is said after something was added.
pub(super) fn added() -> Notice {
    Notice { tone: Tone::Good, text: "Added to your cart.".to_owned() }
}

/// The path with one more pair in its query.
pub(super) fn with(path: &str, name: &str, value: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{name}={}", coded(value))
}

fn empty(shell: &Shell, asked: &catalogue::Query) -> Empty {
    let nothing = asked.text.is_empty() && asked.category.is_none() && asked.supplier.is_none();
    if nothing {
        let what = "No supplier offers anything in your organisation's currency yet. An admin \
                    imports a catalogue, or sets prices.";
        return Empty::new("The catalogue is empty", what);
    }
    let what = "Each word must begin a word of the article: its name, number, maker or text. Try \
                one word less, or another category.";
    Empty::new("Nothing found", what).first("Show everything", shell.href("/shop"))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/shop", get(h_shop))
}

#[cfg(test)]
mod tests;
