//! The plan of a requisition, running or foreseen, in the words of the pages; and its timeline.

use crate::{
    app::requisition::{Forecast, Preview, PreviewStep, RequisitionView, Wait},
    base::time::Time,
    domain::{
        approval::{Mode, Notes, Step, Task, TaskState, Verdict, Warning},
        line_edit::{LineEdit, What},
        requisition::RequisitionState,
    },
    http::part::{Event, Plan, PlanStep, PlanTask, Shell, Tone},
};

/// `it-reviewer` reads "It reviewer".
fn title(rule: &str) -> String {
    let words = rule.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
}

fn mode(mode: Mode, people: usize) -> Option<String> {
    (people > 1).then(|| match mode {
        Mode::Any => "one of them".to_owned(),
        Mode::All => "all of them".to_owned(),
        Mode::First => "the first answer of them".to_owned(),
        Mode::Of(votes) => format!("{votes} of them"),
    })
}

/// Who may decide an open task beside its assignee.
fn standing_in(view: &RequisitionView, task: &Task) -> Option<String> {
    let names: Vec<&str> = task.stand_ins.iter().map(|one| view.name(one.person)).collect();
    let open = task.state == TaskState::Open && !names.is_empty();
    open.then(|| format!("or {}", names.join(" or ")))
}

/// The plan as it runs.
pub fn running(shell: &Shell, view: &RequisitionView, steps: &[Step]) -> Plan {
    let task = |task: &Task| {
        let decision = task.decision.as_ref();
        let stood_in = decision.filter(|decision| decision.by != task.assignee);
        PlanTask {
            assignee: view.name(task.assignee).to_owned(),
            state: task.state.to_string(),
            on_behalf: stood_in
                .map(|decision| format!("by {}", view.name(decision.by)))
                .or_else(|| standing_in(view, task)),
            at: decision.map(|decision| shell.when(decision.at)),
            comment: decision
                .map(|decision| decision.comment.clone())
                .filter(|comment| !comment.is_empty()),
        }
    };
    let step = |step: &Step| PlanStep {
        order: step.order,
        title: title(&step.rule),
        state: step.state.to_string(),
        because: step.because.clone(),
        rule: format!("{}, version {}", step.rule, step.rule_version),
        rule_href: None,
        unless: Some(step.unless.clone()).filter(|text| !text.is_empty()),
        mode: mode(step.mode, step.tasks.len()),
        tasks: step.tasks.iter().map(task).collect(),
    };
    Plan::of(steps.iter().map(step).collect())
}

/// The plan a cart would get.
pub fn foreseen(preview: &Preview) -> Plan {
    let task = |(name, _): &(String, String)| PlanTask {
        assignee: name.clone(),
        state: "waiting".to_owned(),
        on_behalf: None,
        at: None,
        comment: None,
    };
    let step = |step: &PreviewStep| PlanStep {
        order: step.order,
        title: title(&step.rule),
        state: "waiting".to_owned(),
        because: step.because.clone(),
        rule: format!("{}, version {}", step.rule, preview.approval_version),
        rule_href: None,
        unless: step.unless.clone(),
        mode: mode(step.mode, step.people.len()),
        tasks: step.people.iter().map(task).collect(),
    };
    Plan::of(preview.steps.iter().map(step).collect())
}

/// A warning in its own words, with what the facts say.
pub fn warning(warning: &Warning) -> String {
    format!("{} {}", warning.message, warning.because).trim_end().to_owned()
}

/// What rules say beside asking, a sentence each.
pub fn notes(notes: &Notes) -> Vec<String> {
    let warnings = notes.warnings.iter().map(warning);
    let told = notes.watchers.iter().map(|watcher| {
        format!("{} is told, and not asked. {}", watcher.person.name, watcher.because)
    });
    warnings.chain(told).collect()
}

/// "Mia Berg and Ivy Lang will be asked, then Dan Weber."
pub fn in_a_sentence(preview: &Preview) -> String {
    if preview.steps.is_empty() {
        return format!("Nobody will be asked. {}", preview.because).trim_end().to_owned();
    }
    let mut sentence = String::new();
    let mut order = None;
    for step in &preview.steps {
        let names: Vec<&str> = step.people.iter().map(|(name, _)| name.as_str()).collect();
        let joint = match order {
            None => "",
            Some(before) if before == step.order => " and ",
            Some(_) if sentence.contains("will be asked") => ", then ",
            Some(_) => " will be asked, then ",
        };
        sentence.push_str(joint);
        sentence.push_str(&names.join(" or "));
        order = Some(step.order);
    }
    if !sentence.contains("will be asked") {
        sentence.push_str(" will be asked");
    }
    sentence.push('.');
    sentence
}

/// Who of those asked is away, and who stands in or could.
pub fn away(forecast: &Forecast) -> Vec<String> {
    let told = |wait: &Wait| {
        let name = &wait.person.name;
        if let Some(deputy) = &wait.deputy {
            return Some(format!("{} stands in for {name}.", deputy.name));
        }
        let gone = match wait.away_until {
            Some(until) => format!("{name} is away until {until}"),
            None if !wait.person.is_active() => format!("{name} can no longer sign in"),
            None => return None,
        };
        let other = wait.could_ask.as_ref();
        let other = other.map(|other| format!(" {} could be asked to.", other.name));
        let other = other.unwrap_or_default();
        Some(format!("{gone}, and nobody stands in.{other}"))
    };
    forecast.waits.iter().filter_map(told).collect()
}

