//! The form of a connection: what stands in it, and what a person wrote into it.

use crate::{
    app::party::partner::PartnerInput,
    domain::{
        party::{Identity, OciFields, Partner},
        profile::{GENERIC, shipped},
        refusal::Refusal,
    },
    http::{
        guard,
        part::{Choice, Field},
    },
};

use super::view::{Again, Form, View, lines, text, ticked, value};

/// The controls of a connection, new or known.
pub(super) fn controls(
    form: Form,
    (view, again): (&View, Option<&Again>),
    stored: Option<&Partner>,
) -> Form {
    let faults = view.faults();
    let joined = |list: Option<&Vec<String>>| list.map(|list| list.join("\n")).unwrap_or_default();
    let identities = stored.map(|stored| {
        let one = |identity: &Identity| format!("{} {}", identity.domain, identity.identity);
        stored.identities.iter().map(one).collect::<Vec<_>>().join("\n")
    });
    let text = |name: &'static str, label: &str, now: &str| {
        Field::text(name, label).value(value(again, name, now)).faults(&faults)
    };
    let area = |name: &'static str, label: &str, now: &str| {
        Field::area(name, label).value(value(again, name, now)).optional().faults(&faults)
    };
    let encodings = [
        Choice::new("", "as the system's profile has it"),
        Choice::new("urlencoded", "cxml-urlencoded (usual)"),
        Choice::new("base64", "cxml-base64"),
    ];
    // A new connection calls them as its system's profile does.
    let open = OciFields { user: String::new(), password: String::new(), hook_url: String::new() };
    let fields = stored.map_or(&open, |stored| &stored.oci_fields);
    let hosts = joined(stored.map(|stored| &stored.return_hosts));
    let frames = joined(stored.map(|stored| &stored.frame_ancestors));
    let [system, overrides] = dialect(again, stored);
    let encoding = stored.map_or("", |stored| stored.cart_encoding.word());
    let user = stored.and_then(|stored| stored.oci_user.as_deref()).unwrap_or_default();
    let http = ticked(again, "allow_http", stored.is_some_and(|stored| stored.allow_http));
    form.field(text("name", "Name", stored.map_or("", |stored| &stored.name)).at_most(120))
        .field(system.faults(&faults))
        .field(
            area("identities", "cXML identities", &identities.unwrap_or_default())
                .hint("One a line: domain, blank, identity. Such as: NetworkId AN01000000001"),
        )
        .field(
            area("return_hosts", "Hosts a cart may be returned to", &hosts)
                .hint("One a line, such as erp.example or erp.example:8443"),
        )
        .field(
            area("frame_ancestors", "Sites that show the shop in a frame", &frames)
                .hint("One a line, such as https://erp.example"),
        )
        .field(
            Field::select("cart_encoding", "How a cXML cart is sent back", encodings).value(value(
                again,
                "cart_encoding",
                encoding,
            )),
        )
        .field(text("oci_user", "OCI user", user).hint("For SAP and other OCI systems").optional())
        .field(text("oci_user_field", "OCI field of the user", &fields.user).short().optional())
        .field(
            text("oci_password_field", "OCI field of the password", &fields.password)
                .short()
                .optional(),
        )
        .field(
            text("oci_hook_field", "OCI field of the return address", &fields.hook_url)
                .short()
                .optional(),
        )
        .field(overrides.faults(&faults))
        .field(
            Field::check("allow_http", "Carts may be returned without encryption (http)")
                .ticked(http)
                .faults(&faults),
        )
}

/// The system on the other side, and what this connection says differently.
pub(super) fn dialect(again: Option<&Again>, stored: Option<&Partner>) -> [Field; 2] {
    let systems = shipped().into_iter().map(|(name, title)| Choice::new(name, title));
    let system = stored.map_or(GENERIC, |stored| &stored.profile.name);
    let overrides = stored.map_or("", |stored| &stored.profile.overrides);
    [
        Field::select("profile", "The system and its dialect", systems)
            .value(value(again, "profile", system)),
        Field::area("profile_overrides", "What differs from the system's profile")
            .value(value(again, "profile_overrides", overrides))
            .optional()
            .hint(
                "In the words of the profile files, such as: limits.part = 40, or \
                 cart.format = \"oracle-xml\", or units.out = { EA = \"ST\" }",
            ),
    ]
}

/// The identities that were written, one a line.
pub(super) fn identities(form: &guard::Form) -> Result<Vec<Identity>, Refusal> {
    let identity = |line: String| match line.split_once(char::is_whitespace) {
        Some((domain, identity)) => Ok(Identity::new(domain, identity.trim())),
        None => Err(Refusal::invalid("bad-identity", "This identity has no domain.")
            .field("identities")
            .got(crate::base::text::shorten(&line, 60))
            .expected("domain, blank, identity, such as DUNS 123456789")),
    };
    lines(form, "identities")?.into_iter().map(identity).collect()
}

/// What was written.
pub(super) fn input(form: &guard::Form) -> Result<PartnerInput, Refusal> {
    Ok(PartnerInput {
        name: text(form, "name")?,
        identities: identities(form)?,
        cart_encoding: text(form, "cart_encoding")?,
        profile: text(form, "profile")?,
        profile_overrides: text(form, "profile_overrides")?,
        return_hosts: lines(form, "return_hosts")?,
        frame_ancestors: lines(form, "frame_ancestors")?,
        allow_http: form.ticked("allow_http")?,
        oci_user: form.filled("oci_user")?.map(str::to_owned),
        oci_fields: [
            text(form, "oci_user_field")?,
            text(form, "oci_password_field")?,
            text(form, "oci_hook_field")?,
        ],
        disabled: form.ticked("disabled")?,
    })
}
