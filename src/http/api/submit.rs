//! What is said when a cart is handed in, or asked what plan it would get.

use std::collections::BTreeMap;

use poem_openapi::Object;

use super::shape::Text;
use crate::{
    app::requisition::Wish,
    base::{text::shorten, time::parse_day},
    domain::refusal::Refusal,
};

/// What is said when a cart is handed in.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SubmitInput {
    /// The code of one of the caller's own cost centres.
    cost_center: Text,
    /// The code of a ship-to address; the organisation's first without one.
    ship_to: Option<Text>,
    /// A day such as 2026-12-24.
    needed_on: Option<Text>,
    comment: Option<Text>,
    /// The project's code.
    project: Option<Text>,
    /// The account that the lines are charged to.
    account: Option<Text>,
    /// Another account of single lines, by line number.
    #[oai(default)]
    line_accounts: BTreeMap<String, Text>,
    /// The organisation's own fields, by name.
    #[oai(default)]
    fields: BTreeMap<String, Text>,
    /// The same of lines, by line number and name.
    #[oai(default)]
    line_fields: BTreeMap<String, BTreeMap<String, Text>>,
    /// Approvers to be asked as well.
    #[oai(default)]
    ad_hoc: Vec<AdHocInput>,
}

/// Somebody who is to be asked as well.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AdHocInput {
    /// E-mail address.
    approver: Text,
    reason: Text,
}

impl SubmitInput {
    /// The wish as the use case takes it.
    pub(super) fn read(self) -> Result<Wish, Refusal> {
        let day = |text: Text| {
            parse_day(text.trimmed()).map_err(|_| {
                Refusal::invalid("bad-day", "This is no day.")
                    .field("needed_on")
                    .got(shorten(&text.0, 40))
                    .expected("a day such as 2026-12-24")
            })
        };
        Ok(Wish {
            cost_center: self.cost_center.trimmed().to_owned(),
            ship_to: self.ship_to.map(|text| text.0),
            needed_on: self.needed_on.map(day).transpose()?,
            comment: self.comment.map(|text| text.0),
            project: self.project.map(|text| text.0),
            account: self.account.map(|text| text.0),
            line_accounts: self
                .line_accounts
                .into_iter()
                .map(|(line, account)| Ok((number("line_accounts", &line)?, account.0)))
                .collect::<Result<_, Refusal>>()?,
            fields: texts(self.fields),
            line_fields: self
                .line_fields
                .into_iter()
                .map(|(line, fields)| Ok((number("line_fields", &line)?, texts(fields))))
                .collect::<Result<_, Refusal>>()?,
            ad_hoc: self.ad_hoc.into_iter().map(|one| (one.approver.0, one.reason.0)).collect(),
        })
    }
}

fn texts(fields: BTreeMap<String, Text>) -> BTreeMap<String, String> {
    fields.into_iter().map(|(name, value)| (name, value.0)).collect()
}

fn number(field: &str, text: &str) -> Result<u32, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid("bad-extra", "This is no line number.")
            .field(field)
            .got(shorten(text, 20))
            .expected("a line number from 1")
    })
}
