//! One random rule as plain as a row on paper, its line of a set, and the third reading of it.

use std::{collections::BTreeMap, fmt::Write as _};

use proptest::prelude::*;

use crate::{
    base::money::Currency,
    domain::{
        approval::{Facts, Line},
        role::Role,
    },
};

type Words = Vec<&'static str>;

#[derive(Debug, Clone)]
pub struct Row {
    pub effect: &'static str,
    pub limit: &'static str,
    /// Minor units of EUR.
    pub above: Option<i64>,
    pub up_to: Option<i64>,
    pub line_above: Option<i64>,
    /// By column.
    pub lists: BTreeMap<&'static str, Words>,
    pub exceeded: bool,
    pub whom: &'static str,
}

/// 500.00 EUR in cents.
const OWN_LIMIT: i64 = 50_000;
pub const CODES: &[&str] = &["43211503", "43", "44121700", "31161500", "4321"];
pub const SHOPS: &[&str] = &["office-one", "toolworks", "partsdesk"];
pub const CENTRES: &[&str] = &["4100", "4200", "41"];
pub const AMOUNTS: &[i64] =
    &[0, 1, 999, 50_000, 50_001, 100_000, 500_000, 2_147_483_648, 300_000_000_000];
/// Every column that is a list of words, and words it may hold.
pub const LISTS: &[(&str, &[&str])] = &[
    ("category", CODES),
    ("eclass", &["19", "2101", "27"]),
    ("supplier", SHOPS),
    ("supplier_status", &["regular", "new", "preferred", "blocked"]),
    ("line", &["contract", "catalogue", "free_text"]),
    ("account", &["6400", "6410", "64"]),
    ("line_field:gift", &["yes", "no", "none"]),
    ("cost_center", CENTRES),
    ("project", &["p-1", "p-2", "none"]),
    ("country", &["DE", "AT", "US"]),
    ("unit", &["plant-1", "plant-2", "none"]),
    ("field:urgent", &["yes", "very much so", "none"]),
    ("source", &["cart", "incoming_order"]),
    ("requester", &["requester", "director"]),
];

fn bound() -> impl Strategy<Value = Option<i64>> {
    proptest::option::weighted(0.3, proptest::sample::select(AMOUNTS))
}

pub fn row() -> impl Strategy<Value = Row> {
    let words = (
        proptest::sample::select(vec!["allow", "allow", "allow", "allow", "deny", "warn", "watch"]),
        proptest::sample::select(vec!["*", "*", "over", "within"]),
        proptest::sample::select(vec!["role:director", "manager", "manager:2", "role:cfo"]),
        proptest::bool::weighted(0.15),
    );
    // One column in six has a condition, of one or two words.
    let lists = proptest::collection::vec(
        (0_usize..6, any::<prop::sample::Index>(), 1_usize..=2),
        LISTS.len(),
    );
    (words, bound(), bound(), bound(), lists).prop_map(
        |(words, above, up_to, line_above, picks)| {
            let (effect, limit, whom, exceeded) = words;
            let mut lists = BTreeMap::new();
            for ((column, of), (dice, first, count)) in LISTS.iter().zip(picks) {
                if dice == 0 {
                    let at = first.index(of.len());
                    let count = if *column == "source" { 1 } else { count };
                    lists
                        .insert(*column, of.iter().cycle().skip(at).take(count).copied().collect());
                }
            }
            let up_to = up_to.filter(|high| above.is_none_or(|low| low < *high));
            Row { effect, limit, above, up_to, line_above, lists, exceeded, whom }
        },
    )
}

pub fn csv(rows: &[Row]) -> String {
    let amount = |minor: Option<i64>| {
        minor.map_or("*".to_owned(), |minor| format!("{}.{:02}", minor / 100, minor % 100))
    };
    let columns: Vec<&str> = LISTS.iter().map(|(column, _)| *column).collect();
    let stars = vec!["*"; columns.len()].join(",");
    let mut text = format!(
        "id,effect,limit,above,up_to,line_above,currency,budget,{},place,approver,because\n\
         base,allow,over,*,*,*,*,*,{stars},tier-9,person:mia@acme.example,x\n",
        columns.join(",")
    );
    for (row, n) in rows.iter().zip(0..) {
        let lists: Vec<String> = columns
            .iter()
            .map(|column| row.lists.get(column).map_or("*".to_owned(), |list| list.join("|")))
            .collect();
        let whom = match row.effect {
            "allow" => format!("tier-{},{}", n % 3 + 1, row.whom),
            "watch" => "*,role:it-reviewer".to_owned(),
            _ => "*,*".to_owned(),
        };
        let _ = writeln!(
            text,
            "r{n},{},{},{},{},{},EUR,{},{},{whom},x",
            row.effect,
            row.limit,
            amount(row.above),
            amount(row.up_to),
            amount(row.line_above),
            if row.exceeded { "exceeded" } else { "*" },
            lists.join(","),
        );
    }
    text
}

/// Cents in EUR: a dinar amount of 4n fils is n cents at 2.50.
fn cents(money: crate::base::money::Money) -> i64 {
    if money.currency() == Currency::EUR { money.minor() } else { money.minor() / 4 }
}

pub fn over(facts: &Facts) -> bool {
    !facts.roles.contains(&Role::REQUESTER) || cents(facts.total) > OWN_LIMIT
}

pub fn applies(row: &Row, facts: &Facts) -> bool {
    let total = cents(facts.total);
    if row.limit != "*" && (row.limit == "over") != over(facts) {
        return false;
    }
    if row.above.is_some_and(|above| total <= above) || row.up_to.is_some_and(|top| total > top) {
        return false;
    }
    if row.exceeded && !facts.budget.is_some_and(|budget| budget.exceeded) {
        return false;
    }
    for (column, words) in &row.lists {
        let value = match *column {
            "cost_center" => facts.cost_center.clone(),
            "project" => facts.project.clone().unwrap_or("none".to_owned()),
            "country" => facts.ship_to_country.clone().unwrap(),
            "unit" => facts.unit.clone().unwrap_or("none".to_owned()),
            "field:urgent" => facts.fields.get("urgent").cloned().unwrap_or("none".to_owned()),
            "source" => facts.source.word().to_owned(),
            "requester" => {
                if !words.iter().any(|word| facts.roles.iter().any(|role| role.as_str() == *word)) {
                    return false;
                }
                continue;
            }
            _ => continue,
        };
        if !words.contains(&value.as_str()) {
            return false;
        }
    }
    let asks_lines = row.line_above.is_some()
        || row.lists.keys().any(|column| LISTS[..7].iter().any(|(name, _)| name == column));
    !asks_lines || facts.lines.iter().any(|line| line_applies(row, line))
}

fn line_applies(row: &Row, line: &Line) -> bool {
    let starts = |code: &Option<String>, words: &Words| {
        let code = code.clone().unwrap_or_default();
        words.iter().any(|word| code.len() >= word.len() && &code[..word.len()] == *word)
    };
    row.line_above.is_none_or(|above| cents(line.total) > above)
        && row.lists.iter().all(|(column, words)| match *column {
            "category" => starts(&line.unspsc, words),
            "eclass" => starts(&line.eclass, words),
            "supplier" => words.contains(&line.supplier.as_str()),
            "supplier_status" => words.contains(&line.supplier_status.word()),
            "line" => words.contains(&line.kind.word()),
            "account" => words.iter().any(|word| line.accounts.iter().any(|own| own == word)),
            "line_field:gift" => {
                words.contains(&line.fields.get("gift").map_or("none", String::as_str))
            }
            _ => true,
        })
}
