//! One storage on two databases: the same tables and columns after the migrations, and every SQL
//! text of the store understood by both.

use std::collections::{BTreeMap, BTreeSet};

use countersign::store::migrate;
use rusqlite::Connection as Sqlite;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr};

use crate::{
    harness::{Database, Kind},
    tidy::{files, read, source::Source},
};

fn open(database: &Database) -> Sqlite {
    Sqlite::open(database.folder().join("countersign.db")).unwrap()
}

fn sqlite_url(database: &Database) -> String {
    format!("sqlite:{}", database.folder().join("countersign.db").display())
}

/// Columns by table: name to (kind, not null).
type Schema = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn put(schema: &mut Schema, table: &str, column: &str, kind: &str, required: bool) {
    let known = match kind.to_lowercase().as_str() {
        "integer" | "bigint" => "integer",
        "text" => "text",
        "blob" | "bytea" => "bytes",
        other => panic!("{table}.{column} is {other}: columns are integers, texts or bytes"),
    };
    let columns = schema.entry(table.to_owned()).or_default();
    columns.insert(column.to_owned(), (known.to_owned(), required));
}

fn sqlite_schema(connection: &Sqlite) -> Schema {
    let mut schema = Schema::new();
    let mut statement = connection
        .prepare(
            "select m.name as t, p.name as c, p.type as k, p.\"notnull\" + p.pk as required \
             from sqlite_schema m, pragma_table_info(m.name) p \
             where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like '_sqlx%'",
        )
        .unwrap();
    let mut rows = statement.query(()).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let text = |column: &str| row.get::<_, String>(column).unwrap();
        let required: i64 = row.get("required").unwrap();
        put(&mut schema, &text("t"), &text("c"), &text("k"), required > 0);
    }
    schema
}

async fn postgres_schema(connection: &mut PgConnection) -> Schema {
    let mut schema = Schema::new();
    let rows = connection
        .fetch_all(
            "select table_name::text as t, column_name::text as c, data_type::text as k, \
             is_nullable::text as n from information_schema.columns \
             where table_schema = 'public' and table_name not like '\\_sqlx%'",
        )
        .await
        .unwrap();
    for row in rows {
        let nullable: &str = row.get("n");
        let (table, column): (&str, &str) = (row.get("t"), row.get("c"));
        put(&mut schema, table, column, row.get("k"), nullable == "NO");
    }
    schema
}

/// Tables that one database alone has for its own kind of search.
fn is_own(table: &str) -> bool {
    table.contains("_fts")
}

#[tokio::test]
async fn migrations_make_the_same_tables_on_both_databases_and_run_once() {
    let database = Database::new(Kind::Sqlite).await;
    let url = sqlite_url(&database);
    let done = migrate(&url).await.unwrap();
    assert!(done.known > 0 && done.applied.len() == done.known);
    assert!(migrate(&url).await.unwrap().applied.is_empty());
    let sqlite = sqlite_schema(&open(&database));
    assert!(sqlite.len() > 10, "only {} tables", sqlite.len());
    if !Kind::all().contains(&Kind::Postgres) {
        return;
    }
    let other = Database::new(Kind::Postgres).await;
    let url = other.url().unwrap();
    let done = migrate(url).await.unwrap();
    assert_eq!(done.applied.len(), done.known);
    assert!(migrate(url).await.unwrap().applied.is_empty());
    let mut connection = PgConnection::connect(url).await.unwrap();
    let postgres = postgres_schema(&mut connection).await;
    let names = |schema: &Schema| -> BTreeSet<String> {
        schema.keys().filter(|table| !is_own(table)).cloned().collect()
    };
    assert_eq!(names(&sqlite), names(&postgres));
    for table in names(&sqlite) {
        assert_eq!(sqlite[&table], postgres[&table], "table {table}");
    }
}

/// A whole SQL text: a constant of its own or the argument of a call, not a piece of a macro.
fn statements(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for text in source.texts.iter().filter(|text| !source.is_test(text.line)) {
        let before = source.code[..text.place.start].trim_end();
        let after = source.code[text.place.end..].trim_start();
        let whole = (before.ends_with('=') && after.starts_with(';'))
            || (before.ends_with("query(") && after.starts_with(')'));
        let sql = joined(&text.inside);
        let first = sql.split_whitespace().next().unwrap_or_default().to_lowercase();
        let verbs = ["select", "insert", "update", "delete", "with"];
        if whole && verbs.contains(&first.as_str()) {
            found.push((text.line, sql));
        }
    }
    found
}

/// The text as the compiler reads it: a backslash at a line's end joins it to the next word.
fn joined(inside: &str) -> String {
    let pieces = inside.split("\\\n").enumerate();
    let joined: String =
        pieces.map(|(at, piece)| if at == 0 { piece } else { piece.trim_start() }).collect();
    joined.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Statements of one database alone are named for it, in a file or a constant.
fn is_for(source: &Source, line: usize, other: &str) -> bool {
    let before: Vec<&str> = source.code.lines().take(line).collect();
    let constant = before.iter().rev().find(|code| code.contains("const "));
    constant.is_some_and(|code| code.to_lowercase().contains(other))
}

#[tokio::test]
async fn every_sql_text_is_understood_by_both_databases() {
    let database = Database::new(Kind::Sqlite).await;
    migrate(&sqlite_url(&database)).await.unwrap();
    let sqlite = open(&database);
    let other = match Kind::all().contains(&Kind::Postgres) {
        true => Some(Database::new(Kind::Postgres).await),
        false => None,
    };
    let mut postgres = None;
    if let Some(other) = &other {
        migrate(other.url().unwrap()).await.unwrap();
        postgres = Some(PgConnection::connect(other.url().unwrap()).await.unwrap());
    }
    let mut count = 0;
    let mut faults = Vec::new();
    for source in files("src/store").iter().filter_map(|path| read(path)) {
        for (line, sql) in statements(&source) {
            count += 1;
            let place = format!("{}:{line}", source.path);
            if !is_for(&source, line, "postgres")
                && let Err(fault) = sqlite.prepare(&sql)
            {
                faults.push(format!("{place}: SQLite: {fault}"));
            }
            if let Some(postgres) = &mut postgres
                && !is_for(&source, line, "sqlite")
                && let Err(fault) =
                    (&mut *postgres).prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await
            {
                faults.push(format!("{place}: PostgreSQL: {fault}"));
            }
        }
    }
    assert!(count > 50, "only {count} statements were found");
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
}
