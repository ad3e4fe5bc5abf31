//! `/suppliers/{id}/site`: the supplier's own shop, to which this organisation's people may go on.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{Caller, shape::Text};
use crate::{
    app::{
        AppError,
        gateway::{SetSite, SiteSettings, settings},
    },
    base::{secret::Secret, text::shorten},
    domain::{party::Identity, refusal::Refusal},
};

pub struct SupplierSites;

/// A cXML identity.
#[derive(Object)]
#[oai(rename = "SiteIdentity", deny_unknown_fields)]
struct IdentityJson {
    /// `DUNS`, `NetworkId`, ..
    domain: String,
    identity: String,
}

/// One further parameter of an OCI call.
#[derive(Object)]
#[oai(rename = "SiteParameter", deny_unknown_fields)]
struct ParameterJson {
    name: String,
    value: String,
}

/// A supplier's own shop; the secret itself is never shown.
#[derive(Object)]
#[oai(rename = "SupplierSite")]
struct SiteJson {
    /// Short name.
    supplier: String,
    /// What shoppers know the shop by.
    title: String,
    /// `cxml` or `oci`.
    protocol: String,
    url: String,
    /// cXML To; without one the identity of the supplier's orders.
    identity: Option<IdentityJson>,
    /// The user name of OCI calls.
    user: String,
    user_field: String,
    password_field: String,
    hook_field: String,
    parameters: Vec<ParameterJson>,
    /// `none`, `validate` (OCI) or `inspect` (cXML).
    price_check: String,
    /// Whether its hits are shown beside those of the catalogue (OCI).
    search: bool,
    enabled: bool,
    has_secret: bool,
}

impl From<SiteSettings> for SiteJson {
    fn from(site: SiteSettings) -> Self {
        let identity = |own: Identity| IdentityJson { domain: own.domain, identity: own.identity };
        let parameter = |(name, value)| ParameterJson { name, value };
        let [user_field, password_field, hook_field] = site.fields;
        Self {
            supplier: site.supplier,
            title: site.title,
            protocol: site.protocol,
            url: site.url,
            identity: site.identity.map(identity),
            user: site.user,
            user_field,
            password_field,
            hook_field,
            parameters: site.more.into_iter().map(parameter).collect(),
            price_check: site.price_check,
            search: site.is_searched,
            enabled: site.is_on,
            has_secret: site.has_secret,
        }
    }
}

/// What is left out stays as it is.
#[derive(Object)]
#[oai(rename = "SetSupplierSite", deny_unknown_fields)]
struct SiteInput {
    title: Option<Text>,
    /// `cxml` or `oci`.
    protocol: Option<Text>,
    url: Option<Text>,
    identity: Option<IdentityJson>,
    user: Option<Text>,
    user_field: Option<Text>,
    password_field: Option<Text>,
    hook_field: Option<Text>,
    parameters: Option<Vec<ParameterJson>>,
    /// `none`, `validate` (OCI) or `inspect` (cXML).
    price_check: Option<Text>,
    search: Option<bool>,
    enabled: Option<bool>,
    /// The shared secret, or the password of OCI calls.
    secret: Option<Text>,
}

fn word<T: std::str::FromStr>(
    field: &str,
    given: Option<&Text>,
    expected: &str,
) -> Result<Option<T>, AppError> {
    let Some(given) = given else { return Ok(None) };
    given.trimmed().parse().map(Some).map_err(|_| {
        Refusal::invalid("bad-site", "The supplier's shop cannot be set up like this.")
            .field(field)
            .got(shorten(&given.0, 40))
            .expected(expected)
            .into()
    })
}

#[OpenApi]
impl SupplierSites {
    /// The supplier's own shop, as an admin set it up; 404 when it never was.
    #[oai(path = "/suppliers/:name/site", method = "get", operation_id = "supplier-site")]
    async fn get(&self, caller: Caller, name: Path<String>) -> poem::Result<Json<SiteJson>> {
        let mut reader = caller.reader().await?;
        let site = settings(&mut reader, &name).await?;
        let site = site.ok_or_else(|| AppError::from(Refusal::not_found("supplier's shop")))?;
        Ok(Json(site.into()))
    }

    /// Sets the supplier's own shop up; visits under way go on.
    #[oai(path = "/suppliers/:name/site", method = "put", operation_id = "set-supplier-site")]
    async fn set(
        &self,
        caller: Caller,
        name: Path<String>,
        body: Json<SiteInput>,
    ) -> poem::Result<Json<SiteJson>> {
        let input = body.0;
        let protocol = word("protocol", input.protocol.as_ref(), "cxml or oci")?;
        let expected = "none, validate or inspect";
        let price_check = word("price_check", input.price_check.as_ref(), expected)?;
        let text = |given: Option<Text>| given.map(|text| text.0);
        let pair = |one: ParameterJson| (one.name, one.value);
        let command = SetSite {
            supplier: name.0,
            title: text(input.title),
            protocol,
            url: text(input.url),
            identity: input.identity.map(|own| Identity::new(own.domain, own.identity)),
            user: text(input.user),
            fields: [input.user_field, input.password_field, input.hook_field].map(text),
            more: input.parameters.map(|all| all.into_iter().map(pair).collect()),
            price_check,
            is_searched: input.search,
            is_on: input.enabled,
            secret: input.secret.map(|text| Secret::new(text.0)),
        };
        Ok(Json(caller.act(command).await?.into()))
    }
}
