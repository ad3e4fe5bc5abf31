use super::*;

const ED: PersonId = PersonId::from_bits(1);
const MIA: PersonId = PersonId::from_bits(2);
const DAN: PersonId = PersonId::from_bits(3);
const IVY: PersonId = PersonId::from_bits(4);
const EVE: PersonId = PersonId::from_bits(5);

fn step(id: u128, order: u32, mode: Mode, people: &[PersonId]) -> RunningStep {
    let tasks = people
        .iter()
        .zip(0..)
        .map(|(person, n)| RunningTask {
            id: TaskId::from_bits(id * 10 + n),
            assignee: *person,
            state: TaskState::Waiting,
            decided_by: None,
            stand_ins: Vec::new(),
        })
        .collect();
    RunningStep { id: StepId::from_bits(id), order, mode, state: StepState::Waiting, tasks }
}

/// Mia and Ivy side by side, then Dan.
fn running() -> Progress {
    let mut progress = Progress {
        requester: ED,
        content_hash: "aa".to_owned(),
        steps: vec![
            step(1, 1, Mode::Any, &[MIA]),
            step(2, 1, Mode::Any, &[IVY]),
            step(3, 2, Mode::Any, &[DAN]),
        ],
    };
    start(&mut progress);
    progress
}

fn by(decider: PersonId, task: u128) -> Decision {
    Decision {
        task: TaskId::from_bits(task),
        decider,
        verdict: Verdict::Approve,
        content_hash: "aa".to_owned(),
    }
}

fn code(progress: &Progress, decision: &Decision) -> &'static str {
    let mut copy = progress.clone();
    let refusal = decide(&mut copy, decision).unwrap_err();
    assert_eq!(&copy, progress, "a refusal changes nothing");
    refusal.code
}

#[test]
fn steps_of_one_order_open_side_by_side_and_the_next_after_both() {
    let mut progress = running();
    assert_eq!(progress.steps[2].tasks[0].state, TaskState::Waiting);
    let first = decide(&mut progress, &by(IVY, 20)).unwrap();
    assert!(first.opened.is_empty() && !first.approved);
    let second = decide(&mut progress, &by(MIA, 10)).unwrap();
    assert_eq!(second.opened, [TaskId::from_bits(30)]);
    let third = decide(&mut progress, &by(DAN, 30)).unwrap();
    assert!(third.approved && !third.rejected && third.opened.is_empty());
    assert!(progress.steps.iter().all(|step| step.state == StepState::Approved));
}

#[test]
fn one_rejection_ends_it_and_keeps_earlier_signatures_readable() {
    let mut progress = running();
    decide(&mut progress, &by(MIA, 10)).unwrap();
    let mut no = by(IVY, 20);
    no.verdict = Verdict::Reject;
    let moved = decide(&mut progress, &no).unwrap();
    assert!(moved.rejected && !moved.approved && moved.opened.is_empty());
    let states: Vec<_> = progress.steps.iter().map(|step| step.tasks[0].state).collect();
    assert_eq!(states, [TaskState::Approved, TaskState::Rejected, TaskState::Void]);
    assert_eq!(code(&progress, &by(DAN, 30)), "task-not-open");
}

#[test]
fn the_requester_is_refused_whatever_name_he_uses() {
    let mut progress = running();
    assert_eq!(code(&progress, &by(ED, 10)), "self-approval");
    progress.steps[0].tasks[0].stand_ins.push(ED);
    assert_eq!(code(&progress, &by(ED, 10)), "self-approval");
    progress.steps[0].tasks[0].assignee = ED;
    assert_eq!(code(&progress, &by(MIA, 10)), "self-approval");
}

#[test]
fn strangers_see_no_task_and_deputies_act_for_the_assignee_only() {
    let mut progress = running();
    assert_eq!(code(&progress, &by(EVE, 10)), "not-found");
    assert_eq!(code(&progress, &by(MIA, 99)), "not-found");
    progress.steps[0].tasks[0].stand_ins.push(EVE);
    assert_eq!(code(&progress, &by(EVE, 20)), "not-found");
    decide(&mut progress, &by(EVE, 10)).unwrap();
    assert_eq!(progress.steps[0].tasks[0].decided_by, Some(EVE));
    progress.steps[1].tasks[0].stand_ins.push(EVE);
    assert_eq!(code(&progress, &by(EVE, 20)), "same-person-twice");
}

#[test]
fn a_deputy_who_is_asked_himself_keeps_his_own_signature() {
    let mut progress = running();
    progress.steps[0].tasks[0].stand_ins.push(DAN);
    assert_eq!(code(&progress, &by(DAN, 10)), "same-person-twice");
}

