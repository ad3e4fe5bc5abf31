//! What suppliers' own shops find for a search of ours: a page of its own, which a script puts
//! below the catalogue's results.

use askama::Template;
use poem::{Response, Result, Route, get, handler};

use crate::{
    app::gateway::{self, Beside, Hit},
    base::quantity::Quantity,
    http::{
        actor::{Query, SignedIn},
        part::{self as ui, Crumbs, Shell, Tone, coded},
    },
};

#[derive(Template)]
#[template(path = "pages/beside.html", config = ".askama.toml")]
struct BesidePage {
    shell: Shell,
    crumbs: Crumbs,
    text: String,
    found: Vec<Beside>,
    /// Whether the reader may go on to a shop.
    can_open: bool,
}

impl BesidePage {
    fn count(&self) -> usize {
        self.found.iter().map(|shop| shop.hits.len()).sum()
    }

    fn days(hit: &Hit) -> String {
        hit.lead_time_days.map(|days| format!("{days} d")).unwrap_or_default()
    }
}

#[handler]
async fn h_beside(who: SignedIn, Query(query): Query) -> Result<Response> {
    let text = query.filled("q")?.unwrap_or_default().trim().to_owned();
    let found = gateway::beside(&who.app, &who.actor, &text).await?;
    let can_open = who.app.reader(&who.actor).await?.may("cart", "edit");
    let shell = who.shell("Suppliers' own shops", "/shop").await?;
    let back = shell.href(&format!("/shop?q={}", coded(&text)));
    let crumbs = Crumbs::to("Suppliers' own shops").over("Shop", back);
    Ok(who.page(&BesidePage { shell, crumbs, text, found, can_open })?)
}

pub(super) fn add(route: Route) -> Route {
    route.at("/shop/beside", get(h_beside))
}
