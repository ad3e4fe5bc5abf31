//! `POST /login` and `GET /me`: a token, and who its holder is.

use poem_openapi::{Object, OpenApi, payload::Json};

use super::{Caller, shape::Text};
use crate::{
    app::{AppError, login},
    domain::refusal::Refusal,
    store::session::SessionKind,
};

pub struct Login;

/// Who signs in.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct LoginInput {
    email: Text,
    password: Text,
}

/// A bearer token; it is shown once and never again.
#[derive(Object)]
struct TokenAnswer {
    token: String,
}

/// The person who holds the token.
#[derive(Object)]
struct MeAnswer {
    email: String,
    name: String,
    /// Roles of the access policy.
    roles: Vec<String>,
    /// The buyer organisation's short name.
    organisation: Option<String>,
    /// The supplier's short name, for people of a supplier desk.
    supplier: Option<String>,
}

#[OpenApi]
impl Login {
    /// Signs in; the token then goes into `Authorization: Bearer`.
    #[oai(path = "/login", method = "post", operation_id = "login")]
    async fn login(
        &self,
        request: &poem::Request,
        body: Json<LoginInput>,
    ) -> poem::Result<Json<TokenAnswer>> {
        let app = super::actor::app_of(request)?;
        let LoginInput { email, password } = body.0;
        let begun = login::sign_in(&app, &email.0, &password.0, SessionKind::Api).await?;
        Ok(Json(TokenAnswer { token: begun.token }))
    }

    /// Ends the token.
    #[oai(path = "/logout", method = "post", operation_id = "logout")]
    async fn logout(&self, caller: Caller) -> poem::Result<()> {
        caller.act(login::SignOut).await?;
        Ok(())
    }

    /// Who holds the token.
    #[oai(path = "/me", method = "get", operation_id = "me")]
    async fn me(&self, caller: Caller) -> poem::Result<Json<MeAnswer>> {
        let person = caller.actor().need_person()?.clone();
        let mut reader = caller.reader().await?;
        let (organisation, supplier) = login::home(&mut reader).await?;
        if organisation.is_none() && supplier.is_none() {
            return Err(AppError::from(Refusal::not_found("person")).into());
        }
        Ok(Json(MeAnswer {
            email: person.email.to_string(),
            name: person.name,
            roles: person.roles.iter().map(ToString::to_string).collect(),
            organisation: organisation.map(|home| home.name),
            supplier: supplier.map(|home| home.name),
        }))
    }
}
