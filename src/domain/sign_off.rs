//! How an organisation signs off beside its policy: when people are reminded, when a manager is
//! asked as well, when a requisition expires, and what an edit reopens.

use rust_decimal::Decimal;

use super::refusal::Refusal;

/// The longest wait, in working days: a year.
pub const MAX_DAYS: u32 = 260;

/// The settings of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    /// Working days after which people are reminded; 0: never.
    pub remind_after: u32,
    /// Working days after which the next manager may decide as well; 0: never.
    pub escalate_after: u32,
    /// Working days after which the requisition expires; 0: never.
    pub expire_after: u32,
    /// Percent by which an edit may raise the total before signatures reopen.
    pub tolerance: Decimal,
    /// Whether an approver may change a quantity.
    pub approver_quantity: bool,
    /// Whether an approver may change the account of a line.
    pub approver_account: bool,
    pub version: i64,
}

impl Default for SignOff {
    fn default() -> Self {
        Self {
            remind_after: 1,
            escalate_after: 3,
            expire_after: 10,
            tolerance: Decimal::from(5),
            approver_quantity: true,
            approver_account: true,
            version: 0,
        }
    }
}

impl SignOff {
    /// Refuses waits that are too long, or in another order than reminder, manager, end.
    pub fn check(&self) -> Result<(), Refusal> {
        let waits = [
            ("remind_after", self.remind_after),
            ("escalate_after", self.escalate_after),
            ("expire_after", self.expire_after),
        ];
        let mut before: Option<(&str, u32)> = None;
        for (field, days) in waits.into_iter().filter(|(_, days)| *days > 0) {
            let earlier = before.filter(|(_, earlier)| *earlier >= days);
            if days > MAX_DAYS || earlier.is_some() {
                let least = earlier.map_or(1, |(_, earlier)| earlier + 1);
                return Err(Refusal::invalid("bad-wait", "This wait does not fit the others.")
                    .field(field)
                    .got(days.to_string())
                    .expected(format!("{least} to {MAX_DAYS} working days, or 0 for never"))
                    .mend("People are reminded first, then a manager is asked, then it expires."));
            }
            before = Some((field, days));
        }
        if self.tolerance.is_sign_negative() || self.tolerance > Decimal::from(100) {
            return Err(Refusal::invalid("bad-tolerance", "This is no tolerance.")
                .field("tolerance")
                .got(self.tolerance.to_string())
                .expected("0 to 100 percent"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_come_in_their_order_or_never() {
        assert_eq!(SignOff::default().check(), Ok(()));
        let with = |remind_after, escalate_after, expire_after| SignOff {
            remind_after,
            escalate_after,
            expire_after,
            ..SignOff::default()
        };
        assert_eq!(with(0, 0, 0).check(), Ok(()));
        assert_eq!(with(2, 0, 3).check(), Ok(()));
        for (bad, field) in [
            (with(3, 3, 10), "escalate_after"),
            (with(5, 0, 4), "expire_after"),
            (with(1, 2, 261), "expire_after"),
        ] {
            assert_eq!(bad.check().unwrap_err().field.as_deref(), Some(field));
        }
    }
}
