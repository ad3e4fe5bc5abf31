//! The first organisation of an empty server, with its admin and everything one needs to begin.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Actor, App, AppError, Command, Cx, Need, act, login};
use crate::{
    base::{
        id::{InviteId, OrganisationId, PersonId},
        money::Currency,
        text,
    },
    domain::{
        fact::Fact,
        party::{
            Address, AddressKind, Checkout, CostCenter, Email, Home, Organisation, Person,
            PostalAddress,
        },
        refusal::Refusal,
        role::{Role, is_kebab},
    },
    policy::seed,
    store::{self, policy::Version},
};

/// The longest short name of an organisation.
const MAX_NAME_BYTES: usize = 40;

/// What the first organisation is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// Its full name: `Acme Industries`.
    pub organisation: String,
    /// Its short name: `acme`.
    pub name: String,
    pub currency: Currency,
    pub admin: Email,
}

impl First {
    /// Reads what stands on the command line; the short name is made of the full one.
    pub fn read(organisation: &str, currency: &str, admin: &str) -> Result<Self, Refusal> {
        let title = text::one_line(organisation);
        let name = short_name(&title);
        if !is_kebab(&name) {
            return Err(Refusal::invalid(
                "bad-name",
                "The organisation needs a name with letters.",
            )
            .field("--organisation")
            .got(text::shorten(&title, 60))
            .expected("a name such as Acme Industries"));
        }
        let currency = currency.trim().to_uppercase().parse().map_err(|_| {
            Refusal::invalid("bad-currency", "This is no currency.")
                .field("--currency")
                .got(text::shorten(currency, 20))
                .expected("three letters of ISO 4217, such as EUR")
        })?;
        let admin = admin.parse().map_err(|_| {
            Refusal::invalid("bad-email", "This is no e-mail address.")
                .field("--admin")
                .got(text::shorten(admin, 60))
                .expected("an address such as ada@acme.example")
        })?;
        Ok(Self { organisation: title, name, currency, admin })
    }
}

/// `Acme Industries GmbH` gives `acme-industries-gmbh`.
fn short_name(title: &str) -> String {
    let mut name = String::new();
    for word in text::words(title) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if word.is_empty() || name.len() + word.len() >= MAX_NAME_BYTES {
            continue;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word);
    }
    name
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    pub name: String,
    pub admin: PersonId,
    /// Where the admin sets a password, once.
    pub link: String,
}

/// Whether no organisation is there yet.
pub async fn is_empty(app: &App) -> Result<bool, AppError> {
    let mut conn = app.store.read().await?;
    Ok(store::organisation::all(&mut conn).await?.is_empty())
}

/// Makes the first organisation; refused when there is one.
pub async fn init(app: &Arc<App>, first: First) -> Result<Ready, AppError> {
    let name = first.name.clone();
    let made = act(app, &Actor::system("init", None), Init { first }).await?;
    let link = login::link(app, made.invite);
    Ok(Ready { name, admin: made.admin, link })
}

struct Init {
    first: First,
}

#[derive(Serialize, Deserialize)]
struct Made {
    admin: PersonId,
    invite: InviteId,
}

impl Command for Init {
    type Answer = Made;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Made, AppError> {
        if let Some(there) = store::organisation::all(cx.conn).await?.first() {
            return Err(Refusal::conflict("not-empty", "This database is in use already.")
                .field("--database")
                .got(format!("the organisation {}", there.name))
                .expected("a database without an organisation")
                .mend("One database serves one organisation; give another its own.")
                .into());
        }
        let organisation = self.organisation(cx);
        store::organisation::insert(cx.conn, &organisation, cx.now).await?;
        cx.actor.organisation = Some(organisation.id);
        cx.fact(Fact::OrganisationMade {
            organisation: organisation.id.to_string(),
            name: organisation.name.clone(),
        });
        let admin = self.admin(cx, organisation.id);
        store::person::insert(cx.conn, &admin, cx.now).await?;
        let invite = login::invite(cx, &admin).await?;
        furnish(cx, organisation, admin.id).await?;
        Ok(Made { admin: admin.id, invite })
    }
}

