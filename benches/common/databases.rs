//! The bare databases: what they do by themselves, in the same run, to compare with.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{folder, rate};

const WHILE: Duration = Duration::from_secs(4);

/// Durable commits a second of SQLite alone: one thread, one 4 KB insert a transaction.
pub fn bare_sqlite() -> u128 {
    let conn = rusqlite::Connection::open(folder("bare-sqlite").join("bare.db")).unwrap();
    conn.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full;
        create table bare (id integer primary key, body blob not null)",
    )
    .unwrap();
    let mut insert = conn.prepare("insert into bare (body) values (?1)").unwrap();
    let body = vec![b'x'; 4096];
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < WHILE {
        insert.execute([&body]).unwrap();
        count += 1;
    }
    rate(count, begun.elapsed())
}

/// A private PostgreSQL for the length of the bench.
pub struct Postgres {
    bin: String,
    data: std::path::PathBuf,
    pub url: String,
}

impl Postgres {
    /// Starts one on a free port; `None` says why on stdout.
    pub fn start() -> Option<Self> {
        let bin =
            std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().last()?.path().join("bin");
        let bin = bin.display().to_string();
        let data = std::env::temp_dir().join(format!("countersign-bench-{}", std::process::id()));
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let script = format!(
            "set -e; mkdir -p {data}; chown postgres {data}; \
             runuser -u postgres -- {bin}/initdb -D {data}/pg -A trust -U postgres >/dev/null; \
             runuser -u postgres -- {bin}/pg_ctl -D {data}/pg -w -l {data}/log \
               -o '-p {port} -c listen_addresses=127.0.0.1 -k {data}' start >/dev/null",
            data = data.display()
        );
        let status = Command::new("bash").args(["-c", &script]).stderr(Stdio::null()).status();
        status.ok()?.success().then_some(Self {
            bin,
            data,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        })
    }

    /// Commits a second of PostgreSQL alone: `pgbench`, prepared 4 KB inserts, 16 clients.
    pub fn bare(&self) -> u128 {
        let script = self.data.join("insert.sql");
        let body = "x".repeat(4096);
        std::fs::write(&script, format!("insert into bare (body) values ('{body}');\n")).unwrap();
        let table = "create table bare (id bigserial primary key, body text not null)";
        self.run("psql", &["-q", "-c", table, &self.url]);
        let file = script.display().to_string();
        let arguments = ["-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", "4", "-f", &file];
        let out = self.run("pgbench", &[&arguments[..], &[self.url.as_str()]].concat());
        let tps = out.lines().find(|line| line.starts_with("tps")).expect("tps");
        let whole = tps.split(['=', '.']).nth(1).expect("tps = N.N").trim();
        whole.parse().unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let path = Path::new(&self.bin).join(program);
        let out = Command::new(path).args(arguments).output().unwrap();
        assert!(out.status.success(), "{program}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stop = format!(
            "runuser -u postgres -- {}/pg_ctl -D {data}/pg -m immediate stop >/dev/null; rm -rf {data}",
            self.bin,
            data = self.data.display()
        );
        let _ = Command::new("bash").args(["-c", &stop]).status();
    }
}
