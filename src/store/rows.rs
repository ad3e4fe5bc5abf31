//! Several rows in one statement where every statement is a round trip, as on PostgreSQL. SQLite is
//! called in place: there a statement of several rows costs a copy of each page that it changes, so
//! that it could be undone half way, and rows go in one by one.

use super::{
    Conn, StoreError,
    db::{self, Value},
};

/// Rows that one statement takes at most.
const MOST: usize = 16;

/// Rows in one statement on this connection.
const fn at_once(conn: &Conn) -> usize {
    if conn.writes_alone() { 1 } else { MOST }
}

/// The texts of a statement over one row, two rows, and so on.
pub(super) struct Rows {
    texts: Vec<String>,
}

impl Rows {
    /// Rows put into a table; `tail` follows them.
    pub fn into(table: &str, columns: &str, tail: &str) -> Self {
        let width = columns.split(',').count();
        Self::of(width, |rows| format!("insert into {table} ({columns}) values {rows} {tail}"))
    }

    /// Rows of so many values, written into the statement as `($1, $2), ($3, $4)`.
    pub fn of(width: usize, statement: impl Fn(&str) -> String) -> Self {
        let row = |at: usize| {
            let places: Vec<_> = (1..=width).map(|n| format!("${}", at * width + n)).collect();
            format!("({})", places.join(", "))
        };
        let text = |count: usize| {
            let rows: Vec<_> = (0..count).map(row).collect();
            statement(&rows.join(", "))
        };
        Self { texts: (1..=MOST).map(text).collect() }
    }

    /// Runs the statement over the rows, each with all its values; tells how many rows changed.
    pub async fn run(
        &'static self,
        conn: &mut Conn,
        rows: &[Vec<Value<'_>>],
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        for query in self.queries(rows, at_once(conn)) {
            changed += query.execute(conn).await?.rows_affected();
        }
        Ok(changed)
    }

    /// Inserts the rows, as [`db::Query::put`] does.
    pub fn put(&'static self, conn: &mut Conn, rows: &[Vec<Value<'_>>]) -> Result<(), StoreError> {
        let most = at_once(conn);
        self.queries(rows, most).try_for_each(|query| query.put(conn))
    }

    fn queries<'r>(
        &'static self,
        rows: &'r [Vec<Value<'r>>],
        most: usize,
    ) -> impl Iterator<Item = db::Query<'r>> {
        rows.chunks(most).filter_map(|chunk| {
            let text = self.texts.get(chunk.len() - 1)?;
            let values = chunk.iter().flatten().cloned();
            Some(values.fold(db::query(text), |query, value| query.bind(value)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_numbers_its_places_row_by_row() {
        let rows = Rows::into("t", "a, b", "on conflict do nothing");
        assert_eq!(rows.texts[0], "insert into t (a, b) values ($1, $2) on conflict do nothing");
        assert!(rows.texts[2].contains("($1, $2), ($3, $4), ($5, $6)"), "{}", rows.texts[2]);
        assert_eq!(rows.texts.len(), MOST);
    }
}
