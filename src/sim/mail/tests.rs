//! The sink over real sockets: our own mailer's library as the client, and a hand-driven one.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment as File, MultiPart, SinglePart, header::ContentType},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Time {
        Time::from_millis(1_795_000_000_000)
    }
}

async fn sink() -> (MailSink, SocketAddr) {
    MailSink::start("127.0.0.1:0".parse().unwrap(), Arc::new(Noon)).await.unwrap()
}

fn message(subject: &str) -> Message {
    let texts = MultiPart::alternative_plain_html(
        "Approve it:\n.\n..dots\nGrüße".to_owned(),
        "<p>Grüße</p>".to_owned(),
    );
    let file = File::new("PO-1.xml".to_owned())
        .body("<cXML/>".to_owned(), ContentType::parse("text/xml").unwrap());
    let mixed = MultiPart::mixed().multipart(texts).singlepart(file);
    Message::builder()
        .from("Countersign <no-reply@acme.example>".parse().unwrap())
        .to("mia@acme.example".parse().unwrap())
        .subject(subject)
        .multipart(mixed)
        .unwrap()
}

fn mailer(address: SocketAddr) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(&format!("smtp://{address}")).unwrap().build()
}

#[tokio::test]
async fn a_real_mailer_delivers_and_the_mail_is_readable() {
    let (sink, address) = sink().await;
    mailer(address).send(message("Please approve 5.400,00 €")).await.unwrap();
    let mails = sink.list();
    let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert_eq!((mail.from.as_str(), mail.number), ("no-reply@acme.example", 1));
    assert_eq!(mail.to, ["mia@acme.example"]);
    assert_eq!(mail.received_at, Noon.now());
    assert_eq!(mail.body().subject, "Please approve 5.400,00 €");
    let text = mail.body().text.as_deref().unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "Approve it:\n.\n..dots\nGrüße");
    assert_eq!(mail.body().html.as_deref().map(str::trim_end), Some("<p>Grüße</p>"));
    assert_eq!(mail.body().attachments[0].name, "PO-1.xml");
    assert_eq!(mail.body().attachments[0].bytes, b"<cXML/>");
    assert!(sink.find(1).is_some() && sink.find(2).is_none());
    sink.stop().await;
}

#[tokio::test]
async fn while_paused_connections_are_refused_and_afterwards_mail_arrives_again() {
    let (sink, address) = sink().await;
    let mailer = mailer(address);
    mailer.send(message("one")).await.unwrap();
    sink.pause();
    assert!(mailer.send(message("two")).await.is_err());
    assert!(sink.is_paused());
    sink.resume().await.unwrap();
    mailer.send(message("three")).await.unwrap();
    let subjects: Vec<String> = sink.list().iter().map(|m| m.body().subject.clone()).collect();
    assert_eq!(subjects, ["three", "one"]);
    sink.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn only_the_last_mails_are_kept() {
    let (sink, _) = sink().await;
    for _ in 0..KEPT + 3 {
        sink.keep(smtp::Envelope::default(), b"Subject: x\r\n\r\n".to_vec());
    }
    assert_eq!((sink.list().len(), sink.arrived()), (KEPT, KEPT as u64 + 3));
    assert_eq!(sink.list().last().unwrap().number, 4);
    sink.stop().await;
}

/// Sends all at once (pipelined) and gives everything that was answered until the end.
async fn pipelined(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    answers
}

#[tokio::test]
async fn pipelined_commands_and_several_messages_in_one_dialogue_work() {
    let (sink, address) = sink().await;
    let one = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: s\r\n\r\n..x\r\n.\r\n";
    let answers = pipelined(address, format!("EHLO me\r\n{one}{one}QUIT\r\n").as_bytes()).await;
    assert_eq!(answers.matches("250 2.0.0 Kept").count(), 2, "{answers}");
    assert!(answers.ends_with("221 2.0.0 Good bye\r\n"));
    assert_eq!(sink.list()[0].raw, b"Subject: s\r\n\r\n.x\r\n");
    sink.stop().await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_not_kept() {
    let (sink, address) = sink().await;
    let mut bytes = b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n".to_vec();
    let line = [b"x".repeat(998), b"\r\n".to_vec()].concat();
    for _ in 0..=smtp::MESSAGE_BYTES / line.len() {
        bytes.extend_from_slice(&line);
    }
    bytes.extend_from_slice(b".\r\nQUIT\r\n");
    let answers = pipelined(address, &bytes).await;
    assert!(answers.contains("552 5.3.4"), "{answers}");
    assert_eq!(sink.arrived(), 0);
    sink.stop().await;
}

#[test]
fn a_single_part_is_what_the_mailer_makes_of_one_text() {
    let part = SinglePart::plain("x".to_owned()).formatted();
    assert_eq!(mime::read(&part).text.as_deref().map(str::trim_end), Some("x"));
}
