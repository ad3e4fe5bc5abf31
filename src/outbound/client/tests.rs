use super::*;
use crate::domain::delivery::classify;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

fn client() -> Client {
    let rule = AddressRule { allow_loopback: true, allow_http: true, ..AddressRule::default() };
    let limits = Limits {
        connect: Duration::from_millis(500),
        total: Duration::from_millis(500),
        answer_bytes: 1_000,
    };
    Client::with_limits(rule, limits).unwrap()
}

/// What the fake supplier does after it has read the request.
enum Then {
    /// Sends these bytes and closes.
    Say(Vec<u8>),
    /// Sends these bytes and stays silent.
    Hang(Vec<u8>),
    /// Closes without a byte.
    Drop,
}

/// A fake supplier for one connection; the request it read comes back.
async fn supplier(then: Then) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/cxml", listener.local_addr().unwrap().port());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        match then {
            Then::Say(bytes) => {
                // The client may have gone already when the answer is too large.
                let _ = stream.write_all(&bytes).await;
            }
            Then::Hang(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                // Until the client closes.
                let _ = stream.read(&mut [0; 64]).await;
            }
            Then::Drop => {}
        }
        request
    });
    (url, served)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let (mut read, mut piece) = (Vec::new(), [0; 1024]);
    while !read.ends_with(b"</cXML>") {
        let got = stream.read(&mut piece).await.unwrap();
        assert!(got > 0, "the request must be complete");
        read.extend_from_slice(&piece[..got]);
    }
    String::from_utf8(read).unwrap()
}

fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

async fn post(then: Then) -> Result<Answer, SendFault> {
    let (url, _served) = supplier(then).await;
    client().post_cxml(&url, b"<cXML></cXML>".to_vec()).await
}

#[tokio::test]
async fn an_answer_comes_back_whole_and_the_request_is_plain_cxml() {
    let (url, served) =
        supplier(Then::Say(http("200 OK", "content-type: text/xml\r\n", "<cXML/>"))).await;
    let answer = client().post_cxml(&url, b"<cXML></cXML>".to_vec()).await.unwrap();
    assert_eq!(
        answer,
        Answer { status: 200, content_type: Some("text/xml".into()), body: b"<cXML/>".to_vec() }
    );
    let request = served.await.unwrap();
    assert!(request.starts_with("POST /cxml HTTP/1.1\r\n"), "{request}");
    let lower = request.to_ascii_lowercase();
    assert!(lower.contains("content-type: text/xml; charset=utf-8\r\n"), "{request}");
    assert!(!lower.contains("cookie") && !lower.contains("accept-encoding"), "{request}");
}

#[tokio::test]
async fn redirects_and_pages_are_answers_that_count_as_passing_trouble() {
    let moved = http("302 Found", "location: http://169.254.169.254/\r\n", "");
    let answer = post(Then::Say(moved)).await.unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(classify(answer.status, None), Verdict::Transient);
    let page = http("200 OK", "content-type: text/html\r\n", "<html>Log in</html>");
    let answer = post(Then::Say(page)).await.unwrap();
    assert_eq!(classify(answer.status, None), Verdict::Transient);
    let answer = post(Then::Say(http("500 Oops", "", "no"))).await.unwrap();
    assert_eq!((answer.status, answer.body), (500, b"no".to_vec()));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_cut_off() {
    let at_limit = "x".repeat(1_000);
    assert!(post(Then::Say(http("200 OK", "", &at_limit))).await.is_ok());
    let over = format!("{at_limit}x");
    let fault = post(Then::Say(http("200 OK", "", &over))).await;
    assert_eq!(fault, Err(Trouble::TooLarge(1_000).into()));
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000));
    let fault = post(Then::Say(endless.into_bytes())).await;
    assert_eq!(fault, Err(Trouble::TooLarge(1_000).into()));
}

#[tokio::test]
async fn silence_at_any_point_ends_in_time() {
    for start in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"] {
        let fault = post(Then::Hang(start.as_bytes().to_vec())).await;
        assert_eq!(fault, Err(Trouble::Timeout.into()), "{start:?}");
    }
}

#[tokio::test]
async fn a_broken_answer_is_a_passing_trouble() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc".to_vec();
    for then in [Then::Drop, Then::Say(cut), Then::Say(b"SSH-2.0-x\r\n".to_vec())] {
        let fault = post(then).await.unwrap_err();
        assert_eq!(fault.verdict(), Verdict::Transient, "{fault:?}");
    }
}

#[tokio::test]
async fn a_closed_port_is_refused_and_an_unknown_name_is_dns() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let post = |url: String| async move { client().post_cxml(&url, Vec::new()).await };
    assert_eq!(post(format!("http://127.0.0.1:{port}/")).await, Err(Trouble::Refused.into()));
    let plain_tls = post(format!("https://nobody.invalid:{port}/")).await.unwrap_err();
    assert!(
        matches!(plain_tls, SendFault::Trouble(Trouble::Dns | Trouble::Timeout)),
        "{plain_tls:?}"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_no_secure_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
    });
    let fault = client().post_cxml(&format!("https://127.0.0.1:{port}/"), Vec::new()).await;
    assert!(matches!(fault, Err(SendFault::Trouble(Trouble::Tls(_)))), "{fault:?}");
}

#[tokio::test]
async fn inner_addresses_and_plain_http_are_refused_before_anything_is_sent() {
    let serve = Client::new(AddressRule::default()).unwrap();
    let open_http = AddressRule { allow_http: true, ..AddressRule::default() };
    let http_only = Client::new(open_http).unwrap();
    for inner in [
        "http://127.0.0.1:9/",
        "http://127.1:9/",
        "http://0x7f.0.0.1:9/",
        "http://2130706433:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://[::ffff:127.0.0.1]:9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://0.0.0.0:9/",
    ] {
        let fault = http_only.post_cxml(inner, Vec::new()).await.unwrap_err();
        assert!(matches!(fault, SendFault::NotAllowed(_)), "{inner}: {fault:?}");
        assert_eq!(fault.verdict(), Verdict::Permanent);
        let secure = inner.replacen("http:", "https:", 1);
        let fault = serve.post_cxml(&secure, Vec::new()).await.unwrap_err();
        assert!(matches!(fault, SendFault::NotAllowed(_)), "{secure}: {fault:?}");
    }
    let plain = serve.post_cxml("http://supplier.example/", Vec::new()).await;
    assert!(matches!(plain, Err(SendFault::NotAllowed(_))), "{plain:?}");
    for bad in ["", "supplier.example", "file:///etc/passwd", "gopher://x/", "https://"] {
        assert_eq!(serve.post_cxml(bad, Vec::new()).await, Err(SendFault::BadUrl), "{bad:?}");
    }
}
