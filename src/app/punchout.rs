//! Visits from procurement systems: begun by a setup request or an OCI call, opened by a browser,
//! ended by a cart, or none, on its way back.
//!
//! Whoever the procurement system names is looked for among the people of its own organisation and
//! nowhere else. A cart leaves only for a host that is registered for the connection.

mod back;
mod oci;
mod restore;
mod setup;
mod start;
mod view;

pub(super) use back::after_submit;
pub use back::{Cancel, Frozen, Transfer, TransferRequisition, would_refuse};
pub use oci::{Answer as OciAnswer, Carrier as OciCarrier, call as oci_call};
pub use setup::set_up;
pub use start::{CameBack, Entry, GoByPath, Open, Opened, entry, hop_token, ready, session_of};
pub use view::{Back, back};

use crate::{
    base::{id::OrganisationId, text::one_line},
    domain::{
        fact::{Change, Fact},
        party::{Email, Home, Organisation, Partner, Person},
        refusal::Refusal,
        role::Role,
    },
    oci::{
        fault::{Fault, FaultKind},
        hook::{Hook, HookRule},
    },
    store,
};

use super::{App, AppError, Cx};

/// Who the procurement system says is shopping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shopper<'a> {
    pub email: Option<&'a str>,
    pub name: Option<&'a str>,
    /// The first half of the connection's own account, for when nobody can be named: `cxml`, `oci`.
    pub account: &'static str,
}

/// The person who shops: one of the organisation's people, or a requester made on first sight.
pub(super) async fn shopper(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    shopper: &Shopper<'_>,
) -> Result<Person, AppError> {
    let named = shopper.email.and_then(|text| text.parse::<Email>().ok());
    if let Some(email) = named {
        match store::person::by_email(cx.conn, &email).await? {
            Some(own) if own.organisation() == Some(organisation.id) => return active(own),
            None => return first_seen(cx, organisation, email, shopper.name).await,
            // Somebody else's address: addresses are unique here, and it proves nothing.
            Some(_) => {}
        }
    }
    let account = format!("{}@{}.example", shopper.account, organisation.name);
    let email: Email = account.parse().map_err(AppError::internal)?;
    match store::person::by_email(cx.conn, &email).await? {
        Some(own) if own.organisation() == Some(organisation.id) => active(own),
        Some(_) => Err(AppError::internal("a connection's account belongs to somebody else")),
        None => first_seen(cx, organisation, email, None).await,
    }
}

fn active(person: Person) -> Result<Person, AppError> {
    if person.is_active() {
        return Ok(person);
    }
    Err(Refusal::forbidden("account-disabled", "This person's account is disabled here.")
        .field("PunchOutSetupRequest/Contact/Email")
        .got(person.email.to_string())
        .mend("Have the account enabled by an administrator of your organisation.")
        .into())
}

async fn first_seen(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    email: Email,
    name: Option<&str>,
) -> Result<Person, AppError> {
    let name = name.map(one_line).filter(|name| !name.is_empty());
    let local = || email.as_str().split('@').next().unwrap_or_default().to_owned();
    let person = Person {
        id: cx.id(),
        home: Home::Organisation(organisation.id),
        name: name.unwrap_or_else(local).chars().take(120).collect(),
        email,
        roles: vec![Role::REQUESTER],
        manager: organisation.default_manager,
        default_cost_center: organisation.default_cost_center,
        locale: organisation.locale.clone(),
        time_zone: organisation.time_zone.clone(),
        disabled_at: None,
        has_password: false,
        version: 1,
    };
    store::person::insert(cx.conn, &person, cx.now).await?;
    let centers: Vec<_> = organisation.default_cost_center.into_iter().collect();
    store::person::set_cost_centers(cx.conn, person.id, &centers).await?;
    let change = |field: &str, after: String| Change {
        field: field.to_owned(),
        before: String::new(),
        after,
    };
    let changes = vec![
        change("email", person.email.to_string()),
        change("name", person.name.clone()),
        change("roles", Role::REQUESTER.as_str().to_owned()),
    ];
    let object = person.id.to_string();
    cx.fact(Fact::SettingSaved { object, noun: "person".to_owned(), changes });
    Ok(person)
}

/// The organisation of a connection.
pub(super) async fn organisation(
    cx: &mut Cx<'_>,
    id: OrganisationId,
) -> Result<Organisation, AppError> {
    let found = store::organisation::get(cx.conn, id).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("organisation"))?)
}

/// Checks that a cart may be returned to this address; `field` is its name on the wire.
pub(super) fn check_return(
    app: &App,
    partner: &Partner,
    field: &str,
    url: &str,
) -> Result<Hook, Refusal> {
    let hook = Hook::parse(field, url).map_err(return_refused)?;
    hook.allowed_by(field, &rule(app, partner, &hook)?).map_err(return_refused)?;
    Ok(hook)
}

/// What the connection allows; where a setting opens loopback (the demo), this machine too.
fn rule(app: &App, partner: &Partner, hook: &Hook) -> Result<HookRule, Refusal> {
    let mut rule = HookRule {
        hosts: partner.return_hosts.clone(),
        allow_http: partner.allow_http,
        allow_sap_event: partner.profile.read()?.oci.sap_event,
    };
    if let Hook::Web(url) = hook
        && app.site.addresses.allow_loopback
        && is_loopback(url.host_str().unwrap_or_default())
    {
        rule.hosts.extend(url.host_str().map(|host| format!("{host}:*")));
        rule.allow_http = true;
    }
    Ok(rule)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost"
        || bare.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A return address that is not taken: unreadable, or not this connection's.
pub(super) fn return_refused(fault: Fault) -> Refusal {
    let message = "A cart cannot be returned to this address.";
    let refusal = match fault.kind {
        FaultKind::Unsupported => Refusal::forbidden("return-host", message),
        _ => Refusal::invalid("return-address", message),
    };
    refusal.field(fault.field).got(fault.got).expected(fault.expected).mend(fault.mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for own in ["localhost", "127.0.0.1", "[::1]", "erp.localhost"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["localhost.evil.example", "128.0.0.1", "10.0.0.1", "", "notlocalhost"] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