#[test]
fn waiting_decided_and_changed_tasks_are_conflicts() {
    let mut progress = running();
    assert_eq!(code(&progress, &by(DAN, 30)), "task-not-open");
    let mut old = by(MIA, 10);
    old.content_hash = "ab".to_owned();
    assert_eq!(code(&progress, &old), "content-changed");
    decide(&mut progress, &by(MIA, 10)).unwrap();
    assert_eq!(code(&progress, &by(MIA, 10)), "already-decided");
}

#[test]
fn an_edit_voids_the_old_plan_and_the_new_one_runs_beside_it() {
    let mut progress = running();
    decide(&mut progress, &by(MIA, 10)).unwrap();
    withdraw(&mut progress);
    progress.content_hash = "bb".to_owned();
    progress.steps.push(step(4, 1, Mode::Any, &[MIA]));
    assert_eq!(start(&mut progress).opened, [TaskId::from_bits(40)]);
    assert_eq!(code(&progress, &by(IVY, 20)), "content-changed");
    assert_eq!(code(&progress, &by(MIA, 40)), "content-changed");
    let mut fresh = by(MIA, 40);
    fresh.content_hash = "bb".to_owned();
    assert!(decide(&mut progress, &fresh).unwrap().approved);
}

#[test]
fn any_needs_one_yes_and_all_needs_every_yes() {
    let mut progress = running();
    progress.steps = vec![step(1, 1, Mode::Any, &[MIA, DAN]), step(2, 2, Mode::All, &[IVY, EVE])];
    start(&mut progress);
    let moved = decide(&mut progress, &by(DAN, 11)).unwrap();
    assert_eq!(progress.steps[0].tasks[0].state, TaskState::Void);
    assert_eq!(moved.opened.len(), 2);
    assert!(!decide(&mut progress, &by(IVY, 20)).unwrap().approved);
    assert!(decide(&mut progress, &by(EVE, 21)).unwrap().approved);
}

#[test]
fn a_withdrawn_plan_has_nothing_left_to_decide() {
    let mut progress = running();
    decide(&mut progress, &by(MIA, 10)).unwrap();
    let moved = withdraw(&mut progress);
    assert_eq!((moved.tasks.len(), moved.steps.len()), (3, 3));
    assert!(progress.steps.iter().all(|step| step.state == StepState::Void));
    assert_eq!(code(&progress, &by(IVY, 20)), "task-not-open");
}

#[test]
fn every_state_takes_exactly_the_moves_of_the_table() {
    for state in TaskState::ALL {
        for step in TaskMove::ALL {
            let named = TaskState::MOVES.iter().filter(|(f, m, _)| f == state && m == step).count();
            assert_eq!(named, usize::from(state.after(*step).is_some()), "{state} {step}");
        }
    }
    assert_eq!(TaskState::Rejected.after(TaskMove::Void), None);
    assert_eq!(TaskState::Void.after(TaskMove::Open), None);
}

#[test]
fn two_of_three_needs_two_different_people_and_survives_one_no() {
    let of_three = || {
        let mut progress = Progress {
            requester: ED,
            content_hash: "aa".to_owned(),
            steps: vec![step(1, 1, Mode::Of(2), &[MIA, IVY, DAN])],
        };
        start(&mut progress);
        progress
    };
    let mut progress = of_three();
    let first = decide(&mut progress, &by(MIA, 10)).unwrap();
    assert!(!first.approved && first.steps.is_empty());
    assert_eq!(code(&progress, &by(MIA, 10)), "already-decided");
    progress.steps[0].tasks[1].stand_ins.push(MIA);
    assert_eq!(code(&progress, &by(MIA, 11)), "same-person-twice");
    let no = Decision { verdict: Verdict::Reject, ..by(IVY, 11) };
    assert!(!decide(&mut progress, &no).unwrap().rejected, "two can still agree");
    assert!(decide(&mut progress, &by(DAN, 12)).unwrap().approved);
    let mut lost = of_three();
    decide(&mut lost, &no).unwrap();
    let second = Decision { verdict: Verdict::Reject, ..by(DAN, 12) };
    assert!(decide(&mut lost, &second).unwrap().rejected, "two can no longer agree");
    let mut enough = of_three();
    decide(&mut enough, &by(MIA, 10)).unwrap();
    let moved = decide(&mut enough, &by(DAN, 12)).unwrap();
    assert!(moved.approved && moved.tasks.contains(&(TaskId::from_bits(11), TaskState::Void)));
}
