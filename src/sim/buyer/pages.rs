//! The procurement system's pages.

use std::sync::Arc;

use askama::Template;
use poem::{Request, Response};
use serde_json::json;

use super::{BuyerSim, Visit, unknown};
use crate::sim::{Account, page, wire::Exchange};

/// A system one can play.
struct System {
    name: &'static str,
    about: &'static str,
    company: &'static str,
    user: &'static str,
}

const SYSTEMS: &[System] = &[
    System {
        name: "Ariba",
        about: "cXML. Acme signs carts off here and orders from here.",
        company: "acme",
        user: "ed@acme.example",
    },
    System {
        name: "SAP",
        about: "OCI 4.0. Globex takes the cart back and orders it later.",
        company: "globex",
        user: "ed@globex.example",
    },
    System {
        name: "Coupa",
        about: "cXML. Initech signs carts off here, then takes them back.",
        company: "initech",
        user: "ed@initech.example",
    },
    System {
        name: "Oracle",
        about: "cXML, the buyer named as a contact.",
        company: "globex",
        user: "ed@globex.example",
    },
];

#[derive(Template)]
#[template(path = "buyer.html", config = ".askama.toml")]
struct HomePage {
    systems: &'static [System],
    companies: Vec<Account>,
    visits: Vec<Visit>,
    arrived: Vec<Exchange>,
}

pub async fn home(sim: Arc<BuyerSim>, _: Request) -> Response {
    page::show(&HomePage {
        systems: SYSTEMS,
        companies: sim.cast.buyers.clone(),
        visits: sim.visits(),
        arrived: sim.wire.kept(" got "),
    })
}

/// An OCI call, as the form that opens the catalogue.
struct OciCall {
    action: String,
    fields: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "visit.html", config = ".askama.toml")]
struct VisitPage {
    oci: Option<OciCall>,
    said: String,
    visit: Visit,
}

pub async fn visit(sim: Arc<BuyerSim>, req: Request) -> Response {
    let Some(visit) = req.raw_path_param("id").and_then(|id| sim.visit(id)) else {
        return unknown();
    };
    page::show(&VisitPage { oci: oci_call(&sim, &visit), said: visit.said.clone(), visit })
}

/// The call of a visit that begins by OCI, until its cart came back.
fn oci_call(sim: &BuyerSim, visit: &Visit) -> Option<OciCall> {
    let account = sim.account(&visit.company).filter(|_| !visit.is_cxml && visit.cart.is_none());
    account.map(|account| OciCall {
        action: format!("{}/oci", sim.cast.server),
        fields: vec![
            ("USERNAME", account.name),
            ("PASSWORD", account.secret.expose().to_owned()),
            ("USER_EMAIL", visit.user.clone()),
            ("HOOK_URL", sim.return_url(&visit.id)),
            ("OCI_VERSION", "4.0".to_owned()),
            ("http_content_charset", "utf-8".to_owned()),
            ("returntarget", "_top".to_owned()),
            ("~OkCode", "ADDI".to_owned()),
            ("~CALLER", "CTLG".to_owned()),
        ],
    })
}

#[derive(Template)]
#[template(path = "frame.html", config = ".askama.toml")]
struct FramePage {
    oci: Option<OciCall>,
    visit: Visit,
}

pub async fn frame(sim: Arc<BuyerSim>, req: Request) -> Response {
    let visit = req.raw_path_param("id").and_then(|id| sim.visit(id));
    visit
        .map_or_else(unknown, |visit| page::show(&FramePage { oci: oci_call(&sim, &visit), visit }))
}

/// Everything for tests and scripts.
pub async fn state(sim: Arc<BuyerSim>, _: Request) -> Response {
    let visits: Vec<_> = sim
        .visits()
        .iter()
        .map(|visit| {
            json!({
                "id": visit.id,
                "system": visit.system,
                "company": visit.company,
                "said": visit.said,
                "start_url": visit.start_url,
                "cart": visit.cart.as_ref().map(|cart| json!({
                    "status": cart.status, "total": cart.total, "lines": cart.lines,
                })),
            })
        })
        .collect();
    page::json(&json!({ "visits": visits, "documents": sim.wire.kept(" got ") }))
}
