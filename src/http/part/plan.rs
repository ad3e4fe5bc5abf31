//! The plan of one requisition: ranks one after another, steps of one rank side by side, each
//! with its rule, its reason and the people it waits for.

use askama::{Template, filters::HtmlSafe};

use super::{Html, Tone, badge, tone_of};

/// One step waiting for one person.
#[derive(Debug, Clone)]
pub struct PlanTask {
    /// The person asked.
    pub assignee: String,
    /// `waiting`, `open`, `approved`, `rejected`, `void`.
    pub state: String,
    /// Who decided, when it was somebody else: "for mia@acme.example by dan@acme.example".
    pub on_behalf: Option<String>,
    /// When it was decided or is due.
    pub at: Option<Html>,
    pub comment: Option<String>,
}

/// One step of the plan.
#[derive(Debug, Clone)]
pub struct PlanStep {
    /// Its place; steps side by side share one.
    pub order: u32,
    /// What is asked for: "Manager", "IT reviewer".
    pub title: String,
    /// `waiting`, `open`, `approved`, `rejected`, `skipped`, `void`.
    pub state: String,
    /// Why it is asked: the rule's sentence with its facts.
    pub because: String,
    /// "manager-above-500, version 3"
    pub rule: String,
    /// Where the rule is shown, when the reader may see it.
    pub rule_href: Option<String>,
    /// The nearest counterfactual: "212.00 EUR less and the director is not asked".
    pub unless: Option<String>,
    /// What the step needs: "one of them", "all of them"; nothing when one person is asked.
    pub mode: Option<String>,
    pub tasks: Vec<PlanTask>,
}

impl PlanStep {
    fn tone(&self) -> Tone {
        tone_of(&self.state)
    }

    fn badge(&self) -> Html {
        badge(&self.state)
    }

    /// Whether a task says its own state: not when the step's badge already says the same of its
    /// only task.
    fn names(&self, task: &PlanTask) -> bool {
        self.tasks.len() > 1 || task.state != self.state
    }
}

impl PlanTask {
    fn badge(&self) -> Html {
        badge(&self.state)
    }
}

/// The whole plan.
#[derive(Debug, Clone, Template)]
#[template(path = "part/plan.html", config = ".askama.toml")]
pub struct Plan {
    ranks: Vec<Vec<PlanStep>>,
}
impl HtmlSafe for Plan {}

impl Plan {
    /// Steps in any order; those of one `order` are put side by side.
    pub fn of(mut steps: Vec<PlanStep>) -> Self {
        steps.sort_by_key(|step| step.order);
        let mut ranks: Vec<Vec<PlanStep>> = Vec::new();
        for step in steps {
            match ranks.last_mut() {
                Some(rank) if rank.first().is_some_and(|first| first.order == step.order) => {
                    rank.push(step);
                }
                _ => ranks.push(vec![step]),
            }
        }
        Self { ranks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(order: u32, title: &str) -> PlanStep {
        PlanStep {
            order,
            title: title.to_owned(),
            state: "waiting".to_owned(),
            because: String::new(),
            rule: String::new(),
            rule_href: None,
            unless: None,
            mode: None,
            tasks: Vec::new(),
        }
    }

    #[test]
    fn steps_of_one_order_stand_side_by_side() {
        let plan = Plan::of(vec![step(2, "Director"), step(1, "Manager"), step(1, "IT reviewer")]);
        let shape: Vec<_> = plan.ranks.iter().map(Vec::len).collect();
        assert_eq!(shape, [2, 1]);
        assert!(Plan::of(Vec::new()).to_string().contains("No sign-off is needed"));
    }
}
