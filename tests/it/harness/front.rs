//! A front before two server processes on one database: every request goes to the other one than
//! the request before, as a load balancer without sticky sessions would have it. The simulators
//! keep their state in one process, so their pages are always the first one's.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Where the front listens, and to whom it hands on.
pub struct Front {
    pub url: String,
    doors: Arc<Mutex<Vec<String>>>,
}

impl Front {
    /// Listens; whoever asks before [`Front::open`] waits in the queue of the socket.
    pub fn listen() -> (Self, impl FnOnce()) {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let doors = Arc::new(Mutex::new(Vec::new()));
        let front = Self { url, doors: Arc::clone(&doors) };
        let open = move || {
            thread::spawn(move || serve(&socket, &doors.lock().unwrap().clone()));
        };
        (front, open)
    }

    /// Adds a server: `http://127.0.0.1:PORT`.
    pub fn lead_to(&self, url: &str) {
        let door = url.trim_start_matches("http://").to_owned();
        self.doors.lock().unwrap().push(door);
    }
}

fn serve(socket: &TcpListener, doors: &[String]) {
    let turn = Arc::new(AtomicUsize::new(0));
    for stream in socket.incoming().map_while(Result::ok) {
        let (turn, doors) = (Arc::clone(&turn), doors.to_vec());
        thread::spawn(move || hand_on(stream, &turn, &doors));
    }
}

/// One connection is one request here: the clients of the tests keep none open.
fn hand_on(mut asks: TcpStream, turn: &AtomicUsize, doors: &[String]) -> io::Result<()> {
    let mut head = Vec::new();
    let mut bytes = [0; 4096];
    while !head.contains(&b'\n') {
        let count = asks.read(&mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        head.extend_from_slice(&bytes[..count]);
    }
    let line = String::from_utf8_lossy(&head);
    let is_simulator = line.split(' ').nth(1).is_some_and(|path| path.starts_with("/sim"));
    let door = if is_simulator { 0 } else { turn.fetch_add(1, Ordering::Relaxed) % doors.len() };
    let mut answers = TcpStream::connect(&doors[door])?;
    answers.write_all(&head)?;
    let (mut from, mut to) = (asks.try_clone()?, answers.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    io::copy(&mut answers, &mut asks)?;
    asks.shutdown(Shutdown::Both)
}
