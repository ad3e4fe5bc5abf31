//! `/partners`: connections to the organisation's procurement systems. A secret is answered once,
//! when it was made here, and never again.

use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{List, Text},
};
use crate::{
    app::{
        AppError,
        party::{
            partner::{self, PartnerInput},
            secret::{self, NewSecret, Stored},
        },
    },
    base::id::PartnerId,
    domain::{
        party::{Identity, Partner},
        profile::{file_of, shipped},
        refusal::Refusal,
    },
};

pub struct Partners;

/// A cXML identity.
#[derive(Object, Clone)]
#[oai(rename = "Identity", deny_unknown_fields)]
struct IdentityJson {
    /// `NetworkId`, `DUNS`, ..
    domain: Text,
    identity: Text,
}

/// A connection.
#[derive(Object)]
struct PartnerJson {
    id: String,
    name: String,
    identities: Vec<IdentityJson>,
    /// `urlencoded` or `base64`.
    cart_encoding: String,
    /// The other side's system: `ariba`, `coupa`, ..; `GET /profiles` lists them.
    profile: String,
    /// Lines of TOML over the profile.
    profile_overrides: String,
    return_hosts: Vec<String>,
    frame_ancestors: Vec<String>,
    allow_http: bool,
    oci_user: Option<String>,
    oci_user_field: String,
    oci_password_field: String,
    oci_hook_field: String,
    disabled: bool,
    /// How many secrets are good now.
    secrets: u32,
    /// The new secret, shown once; null when it was given by the caller or shown before.
    secret: Option<String>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewPartner {
    name: Text,
    identities: Option<Vec<IdentityJson>>,
    /// One is made when it is left out.
    secret: Option<Text>,
    /// As the profile has it when it is left out.
    cart_encoding: Option<Text>,
    profile: Option<Text>,
    profile_overrides: Option<Text>,
    return_hosts: Option<Vec<Text>>,
    frame_ancestors: Option<Vec<Text>>,
    allow_http: Option<bool>,
    oci_user: Option<Text>,
    oci_user_field: Option<Text>,
    oci_password_field: Option<Text>,
    oci_hook_field: Option<Text>,
}

/// What changes; what is left out stays, an empty text or list takes away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PartnerChange {
    name: Option<Text>,
    identities: Option<Vec<IdentityJson>>,
    /// Empty, or left out beside another profile: as the profile has it.
    cart_encoding: Option<Text>,
    profile: Option<Text>,
    profile_overrides: Option<Text>,
    return_hosts: Option<Vec<Text>>,
    frame_ancestors: Option<Vec<Text>>,
    allow_http: Option<bool>,
    oci_user: Option<Text>,
    oci_user_field: Option<Text>,
    oci_password_field: Option<Text>,
    oci_hook_field: Option<Text>,
    disabled: Option<bool>,
}

/// A secret to use from now on, beside the present one.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SecretInput {
    /// One is made when it is left out.
    secret: Option<Text>,
}

#[derive(ApiResponse)]
enum Made {
    /// It was added; the secret stands in this answer alone.
    #[oai(status = 201)]
    Partner(Json<PartnerJson>),
}

async fn find(caller: &Caller, id: &str) -> poem::Result<Partner> {
    let missing = || AppError::from(Refusal::not_found("partner"));
    let id: PartnerId = id.parse().map_err(|_| missing())?;
    let mut reader = caller.reader().await?;
    Ok(partner::get(&mut reader, id).await?)
}

async fn show(caller: &Caller, partner: Partner) -> poem::Result<PartnerJson> {
    let mut reader = caller.reader().await?;
    let secrets = secret::ages(&mut reader, partner.id).await?.len();
    let identity =
        |one: Identity| IdentityJson { domain: Text(one.domain), identity: Text(one.identity) };
    Ok(PartnerJson {
        id: partner.id.to_string(),
        name: partner.name,
        identities: partner.identities.into_iter().map(identity).collect(),
        cart_encoding: partner.cart_encoding.to_string(),
        profile: partner.profile.name,
        profile_overrides: partner.profile.overrides,
        return_hosts: partner.return_hosts,
        frame_ancestors: partner.frame_ancestors,
        allow_http: partner.allow_http,
        oci_user: partner.oci_user,
        oci_user_field: partner.oci_fields.user,
        oci_password_field: partner.oci_fields.password,
        oci_hook_field: partner.oci_fields.hook_url,
        disabled: partner.disabled_at.is_some(),
        secrets: u32::try_from(secrets).unwrap_or_default(),
        secret: None,
    })
}

async fn with_secret(
    caller: &Caller,
    new: &NewSecret,
    stored: &Stored,
) -> poem::Result<PartnerJson> {
    let partner = find(caller, &stored.partner.to_string()).await?;
    let mut shown = show(caller, partner).await?;
    shown.secret = new.shown_once(caller.app(), stored);
    Ok(shown)
}

fn texts(list: Option<Vec<Text>>) -> Option<Vec<String>> {
    list.map(|list| list.into_iter().map(|text| text.0).collect())
}

fn text(text: Option<Text>) -> String {
    text.map(|text| text.0).unwrap_or_default()
}

fn identities(list: Vec<IdentityJson>) -> Vec<Identity> {
    list.into_iter().map(|one| Identity::new(one.domain.0, one.identity.0)).collect()
}

/// A profile that ships.
#[derive(Object)]
struct ProfileJson {
    name: String,
    title: String,
    /// What it says, in TOML; `generic` explains every word.
    text: String,
}

