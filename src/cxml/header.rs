//! The envelope: who sends what to whom, when and under which number.
//!
//! Read on its own, before the payload, so that credentials are checked before any word about the
//! content. Absent or odd payloadID, timestamp, To or UserAgent refuse nothing: they are kept as
//! text. What may stand once and stands twice is refused, so that no two readers see two senders.

use super::fault::ContentFault;
use super::limits;
use super::read::{Read, words};
use super::status::Status;
use super::tree::Element;
use super::values::{LANG, Stamp};
use super::write::{self, Writer};

mod party;

pub use party::{Credential, Party};

words! {
    /// Whether the document counts.
    Mode {
        Production = "production",
        Test = "test",
    }
    /// Which of the three forms the document has.
    Form {
        Request = "Request",
        Response = "Response",
        Message = "Message",
    }
}

/// Everything of a document but its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Opaque; empty when the sender gave none.
    pub payload_id: String,
    pub timestamp: Stamp,
    pub version: Option<String>,
    pub lang: Option<String>,
    pub form: Form,
    /// As sent; absent means production in the standard.
    pub mode: Option<Mode>,
    pub from: Party,
    pub to: Party,
    pub sender: Party,
    pub user_agent: Option<String>,
    /// Of a Response always, of a Message sometimes.
    pub status: Option<Status>,
    /// The payloadID that a Message answers.
    pub in_reply_to: Option<String>,
}

/// What is written as UserAgent when nothing else is said.
pub const USER_AGENT: &str = "Countersign";

impl Envelope {
    /// The envelope of a request.
    pub fn request(payload_id: impl Into<String>, timestamp: impl Into<Stamp>) -> Self {
        Self {
            payload_id: payload_id.into(),
            timestamp: timestamp.into(),
            version: Some(write::VERSION.to_owned()),
            lang: Some(LANG.to_owned()),
            form: Form::Request,
            mode: None,
            from: Party::default(),
            to: Party::default(),
            sender: Party::default(),
            user_agent: Some(USER_AGENT.to_owned()),
            status: None,
            in_reply_to: None,
        }
    }

    /// The envelope of a message: a request that nobody answers.
    pub fn message(payload_id: impl Into<String>, timestamp: impl Into<Stamp>) -> Self {
        Self { form: Form::Message, ..Self::request(payload_id, timestamp) }
    }

    /// The envelope of an answer.
    pub fn response(
        payload_id: impl Into<String>,
        timestamp: impl Into<Stamp>,
        status: Status,
    ) -> Self {
        Self {
            form: Form::Response,
            user_agent: None,
            status: Some(status),
            ..Self::request(payload_id, timestamp)
        }
    }

    /// Sets who it is from, to whom, and who sends it.
    #[must_use]
    pub fn between(mut self, from: Party, to: Party, sender: Party) -> Self {
        (self.from, self.to, self.sender) = (from, to, sender);
        self
    }

    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Reads the envelope and finds the payload's element.
    pub(super) fn of(root: Element<'_>) -> Read<(Self, Option<Element<'_>>)> {
        if !root.is("cXML") {
            return Err(root
                .fault()
                .found(format!("<{}>", root.qualified()))
                .expected("a document whose root is cXML")
                .mend("Wrap the document in cXML, with Header and Request."));
        }
        let header = root.one("Header")?;
        let (form, body) = body_of(root, header)?;
        let payload_id = root.attribute("payloadID").unwrap_or_default();
        if payload_id.len() > limits::PAYLOAD_ID_BYTES {
            return Err(root
                .attribute_fault("payloadID")
                .expected(format!("at most {} bytes", limits::PAYLOAD_ID_BYTES))
                .mend("Use a shorter payloadID."));
        }
        let part = |name| header.map_or(Ok(None), |header| header.one(name));
        let sender = part("Sender")?;
        let mode = Mode::of(body.attribute("deploymentMode").unwrap_or_default());
        let envelope = Self {
            payload_id: payload_id.trim().to_owned(),
            timestamp: Stamp::of(root, "timestamp").unwrap_or_default(),
            version: root.said("version"),
            lang: root.said("xml:lang"),
            form,
            mode,
            from: Party::of(part("From")?)?,
            to: Party::of(part("To")?)?,
            sender: Party::of(sender)?,
            user_agent: sender.map_or(Ok(None), |sender| sender.text_of("UserAgent"))?,
            status: body.one("Status")?.map(Status::of).transpose()?,
            in_reply_to: body.said("inReplyTo"),
        };
        let payload = payload_of(body)?;
        if form == Form::Response && envelope.status.is_none() {
            body.need("Status")?;
        }
        Ok((envelope, payload))
    }

    /// Writes everything round the payload, which `payload` writes.
    pub(super) fn write(&self, writer: &mut Writer, payload: impl FnOnce(&mut Writer)) {
        writer.open(
            "cXML",
            &[
                ("payloadID", Some(&self.payload_id)),
                ("timestamp", Some(self.timestamp.text())),
                ("version", self.version.as_deref()),
                ("xml:lang", self.lang.as_deref()),
            ],
        );
        if self.form != Form::Response {
            writer.open("Header", &[]);
            self.from.write("From", None, writer);
            self.to.write("To", None, writer);
            self.sender.write("Sender", Some(self.user_agent.as_deref().unwrap_or("")), writer);
            writer.close("Header");
        }
        let name = self.form.word();
        let mode = self.mode.filter(|_| self.form != Form::Response).map(Mode::word);
        let reply = self.in_reply_to.as_deref().filter(|_| self.form == Form::Message);
        writer.open(name, &[("deploymentMode", mode), ("inReplyTo", reply)]);
        if let Some(status) = self.status.as_ref().filter(|_| self.form != Form::Request) {
            status.write(writer);
        }
        payload(writer);
        writer.close(name);
        writer.close("cXML");
    }
}

/// The one Request, Response or Message, behind the Header.
fn body_of<'t>(root: Element<'t>, header: Option<Element<'t>>) -> Read<(Form, Element<'t>)> {
    let mut found: Option<(Form, Element<'t>)> = None;
    for form in Form::ALL {
        let Some(element) = root.one(form.word())? else { continue };
        if found.is_some() {
            return Err(element.fault().found("a second body").expected(BODY).mend("Send one."));
        }
        found = Some((*form, element));
    }
    let Some((form, body)) = found else {
        let fault = ContentFault::new(root.position(), root.path());
        return Err(fault.expected(BODY).mend("Add Request with its payload."));
    };
    let header_first =
        header.is_none_or(|header| header.inner_range().start <= body.inner_range().start);
    if !header_first {
        return Err(body.fault().found("it before Header").expected("Header first"));
    }
    Ok((form, body))
}

const BODY: &str = "one Request, Response or Message in cXML";

/// The one payload element of a body.
fn payload_of(body: Element<'_>) -> Read<Option<Element<'_>>> {
    let mut payloads = body.children().filter(|child| !child.is_foreign() && !child.is("Status"));
    let first = payloads.next();
    match payloads.next() {
        None => Ok(first.map(Element::looked_at)),
        Some(second) => Err(second
            .fault()
            .found(format!("<{}> beside another payload", second.local()))
            .expected("one payload in a document")
            .mend("Send one document for each payload.")),
    }
}
