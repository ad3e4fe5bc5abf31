//! Refusals as cXML Status, in one place. A business error travels inside HTTP 200: an HTTP error
//! without cXML counts as transient and would be asked again for ten hours.

use crate::{
    cxml::{Fault, Status},
    domain::refusal::{Refusal, RefusalKind},
};

/// The code of requests, operations and versions that this server does not know.
pub const NOT_IMPLEMENTED: &str = "not-implemented";

/// The Status that tells a refusal: field, got, expected, how to mend it.
pub fn of_refusal(refusal: &Refusal) -> Status {
    Status::new(code_of(refusal), refusal.to_string())
}

/// The Status that tells what is wrong with the bytes.
pub fn of_fault(fault: &Fault) -> Status {
    Status::new(fault.status_code(), fault.to_string())
}

/// The status code of a refusal.
pub fn code_of(refusal: &Refusal) -> u16 {
    if refusal.code == NOT_IMPLEMENTED {
        return 450;
    }
    match refusal.kind {
        RefusalKind::Invalid => 400,
        RefusalKind::Unauthenticated => 401,
        RefusalKind::Forbidden => 403,
        RefusalKind::Conflict => 409,
        RefusalKind::NotFound => 417,
        RefusalKind::Unavailable => 500,
    }
}

/// A request, operation or version that this server does not know.
pub fn not_implemented(field: &str, got: &str, expected: &str) -> Refusal {
    Refusal::invalid(NOT_IMPLEMENTED, "This is not implemented here.")
        .field(field)
        .got(crate::base::text::shorten(got, 60))
        .expected(expected)
        .mend("Ask for the ProfileResponse to see what is.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_refusal_has_its_code_and_says_how_to_mend_it() {
        let refusal = Refusal::forbidden("x", "No.").field("Header/From").mend("Ask ada.");
        let status = of_refusal(&refusal);
        assert_eq!((status.code, status.text.as_str()), (403, "Forbidden"));
        assert!(status.message.contains("Header/From") && status.message.ends_with("Ask ada."));
        assert_eq!(code_of(&not_implemented("Request", "QuoteRequest", "an order")), 450);
        assert_eq!(code_of(&Refusal::not_found("order")), 417);
        assert_eq!(code_of(&Refusal::unavailable("internal", "x")), 500);
    }
}
