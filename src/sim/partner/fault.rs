//! The faults that can be planted, one at a time.

use crate::base::words::words;

words! {
    /// One thing that the partner does wrong.
    Fault {
        NoStatus = "no-status",
        EchoPayloadId = "echo-payload-id",
        UnknownAccepted = "unknown-accepted",
        BookTwice = "book-twice",
        DuplicateAccepted = "duplicate-accepted",
        UnitEa = "unit-ea",
        UnknownLine = "unknown-line",
        RetryNewId = "retry-new-id",
        WrongSum = "wrong-sum",
        WrongCurrency = "wrong-currency",
        DropUmlauts = "drop-umlauts",
        SecretInFrom = "secret-in-from",
        PriceRounded = "price-rounded",
        AuxiliaryLost = "auxiliary-lost",
        CookieReused = "cookie-reused",
        ReferenceLost = "reference-lost",
        OrderNewId = "order-new-id",
    }
}

impl Fault {
    /// Which partner can have it.
    pub const fn side(self) -> &'static str {
        match self {
            Self::PriceRounded
            | Self::AuxiliaryLost
            | Self::CookieReused
            | Self::ReferenceLost
            | Self::OrderNewId => "buyer",
            _ => "supplier",
        }
    }

    /// What it does, in plain words.
    pub const fn told(self) -> &'static str {
        match self {
            Self::NoStatus => "answers orders without a Status",
            Self::EchoPayloadId => "answers under the payloadID of the request",
            Self::UnknownAccepted => "says 200 to requests that nobody knows",
            Self::BookTwice => "books an order again when it comes again",
            Self::DuplicateAccepted => "takes other content under a used payloadID",
            Self::UnitEa => "confirms in EA whatever the unit was",
            Self::UnknownLine => "confirms a line that was not ordered",
            Self::RetryNewId => "repeats its ship notice under a new payloadID",
            Self::WrongSum => "sends an invoice whose sum is not that of its lines",
            Self::WrongCurrency => "bills in another currency",
            Self::DropUmlauts => "loses umlauts",
            Self::SecretInFrom => "writes its secret into From",
            Self::PriceRounded => "rounds prices to cents when it orders",
            Self::AuxiliaryLost => "forgets the supplier's own keys when a cart is changed",
            Self::CookieReused => "has one BuyerCookie for all visits",
            Self::ReferenceLost => "cancels without naming the order's document",
            Self::OrderNewId => "repeats its order under a new payloadID",
        }
    }
}
