//! The form of a person.

use poem::Result;

use crate::{
    app::{
        AppError,
        party::{
            cost_center,
            people::{self, PersonInput, PersonView, manageable_roles},
            supplier,
        },
    },
    domain::role::Role,
    http::{
        actor::SignedIn,
        guard,
        part::{Choice, Field},
    },
};

use super::super::view::{Again, Form, Group, View, text, ticked, ticked_names, value};

/// What the choices of the form are.
pub(super) struct Choices {
    roles: Vec<Role>,
    centers: Vec<(String, String)>,
    managers: Vec<Choice>,
    pub(super) suppliers: Vec<Choice>,
}

pub(super) async fn choices(who: &SignedIn) -> Result<Choices, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    let organisation = who.actor.organisation;
    let rights = who.app.policies.rights(&mut reader.conn, organisation).await?;
    let centers = cost_center::list(&mut reader).await?;
    let everybody = people::everybody(&mut reader).await?;
    let suppliers = supplier::list(&mut reader).await?;
    let active = everybody.into_iter().filter(|one| one.is_active());
    let managers = active
        .map(|one| Choice::new(one.email.to_string(), format!("{} ({})", one.name, one.email)));
    let own = suppliers.into_iter().filter(|one| one.own);
    let own = own.map(|one| Choice::new(one.supplier.name, one.supplier.title));
    let centers = centers.into_iter().filter(|one| one.center.disabled_at.is_none());
    Ok(Choices {
        roles: manageable_roles(rights.access().roles()),
        centers: centers.map(|one| (one.center.code, one.center.name)).collect(),
        managers: std::iter::once(Choice::new("", "Nobody")).chain(managers).collect(),
        suppliers: std::iter::once(Choice::new("", "No, of this organisation"))
            .chain(own)
            .collect(),
    })
}

/// The controls that a new person and a known one share.
pub(super) fn controls(
    mut form: Form,
    (view, again): (&View, Option<&Again>),
    choices: &Choices,
    stored: Option<&PersonView>,
) -> Form {
    let faults = view.faults();
    let person = stored.map(|stored| &stored.person);
    let name = person.map_or("", |person| &person.name);
    form = form.field(
        Field::text("name", "Name").value(value(again, "name", name)).at_most(120).faults(&faults),
    );
    if stored.is_some_and(|stored| stored.supplier.is_some()) {
        return form;
    }
    let role = |role: &Role| {
        let name = format!("role-{role}");
        let has = person.is_some_and(|person| person.roles.contains(role));
        Field::check(&name, role.as_str()).ticked(ticked(again, &name, has))
    };
    let roles = choices.roles.iter().map(role).collect();
    form = form.group(Group::new("roles", "Roles", roles).faults(&faults).hint(
        "As the access policy in force says. An approver decides only what is asked of them.",
    ));
    let manager = stored.and_then(|stored| stored.manager.as_deref()).unwrap_or_default();
    let manager = value(again, "manager", manager);
    form = form.field(
        Field::select("manager", "Manager", choices.managers.clone())
            .value(manager)
            .optional()
            .faults(&faults),
    );
    if choices.centers.is_empty() {
        return form;
    }
    let box_of = |(code, title): &(String, String)| {
        let name = format!("center-{code}");
        let has = stored.is_some_and(|stored| stored.cost_centers.contains(code));
        Field::check(&name, format!("{code} {title}")).ticked(ticked(again, &name, has))
    };
    let boxes = choices.centers.iter().map(box_of).collect();
    form = form.group(Group::new("cost_centers", "May charge", boxes).faults(&faults));
    let default = stored.and_then(|stored| stored.default_cost_center.as_deref());
    let all =
        choices.centers.iter().map(|(code, name)| Choice::new(code, format!("{code} {name}")));
    let all = std::iter::once(Choice::new("", "None")).chain(all);
    form.field(
        Field::select("default_cost_center", "Charged when nothing is said", all)
            .value(value(again, "default_cost_center", default.unwrap_or_default()))
            .optional()
            .faults(&faults),
    )
}

pub(super) fn input(form: &guard::Form) -> Result<PersonInput, AppError> {
    Ok(PersonInput {
        name: text(form, "name")?,
        roles: ticked_names(form, "role-"),
        manager: form.filled("manager")?.map(str::to_owned),
        cost_centers: ticked_names(form, "center-"),
        default_cost_center: form.filled("default_cost_center")?.map(str::to_owned),
        locale: form.filled("locale")?.map(str::to_owned),
        time_zone: form.filled("time_zone")?.map(str::to_owned),
    })
}
