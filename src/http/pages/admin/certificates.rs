//! /admin/certificates/{connection}: the client certificates that prove a partner.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{
    need,
    view::{Again, Section, Table, View, value},
};
use crate::{
    app::{
        AppError, act,
        party::certificate::{self, Register, Remove},
    },
    base::id::PartnerId,
    domain::{party::PartnerKind, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Field},
    },
};

/// Where the certificates of a connection are.
pub(super) fn path(id: PartnerId) -> String {
    format!("/admin/certificates/{id}")
}

const WHAT: &str = "With one of these, documents need no shared secret: the proxy that ends TLS \
                    proves it and hands it on in the header named by the setting \
                    client_certificate_header. Register the next one beside the present one, and \
                    remove the old one when nobody uses it any more.";

async fn page(
    who: &SignedIn,
    id: PartnerId,
    query: &Query,
    again: Option<&Again>,
) -> Result<Response> {
    need(who, "partner", "edit").await?;
    let (partner, known) = {
        let mut reader = who.app.reader(&who.actor).await?;
        certificate::of(&mut reader, id).await?
    };
    let list = match partner.kind {
        PartnerKind::Buyer => ("Procurement systems", "/admin/partners"),
        PartnerKind::Supplier { .. } => ("Suppliers", "/admin/suppliers"),
    };
    let title = format!("Client certificates of {}", partner.name);
    let mut view = View::new(who, title, again).await?.under(&[list]).narrow().done(query);
    view = view.section(Section::Note(WHAT.into()));
    let rows = known.iter().map(|own| {
        let remove = format!("{}/{}/remove", path(id), own.slot);
        vec![
            ui::text(&own.slot.to_string()),
            ui::text(&grouped(&own.fingerprint)),
            view.shell.when(own.created_at),
            view.shell.button("Remove", &remove, "danger small"),
        ]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        let table = Table::new(&["Slot", "SHA-256", "Since", ""], rows);
        view = view.table(table.title("In use"));
    }
    if known.len() < 2 {
        let form = view.new_form(&path(id), "Register").title("Another one");
        let form = form.field(
            Field::area("certificate", "Certificate")
                .value(value(again, "certificate", ""))
                .hint("Its SHA-256 fingerprint, or its PEM text")
                .faults(&view.faults()),
        );
        view = view.form(form);
    }
    view.answer(who)
}

/// In groups that a narrow page can break, and a person compare.
fn grouped(fingerprint: &str) -> String {
    let digits: Vec<char> = fingerprint.chars().collect();
    let groups = digits.chunks(16).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

fn id(text: &str) -> Result<PartnerId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("partner").into())
}

#[handler]
async fn h_list(who: SignedIn, Path(text): Path<String>, query: Query) -> Result<Response> {
    page(&who, id(&text)?, &query, None).await
}

#[handler]
async fn h_register(Path(text): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let partner = id(&text)?;
    let certificate = form.maybe("certificate")?.unwrap_or_default().to_owned();
    match act(&who.app, &who.actor, Register { partner, certificate }).await {
        Ok(()) => Ok(who.go(&format!("{}?done=saved", path(partner)))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            page(&who, partner, &Query::default(), Some(&again)).await
        }
    }
}

#[handler]
async fn h_remove(
    Path((text, slot)): Path<(String, u8)>,
    Posted { who, .. }: Posted,
) -> Result<Response> {
    let partner = id(&text)?;
    act(&who.app, &who.actor, Remove { partner, slot }).await?;
    Ok(who.go(&format!("{}?done=removed", path(partner))))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/certificates/:id", get(h_list).post(h_register))
        .at("/admin/certificates/:id/:slot/remove", post(h_remove))
}
