//! Reading approval rules from CSV, cell by cell.

use std::collections::BTreeSet;

use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{ApproverSource, LineKind, Mode, Place, SupplierStatus},
        refusal::Refusal,
        requisition::RequisitionSource,
        role::Role,
    },
};

use super::{
    super::table::{ANY, Row, Table, unsound},
    COLUMNS, Effect, FIELD, FieldTest, LINE_FIELD, LineTest, NEEDED, Rule,
};

/// Reads a set; `roles` are those that the access policy knows.
pub fn read(csv: &str, roles: &BTreeSet<Role>) -> Result<Vec<Rule>, Refusal> {
    let table = Table::read("approval", csv, &known(csv), NEEDED)?;
    let rules: Vec<Rule> =
        table.rows().iter().map(|row| rule(row, roles)).collect::<Result<_, _>>()?;
    if !rules.iter().any(|rule| matches!(rule.effect, Effect::Ask { .. })) {
        return Err(unsound(
            "approval",
            "at least one line with effect allow",
            "a set that asks nobody, whatever is ordered",
        ));
    }
    Ok(rules)
}

/// The columns that a header may name: those of the product, and the organisation's own fields.
fn known(csv: &str) -> Vec<&str> {
    let header = csv.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty());
    let own = header.into_iter().flat_map(|line| line.split(',')).map(str::trim);
    COLUMNS.iter().copied().chain(own.filter(|column| is_field_column(column))).collect()
}

pub(super) fn rule(row: &Row<'_>, roles: &BTreeSet<Role>) -> Result<Rule, Refusal> {
    let (above, up_to) = bounds(row)?;
    let sources: Vec<_> =
        RequisitionSource::ALL.iter().map(|source| (source.word(), *source)).collect();
    let is_condition =
        |column: &&str| !["id", "effect", "place", "approver", "vote", "because"].contains(column);
    Ok(Rule {
        id: row.id()?,
        effect: effect(row, roles)?,
        over_limit: one_of(row, "limit", &[("over", true), ("within", false)])?,
        above,
        up_to,
        line: line(row)?,
        cost_center: list(row, "cost_center", is_name, "cost centres such as 4100|4200")?,
        project: list(row, "project", is_name, "projects such as p-17, or none")?,
        country: list(row, "country", is_country, "countries by ISO 3166 code such as DE|AT")?,
        unit: list(row, "unit", is_name, "units such as plant-2, or none")?,
        fields: fields(row, FIELD)?,
        source: one_of(row, "source", &sources)?,
        flagged: one_of(row, "flagged", &[("yes", true)])?.unwrap_or(false),
        budget_exceeded: one_of(row, "budget", &[("exceeded", true)])?.unwrap_or(false),
        requester: names(row, "requester")
            .into_iter()
            .map(|name| row.known_role("requester", &name, roles))
            .collect::<Result<_, _>>()?,
        because: Some(row.cell("because")).filter(|text| *text != ANY).map(str::to_owned),
        cells: row
            .columns()
            .filter(is_condition)
            .map(|column| (column.to_owned(), row.cell(column).to_owned()))
            .collect(),
    })
}

/// What one line must meet; `None` when the rule says nothing about lines.
pub(super) fn line(row: &Row<'_>) -> Result<Option<LineTest>, Refusal> {
    let above = match (row.cell("line_above"), row.cell("currency").parse::<Currency>()) {
        (ANY, _) => None,
        (_, Ok(currency)) => row.amount("line_above", currency)?,
        (_, Err(_)) => {
            return Err(row.unsound("currency", "the currency of the amount, such as EUR"));
        }
    };
    let test = LineTest {
        category: list(row, "category", is_category, "UNSPSC prefixes such as 43 or 43|4410")?,
        eclass: list(row, "eclass", is_category, "eCl@ss prefixes such as 19 or 21|2701")?,
        supplier: list(row, "supplier", is_name, "suppliers by short name, such as office-one")?,
        status: words_of(row, "supplier_status", SupplierStatus::ALL, SupplierStatus::word)?,
        kind: words_of(row, "line", LineKind::ALL, LineKind::word)?,
        account: list(row, "account", is_name, "accounts such as 6400|6410")?,
        above,
        fields: fields(row, LINE_FIELD)?,
    };
    Ok(Some(test).filter(|test| *test != LineTest::default()))
}

