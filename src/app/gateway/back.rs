//! The cart that comes back from a supplier's shop, by a stranger's form post.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    app::{
        Actor, App, AppError, Command, Cx, Need, Scope, act,
        cart::{price_of, save_lines},
    },
    base::{
        id::{CartId, SiteId, SiteVisitId},
        text::sha256_hex,
    },
    domain::{
        cart::{self, Cart, CartLine, Goods, relined},
        fact::Fact,
        gateway::{SiteLine, SiteVisit, SupplierSite, VisitMove, VisitState, same_price},
        punchout::Operation,
        refusal::Refusal,
    },
    exchange::gateway::{Brought, read_cart},
    oci::form::Pairs,
    store::{self, Conn, document::Direction},
};

use super::{FORM, Said, XML, begin::proven, check, keep, supplier_identity};

/// What became of a cart that came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Taken {
    /// What shoppers know the shop by.
    pub shop: String,
    /// Whether the visit's browser goes by its address and so cannot be led on from here.
    pub by_path: bool,
}

/// Who comes back, from where.
struct Back {
    visit: SiteVisit,
    site: SupplierSite,
    taken: Taken,
}

async fn back(app: &App, conn: &mut Conn, token: &str) -> Result<Back, AppError> {
    let visit = proven(app, conn, token, app.now()).await?;
    let site = store::gateway::site(conn, visit.organisation, visit.site).await?;
    let site = site.filter(|site| site.disabled_at.is_none()).ok_or_else(gone)?;
    let session = match visit.punchout_session {
        Some(id) => store::punchout_session::get(conn, id).await?,
        None => None,
    };
    let by_path = session.is_some_and(|session| session.path_at.is_some());
    let taken = Taken { shop: site.title.clone(), by_path };
    Ok(Back { visit, site, taken })
}

fn gone() -> AppError {
    Refusal::not_found("supplier's shop").into()
}

/// Somebody came back without a cart: nothing changes, and a cart may still come.
pub async fn come_back(app: &Arc<App>, token: &str) -> Result<Taken, AppError> {
    let mut conn = app.store.read().await?;
    Ok(back(app, &mut conn, token).await?.taken)
}

/// Takes the cart. The very same once more changes nothing.
pub async fn take_back(app: &Arc<App>, token: &str, fields: &Pairs) -> Result<Taken, AppError> {
    let sha256 = sha256_hex(&crate::exchange::punchout::oci_body(fields));
    let (Back { visit, site, taken }, cart, person) = {
        let mut conn = app.store.read().await?;
        let back = back(app, &mut conn, token).await?;
        let cart = store::cart::get(&mut conn, back.visit.cart).await?.ok_or_else(gone)?;
        let person = store::person::get(&mut conn, back.visit.person).await?.ok_or_else(gone)?;
        (back, cart, person)
    };
    if visit.state == VisitState::Returned && visit.body_sha256.as_ref() == Some(&sha256) {
        return Ok(taken);
    }
    visit.state.after(VisitMove::Return)?;
    cart.state.need_open()?;
    let actor = Actor::person(person, Scope::Other);
    let (brought, checked) = match read(app, &visit, &site, &cart, fields).await {
        Ok(read) => read,
        Err(AppError::Refusal(refusal)) => {
            let refused = Refused { visit: visit.id, refusal: *refusal.clone(), said: Vec::new() };
            act(app, &actor, refused).await?;
            return Err(AppError::Refusal(refusal));
        }
        Err(fault) => return Err(fault),
    };
    let mut said = checked.said;
    said.insert(0, brought_said(&brought));
    match checked.held {
        Ok(held) => {
            act(app, &actor, Take { visit: visit.id, brought, held, said, sha256 }).await?;
            Ok(taken)
        }
        Err(refusal) => {
            act(app, &actor, Refused { visit: visit.id, refusal: refusal.clone(), said }).await?;
            Err(refusal.into())
        }
    }
}