/// What an approver did to one line, and when.
fn edited(shell: &Shell, view: &RequisitionView, edit: &LineEdit) -> (Time, Event) {
    let what = match edit.what {
        What::Rejected => format!("Line {} ({}) was rejected", edit.position, edit.sku),
        What::Quantity | What::Account => format!(
            "Line {} ({}): {} changed from {} to {}",
            edit.position, edit.sku, edit.what, edit.before, edit.after
        ),
    };
    let at = edit.made_at;
    let mut event = Event::new(shell.when(at), view.name(edit.person), what).tone(Tone::Warn);
    if !edit.reason.is_empty() {
        event = event.detail(edit.reason.clone());
    }
    (at, event)
}

/// What happened to the requisition, newest first.
pub fn timeline(shell: &Shell, view: &RequisitionView) -> Vec<Event> {
    let row = &view.requisition;
    let mut events = vec![(
        row.submitted_at,
        Event::new(
            shell.when(row.submitted_at),
            view.name(row.requester),
            "Handed in for sign-off",
        ),
    )];
    for task in view.steps.iter().chain(&view.earlier).flat_map(|step| &step.tasks) {
        if let Some(at) = task.opened_at {
            let what = format!("{} was asked", view.name(task.assignee));
            events.push((at, Event::new(shell.when(at), "the server", what).tone(Tone::Info)));
        }
        for one in &task.stand_ins {
            let (name, assignee) = (view.name(one.person), view.name(task.assignee));
            let what = format!("{name} may decide for {assignee} ({})", one.kind);
            let event = Event::new(shell.when(one.since), "the server", what);
            events.push((one.since, event.tone(Tone::Info)));
        }
        if let Some(at) = task.timers.reminded_at {
            let what = format!("{} was reminded", view.name(task.assignee));
            events.push((at, Event::new(shell.when(at), "the server", what).tone(Tone::Warn)));
        }
        if let Some(decision) = &task.decision {
            let (what, tone) = match decision.verdict {
                Verdict::Approve => ("Approved", Tone::Good),
                Verdict::Reject => ("Rejected", Tone::Bad),
            };
            let at = decision.at;
            let mut event = Event::new(shell.when(at), view.name(decision.by), what).tone(tone);
            if !decision.comment.is_empty() {
                event = event.detail(decision.comment.clone());
            }
            events.push((at, event));
        }
    }
    events.extend(view.line_edits.iter().map(|edit| edited(shell, view, edit)));
    for shown in &view.orders {
        let supplier = shown.supplier.as_ref().map_or("", |supplier| &supplier.title);
        let what = format!("Order {} to {supplier} issued", shown.order.number);
        let at = shown.order.issued_at;
        let event = Event::new(shell.when(at), "the server", what)
            .tone(Tone::Good)
            .href(shell.href(&format!("/orders/{}", shown.order.id)));
        events.push((at, event));
    }
    if let (RequisitionState::Withdrawn, Some(at)) = (row.state, row.decided_at) {
        let event = Event::new(shell.when(at), view.name(row.requester), "Withdrawn");
        events.push((at, event.tone(Tone::Warn)));
    }
    if let (RequisitionState::Expired, Some(at)) = (row.state, row.decided_at) {
        let event = Event::new(shell.when(at), "the server", "Expired: nobody decided in time");
        events.push((at, event.tone(Tone::Bad)));
    }
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    events.into_iter().map(|(_, event)| event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::{Currency, Money};

    fn preview(steps: &[(u32, &[&str])]) -> Preview {
        let step = |(order, people): &(u32, &[&str])| PreviewStep {
            order: *order,
            mode: Mode::Any,
            rule: "it-reviewer".to_owned(),
            because: String::new(),
            unless: None,
            people: people.iter().map(|name| ((*name).to_owned(), String::new())).collect(),
        };
        Preview {
            approval_version: 1,
            total: Money::zero(Currency::EUR),
            steps: steps.iter().map(step).collect(),
            because: "It is within the limit.".to_owned(),
            next: None,
            notes: Default::default(),
            budget_left: None,
        }
    }

    #[test]
    fn a_plan_reads_as_one_sentence() {
        let said = |steps: &[(u32, &[&str])]| in_a_sentence(&preview(steps));
        assert_eq!(said(&[]), "Nobody will be asked. It is within the limit.");
        assert_eq!(said(&[(1, &["Mia"])]), "Mia will be asked.");
        let long: &[(u32, &[&str])] =
            &[(1, &["Mia"]), (1, &["Ivy"]), (2, &["Dan", "Don"]), (3, &["Carla"])];
        assert_eq!(said(long), "Mia and Ivy will be asked, then Dan or Don, then Carla.");
        assert_eq!(title("it-reviewer"), "It reviewer");
    }
}
