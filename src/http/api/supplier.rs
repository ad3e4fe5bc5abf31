//! `/suppliers/{id}/delivery`: how this organisation's orders reach a supplier.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json, types::Any};
use serde_json::Value;

use super::{Caller, shape::Text};
use crate::{
    app::{
        AppError,
        delivery::{DeliverySettings, SetDelivery, settings},
    },
    base::{secret::Secret, text::shorten},
    domain::{
        party::{Channel, Identity},
        refusal::Refusal,
    },
};

pub struct SupplierDelivery;

/// A cXML identity.
#[derive(Object)]
#[oai(rename = "SupplierIdentity")]
struct IdentityJson {
    /// `DUNS`, `NetworkId`, ..
    domain: String,
    identity: String,
}

/// How orders reach a supplier; the secret itself is never shown.
#[derive(Object)]
#[oai(rename = "SupplierDelivery")]
struct DeliveryJson {
    /// Short name.
    supplier: String,
    /// `cxml`, `email` or `desk`.
    channel: String,
    url: Option<String>,
    email: Option<String>,
    identity: Option<IdentityJson>,
    has_secret: bool,
    /// What its connection says differently from the generic profile, as TOML.
    profile_overrides: String,
}

impl From<DeliverySettings> for DeliveryJson {
    fn from(settings: DeliverySettings) -> Self {
        let identity =
            |found: Identity| IdentityJson { domain: found.domain, identity: found.identity };
        Self {
            supplier: settings.supplier,
            channel: settings.channel.to_string(),
            url: settings.url,
            email: settings.email,
            identity: settings.identity.map(identity),
            has_secret: settings.has_secret,
            profile_overrides: settings.profile_overrides,
        }
    }
}

/// What is left out stays as it is.
#[derive(Object)]
#[oai(rename = "SetSupplierDelivery", deny_unknown_fields)]
struct DeliveryInput {
    /// `cxml`, `email` or `desk`.
    channel: Text,
    /// Needed for `cxml`.
    url: Option<Text>,
    /// Needed for `email`.
    email: Option<Text>,
    /// `{"domain":"DUNS","identity":"111111111"}`, `"DUNS:111111111"`, or the identity alone.
    identity: Option<Any<Value>>,
    secret: Option<Text>,
    /// Lines of TOML over the generic profile, such as `documents.catalogue = "apply"`; an empty
    /// text takes them away.
    profile_overrides: Option<Text>,
}

/// The domain of an identity that was given without one: nine digits are a DUNS number.
fn usual_domain(identity: &str) -> &'static str {
    let duns = identity.len() == 9 && identity.bytes().all(|byte| byte.is_ascii_digit());
    if duns { "DUNS" } else { "NetworkId" }
}

fn identity(value: &Value) -> Result<Identity, Refusal> {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let found = match value {
        Value::String(text) => match text.trim().split_once([':', ' ']) {
            Some((domain, own)) => said(domain).zip(said(own)),
            None => said(text).map(|own| (usual_domain(&own).to_owned(), own)),
        },
        Value::Object(fields) if fields.len() == 2 => {
            let field = |name: &str| fields.get(name).and_then(Value::as_str).and_then(said);
            field("domain").zip(field("identity"))
        }
        _ => None,
    };
    let found = found.filter(|(domain, own)| domain.len() <= 100 && own.len() <= 200);
    found.map(|(domain, own)| Identity::new(domain, own)).ok_or_else(|| {
        Refusal::invalid("bad-identity", "This is no cXML identity.")
            .field("identity")
            .got(shorten(&value.to_string(), 80))
            .expected("{\"domain\":\"DUNS\",\"identity\":\"111111111\"} or \"DUNS:111111111\"")
    })
}

#[OpenApi]
impl SupplierDelivery {
    /// How orders reach the supplier; for admins.
    #[oai(path = "/suppliers/:name/delivery", method = "get", operation_id = "supplier-delivery")]
    async fn get(&self, caller: Caller, name: Path<String>) -> poem::Result<Json<DeliveryJson>> {
        let mut reader = caller.reader().await?;
        Ok(Json(settings(&mut reader, &name).await?.into()))
    }

    /// Says how orders reach the supplier from now on; orders on their way keep theirs until they
    /// are sent again by hand.
    #[oai(
        path = "/suppliers/:name/delivery",
        method = "put",
        operation_id = "set-supplier-delivery"
    )]
    async fn set(
        &self,
        caller: Caller,
        name: Path<String>,
        body: Json<DeliveryInput>,
    ) -> poem::Result<Json<DeliveryJson>> {
        let DeliveryInput { channel, url, email, identity, secret, profile_overrides } = body.0;
        let channel: Channel = channel.trimmed().parse().map_err(|_| {
            AppError::from(
                Refusal::invalid("bad-channel", "Orders cannot be sent this way.")
                    .field("channel")
                    .got(shorten(&channel.0, 40))
                    .expected("cxml, email or desk"),
            )
        })?;
        let identity = identity.filter(|value| !value.0.is_null());
        let identity = identity.map(|value| self::identity(&value.0)).transpose();
        let command = SetDelivery {
            supplier: name.0,
            channel,
            url: url.map(|text| text.0.trim().to_owned()),
            email: email.map(|text| text.0),
            identity: identity.map_err(AppError::from)?,
            secret: secret.map(|text| Secret::new(text.0)),
            profile_overrides: profile_overrides.map(|text| text.0),
        };
        Ok(Json(caller.act(command).await?.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_identity_is_a_pair_or_a_text() {
        let office = Ok(Identity::new("DUNS", "111111111"));
        assert_eq!(identity(&json!({"domain": "DUNS", "identity": "111111111"})), office);
        assert_eq!(identity(&json!("DUNS:111111111")), office);
        assert_eq!(identity(&json!("DUNS 111111111")), office);
        assert_eq!(identity(&json!("111111111")), office);
        assert_eq!(identity(&json!("AN01")), Ok(Identity::new("NetworkId", "AN01")));
        for bad in [json!(" "), json!({"domain": "DUNS"}), json!(1), json!("DUNS:")] {
            assert_eq!(identity(&bad).unwrap_err().code, "bad-identity", "{bad}");
        }
    }
}
