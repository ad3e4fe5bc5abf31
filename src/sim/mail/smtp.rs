//! The SMTP dialogue (RFC 5321) of the sink: what a mailer needs, and no more.
//!
//! [`Dialogue`] is the pure part, a command in and an answer out; [`talk`] moves the bytes. There
//! is no relay, no login and no TLS here: it listens on loopback for the demo's own mail.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    time::timeout,
};

/// Bytes of one message: the largest order with its attachments, and room.
pub const MESSAGE_BYTES: usize = 12 * 1024 * 1024;
/// Bytes of one line: RFC 5321 asks for 1,000 at least.
const LINE_BYTES: u64 = 4_096;
/// Recipients of one message: RFC 5321 asks for 100 at least.
const RECIPIENTS: usize = 100;
/// How long a silent mailer is waited for.
const SILENCE: Duration = Duration::from_secs(60);

/// Who sent it, and to whom it really goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    pub from: String,
    pub to: Vec<String>,
}

/// What follows an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    Command,
    /// The message itself, up to a line with one dot.
    Message,
    Close,
}

/// The state of one connection between two commands.
#[derive(Default)]
pub struct Dialogue {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

type Answer = (&'static str, Next);

impl Dialogue {
    /// The answer to one command line, without its line end.
    pub fn command(&mut self, line: &str) -> Answer {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let say = |text| (text, Next::Command);
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" if rest.trim().is_empty() => say("501 5.5.4 Say your name"),
            "EHLO" => {
                self.greet();
                say("250-countersign mail sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n\
                     250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 12582912")
            }
            "HELO" => {
                self.greet();
                say("250 countersign mail sink")
            }
            "MAIL" => say(self.mail(rest)),
            "RCPT" => say(self.recipient(rest)),
            "DATA" if self.to.is_empty() => say("503 5.5.1 Name a recipient first"),
            "DATA" => ("354 Go on, end with a line of one dot", Next::Message),
            "RSET" => {
                self.reset();
                say("250 2.0.0 Forgotten")
            }
            "NOOP" => say("250 2.0.0 Yes"),
            "VRFY" => say("252 2.1.5 Send it and see"),
            "QUIT" => ("221 2.0.0 Good bye", Next::Close),
            _ => say("500 5.5.2 No such command here"),
        }
    }

    /// The envelope that is complete now; the dialogue is ready for the next one.
    pub fn take(&mut self) -> Envelope {
        let from = self.from.take().unwrap_or_default();
        Envelope { from, to: std::mem::take(&mut self.to) }
    }

    fn greet(&mut self) {
        self.reset();
        self.greeted = true;
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn mail(&mut self, rest: &str) -> &'static str {
        if !self.greeted {
            return "503 5.5.1 Say EHLO first";
        }
        if self.from.is_some() {
            return "503 5.5.1 A message is under way";
        }
        let Some((address, options)) = path(rest, "FROM:") else {
            return "501 5.5.4 Expected MAIL FROM:<address>";
        };
        let size = options.split(' ').find_map(|option| {
            let (name, value) = option.split_once('=')?;
            if name.eq_ignore_ascii_case("SIZE") { value.parse::<usize>().ok() } else { None }
        });
        if size.is_some_and(|size| size > MESSAGE_BYTES) {
            return TOO_LARGE;
        }
        self.from = Some(address.to_owned());
        "250 2.1.0 Sender noted"
    }

    fn recipient(&mut self, rest: &str) -> &'static str {
        if self.from.is_none() {
            return "503 5.5.1 Name the sender first";
        }
        if self.to.len() >= RECIPIENTS {
            return "452 4.5.3 Too many recipients";
        }
        match path(rest, "TO:") {
            Some((address, _)) if address.contains('@') => {
                self.to.push(address.to_owned());
                "250 2.1.5 Recipient noted"
            }
            _ => "501 5.5.4 Expected RCPT TO:<address>",
        }
    }
}

const TOO_LARGE: &str = "552 5.3.4 The message is too large";

/// `FROM:<a@b> OPTIONS` as address and options; the word in any case, a blank before `<` allowed.
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let head = rest.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, options) = rest[word.len()..].trim_start().strip_prefix('<')?.split_once('>')?;
    Some((address, options.trim()))
}

