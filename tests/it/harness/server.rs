//! The real server as a child process: started, asked, killed, started again.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use reqwest::Method;

use super::{Api, Client, Database, Front, Kind};

/// From start to `ready`; a debug build on a busy machine makes the demo world in seconds.
const READY: Duration = Duration::from_secs(90);
/// A graceful stop takes at most 10 s by its promise; a little more for a busy machine.
const STOP: Duration = Duration::from_secs(15);

/// A demo server on a port and a database of its own.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    database: Arc<Database>,
    arguments: Vec<String>,
    /// The second process of a pair.
    other: Option<Box<Self>>,
}

impl Server {
    /// A demo on SQLite; and two of them on one PostgreSQL, asked by turns, where there is one.
    pub async fn everywhere() -> Vec<Self> {
        let mut servers = vec![Self::demo().await];
        if Kind::all().contains(&Kind::Postgres) {
            servers.push(Self::pair().await);
        }
        servers
    }

    /// Two processes on one PostgreSQL behind one address; every request goes to the other one.
    pub async fn pair() -> Self {
        let (front, open) = Front::listen();
        let mut first = Self::demo_with(Kind::Postgres, &["--public-url", &front.url]).await;
        let second = first.beside();
        front.lead_to(&first.url);
        front.lead_to(&second.url);
        open();
        first.url = front.url;
        first.other = Some(Box::new(second));
        first
    }

    /// A demo on SQLite.
    pub async fn demo() -> Self {
        Self::demo_on(Kind::Sqlite).await
    }

    pub async fn demo_on(kind: Kind) -> Self {
        Self::demo_with(kind, &[]).await
    }

    /// A demo with further arguments, such as `--smtp URL`.
    pub async fn demo_with(kind: Kind, arguments: &[&str]) -> Self {
        let database = Arc::new(Database::new(kind).await);
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        let (child, url) = start(&database, "127.0.0.1:0", &arguments);
        Self { child, url, database, arguments, other: None }
    }

    /// A demo on a database that is there already; it keeps the world it finds.
    pub fn demo_in(database: Database) -> Self {
        let (database, arguments) = (Arc::new(database), Vec::new());
        let (child, url) = start(&database, "127.0.0.1:0", &arguments);
        Self { child, url, database, arguments, other: None }
    }

    /// A second process on the same database and key.
    pub fn beside(&self) -> Self {
        let (database, arguments) = (Arc::clone(&self.database), self.arguments.clone());
        let (child, url) = start(&database, "127.0.0.1:0", &arguments);
        Self { child, url, database, arguments, other: None }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Each process's own mail server.
    pub fn mailboxes(&self) -> Vec<Client> {
        let other = self.other.iter().map(|other| other.client());
        std::iter::once(self.client()).chain(other).collect()
    }

    /// The JSON API as this person (every password of the demo is `demo`).
    pub async fn api(&self, mail: &str) -> Api {
        Api::login(&self.url, mail).await
    }

    /// A browser in which this person is signed in.
    pub async fn signed_in(&self, mail: &str) -> Client {
        let client = self.client();
        let page = client.get("/sign-in").await.expect(200).text();
        let form = super::html::form(&page, "Sign in").expect("the form");
        let form = form.with("email", mail).with("password", "demo");
        client.form("/sign-in", &form.fields).await.expect(303);
        client
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    pub fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }

    /// Moves the server's clock and wakes its timers: `PT26H`.
    pub async fn advance(&self, period: &str) {
        let body = format!("{{\"advance\":\"{period}\"}}").into_bytes();
        let json = [("content-type", "application/json")];
        // Each process has a clock of its own, and the one address leads to the first's.
        for server in std::iter::once(self).chain(self.other.as_deref()) {
            let client = server.client();
            let answer = client.send(Method::POST, "/sim/clock", &json, body.clone()).await;
            assert!(matches!(answer.status, 200 | 204), "{}", answer.text());
        }
    }

    /// `kill -9`: no chance to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and the wait for a graceful end.
    pub fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(asked.elapsed() < STOP, "still running {STOP:?} after SIGTERM");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The same server again: same data, same port, so that partners still find it.
    pub fn restart(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port());
        (self.child, self.url) = start(&self.database, &listen, &self.arguments);
    }

    /// What the server logged so far, over all its starts.
    pub fn log(&self) -> String {
        fs::read_to_string(log_file(&self.database)).unwrap_or_default()
    }

    /// Runs another command of the binary on the same data: `audit verify`.
    pub fn command(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new(binary());
        command.args(arguments).arg("--data").arg(self.database.folder());
        if let Some(url) = self.database.url() {
            command.args(["--database", url]);
        }
        command.output().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("the server's last words:");
            tail.iter().rev().for_each(|line| eprintln!("  {line}"));
        }
    }
}

pub fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_countersign")
}

fn log_file(database: &Database) -> PathBuf {
    database.folder().join("server.log")
}

fn append(path: PathBuf) -> File {
    OpenOptions::new().create(true).append(true).open(path).unwrap()
}

/// Starts `demo` and waits for its `ready` line.
fn start(database: &Database, listen: &str, arguments: &[String]) -> (Child, String) {
    let mut command = Command::new(binary());
    command.args(["demo", "--listen", listen, "--data"]).arg(database.folder());
    if let Some(url) = database.url() {
        command.args(["--database", url]);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(append(log_file(database)));
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let (say, hear) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(url) = line.strip_prefix("ready ") {
                let _ = say.send(url.trim().to_owned());
            }
        }
    });
    if let Ok(url) = hear.recv_timeout(READY) {
        return (child, url);
    }
    let _ = child.kill();
    let log = fs::read_to_string(log_file(database)).unwrap_or_default();
    panic!("no `ready` line within {READY:?} ({:?}):\n{log}", child.wait());
}
