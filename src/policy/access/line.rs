//! Checking the lines of an access policy.

use std::collections::BTreeMap;

use crate::domain::{
    refusal::Refusal,
    role::{Role, is_kebab},
};

use super::{
    super::table::{ANY, unsound},
    FOLLOWS, PARTS, SET, VOCABULARY,
};

/// Whether the vocabulary has this object with this action.
pub fn is_known(object: &str, action: &str) -> bool {
    known_words(object, action).is_some()
}

pub(super) fn known_words(object: &str, action: &str) -> Option<(&'static str, &'static str)> {
    let (object, actions) = VOCABULARY.iter().find(|(name, _)| *name == object)?;
    actions.iter().find(|name| **name == action).map(|action| (*object, *action))
}

pub(super) fn is_part(text: &str) -> bool {
    PARTS.iter().any(|part| part.as_str() == text)
}

pub(super) fn is_role(text: &str) -> bool {
    text.parse::<Role>().is_ok()
}

pub(super) fn check_grant([role, org, object, action, eft]: [&str; 5]) -> Result<(), String> {
    if !is_role(role) {
        return Err("a role in kebab-case such as it-reviewer".to_owned());
    }
    if org != ANY && !is_kebab(org) {
        return Err("an organisation's short name such as acme, or *".to_owned());
    }
    let Some((_, actions)) = VOCABULARY.iter().find(|(name, _)| *name == object) else {
        let objects: Vec<&str> = VOCABULARY.iter().map(|(name, _)| *name).collect();
        return Err(format!("an object of {}", objects.join(", ")));
    };
    if action != ANY && !actions.contains(&action) {
        return Err(format!("an action of {} or * for {object}", actions.join(", ")));
    }
    if is_part(role) && !FOLLOWS.contains(&(object, action)) {
        return Err(format!("invoice, decide or order, receive: what {role} is about"));
    }
    if eft != "allow" && eft != "deny" {
        return Err("allow or deny".to_owned());
    }
    Ok(())
}

/// The deepest chain of roles; casbin follows ten and silently stops.
const MAX_ROLE_DEPTH: usize = 9;

/// Refuses roles that inherit from themselves and chains deeper than casbin follows.
pub(super) fn check_inheritance(lines: &[Vec<String>]) -> Result<(), Refusal> {
    let mut parents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines {
        if let [role, parent] = &line[..] {
            parents.entry(role).or_default().push(parent);
        }
    }
    for start in parents.keys() {
        let mut layer = vec![*start];
        for _ in 0..MAX_ROLE_DEPTH {
            layer = layer.iter().filter_map(|role| parents.get(role)).flatten().copied().collect();
            layer.sort_unstable();
            layer.dedup();
        }
        if !layer.is_empty() {
            return Err(unsound(
                SET,
                format!("roles that end after {MAX_ROLE_DEPTH} steps and never in a circle"),
                format!("role {start} inherits in a circle or too deep: {}", layer.join(", ")),
            ));
        }
    }
    Ok(())
}