#[OpenApi]
impl Partners {
    /// The profiles of procurement systems that a connection may choose from.
    #[oai(path = "/profiles", method = "get", operation_id = "profiles")]
    async fn profiles(&self, caller: Caller) -> poem::Result<Json<List<ProfileJson>>> {
        caller.need("partner", "read").await?;
        let shown = |(name, title): (&str, String)| {
            let text = file_of(name).unwrap_or_default().to_owned();
            ProfileJson { name: name.to_owned(), title, text }
        };
        Ok(Json(List { items: shipped().into_iter().map(shown).collect(), next: None }))
    }

    /// All connections to procurement systems, newest first.
    #[oai(path = "/partners", method = "get", operation_id = "partners")]
    async fn list(&self, caller: Caller) -> poem::Result<Json<List<PartnerJson>>> {
        let all = {
            let mut reader = caller.reader().await?;
            partner::list(&mut reader).await?
        };
        let mut items = Vec::with_capacity(all.len());
        for one in all {
            items.push(show(&caller, one).await?);
        }
        Ok(Json(List { items, next: None }))
    }

    /// Adds one; without a secret one is made and answered, once.
    #[oai(path = "/partners", method = "post", operation_id = "add-partner")]
    async fn add(&self, caller: Caller, body: Json<NewPartner>) -> poem::Result<Made> {
        caller.need("partner", "create").await?;
        let new = body.0;
        let given = new.secret.as_ref().map(|text| text.0.as_str());
        let secret = NewSecret::given_or_fresh(caller.app(), given)?;
        let input = PartnerInput {
            name: new.name.0,
            identities: identities(new.identities.unwrap_or_default()),
            cart_encoding: text(new.cart_encoding),
            profile: text(new.profile),
            profile_overrides: text(new.profile_overrides),
            return_hosts: texts(new.return_hosts).unwrap_or_default(),
            frame_ancestors: texts(new.frame_ancestors).unwrap_or_default(),
            allow_http: new.allow_http.unwrap_or(false),
            oci_user: new.oci_user.map(|text| text.0),
            oci_fields: [new.oci_user_field, new.oci_password_field, new.oci_hook_field].map(text),
            disabled: false,
        };
        let stored = caller.act(partner::Add { input, new: secret.clone() }).await?;
        Ok(Made::Partner(Json(with_secret(&caller, &secret, &stored).await?)))
    }

    /// One connection; never its secrets.
    #[oai(path = "/partners/:id", method = "get", operation_id = "partner")]
    async fn get(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<PartnerJson>> {
        let found = find(&caller, &id).await?;
        Ok(Json(show(&caller, found).await?))
    }

    /// Changes one.
    #[oai(path = "/partners/:id", method = "put", operation_id = "change-partner")]
    async fn change(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<PartnerChange>,
    ) -> poem::Result<Json<PartnerJson>> {
        caller.need("partner", "edit").await?;
        let now = find(&caller, &id).await?;
        let change = body.0;
        let kept = |new: Option<Text>, old: String| new.map_or(old, |text| text.0);
        // Another profile brings its own encoding, unless the caller names one.
        let same = change.profile.as_ref().is_none_or(|text| text.0 == now.profile.name);
        let encoding = if same { now.cart_encoding.to_string() } else { String::new() };
        let input = PartnerInput {
            name: kept(change.name, now.name),
            identities: change.identities.map_or(now.identities, identities),
            cart_encoding: kept(change.cart_encoding, encoding),
            profile: kept(change.profile, now.profile.name),
            profile_overrides: kept(change.profile_overrides, now.profile.overrides),
            return_hosts: texts(change.return_hosts).unwrap_or(now.return_hosts),
            frame_ancestors: texts(change.frame_ancestors).unwrap_or(now.frame_ancestors),
            allow_http: change.allow_http.unwrap_or(now.allow_http),
            oci_user: change.oci_user.map(|text| text.0).or(now.oci_user),
            oci_fields: [
                kept(change.oci_user_field, now.oci_fields.user),
                kept(change.oci_password_field, now.oci_fields.password),
                kept(change.oci_hook_field, now.oci_fields.hook_url),
            ],
            disabled: change.disabled.unwrap_or(now.disabled_at.is_some()),
        };
        let saved = caller.act(partner::Edit { partner: now.id, input }).await?;
        let found = find(&caller, &saved.partner.to_string()).await?;
        Ok(Json(show(&caller, found).await?))
    }

    /// Puts a new secret beside the present one; both are good until the old one is removed.
    #[oai(path = "/partners/:id/secret", method = "post", operation_id = "rotate-secret")]
    async fn rotate(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<SecretInput>,
    ) -> poem::Result<Made> {
        caller.need("partner", "edit").await?;
        let partner = find(&caller, &id).await?.id;
        let given = body.0.secret.as_ref().map(|text| text.0.as_str());
        let new = NewSecret::given_or_fresh(caller.app(), given)?;
        let stored = caller.act(secret::Rotate { partner, new: new.clone() }).await?;
        Ok(Made::Partner(Json(with_secret(&caller, &new, &stored).await?)))
    }

    /// Takes the older of two secrets out of use.
    #[oai(path = "/partners/:id/secret/old", method = "delete", operation_id = "remove-secret")]
    async fn remove_old(
        &self,
        caller: Caller,
        id: Path<String>,
    ) -> poem::Result<Json<PartnerJson>> {
        caller.need("partner", "edit").await?;
        let found = find(&caller, &id).await?;
        caller.act(secret::RemoveOld { partner: found.id }).await?;
        Ok(Json(show(&caller, found).await?))
    }
}
