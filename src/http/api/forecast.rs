//! The forecast of a decision, as a requester sees it.

use poem_openapi::Object;

use crate::{
    app::requisition::{Forecast, Wait},
    domain::party::Person,
};

/// Somebody whose answer is waited for.
#[derive(Object)]
#[oai(rename = "Wait")]
pub(super) struct WaitJson {
    order: u32,
    /// E-mail address of who is asked.
    person: String,
    /// E-mail address of who stands in.
    deputy: Option<String>,
    /// The last day the person is away, when nobody stands in.
    away_until: Option<String>,
    /// E-mail address of who could be asked to stand in.
    could_ask: Option<String>,
    /// When an answer is likely.
    answer_at: Option<String>,
}

/// When a requisition will probably be decided.
#[derive(Object)]
#[oai(rename = "Forecast")]
pub(super) struct ForecastJson {
    /// When the last signature is likely.
    decided_at: Option<String>,
    /// Until when the prices are held: then the requisition expires.
    price_hold_until: Option<String>,
    waits: Vec<WaitJson>,
}

fn mail(person: Option<&Person>) -> Option<String> {
    person.map(|person| person.email.to_string())
}

impl From<&Wait> for WaitJson {
    fn from(wait: &Wait) -> Self {
        Self {
            order: wait.order,
            person: wait.person.email.to_string(),
            deputy: mail(wait.deputy.as_ref()),
            away_until: wait.away_until.map(|day| day.to_string()),
            could_ask: mail(wait.could_ask.as_ref()),
            answer_at: wait.answer_at.map(|at| at.to_string()),
        }
    }
}

impl From<&Forecast> for ForecastJson {
    fn from(forecast: &Forecast) -> Self {
        Self {
            decided_at: forecast.decided_at.map(|at| at.to_string()),
            price_hold_until: forecast.held_until.map(|at| at.to_string()),
            waits: forecast.waits.iter().map(WaitJson::from).collect(),
        }
    }
}