fn words_of<T: Copy>(
    row: &Row<'_>,
    column: &str,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<Vec<T>, Refusal> {
    let one = |name: &String| all.iter().find(|value| word(**value) == name).copied();
    let known: Vec<&str> = all.iter().map(|value| word(*value)).collect();
    names(row, column)
        .iter()
        .map(|name| one(name).ok_or_else(|| row.unsound(column, known.join(", "))))
        .collect()
}

/// The conditions on the organisation's own fields, by the header's columns.
pub(super) fn fields(row: &Row<'_>, prefix: &str) -> Result<Vec<FieldTest>, Refusal> {
    let mut found = Vec::new();
    for column in row.columns() {
        let Some(name) = column.strip_prefix(prefix) else { continue };
        let values = list(row, column, is_value, "values such as yes|no, without = ; |")?;
        if !values.is_empty() {
            found.push(FieldTest { name: name.to_owned(), values });
        }
    }
    Ok(found)
}

/// Whether a column is one of the organisation's own fields.
pub fn is_field_column(column: &str) -> bool {
    [FIELD, LINE_FIELD].iter().any(|prefix| column.strip_prefix(prefix).is_some_and(is_name))
}

fn bounds(row: &Row<'_>) -> Result<(Option<Money>, Option<Money>), Refusal> {
    let named = row.cell("currency");
    if named == ANY {
        return match ["above", "up_to"].iter().find(|column| row.cell(column) != ANY) {
            Some(_) => Err(row.unsound("currency", "the currency of the amount, such as EUR")),
            None => Ok((None, None)),
        };
    }
    let currency: Currency =
        named.parse().map_err(|_| row.unsound("currency", "a currency of ISO 4217 such as EUR"))?;
    let above = row.amount("above", currency)?;
    let up_to = row.amount("up_to", currency)?;
    if let (Some(low), Some(high)) = (above, up_to)
        && low.minor() >= high.minor()
    {
        return Err(row.unsound("up_to", "an amount higher than above; no order is in between"));
    }
    Ok((above, up_to))
}

pub(super) fn effect(row: &Row<'_>, roles: &BTreeSet<Role>) -> Result<Effect, Refusal> {
    let word = row.cell("effect");
    let unused: &[&str] = match word {
        "allow" => &[],
        "deny" | "warn" => &["place", "approver", "vote"],
        "watch" => &["place", "vote"],
        _ => return Err(row.unsound("effect", "allow, deny, warn or watch")),
    };
    if let Some(column) = unused.iter().find(|column| row.cell(column) != ANY) {
        return Err(row.unsound(column, format!("* in a line with effect {word}")));
    }
    if matches!(word, "deny" | "warn") {
        if row.cell("because") == ANY {
            let expected = format!("a message for the requester in a line with effect {word}");
            return Err(row.unsound("because", expected));
        }
        return Ok(if word == "deny" { Effect::Block } else { Effect::Warn });
    }
    let source = row
        .cell("approver")
        .parse::<ApproverSource>()
        .map_err(|expected| row.unsound("approver", expected))?;
    if let ApproverSource::Role(role) = &source {
        row.known_role("approver", role.as_str(), roles)?;
    }
    if word == "watch" {
        return Ok(Effect::Watch(source));
    }
    let place =
        row.cell("place").parse::<Place>().map_err(|expected| row.unsound("place", expected))?;
    let mode = match row.cell("vote") {
        ANY => Mode::Any,
        vote => vote.parse::<Mode>().map_err(|expected| row.unsound("vote", expected))?,
    };
    if mode != Mode::Any && source == ApproverSource::ManagerChain {
        return Err(row.unsound("vote", "* with manager-chain: each of them signs"));
    }
    Ok(Effect::Ask { place, source, mode })
}

fn one_of<T: Copy>(row: &Row<'_>, column: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
    let cell = row.cell(column);
    if cell == ANY {
        return Ok(None);
    }
    words.iter().find(|(word, _)| *word == cell).map(|(_, value)| Some(*value)).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        row.unsound(column, format!("{} or *", known.join(", ")))
    })
}

fn names(row: &Row<'_>, column: &str) -> Vec<String> {
    match row.cell(column) {
        ANY => Vec::new(),
        cell => cell.split('|').map(|name| name.trim().to_owned()).collect(),
    }
}

fn list(
    row: &Row<'_>,
    column: &str,
    good: fn(&str) -> bool,
    expected: &str,
) -> Result<Vec<String>, Refusal> {
    let found = names(row, column);
    if found.iter().all(|name| good(name)) { Ok(found) } else { Err(row.unsound(column, expected)) }
}

/// 2 to 8 digits.
pub fn is_category(text: &str) -> bool {
    (2..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether a text can be the value of one of the organisation's own fields.
pub fn is_value(text: &str) -> bool {
    (1..=80).contains(&text.chars().count())
        && text != ANY
        && !text.contains(|c: char| c.is_control() || matches!(c, '|' | '=' | ';'))
}

/// Letters, digits, hyphens, underscores and points: the form of codes.
pub fn is_name(text: &str) -> bool {
    (1..=80).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
