//! One table laid over another: tables within tables are joined, everything else is replaced.

use toml::{Table, Value};

/// Lays `over` upon `under`.
pub(super) fn lay(under: &mut Table, over: Table) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay(below, above),
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}