fn brought_said(brought: &Brought) -> Said {
    let content_type = if brought.cookie.is_some() { XML } else { FORM };
    Said {
        direction: Direction::In,
        kind: brought.kind,
        content_type: content_type.to_owned(),
        body: brought.body.clone(),
        status: None,
    }
}

/// Reads the cart and asks the supplier about it.
async fn read(
    app: &App,
    visit: &SiteVisit,
    site: &SupplierSite,
    cart: &Cart,
    fields: &Pairs,
) -> Result<(Brought, check::Checked), AppError> {
    let mut brought = read_cart(fields, site.supplier, cart.currency)?;
    let own = visit.id.to_string();
    if let Some(cookie) = brought.cookie.as_deref().map(str::trim).filter(|cookie| *cookie != own) {
        return Err(Refusal::forbidden("cart-of-another-visit", "This cart is of another visit.")
            .field("BuyerCookie")
            .got(crate::base::text::shorten(cookie, 60))
            .expected(own)
            .mend("Go to the supplier's shop again from here.")
            .into());
    }
    let looks = visit.operation == Operation::Inspect;
    let lines: &mut [Goods] = if looks { &mut [] } else { &mut brought.lines };
    let checked = check::confirm(app, site, visit, lines).await?;
    Ok((brought, checked))
}

/// The lines of a cart that came from a site and may be taken there again for this.
pub(super) async fn changeable(
    conn: &mut Conn,
    cart: CartId,
    site: SiteId,
    operation: Operation,
) -> Result<Vec<CartLine>, AppError> {
    let known = store::gateway::lines(conn, cart).await?;
    let may = |line: &SiteLine| {
        line.site == site
            && match operation {
                Operation::Edit => line.allowed == Operation::Edit,
                _ => line.allowed != Operation::Create,
            }
    };
    let mut lines = store::cart::lines(conn, cart).await?;
    lines.retain(|line| {
        line.goods.item.is_none() && known.iter().any(|own| own.line == line.id && may(own))
    });
    Ok(lines)
}

/// Puts the lines into the cart.
struct Take {
    visit: SiteVisitId,
    brought: Brought,
    held: Vec<Option<String>>,
    said: Vec<Said>,
    sha256: String,
}

impl Command for Take {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let (visit, site) = visit_and_site(cx, self.visit).await?;
        let state = visit.state.after(VisitMove::Return)?;
        let cart = store::cart::get(cx.conn, visit.cart).await?;
        let cart = cart.ok_or_else(|| Refusal::not_found("cart"))?;
        cart.state.need_open()?;
        let returned = Some((self.sha256.as_str(), cx.now));
        store::gateway::set_visit(cx.conn, &visit, state, returned).await?;
        let sender = supplier_identity(cx.conn, &site).await?;
        for said in &self.said {
            keep(cx, (&site, &visit), &sender, said.clone()).await?;
        }
        let looks = visit.operation == Operation::Inspect;
        let (mut lines, mut held) = (0, 0);
        if !looks && !self.brought.leaves_all {
            (lines, held) = self.put(cx, (&site, &visit), &cart).await?;
        }
        let lines_now = store::cart::lines(cx.conn, cart.id).await?;
        let total = cart::total(lines_now.iter().map(|line| &line.goods), cart.currency)?;
        cx.fact(Fact::SiteCartTaken {
            visit: visit.id.to_string(),
            cart: cart.id.to_string(),
            lines,
            held,
            total: total.to_string(),
        });
        Ok(())
    }
}

