//! `/addresses`: where goods and invoices go.

use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{List, Text},
};
use crate::{
    app::{AppError, party::address},
    base::text::shorten,
    domain::{
        party::{Address, AddressKind, PostalAddress},
        refusal::Refusal,
    },
};

pub struct Addresses;

/// An address.
#[derive(Object)]
struct AddressJson {
    /// `ship_to` or `bill_to`.
    kind: String,
    code: String,
    name: String,
    deliver_to: String,
    street: String,
    city: String,
    postal_code: String,
    /// ISO 3166-1 alpha-2.
    country: String,
    email: Option<String>,
    default: bool,
}

impl From<Address> for AddressJson {
    fn from(address: Address) -> Self {
        let postal = address.postal;
        Self {
            kind: address.kind.to_string(),
            code: postal.code,
            name: postal.name,
            deliver_to: postal.deliver_to,
            street: postal.street,
            city: postal.city,
            postal_code: postal.postal_code,
            country: postal.country,
            email: postal.email,
            default: address.is_default,
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewAddress {
    /// `ship_to` or `bill_to`.
    kind: Text,
    code: Text,
    name: Text,
    deliver_to: Option<Text>,
    street: Text,
    city: Text,
    postal_code: Option<Text>,
    country: Text,
    email: Option<Text>,
    default: Option<bool>,
}

/// What changes; what is left out stays, an empty text takes away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AddressChange {
    name: Option<Text>,
    deliver_to: Option<Text>,
    street: Option<Text>,
    city: Option<Text>,
    postal_code: Option<Text>,
    country: Option<Text>,
    email: Option<Text>,
    /// True makes it the default of its kind.
    default: Option<bool>,
}

#[derive(ApiResponse)]
enum Made {
    /// The address was added.
    #[oai(status = 201)]
    Address(Json<AddressJson>),
}

fn kind(text: &str) -> Result<AddressKind, Refusal> {
    text.trim().parse().map_err(|_| {
        Refusal::invalid("bad-kind", "There is no such kind of address.")
            .field("kind")
            .got(shorten(text, 20))
            .expected("ship_to or bill_to")
    })
}

async fn find(caller: &Caller, kind: AddressKind, code: &str) -> poem::Result<Address> {
    let mut reader = caller.reader().await?;
    let all = address::list(&mut reader).await?;
    let found = all.into_iter().find(|one| one.kind == kind && one.postal.code == code);
    let missing = || AppError::from(Refusal::not_found("address"));
    Ok(found.ok_or_else(missing)?)
}

fn text(text: Option<Text>, otherwise: String) -> String {
    text.map_or(otherwise, |text| text.0)
}

#[OpenApi]
impl Addresses {
    /// All addresses, the default of each kind first.
    #[oai(path = "/addresses", method = "get", operation_id = "addresses")]
    async fn list(&self, caller: Caller) -> poem::Result<Json<List<AddressJson>>> {
        let mut reader = caller.reader().await?;
        let all = address::list(&mut reader).await?;
        let items = all.into_iter().map(AddressJson::from).collect();
        Ok(Json(List { items, next: None }))
    }

    /// Adds one.
    #[oai(path = "/addresses", method = "post", operation_id = "add-address")]
    async fn add(&self, caller: Caller, body: Json<NewAddress>) -> poem::Result<Made> {
        caller.need("address", "edit").await?;
        let new = body.0;
        let kind = kind(&new.kind.0)?;
        let postal = PostalAddress {
            code: new.code.0,
            name: new.name.0,
            deliver_to: text(new.deliver_to, String::new()),
            street: new.street.0,
            city: new.city.0,
            postal_code: text(new.postal_code, String::new()),
            country: new.country.0,
            email: new.email.map(|text| text.0),
        };
        let is_default = new.default.unwrap_or(false);
        let saved = caller.act(address::Save { kind, postal, is_default, fresh: true }).await?;
        Ok(Made::Address(Json(find(&caller, kind, &saved.code).await?.into())))
    }

    /// Changes one; its kind and code stay for life.
    #[oai(path = "/addresses/:kind/:code", method = "put", operation_id = "change-address")]
    async fn change(
        &self,
        caller: Caller,
        kind: Path<String>,
        code: Path<String>,
        body: Json<AddressChange>,
    ) -> poem::Result<Json<AddressJson>> {
        caller.need("address", "edit").await?;
        let kind = self::kind(&kind)?;
        let Address { postal: now, is_default, .. } = find(&caller, kind, &code).await?;
        let change = body.0;
        let postal = PostalAddress {
            code: now.code,
            name: text(change.name, now.name),
            deliver_to: text(change.deliver_to, now.deliver_to),
            street: text(change.street, now.street),
            city: text(change.city, now.city),
            postal_code: text(change.postal_code, now.postal_code),
            country: text(change.country, now.country),
            email: change.email.map(|text| text.0).or(now.email),
        };
        let is_default = change.default.unwrap_or(is_default);
        let saved = caller.act(address::Save { kind, postal, is_default, fresh: false }).await?;
        Ok(Json(find(&caller, kind, &saved.code).await?.into()))
    }
}
