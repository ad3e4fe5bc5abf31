//! What was returned to the buyer: the lines that an arriving order is held against.

use std::collections::HashMap;

use super::{
    CARTS, CARTS_MS,
    unreturned::{other_supplier, unreturned},
};
use crate::{
    app::{AppError, Cx},
    base::id::{CartId, CartLineId, OrganisationId, PersonId, PunchoutSessionId},
    cxml::{item::Item, order::OrderRequest},
    domain::{
        cart::{CartLine, Goods},
        gateway,
        party::Organisation,
        refusal::Refusal,
        requisition::{Flag, RequisitionState},
        returned_cart::{Drawn, Ordered, closest, compare},
    },
    store,
};

/// The returned carts' lines by SKU, the cart that fits best first.
pub(super) struct Shelf {
    pub best: Option<CartId>,
    pub session: Option<PunchoutSessionId>,
    pub person: Option<PersonId>,
    lines: HashMap<String, Vec<CartLine>>,
    /// What is held for its price since it came from a supplier's own site.
    held: HashMap<CartLineId, Flag>,
    /// What this order has taken of the lines so far.
    drawn: Drawn,
}

impl Shelf {
    pub async fn of(
        cx: &mut Cx<'_>,
        organisation: OrganisationId,
        request: &OrderRequest,
    ) -> Result<Self, AppError> {
        let since = cx.now.plus_ms(-CARTS_MS);
        let carts =
            store::punchout_session::returned_carts(cx.conn, organisation, since, CARTS).await?;
        let mut shelf = Self {
            best: None,
            session: None,
            person: None,
            lines: HashMap::new(),
            held: HashMap::new(),
            drawn: Drawn::default(),
        };
        let mut most = 0;
        for cart in carts {
            let lines = store::cart::lines(cx.conn, cart).await?;
            shelf.hold(cx, cart, &lines).await?;
            let fits = |item: &&Item| lines.iter().any(|line| line.goods.sku == sku(item));
            let fitting = request.items.iter().filter(fits).count();
            let better = fitting > most;
            for line in lines {
                let known = shelf.lines.entry(line.goods.sku.clone()).or_default();
                if better { known.insert(0, line) } else { known.push(line) }
            }
            if better {
                (most, shelf.best) = (fitting, Some(cart));
            }
        }
        if let Some(best) = shelf.best
            && let Some(cart) = store::cart::get(cx.conn, best).await?
        {
            (shelf.session, shelf.person) = (cart.punchout_session, Some(cart.person));
        }
        Ok(shelf)
    }

    /// Transfer takes nothing off a price that nobody confirmed: what was held in the cart is held
    /// in the order, unless the cart was signed off before it went. A cart whose sign-off is open
    /// or was refused holds every line of it.
    async fn hold(
        &mut self,
        cx: &mut Cx<'_>,
        cart: CartId,
        lines: &[CartLine],
    ) -> Result<(), AppError> {
        let signed = store::requisition::of_cart(cx.conn, cart).await?;
        if let Some(signed) = signed {
            if matches!(signed.state, RequisitionState::Approved | RequisitionState::Ordered) {
                return Ok(());
            }
            let flag = Flag {
                line: 0,
                field: format!("the sign-off of its cart, {},", signed.number),
                expected: RequisitionState::Approved.to_string(),
                got: signed.state.to_string(),
                tolerance: String::new(),
            };
            self.held.extend(lines.iter().map(|line| (line.id, flag.clone())));
            return Ok(());
        }
        if lines.iter().all(|line| line.goods.item.is_some()) {
            return Ok(());
        }
        let sites = store::gateway::lines(cx.conn, cart).await?;
        for line in lines {
            let flag = gateway::flags(std::slice::from_ref(line), &sites).pop();
            self.held.extend(flag.map(|flag| (line.id, flag)));
        }
        Ok(())
    }

    /// The goods of one ordered line at the ordered price, and where they differ; from here on the
    /// line has taken its quantity.
    pub async fn take(
        &mut self,
        cx: &mut Cx<'_>,
        organisation: &Organisation,
        number: u32,
        item: &Item,
    ) -> Result<(Goods, Vec<Flag>), AppError> {
        let line = item.line_number.unwrap_or(number);
        let path = |rest: &str| format!("OrderRequest/ItemOut[{number}]/{rest}");
        let Some(detail) = &item.detail else {
            return Err(Refusal::invalid("content", "A line has no ItemDetail.")
                .field(path("ItemDetail"))
                .expected("UnitPrice, Description and UnitOfMeasure of the line")
                .into());
        };
        if detail.price.currency != organisation.currency {
            return Err(Refusal::invalid("currency", "A line is in another currency.")
                .field(path("ItemDetail/UnitPrice/Money/@currency"))
                .got(detail.price.currency.to_string())
                .expected(organisation.currency.to_string())
                .into());
        }
        let auxiliary = item.id.auxiliary.as_ref().map(|kept| kept.text.as_str());
        let asked = (auxiliary.unwrap_or_default(), item.quantity);
        let known = self.lines.get(sku(item));
        let known = known.and_then(|lines| closest(lines, &self.drawn, asked));
        let (mut goods, flags) = match known {
            Some(known) => {
                let supplier = known.goods.supplier;
                let other = other_supplier(cx, organisation.id, (line, item), supplier).await?;
                self.drawn.add(known.id, item.quantity.value());
                let in_all = self.drawn.of(known.id);
                let ordered = Ordered { line, in_all, price: detail.price };
                let mut flags = compare(ordered, &known.goods, organisation.price_tolerance);
                flags.extend(other);
                flags.extend(self.held.get(&known.id).map(|flag| Flag { line, ..flag.clone() }));
                (known.goods.clone(), flags)
            }
            None => (unreturned(cx, organisation.id, item, detail, &path("ItemID")).await?, {
                let expected = "a line of a cart that was returned".to_owned();
                let field = "supplier_part".to_owned();
                let (got, tolerance) = (sku(item).to_owned(), "0".to_owned());
                vec![Flag { line, field, expected, got, tolerance }]
            }),
        };
        (goods.quantity, goods.price) = (item.quantity, detail.price);
        goods.total = goods.computed_total()?;
        Ok((goods, flags))
    }
}

pub(super) fn sku(item: &Item) -> &str {
    item.id.supplier_part.trim()
}
