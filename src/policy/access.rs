//! May this role do that? casbin holds the answer: a role, in an organisation, an action on an
//! object.
//!
//! Whatever is not a clear yes is a no: an unknown word, an error, two lines that contradict.
//! A yes here opens no task: only its assignee decides it (`domain::approval::decide`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use casbin::{CoreApi, Enforcer};

use super::{
    engine::{self, Lines},
    table::{ANY, records, unsound},
};
use crate::domain::{refusal::Refusal, role::Role};

mod line;

use line::check_inheritance;
pub use line::is_known;
use line::known_words;
use line::{check_grant, is_part, is_role};

const MODEL: &str = include_str!("../../policies/access.model.conf");
const SET: &str = "access";

/// The objects of the product and what can be done with each. A set that names another word is
/// refused, and a question with another word is a no.
pub const VOCABULARY: &[(&str, &[&str])] = &[
    ("address", &["read", "create", "edit"]),
    ("audit", &["read", "export", "verify"]),
    ("budget", &["read", "read-all", "create", "edit"]),
    ("cart", &["read", "create", "edit", "submit", "transfer"]),
    ("catalogue", &["read", "edit", "import"]),
    ("cost-center", &["read", "create", "edit"]),
    ("delegation", &["read", "create", "edit", "receive"]),
    ("delivery", &["read", "read-all", "edit", "resend"]),
    ("document", &["read"]),
    ("invoice", &["read", "read-all", "create", "decide", "resend"]),
    ("order", &["read", "read-all", "create", "confirm", "ship", "receive", "resend", "cancel"]),
    ("organisation", &["read", "read-all", "create", "edit"]),
    ("partner", &["read", "create", "edit"]),
    ("person", &["read", "read-all", "create", "edit", "invite", "disable"]),
    ("policy", &["read", "read-all", "edit", "activate", "check", "replay"]),
    ("price", &["read", "create", "edit"]),
    ("punchout", &["create"]),
    ("requisition", &["read", "read-all", "edit", "withdraw", "comment"]),
    ("role", &["read", "edit"]),
    ("supplier", &["read", "read-all", "create", "edit"]),
    ("task", &["read", "read-all", "decide"]),
];

/// What a person can have had to do with the goods of an order. These stand where a role stands in
/// lines about what follows, [`FOLLOWS`]; nobody is given them, they follow from what was done.
pub const PARTS: [Role; 3] = [Role::GOODS_REQUESTER, Role::GOODS_APPROVER, Role::GOODS_RECEIVER];

/// What lines about [`PARTS`] can be about: taking the goods in, and deciding on their invoice.
const FOLLOWS: [(&str, &str); 2] = [("invoice", "decide"), ("order", "receive")];

/// What one role's lines say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Allowed,
    Denied,
    Silent,
}

/// (role, organisation or `*` when no line names it, object, action): all words of the set or of
/// the vocabulary, so there are few, and a key is compared whole.
type Question = (String, String, &'static str, &'static str);

/// The access policy of one organisation in one version. Immutable; swapped whole.
pub struct Access {
    enforcer: Enforcer,
    roles: BTreeSet<Role>,
    organisations: BTreeSet<String>,
    /// Answers already given. They cannot grow stale: the set never changes.
    known: RwLock<BTreeMap<Question, Answer>>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({} roles)", self.roles.len())
    }
}