impl Init {
    fn organisation(&self, cx: &Cx<'_>) -> Organisation {
        Organisation {
            id: cx.id(),
            name: self.first.name.clone(),
            title: self.first.organisation.clone(),
            currency: self.first.currency,
            checkout: Checkout::ApproveThenOrder,
            locale: "en".to_owned(),
            time_zone: "UTC".to_owned(),
            default_manager: None,
            default_cost_center: None,
            order_url: None,
            invoice_url: None,
            price_tolerance: rust_decimal::Decimal::ZERO,
            fiscal_month: 1,
            version: 1,
        }
    }

    fn admin(&self, cx: &Cx<'_>, organisation: OrganisationId) -> Person {
        let name = self.first.admin.as_str().split('@').next().unwrap_or_default();
        Person {
            id: cx.id(),
            home: Home::Organisation(organisation),
            email: self.first.admin.clone(),
            name: name.to_owned(),
            roles: vec![Role::ADMIN],
            manager: None,
            default_cost_center: None,
            locale: "en".to_owned(),
            time_zone: "UTC".to_owned(),
            disabled_at: None,
            has_password: false,
            version: 1,
        }
    }
}

/// A cost centre and addresses to be edited, so that a first cart can be handed in.
async fn furnish(
    cx: &mut Cx<'_>,
    mut organisation: Organisation,
    admin: PersonId,
) -> Result<(), AppError> {
    let cost_center = CostCenter {
        id: cx.id(),
        organisation: organisation.id,
        code: "1000".to_owned(),
        name: "General".to_owned(),
        owner: Some(admin),
        disabled_at: None,
        version: 1,
    };
    store::organisation::save_cost_center(cx.conn, &cost_center).await?;
    organisation.default_cost_center = Some(cost_center.id);
    organisation.default_manager = Some(admin);
    store::organisation::update(cx.conn, &organisation).await?;
    seed_policies(cx, &organisation).await?;
    for kind in [AddressKind::BillTo, AddressKind::ShipTo] {
        let address = Address {
            id: cx.id(),
            organisation: organisation.id,
            kind,
            postal: PostalAddress {
                code: "main".to_owned(),
                name: organisation.title.clone(),
                deliver_to: String::new(),
                street: "to be filled in".to_owned(),
                city: "to be filled in".to_owned(),
                postal_code: "00000".to_owned(),
                country: "DE".to_owned(),
                email: None,
            },
            is_default: true,
            version: 1,
        };
        store::organisation::save_address(cx.conn, &address).await?;
    }
    Ok(())
}

/// The policies an organisation starts with, as version 1 of each kind, active.
pub async fn seed_policies(cx: &mut Cx<'_>, organisation: &Organisation) -> Result<(), AppError> {
    let seed = seed::seed(&organisation.name, organisation.currency);
    let sets = [("access", seed.access), ("approval", seed.approval), ("limits", seed.limits)];
    for (kind, csv) in sets {
        let version = Version {
            id: cx.id(),
            organisation: organisation.id,
            kind: kind.to_owned(),
            number: 1,
            csv,
            author: None,
            comment: "What the organisation started with".to_owned(),
            state: "active".to_owned(),
            created_at: cx.now,
            activate_at: None,
        };
        store::policy::insert(cx.conn, &version).await?;
        let fact = Fact::PolicyDrafted {
            policy: version.id.to_string(),
            sha256: text::sha256_hex(version.csv.as_bytes()),
            kind: version.kind,
            number: version.number,
            comment: version.comment,
        };
        cx.fact_in(organisation.id, fact);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_name_comes_from_the_full_one() {
        assert_eq!(short_name("Acme Industries"), "acme-industries");
        assert_eq!(short_name("Müller & Söhne GmbH"), "muller-sohne-gmbh");
        assert!(short_name(&"word ".repeat(50)).len() <= MAX_NAME_BYTES);
        assert!(First::read("Acme", "eur", "Ada@Acme.example").is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_flag() {
        let field = |organisation: &str, currency: &str, admin: &str| {
            First::read(organisation, currency, admin).unwrap_err().field
        };
        assert_eq!(field("株式会社", "EUR", "a@b").as_deref(), Some("--organisation"));
        assert_eq!(field("Acme", "EURO", "a@b").as_deref(), Some("--currency"));
        assert_eq!(field("Acme", "EUR", "ada").as_deref(), Some("--admin"));
    }
}
