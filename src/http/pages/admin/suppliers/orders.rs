//! How orders reach a supplier: the form and saving it.

use poem::Result;

use crate::{
    app::{
        AppError, act,
        delivery::{DeliverySettings, SetDelivery},
    },
    base::{secret::Secret, text::shorten},
    domain::{party::Identity, refusal::Refusal},
    http::{
        actor::SignedIn,
        guard,
        part::{self as ui, Choice, Field, Kind},
    },
};

use super::super::view::{Again, Form, value};

pub(super) fn delivery_fields(
    form: Form,
    now: &DeliverySettings,
    (again, faults): (Option<&Again>, &[ui::Fault]),
) -> Form {
    let channels = [
        Choice::new("desk", "Supplier desk: its people sign in here"),
        Choice::new("email", "E-mail, with the cXML attached"),
        Choice::new("cxml", "cXML to its own system"),
    ];
    let empty = String::new();
    let (domain, identity) = match &now.identity {
        Some(own) => (&own.domain, &own.identity),
        None => (&empty, &empty),
    };
    let text = |name: &'static str, label: &str, stored: &str| {
        Field::text(name, label).value(value(again, name, stored)).optional().faults(faults)
    };
    let secret = match now.has_secret {
        true => "One is set. A new one is used from now on; the one before still proves it.",
        false => "The one agreed on with the supplier.",
    };
    form.field(
        Field::select("channel", "Orders go by", channels)
            .value(value(again, "channel", now.channel.word()))
            .faults(faults),
    )
    .field(
        Field::new("delivery_email", "Mail address", Kind::Input("email"))
            .value(value(again, "delivery_email", now.email.as_deref().unwrap_or_default()))
            .hint("For orders by e-mail")
            .optional()
            .faults(faults),
    )
    .field(
        text("url", "Address of its system", now.url.as_deref().unwrap_or_default())
            .hint("For orders by cXML, such as https://orders.example/cxml"),
    )
    .field(text("domain", "Domain of its identity", domain).hint("Such as DUNS or NetworkId"))
    .field(text("identity", "Identity", identity))
    .field(
        Field::new("secret", "Shared secret", Kind::Input("password"))
            .hint(secret)
            .autocomplete("new-password")
            .optional()
            .faults(faults),
    )
    .field(
        Field::area("profile_overrides", "What differs from the usual way of its system")
            .value(value(again, "profile_overrides", &now.profile_overrides))
            .hint(
                "In the words of the profile files. Such as documents.catalogue = \"apply\": a \
                 catalogue that its system sends is imported at once.",
            )
            .optional()
            .faults(faults),
    )
}

pub(super) async fn save_delivery(
    who: &SignedIn,
    name: &str,
    form: &guard::Form,
) -> Result<(), AppError> {
    let channel = form.filled("channel")?.unwrap_or_default();
    let channel = channel.parse().map_err(|_| {
        Refusal::invalid("bad-channel", "Orders cannot go this way.")
            .field("channel")
            .got(shorten(channel, 20))
            .expected("desk, email or cxml")
    })?;
    let identity = match (form.filled("domain")?, form.filled("identity")?) {
        (Some(domain), Some(identity)) => Some(Identity::new(domain, identity)),
        (None, None) => None,
        (Some(_), None) => return Err(half("identity").into()),
        (None, Some(_)) => return Err(half("domain").into()),
    };
    let command = SetDelivery {
        supplier: name.to_owned(),
        channel,
        url: form.filled("url")?.map(str::to_owned),
        email: form.filled("delivery_email")?.map(str::to_owned),
        identity,
        secret: form.filled("secret")?.map(Secret::new),
        profile_overrides: form.maybe("profile_overrides")?.map(str::to_owned),
    };
    act(&who.app, &who.actor, command).await.map_err(|fault| match fault {
        AppError::Refusal(mut refusal) if refusal.field.as_deref() == Some("email") => {
            refusal.field = Some("delivery_email".to_owned());
            AppError::Refusal(refusal)
        }
        other => other,
    })?;
    Ok(())
}

fn half(field: &str) -> Refusal {
    Refusal::invalid("missing-field", "An identity has a domain and a name in it.")
        .field(field)
        .got("nothing")
        .expected("both, such as DUNS and 111111111")
}
