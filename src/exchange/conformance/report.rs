//! The report of a trial: what is signed, shown and downloaded.

use serde::{Deserialize, Serialize};

use super::{Finding, Side, Verdict};

/// The format's name and version.
pub const FORMAT: &str = "countersign-conformance/1";

/// What a trial found, as it is signed. Its text is the JSON of this very struct, so that whoever
/// reads it back gets the signed bytes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub format: String,
    pub partner: String,
    pub partner_name: String,
    /// `supplier` or `buyer`.
    pub side: String,
    pub trial: String,
    /// RFC 3339, UTC.
    pub began_at: String,
    pub judged_at: String,
    /// The server that judged.
    pub server: String,
    pub passed: bool,
    pub cases: Vec<CaseReport>,
}

/// One case in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseReport {
    pub id: String,
    /// `ours` or `theirs`: who begins.
    pub way: String,
    pub title: String,
    /// `passed`, `failed`, `not-tried`, `not-offered` or `waits`.
    pub verdict: String,
    pub done: String,
    pub expected: String,
    /// What was got when it failed, or the case it waits for.
    pub got: Option<String>,
    /// How to mend it; of what failed only.
    pub mend: Option<String>,
}

/// A report with what proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub report: Report,
    /// HMAC-SHA-256 over the report's JSON, by a key of the server; hexadecimal.
    pub signature: String,
}

/// Whom and what a report is about.
pub struct About {
    pub partner: String,
    pub partner_name: String,
    pub side: Side,
    pub trial: String,
    pub began_at: String,
    pub judged_at: String,
    pub server: String,
}

impl Report {
    /// The report of these findings.
    pub fn of(about: About, findings: &[Finding]) -> Self {
        Self {
            format: FORMAT.to_owned(),
            partner: about.partner,
            partner_name: about.partner_name,
            side: about.side.word().to_owned(),
            trial: about.trial,
            began_at: about.began_at,
            judged_at: about.judged_at,
            server: about.server,
            passed: !findings.iter().any(Finding::blocks),
            cases: findings.iter().map(CaseReport::of).collect(),
        }
    }

    /// The signed text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// How many cases have this verdict.
    pub fn count(&self, verdict: &str) -> usize {
        self.cases.iter().filter(|case| case.verdict == verdict).count()
    }
}

impl CaseReport {
    fn of(finding: &Finding) -> Self {
        let case = finding.case;
        let (got, mend) = match &finding.verdict {
            Verdict::Failed(got) => (Some(got.clone()), Some(case.mend.to_owned())),
            Verdict::Waits(first) => (Some(format!("first mend {first}")), None),
            Verdict::Passed | Verdict::NotTried | Verdict::NotOffered => (None, None),
        };
        Self {
            id: case.id.to_owned(),
            way: case.way.word().to_owned(),
            title: case.title.to_owned(),
            verdict: finding.verdict.word().to_owned(),
            done: case.done.to_owned(),
            expected: case.expected.to_owned(),
            got,
            mend,
        }
    }
}
