//! What the benches share: a running demo, a small HTTP client, figures without floats.

#![allow(dead_code, clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod databases;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// `numerator / denominator` with two decimals.
pub fn ratio(numerator: u128, denominator: u128) -> String {
    let hundredths = (numerator * 100 + denominator / 2) / denominator.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Things a second.
pub fn rate(count: u64, took: Duration) -> u128 {
    u128::from(count) * 1_000_000_000 / took.as_nanos().max(1)
}

/// One line of the report: what, its figure, what was asked.
pub fn report(what: &str, figure: impl std::fmt::Display, asked: &str) {
    println!("{what:<58} {figure:>14}   {asked}");
}

/// The value at so many per thousand of the sorted list.
pub fn per_mille(sorted: &[Duration], mille: usize) -> Duration {
    sorted[(sorted.len() * mille / 1000).min(sorted.len() - 1)]
}

/// A folder of this bench, emptied.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A demo server in a process of its own.
pub struct Demo {
    process: Child,
    pub address: String,
}

impl Demo {
    pub fn start(folder: &Path, database: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        command.env("COUNTERSIGN_LOG", "warn").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready http://").expect("ready").to_owned();
        Self { process, address }
    }

    pub fn connect(&self) -> Http {
        Http::connect(&self.address)
    }

    /// CPU time used so far, user and system, in milliseconds (a clock tick is 10 ms).
    pub fn cpu_ms(&self) -> u128 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        (fields[11].parse::<u128>().unwrap() + fields[12].parse::<u128>().unwrap()) * 10
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> u64 {
        memory_kib(&self.process.id().to_string(), "VmRSS:") / 1024
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A line of `/proc/PID/status` in KiB.
pub fn memory_kib(process: &str, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let found = status.lines().find(|found| found.starts_with(line)).unwrap();
    found.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// One kept-alive connection.
pub struct Http {
    stream: BufReader<TcpStream>,
    host: String,
    pub token: Option<String>,
}

impl Http {
    pub fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { stream: BufReader::new(stream), host: address.to_owned(), token: None }
    }

    pub fn call(&mut self, method: &str, path: &str, kind: &str, body: &str) -> (u16, String) {
        let auth = self.token.as_ref().map(|token| format!("Authorization: Bearer {token}\r\n"));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\n{}Content-Length: {}\r\n\r\n",
            self.host,
            auth.unwrap_or_default(),
            body.len()
        );
        let socket = self.stream.get_mut();
        socket.write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()).unwrap();
        self.answer()
    }

    fn answer(&mut self) -> (u16, String) {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split_whitespace().nth(1).expect("a status").parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }

    /// A JSON call that must succeed.
    pub fn json(
        &mut self,
        method: &str,
        path: &str,
        body: &serde_json::Value,
    ) -> serde_json::Value {
        let (status, text) = self.call(method, path, "application/json", &body.to_string());
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(serde_json::Value::Null)
    }

    pub fn sign_in(&mut self, email: &str) {
        let body = serde_json::json!({ "email": email, "password": "demo" });
        let answer = self.json("POST", "/api/v1/login", &body);
        self.token = answer["token"].as_str().map(str::to_owned);
    }
}

/// Runs the work again and again for a while; answers how often and how long.
pub fn repeat(least: Duration, mut work: impl FnMut()) -> (u64, Duration) {
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < least {
        work();
        count += 1;
    }
    (count, begun.elapsed())
}
