//! The ground of the store on SQLite: grouped commits, failed jobs alone, read-only readers.
//! The functions of each noun are tested on both databases in `tests/it`.

use super::{Conn, Row, Store, StoreError, Work, db, delivery, letter, migrate, webhook};

/// Inserts a lease row, and then fails or panics when told to.
struct Put {
    name: String,
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Well,
    Refuse,
    Panic,
}

impl Work for Put {
    type Answer = ();
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<(), StoreError> {
        db::query("insert into lease (name, holder, fence, until) values ($1, 'me', 1, 0)")
            .bind(&self.name)
            .execute(conn)
            .await?;
        match self.end {
            End::Well => Ok(()),
            End::Refuse => Err(StoreError::Conflict("lease")),
            End::Panic => panic!("as planned"),
        }
    }

    fn is_retryable(_: &StoreError) -> bool {
        false
    }
}

async fn open(name: &str) -> (Store, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("countersign-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let url = format!("sqlite:{}", folder.join("test.db").display());
    let done = migrate(&url).await.unwrap();
    assert_eq!(done.applied.len(), done.known);
    assert_eq!(migrate(&url).await.unwrap().applied, Vec::<String>::new());
    (Store::open(&url).await.unwrap(), folder)
}

#[tokio::test]
async fn one_failed_job_of_a_group_harms_nobody_else() {
    let (store, folder) = open("group").await;
    let end = |n: i32| match n % 5 {
        3 => End::Refuse,
        4 => End::Panic,
        _ => End::Well,
    };
    let jobs = (0..100).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.write(Put { name: n.to_string(), end: end(n) }).await })
    });
    for (n, job) in (0..100).zip(jobs.collect::<Vec<_>>()) {
        assert_eq!(job.await.unwrap().is_ok(), end(n) == End::Well, "job {n}");
    }
    let mut conn = store.read().await.unwrap();
    let row = db::query("select count(*) as jobs from lease").fetch_one(&mut conn).await.unwrap();
    assert_eq!(row.int("jobs").unwrap(), Some(60));
    drop(conn);
    store.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn readers_cannot_write_and_duplicates_are_named() {
    let (store, folder) = open("readers").await;
    let mut conn = store.read().await.unwrap();
    assert!(db::query("delete from lease").execute(&mut conn).await.is_err());
    let put = || Put { name: "twice".into(), end: End::Well };
    store.write(put()).await.unwrap();
    assert!(matches!(store.write(put()).await, Err(StoreError::Duplicate(_))));
    drop(conn);
    store.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}

/// However many rows wait, a take looks at those it takes: it asks for them by id.
#[tokio::test]
async fn a_take_does_not_walk_what_waits() {
    let (store, folder) = open("takes").await;
    let mut conn = store.read().await.unwrap();
    for (table, take) in [
        ("letter", letter::OUTBOX.take),
        ("delivery", delivery::OUTBOX.take),
        ("webhook_event", webhook::OUTBOX.take),
    ] {
        let sql = Box::leak(format!("explain query plan {take}").into_boxed_str());
        let rows = db::query(sql).bind(1).bind(1).bind(8).fetch_all(&mut conn).await.unwrap();
        let outer = Row::new(&rows[0], "plan").text("detail").unwrap();
        let by_id = format!("SEARCH {table} USING INDEX sqlite_autoindex_{table}_1 (id=?)");
        assert_eq!(outer, by_id);
    }
    std::fs::remove_dir_all(folder).unwrap();
}
