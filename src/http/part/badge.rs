//! States as words with a colour; the colour is never the only sign.

use super::{Html, escape};

/// What a state means for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to do, nothing decided.
    #[default]
    Plain,
    /// On its way: waiting for somebody or something.
    Info,
    /// Done as wished.
    Good,
    /// Somebody should look.
    Warn,
    /// Refused or failed.
    Bad,
}

impl Tone {
    /// The class in the stylesheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// The tone of a state word of the API (requisition, task, step, order, delivery, invoice, budget,
/// policy); an unknown word is plain.
pub fn tone_of(state: &str) -> Tone {
    match state {
        "pending" | "open" | "issued" | "sent" | "sending" | "shipped" | "partly_shipped"
        | "current" => Tone::Info,
        "approved" | "ordered" | "confirmed" | "received" | "delivered" | "clean" | "paid"
        | "active" | "passed" | "returned" | "allow" => Tone::Good,
        "difference" | "partly_confirmed" | "partly_received" | "expired" | "held" | "overdue"
        | "backordered" | "final" | "require_approval" => Tone::Warn,
        "rejected" | "failed" | "blocked" | "cancelled" | "refused" | "broken" | "block"
        | "unsound" => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// The badge of a state word: `partly_confirmed` reads "partly confirmed".
pub fn badge(state: &str) -> Html {
    toned(&state.replace('_', " "), tone_of(state))
}

/// A badge whose words and tone the page chooses itself.
pub fn toned(words: &str, tone: Tone) -> Html {
    Html(format!("<span class=\"badge {}\">{}</span>", tone.class(), escape(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_says_its_state_in_words() {
        let html = badge("partly_confirmed").to_string();
        assert_eq!(html, "<span class=\"badge warn\">partly confirmed</span>");
        assert_eq!(badge("<x>").to_string(), "<span class=\"badge \">&lt;x&gt;</span>");
    }
}
