use super::*;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

fn party(name: &str, address: &str) -> MailParty {
    MailParty { name: Some(name.to_owned()), address: address.to_owned() }
}

fn letter() -> OutgoingMail {
    OutgoingMail {
        from: party("Countersign", "countersign@acme.example"),
        to: party("Mia Müller", "mia@acme.example"),
        subject: "Bitte prüfen".into(),
        text: "Guten Tag".into(),
        html: Some("<p>Guten Tag</p>".into()),
        attachments: vec![MailAttachment {
            name: "../PO-1.xml".into(),
            content_type: "text/xml; charset=UTF-8".into(),
            bytes: b"<cXML/>".to_vec(),
        }],
        message_id: "ltr_01@acme.example".into(),
        written_at: Time::from_millis(1_795_254_291_000),
    }
}

/// A mail server for one connection: `answers` gives another answer to a command.
async fn sink(answers: &'static [(&'static str, &'static str)]) -> (Mailer, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, answers).await
    });
    (Mailer::with_total(&url, Duration::from_millis(800)).unwrap(), served)
}

/// Speaks SMTP until the client goes; everything the client said comes back.
async fn serve(mut stream: TcpStream, answers: &[(&str, &str)]) -> String {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    let mut heard = String::new();
    write.write_all(b"220 sink\r\n").await.unwrap();
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        heard.push_str(&line);
        heard.push('\n');
        if in_data && line != "." {
            continue;
        }
        let usual = match line.get(..4).unwrap_or(&line) {
            _ if in_data => "250 kept as 17",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        let command = if in_data { "." } else { line.as_str() };
        let other = answers.iter().find(|(start, _)| command.starts_with(start));
        let answer = other.map_or(usual, |(_, answer)| answer);
        in_data = answer.starts_with("354");
        if answer == "close" {
            break;
        }
        if answer != "silence" {
            write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        }
        if line == "QUIT" || heard.ends_with("\n.\n") {
            break;
        }
    }
    heard
}

#[tokio::test]
async fn a_letter_goes_out_with_both_texts_and_its_attachment() {
    let (mailer, served) = sink(&[]).await;
    assert_eq!(mailer.send(letter()).await, Ok("250 kept as 17".to_owned()));
    let heard = served.await.unwrap();
    for expected in [
        "MAIL FROM:<countersign@acme.example>",
        "RCPT TO:<mia@acme.example>",
        "Message-ID: <ltr_01@acme.example>",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "filename=\"_PO-1.xml\"",
    ] {
        assert!(heard.contains(expected), "{expected} is missing in {heard}");
    }
}

#[test]
fn a_letter_sent_twice_is_the_same_bytes() {
    let bytes = || build(&letter()).unwrap().formatted();
    assert_eq!(bytes(), bytes());
    let other = OutgoingMail { message_id: "ltr_02@acme.example".into(), ..letter() };
    assert_ne!(build(&other).unwrap().formatted(), bytes());
}

#[test]
fn line_breaks_and_control_characters_cannot_add_a_header() {
    let evil = "Bob\r\nBcc: all@acme.example\r\n\r\nbody\0\u{202E}";
    let mut mail = letter();
    mail.from = party(evil, "a@acme.example");
    mail.to = party(evil, "b@acme.example");
    mail.subject = evil.into();
    mail.message_id = format!("x{evil}@acme.example>");
    mail.attachments[0].name = evil.into();
    let text = String::from_utf8(build(&mail).unwrap().formatted()).unwrap();
    assert!(!text.contains("\nBcc:") && !text.contains('\0'), "{text}");
    assert!(text.contains("<b@acme.example>"), "{text}");
}

#[tokio::test]
async fn an_address_that_is_none_is_a_final_no_and_never_a_panic() {
    let mailer = Mailer::with_total("smtp://127.0.0.1:9", TOTAL).unwrap();
    for bad in ["", "mia", "mia@", "a@b.example\r\nRCPT TO:<c@d.example>", "a b@c.example", "@"] {
        let mut mail = letter();
        mail.to.address = bad.into();
        let fault = mailer.send(mail).await;
        assert!(matches!(fault, Err(MailFault::Permanent(_))), "{bad:?}: {fault:?}");
    }
}

#[tokio::test]
async fn only_a_no_to_the_letter_itself_is_final() {
    for (answers, is_final) in [
        (&[("RCPT", "550 5.1.1 no such mailbox")][..], true),
        (&[("RCPT", "450 4.2.1 try later")], false),
        (&[("MAIL", "530 5.7.0 log in first")], false),
        (&[(".", "554 5.6.0 content refused")], true),
        (&[(".", "451 4.3.0 disk full")], false),
        (&[(".", "close")], false),
        (&[("RCPT", "close")], false),
        (&[("EHLO", "silence")], false),
        (&[(".", "silence")], false),
    ] {
        let (mailer, _served) = sink(answers).await;
        let fault = mailer.send(letter()).await.unwrap_err();
        assert_eq!(matches!(fault, MailFault::Permanent(_)), is_final, "{answers:?}: {fault:?}");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_down_is_a_passing_trouble() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mailer = Mailer::new(&format!("smtp://127.0.0.1:{port}")).unwrap();
    let fault = mailer.send(letter()).await;
    assert!(matches!(fault, Err(MailFault::Transient(_))), "{fault:?}");
}

#[tokio::test]
async fn urls_of_mail_servers_are_read() {
    for good in [
        "smtp://localhost:2525",
        "smtps://user:p%40ss@mail.example",
        "smtp+starttls://mail.example:587",
        "smtp+starttls://u:p@mail.example/",
    ] {
        assert!(Mailer::new(good).is_ok(), "{good}");
    }
    for bad in ["", "mail.example", "http://mail.example", "smtp+starttls://", "smtp://"] {
        assert!(Mailer::new(bad).is_err(), "{bad}");
    }
}
