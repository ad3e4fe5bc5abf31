//! What the organisation's registers say of a draft: groups, unit, suppliers' status, owners; and
//! what the requester wishes beside the lines, checked against them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    base::{
        id::{ItemId, OrganisationId},
        text::{one_line, shorten},
        time::Day,
    },
    domain::{
        approval::{AdHoc, LineKind, Person, SupplierStatus},
        cart::Account,
        party,
        refusal::Refusal,
        requisition::{Added, Extras, RequisitionLine},
    },
    store::{self, Conn},
};

use super::{
    super::{App, AppError, Rules},
    facts::{Draft, known, may_decide, supplier_names},
};

/// What a requester says when a cart is handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The cost centre's code.
    pub cost_center: String,
    /// The ship-to address's code; the organisation's default without one.
    pub ship_to: Option<String>,
    pub needed_on: Option<Day>,
    pub comment: Option<String>,
    /// The project's code.
    pub project: Option<String>,
    /// The account that the lines are charged to, and another one of single lines, by line number
    /// from 1.
    pub account: Option<String>,
    pub line_accounts: BTreeMap<u32, String>,
    /// The organisation's own fields.
    pub fields: BTreeMap<String, String>,
    /// The same of lines, by line number from 1.
    pub line_fields: BTreeMap<u32, BTreeMap<String, String>>,
    /// Who is to be asked as well: e-mail address and reason.
    pub ad_hoc: Vec<(String, String)>,
}

/// The registers as far as one draft needs them.
pub(super) struct Registers {
    pub unit: Option<String>,
    pub groups: BTreeMap<String, Vec<Person>>,
    pub statuses: BTreeMap<String, SupplierStatus>,
    pub contract_owners: BTreeMap<String, Person>,
    pub cost_center_owner: Option<Person>,
    pub ad_hoc: Vec<AdHoc>,
}

impl Registers {
    pub async fn read(conn: &mut Conn, rules: &Rules, draft: &Draft) -> Result<Self, AppError> {
        let organisation = draft.organisation.id;
        let mail = draft.requester.email.as_str();
        let unit = store::register::of_name(conn, organisation, "units", mail).await?;
        let mut groups = BTreeMap::new();
        for group in rules.approval.groups_asked() {
            let people = colleagues(conn, organisation, &group).await?;
            let people = people.iter().map(|one| may_decide(rules, one)).collect();
            groups.insert(group.clone(), people);
        }
        let (mut statuses, mut contract_owners) = (BTreeMap::new(), BTreeMap::new());
        let names: BTreeSet<String> =
            supplier_names(conn, &draft.lines).await?.into_values().collect();
        for name in names {
            let found = store::register::of_name(conn, organisation, "suppliers", &name).await?;
            let Some(entry) = found.into_iter().next() else { continue };
            if let Ok(status) = entry.value.parse() {
                statuses.insert(name.clone(), status);
            }
            if let Some(owner) = colleague(conn, organisation, &entry.owner).await? {
                contract_owners.insert(name, may_decide(rules, &owner));
            }
        }
        let owner = draft.cost_center.as_ref().and_then(|center| center.owner);
        let cost_center_owner = match owner {
            Some(owner) => store::person::get(conn, owner).await?,
            None => None,
        };
        let cost_center_owner = cost_center_owner.map(|owner| may_decide(rules, &owner));
        let mut ad_hoc = Vec::new();
        for added in &draft.extras.ad_hoc {
            if let Some(person) = store::person::get(conn, added.person).await? {
                ad_hoc.push(AdHoc {
                    person: may_decide(rules, &person),
                    reason: added.reason.clone(),
                });
            }
        }
        let unit = unit.into_iter().next().map(|entry| entry.value);
        Ok(Self { unit, groups, statuses, contract_owners, cost_center_owner, ad_hoc })
    }
}

/// The people of a group.
pub(in crate::app) async fn members(
    conn: &mut Conn,
    organisation: OrganisationId,
    group: &str,
) -> Result<Vec<Person>, AppError> {
    Ok(colleagues(conn, organisation, group).await?.iter().map(known).collect())
}

async fn colleagues(
    conn: &mut Conn,
    organisation: OrganisationId,
    group: &str,
) -> Result<Vec<party::Person>, AppError> {
    let mut people = Vec::new();
    for entry in store::register::of_name(conn, organisation, "groups", group).await? {
        people.extend(colleague(conn, organisation, &entry.value).await?);
    }
    Ok(people)
}

/// The organisation's own person of this e-mail address.
pub(in crate::app) async fn colleague(
    conn: &mut Conn,
    organisation: OrganisationId,
    mail: &str,
) -> Result<Option<party::Person>, AppError> {
    let Ok(email) = mail.parse() else { return Ok(None) };
    let found = store::person::by_email(conn, &email).await?;
    Ok(found.filter(|person| person.organisation() == Some(organisation)))
}

/// What the catalogue says of the lines' items.
pub(super) struct Items(HashMap<ItemId, (String, bool)>);

