//! Black-box: a real server on a real socket, with deadlines of some hundred milliseconds.

use std::time::Duration;

use poem::{EndpointExt, Route, Server, endpoint::make, get, post};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::*;
use crate::http::guard::Front;

struct Running {
    address: SocketAddr,
    gate: Arc<Gate>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn quick() -> Limits {
    Limits {
        head: Duration::from_millis(300),
        body: Duration::from_millis(300),
        idle: Duration::from_millis(300),
        ..Limits::default()
    }
}

async fn run(limits: Limits) -> Running {
    let gate = Gate::new(limits);
    let local = "127.0.0.1:0".parse().unwrap();
    let acceptor = GuardedAcceptor::bind(local, gate.clone()).await.unwrap();
    let address = acceptor.address();
    let slow = make(|_| async {
        sleep(Duration::from_millis(700)).await;
        Ok::<_, poem::Error>("slow")
    });
    let big = make(|_| async { Ok::<_, poem::Error>(vec![b'x'; 64 << 20]) });
    let echo = make(|mut request: poem::Request| async move {
        Ok::<_, poem::Error>(request.take_body().into_bytes_limit(1 << 20).await?.to_vec())
    });
    let app = Route::new()
        .at("/slow", get(slow))
        .at("/big", get(big))
        .at("/", post(echo).get(make(|_| async { Ok::<_, poem::Error>("hello") })))
        .with(Front::new(gate.clone(), false));
    let task = tokio::spawn(async move {
        Server::new_with_acceptor(acceptor).run(app).await.unwrap();
    });
    Running { address, gate, task }
}

async fn dial(server: &Running) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

/// All that comes until the server closes; fails the test when it does not within 2 seconds.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(Duration::from_secs(2), stream.read_to_end(&mut bytes)).await;
    assert!(read.is_ok(), "the connection is still open");
    String::from_utf8_lossy(&bytes).into_owned()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = run(quick()).await;
    assert_eq!(rest(&mut dial(&server).await).await, "");
    tokio::task::yield_now().await;
    assert_eq!(server.gate.count(), 0);
}

#[tokio::test]
async fn a_head_that_drips_or_stalls_is_closed_at_its_deadline() {
    let server = run(quick()).await;
    let begun = Instant::now();
    let mut stalled = dial(&server).await;
    stalled.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-").await.unwrap();
    let mut dripping = dial(&server).await;
    for byte in b"GET / HTTP/1.1\r\nHost: a\r\nX-Drip: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
        if dripping.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    rest(&mut stalled).await;
    let mut end = [0; 1];
    assert!(matches!(dripping.read(&mut end).await, Ok(0) | Err(_)));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_body_that_stalls_is_answered_and_closed() {
    let server = run(quick()).await;
    let mut stream = dial(&server).await;
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc";
    stream.write_all(head).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_chunked_body_at_a_good_pace_is_read_whole() {
    let server = run(quick()).await;
    let mut stream = dial(&server).await;
    let head =
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head).await.unwrap();
    for _ in 0..3 {
        sleep(Duration::from_millis(50)).await;
        stream.write_all(b"3\r\nabc\r\n").await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.ends_with("abcabcabc"), "{answer}");
}

#[tokio::test]
async fn a_handler_may_take_longer_than_any_reading_deadline() {
    let server = run(quick()).await;
    let mut stream = dial(&server).await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.ends_with("slow"), "{answer}");
}

#[tokio::test]
async fn a_connection_serves_several_requests_and_ends_when_idle() {
    let server = run(quick()).await;
    let mut stream = dial(&server).await;
    for _ in 0..3 {
        stream.write_all(GET).await.unwrap();
        sleep(Duration::from_millis(150)).await;
    }
    let answers = rest(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
}

#[tokio::test]
async fn pipelined_requests_are_all_answered() {
    let server = run(quick()).await;
    let mut stream = dial(&server).await;
    stream.write_all(&[GET, GET, GET].concat()).await.unwrap();
    assert_eq!(rest(&mut stream).await.matches("hello").count(), 3);
}

#[tokio::test]
async fn an_old_connection_is_told_to_end() {
    let server = run(Limits { age: Duration::from_millis(400), ..Limits::default() }).await;
    let mut stream = dial(&server).await;
    sleep(Duration::from_millis(385)).await;
    stream.write_all(GET).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.is_empty() || answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_closed() {
    let limits = Limits { write_stall: Duration::from_millis(300), ..Limits::default() };
    let server = run(limits).await;
    let mut stream = dial(&server).await;
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let begun = Instant::now();
    while server.gate.count() > 0 || begun.elapsed() < Duration::from_millis(200) {
        assert!(begun.elapsed() < Duration::from_secs(5), "still open");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn at_the_cap_the_longest_waiting_makes_room() {
    let limits = Limits { connections_per_address: 3, ..Limits::default() };
    let server = run(limits).await;
    let mut first = dial(&server).await;
    sleep(Duration::from_millis(50)).await;
    let _others = (dial(&server).await, dial(&server).await);
    sleep(Duration::from_millis(50)).await;
    let mut fresh = dial(&server).await;
    fresh.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut fresh).await.ends_with("hello"));
    let mut end = [0; 1];
    assert!(matches!(first.read(&mut end).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn hosts_are_checked_and_clear_text_http2_is_not_spoken() {
    let server = run(quick()).await;
    for bad in ["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"] {
        let mut stream = dial(&server).await;
        stream.write_all(bad.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let mut stream = dial(&server).await;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}
