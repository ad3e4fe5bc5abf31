//! The shapes that all nouns of the API share: texts, amounts of money, quantities, pages.
//!
//! poem-openapi's own texts take a JSON number or a truth value for a text; these do not, because a
//! number has already lost its last places when it arrives.

use std::borrow::Cow;

use poem::{FromRequest, Request, RequestBody};
use poem_openapi::{
    ApiResponse, Object,
    payload::Json,
    registry::{MetaSchema, MetaSchemaRef},
    types::{
        IsObjectType, ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type,
    },
};
use serde_json::Value;

use crate::{
    base::{
        decimal,
        money::{Currency, Money, UnitPrice},
        page::{Cut, Page},
        quantity::Quantity,
        text::shorten,
    },
    domain::refusal::Refusal,
    http::actor,
};

/// A JSON text and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub String);

impl Text {
    /// The text without outer blanks.
    pub fn trimmed(&self) -> &str {
        self.0.trim()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Type for Text {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ParseFromJSON for Text {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value.unwrap_or_default() {
            Value::String(text) if text.contains('\0') => {
                Err(ParseError::custom("a text must not contain character 0"))
            }
            Value::String(text) => Ok(Self(text)),
            Value::Null => Err(ParseError::expected_input()),
            other => {
                let got = shorten(&other.to_string(), 60);
                Err(ParseError::custom(format!("expected a JSON string, got {got}")))
            }
        }
    }
}

impl ParseFromParameter for Text {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        Ok(Self(value.to_owned()))
    }
}

impl ToJSON for Text {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.clone()))
    }
}

/// An amount: `{"amount":"12.50","currency":"EUR"}`.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "Money", deny_unknown_fields)]
pub struct MoneyJson {
    /// Decimal text with the currency's own places.
    pub amount: Text,
    /// ISO 4217.
    pub currency: Text,
}

impl From<Money> for MoneyJson {
    fn from(money: Money) -> Self {
        let currency = Text::from(money.currency().code());
        Self { amount: Text(money.amount_text()), currency }
    }
}

impl MoneyJson {
    /// The amount, which must be exact in the currency.
    pub fn money(&self, field: &str) -> Result<Money, Refusal> {
        let currency: Currency = self.currency.trimmed().parse().map_err(|_| {
            Refusal::invalid("bad-currency", "This is no currency.")
                .field(format!("{field}.currency"))
                .got(shorten(&self.currency.0, 20))
                .expected("three letters of ISO 4217, such as EUR")
        })?;
        Money::parse(self.amount.trimmed(), currency).map_err(|fault| {
            Refusal::invalid("bad-amount", "This is no amount of this currency.")
                .field(format!("{field}.amount"))
                .got(shorten(&self.amount.0, 40))
                .expected(fault.to_string())
        })
    }
}

/// A unit price: `{"amount":"0.035","currency":"EUR","per":"1"}`.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "UnitPrice")]
pub struct UnitPriceJson {
    /// At least the currency's places, more where the price has them.
    pub amount: String,
    pub currency: String,
    /// The quantity the amount is for.
    pub per: String,
}

impl From<UnitPrice> for UnitPriceJson {
    fn from(price: UnitPrice) -> Self {
        Self {
            amount: padded(price),
            currency: price.currency.code().to_owned(),
            per: price.per.to_string(),
        }
    }
}

/// `450.00`, `0.035`: never fewer places than the currency has.
fn padded(price: UnitPrice) -> String {
    let mut text = decimal::canonical(price.amount);
    let places = price.currency.exponent() as usize;
    let have = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if have == 0 && places > 0 {
        text.push('.');
    }
    text.extend(std::iter::repeat_n('0', places.saturating_sub(have)));
    text
}

/// A quantity, sent as a JSON text.
pub fn quantity(text: &Text, field: &str) -> Result<Quantity, Refusal> {
    Quantity::parse(text.trimmed()).map_err(|fault| {
        Refusal::invalid("bad-quantity", "This is no quantity.")
            .field(field)
            .got(shorten(&text.0, 40))
            .expected(fault.to_string())
            .mend("Send digits with a point, as a JSON string: \"2.5\".")
    })
}

/// Something new was made: status 201.
#[derive(Debug, ApiResponse)]
pub enum Created<T: ToJSON> {
    #[oai(status = 201)]
    Made(Json<T>),
}

impl<T: ToJSON> Created<T> {
    pub fn new(answer: T) -> Self {
        Self::Made(Json(answer))
    }
}

/// The part of a list that a call asks for with `limit` and `after`.
pub fn cut(limit: Option<u32>, after: Option<String>) -> Cut {
    Cut::new(after, limit)
}

/// The same, read from the query itself, for calls that take other parameters as well.
pub struct Paged(pub Cut);

impl<'a> FromRequest<'a> for Paged {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let query = actor::query(request)?;
        let limit = match query.filled("limit")? {
            None => None,
            Some(text) => Some(text.parse::<u32>().map_err(|_| {
                Refusal::invalid("bad-parameter", "This is no number of items.")
                    .field("limit")
                    .got(shorten(text, 40))
                    .expected("a whole number")
            })?),
        };
        Ok(Self(cut(limit, query.filled("after")?.map(str::to_owned))))
    }
}

/// One page of a list; `next` goes into `after=`, null at the end.
#[derive(Debug, Object)]
pub struct List<T: IsObjectType + ParseFromJSON + ToJSON> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

impl<T: IsObjectType + ParseFromJSON + ToJSON> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, next: page.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_number_is_no_text() {
        let read = |value: Value| Text::parse_from_json(Some(value)).map(|text| text.0).ok();
        assert_eq!(read(json!("2.50")).as_deref(), Some("2.50"));
        for bad in [json!(2.5), json!(2), json!(true), json!(null), json!(["2"]), json!("a\0")] {
            assert_eq!(read(bad.clone()), None, "{bad}");
        }
    }

    #[test]
    fn amounts_are_exact_in_their_currency() {
        let money = |amount: &str, currency: &str| {
            MoneyJson { amount: amount.into(), currency: currency.into() }.money("limit")
        };
        assert_eq!(money("12.50", "EUR").map(MoneyJson::from).unwrap().amount.0, "12.50");
        let fault = money("12.505", "EUR").unwrap_err();
        assert_eq!(fault.field.as_deref(), Some("limit.amount"));
        assert_eq!(money("1", "EURO").unwrap_err().code, "bad-currency");
        assert_eq!(money("1e3", "EUR").unwrap_err().code, "bad-amount");
    }

    #[test]
    fn unit_prices_keep_their_places() {
        let price = |amount: &str| {
            let amount = decimal::parse(amount).unwrap();
            UnitPriceJson::from(UnitPrice::new(amount, Currency::EUR, Quantity::ONE)).amount
        };
        assert_eq!(price("450"), "450.00");
        assert_eq!(price("0.035"), "0.035");
        assert_eq!(price("1.5"), "1.50");
    }
}
