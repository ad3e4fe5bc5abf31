//! The part of a supplier's admin page that sets up its own shop.

use crate::{
    app::gateway::{SetSite, SiteSettings},
    base::{secret::Secret, text::shorten},
    domain::{party::Identity, refusal::Refusal},
    http::{
        guard,
        part::{self as ui, Choice, Field, Kind},
    },
};

use super::view::{Again, Form, lines, ticked, value};

/// Before the names of this form's fields: another form of the page has a `url` too.
const PREFIX: &str = "site_";

/// The fields, filled with what is stored or was typed.
pub(super) fn fields(
    form: Form,
    now: Option<&SiteSettings>,
    (again, faults): (Option<&Again>, &[ui::Fault]),
) -> Form {
    let of = |pick: fn(&SiteSettings) -> String| now.map(pick).unwrap_or_default();
    let text = |name: &str, label: &str, stored: String| {
        let name = format!("{PREFIX}{name}");
        let typed = value(again, &name, &stored);
        Field::text(name, label).value(typed).optional().faults(faults)
    };
    let select = |name: &str, label: &str, choices: Vec<Choice>, stored: &str| {
        let name = format!("{PREFIX}{name}");
        let typed = value(again, &name, stored);
        Field::select(name, label, choices).value(typed).faults(faults)
    };
    let protocols = vec![Choice::new("cxml", "cXML"), Choice::new("oci", "OCI")];
    let checks = vec![
        Choice::new("none", "by a person, each time"),
        Choice::new("validate", "by OCI VALIDATE"),
        Choice::new("inspect", "by a person, unless a cXML request to inspect is refused"),
    ];
    let protocol = now.map_or("cxml", |now| &now.protocol);
    let check = now.map_or("none", |now| &now.price_check);
    let more = |now: &SiteSettings| {
        let pairs: Vec<String> = now.more.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("\n")
    };
    let domain =
        |now: &SiteSettings| now.identity.clone().map(|own| own.domain).unwrap_or_default();
    let identity =
        |now: &SiteSettings| now.identity.clone().map(|own| own.identity).unwrap_or_default();
    let is_on = ticked(again, "site_enabled", now.is_none_or(|now| now.is_on));
    let is_searched = ticked(again, "site_search", now.is_some_and(|now| now.is_searched));
    form.field(Field::check("site_enabled", "People may go on to this shop").ticked(is_on))
        .field(text("title", "Name of the shop", of(|now| now.title.clone())))
        .field(select("protocol", "It speaks", protocols, protocol))
        .field(
            text("url", "Address of the shop's door", of(|now| now.url.clone()))
                .hint("Where setup requests are posted, or the address of the OCI call"),
        )
        .field(
            text("domain", "Domain of its identity", of(domain))
                .hint("For cXML; as its orders without one"),
        )
        .field(text("identity", "Identity", of(identity)))
        .field(text("user", "User name", of(|now| now.user.clone())).hint("For OCI"))
        .field(
            Field::new("site_secret", "Shared secret or password", Kind::Input("password"))
                .hint("Left empty, the present one stays, or that of its orders is used.")
                .autocomplete("new-password")
                .optional()
                .faults(faults),
        )
        .field(
            Field::area("site_more", "Further parameters of the OCI call")
                .value(value(again, "site_more", &of(more)))
                .hint("One a line: name=value")
                .optional()
                .faults(faults),
        )
        .field(select("price_check", "Prices are checked", checks, check))
        .field(
            Field::check("site_search", "Search it with our catalogue")
                .ticked(is_searched)
                .hint("For OCI: the shop must answer BACKGROUND_SEARCH"),
        )
}

fn word<T: std::str::FromStr>(form: &guard::Form, name: &str) -> Result<Option<T>, Refusal> {
    let field = format!("{PREFIX}{name}");
    let Some(given) = form.filled(&field)? else { return Ok(None) };
    given.parse().map(Some).map_err(|_| {
        Refusal::invalid("bad-site", "The supplier's shop cannot be set up like this.")
            .field(name)
            .got(shorten(given, 20))
            .expected("one of the choices")
    })
}

/// What the form asks for.
pub(super) fn command(supplier: &str, form: &guard::Form) -> Result<SetSite, Refusal> {
    let filled = |name: &str| Ok::<_, Refusal>(form.filled(name)?.map(str::to_owned));
    let domain = filled("site_domain")?.unwrap_or_default();
    let identity = filled("site_identity")?.unwrap_or_default();
    let pair = |line: String| {
        let (name, value) = line.split_once('=').unwrap_or((&line, ""));
        (name.trim().to_owned(), value.trim().to_owned())
    };
    Ok(SetSite {
        supplier: supplier.to_owned(),
        title: filled("site_title")?,
        protocol: word(form, "protocol")?,
        url: filled("site_url")?,
        identity: Some(Identity::new(domain, identity)),
        user: Some(filled("site_user")?.unwrap_or_default()),
        fields: [None, None, None],
        more: Some(lines(form, "site_more")?.into_iter().map(pair).collect()),
        price_check: word(form, "price_check")?,
        is_searched: Some(form.ticked("site_search")?),
        is_on: Some(form.ticked("site_enabled")?),
        secret: filled("site_secret")?.map(Secret::new),
    })
}

/// The refusal at this form's own field.
pub(super) fn named(mut refusal: Refusal) -> Refusal {
    refusal.field = refusal.field.map(|field| format!("{PREFIX}{field}"));
    refusal
}
