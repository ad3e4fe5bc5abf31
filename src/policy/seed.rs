//! The sets an organisation starts with. The demo's three are files in `policies/`; any other
//! organisation gets a plain default in its own currency. Afterwards the versioned rows of the
//! database are what counts.

use crate::base::money::{Currency, Money};

/// The three kinds of policy of one organisation, as CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    pub access: String,
    pub approval: String,
    pub limits: String,
}

const ACCESS: &str = include_str!("../../policies/access.csv");
const APPROVAL: &str = include_str!("../../policies/approval.csv");
const LIMITS: &str = include_str!("../../policies/limits.csv");

/// The starting sets of an organisation, by its short name and currency.
pub fn seed(organisation: &str, currency: Currency) -> Seed {
    let own = |text: &str| section(text, organisation);
    Seed {
        access: ACCESS.to_owned(),
        approval: own(APPROVAL).unwrap_or_else(|| default_approval(currency)),
        limits: own(LIMITS).unwrap_or_else(|| default_limits(currency)),
    }
}

/// The part of a seed file between the organisation's `# ORGANISATION` line and the next one.
fn section(text: &str, organisation: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| line.strip_prefix("# ") != Some(organisation));
    lines.next()?;
    let mut own: String =
        lines.take_while(|line| !line.starts_with('#')).fold(String::new(), |mut own, line| {
            if !line.trim().is_empty() {
                own.push_str(line);
                own.push('\n');
            }
            own
        });
    own.shrink_to_fit();
    Some(own)
}

/// Above the requester's own limit the manager, above ten times of it the director.
fn default_approval(currency: Currency) -> String {
    format!(
        "id,effect,limit,above,currency,place,approver\n\
         manager,allow,over,*,*,tier-1,manager\n\
         director,allow,over,{},{currency},tier-2,role:director\n",
        hundreds(50, currency)
    )
}

fn default_limits(currency: Currency) -> String {
    format!(
        "id,subject,period,currency,amount\nrequester,role:requester,order,{currency},{}\n",
        hundreds(5, currency)
    )
}

/// So many hundred units of a currency with a minor unit; without one (yen), a hundred times more.
fn hundreds(count: i64, currency: Currency) -> String {
    let minor = match currency.exponent() {
        3 => count.saturating_mul(100_000),
        4 => count.saturating_mul(1_000_000),
        _ => count.saturating_mul(10_000),
    };
    Money::from_minor(minor, currency).amount_text()
}