impl Access {
    /// Reads a set, or refuses it as `policy-unsound` with the line that is wrong.
    pub fn load(csv: &str) -> Result<Arc<Self>, Refusal> {
        let (mut grants, mut inherits) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (at, cells) in records(SET, csv)? {
            let wrong =
                |expected: &str| unsound(SET, expected, format!("line {at}: {}", cells.join(", ")));
            if !seen.insert(cells.clone()) {
                return Err(wrong("each line once"));
            }
            match cells.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["p", role, org, object, action, eft] => {
                    check_grant([role, org, object, action, eft]).map_err(|what| wrong(&what))?;
                    grants.push(cells[1..].to_vec());
                }
                ["g", role, parent]
                    if is_role(role) && is_role(parent) && role != parent && !is_part(role) =>
                {
                    inherits.push(cells[1..].to_vec());
                }
                _ => {
                    return Err(wrong(
                        "p, role, organisation or *, object, action or *, allow or deny; or g, \
                         role, role",
                    ));
                }
            }
        }
        check_inheritance(&inherits)?;
        let column = |lines: &[Vec<String>], at: usize| -> BTreeSet<String> {
            lines.iter().filter_map(|line| line.get(at)).cloned().collect()
        };
        let mut names = column(&grants, 0);
        names.extend(column(&inherits, 0));
        let mut roles: BTreeSet<Role> = names.iter().filter_map(|name| name.parse().ok()).collect();
        roles.retain(|role| !PARTS.contains(role));
        let organisations = column(&grants, 1);
        let lines = vec![Lines { kind: "p", lines: grants }, Lines { kind: "g", lines: inherits }];
        let enforcer = engine::enforcer(SET, MODEL, lines, &[])?;
        let access = Self { enforcer, roles, organisations, known: RwLock::default() };
        access.check_separation()?;
        Ok(Arc::new(access))
    }

    /// The roles that the set knows and people can be given.
    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// Whether one of the roles may do this, and none of them is denied it. Ask at each act with
    /// the roles as they stand in the database.
    pub fn may<'r>(
        &self,
        roles: impl IntoIterator<Item = &'r Role>,
        organisation: &str,
        object: &str,
        action: &str,
    ) -> bool {
        let Some((object, action)) = known_words(object, action) else { return false };
        let mut allowed = false;
        for role in roles {
            match self.answer(role, organisation, object, action) {
                Answer::Allowed => allowed = true,
                Answer::Denied => return false,
                Answer::Silent => {}
            }
        }
        allowed
    }

    /// Whether a line keeps the role from it; silence does not.
    pub fn denies(&self, role: &Role, organisation: &str, object: &str, action: &str) -> bool {
        known_words(object, action).is_some_and(|(object, action)| {
            self.answer(role, organisation, object, action) == Answer::Denied
        })
    }

    fn answer(
        &self,
        role: &Role,
        organisation: &str,
        object: &'static str,
        action: &'static str,
    ) -> Answer {
        if !self.roles.contains(role) && !PARTS.contains(role) {
            return Answer::Silent;
        }
        // An organisation that no line names meets the lines of `*` alone, like any other such.
        let organisation =
            if self.organisations.contains(organisation) { organisation } else { ANY };
        let question = (role.as_str().to_owned(), organisation.to_owned(), object, action);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&question) {
            return *answer;
        }
        drop(known);
        let answer = match self.enforcer.enforce_ex((role.as_str(), organisation, object, action)) {
            Ok((true, _)) => Answer::Allowed,
            Ok((false, lines)) if lines.is_empty() => Answer::Silent,
            Ok((false, _)) | Err(_) => Answer::Denied,
        };
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(question, answer);
        answer
    }

    /// Refuses a set in which one role, whatever it is called and from whichever other roles it has
    /// its rights, keeps the policies and decides tasks. Asked when a set is saved, and not of one
    /// that is in force already: it could not be mended any more.
    pub fn check_keepers(&self) -> Result<(), Refusal> {
        for organisation in &self.organisations {
            let may = |role: &Role, on: &str, to: &str| self.may([role], organisation, on, to);
            let keeps =
                |role: &&Role| may(role, "policy", "edit") || may(role, "policy", "activate");
            let mut keepers = self.roles.iter().filter(keeps);
            if let Some(role) = keepers.find(|role| may(role, "task", "decide")) {
                return Err(unsound(
                    SET,
                    "who keeps the policies decides no task",
                    format!(
                        "role {role} may decide a task and change policies in organisation \
                         {organisation}"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Refuses a set that lets admins decide, or that nobody could mend any more.
    fn check_separation(&self) -> Result<(), Refusal> {
        for organisation in &self.organisations {
            if self.may([&Role::ADMIN], organisation, "task", "decide") {
                return Err(unsound(
                    SET,
                    "admins keep the rules and decide no task",
                    format!("role admin may decide a task in organisation {organisation}"),
                ));
            }
        }
        for action in ["edit", "activate"] {
            let someone = self.roles.iter().any(|role| {
                self.organisations.iter().any(|org| self.may([role], org, "policy", action))
            });
            if !someone {
                return Err(unsound(
                    SET,
                    "a role that may edit and activate policies",
                    format!("no role may {action} a policy, so nobody could mend this set"),
                ));
            }
        }
        Ok(())
    }
}

/// The lines of the shipped set that another one has not, whatever they allow or deny there: a
/// right that came with a newer version is nobody's until a line gives it.
pub fn missing(live: &str, shipped: &str) -> Result<Vec<String>, Refusal> {
    let live: Vec<Vec<String>> = records(SET, live)?.into_iter().map(|(_, cells)| cells).collect();
    let has = |wanted: &[String]| {
        live.iter().any(|own| match (own.as_slice(), wanted) {
            ([kind, role, _, object, action, _], [wanted, of, _, on, to, _]) => {
                (kind, role, object) == (wanted, of, on) && (action == to || action == ANY)
            }
            (own, wanted) => own == wanted,
        })
    };
    let lines = records(SET, shipped)?.into_iter().filter(|(_, cells)| !has(cells));
    Ok(lines.map(|(_, cells)| cells.join(", ")).collect())
}

#[cfg(test)]
mod tests;
