//! Mail by SMTP: one letter, one answer of the mail server.
//!
//! A letter has its Message-ID, date and boundaries from the caller, so that a letter sent twice
//! is the same mail twice. Names and subjects are cleaned before lettre sees them: it panics on
//! line breaks in a display name, and a letter must never take the worker down.

use std::{panic, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Attachment as Part, Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::{PoolConfig, response::Severity},
};

use crate::base::text::{one_line, sha256_hex, shorten};
use crate::base::time::Time;

/// One sending, connection and all.
const TOTAL: Duration = Duration::from_secs(60);
/// Opening the connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Connections kept open at once, and for how long without work.
const CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(20);

/// A person's mail address with the name to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailParty {
    pub name: Option<String>,
    pub address: String,
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAttachment {
    pub name: String,
    /// Such as `text/xml; charset=UTF-8`.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// A letter as it leaves, live links filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    pub from: MailParty,
    pub to: MailParty,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    pub attachments: Vec<MailAttachment>,
    /// The same for every sending of one letter: `ltr_01J..@host`, without angle brackets.
    pub message_id: String,
    /// The Date header: when the letter was written, not when it is sent.
    pub written_at: Time,
}

/// Why a letter did not leave; the texts are short and hold no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The same letter will never be accepted.
    #[error("{0}")]
    Permanent(String),
    /// Another attempt may do better.
    #[error("{0}")]
    Transient(String),
}

/// The setting for the mail server cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected smtp://host:port, smtps://host or smtp+starttls://host, \
     with user:password@ when needed"
)]
pub struct BadSmtpUrl;

/// The way to the mail server; clones share its connections.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    total: Duration,
}

impl Mailer {
    /// The mailer of a URL: `smtp://` speaks plainly, `smtps://` TLS from the first byte,
    /// `smtp+starttls://` TLS after the greeting or not at all. Call it inside the runtime.
    pub fn new(url: &str) -> Result<Self, BadSmtpUrl> {
        Self::with_total(url, TOTAL)
    }

    fn with_total(url: &str, total: Duration) -> Result<Self, BadSmtpUrl> {
        let mut plain = url.to_owned();
        if let Some(rest) = url.strip_prefix("smtp+starttls://") {
            let rest = rest.trim_end_matches('/');
            if rest.contains(['?', '/']) {
                return Err(BadSmtpUrl);
            }
            plain = format!("smtp://{rest}?tls=required");
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&plain)
            .map_err(|_| BadSmtpUrl)?
            .timeout(Some(CONNECT.min(total)))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE));
        Ok(Self { transport: builder.build(), total })
    }

    /// Hands one letter to the mail server and returns what the server answered.
    pub async fn send(&self, mail: OutgoingMail) -> Result<String, MailFault> {
        // lettre panics on input it did not expect; such a letter is set aside, not retried.
        let built = panic::catch_unwind(|| build(&mail));
        let message = built.unwrap_or_else(|_| {
            Err(MailFault::Permanent("the letter cannot be written as a mail".to_owned()))
        })?;
        let sent = tokio::time::timeout(self.total, self.transport.send(message)).await;
        match sent {
            Err(_) => Err(MailFault::Transient("the mail server did not answer in time".into())),
            Ok(Err(fault)) => Err(fault_of(&fault)),
            Ok(Ok(response)) => {
                let text = response.message().collect::<Vec<_>>().join(" ");
                Ok(shorten(&one_line(&format!("{} {text}", response.code())), 200))
            }
        }
    }
}

/// Marks the mail as written by a machine, so that no out-of-office note answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn build(mail: &OutgoingMail) -> Result<Message, MailFault> {
    let wrong = |fault: &dyn std::fmt::Display| {
        MailFault::Permanent(shorten(&one_line(&fault.to_string()), 200))
    };
    let seconds = u64::try_from(mail.written_at.millis() / 1_000).unwrap_or_default();
    let written_at = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
    let id: String = mail.message_id.chars().filter(char::is_ascii_graphic).collect();
    let id = id.trim_matches(['<', '>']);
    let builder = Message::builder()
        .from(mailbox(&mail.from)?)
        .to(mailbox(&mail.to)?)
        .subject(one_line(&mail.subject))
        .message_id(Some(format!("<{id}>")))
        .date(written_at)
        .header(AutoSubmitted);
    // Boundaries that follow from the letter, so that a second sending is the same bytes.
    let boundary = |part: &str| format!("{part}-{}", &sha256_hex(id.as_bytes())[..32]);
    let text = SinglePart::plain(mail.text.clone());
    let mut body = MultiPart::alternative().boundary(boundary("alternative")).singlepart(text);
    if let Some(html) = &mail.html {
        body = body.singlepart(SinglePart::html(html.clone()));
    }
    if mail.attachments.is_empty() {
        return builder.multipart(body).map_err(|fault| wrong(&fault));
    }
    let mut mixed = MultiPart::mixed().boundary(boundary("mixed")).multipart(body);
    for attachment in &mail.attachments {
        let kind = ContentType::parse(&attachment.content_type).map_err(|fault| wrong(&fault))?;
        let name = file_name(&attachment.name);
        mixed = mixed.singlepart(Part::new(name).body(attachment.bytes.clone(), kind));
    }
    builder.multipart(mixed).map_err(|fault| wrong(&fault))
}

fn mailbox(party: &MailParty) -> Result<Mailbox, MailFault> {
    let address: Address = party.address.trim().parse().map_err(|_| {
        let got = shorten(&one_line(&party.address), 80);
        MailFault::Permanent(format!("expected a mail address such as a@b.example, got \"{got}\""))
    })?;
    let name = party.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

/// A file name without a path and without anything odd.
fn file_name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let name: String = one_line(name).chars().map(|c| if plain(c) { c } else { '_' }).collect();
    shorten(name.trim_start_matches('.'), 100)
}

/// What the mail server's no means. Only a no to this very letter (55x: mailbox, size, content) is
/// final; a login that is wrong today or a server that is not ready may be mended tomorrow.
fn fault_of(fault: &lettre::transport::smtp::Error) -> MailFault {
    let text = shorten(&one_line(&fault.to_string()), 200);
    let about_the_letter = fault.status().is_some_and(|code| {
        code.severity == Severity::PermanentNegativeCompletion
            && code.category == lettre::transport::smtp::response::Category::MailSystem
    });
    if about_the_letter { MailFault::Permanent(text) } else { MailFault::Transient(text) }
}

#[cfg(test)]
mod tests;
