//! Where the simulators stand now: the demo may get another port at each start, and its partners'
//! URLs follow.

use crate::{
    app::{App, AppError, Command, Cx, Need},
    domain::{
        fact::{Change, Fact},
        party::PartnerKind,
    },
    store,
};

use super::cast::Vendor;

/// Whether the vendor's catalogue was imported to its last line.
pub async fn has_catalogue(app: &App, vendor: &Vendor) -> Result<bool, AppError> {
    let mut conn = app.store.read().await?;
    let Some(supplier) = store::supplier::by_name(&mut conn, vendor.name).await? else {
        return Ok(true);
    };
    let last = vendor.catalogue.lines().last().and_then(|line| line.split(',').next());
    let found = store::item::by_sku(&mut conn, supplier.id, last.unwrap_or_default()).await?;
    Ok(found.is_some())
}

/// Points every URL of the simulators to where they stand now.
pub struct Move {
    /// `http://localhost:PORT`
    pub simulators: String,
}

impl Command for Move {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        cx.nothing_changed();
        for mut organisation in store::organisation::all(cx.conn).await? {
            let (before, after) = self.moved(organisation.invoice_url.as_deref());
            if before != after {
                organisation.invoice_url.clone_from(&after);
                store::organisation::update(cx.conn, &organisation).await?;
                let fact = saved(organisation.id.to_string(), "organisation", (before, after));
                cx.fact_in(organisation.id, fact);
            }
            for mut partner in store::partner::of_organisation(cx.conn, organisation.id).await? {
                let PartnerKind::Supplier { url, .. } = &mut partner.kind else { continue };
                let (before, after) = self.moved(url.as_deref());
                if before != after {
                    url.clone_from(&after);
                    store::partner::save(cx.conn, &partner, cx.now).await?;
                    let fact = saved(partner.id.to_string(), "partner", (before, after));
                    cx.fact_in(organisation.id, fact);
                }
            }
        }
        Ok(())
    }
}

impl Move {
    /// The URL as it is and as it must be; one that is not of the simulators stays.
    fn moved(&self, url: Option<&str>) -> (Option<String>, Option<String>) {
        let before = url.map(str::to_owned);
        let path = url
            .and_then(|url| url.strip_prefix("http://localhost:"))
            .and_then(|rest| rest.split_once("/sim/"));
        match path {
            Some((_, path)) => (before, Some(format!("{}/sim/{path}", self.simulators))),
            None => (before.clone(), before),
        }
    }
}

fn saved(object: String, noun: &str, url: (Option<String>, Option<String>)) -> Fact {
    let change = Change {
        field: "url".to_owned(),
        before: url.0.unwrap_or_default(),
        after: url.1.unwrap_or_default(),
    };
    Fact::SettingSaved { object, noun: noun.to_owned(), changes: vec![change] }
}
