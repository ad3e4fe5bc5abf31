//! A plan as it is kept and compared: whom it asks, in what order, by which rules.

use serde::{Deserialize, Serialize};

use super::{Mode, Notes, Outcome, PlannedStep};

/// One step of a kept plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptStep {
    pub order: u32,
    /// As a set writes it: `any`, `2-of`.
    pub mode: String,
    pub rule: String,
    /// By e-mail.
    pub people: Vec<String>,
    /// Rules that would have asked the same people again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// What the policy said, without the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPlan {
    pub steps: Vec<KeptStep>,
    #[serde(default)]
    pub notes: Notes,
    /// Why it could not be handed in: the refusal's code and message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<(String, String)>,
}

impl From<&Outcome> for KeptPlan {
    fn from(outcome: &Outcome) -> Self {
        let step = |step: &PlannedStep| KeptStep {
            order: step.order,
            mode: step.mode.word().to_owned(),
            rule: step.rule.id.clone(),
            people: step.approvers.iter().map(|person| person.mail.clone()).collect(),
            also: step.also.iter().map(|also| also.id.clone()).collect(),
        };
        Self {
            steps: outcome.steps().iter().map(step).collect(),
            notes: outcome.notes().cloned().unwrap_or_default(),
            blocked: match outcome {
                Outcome::Blocked(refusal) => {
                    Some((refusal.code.to_owned(), refusal.message.clone()))
                }
                Outcome::NoSignOff { .. } | Outcome::Plan(_) => None,
            },
        }
    }
}

impl KeptPlan {
    /// Whether both ask the same people in the same order and way; words and rule names may differ.
    pub fn asks_as(&self, other: &Self) -> bool {
        let shape = |kept: &Self| {
            let step = |step: &KeptStep| (step.order, step.mode.clone(), step.people.clone());
            (kept.steps.iter().map(step).collect::<Vec<_>>(), kept.blocked.clone().map(|b| b.0))
        };
        shape(self) == shape(other)
    }

    /// Whether it goes through without anybody's signature.
    pub fn is_alone(&self) -> bool {
        self.steps.is_empty() && self.blocked.is_none()
    }

    /// Everybody who is asked, each once, by e-mail.
    pub fn people(&self) -> std::collections::BTreeSet<&str> {
        self.steps.iter().flat_map(|step| &step.people).map(String::as_str).collect()
    }

    /// In one line: `mia & ivy > dan`, "no sign-off", or why it is blocked.
    pub fn in_short(&self) -> String {
        if let Some((code, _)) = &self.blocked {
            return format!("blocked: {code}");
        }
        let mut text = String::new();
        let mut before = None;
        for step in &self.steps {
            text.push_str(match before {
                None => "",
                Some(order) if order == step.order => " & ",
                Some(_) => " > ",
            });
            let any = Mode::Any.word();
            let vote = if step.mode == any { String::new() } else { format!("{} ", step.mode) };
            text.push_str(&vote);
            text.push_str(&step.people.join(" or "));
            before = Some(step.order);
        }
        if text.is_empty() { "no sign-off".to_owned() } else { text }
    }
}
