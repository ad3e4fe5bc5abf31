//! Handing a cart in: the form with its plan, as a part of the cart's page and as a page of its own
//! when something has to be mended.

use askama::{Template, filters::HtmlSafe};
use poem::{Response, Result, Route, handler, post};

use super::plan;
use crate::{
    app::{
        AppError, Reader, act, cart, punchout,
        requisition::{CheckoutView, Submit, Wish, checkout_view},
    },
    base::{
        id::CartId,
        money::Money,
        time::{Time, parse_day},
    },
    domain::{cart::Cart, refusal::Refusal},
    http::{
        actor::{Posted, Visitor},
        guard::Form,
        part::{Choice, Field, Kind, Plan, Shell},
        problem,
    },
};

/// The part of the cart's page that hands the cart in.
#[derive(Template)]
#[template(path = "pages/checkout.html", config = ".askama.toml")]
pub struct Checkout {
    shell: Shell,
    cart: String,
    cost_center: String,
    /// Why it cannot be handed in as it stands.
    refusal: Option<String>,
    sentence: String,
    next: Option<String>,
    budget_left: Option<Money>,
    /// When it would probably be decided.
    likely: Option<Time>,
    /// Who is away, and who stands in or could.
    away: Vec<String>,
    has_steps: bool,
    plan: Plan,
    /// Warnings of rules, and who is told.
    notes: Vec<String>,
    fields: Vec<Field>,
}
impl HtmlSafe for Checkout {}

impl Checkout {
    /// The part for an open cart of the reader's, with what was wished already; nothing for
    /// somebody who may not hand in.
    pub async fn with(
        shell: &Shell,
        reader: &mut Reader<'_>,
        cart: &Cart,
        wish: Option<Wish>,
    ) -> Result<Option<Self>, AppError> {
        let said = wish.clone();
        let view = checkout_view(reader, cart, wish).await?;
        Ok(view.map(|view| Self::shown(shell, cart, view, said)))
    }

    fn shown(shell: &Shell, cart: &Cart, view: CheckoutView, said: Option<Wish>) -> Self {
        let preview = view.preview.as_ref().ok();
        let refusal = view.preview.as_ref().err().map(|refusal| {
            let mend = refusal.mend.as_deref().unwrap_or_default();
            format!("{} {mend}", refusal.message).trim_end().to_owned()
        });
        Self {
            cart: cart.id.to_string(),
            refusal,
            sentence: preview.map(plan::in_a_sentence).unwrap_or_default(),
            next: preview.and_then(|preview| preview.next.clone()),
            budget_left: preview.and_then(|preview| preview.budget_left),
            likely: view.forecast.as_ref().and_then(|forecast| forecast.decided_at),
            away: view.forecast.as_ref().map(plan::away).unwrap_or_default(),
            has_steps: preview.is_some_and(|preview| !preview.steps.is_empty()),
            notes: preview.map(|preview| plan::notes(&preview.notes)).unwrap_or_default(),
            plan: preview.map_or_else(|| Plan::of(Vec::new()), plan::foreseen),
            fields: fields(shell, &view, said.as_ref()),
            cost_center: view.cost_center,
            shell: shell.clone(),
        }
    }
}

fn fields(shell: &Shell, view: &CheckoutView, said: Option<&Wish>) -> Vec<Field> {
    let centers = view
        .cost_centers
        .iter()
        .map(|center| Choice::new(&center.code, format!("{} {}", center.code, center.name)));
    let places = view.ship_tos.iter().map(|place| {
        let label = format!("{}: {}, {}", place.code, place.street, place.city);
        Choice::new(&place.code, label)
    });
    let needed = said.and_then(|wish| wish.needed_on).map(|day| day.to_string());
    let comment = said.and_then(|wish| wish.comment.clone());
    let ship_to = said.and_then(|wish| wish.ship_to.clone());
    let ship_to = ship_to.or_else(|| view.ship_tos.first().map(|place| place.code.clone()));
    let mut fields = vec![
        Field::select("cost_center", "Cost centre", centers)
            .value(&view.cost_center)
            .faults(&shell.faults),
        Field::select("ship_to", "Ship to", places)
            .value(ship_to.unwrap_or_default())
            .faults(&shell.faults),
        Field::new("needed_on", "Needed on", Kind::Input("date"))
            .short()
            .optional()
            .value(needed.unwrap_or_default())
            .faults(&shell.faults),
        Field::area("comment", "Comment for the approvers")
            .optional()
            .at_most(2_000)
            .value(comment.unwrap_or_default())
            .faults(&shell.faults),
    ];
    if !view.projects.is_empty() {
        let none = Choice::new("", "No project");
        let projects = view.projects.iter().map(|(code, name)| {
            let name = if name.is_empty() { code.clone() } else { format!("{code} {name}") };
            Choice::new(code, name)
        });
        let chosen = said.and_then(|wish| wish.project.clone()).unwrap_or_default();
        let choices = std::iter::once(none).chain(projects);
        fields
            .push(Field::select("project", "Project", choices).value(chosen).faults(&shell.faults));
    }
    fields.push(
        Field::text("account", "Account")
            .short()
            .optional()
            .hint("Charged with every line")
            .value(said.and_then(|wish| wish.account.clone()).unwrap_or_default())
            .faults(&shell.faults),
    );
    let added = said.and_then(|wish| wish.ad_hoc.first().cloned()).unwrap_or_default();
    fields.push(
        Field::text("also_ask", "Ask somebody else as well")
            .optional()
            .hint("The e-mail address of an approver")
            .value(added.0)
            .faults(&shell.faults),
    );
    fields.push(
        Field::text("reason", "Why them")
            .optional()
            .hint("Needed when you name somebody: they read it when they are asked")
            .value(added.1)
            .faults(&shell.faults),
    );
    fields
}

