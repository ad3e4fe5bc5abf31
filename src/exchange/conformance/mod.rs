//! The conformance suite: what a partner's system must do before it goes live, as cases that are
//! data and a small pure check.
//!
//! A trial is a list of exchanges: documents that we posted to the partner's test address, and
//! documents that the partner posted to its sandbox address here. [`judge`] looks at nothing else,
//! so the same exchanges always give the same report.
//!
//! No trial can make a real order. What we send says `deploymentMode="test"` and goes to an address
//! typed for the trial; what the partner sends goes to the sandbox, which is the pure function
//! [`sandbox::answer`]: it has no cart, no order and no ledger within reach. This module must never
//! learn to change anything.

/// A document of ours that has to be taken; `OURS` is what the file's cases have in common.
macro_rules! taken {
    ($id:literal, $title:literal, $done:literal, $mend:literal) => {
        Case {
            id: $id,
            title: $title,
            done: $done,
            expected: "a Response with Status 200 or 201",
            mend: $mend,
            check: |trial| trial.taken($id),
            ..OURS
        }
    };
}

/// A document of ours that need not be taken, as long as that is said.
macro_rules! offered {
    ($id:literal, $title:literal, $done:literal, $mend:literal) => {
        Case {
            expected: "a Response with Status 200 or 201; 450 when you do not offer this",
            check: |trial| trial.offered($id),
            ..taken!($id, $title, $done, $mend)
        }
    };
}

mod answers;
mod invoices;
mod manners;
mod notices;
mod orders;
pub mod report;
mod returns;
pub mod sandbox;
pub mod script;
mod shopping;
mod trial;

pub use trial::{Exchange, Note, Trial};

use crate::base::words::words;

words! {
    /// What the partner's system is.
    Side {
        /// It takes orders.
        Supplier = "supplier",
        /// It shops and orders: a procurement system.
        Buyer = "buyer",
    }
}

words! {
    /// Who begins.
    Way {
        /// We post, the partner answers.
        Ours = "ours",
        /// The partner posts to its sandbox, we answer.
        Theirs = "theirs",
    }
}

/// One thing that a partner's system must do.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// `None`: of either side.
    pub side: Option<Side>,
    pub way: Way,
    /// In plain words.
    pub title: &'static str,
    /// What is done: by us for [`Way::Ours`], by the partner for [`Way::Theirs`].
    pub done: &'static str,
    pub expected: &'static str,
    /// What to change in the partner's system when it fails.
    pub mend: &'static str,
    /// A case that says nothing while this one fails.
    pub after: Option<&'static str>,
    /// A partner may go live without having tried it.
    pub may_be_left: bool,
    check: fn(&Trial) -> Verdict,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// What was got in place of what is expected.
    Failed(String),
    /// Nothing was exchanged yet that could tell.
    NotTried,
    /// The partner said by Status 450 that it does not do this at all, which it need not.
    NotOffered,
    /// Says nothing until that case passes.
    Waits(&'static str),
}

impl Verdict {
    /// One word for reports.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::NotTried => "not-tried",
            Self::NotOffered => "not-offered",
            Self::Waits(_) => "waits",
        }
    }
}

/// A case with its verdict.
#[derive(Debug, Clone)]
pub struct Finding {
    pub case: &'static Case,
    pub verdict: Verdict,
}

impl Finding {
    /// Whether it stands in the way of going live.
    pub fn blocks(&self) -> bool {
        match self.verdict {
            Verdict::Passed | Verdict::NotOffered => false,
            Verdict::NotTried => !self.case.may_be_left,
            Verdict::Failed(_) | Verdict::Waits(_) => true,
        }
    }
}

const TABLES: [&[Case]; 7] = [
    answers::CASES,
    orders::CASES,
    returns::CASES,
    manners::CASES,
    notices::CASES,
    invoices::CASES,
    shopping::CASES,
];

/// The cases of a side: first what we send, then what the partner sends.
pub fn cases(side: Side) -> impl Iterator<Item = &'static Case> {
    let all = TABLES.into_iter().flatten();
    all.filter(move |case| case.side.is_none_or(|own| own == side))
}

/// What a trial says about every case of its side.
pub fn judge(trial: &Trial) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        cases(trial.side).map(|case| Finding { case, verdict: (case.check)(trial) }).collect();
    let failed: Vec<&str> = findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Failed(_)))
        .map(|finding| finding.case.id)
        .collect();
    for finding in &mut findings {
        let first = finding.case.after.filter(|first| failed.contains(first));
        if let (Some(first), Verdict::Failed(_)) = (first, &finding.verdict) {
            finding.verdict = Verdict::Waits(first);
        }
    }
    findings
}

/// The parts of a case that most of a table share.
const fn common(side: Option<Side>, way: Way) -> Case {
    Case {
        id: "",
        side,
        way,
        title: "",
        done: "",
        expected: "",
        mend: "",
        after: None,
        may_be_left: false,
        check: |_| Verdict::NotTried,
    }
}

#[cfg(test)]
mod tests;
