//! What a transaction has read and need not read again: people, settings, the requisition that is
//! decided. One decision asks for the same person dozens of times.
//!
//! Only statements that ask for it ([`Query::fetch_known`]) are kept, and none of readers, which
//! see what others write meanwhile. A write to a table forgets what was read of it; a lock, a
//! savepoint, a rollback forget everything.
//!
//! [`Query::fetch_known`]: super::Query::fetch_known

use std::sync::Arc;

use super::{DbRow, query::Query, query::Value};

/// Answers kept at most.
const MOST: usize = 64;

#[derive(Default)]
pub struct Memo(Vec<Known>);

struct Known {
    sql: &'static str,
    values: Vec<Value<'static>>,
    rows: Arc<[DbRow]>,
}

impl Memo {
    pub fn get(&self, query: &Query<'_>) -> Option<Arc<[DbRow]>> {
        let is_it = |known: &&Known| {
            std::ptr::eq(known.sql, query.sql) && known.values.as_slice() == query.values.as_slice()
        };
        self.0.iter().find(is_it).map(|known| Arc::clone(&known.rows))
    }

    pub fn keep(&mut self, sql: &'static str, values: Vec<Value<'static>>, rows: &Arc<[DbRow]>) {
        if self.0.len() == MOST {
            self.0.clear();
        }
        self.0.push(Known { sql, values, rows: Arc::clone(rows) });
    }

    /// Forgets what a statement makes untrue.
    pub fn passes(&mut self, sql: &str) {
        if self.0.is_empty() || reads(sql) {
            return;
        }
        match written(sql) {
            Some(table) => self.0.retain(|known| !known.sql.contains(table)),
            None => self.0.clear(),
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

fn reads(sql: &str) -> bool {
    sql.trim_start().starts_with("select")
}

/// The table that a statement writes to, if it is a plain one.
fn written(sql: &str) -> Option<&str> {
    let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty());
    match words.next()? {
        "insert" | "delete" => words.nth(1),
        "update" => words.next(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::db::query;

    const PEOPLE: &str = "select * from person where id = $1";

    fn kept() -> Memo {
        let mut memo = Memo::default();
        memo.keep(PEOPLE, vec![Value::from("1".to_owned())], &Arc::from([]));
        memo
    }

    fn is_known(memo: &Memo) -> bool {
        memo.get(&query(PEOPLE).bind("1")).is_some()
    }

    #[test]
    fn an_answer_is_known_for_the_same_values_alone() {
        let memo = kept();
        assert!(is_known(&memo));
        assert!(memo.get(&query(PEOPLE).bind("2")).is_none());
    }

    #[test]
    fn reading_and_writing_elsewhere_keep_it() {
        let mut memo = kept();
        memo.passes("\n    select * from person");
        memo.passes("insert into letter (id) values ($1)");
        memo.passes("update task set state = $1");
        assert!(is_known(&memo));
    }

    #[test]
    fn writing_there_and_what_is_no_plain_statement_forget_it() {
        for sql in [
            "\n    update person set name = $1",
            "insert into person (id) values ($1)",
            "insert into person(id) values ($1)",
            "delete from person where id = $1",
            "rollback to job",
            "savepoint job",
            "with old as (select 1) delete from person",
        ] {
            let mut memo = kept();
            memo.passes(sql);
            assert!(!is_known(&memo), "{sql}");
        }
    }
}
