//! Numbers without gaps, per organisation and series.

use crate::base::id::OrganisationId;

use super::{Conn, Row, StoreError, db};

const NEXT: &str = "
    insert into number_series (organisation_id, series, last) values ($1, $2, 1)
    on conflict (organisation_id, series) do update set last = number_series.last + 1
    returning last";

/// The next number of a series. It locks the series until the transaction ends, so it is taken
/// last; a rollback gives it back.
pub async fn next(
    conn: &mut Conn,
    organisation: OrganisationId,
    series: &str,
) -> Result<i64, StoreError> {
    let row = db::query(NEXT).bind(organisation.to_string()).bind(series).fetch_one(conn).await?;
    Row::new(&row, "number_series").int("last")
}
