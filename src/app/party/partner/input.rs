//! A partner's settings as they are given, checked.

use crate::{
    app::{AppError, Cx},
    base::text::shorten,
    domain::{
        party::{CartEncoding, Identity, OciFields, Partner},
        profile::{Chosen, OciRule},
        refusal::Refusal,
    },
    store,
};

use super::{
    super::{
        diff::{self, Diff, MAX_NAME},
        site,
    },
    MAX_ENTRIES, PartnerInput,
};

impl PartnerInput {
    /// What is kept of this connection.
    pub fn of(own: &Partner) -> Self {
        let OciFields { user, password, hook_url } = own.oci_fields.clone();
        Self {
            name: own.name.clone(),
            identities: own.identities.clone(),
            cart_encoding: own.cart_encoding.word().to_owned(),
            profile: own.profile.name.clone(),
            profile_overrides: own.profile.overrides.clone(),
            return_hosts: own.return_hosts.clone(),
            frame_ancestors: own.frame_ancestors.clone(),
            allow_http: own.allow_http,
            oci_user: own.oci_user.clone(),
            oci_fields: [user, password, hook_url],
            disabled: own.disabled_at.is_some(),
        }
    }

    pub(super) async fn put_on(
        &self,
        cx: &mut Cx<'_>,
        before: &Partner,
    ) -> Result<Partner, AppError> {
        let rule = &cx.app.site.addresses;
        let lists = [self.identities.len(), self.return_hosts.len(), self.frame_ancestors.len()];
        if lists.into_iter().any(|entries| entries > MAX_ENTRIES) {
            return Err(Refusal::invalid("too-many", "One list is too long.")
                .expected(format!("at most {MAX_ENTRIES} identities, hosts or origins"))
                .into());
        }
        if self.allow_http && !rule.allow_http {
            let message = "This server returns carts by https only.";
            return Err(Refusal::invalid("https-only", message)
                .field("allow_http")
                .got("yes")
                .expected("no, unless the server's settings allow http")
                .into());
        }
        let chosen = self.chosen();
        let profile = chosen.read()?;
        let partner = Partner {
            name: diff::line("name", &self.name, MAX_NAME)?,
            identities: identities(&self.identities)?,
            cart_encoding: self.encoding(profile.cart.encoding)?,
            return_hosts: kept_and_new(&self.return_hosts, &before.return_hosts, |new| {
                site::return_hosts(rule, new)
            })?,
            frame_ancestors: kept_and_new(&self.frame_ancestors, &before.frame_ancestors, |new| {
                site::origins(rule, new)
            })?,
            allow_http: self.allow_http,
            oci_user: self.oci_user()?,
            oci_fields: self.oci_fields(&profile.oci)?,
            profile: chosen,
            disabled_at: match before.disabled_at {
                Some(at) if self.disabled => Some(at),
                _ => self.disabled.then_some(cx.now),
            },
            ..before.clone()
        };
        if partner.identities.is_empty() && partner.oci_user.is_none() {
            let message = "A connection needs a cXML identity or an OCI user.";
            return Err(Refusal::invalid("missing-field", message).field("identities").into());
        }
        self.check_taken(cx, &partner).await?;
        Ok(partner)
    }

    fn chosen(&self) -> Chosen {
        let overrides = self.profile_overrides.trim().replace("\r\n", "\n");
        match self.profile.trim() {
            "" => Chosen { overrides, ..Chosen::default() },
            name => Chosen { name: name.to_owned(), overrides },
        }
    }

    fn encoding(&self, usual: CartEncoding) -> Result<CartEncoding, Refusal> {
        let text = self.cart_encoding.trim();
        if text.is_empty() {
            return Ok(usual);
        }
        text.parse().map_err(|_| {
            Refusal::invalid("bad-encoding", "Carts cannot be put into a form this way.")
                .field("cart_encoding")
                .got(shorten(text, 40))
                .expected("urlencoded or base64")
        })
    }

