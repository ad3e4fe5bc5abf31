//! The organisation's registers that rules ask about: groups, units, projects, rates of exchange,
//! and what it thinks of its suppliers. An admin keeps each as one short sheet of lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        decimal,
        id::OrganisationId,
        money::Currency,
        text::{fold, sha256_hex, shorten},
        time::Day,
        words::words,
    },
    domain::{
        approval::{Rate, SupplierStatus},
        fact::Fact,
        refusal::Refusal,
        role::is_kebab,
    },
    store::{self, Conn, register::Entry},
};

use super::{AppError, Command, Cx, Need, Reader, requisition::colleague};

words! {
    /// Which register.
    RegisterKind {
        /// `group,e-mail`: who is in a group.
        Groups = "groups",
        /// `e-mail,unit`: where a person belongs.
        Units = "units",
        /// `code,name`: what may be charged to.
        Projects = "projects",
        /// `supplier,status,e-mail`: new, preferred, blocked or regular; who owns the contract.
        Suppliers = "suppliers",
        /// `EUR/USD,rate,first day`: what one unit of the first currency is in the second.
        Rates = "rates",
        /// `code,parent,title`: UNSPSC or eCl@ss.
        Classes = "classes",
    }
}

/// Lines of one register.
const MOST_LINES: usize = 5_000;
/// Classes of a tree.
const MOST_CLASSES: usize = 50_000;

impl RegisterKind {
    /// The columns of its sheet.
    pub const fn columns(self) -> &'static str {
        match self {
            Self::Groups => "group,e-mail",
            Self::Units => "e-mail,unit",
            Self::Projects => "code,name",
            Self::Suppliers => "supplier,status,contract owner's e-mail",
            Self::Rates => "EUR/USD,dollars for one euro,first day (2026-01-31)",
            Self::Classes => "code,code above (empty at the top),title",
        }
    }
}

/// Puts a register in place of the one that was: a line of cells for each entry.
#[derive(Debug, Clone)]
pub struct SaveRegister {
    pub kind: RegisterKind,
    pub csv: String,
}

/// How many lines stand now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedRegister {
    pub entries: u32,
}

impl Command for SaveRegister {
    type Answer = SavedRegister;
    const NEED: Need = Need::May("organisation", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<SavedRegister, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let mut entries = Vec::new();
        for (line, cells) in (1..).zip(self.csv.lines()) {
            // A title may have commas in it.
            let most = if self.kind == RegisterKind::Classes { 3 } else { usize::MAX };
            let cells: Vec<&str> = cells.splitn(most, ',').map(str::trim).collect();
            if cells.iter().all(|cell| cell.is_empty()) || cells[0].starts_with('#') {
                continue;
            }
            let entry = read(self.kind, &cells).ok_or_else(|| self.wrong(line, &cells))?;
            let cells_of = [&entry.name, &entry.value, &entry.owner];
            for mail in cells_of.into_iter().filter(|cell| cell.contains('@')) {
                if colleague(cx.conn, organisation, mail).await?.is_none() {
                    let stranger = self.wrong(line, &cells).got(shorten(mail, 80));
                    return Err(stranger.expected("somebody of the organisation").into());
                }
            }
            entries.push(entry);
        }
        let most = match self.kind {
            RegisterKind::Classes => MOST_CLASSES,
            _ => MOST_LINES,
        };
        if entries.len() > most {
            let expected = format!("at most {most} lines");
            return Err(self.wrong(entries.len(), &[]).expected(expected).into());
        }
        if self.kind == RegisterKind::Classes {
            is_tree(&entries)?;
        }
        store::register::replace(cx.conn, organisation, self.kind.word(), &entries).await?;
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        cx.fact(Fact::RegisterSaved {
            organisation: organisation.to_string(),
            kind: self.kind.to_string(),
            entries: count,
            sha256: sha256_hex(self.csv.as_bytes()),
        });
        Ok(SavedRegister { entries: count })
    }
}

impl SaveRegister {
    fn wrong(&self, line: usize, cells: &[&str]) -> Refusal {
        Refusal::invalid("bad-register", format!("Line {line} cannot be read."))
            .field("csv")
            .got(shorten(&cells.join(","), 120))
            .expected(self.kind.columns())
            .mend("Mend the line and save again; nothing has changed.")
    }
}

/// Every class stands once, and below one that is there and not below itself.
fn is_tree(entries: &[Entry]) -> Result<(), Refusal> {
    let bad = |entry: &Entry, expected: &str| {
        Refusal::invalid("bad-classification", "The classes are no tree.")
            .field("csv")
            .got(format!("{} below {}", entry.name, entry.owner))
            .expected(expected)
    };
    let mut above: HashMap<&str, &str> = HashMap::new();
    for entry in entries {
        if above.insert(&entry.name, &entry.owner).is_some() {
            return Err(bad(entry, "every code once"));
        }
    }
    for entry in entries {
        let (mut at, mut steps) = (entry.owner.as_str(), 0);
        while !at.is_empty() {
            at = above.get(at).ok_or_else(|| bad(entry, "a code of this sheet above it"))?;
            steps += 1;
            if steps > MOST_DEPTH {
                return Err(bad(entry, "no class below itself"));
            }
        }
    }
    Ok(())
}

