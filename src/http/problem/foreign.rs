//! Errors of the web framework, in the words of the house.

use http::StatusCode;
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};

use crate::{base::text::shorten, domain::refusal::Refusal};

/// The refusal that an error of poem or poem-openapi stands for.
pub(super) fn refusal(error: &poem::Error) -> Refusal {
    if let Some(fault) = error.downcast_ref::<ParseRequestPayloadError>() {
        return body(&fault.reason);
    }
    if let Some(fault) = error.downcast_ref::<ParseParamError>() {
        return Refusal::invalid("bad-parameter", "A parameter cannot be read.")
            .field(fault.name)
            .got(shorten(&fault.reason, 200));
    }
    if error.is::<ParsePathError>() {
        // An id that cannot be one names nothing.
        return Refusal::not_found("object");
    }
    if error.is::<AuthorizationError>() {
        return signed_out();
    }
    if let Some(fault) = error.downcast_ref::<ContentTypeError>() {
        let got = match fault {
            ContentTypeError::NotSupported { content_type } => shorten(content_type, 100),
            ContentTypeError::ExpectContentType => "no Content-Type".to_owned(),
        };
        return Refusal::invalid("media-type", "This content type is not read here.")
            .field("Content-Type")
            .got(got)
            .expected("application/json");
    }
    of_status(error.status(), error)
}

/// What a call without a good token is told.
pub fn signed_out() -> Refusal {
    Refusal::unauthenticated("sign-in-needed", "Sign in to go on.")
        .mend("POST /api/v1/login gives a token; send it as Authorization: Bearer.")
}

/// A body that is no JSON, or JSON of another shape.
fn body(reason: &str) -> Refusal {
    // serde_json names the place in the text; shape faults never do.
    let is_syntax = reason.contains(" at line ") && reason.contains(" column ");
    if is_syntax {
        return Refusal::invalid("body-not-json", "The body is not JSON.")
            .field("body")
            .got(shorten(reason, 200))
            .expected("one JSON object in UTF-8");
    }
    let fault = Refusal::invalid("body-invalid", "The body has another shape than expected.")
        .got(shorten(reason, 300));
    match quoted_field(reason) {
        Some(field) => fault.field(field),
        None => fault.field("body"),
    }
}

/// The field in `failed to parse "Lines": field "quantity" is required`, else `unknown field "x"`.
fn quoted_field(reason: &str) -> Option<String> {
    ["field `", "field \"", "property `", "property \""].iter().find_map(|mark| {
        let (_, rest) = reason.split_once(mark)?;
        let end = rest.find(['`', '"'])?;
        Some(shorten(&rest[..end], 80))
    })
}

fn of_status(status: StatusCode, error: &poem::Error) -> Refusal {
    match status {
        StatusCode::NOT_FOUND => Refusal::not_found("page"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Refusal::invalid("method", "This address does not take this method.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::invalid("body-too-large", "The body is too large.")
        }
        StatusCode::UNAUTHORIZED => signed_out(),
        StatusCode::FORBIDDEN => Refusal::forbidden("not-allowed", "You may not do this."),
        status if status.is_client_error() => {
            Refusal::invalid("bad-request", "The request cannot be read.")
        }
        _ => {
            tracing::error!(%error, "a handler failed");
            Refusal::unavailable("internal", "The server met a fault; nothing was changed.")
        }
    }
}
