//! How a partner's system answers, whatever it was sent; and what it must refuse.

use super::{
    Case, Note, Verdict, Way, common,
    trial::{Seen, each},
};
use crate::{
    base::text::shorten,
    cxml::{self, Payload, encoding, tree},
};

/// Longest time to an answer, in milliseconds: buyers' systems give up after half a minute.
const MOST_MS: i64 = 20_000;

const BOTH: Case = common(None, Way::Ours);
/// Of what cannot be told without a Status.
const TOLD: Case = Case { after: Some("answer-status"), ..BOTH };

pub(super) const CASES: &[Case] = &[
    Case {
        id: "answer-http-200",
        title: "Every document is answered in HTTP 200",
        done: "We post documents, right and wrong ones.",
        expected: "HTTP 200 whenever the body could be read, also when the document is refused",
        mend: "Tell errors of content in the cXML Status. An HTTP error without cXML counts as a \
               passing trouble, and the same document is sent again for hours.",
        check: |trial| {
            each(trial.answered(), |seen| {
                (seen.exchange.http != Some(200)).then(|| about(seen, &seen.outcome()))
            })
        },
        ..BOTH
    },
    Case {
        id: "answer-is-cxml",
        title: "Every answer is a cXML Response",
        done: "We post documents, right and wrong ones.",
        expected: "a well-formed document with cXML/Response",
        mend: "Answer with a cXML document also when something goes wrong; no HTML error page.",
        check: |trial| {
            each(trial.answered(), |seen| {
                (!is_response(seen)).then(|| about(seen, &seen.outcome()))
            })
        },
        ..BOTH
    },
    Case {
        id: "answer-status",
        title: "Every Response says its Status",
        done: "We post documents, right and wrong ones.",
        expected: "Response/Status with a code of three digits",
        mend: "Put <Status code=\"200\" text=\"OK\"/> first into Response. Without a code nobody \
               knows whether the order is booked, and it is sent again.",
        check: |trial| {
            each(trial.answered(), |seen| {
                let none = is_response(seen) && seen.status().is_none();
                none.then(|| about(seen, "no Status with a code"))
            })
        },
        after: Some("answer-is-cxml"),
        ..BOTH
    },
    Case {
        id: "answer-valid",
        title: "Every answer follows the DTD",
        done: "We check each answer against the content models of cXML 1.2.071.",
        expected: "no fault",
        mend: "Check the answer with `countersign validate`; it names line, element and what is \
               expected there.",
        check: |trial| {
            each(trial.answered().filter(|seen| seen.status().is_some()), |seen| {
                let found = cxml::examine(seen.exchange.answer.as_deref().unwrap_or_default());
                let fault = found.faults.into_iter().next()?;
                let got = format!("{}: got {}, expected {}", fault.path, fault.got, fault.expected);
                Some(about(seen, &got))
            })
        },
        ..TOLD
    },
    Case {
        id: "answer-own-payload-id",
        title: "Every answer has a payloadID of its own",
        done: "We compare the payloadID of each answer with that of its request.",
        expected: "cXML/@payloadID that is not empty and not the request's",
        mend: "Make a fresh payloadID for the Response; a payloadID names one document in the \
               world.",
        check: |trial| each(trial.answered(), own_payload_id),
        ..TOLD
    },
    Case {
        id: "answer-timestamp",
        title: "Every answer says when it was written",
        done: "We read the timestamp of each answer.",
        expected: "cXML/@timestamp in ISO 8601 with an offset, such as 2026-11-22T09:00:00+01:00",
        mend: "Write the time with its offset from UTC.",
        check: |trial| {
            each(trial.answered(), |seen| {
                let answer = seen.said.as_ref()?.as_ref().ok()?;
                let stamp = &answer.envelope.timestamp;
                let bad = stamp.time().is_none() || !stamp.text().contains('T');
                bad.then(|| about(seen, &format!("\"{}\"", shorten(stamp.text(), 60))))
            })
        },
        ..TOLD
    },
    Case {
        id: "answer-content-type",
        title: "Answers are labelled as XML",
        done: "We read the Content-Type of each answer.",
        expected: "text/xml or application/xml",
        mend: "Set the header Content-Type: text/xml; charset=UTF-8.",
        check: |trial| {
            each(trial.answered(), |seen| {
                let kind = seen.exchange.answer_type.to_ascii_lowercase();
                let xml = kind.starts_with("text/xml") || kind.starts_with("application/xml");
                (!xml).then(|| about(seen, &format!("\"{kind}\"")))
            })
        },
        ..BOTH
    },
    Case {
        id: "answer-in-time",
        title: "Answers come in time",
        done: "We measure each call.",
        expected: "the whole answer within 20 seconds",
        mend: "Book the document first and do the slow work after the answer.",
        check: |trial| {
            each(trial.answered(), |seen| {
                let took = seen.exchange.took_ms;
                (took > MOST_MS).then(|| about(seen, &format!("{took} ms")))
            })
        },
        ..BOTH
    },
    Case {
        id: "answer-without-secret",
        title: "No answer repeats the shared secret",
        done: "We look for the secret in each answer.",
        expected: "the secret nowhere",
        mend: "Leave the Header of the request out of answers and error messages.",
        check: |trial| {
            each(trial.answered(), |seen| {
                let leaks = seen.exchange.notes.contains(&Note::Leak);
                leaks.then(|| about(seen, "the answer holds the SharedSecret"))
            })
        },
        ..BOTH
    },
    Case {
        id: "profile-asked",
        title: "A ProfileRequest is answered",
        done: "We ask what the system takes.",
        expected: "a ProfileResponse that names at least one request and its address; 450 when \
                   you do not offer this",
        mend: "Answer ProfileRequest with a Transaction for each request you take.",
        check: |trial| {
            let Some(seen) = trial.step("profile") else { return Verdict::NotTried };
            if trial.is_declined("profile") {
                return Verdict::NotOffered;
            }
            let said = seen.said.as_ref().and_then(|said| said.as_ref().ok());
            match said.map(|document| &document.payload) {
                Some(Payload::ProfileResponse(found)) if !found.transactions.is_empty() => {
                    Verdict::Passed
                }
                _ => Verdict::Failed(seen.outcome()),
            }
        },
        ..TOLD
    },
    Case {
        id: "payload-unknown",
        title: "An unknown request is told to be unknown",
        done: "We post a request with a payload that no version of cXML has.",
        expected: "Status 450",
        mend: "Answer 450 Not Implemented to requests you do not know. A 200 makes the sender \
               believe that you acted.",
        check: |trial| trial.refused("payload-unknown", &[450]),
        ..TOLD
    },
    Case {
        id: "secret-wrong",
        title: "A wrong secret is refused",
        done: "We post a document with another SharedSecret.",
        expected: "Status 401",
        mend: "Compare Sender/Credential/SharedSecret with the agreed one before anything else.",
        check: |trial| trial.refused("secret-wrong", &[401]),
        ..TOLD
    },
    Case {
        id: "secret-in-from",
        title: "A secret in From proves nothing",
        done: "We post a document with the right secret in From and none in Sender.",
        expected: "Status 401",
        mend: "Take the secret from Sender only; From names on whose behalf, and anybody may \
               write it.",
        check: |trial| trial.refused("secret-in-from", &[401]),
        ..TOLD
    },
    Case {
        id: "xml-cut",
        title: "A document that was cut off is refused",
        done: "We post the first two thirds of a document.",
        expected: "a Status 4xx, such as 406",
        mend: "Read the whole document before you act, and answer 406 when it is not well-formed.",
        check: |trial| trial.refused("xml-cut", &[]),
        ..TOLD
    },
    Case {
        id: "entity-bomb",
        title: "Entities that grow are refused",
        done: "We post a document whose DOCTYPE defines nested entities.",
        expected: "a Status 4xx, such as 406",
        mend: "Forbid entity definitions in your XML parser.",
        check: |trial| trial.refused("entity-bomb", &[]),
        ..TOLD
    },
    Case {
        id: "entity-external",
        title: "Entities from outside are refused",
        done: "We post a document whose DOCTYPE defines an entity with a SYSTEM address.",
        expected: "a Status 4xx, such as 406",
        mend: "Switch external entities off in your XML parser; they read files of your server.",
        check: |trial| trial.refused("entity-external", &[]),
        ..TOLD
    },
];

/// What was got, with the step that got it.
fn about(seen: &Seen, got: &str) -> String {
    format!("{}: {got}", seen.exchange.step)
}

/// Whether the answer is cXML with a Response at all, sound or not.
fn is_response(seen: &Seen) -> bool {
    let body = seen.exchange.answer.as_deref().unwrap_or_default();
    let Ok(decoded) = encoding::decode(body, None) else { return false };
    let Ok(tree) = tree::parse(&decoded.text) else { return false };
    tree.root().is("cXML") && tree.root().first("Response").is_some()
}

fn own_payload_id(seen: &Seen) -> Option<String> {
    let answer = seen.said.as_ref()?.as_ref().ok()?;
    match answer.envelope.payload_id.as_str() {
        "" => Some(about(seen, "no payloadID")),
        id if id == seen.payload_id() => Some(about(seen, &format!("{id}, the request's own"))),
        _ => None,
    }
}
