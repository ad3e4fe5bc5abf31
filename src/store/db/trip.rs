//! Inserts that wait for PostgreSQL, so that what stands together goes in one round trip: a trip
//! costs more than most inserts.
//!
//! They go as one statement, `with put0 as (insert ..), put1 as (insert ..) insert ..`. Its parts
//! do not see each other's rows, which inserts need not; references are checked at its end.

use std::fmt::Write as _;

use sqlx::PgConnection;

use super::{postgres, query::Query, query::Value};
use crate::store::StoreError;

/// Inserts of one trip at most: a statement of many parts takes long to plan.
const MOST: usize = 8;

#[derive(Default)]
pub struct Waiting(Vec<Query<'static>>);

impl Waiting {
    pub fn push(&mut self, query: Query<'static>) {
        self.0.push(query);
    }

    /// Runs what waits.
    pub async fn send(&mut self, conn: &mut PgConnection) -> Result<(), StoreError> {
        while !self.0.is_empty() {
            let together = self.0.drain(..self.0.len().min(MOST)).collect();
            let (text, values) = compose(together);
            postgres::composed(text, values).execute(&mut *conn).await?;
        }
        Ok(())
    }
}

/// One statement of several, its places counted through.
fn compose(queries: Vec<Query<'static>>) -> (String, Vec<Value<'static>>) {
    let (mut text, mut values) = (String::new(), Vec::new());
    let last = queries.len() - 1;
    for (at, query) in queries.into_iter().enumerate() {
        match at {
            0 if last == 0 => {}
            0 => text.push_str("with put0 as ("),
            _ if at < last => {
                let _ = write!(text, ", put{at} as (");
            }
            _ => text.push(' '),
        }
        push_shifted(&mut text, query.sql.trim(), values.len());
        values.extend(query.values);
        if at < last {
            text.push(')');
        }
    }
    (text, values)
}

/// The text with `$1` for `$2` where one value stands before its own.
fn push_shifted(text: &mut String, sql: &str, by: usize) {
    let mut pieces = sql.split('$');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let (number, rest) = piece.split_at(end);
        match number.parse::<usize>() {
            Ok(number) => {
                let _ = write!(text, "${}{rest}", number + by);
            }
            // No place of a value.
            Err(_) => {
                let _ = write!(text, "${piece}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::db::query;

    const ONE: &str = "\n    insert into t (a, b) values ($1, $2) on conflict do nothing";
    const TWO: &str = "insert into u (a, b) values ($1, $1)";

    #[test]
    fn one_insert_stays_as_it_is() {
        let (text, values) = compose(vec![query(TWO).bind(7)]);
        assert_eq!((text.as_str(), values.len()), (TWO, 1));
    }

    #[test]
    fn several_go_as_one_statement_with_their_places_counted_through() {
        let one = || query(ONE).bind(1).bind("x".to_owned());
        let (text, values) = compose(vec![one(), query(TWO).bind(7), one()]);
        assert_eq!(
            text,
            "with put0 as (insert into t (a, b) values ($1, $2) on conflict do nothing), \
             put1 as (insert into u (a, b) values ($3, $3)) \
             insert into t (a, b) values ($4, $5) on conflict do nothing"
        );
        assert_eq!(values.len(), 5);
        assert_eq!(values[2], Value::from(7));
    }
}
