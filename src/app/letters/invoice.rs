//! An invoice that differs from its orders: accounts payable hear of it, except whoever asked for
//! the goods, because they could not decide on it.

use crate::{
    app::invoice,
    base::id::InvoiceId,
    domain::{invoice::Difference, notice::Notice, role::Role},
    store,
};

use super::{AppError, Cx, tell};

/// Tells everybody who may handle the invoice.
pub(super) async fn differs(cx: &mut Cx<'_>, id: InvoiceId) -> Result<(), AppError> {
    let invoice = store::invoice::get(cx.conn, id).await?;
    let invoice = invoice.ok_or_else(|| AppError::internal(format!("invoice {id} is gone")))?;
    let barred = invoice::barred(cx, &invoice).await?;
    let supplier = store::supplier::get(cx.conn, invoice.supplier).await?;
    let differences = store::invoice::differences(cx.conn, id).await?;
    let notice = Notice::InvoiceDifference {
        invoice: id,
        number: invoice.number,
        supplier: supplier.map(|supplier| supplier.title).unwrap_or_default(),
        total: invoice.sums.total,
        differences: differences.iter().map(in_one_line).collect(),
    };
    let role = Role::ACCOUNTS_PAYABLE;
    for person in store::person::holders(cx.conn, invoice.organisation, &role).await? {
        if !barred.contains(&person.id) {
            tell(cx, person.id, &notice, ("", &id.to_string())).await?;
        }
    }
    Ok(())
}

/// `line 1, price: 450.00 EUR -> 460.00 EUR`; the arrow needs no language.
fn in_one_line(difference: &Difference) -> String {
    let Difference { line, field, expected, got, .. } = difference;
    let at = line.map(|line| format!("{line}, ")).unwrap_or_default();
    format!("{at}{field}: {expected} \u{2192} {got}")
}
