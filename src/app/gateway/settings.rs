//! A supplier's own shop as an admin sets it up.

use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::{
        secret::Secret,
        text::{one_line, shorten},
    },
    domain::{
        fact::{Change, Fact},
        gateway::{PriceCheck, SupplierSite},
        party::{Identity, OciFields, Supplier},
        punchout::Protocol,
        refusal::Refusal,
    },
    store::{self, Conn},
};

/// Characters of a title, of a field's name or value, and of a secret.
const MOST_TITLE: usize = 120;
const MOST_FIELD: usize = 255;
const MOST_SECRET: usize = 1_024;
/// Further parameters of an OCI call.
const MOST_MORE: usize = 20;

/// A site as it is shown; the secret itself never is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SiteSettings {
    /// The supplier's short name.
    pub supplier: String,
    pub title: String,
    /// `cxml` or `oci`.
    pub protocol: String,
    pub url: String,
    pub identity: Option<Identity>,
    pub user: String,
    /// What the site calls user, password and return address.
    pub fields: [String; 3],
    pub more: Vec<(String, String)>,
    /// `none`, `validate` or `inspect`.
    pub price_check: String,
    pub is_searched: bool,
    pub is_on: bool,
    /// Whether it has a secret of its own; without one that of the orders is used.
    pub has_secret: bool,
}

/// The reader's organisation's settings of a supplier's shop; nothing when it was never set up.
pub async fn settings(
    reader: &mut Reader<'_>,
    supplier: &str,
) -> Result<Option<SiteSettings>, AppError> {
    if !reader.may("delivery", "read") {
        reader.need("delivery", "read-all")?;
    }
    let organisation = reader.actor.need_organisation()?;
    let supplier = store::supplier::by_name(&mut reader.conn, supplier).await?;
    let supplier = supplier.ok_or_else(|| Refusal::not_found("supplier"))?;
    let site = store::gateway::site_of(&mut reader.conn, organisation, supplier.id).await?;
    match site {
        Some(site) => shown(&mut reader.conn, &supplier, &site).await.map(Some),
        None => Ok(None),
    }
}

async fn shown(
    conn: &mut Conn,
    supplier: &Supplier,
    site: &SupplierSite,
) -> Result<SiteSettings, AppError> {
    let OciFields { user, password, hook_url } = site.oci_fields.clone();
    Ok(SiteSettings {
        supplier: supplier.name.clone(),
        title: site.title.clone(),
        protocol: site.protocol.word().to_owned(),
        url: site.url.clone(),
        identity: site.identity.clone(),
        user: site.oci_user.clone(),
        fields: [user, password, hook_url],
        more: site.oci_more.clone(),
        price_check: site.price_check.word().to_owned(),
        is_searched: site.is_searched,
        is_on: site.disabled_at.is_none(),
        has_secret: store::gateway::secret(conn, site.id).await?.is_some(),
    })
}

/// Sets a supplier's shop up. What is left out stays as it is; a fresh one begins with the usual.
#[derive(Debug, Clone)]
pub struct SetSite {
    /// The supplier's short name.
    pub supplier: String,
    pub title: Option<String>,
    pub protocol: Option<Protocol>,
    pub url: Option<String>,
    /// An identity without text takes the site's own away.
    pub identity: Option<Identity>,
    pub user: Option<String>,
    /// What the site calls user, password and return address.
    pub fields: [Option<String>; 3],
    pub more: Option<Vec<(String, String)>>,
    pub price_check: Option<PriceCheck>,
    pub is_searched: Option<bool>,
    pub is_on: Option<bool>,
    pub secret: Option<Secret>,
}

impl Command for SetSite {
    type Answer = SiteSettings;
    const NEED: Need = Need::May("delivery", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<SiteSettings, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let supplier = store::supplier::by_name(cx.conn, &self.supplier).await?;
        let supplier = supplier.ok_or_else(|| Refusal::not_found("supplier"))?;
        let known = store::gateway::site_of(cx.conn, organisation, supplier.id).await?;
        let before = match &known {
            Some(site) => Some(shown(cx.conn, &supplier, site).await?),
            None => None,
        };
        let mut site = known.unwrap_or_else(|| fresh(cx, organisation, &supplier));
        self.change(cx, &mut site)?;
        store::gateway::save_site(cx.conn, &site, cx.now).await?;
        if let Some(secret) = &self.secret {
            let length = secret.expose().len();
            if !(1..=MOST_SECRET).contains(&length) {
                return Err(bad("secret", "no text", "1 to 1024 characters").into());
            }
            let place = store::gateway::secret_place(site.id);
            let sealed = cx.app.keys.seal(secret, &place, &*cx.app.entropy);
            store::gateway::set_secret(cx.conn, site.id, &sealed).await?;
        }
        let after = shown(cx.conn, &supplier, &site).await?;
        let mut changes = changes(before.as_ref(), &after);
        if self.secret.is_some() {
            let field = "secret".to_owned();
            changes.push(Change { field, before: String::new(), after: "changed".to_owned() });
        }
        if changes.is_empty() {
            cx.nothing_changed();
        } else {
            let (object, noun) = (site.id.to_string(), "supplier's shop".to_owned());
            cx.fact(Fact::SettingSaved { object, noun, changes });
        }
        Ok(after)
    }
}

