//! `POST /requisitions/{id}/amend`: the requester changes a part, and the signatures that the
//! change does not concern stand.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    cart::{LineInput, read_lines},
    requisition::requisition_id,
    shape::Text,
};
use crate::{
    app::requisition::{Amend, Wanted},
    base::{text::shorten, time::parse_day},
    domain::refusal::Refusal,
};

pub struct Amending;

/// What changes; what is left out stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AmendInput {
    /// All lines as they should be; an article that stands there keeps its number.
    lines: Option<Vec<LineInput>>,
    /// The code of a ship-to address.
    ship_to: Option<Text>,
    /// A day such as 2026-12-24; an empty text takes it away.
    needed_on: Option<Text>,
    comment: Option<Text>,
}

/// What a change came to.
#[derive(Object)]
#[oai(rename = "Amended")]
struct AmendedJson {
    /// What changed: `less`, `within`, `more`, `goods`, `account`, `ship-to`, `papers`.
    facets: Vec<String>,
    /// Rules of the steps that wait for a signature now.
    open: Vec<String>,
    /// Rules of the steps whose signatures stand.
    standing: Vec<String>,
}

fn day(text: &Text) -> Result<Option<crate::base::time::Day>, Refusal> {
    if text.trimmed().is_empty() {
        return Ok(None);
    }
    parse_day(text.trimmed()).map(Some).map_err(|_| {
        Refusal::invalid("bad-day", "This is no day.")
            .field("needed_on")
            .got(shorten(&text.0, 40))
            .expected("a day such as 2026-12-24")
    })
}

#[OpenApi]
impl Amending {
    /// Changes a pending requisition. Unlike `PUT ../lines`, which voids every decision, signatures
    /// stand where the change does not concern them: within the tolerance, a smaller amount, a
    /// comment reopen nothing; another place or day reopens the first step; more than the tolerance
    /// or other goods reopen every step they concern.
    #[oai(path = "/requisitions/:id/amend", method = "post", operation_id = "amendRequisition")]
    async fn amend(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<AmendInput>,
    ) -> poem::Result<Json<AmendedJson>> {
        let AmendInput { lines, ship_to, needed_on, comment } = body.0;
        let wanted = Wanted {
            lines: lines.map(read_lines).transpose()?,
            ship_to: ship_to.map(|text| text.0),
            needed_on: needed_on.as_ref().map(day).transpose()?,
            comment: comment.map(|text| text.0),
        };
        let done = caller.act(Amend { requisition: requisition_id(&id.0)?, wanted }).await?;
        Ok(Json(AmendedJson { facets: done.facets, open: done.open, standing: done.standing }))
    }
}
