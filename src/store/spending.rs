//! What was handed in earlier and counts against a spending limit.

use crate::{
    base::{
        id::{OrganisationId, PersonId, RequisitionId},
        money::Money,
        time::Time,
    },
    domain::{approval::Earlier, spending::What},
};

use super::{Conn, Row, StoreError, db};

/// Whose requisitions are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Requester(PersonId),
    Everybody(OrganisationId),
}

/// What is added up: requisitions handed in after `since` and up to `until`, without `except`, and
/// without what was rejected, withdrawn or has expired.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub whose: Whose,
    pub what: &'a What,
    pub since: Time,
    pub until: Time,
    pub except: RequisitionId,
}

// Ids say what they are the id of, so that one text serves a person and an organisation; each half
// has an index of its own.
const WHOLE: &str = "
    select r.currency, cast(sum(r.total_minor) as bigint) as total_minor from requisition r
    where (r.requester_id = $1 and r.submitted_at > $2 and r.submitted_at <= $3
        or r.organisation_id = $1 and r.submitted_at > $2 and r.submitted_at <= $3)
        and r.id <> $4 and ($5 = '' or r.cost_center = $5)
        and r.state in ('pending', 'approved', 'ordered')
        -- A cart that was signed off here and then ordered from outside counts once.
        and not (r.source = 'cart' and exists (
            select 1 from requisition later
            where later.cart_id = r.cart_id and later.source = 'incoming_order'
                and later.state in ('pending', 'approved', 'ordered')))
    group by r.currency order by r.currency";
const PART: &str = "
    select l.currency, cast(sum(l.total_minor) as bigint) as total_minor from requisition r
        join requisition_line l on l.requisition_id = r.id join supplier s on s.id = l.supplier_id
    where (r.requester_id = $1 and r.submitted_at > $2 and r.submitted_at <= $3
        or r.organisation_id = $1 and r.submitted_at > $2 and r.submitted_at <= $3)
        and r.id <> $4 and ($5 = '' or r.cost_center = $5)
        and ($6 = '' or s.name = $6) and l.unspsc like $7
        and r.state in ('pending', 'approved', 'ordered')
        and not (r.source = 'cart' and exists (
            select 1 from requisition later
            where later.cart_id = r.cart_id and later.source = 'incoming_order'
                and later.state in ('pending', 'approved', 'ordered')))
    group by l.currency order by l.currency";
const NAMED: &str = "
    select r.number, l.currency, cast(sum(l.total_minor) as bigint) as total_minor
    from requisition r
        join requisition_line l on l.requisition_id = r.id join supplier s on s.id = l.supplier_id
    where (r.requester_id = $1 and r.submitted_at > $2 and r.submitted_at <= $3
        or r.organisation_id = $1 and r.submitted_at > $2 and r.submitted_at <= $3)
        and r.id <> $4 and ($5 = '' or r.cost_center = $5)
        and ($6 = '' or s.name = $6) and l.unspsc like $7
        and r.state in ('pending', 'approved', 'ordered')
        and not (r.source = 'cart' and exists (
            select 1 from requisition later
            where later.cart_id = r.cart_id and later.source = 'incoming_order'
                and later.state in ('pending', 'approved', 'ordered')))
    group by r.submitted_at, r.number, l.currency order by r.submitted_at desc limit $8";

fn span<'q>(sql: &'static str, asked: &Asked<'_>) -> db::Query<'q> {
    let whose = match asked.whose {
        Whose::Requester(person) => person.to_string(),
        Whose::Everybody(organisation) => organisation.to_string(),
    };
    let center = match asked.what {
        What::CostCenter(code) => code.clone(),
        What::All | What::Supplier(_) | What::Category(_) => String::new(),
    };
    db::query(sql)
        .bind(whose)
        .bind(asked.since.millis())
        .bind(asked.until.millis())
        .bind(asked.except.to_string())
        .bind(center)
}

/// Binds which lines count: a supplier's, or a category's, whose digits are no patterns.
fn lines<'q>(query: db::Query<'q>, what: &What) -> db::Query<'q> {
    match what {
        What::Supplier(name) => query.bind(name.clone()).bind("%".to_owned()),
        What::Category(prefix) => query.bind(String::new()).bind(format!("{prefix}%")),
        What::All | What::CostCenter(_) => query.bind(String::new()).bind("%".to_owned()),
    }
}

/// The sums, one for each currency.
pub async fn sums(conn: &mut Conn, asked: &Asked<'_>) -> Result<Vec<Money>, StoreError> {
    let query = match asked.what {
        What::All | What::CostCenter(_) => span(WHOLE, asked),
        What::Supplier(_) | What::Category(_) => lines(span(PART, asked), asked.what),
    };
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(total).collect()
}

fn total(row: &db::DbRow) -> Result<Money, StoreError> {
    Row::new(row, "requisition").money("total_minor", "currency")
}

/// The latest of them, each with the part that counts.
pub async fn latest(
    conn: &mut Conn,
    asked: &Asked<'_>,
    most: i64,
) -> Result<Vec<Earlier>, StoreError> {
    let rows = lines(span(NAMED, asked), asked.what).bind(most).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let number = Row::new(row, "requisition").text("number")?;
            Ok(Earlier { number, total: total(row)? })
        })
        .collect()
}