/// Holds one dialogue; `keep` gets each message once it is complete, before it is acknowledged.
pub async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    keep: impl Fn(Envelope, Vec<u8>) -> u64,
) -> io::Result<()> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    let mut dialogue = Dialogue::default();
    say(&mut writer, "220 countersign mail sink ESMTP").await?;
    while let Some(line) = read_line(&mut reader).await? {
        let text = String::from_utf8_lossy(&line);
        let (answer, next) = dialogue.command(text.trim_end());
        say(&mut writer, answer).await?;
        match next {
            Next::Command => {}
            Next::Close => return Ok(()),
            Next::Message => {
                let message = read_message(&mut reader).await?;
                let envelope = dialogue.take();
                match message {
                    None => say(&mut writer, TOO_LARGE).await?,
                    Some(raw) => {
                        let number = keep(envelope, raw);
                        say(&mut writer, &format!("250 2.0.0 Kept as {number}")).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

async fn say(writer: &mut (impl AsyncWrite + Unpin), answer: &str) -> io::Result<()> {
    writer.write_all(answer.as_bytes()).await?;
    writer.write_all(b"\r\n").await?;
    writer.flush().await
}

/// One line with its end; `None` when the other side has closed.
async fn read_line(reader: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut bounded = AsyncReadExt::take(reader, LINE_BYTES);
    timeout(SILENCE, bounded.read_until(b'\n', &mut line)).await??;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "a line without an end")),
    }
}

/// The message up to the line with one dot, doubled dots made single; `None` when it is too large
/// (it is read to its end all the same, so that the answer is heard).
async fn read_message(
    reader: &mut BufReader<impl AsyncRead + Unpin>,
) -> io::Result<Option<Vec<u8>>> {
    let mut raw: Vec<u8> = Vec::new();
    let mut seen = 0_usize;
    loop {
        let Some(line) = read_line(reader).await? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if matches!(line.as_slice(), b".\r\n" | b".\n") {
            return Ok((seen <= MESSAGE_BYTES).then_some(raw));
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        seen += line.len();
        if seen <= MESSAGE_BYTES {
            raw.extend_from_slice(line);
        } else if seen > 4 * MESSAGE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a message without an end"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(dialogue: &mut Dialogue, lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| dialogue.command(line).0[..3].to_owned()).collect()
    }

    #[test]
    fn a_message_needs_greeting_sender_and_recipient_in_this_order() {
        let mut dialogue = Dialogue::default();
        let lines = ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA", "EHLO", "EHLO me", "DATA"];
        assert_eq!(codes(&mut dialogue, &lines), ["503", "503", "503", "501", "250", "503"]);
        let lines = ["mail from: <a@b> SIZE=9 BODY=8BITMIME", "MAIL FROM:<x@y>", "rcpt to:<c@d>"];
        assert_eq!(codes(&mut dialogue, &lines), ["250", "503", "250"]);
        assert_eq!(codes(&mut dialogue, &["RCPT TO:<e@f>", "RCPT TO:nobody"]), ["250", "501"]);
        assert_eq!(dialogue.command("DATA").1, Next::Message);
        let envelope = dialogue.take();
        assert_eq!(
            (envelope.from.as_str(), envelope.to),
            ("a@b", vec!["c@d".into(), "e@f".into()])
        );
        assert_eq!(
            codes(&mut dialogue, &["DATA", "NOOP", "VRFY x", "HELP"]),
            ["503", "250", "252", "500"]
        );
        assert_eq!(dialogue.command("QUIT").1, Next::Close);
    }

    #[test]
    fn reset_forgets_and_limits_hold() {
        let mut dialogue = Dialogue::default();
        codes(&mut dialogue, &["EHLO me", "MAIL FROM:<>", "RCPT TO:<c@d>", "RSET"]);
        assert_eq!(codes(&mut dialogue, &["DATA"]), ["503"]);
        let large = format!("MAIL FROM:<a@b> SIZE={}", MESSAGE_BYTES + 1);
        assert_eq!(codes(&mut dialogue, &[&large]), ["552"]);
        assert!(dialogue.command("EHLO me").0.ends_with(&format!("SIZE {MESSAGE_BYTES}")));
        codes(&mut dialogue, &["MAIL FROM:<a@b>"]);
        let answers = codes(&mut dialogue, &["RCPT TO:<c@d>"; RECIPIENTS + 1]);
        assert_eq!(
            (answers[RECIPIENTS - 1].as_str(), answers[RECIPIENTS].as_str()),
            ("250", "452")
        );
    }
}