fn fresh(
    cx: &Cx<'_>,
    organisation: crate::base::id::OrganisationId,
    supplier: &Supplier,
) -> SupplierSite {
    SupplierSite {
        id: cx.id(),
        organisation,
        supplier: supplier.id,
        title: supplier.title.clone(),
        protocol: Protocol::Cxml,
        url: String::new(),
        identity: None,
        oci_user: String::new(),
        oci_fields: OciFields::usual(),
        oci_more: Vec::new(),
        price_check: PriceCheck::Unasked,
        is_searched: false,
        disabled_at: None,
        version: 0,
    }
}

fn bad(field: &str, got: &str, expected: &str) -> Refusal {
    Refusal::invalid("bad-site", "The supplier's shop cannot be set up like this.")
        .field(field)
        .got(shorten(got, 100))
        .expected(expected)
}

/// What is got when a text holds what no line can.
const CONTROL: &str = "a control character";

/// A text on one line within its bounds; `least` 0 allows none.
fn text(field: &str, given: &str, (least, most): (usize, usize)) -> Result<String, Refusal> {
    if given.trim().contains(char::is_control) {
        return Err(bad(field, CONTROL, "a text on one line"));
    }
    let line = one_line(given);
    let length = line.chars().count();
    if (least..=most).contains(&length) {
        return Ok(line);
    }
    Err(bad(field, &format!("{length} characters"), &format!("{least} to {most} characters")))
}

impl SetSite {
    fn change(&self, cx: &Cx<'_>, site: &mut SupplierSite) -> Result<(), Refusal> {
        if let Some(title) = &self.title {
            site.title = text("title", title, (1, MOST_TITLE))?;
        }
        site.protocol = self.protocol.unwrap_or(site.protocol);
        site.price_check = self.price_check.unwrap_or(site.price_check);
        site.is_searched = self.is_searched.unwrap_or(site.is_searched);
        if let Some(url) = self.url.as_deref().map(str::trim) {
            let rule = &cx.app.site.addresses;
            rule.check_url(url).map_err(|expected| bad("url", url, &expected))?;
            site.url = url.to_owned();
        }
        if let Some(identity) = &self.identity {
            let own = Identity::new(identity.domain.trim(), identity.identity.trim());
            if !own.is_plain() {
                return Err(bad("identity", CONTROL, "letters, digits and signs on one line"));
            }
            site.identity = Some(own).filter(|own| !own.identity.is_empty());
        }
        if let Some(user) = &self.user {
            site.oci_user = text("user", user, (0, MOST_FIELD))?;
        }
        let OciFields { user, password, hook_url } = &mut site.oci_fields;
        let names = ["user_field", "password_field", "hook_field"];
        for ((field, own), given) in
            names.into_iter().zip([user, password, hook_url]).zip(&self.fields)
        {
            if let Some(given) = given {
                *own = text(field, given, (1, MOST_FIELD))?;
            }
        }
        if let Some(more) = &self.more {
            site.oci_more = further(more)?;
        }
        site.disabled_at = match self.is_on {
            Some(true) => None,
            Some(false) => site.disabled_at.or(Some(cx.now)),
            None => site.disabled_at,
        };
        whole(site)
    }
}

fn further(more: &[(String, String)]) -> Result<Vec<(String, String)>, Refusal> {
    if more.len() > MOST_MORE {
        return Err(bad("more", &more.len().to_string(), "at most 20 parameters"));
    }
    more.iter()
        .map(|(name, value)| {
            let name = text("more", name, (1, MOST_FIELD))?;
            Ok((name, text("more", value, (0, MOST_FIELD))?))
        })
        .collect()
}

/// What a site in use cannot be without.
fn whole(site: &SupplierSite) -> Result<(), Refusal> {
    if site.url.is_empty() {
        return Err(bad("url", "nothing", "the address that opens the supplier's shop"));
    }
    if site.protocol == Protocol::Oci && site.oci_user.is_empty() {
        return Err(bad("user", "nothing", "the user name of OCI calls"));
    }
    if site.is_searched && site.protocol != Protocol::Oci {
        return Err(bad("search", "yes", "no: only OCI has a search between programs"));
    }
    let fits = match site.price_check {
        PriceCheck::Unasked => true,
        PriceCheck::Validate => site.protocol == Protocol::Oci,
        PriceCheck::Inspect => site.protocol == Protocol::Cxml,
    };
    if fits {
        return Ok(());
    }
    Err(bad(
        "price_check",
        site.price_check.word(),
        "validate with OCI, inspect with cXML, or none",
    ))
}

fn changes(before: Option<&SiteSettings>, after: &SiteSettings) -> Vec<Change> {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let said = |of: &SiteSettings| {
        let own = of.identity.as_ref();
        let identity = own.map(|own| format!("{} {}", own.domain, own.identity));
        let more: Vec<String> = of.more.iter().map(|(n, v)| format!("{n}={v}")).collect();
        [
            ("title", of.title.clone()),
            ("protocol", of.protocol.clone()),
            ("url", of.url.clone()),
            ("identity", identity.unwrap_or_default()),
            ("user", of.user.clone()),
            ("fields", of.fields.join(" ")),
            ("more", more.join(" ")),
            ("price check", of.price_check.clone()),
            ("searched", yes_no(of.is_searched)),
            ("in use", yes_no(of.is_on)),
        ]
    };
    let was = before.map(said);
    let pairs = said(after).into_iter().enumerate().map(|(at, (field, after))| {
        let before = was.as_ref().map(|was| was[at].1.clone()).unwrap_or_default();
        Change { field: field.to_owned(), before, after }
    });
    pairs.filter(|change| change.before != change.after).collect()
}