    fn oci_user(&self) -> Result<Option<String>, Refusal> {
        let text = self.oci_user.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| diff::may_be_empty("oci_user", text, 100)).transpose()
    }

    fn oci_fields(&self, usual: &OciRule) -> Result<OciFields, Refusal> {
        let names = ["oci_user_field", "oci_password_field", "oci_hook_field"];
        let [user, password, hook] = &self.oci_fields;
        let read = |field: &str, given: &str, usual: &str| match given.trim() {
            "" => Ok(usual.to_owned()),
            given if field_name(given) => Ok(given.to_owned()),
            given => Err(Refusal::invalid("bad-field-name", "A form field cannot be called this.")
                .field(field)
                .got(shorten(given, 60))
                .expected("letters, digits and -_.~[] up to 60 characters")),
        };
        Ok(OciFields {
            user: read(names[0], user, &usual.user_field)?,
            password: read(names[1], password, &usual.password_field)?,
            hook_url: read(names[2], hook, &usual.hook_field)?,
        })
    }

    /// An identity or OCI user that two organisations registered would leave open who calls.
    async fn check_taken(&self, cx: &mut Cx<'_>, own: &Partner) -> Result<(), AppError> {
        for identity in &own.identities {
            let others = store::partner::by_identity(cx.conn, identity).await?;
            if others.iter().any(|other| other.id != own.id) {
                return Err(Refusal::conflict("identity-taken", "This identity is in use.")
                    .field("identities")
                    .got(format!("{} {}", identity.domain, identity.identity))
                    .expected("an identity that no other connection has")
                    .into());
            }
        }
        let Some(user) = &own.oci_user else { return Ok(()) };
        let other = store::partner::by_oci_user(cx.conn, user).await?;
        if other.is_some_and(|other| other.id != own.id) {
            return Err(Refusal::conflict("oci-user-taken", "This OCI user is in use.")
                .field("oci_user")
                .got(user)
                .expected("a user that no other connection has")
                .into());
        }
        Ok(())
    }
}

/// What stands there already stays; only what is new is checked. The demo's own entries (any port
/// of this machine) are such as nobody may type.
fn kept_and_new(
    given: &[String],
    before: &[String],
    check: impl FnOnce(&[String]) -> Result<Vec<String>, Refusal>,
) -> Result<Vec<String>, Refusal> {
    let known = |one: &String| before.iter().any(|own| own == one.trim());
    let (mut kept, new): (Vec<String>, Vec<String>) = given.iter().cloned().partition(known);
    kept.extend(check(&new)?);
    Ok(kept)
}

fn field_name(text: &str) -> bool {
    text.len() <= 60 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~[]".contains(c))
}

pub(super) fn identities(given: &[Identity]) -> Result<Vec<Identity>, Refusal> {
    let mut kept: Vec<Identity> = Vec::new();
    for one in given {
        let identity = Identity::new(
            diff::line("identities", &one.domain, 100)?,
            diff::line("identities", &one.identity, 255)?,
        );
        if kept.iter().all(|known| !known.matches(&identity)) {
            kept.push(identity);
        }
    }
    Ok(kept)
}

pub(super) fn difference(before: &Partner, after: &Partner) -> Diff {
    let names = |partner: &Partner| {
        let one = |identity: &Identity| format!("{} {}", identity.domain, identity.identity);
        partner.identities.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let fields = |partner: &Partner| {
        let OciFields { user, password, hook_url } = &partner.oci_fields;
        format!("{user}, {password}, {hook_url}")
    };
    let mut diff = Diff::default();
    diff.note("name", &before.name, &after.name);
    diff.note("identities", names(before), names(after));
    diff.note("cart_encoding", before.cart_encoding, after.cart_encoding);
    diff.note("return_hosts", before.return_hosts.join(" "), after.return_hosts.join(" "));
    let frames = [before, after].map(|partner| partner.frame_ancestors.join(" "));
    diff.note("frame_ancestors", &frames[0], &frames[1]);
    diff.note("allow_http", before.allow_http, after.allow_http);
    diff.maybe("oci_user", before.oci_user.as_ref(), after.oci_user.as_ref());
    diff.note("oci_fields", fields(before), fields(after));
    diff.note("profile", &before.profile.name, &after.profile.name);
    diff.note("profile_overrides", &before.profile.overrides, &after.profile.overrides);
    diff.note("disabled", before.disabled_at.is_some(), after.disabled_at.is_some());
    diff
}
