//! Building casbin enforcers without an executor, a file or a thread of its own.
//!
//! casbin's constructors are `async` for the sake of adapters that wait; with a model from a text
//! and no adapter they finish at the first poll.

use casbin::{
    CoreApi, DefaultModel, Enforcer, EventData, Logger, Model, NullAdapter,
    function_map::OperatorFunction,
};
use futures_util::FutureExt;

use crate::domain::refusal::Refusal;

use super::table::unsound;

/// casbin's own logger starts a thread per enforcer; this one does nothing.
struct Silent;

impl Logger for Silent {
    fn enable_log(&mut self, _enabled: bool) {}
    fn is_enabled(&self) -> bool {
        false
    }
    fn print_enforce_log(&self, _rvals: Vec<String>, _authorized: bool, _cached: bool) {}
    fn print_mgmt_log(&self, _event: &EventData) {}
    fn print_explain_log(&self, _rules: Vec<String>) {}
    fn print_status_log(&self, _enabled: bool) {}
}

/// The lines of one kind (`p` or `g`).
pub struct Lines {
    pub kind: &'static str,
    pub lines: Vec<Vec<String>>,
}

/// An enforcer over a model and its lines. An empty set never gets this far: over no lines casbin
/// would allow what it should not.
pub fn enforcer(
    set: &str,
    model: &str,
    lines: Vec<Lines>,
    functions: &[(&str, OperatorFunction)],
) -> Result<Enforcer, Refusal> {
    let broken = |fault: String| unsound(set, "a model and lines that casbin reads", fault);
    let policies = lines.iter().filter(|lines| lines.kind == "p").map(|l| l.lines.len());
    if policies.sum::<usize>() == 0 {
        return Err(unsound(set, "at least one line", "a set without lines"));
    }
    let mut model = DefaultModel::from_str(model)
        .now_or_never()
        .ok_or_else(|| broken("the model did not load at once".to_owned()))?
        .map_err(|fault| broken(fault.to_string()))?;
    for Lines { kind, lines } in lines {
        let before = lines.len();
        if !model.add_policies(kind, kind, lines) || model.get_policy(kind, kind).len() != before {
            return Err(broken(format!("two equal lines of kind {kind}")));
        }
    }
    let mut enforcer = Enforcer::new_raw(model, NullAdapter)
        .now_or_never()
        .ok_or_else(|| broken("the enforcer did not load at once".to_owned()))?
        .map_err(|fault| broken(fault.to_string()))?;
    enforcer.set_logger(Box::new(Silent));
    for (name, function) in functions {
        enforcer.add_function(name, *function);
    }
    enforcer.build_role_links().map_err(|fault| broken(fault.to_string()))?;
    Ok(enforcer)
}