impl Items {
    pub async fn read(conn: &mut Conn, draft: &Draft) -> Result<Self, AppError> {
        let organisation = draft.organisation.id;
        let ids: BTreeSet<ItemId> = draft.lines.iter().filter_map(|line| line.goods.item).collect();
        let mut found = HashMap::with_capacity(ids.len());
        for id in ids {
            if let Some(item) = store::register::item(conn, id, organisation).await? {
                found.insert(id, item);
            }
        }
        Ok(Self(found))
    }

    fn of(&self, line: &RequisitionLine) -> Option<&(String, bool)> {
        line.goods.item.and_then(|id| self.0.get(&id))
    }

    pub fn eclass(&self, line: &RequisitionLine) -> Option<String> {
        self.of(line).map(|(code, _)| code.clone()).filter(|code| !code.is_empty())
    }

    pub fn kind(&self, line: &RequisitionLine) -> LineKind {
        match self.of(line) {
            Some((_, true)) => LineKind::Contract,
            Some((_, false)) => LineKind::Catalogue,
            None => LineKind::FreeText,
        }
    }
}

/// The name of an account that a requester says.
const ACCOUNT: &str = "Account";
/// Characters of one.
const ACCOUNT_LENGTH: usize = 100;

/// Charges the lines to the accounts that the requester says.
pub(super) fn charge(lines: &mut [RequisitionLine], wish: &Wish) -> Result<(), Refusal> {
    let bad = |field: String, got: &str, expected: String| {
        Refusal::invalid("bad-account", "This cannot be charged.")
            .field(field)
            .got(shorten(got, 80))
            .expected(expected)
    };
    let last = lines.len();
    if let Some((line, _)) = wish
        .line_accounts
        .iter()
        .find(|(line, _)| !usize::try_from(**line).is_ok_and(|line| (1..=last).contains(&line)))
    {
        let field = format!("line_accounts.{line}");
        return Err(bad(field, &line.to_string(), format!("a line number from 1 to {last}")));
    }
    for (number, line) in (1..).zip(lines) {
        let own = wish.line_accounts.get(&number);
        let Some(said) = own.or(wish.account.as_ref()) else { continue };
        let value = one_line(said);
        if value.chars().count() > ACCOUNT_LENGTH {
            let field = own.map_or("account".to_owned(), |_| format!("line_accounts.{number}"));
            return Err(bad(field, said, format!("at most {ACCOUNT_LENGTH} characters")));
        }
        if !value.is_empty() {
            line.accounts.push(Account { name: ACCOUNT.to_owned(), value });
        }
    }
    Ok(())
}

/// What the requester wishes beside the lines, as it will be signed.
pub(super) async fn extras(
    app: &App,
    conn: &mut Conn,
    requester: &party::Person,
    wish: &Wish,
) -> Result<Extras, AppError> {
    let organisation = requester.organisation().ok_or_else(|| Refusal::not_found("cart"))?;
    let project = wish.project.as_deref().map(str::trim).filter(|code| !code.is_empty());
    if let Some(code) = project {
        let known = store::register::all(conn, organisation, "projects").await?;
        if !known.iter().any(|entry| entry.name == code) {
            let codes: Vec<&str> = known.iter().map(|entry| entry.name.as_str()).collect();
            return Err(Refusal::invalid("unknown-project", "There is no such project.")
                .field("project")
                .got(shorten(code, 40))
                .expected(if codes.is_empty() { "no project".to_owned() } else { codes.join(", ") })
                .mend("Choose another project, or ask an admin to add it.")
                .into());
        }
    }
    let mut ad_hoc = Vec::new();
    for (mail, reason) in &wish.ad_hoc {
        let person = approver(app, conn, requester, mail.trim()).await?;
        ad_hoc.push(Added { person: person.id, reason: reason.trim().to_owned() });
    }
    let extras = Extras {
        project: project.map(str::to_owned),
        fields: wish.fields.clone(),
        line_fields: wish.line_fields.clone(),
        ad_hoc,
        ..Extras::default()
    };
    extras.check()?;
    Ok(extras)
}

/// Somebody whom the requester may add: a colleague who may decide, and not himself.
async fn approver(
    app: &App,
    conn: &mut Conn,
    requester: &party::Person,
    mail: &str,
) -> Result<party::Person, AppError> {
    let organisation = requester.organisation();
    let home = organisation.ok_or_else(|| Refusal::not_found("cart"))?;
    let rights = app.policies.rights(conn, organisation).await?;
    let found = colleague(conn, home, mail).await?.filter(|person| {
        person.is_active()
            && person.id != requester.id
            && rights.may(&person.roles, "task", "decide")
    });
    found.ok_or_else(|| {
        Refusal::invalid("no-such-approver", "This person cannot be asked.")
            .field("ad_hoc")
            .got(shorten(mail, 80))
            .expected("the e-mail address of a colleague who may approve, other than yourself")
            .mend("Name somebody with an approver's role, or leave it out.")
            .into()
    })
}
