//! What a use case answers when it cannot do what was asked, without a word about transport.

use crate::{domain::refusal::Refusal, store::StoreError};

/// A refusal by a rule, or a fault of the machine.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{0}")]
    Refusal(Box<Refusal>),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that cannot happen did; the text is for the log, never for the caller.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(Box::new(refusal))
    }
}

impl From<crate::base::money::MoneyFault> for AppError {
    fn from(fault: crate::base::money::MoneyFault) -> Self {
        Refusal::invalid("amount-not-exact", format!("An amount cannot be computed: {fault}."))
            .into()
    }
}

impl AppError {
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal(detail.to_string())
    }

    /// The refusal, when a rule said no.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refusal(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What the caller is told: refusals as they are; a conflict as one; faults without detail.
    pub fn told(self) -> Refusal {
        match self {
            Self::Refusal(refusal) => *refusal,
            Self::Store(StoreError::Conflict(what)) => {
                let message = format!("The {what} was changed by somebody else meanwhile.");
                Refusal::conflict("changed-meanwhile", message).mend("Load it again and repeat.")
            }
            Self::Store(StoreError::Duplicate(_)) => {
                Refusal::conflict("already-there", "There is one with this name already.")
            }
            Self::Store(StoreError::Unavailable(detail)) => {
                tracing::warn!(detail, "storage unavailable");
                Refusal::unavailable("try-again", "The server cannot answer just now.")
                    .mend("Try again in a few seconds.")
            }
            Self::Store(fault) => {
                tracing::error!(%fault, "storage fault");
                Refusal::unavailable("internal", "The server met a fault; nothing was changed.")
            }
            Self::Internal(detail) => {
                tracing::error!(detail, "internal fault");
                Refusal::unavailable("internal", "The server met a fault; nothing was changed.")
            }
        }
    }
}
