//! What a budget is for: a cost centre, a project or an account.

use crate::base::{id::CostCenterId, words::words};

use super::super::cart::Account;

words! {
    /// What a budget is for.
    SubjectKind {
        CostCenter = "cost_center",
        Project = "project",
        Account = "account",
    }
}

impl SubjectKind {
    /// As sentences say it: `project P-17`.
    pub const fn said(self) -> &'static str {
        match self {
            Self::CostCenter => "cost centre",
            Self::Project => "project",
            Self::Account => "account",
        }
    }
}

/// Whose money a budget holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    pub kind: SubjectKind,
    /// The cost centre's id, the project's code or the account.
    pub key: String,
}

impl Subject {
    pub fn cost_center(id: CostCenterId) -> Self {
        Self { kind: SubjectKind::CostCenter, key: id.to_string() }
    }

    pub fn project(code: &str) -> Self {
        Self { kind: SubjectKind::Project, key: code.to_owned() }
    }

    pub fn account(value: &str) -> Self {
        Self { kind: SubjectKind::Account, key: value.to_owned() }
    }

    /// Whether a line that is charged to these accounts counts against it, in a requisition of this
    /// cost centre and project. A line may name its own project among its accounts.
    pub fn counts(&self, of: &Charged<'_>, accounts: &[Account]) -> bool {
        let named = |project: bool| {
            accounts.iter().any(|account| {
                account.value == self.key && account.name.eq_ignore_ascii_case("project") == project
            })
        };
        match self.kind {
            SubjectKind::CostCenter => of.cost_center.is_some_and(|id| id.to_string() == self.key),
            SubjectKind::Project => of.project == Some(&self.key) || named(true),
            SubjectKind::Account => named(false),
        }
    }
}

/// What a whole requisition is charged to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charged<'a> {
    pub cost_center: Option<CostCenterId>,
    pub project: Option<&'a str>,
}

impl Charged<'_> {
    /// Everything that lines of these accounts may count against, each once: the cost centre first.
    pub fn subjects<'l>(&self, lines: impl Iterator<Item = &'l [Account]>) -> Vec<Subject> {
        let mut found: Vec<Subject> = Vec::new();
        found.extend(self.cost_center.map(Subject::cost_center));
        found.extend(self.project.map(Subject::project));
        for account in lines.flatten().filter(|account| !account.value.is_empty()) {
            let subject = match account.name.eq_ignore_ascii_case("project") {
                true => Subject::project(&account.value),
                false => Subject::account(&account.value),
            };
            if !found.contains(&subject) {
                found.push(subject);
            }
        }
        found
    }
}
