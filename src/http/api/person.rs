//! `/people`: who works in the organisation and at the desks it keeps; admins only.

use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, Text, cut},
};
use crate::app::party::people::{self, PersonInput, PersonView};

pub struct People;

/// A person as admins see it.
#[derive(Object)]
struct PersonJson {
    email: String,
    name: String,
    roles: Vec<String>,
    /// The manager's e-mail address.
    manager: Option<String>,
    /// Codes of the cost centres the person may charge.
    cost_centers: Vec<String>,
    default_cost_center: Option<String>,
    /// The supplier's short name, for people of its desk.
    supplier: Option<String>,
    locale: String,
    time_zone: String,
    disabled: bool,
    has_password: bool,
}

impl From<PersonView> for PersonJson {
    fn from(view: PersonView) -> Self {
        let PersonView { person, supplier, manager, cost_centers, default_cost_center } = view;
        Self {
            email: person.email.to_string(),
            disabled: !person.is_active(),
            name: person.name,
            roles: person.roles.iter().map(ToString::to_string).collect(),
            manager,
            cost_centers,
            default_cost_center,
            supplier,
            locale: person.locale,
            time_zone: person.time_zone,
            has_password: person.has_password,
        }
    }
}

/// Somebody new; a link to set a password is sent.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewPerson {
    email: Text,
    name: Text,
    roles: Option<Vec<Text>>,
    manager: Option<Text>,
    cost_centers: Option<Vec<Text>>,
    default_cost_center: Option<Text>,
    /// The supplier's short name, for people of its desk.
    supplier: Option<Text>,
    locale: Option<Text>,
    time_zone: Option<Text>,
}

/// What changes; what is left out stays, an empty text or list takes away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PersonChange {
    name: Option<Text>,
    roles: Option<Vec<Text>>,
    manager: Option<Text>,
    cost_centers: Option<Vec<Text>>,
    default_cost_center: Option<Text>,
    locale: Option<Text>,
    time_zone: Option<Text>,
}

#[derive(ApiResponse)]
enum Made {
    /// The person was added and invited.
    #[oai(status = 201)]
    Person(Json<PersonJson>),
}

fn texts(list: Option<Vec<Text>>) -> Option<Vec<String>> {
    list.map(|list| list.into_iter().map(|text| text.0).collect())
}

async fn show(caller: &Caller, email: &str) -> poem::Result<PersonJson> {
    let mut reader = caller.reader().await?;
    Ok(people::get(&mut reader, email).await?.into())
}

#[OpenApi]
impl People {
    /// People, newest first.
    #[oai(path = "/people", method = "get", operation_id = "people")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<PersonJson>>> {
        let mut reader = caller.reader().await?;
        let page = people::list(&mut reader, &cut(limit.0, after.0)).await?;
        Ok(Json(page.map(PersonJson::from).into()))
    }

    /// Adds somebody and sends the invitation.
    #[oai(path = "/people", method = "post", operation_id = "add-person")]
    async fn add(&self, caller: Caller, body: Json<NewPerson>) -> poem::Result<Made> {
        caller.need("person", "create").await?;
        let new = body.0;
        let input = PersonInput {
            name: new.name.0,
            roles: texts(new.roles).unwrap_or_default(),
            manager: new.manager.map(|text| text.0),
            cost_centers: texts(new.cost_centers).unwrap_or_default(),
            default_cost_center: new.default_cost_center.map(|text| text.0),
            locale: new.locale.map(|text| text.0),
            time_zone: new.time_zone.map(|text| text.0),
        };
        let supplier = new.supplier.map(|text| text.0);
        let saved = caller.act(people::Add { email: new.email.0, supplier, input }).await?;
        Ok(Made::Person(Json(show(&caller, &saved.email).await?)))
    }

    /// One person.
    #[oai(path = "/people/:email", method = "get", operation_id = "person")]
    async fn get(&self, caller: Caller, email: Path<String>) -> poem::Result<Json<PersonJson>> {
        Ok(Json(show(&caller, &email).await?))
    }

    /// Changes somebody; nobody changes the own rights.
    #[oai(path = "/people/:email", method = "put", operation_id = "change-person")]
    async fn change(
        &self,
        caller: Caller,
        email: Path<String>,
        body: Json<PersonChange>,
    ) -> poem::Result<Json<PersonJson>> {
        caller.need("person", "edit").await?;
        let now = show(&caller, &email).await?;
        let change = body.0;
        let kept = |new: Option<Text>, old: Option<String>| new.map(|text| text.0).or(old);
        let input = PersonInput {
            name: change.name.map_or(now.name, |text| text.0),
            roles: texts(change.roles).unwrap_or(now.roles),
            manager: kept(change.manager, now.manager),
            cost_centers: texts(change.cost_centers).unwrap_or(now.cost_centers),
            default_cost_center: kept(change.default_cost_center, now.default_cost_center),
            locale: kept(change.locale, Some(now.locale)),
            time_zone: kept(change.time_zone, Some(now.time_zone)),
        };
        let saved = caller.act(people::Edit { email: email.0, input }).await?;
        Ok(Json(show(&caller, &saved.email).await?))
    }

    /// Sends the invitation again.
    #[oai(path = "/people/:email/invite", method = "post", operation_id = "invite-person")]
    async fn invite(&self, caller: Caller, email: Path<String>) -> poem::Result<Json<PersonJson>> {
        self.send_link(&caller, email.0).await
    }

    /// Sends a link to set a new password.
    #[oai(path = "/people/:email/reset", method = "post", operation_id = "reset-person")]
    async fn reset(&self, caller: Caller, email: Path<String>) -> poem::Result<Json<PersonJson>> {
        self.send_link(&caller, email.0).await
    }

    /// Ends somebody's access and every session at once.
    #[oai(path = "/people/:email/disable", method = "post", operation_id = "disable-person")]
    async fn disable(&self, caller: Caller, email: Path<String>) -> poem::Result<Json<PersonJson>> {
        self.set_disabled(&caller, email.0, true).await
    }

    /// Gives access back.
    #[oai(path = "/people/:email/enable", method = "post", operation_id = "enable-person")]
    async fn enable(&self, caller: Caller, email: Path<String>) -> poem::Result<Json<PersonJson>> {
        self.set_disabled(&caller, email.0, false).await
    }
}

impl People {
    async fn send_link(&self, caller: &Caller, email: String) -> poem::Result<Json<PersonJson>> {
        caller.need("person", "invite").await?;
        let saved = caller.act(people::SendLink { email }).await?;
        Ok(Json(show(caller, &saved.email).await?))
    }

    async fn set_disabled(
        &self,
        caller: &Caller,
        email: String,
        disabled: bool,
    ) -> poem::Result<Json<PersonJson>> {
        caller.need("person", "disable").await?;
        let saved = caller.act(people::Disable { email, disabled }).await?;
        Ok(Json(show(caller, &saved.email).await?))
    }
}
