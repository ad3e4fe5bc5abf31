//! What every black-box test stands on.