/// Levels of a tree; UNSPSC and eCl@ss have five at most.
const MOST_DEPTH: usize = 12;

/// A code by its digits alone: `27-06-01-02` and `27060102` are the same class.
fn digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

/// The codes of the organisation's tree; nothing when it keeps none.
pub(super) async fn classes(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Option<HashSet<String>>, AppError> {
    let kind = RegisterKind::Classes.word();
    let all = store::register::all(conn, organisation, kind).await?;
    let known: HashSet<String> = all.into_iter().map(|entry| entry.name).collect();
    Ok((!known.is_empty()).then_some(known))
}

/// What a class is called, from the top: `Office supplies, Pens`; nothing when it is not known.
pub async fn class_title(reader: &mut Reader<'_>, code: &str) -> Result<Option<String>, AppError> {
    let Some(organisation) = reader.actor.organisation else { return Ok(None) };
    let kind = RegisterKind::Classes.word();
    let (mut titles, mut at) = (Vec::new(), digits(code));
    while !at.is_empty() && titles.len() < MOST_DEPTH {
        let found = store::register::of_name(&mut reader.conn, organisation, kind, &at).await?;
        let Some(found) = found.into_iter().next() else { break };
        titles.insert(0, found.value);
        at = found.owner;
    }
    Ok((!titles.is_empty()).then(|| titles.join(", ")))
}

fn read(kind: RegisterKind, cells: &[&str]) -> Option<Entry> {
    let code = |text: &str| {
        (1..=80).contains(&text.len())
            && text != "none"
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
    let (name, value, owner) = (cell(0), cell(1), cell(2));
    if kind == RegisterKind::Classes {
        let class = |text: &str| {
            let marks = |b: u8| b.is_ascii_digit() || b == b'-' || b == b'.';
            text.bytes().all(marks) && (2..=12).contains(&digits(text).len())
        };
        let title = owner.trim_matches('"').replace("\"\"", "\"");
        let fine = class(name) && (value.is_empty() || class(value));
        let fine = fine && (1..=200).contains(&title.chars().count());
        return fine.then(|| Entry { name: digits(name), value: title, owner: digits(value) });
    }
    let mail = |text: &str| text.contains('@');
    let fine = match kind {
        RegisterKind::Groups => is_kebab(name) && mail(value),
        RegisterKind::Units => mail(name) && code(value),
        RegisterKind::Projects => code(name) && value.chars().count() <= 120 && !mail(value),
        RegisterKind::Suppliers => {
            code(name)
                && value.parse::<SupplierStatus>().is_ok()
                && (owner.is_empty() || mail(owner))
        }
        RegisterKind::Rates => rate_of(name, value).is_some() && owner.parse::<Day>().is_ok(),
        RegisterKind::Classes => false,
    };
    let most = match kind {
        RegisterKind::Suppliers | RegisterKind::Rates | RegisterKind::Classes => 3,
        RegisterKind::Groups | RegisterKind::Units | RegisterKind::Projects => 2,
    };
    let folded = |text: &str| if mail(text) { fold(text) } else { text.to_owned() };
    (fine && cells.len() <= most).then(|| Entry {
        name: folded(name),
        value: folded(value),
        owner: folded(owner),
    })
}

fn rate_of(pair: &str, rate: &str) -> Option<Rate> {
    let (from, to) = pair.split_once('/')?;
    let (from, to): (Currency, Currency) = (from.parse().ok()?, to.parse().ok()?);
    let rate = decimal::parse(rate).ok().filter(|rate| *rate > Decimal::ZERO && from != to)?;
    Some(Rate { from, to, rate })
}

/// The rates of exchange of a day: of each pair the one that began last.
pub(super) async fn rates(
    conn: &mut Conn,
    organisation: OrganisationId,
    day: Day,
) -> Result<Vec<Rate>, AppError> {
    let kind = RegisterKind::Rates.word();
    Ok(of_day(&store::register::all(conn, organisation, kind).await?, day))
}

fn of_day(entries: &[Entry], day: Day) -> Vec<Rate> {
    let mut newest: BTreeMap<&str, (Day, Rate)> = BTreeMap::new();
    for entry in entries {
        let (Some(rate), Ok(first)) = (rate_of(&entry.name, &entry.value), entry.owner.parse())
        else {
            continue;
        };
        let stands = newest.get(&*entry.name).is_some_and(|(later, _)| *later > first);
        if first <= day && !stands {
            newest.insert(&entry.name, (first, rate));
        }
    }
    newest.into_values().map(|(_, rate)| rate).collect()
}

/// One register as its sheet.
pub async fn sheet(reader: &mut Reader<'_>, kind: RegisterKind) -> Result<String, AppError> {
    reader.need("organisation", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    let entries = store::register::all(&mut reader.conn, organisation, kind.word()).await?;
    let line = |entry: &Entry| {
        let cells = [&*entry.name, &*entry.value, &*entry.owner];
        if kind == RegisterKind::Classes {
            return format!("{},{},{}\n", entry.name, entry.owner, entry.value);
        }
        let filled = if entry.owner.is_empty() { &cells[..2] } else { &cells[..] };
        format!("{}\n", filled.join(","))
    };
    Ok(entries.iter().map(line).collect())
}

#[cfg(test)]
mod tests;
