//! Going on to a supplier's own shop: the page from which the browser leaves.

use askama::Template;
use poem::{Response, Result, Route, handler, post, web::Path};

use crate::{
    app::{
        AppError,
        gateway::{self, Onward, Wish},
    },
    base::text::shorten,
    domain::{punchout::Operation, refusal::Refusal},
    exchange::punchout::ReturnForm,
    http::{
        actor::{Posted, SignedIn},
        guard::PagePolicy,
        part::Shell,
    },
};

#[derive(Template)]
#[template(path = "pages/gateway.html", config = ".askama.toml")]
struct OnwardPage {
    shell: Shell,
    shop: String,
    /// The start page; empty when the browser posts a form instead.
    url: String,
    form: Option<ReturnForm>,
}

fn wish(supplier: String, form: &crate::http::guard::Form) -> Result<Wish, Refusal> {
    let operation = match form.filled("operation")?.unwrap_or("create") {
        "create" => Operation::Create,
        "edit" => Operation::Edit,
        "inspect" => Operation::Inspect,
        other => {
            return Err(Refusal::invalid("bad-operation", "A shop cannot be entered for this.")
                .field("operation")
                .got(shorten(other, 20))
                .expected("create, edit or inspect"));
        }
    };
    let aux = form.filled("aux")?.unwrap_or_default().to_owned();
    let selected = form.filled("sku")?.map(|sku| (sku.to_owned(), aux));
    Ok(Wish { supplier, operation, selected })
}

#[handler]
async fn h_onward(Path(supplier): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let onward = gateway::begin(&who.app, &who.actor, wish(supplier, &form)?).await?;
    page(&who, onward).await
}

async fn page(who: &SignedIn, onward: Onward) -> Result<Response> {
    let (shop, url, form) = match onward {
        Onward::Page { shop, url } => (shop, url, None),
        Onward::Call { shop, form } => (shop, String::new(), Some(form)),
    };
    let mut shell = who.shell(format!("On to {shop}"), "/shop").await?;
    shell.narrow = true;
    let policy = match &form {
        Some(form) => PagePolicy::default().form_to(&form.action),
        None => PagePolicy::default(),
    };
    let html = OnwardPage { shell, shop, url, form }.render().map_err(AppError::internal)?;
    let answer = Response::builder().content_type("text/html; charset=utf-8").body(html);
    Ok(crate::http::oci::without_referrer(who.framed(policy).on(answer)))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/gateway/:supplier", post(h_onward))
}
