//! What holds for every document that a partner sends to its sandbox.

use super::{
    Case, Note, Way, common,
    trial::{Seen, each, some},
};
use crate::{
    base::text::shorten,
    cxml::{self, Payload},
};

const BOTH: Case = common(None, Way::Theirs);
const DONE: &str = "You post your documents to the sandbox address.";

pub(super) const CASES: &[Case] = &[
    Case {
        id: "sent-readable",
        title: "What you send is well-formed",
        done: DONE,
        expected: "XML 1.0 in the charset that it declares",
        mend: "Write by an XML library, and declare the charset that the bytes really have.",
        check: |trial| {
            each(trial.theirs(), |seen| seen.asked.as_ref().err().map(|fault| fault.to_string()))
        },
        ..BOTH
    },
    Case {
        id: "sent-valid",
        title: "What you send follows the DTD",
        done: DONE,
        expected: "no fault against the content models of cXML 1.2.071",
        mend: "Check the document with `countersign validate`; it names line, element and what is \
               expected there.",
        check: |trial| {
            each(trial.theirs().filter(|seen| seen.asked.is_ok()), |seen| {
                let found = cxml::examine(&seen.exchange.request);
                let fault = found.faults.into_iter().chain(found.refused).next()?;
                let got = format!("{}: got {}, expected {}", fault.path, fault.got, fault.expected);
                Some(about(seen, &got))
            })
        },
        after: Some("sent-readable"),
        ..BOTH
    },
    Case {
        id: "sent-secret-in-sender",
        title: "Your secret stands in Sender, and is right",
        done: DONE,
        expected: "Sender/Credential with the agreed SharedSecret, and none elsewhere",
        mend: "Write SharedSecret into the Credential of Sender. In From it proves nothing, and \
               hubs pass it on.",
        check: |trial| each(trial.theirs(), secret),
        ..BOTH
    },
    Case {
        id: "sent-from-known",
        title: "From names you",
        done: DONE,
        expected: "an identity that is registered for this connection",
        mend: "Write your own identity into From, or have it registered.",
        check: |trial| {
            each(trial.theirs(), |seen| {
                let foreign = seen.exchange.notes.contains(&Note::FromForeign);
                foreign.then(|| {
                    let from =
                        seen.asked.as_ref().ok().and_then(|r| r.envelope.from.credentials.first());
                    let named = |own: &cxml::Credential| format!("{} {}", own.domain, own.identity);
                    about(seen, &from.map_or_else(|| "no From".to_owned(), named))
                })
            })
        },
        ..BOTH
    },
    Case {
        id: "sent-own-payload-id",
        title: "Every document has a payloadID of its own",
        done: DONE,
        expected: "a payloadID that no other document has",
        mend: "Make a fresh payloadID for every document, and use it again only to repeat the \
               very same bytes.",
        check: |trial| {
            each(trial.theirs(), |seen| {
                let id = seen.payload_id();
                let other =
                    |other: &&Seen| other.payload_id() == id && other.sha256() != seen.sha256();
                let twice = trial.theirs().any(|one| other(&one));
                match (id.is_empty(), twice) {
                    (true, _) => Some(about(seen, "no payloadID")),
                    (_, true) => Some(about(seen, &format!("{} twice", shorten(id, 80)))),
                    _ => None,
                }
            })
        },
        after: Some("sent-readable"),
        ..BOTH
    },
    Case {
        id: "sent-timestamp",
        title: "Every document says when it was written",
        done: DONE,
        expected: "cXML/@timestamp in ISO 8601 with an offset",
        mend: "Write the time with its offset from UTC.",
        check: |trial| {
            each(trial.theirs(), |seen| {
                let stamp = &seen.asked.as_ref().ok()?.envelope.timestamp;
                let bad = stamp.time().is_none() || !stamp.text().contains('T');
                bad.then(|| about(seen, &format!("\"{}\"", shorten(stamp.text(), 60))))
            })
        },
        ..BOTH
    },
    Case {
        id: "sent-content-type",
        title: "What you send is labelled as XML",
        done: DONE,
        expected: "Content-Type text/xml or application/xml",
        mend: "Set the header Content-Type: text/xml; charset=UTF-8.",
        check: |trial| {
            each(trial.theirs(), |seen| {
                let kind = seen.exchange.request_type.to_ascii_lowercase();
                let xml = ["text/xml", "application/xml", "multipart/"];
                let fits = xml.iter().any(|start| kind.starts_with(start));
                (!fits).then(|| about(seen, &format!("\"{kind}\"")))
            })
        },
        ..BOTH
    },
    Case {
        id: "sent-profile-request",
        title: "You ask for our profile",
        done: "You post a ProfileRequest.",
        expected: "a ProfileRequest; we answer with what we take",
        mend: "Ask once a day, so that you learn of new requests and addresses.",
        check: |trial| {
            some(trial.theirs(), |seen| matches!(seen.sent(), Some((_, Payload::ProfileRequest))))
        },
        may_be_left: true,
        ..BOTH
    },
];

fn about(seen: &Seen, got: &str) -> String {
    let name = seen.asked.as_ref().map_or("a document", |received| &received.payload_name);
    format!("{name}: {got}")
}

fn secret(seen: &Seen) -> Option<String> {
    let notes = &seen.exchange.notes;
    let said = |note, words: &str| notes.contains(&note).then(|| about(seen, words));
    said(Note::SecretInFrom, "a SharedSecret in From")
        .or_else(|| said(Note::SecretMissing, "no SharedSecret in Sender"))
        .or_else(|| said(Note::SecretWrong, "another SharedSecret"))
}
