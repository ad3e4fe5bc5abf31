//! The rules as casbin reads them, from their cells: the second reading that proves the first.
//!
//! The facts travel as whole values of our own, not as joined texts, so that no supplier name or
//! account can pretend to be two. A function that meets something it cannot read answers `()`,
//! which fails the pass; it never answers `false`. Amounts are compared by exact functions only.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use casbin::{
    CoreApi, EnforceArgs, Enforcer,
    function_map::OperatorFunction,
    rhai::{Dynamic, ImmutableString},
};
use rust_decimal::Decimal;

use super::{
    case::Case,
    engine::{self, Lines as Policy},
    model::Model,
    rule::{Effect, NONE, Rule},
    table::ANY,
};
use crate::{
    base::decimal,
    domain::{approval::cannot_decide, refusal::Refusal, role::Role},
};

/// casbin's two enforcers over one set: the lines that block, and all the others.
pub struct Proof {
    blocks: Option<Enforcer>,
    others: Option<Enforcer>,
}

impl Proof {
    /// Builds the enforcers, or says what casbin cannot read.
    pub fn of(rules: &[Rule]) -> Result<Self, Refusal> {
        let model = Model::of(rules)?;
        let enforcer = |blocks: bool| {
            let wanted = rules.iter().filter(|rule| (rule.effect == Effect::Block) == blocks);
            let lines: Vec<Vec<String>> = wanted.map(|rule| model.line(rule)).collect();
            if lines.is_empty() {
                return Ok(None);
            }
            let lines = vec![Policy { kind: "p", lines }];
            engine::enforcer("approval", &model.text, lines, FUNCTIONS).map(Some)
        };
        Ok(Self { blocks: enforcer(true)?, others: enforcer(false)? })
    }

    /// The ids of the rules that apply, by casbin: those that block and all others.
    pub fn applying(&self, case: &Case<'_>) -> Result<(Vec<String>, Vec<String>), Refusal> {
        let request = Request::of(case);
        Ok((pass(self.blocks.as_ref(), &request)?, pass(self.others.as_ref(), &request)?))
    }
}

fn pass(enforcer: Option<&Enforcer>, request: &Request) -> Result<Vec<String>, Refusal> {
    let Some(enforcer) = enforcer else { return Ok(Vec::new()) };
    let (_, lines) = enforcer.enforce_ex(request.clone()).map_err(|fault| {
        cannot_decide("policy", format!("The rules cannot be evaluated: {fault}."))
            .mend("Tell the admin to check the approval policy; nothing was submitted.")
    })?;
    Ok(lines.iter().filter_map(|line| line.first()).cloned().collect())
}

/// The judged amount in every currency that a rule names.
#[derive(Debug, Clone)]
struct Amounts(Arc<BTreeMap<String, Decimal>>);

/// A line as far as rules ask about it: one value or several under each name.
#[derive(Debug, Clone)]
struct LineFacts {
    category: String,
    eclass: String,
    supplier: String,
    accounts: Vec<String>,
    named: BTreeMap<String, String>,
    amounts: BTreeMap<String, Decimal>,
}

#[derive(Debug, Clone)]
struct Lines(Arc<Vec<LineFacts>>);

#[derive(Debug, Clone)]
struct Roles(Arc<BTreeSet<Role>>);

#[derive(Debug, Clone)]
struct Fields(Arc<BTreeMap<String, String>>);

/// The request of one pass, in the order of the model's `r`.
#[derive(Clone)]
struct Request(Vec<Dynamic>);

impl EnforceArgs for Request {
    fn try_into_vec(self) -> casbin::Result<Vec<Dynamic>> {
        Ok(self.0)
    }

    /// Never called: casbin's caches are off.
    fn cache_key(&self) -> u64 {
        0
    }
}

impl Request {
    fn of(case: &Case<'_>) -> Self {
        let facts = case.facts;
        let word = |yes: bool, one: &str, other: &str| if yes { one } else { other }.to_owned();
        let by_code = |amounts: &super::case::Amounts| -> BTreeMap<String, Decimal> {
            amounts.iter().map(|(of, amount)| (of.code().to_owned(), *amount)).collect()
        };
        let lines = facts.lines.iter().enumerate().map(|(at, line)| {
            let mut named: BTreeMap<String, String> = line
                .fields
                .iter()
                .map(|(name, value)| (format!("field:{name}"), value.clone()))
                .collect();
            named.insert("status".to_owned(), line.supplier_status.word().to_owned());
            named.insert("kind".to_owned(), line.kind.word().to_owned());
            LineFacts {
                category: line.unspsc.clone().unwrap_or_default(),
                eclass: line.eclass.clone().unwrap_or_default(),
                supplier: line.supplier.clone(),
                accounts: line.accounts.clone(),
                named,
                amounts: case.lines.get(at).map(by_code).unwrap_or_default(),
            }
        });
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        Self(vec![
            word(case.over, "over", "within").into(),
            Dynamic::from(Amounts(Arc::new(by_code(&case.judged)))),
            Dynamic::from(Lines(Arc::new(lines.collect()))),
            facts.cost_center.clone().into(),
            or_none(&facts.project).into(),
            or_none(&facts.ship_to_country).into(),
            or_none(&facts.unit).into(),
            Dynamic::from(Fields(Arc::new(facts.fields.clone()))),
            facts.source.word().to_owned().into(),
            word(facts.flagged, "yes", "no").into(),
            word(case.budget_exceeded, "exceeded", "kept").into(),
            Dynamic::from(Roles(Arc::new(facts.roles.clone()))),
        ])
    }
}

