//! The approval model as casbin reads it, and a rule as one of its lines.

use super::{
    rule::{Effect, FIELD, LINE_FIELD, Rule},
    table::{ANY, unsound},
};
use crate::domain::refusal::Refusal;

const MODEL: &str = include_str!("../../policies/approval.model.conf");

/// The model with the columns that its lines have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub text: String,
    /// In the order of the lines, `id` and `eft` first.
    columns: Vec<&'static str>,
}

impl Model {
    /// The model for these rules. Clauses whose columns no rule uses are left out: each is true for
    /// every line, and casbin copies every column of every line in every pass.
    pub fn of(rules: &[Rule]) -> Result<Self, Refusal> {
        let (head, matcher) = MODEL.split_once("\nm = ").ok_or_else(broken)?;
        // A currency alone is no condition: it belongs to the amount beside it.
        let uses = |column: &&str| {
            *column != "currency" && rules.iter().any(|rule| cell(rule, column) != ANY)
        };
        let clauses: Vec<&str> = matcher
            .lines()
            .map(|line| line.trim_end_matches('\\').trim().trim_start_matches("&& "))
            .filter(|clause| columns_of(clause).iter().any(uses))
            .collect();
        let named: Vec<&str> =
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
        self.columns.iter().map(|column| cell(rule, column)).collect()
    }
}

/// One column of a rule's line, as casbin gets it.
fn cell(rule: &Rule, column: &str) -> String {
    let own = |prefix: &str, name: &str| {
        let own = rule.cells.iter().filter(|(_, cell)| cell != ANY);
        own.filter_map(|(column, cell)| Some((column.strip_prefix(prefix)?, cell)))
            .map(|(column, cell)| format!("{name}{column}={cell}"))
            .collect::<Vec<_>>()
    };
    let packed =
        |tests: Vec<String>| if tests.is_empty() { ANY.to_owned() } else { tests.join(";") };
    match column {
        "id" => rule.id.clone(),
        "eft" if rule.effect == Effect::Block => "deny".to_owned(),
        "eft" => "allow".to_owned(),
        "fields" => packed(own(FIELD, "")),
        "line" => {
            let mut tests = own(LINE_FIELD, "field:");
            for (name, column) in
                [("eclass", "eclass"), ("status", "supplier_status"), ("kind", "line")]
            {
                let cell = rule.cell(column);
                tests.extend((cell != ANY).then(|| format!("{name}={cell}")));
            }
            if rule.cell("line_above") != ANY {
                let (limit, currency) = (rule.cell("line_above"), rule.cell("currency"));
                tests.push(format!("above={limit} {currency}"));
            }
            packed(tests)
        }
        _ => rule.cell(column).to_owned(),
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
    use crate::{domain::role::Role, policy::rule::read};

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
            ["id", "eft", "line", "account", "supplier", "category", "above", "currency", "limit"];
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
    fn what_has_no_column_of_its_own_is_packed_into_two() {
        let set = "id,effect,line_above,currency,line,eclass,field:urgent,line_field:gift,place,approver\n\
                   a,allow,5.00,EUR,contract|free_text,21,yes,none,tier-1,manager\n";
        let rules = rules(set);
        let line = Model::of(&rules).unwrap().line(&rules[0]);
        assert_eq!(line[2], "field:gift=none;eclass=21;kind=contract|free_text;above=5.00 EUR");
        assert!(line.contains(&"urgent=yes".to_owned()), "{line:?}");
    }
}
