//! The approval model, without the columns that no rule of a set uses.
//!
//! casbin copies every column of every line in every pass, which is most of a plan's time. A
//! clause whose columns are all `*` is true for every line, so leaving it out changes no answer.

use std::collections::BTreeSet;

use super::{
    rule::Rule,
    table::{ANY, unsound},
};
use crate::domain::refusal::Refusal;

const MODEL: &str = include_str!("../../policies/approval.model.conf");

/// A model with the columns that its lines have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub text: String,
    /// In the order of the lines, `id` and `eft` first.
    pub columns: Vec<&'static str>,
}

impl Model {
    /// The model for these rules.
    pub fn of(rules: &[Rule]) -> Result<Self, Refusal> {
        let (head, matcher) = MODEL.split_once("\nm = ").ok_or_else(broken)?;
        let used: BTreeSet<&str> = rules
            .iter()
            .flat_map(Rule::conditions)
            // A currency alone is no condition: it belongs to the amount beside it.
            .filter(|(column, cell)| *cell != ANY && *column != "currency")
            .map(|(column, _)| column)
            .collect();
        let clauses: Vec<&str> = matcher
            .lines()
            .map(|line| line.trim_end_matches('\\').trim().trim_start_matches("&& "))
            .filter(|clause| columns_of(clause).iter().any(|column| used.contains(column)))
            .collect();
        let named: BTreeSet<&str> =
            clauses.iter().flat_map(|clause| columns_of(clause)).chain(["id", "eft"]).collect();
        let before = head.lines().find(|line| line.starts_with("p = ")).ok_or_else(broken)?;
        let columns: Vec<&'static str> = before
            .trim_start_matches("p = ")
            .split(", ")
            .filter(|column| named.contains(column))
            .collect();
        let after = format!("p = {}", columns.join(", "));
        let matcher = if clauses.is_empty() { "true".to_owned() } else { clauses.join(" && ") };
        Ok(Self { text: format!("{}\nm = {matcher}\n", head.replace(before, &after)), columns })
    }

    /// A rule as the line of this model.
    pub fn line(&self, rule: &Rule) -> Vec<String> {
        let cell = |column: &str| match column {
            "id" => rule.id.clone(),
            "eft" => rule.eft().to_owned(),
            _ => rule
                .conditions()
                .find(|(name, _)| *name == column)
                .map_or_else(|| ANY.to_owned(), |(_, cell)| cell.to_owned()),
        };
        self.columns.iter().map(|column| cell(column)).collect()
    }
}

fn broken() -> Refusal {
    unsound("approval", "p and m in approval.model.conf", "a model without them")
}

/// The columns that a clause names as `p.column`.
fn columns_of(clause: &str) -> Vec<&str> {
    clause
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
        .filter_map(|word| word.strip_prefix("p."))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::role::Role,
        policy::rule::{CONDITIONS, read},
    };

    fn rules(csv: &str) -> Vec<Rule> {
        read(csv, &Role::KNOWN.iter().cloned().collect()).unwrap()
    }

    #[test]
    fn a_model_has_the_columns_its_rules_use_and_those_asked_with_them() {
        let model = Model::of(&rules(
            "id,effect,limit,above,currency,supplier,place,approver\n\
             a,allow,over,*,*,*,tier-1,manager\nb,allow,*,5.00,EUR,shop,tier-2,manager\n",
        ));
        let model = model.unwrap();
        let columns =
            ["id", "eft", "account", "supplier", "category", "above", "currency", "limit"];
        assert_eq!(model.columns, columns);
        assert!(!model.text.contains("p.budget") && model.text.contains("someLine("));
        assert_eq!(model.text.matches(" = ").count(), 4, "{}", model.text);
    }

    #[test]
    fn rules_without_conditions_match_always() {
        let model = Model::of(&rules("id,effect,place,approver\na,allow,tier-1,manager\n"));
        let model = model.unwrap();
        assert_eq!(model.columns, ["id", "eft"]);
        assert!(model.text.ends_with("\nm = true\n"));
    }

    #[test]
    fn the_model_asks_about_every_condition_a_rule_can_have() {
        let (_, matcher) = MODEL.split_once("\nm = ").unwrap();
        let asked: BTreeSet<&str> = columns_of(matcher).into_iter().collect();
        assert_eq!(asked, CONDITIONS.iter().copied().collect());
    }
}
