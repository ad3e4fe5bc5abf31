//! The form of each step of setting up a connection.

use crate::{
    app::party::partner,
    domain::party::Partner,
    http::{
        actor::SignedIn,
        part::{self as ui, Facts, Field},
    },
};

use super::{
    super::view::{Again, Section, View, value},
    Found, LIST, Step,
};

pub(super) fn identity_form(
    view: &View,
    (to, again): (&str, Option<&Again>),
    now: Option<&Partner>,
) -> super::super::view::Form {
    let faults = view.faults();
    let known = now.map(|now| {
        let one = |own: &crate::domain::party::Identity| format!("{} {}", own.domain, own.identity);
        now.identities.iter().map(one).collect::<Vec<_>>().join("\n")
    });
    let user = now.and_then(|now| now.oci_user.as_deref()).unwrap_or_default();
    view.new_form(to, "Save and go on")
        .title(Step::Identity.title())
        .field(
            Field::text("name", "Name")
                .value(value(again, "name", now.map_or("", |now| &now.name)))
                .hint("What you call it, such as SAP Ariba")
                .at_most(120)
                .faults(&faults),
        )
        .field(
            Field::area("identities", "cXML identities")
                .value(value(again, "identities", &known.unwrap_or_default()))
                .hint("One a line: domain, blank, identity. Such as: NetworkId AN01000000001")
                .optional()
                .faults(&faults),
        )
        .field(
            Field::text("oci_user", "OCI user")
                .value(value(again, "oci_user", user))
                .hint("Instead, for SAP and other OCI systems")
                .optional()
                .faults(&faults),
        )
        .back(view.shell.href(LIST.1))
}

pub(super) fn hosts_form(
    view: &View,
    (here, again): (&str, Option<&Again>),
    own: &Partner,
) -> super::super::view::Form {
    let faults = view.faults();
    view.new_form(here, "Save and go on")
        .title(Step::Hosts.title())
        .field(
            Field::area("return_hosts", "Hosts a cart may be returned to")
                .value(value(again, "return_hosts", &own.return_hosts.join("\n")))
                .hint("One a line, such as erp.example or erp.example:8443")
                .faults(&faults),
        )
        .field(
            Field::area("frame_ancestors", "Sites that show the shop in a frame")
                .value(value(again, "frame_ancestors", &own.frame_ancestors.join("\n")))
                .hint("One a line, such as https://erp.example")
                .optional()
                .faults(&faults),
        )
}

pub(super) fn secret_step(view: View, found: &Found, (here, made): (&str, Option<String>)) -> View {
    if let Some(secret) = made {
        let what = "Give it to the other side now. It is shown this once and never again.";
        return view.section(Section::Once("The shared secret", what.to_owned(), secret));
    }
    if found.has_secret {
        let what = "A secret was made and is not shown again. A new one is made on the \
                    connection's own page, where both are good until the old one is removed.";
        return view.section(Section::Note(what.to_owned()));
    }
    let field = Field::new("secret", "Shared secret", ui::Kind::Input("password"))
        .hint("Leave it empty, and one is made and shown once.")
        .autocomplete("new-password")
        .optional()
        .faults(&view.faults());
    let form = view.new_form(here, "Make it").title(Step::Secret.title()).field(field);
    view.form(form)
}

pub(super) fn trial_step(view: View, who: &SignedIn, found: &Found) -> View {
    let (cxml, oci) = partner::doors(&who.app);
    let doors = Facts::new().text("cXML requests go to", &cxml).text("OCI calls go to", &oci);
    if !found.has_suite() {
        let what = "OCI has no trial: let the other side open the shop and bring a cart back.";
        return view
            .section(Section::Facts("What the other side needs", doors))
            .section(Section::Note(what.to_owned()));
    }
    let passed = match found.is_done(Step::Trial) {
        true => "a report passed",
        false => "no passed report yet",
    };
    let doors = doors
        .text("Its sandbox, until it is live", &found.standing.sandbox)
        .text("Cases", &found.standing.findings.len().to_string())
        .text("Standing", passed);
    let suite = format!("/admin/conformance/{}", found.partner().id);
    view.section(Section::Facts("What the other side needs", doors))
        .action(super::super::button_to(who, "Open the conformance suite", &suite))
}

pub(super) fn live_step(view: View, found: &Found, here: &str) -> View {
    if !found.standing.partner.is_held {
        let what = "It is live: its documents are taken, and ours are sent to it.";
        return view.section(Section::Note(what.to_owned()));
    }
    let what = "Until then it may use its sandbox only. A report of the last 30 days that passed \
                unlocks this.";
    let button = view.shell.button("Go live", here, "");
    view.section(Section::Note(what.to_owned())).action(button)
}
