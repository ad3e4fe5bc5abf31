//! What tells whether the master key in use is the one this database began with, also while nothing
//! is sealed yet: a digest that only that key makes.

use super::{
    Conn, Row, Store, StoreError, db,
    upkeep::{Statement, Value},
};

const GET: &str = "select digest from key_mark where id = 1";
const KEEP: &str = "insert into key_mark (id, digest) values (1, $1) on conflict (id) do nothing";

pub async fn get(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let row = db::query(GET).fetch_optional(conn).await?;
    row.map(|row| Row::new(&row, "key_mark").text("digest")).transpose()
}

impl Store {
    /// Keeps the mark of the first key; a later one changes nothing.
    pub async fn keep_key_mark(&self, digest: &str) -> Result<(), StoreError> {
        let values = vec![Value::Text(digest.to_owned())];
        self.write(Statement { sql: KEEP, values }).await.map(|_| ())
    }
}
