//! The partner's cXML door: takes what the suite sends, as a careful system does.

use std::sync::Arc;

use poem::{Request, Response, http::StatusCode};

use super::{PartnerSim, Room, fault::Fault, hash};
use crate::{
    base::time::Time,
    cxml::{
        self, Document, Envelope, Payload, Status, multipart,
        profile::{ProfileResponse, Transaction},
    },
    sim::{Account, page},
};

/// The unit that no list has.
const NO_UNIT: &str = "ZZZ9";

pub async fn receive(sim: Arc<PartnerSim>, mut req: Request) -> Response {
    let side = req.raw_path_param("side").unwrap_or_default().to_owned();
    let word = req.raw_path_param("fault").unwrap_or_default().to_owned();
    let kind = req.header("content-type").map(str::to_owned);
    let body = page::body(&mut req).await;
    let Some(account) = sim.account(&side) else {
        return page::plain(StatusCode::NOT_FOUND, "There is no such side.");
    };
    let parts = kind.as_deref().and_then(multipart::boundary);
    let parts = parts.map(|boundary| multipart::parts(&body, &boundary)).unwrap_or_default();
    let (document, kind) = match multipart::root(&parts, None) {
        Some(root) => (root.body.as_slice(), None),
        None => (body.as_slice(), kind.as_deref()),
    };
    let door = Door {
        account,
        fault: word.parse().ok(),
        own_id: sim.wire.fresh("sim.re.") + "@sim.example",
        now: sim.wire.now(),
    };
    let decoded = cxml::decode(document, kind);
    let answer = sim.enter(&format!("{side}/{word}"), |room| door.answer(room, &body, decoded));
    page::xml(answer)
}

struct Door<'s> {
    account: &'s Account,
    fault: Option<Fault>,
    /// The payloadID of the answer.
    own_id: String,
    now: Time,
}

impl Door<'_> {
    fn answer(
        &self,
        room: &mut Room,
        body: &[u8],
        decoded: Result<Document, cxml::Fault>,
    ) -> Vec<u8> {
        let document = match decoded {
            Err(fault) => return self.said("", Status::new(406, fault.to_string()), Payload::None),
            Ok(document) => document,
        };
        let id = document.envelope.payload_id.clone();
        let mut credentials = document.envelope.sender.credentials.iter();
        if credentials.find_map(|own| own.secret.as_ref()) != Some(&self.account.secret) {
            let status = Status::new(401, "The shared secret is not ours.");
            return self.said(&id, status, Payload::None);
        }
        if let Some((before, answer)) = room.answers.get(&id).cloned() {
            if before == hash(body) {
                room.repeated.push(id);
                return answer;
            }
            let code = if self.fault == Some(Fault::DuplicateAccepted) { 200 } else { 409 };
            return self.said(&id, Status::new(code, ""), Payload::None);
        }
        let (status, payload) = self.take(room, document);
        let is_order = room.orders.last().is_some_and(|(own, _)| own.payload_id == id);
        let mut answer = self.said(&id, status, payload);
        if is_order && self.fault == Some(Fault::NoStatus) {
            answer = without_status(&answer);
        }
        room.answers.insert(id, (hash(body), answer.clone()));
        answer
    }

    fn take(&self, room: &mut Room, document: Document) -> (Status, Payload) {
        match document.payload {
            Payload::ProfileRequest => (Status::ok(), self.profile()),
            Payload::OrderRequest(order) => {
                let odd = |item: &cxml::item::Item| {
                    item.detail.as_ref().is_some_and(|detail| detail.unit == NO_UNIT)
                };
                if order.items.iter().any(odd) {
                    let message = format!("The unit {NO_UNIT} is not known here.");
                    return (Status::new(406, message), Payload::None);
                }
                room.orders.push((document.envelope, *order));
                (Status::ok(), Payload::None)
            }
            Payload::InvoiceDetailRequest(_) | Payload::StatusUpdateRequest(_) => {
                (Status::ok(), Payload::None)
            }
            _ if self.fault == Some(Fault::UnknownAccepted) => (Status::ok(), Payload::None),
            _ => (Status::new(450, "This request is not known here."), Payload::None),
        }
    }

    fn profile(&self) -> Payload {
        let transaction = |name: &str| Transaction {
            request_name: name.to_owned(),
            url: "http://localhost/cxml".to_owned(),
            options: Vec::new(),
        };
        let transactions = ["OrderRequest", "InvoiceDetailRequest"].map(transaction).to_vec();
        let effective_date = self.now.into();
        Payload::ProfileResponse(Box::new(ProfileResponse {
            effective_date,
            options: Vec::new(),
            transactions,
        }))
    }

    fn said(&self, request_id: &str, status: Status, payload: Payload) -> Vec<u8> {
        let echoed = self.fault == Some(Fault::EchoPayloadId) && !request_id.is_empty();
        let id = if echoed { request_id } else { &self.own_id };
        cxml::encode(&Document::new(Envelope::response(id, self.now, status), payload))
    }
}

/// The answer with its Status cut out.
fn without_status(answer: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let (head, rest) = text.split_once("<Status").unwrap_or((&text, ""));
    let (_, tail) = rest.split_once("/>").unwrap_or(("", rest));
    [head.as_bytes(), tail.as_bytes()].concat()
}
