//! Reading typed values out of rows; what does not fit is `Inconsistent`, never a default.

use std::{fmt::Display, str::FromStr};

use crate::base::{
    decimal,
    id::{Id, Kind},
    money::{Currency, Money},
    quantity::Quantity,
    time::{Day, Time, parse_day},
};

use super::{StoreError, db::DbRow};

/// A row of one table, read column by column by name.
pub struct Row<'r> {
    row: &'r DbRow,
    table: &'static str,
}

/// Booleans are stored as 0 and 1: the two databases have no common boolean column.
pub struct Bool;

impl Bool {
    pub const fn bind(value: bool) -> i64 {
        if value { 1 } else { 0 }
    }
}

impl<'r> Row<'r> {
    pub const fn new(row: &'r DbRow, table: &'static str) -> Self {
        Self { row, table }
    }

    /// This column holds something the house never writes.
    pub fn fault(&self, column: &str, detail: impl Display) -> StoreError {
        StoreError::inconsistent(self.table, format!("{column}: {detail}"))
    }

    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| self.fault(column, "null"))
    }

    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.row.text(column)
    }

    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| self.fault(column, "null"))
    }

    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.row.int(column)
    }

    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.row.bytes(column)?.ok_or_else(|| self.fault(column, "null"))
    }

    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.fault(column, other)),
        }
    }

    pub fn time(&self, column: &str) -> Result<Time, StoreError> {
        self.int(column).map(Time::from_millis)
    }

    pub fn maybe_time(&self, column: &str) -> Result<Option<Time>, StoreError> {
        Ok(self.maybe_int(column)?.map(Time::from_millis))
    }

    /// A value whose type reads itself from text: ids, states, currencies.
    pub fn parsed<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.text(column)?.parse().map_err(|fault| self.fault(column, fault))
    }

    pub fn maybe_parsed<T>(&self, column: &str) -> Result<Option<T>, StoreError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|fault| self.fault(column, fault))).transpose()
    }

    pub fn id<K: Kind>(&self, column: &str) -> Result<Id<K>, StoreError> {
        self.parsed(column)
    }

    pub fn maybe_id<K: Kind>(&self, column: &str) -> Result<Option<Id<K>>, StoreError> {
        self.maybe_parsed(column)
    }

    pub fn maybe_day(&self, column: &str) -> Result<Option<Day>, StoreError> {
        let text = self.maybe_text(column)?;
        text.map(|text| parse_day(&text).map_err(|fault| self.fault(column, fault))).transpose()
    }

    pub fn decimal(&self, column: &str) -> Result<rust_decimal::Decimal, StoreError> {
        decimal::parse_signed(&self.text(column)?).map_err(|fault| self.fault(column, fault))
    }

    pub fn quantity(&self, column: &str) -> Result<Quantity, StoreError> {
        Quantity::parse(&self.text(column)?).map_err(|fault| self.fault(column, fault))
    }

    /// Minor units from one column, their currency from another.
    pub fn money(&self, minor: &str, currency: &str) -> Result<Money, StoreError> {
        let currency: Currency = self.parsed(currency)?;
        Ok(Money::from_minor(self.int(minor)?, currency))
    }

    /// JSON in a text column.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|fault| self.fault(column, fault))
    }
}