#[derive(Template)]
#[template(
    source = r#"{% extends "part/layout.html" %}
{% block main %}
<div class="head"><h1>{{ shell.title }}</h1><p class="figure">{{ shell.money(total) }}</p></div>
{{ checkout }}
<p><a href="{{ shell.href("/cart") }}">Back to the cart</a></p>
{% endblock %}"#,
    ext = "html",
    config = ".askama.toml"
)]
struct CheckoutPage {
    shell: Shell,
    total: Money,
    checkout: Checkout,
}

pub(super) fn read(form: &Form) -> Result<(CartId, Wish), AppError> {
    let cart = form.one("cart")?.parse().map_err(|_| Refusal::not_found("cart"))?;
    let day = |text: &str| {
        parse_day(text).map_err(|_| {
            Refusal::invalid("bad-day", "This is no day.")
                .field("needed_on")
                .got(crate::base::text::shorten(text, 40))
                .expected("a day such as 2026-12-24")
        })
    };
    let wish = Wish {
        cost_center: form.filled("cost_center")?.unwrap_or_default().to_owned(),
        ship_to: form.filled("ship_to")?.map(str::to_owned),
        needed_on: form.filled("needed_on")?.map(day).transpose()?,
        comment: form.filled("comment")?.map(str::to_owned),
        project: form.filled("project")?.map(str::to_owned),
        account: form.filled("account")?.map(str::to_owned),
        ad_hoc: match form.filled("also_ask")? {
            Some(mail) => {
                vec![(mail.to_owned(), form.filled("reason")?.unwrap_or_default().to_owned())]
            }
            None => Vec::new(),
        },
        ..Wish::default()
    };
    Ok((cart, wish))
}

/// The form has one pair of fields for everybody whom the requester adds.
fn at_its_field(refusal: Refusal) -> Refusal {
    match refusal.field.as_deref() {
        Some("ad_hoc.reason") => refusal.field("reason"),
        Some(field) if field.starts_with("ad_hoc") => refusal.field("also_ask"),
        _ => refusal,
    }
}

async fn page(who: &Visitor, form: &Form, refusal: Option<Refusal>) -> Result<Response> {
    let id: CartId = form.one("cart")?.parse().map_err(|_| Refusal::not_found("cart"))?;
    let mut shell = who.shell("Submit for sign-off", "/cart").await?;
    shell.narrow = true;
    if let Some(refusal) = &refusal {
        shell.refuse(&at_its_field(refusal.clone()));
    }
    let mut reader = who.app.reader(&who.actor).await?;
    let view = cart::view(&mut reader, id).await?;
    let wish = read(form).ok().map(|(_, wish)| wish);
    let checkout = Checkout::with(&shell, &mut reader, &view.cart, wish).await?;
    let checkout = checkout.ok_or_else(|| Refusal::not_found("cart"))?;
    let mut answer = who.page(&CheckoutPage { shell, total: view.total, checkout })?;
    if let Some(refusal) = &refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_preview(Posted { who, form }: Posted) -> Result<Response> {
    if let Some(page) = super::cart::keep_typed(&who, &form).await? {
        return Ok(page);
    }
    page(&who, &form, None).await
}

#[handler]
async fn h_submit(Posted { who, form }: Posted) -> Result<Response> {
    // What was typed on the cart's page and not saved yet is handed in as well.
    if let Some(page) = super::cart::keep_typed(&who, &form).await? {
        return Ok(page);
    }
    let submitted = match read(&form) {
        Ok((cart, wish)) => act(&who.app, &who.actor, Submit { cart, wish }).await,
        Err(fault) => Err(fault),
    };
    let requisition = match submitted {
        Ok(submitted) => submitted.requisition,
        Err(AppError::Refusal(refusal)) => return page(&who, &form, Some(*refusal)).await,
        Err(fault) => return Err(fault.into()),
    };
    // Inside a visit the browser goes back to the procurement system, when there is something to
    // take along by now.
    if let Some(session) = who.actor.punchout() {
        let mut reader = who.app.reader(&who.actor).await?;
        if punchout::back(&mut reader, session).await.is_ok() {
            return Ok(who.go("/transfer"));
        }
    }
    Ok(who.go(&format!("/requisitions/{requisition}")))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/cart/submit", post(h_submit)).at("/cart/preview", post(h_preview))
}
