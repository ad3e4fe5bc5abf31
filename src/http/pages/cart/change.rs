//! What changes a cart from its page: adding, quantities, removing, pasting.

use poem::{Response, Result, handler, web::Path};

use crate::{
    app::{
        AppError, act,
        cart::{AddLines, LineAsked, RemoveLine, SetQuantities, paste, view},
    },
    base::id::CartLineId,
    domain::{
        cart::{PasteFault, read_quantity},
        refusal::Refusal,
    },
    http::{
        actor::{Posted, SignedIn},
        guard::{Charset, Form, form},
        part::Fault,
    },
};

use super::{
    super::shop::{self, Refused},
    FAULTS_SHOWN, Said, back, cart_id, page, refused, spoken,
};

/// Adds one article from the list or its page, and goes back there.
#[handler]
pub(super) async fn h_add(Posted { who, form: sent }: Posted) -> Result<Response> {
    let (supplier, sku) = (sent.one("supplier")?.to_owned(), sent.one("sku")?.to_owned());
    let typed = sent.one("quantity")?.to_owned();
    let back = sent.filled("back")?.unwrap_or("/cart");
    let read = who.locale.typed(&typed).map_err(|refusal| refusal.field("quantity"));
    let added = match read.and_then(|typed| read_quantity(&typed)) {
        Ok(quantity) => {
            let line = LineAsked { supplier: supplier.clone(), sku: sku.clone(), quantity };
            act(&who.app, &who.actor, AddLines { cart: None, lines: vec![line] }).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match added {
        Ok(_) if back == "/shop" || back.starts_with("/shop?") || back.starts_with("/shop/") => {
            Ok(who.go(&shop::with(back, "added", "yes")))
        }
        Ok(_) => Ok(who.go("/cart?done=added")),
        Err(AppError::Refusal(refusal)) => {
            let refused = Refused { supplier, sku, quantity: typed, refusal: *refusal };
            let (supplier, sku) = (refused.supplier.clone(), refused.sku.clone());
            if back.starts_with("/shop/") {
                return super::super::item::page(&who, &supplier, &sku, (false, Some(refused)))
                    .await;
            }
            let query = back.split_once('?').map_or("", |(_, query)| query);
            let query = form::parse(query.as_bytes(), Charset::Utf8)?;
            shop::page(&who, &query, Some(refused)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Sets every quantity that the form carries and that is not what stands there. A page when one of
/// them cannot be.
pub(in crate::http::pages) async fn keep_typed(
    who: &SignedIn,
    form: &Form,
) -> Result<Option<Response>> {
    let typed = form.pairs().iter().filter_map(|(name, text)| {
        name.strip_prefix("quantity-").map(|line| (name, line, text.trim()))
    });
    let typed: Vec<_> = typed.collect();
    if typed.is_empty() {
        return Ok(None);
    }
    let cart = cart_id(form)?;
    let lines = {
        let mut reader = who.app.reader(&who.actor).await?;
        view(&mut reader, cart).await?.lines
    };
    let (mut quantities, mut faults) = (Vec::new(), Vec::new());
    for (name, line, text) in typed {
        let line: CartLineId = line.parse().map_err(|_| Refusal::not_found("line"))?;
        let stands = lines.iter().find(|known| known.id == line);
        if stands.is_some_and(|known| known.goods.quantity.to_string() == text) {
            continue;
        }
        match who.locale.typed(text).and_then(|text| read_quantity(&text)) {
            Ok(quantity) => quantities.push((line, quantity)),
            Err(refusal) => faults.push(refusal.field(name)),
        }
    }
    if let Some(last) = faults.pop() {
        let told = |fault: &Refusal| Fault { field: fault.field.clone(), message: spoken(fault) };
        let after = form.filled("after")?.map(str::to_owned);
        let faults = faults.iter().map(told).collect();
        let said = Said { after, faults, form: Some(form), refusal: Some(last), ..Said::default() };
        return page(who, said).await.map(Some);
    }
    if quantities.is_empty() {
        return Ok(None);
    }
    match act(&who.app, &who.actor, SetQuantities { cart, quantities }).await {
        Ok(()) => Ok(None),
        Err(AppError::Refusal(refusal)) => refused(who, form, *refusal).await.map(Some),
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
pub(super) async fn h_quantities(Posted { who, form }: Posted) -> Result<Response> {
    match keep_typed(&who, &form).await? {
        Some(page) => Ok(page),
        None => back(&who, &form, "saved"),
    }
}

#[handler]
pub(super) async fn h_remove(
    Path(line): Path<String>,
    Posted { who, form }: Posted,
) -> Result<Response> {
    let line: CartLineId = line.parse().map_err(|_| Refusal::not_found("line"))?;
    let cart = cart_id(&form)?;
    match act(&who.app, &who.actor, RemoveLine { cart, line }).await {
        Ok(()) => back(&who, &form, "removed"),
        Err(AppError::Refusal(refusal)) => refused(&who, &form, *refusal).await,
        Err(fault) => Err(fault.into()),
    }
}

/// Adds all pasted lines, or none when one of them cannot be bought.
#[handler]
pub(super) async fn h_paste(Posted { who, form }: Posted) -> Result<Response> {
    let text = form.one("lines")?;
    let mut reader = who.app.reader(&who.actor).await?;
    let (lines, faults) = paste(&mut reader, text, &|typed| who.locale.typed(typed)).await?;
    drop(reader);
    if !faults.is_empty() || lines.is_empty() {
        let (refusal, faults) = told(&faults);
        let said = Said { faults, form: Some(&form), refusal: Some(refusal), ..Said::default() };
        return page(&who, said).await;
    }
    match act(&who.app, &who.actor, AddLines { cart: None, lines }).await {
        Ok(_) => Ok(who.go("/cart?done=added")),
        Err(AppError::Refusal(refusal)) => refused(&who, &form, refusal.field("lines")).await,
        Err(fault) => Err(fault.into()),
    }
}

/// The refusal of pasted lines, and the lines at fault.
fn told(faults: &[PasteFault]) -> (Refusal, Vec<Fault>) {
    let message = match faults.len() {
        0 => "There is no line to add. Write number,quantity on each line.".to_owned(),
        1 => "One line cannot be added; no line was added.".to_owned(),
        count => format!("{count} lines cannot be added; no line was added."),
    };
    let refusal = Refusal::invalid("bad-lines", message).field("lines");
    let mut told: Vec<Fault> = faults
        .iter()
        .take(FAULTS_SHOWN)
        .map(|fault| Fault::at("lines", fault.sentence()))
        .collect();
    if faults.len() > FAULTS_SHOWN {
        let more = format!("And {} lines more.", faults.len() - FAULTS_SHOWN);
        told.push(Fault::at("lines", more));
    }
    (refusal, told)
}