/// The functions that the matcher may call. All take texts of the rule and values of ours.
const FUNCTIONS: &[(&str, OperatorFunction)] = &[
    ("above", OperatorFunction::Arg3(above)),
    ("oneOf", OperatorFunction::Arg2(one_of)),
    ("someRole", OperatorFunction::Arg2(some_role)),
    ("someLine", OperatorFunction::Arg5(some_line)),
    ("fieldsAre", OperatorFunction::Arg2(fields_are)),
];

fn answer(result: Option<bool>) -> Dynamic {
    result.map_or(Dynamic::UNIT, Dynamic::from_bool)
}

fn text(value: Dynamic) -> Option<ImmutableString> {
    value.into_immutable_string().ok()
}

/// Whether the judged amount in `currency` is more than `limit`, exactly.
fn above(amounts: Dynamic, currency: Dynamic, limit: Dynamic) -> Dynamic {
    answer((|| {
        let amounts = amounts.try_cast::<Amounts>()?;
        let limit = decimal::parse(&text(limit)?).ok()?;
        Some(*amounts.0.get(text(currency)?.as_str())? > limit)
    })())
}

/// Whether `one` is in the list `a|b|c`.
fn one_of(one: Dynamic, list: Dynamic) -> Dynamic {
    answer((|| {
        let (one, list) = (text(one)?, text(list)?);
        Some(names(&list).any(|name| name == one.as_str()))
    })())
}

fn some_role(roles: Dynamic, list: Dynamic) -> Dynamic {
    answer((|| {
        let roles = roles.try_cast::<Roles>()?;
        let list = text(list)?;
        Some(names(&list).any(|name| roles.0.iter().any(|role| role.as_str() == name)))
    })())
}

/// Whether all of `name=a|b;other=c` hold.
fn fields_are(fields: Dynamic, tests: Dynamic) -> Dynamic {
    answer((|| {
        let fields = fields.try_cast::<Fields>()?;
        let tests = text(tests)?;
        Some(tests.split(';').all(|test| named_is(&fields.0, test)))
    })())
}

fn named_is(named: &BTreeMap<String, String>, test: &str) -> bool {
    let Some((name, list)) = test.split_once('=') else { return false };
    let value = named.get(name).map_or(NONE, String::as_str);
    names(list).any(|wanted| wanted == value)
}

/// Whether one line meets all conditions together; `*` is none.
fn some_line(
    lines: Dynamic,
    category: Dynamic,
    supplier: Dynamic,
    account: Dynamic,
    more: Dynamic,
) -> Dynamic {
    answer((|| {
        let lines = lines.try_cast::<Lines>()?;
        let (category, supplier) = (text(category)?, text(supplier)?);
        let (account, more) = (text(account)?, text(more)?);
        Some(lines.0.iter().any(|line| {
            (category == ANY || names(&category).any(|prefix| line.category.starts_with(prefix)))
                && (supplier == ANY || names(&supplier).any(|name| line.supplier == name))
                && (account == ANY
                    || names(&account).any(|name| line.accounts.iter().any(|own| own == name)))
                && (more == ANY || more.split(';').all(|test| line_is(line, test)))
        }))
    })())
}

/// One of the further tests of a line: `eclass=21`, `above=500.00 EUR`, `status=new`.
fn line_is(line: &LineFacts, test: &str) -> bool {
    match test.split_once('=') {
        Some(("eclass", list)) => names(list).any(|prefix| line.eclass.starts_with(prefix)),
        Some(("above", limit)) => limit.split_once(' ').is_some_and(|(limit, currency)| {
            let amount = line.amounts.get(currency);
            amount.zip(decimal::parse(limit).ok()).is_some_and(|(amount, limit)| *amount > limit)
        }),
        _ => named_is(&line.named, test),
    }
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim)
}