impl Take {
    /// The lines that stay and those that came; how many came, and how many of them are held.
    async fn put(
        &self,
        cx: &mut Cx<'_>,
        (site, visit): (&SupplierSite, &SiteVisit),
        cart: &Cart,
    ) -> Result<(u32, u32), AppError> {
        let before = store::cart::lines(cx.conn, cart.id).await?;
        let known = store::gateway::lines(cx.conn, cart.id).await?;
        let replaced = match visit.operation {
            Operation::Edit => changeable(cx.conn, cart.id, site.id, Operation::Edit).await?,
            _ => Vec::new(),
        };
        let stays = |line: &&CartLine| replaced.iter().all(|gone| gone.id != line.id);
        let staying: Vec<&CartLine> = before.iter().filter(stays).collect();
        let (came, held) = self.settled(cx, cart, site).await?;
        let mut goods: Vec<Goods> = staying.iter().map(|line| line.goods.clone()).collect();
        goods.extend(came);
        cart::check_count(goods.len())?;
        let lines = relined(&before, goods, || cx.id());
        save_lines(cx, cart, &lines).await?;
        store::gateway::forget_lines(cx.conn, cart.id, site.id).await?;
        let (old, new) = lines.split_at(staying.len());
        for line in known.iter().filter(|own| own.site == site.id) {
            if old.iter().any(|stays| stays.id == line.line) {
                store::gateway::add_line(cx.conn, cart.id, line).await?;
            }
        }
        for (line, held) in new.iter().zip(&held) {
            let allowed = self.brought.allowed;
            let row = SiteLine { line: line.id, site: site.id, allowed, held: held.clone() };
            store::gateway::add_line(cx.conn, cart.id, &row).await?;
        }
        let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
        Ok((count(new.len()), count(held.iter().flatten().count())))
    }

    /// The lines as they came, with what our own catalogue knows: its category holds whatever the
    /// browser said, and its price, when it is the very same, needs no further word.
    async fn settled(
        &self,
        cx: &mut Cx<'_>,
        cart: &Cart,
        site: &SupplierSite,
    ) -> Result<(Vec<Goods>, Vec<Option<String>>), AppError> {
        let mut lines = self.brought.lines.clone();
        let mut held = self.held.clone();
        held.resize(lines.len(), Some(crate::domain::gateway::UNCHECKED.to_owned()));
        let skus: Vec<&str> = self.brought.lines.iter().map(|line| line.sku.as_str()).collect();
        let items = store::item::by_skus(cx.conn, site.supplier, &skus).await?;
        for (goods, held) in lines.iter_mut().zip(&mut held) {
            let Some(item) = items.iter().find(|item| item.sku == goods.sku) else { continue };
            if !item.unspsc.is_empty() {
                goods.unspsc.clone_from(&item.unspsc);
            }
            if held.is_none() {
                continue;
            }
            let own = price_of(cx.conn, cart, item, goods.quantity).await?;
            let agrees = own.is_some_and(|own| same_price(own, goods.price));
            if agrees && item.unit == goods.unit {
                *held = None;
            }
        }
        let beside = self.brought.beside.first().map(|what| format!("the supplier adds {what}"));
        if let (Some(first), Some(what)) = (held.first_mut(), beside) {
            *first = Some(what);
        }
        if self.brought.is_pending {
            held.fill(Some("the supplier calls it a quote that is not final".to_owned()));
        }
        Ok((lines, held))
    }
}

async fn visit_and_site(
    cx: &mut Cx<'_>,
    id: SiteVisitId,
) -> Result<(SiteVisit, SupplierSite), AppError> {
    let gone = || AppError::internal("a visit that was proven is gone");
    let visit = store::gateway::visit(cx.conn, id).await?.ok_or_else(gone)?;
    let site = store::gateway::site(cx.conn, visit.organisation, visit.site).await?;
    Ok((visit, site.ok_or_else(gone)?))
}

/// States that a cart was not taken, and keeps it.
struct Refused {
    visit: SiteVisitId,
    refusal: Refusal,
    said: Vec<Said>,
}

impl Command for Refused {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let (visit, site) = visit_and_site(cx, self.visit).await?;
        let sender = supplier_identity(cx.conn, &site).await?;
        for said in &self.said {
            keep(cx, (&site, &visit), &sender, said.clone()).await?;
        }
        cx.fact(Fact::SiteCartRefused {
            visit: visit.id.to_string(),
            cart: visit.cart.to_string(),
            code: self.refusal.code.to_owned(),
            message: self.refusal.to_string(),
        });
        Ok(())
    }
}
