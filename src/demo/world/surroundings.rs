//! Connections, cost centres, budgets and addresses of the demo's organisations.

use std::collections::HashMap;

use crate::{
    app::{AppError, Cx, budget},
    base::{
        id::{CostCenterId, OrganisationId, PartnerId},
        money::Money,
        secret::Secret,
    },
    domain::{
        budget::Subject,
        party::{
            Address, AddressKind, CostCenter, Organisation, Partner, PartnerKind, PostalAddress,
        },
        period::Term,
    },
    store::{self, partner::SecretSlot},
};

use super::super::cast::{CENTERS, Center, Company};

/// A connection with nothing set but its two ends.
pub(super) fn connection(
    id: PartnerId,
    organisation: OrganisationId,
    kind: PartnerKind,
) -> Partner {
    Partner { allow_http: true, version: 1, ..Partner::new(id, organisation, kind, "") }
}

/// The demo's simulators stand on this machine, at whatever port was free.
pub(super) fn loopback_hosts() -> Vec<String> {
    ["localhost:*", "127.0.0.1:*", "[::1]:*"].map(str::to_owned).to_vec()
}

pub(super) fn loopback_origins() -> Vec<String> {
    ["http://localhost:*", "http://127.0.0.1:*"].map(str::to_owned).to_vec()
}

pub(super) async fn save_partner(
    cx: &mut Cx<'_>,
    partner: &Partner,
    secret: &str,
) -> Result<(), AppError> {
    store::partner::save(cx.conn, partner, cx.now).await?;
    let place = store::partner::secret_place(partner.id, 1);
    let slot = SecretSlot {
        slot: 1,
        sealed: cx.app.keys.seal(&Secret::new(secret), &place, &*cx.app.entropy),
        digest: cx.app.keys.digest(secret),
        created_at: cx.now,
    };
    store::partner::save_secret(cx.conn, partner.id, &slot).await?;
    Ok(())
}

pub(super) async fn make_cost_centers(
    cx: &mut Cx<'_>,
    company: &Company,
    organisation: &Organisation,
) -> Result<HashMap<&'static str, CostCenterId>, AppError> {
    let mut centers = HashMap::new();
    for center in CENTERS.iter().filter(|center| center.company == company.name) {
        let row = CostCenter {
            id: cx.id(),
            organisation: organisation.id,
            code: center.code.to_owned(),
            name: center.name.to_owned(),
            owner: None,
            disabled_at: None,
            version: 1,
        };
        store::organisation::save_cost_center(cx.conn, &row).await?;
        centers.insert(center.code, row.id);
        make_budget(cx, organisation, &row, center).await?;
    }
    Ok(centers)
}

/// The budget of this year, in the organisation's own calendar.
async fn make_budget(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    center: &CostCenter,
    plan: &Center,
) -> Result<(), AppError> {
    let Some((limit, mode)) = plan.budget else { return Ok(()) };
    let year = cx.now.day_in(&organisation.time_zone).year();
    let currency = organisation.currency;
    let limit = Money::rounded(limit.into(), currency)?;
    let term = Term::named(&year.to_string(), organisation.fiscal_month);
    let term = term.ok_or_else(|| AppError::internal("the clock is beyond any budget"))?;
    let subject = Subject::cost_center(center.id);
    budget::open(cx, (organisation.id, subject), &term, ((mode, false), limit)).await?;
    Ok(())
}

pub(super) async fn make_addresses(
    cx: &mut Cx<'_>,
    company: &Company,
    organisation: OrganisationId,
) -> Result<(), AppError> {
    let places = [
        (AddressKind::BillTo, "main", "Accounts payable", company.street),
        (AddressKind::ShipTo, "main", "Goods in", company.street),
        (AddressKind::ShipTo, "plant", "Gate 2", company.plant),
    ];
    for (kind, code, deliver_to, [street, city, postal_code, country]) in places {
        let row = Address {
            id: cx.id(),
            organisation,
            kind,
            postal: PostalAddress {
                code: code.to_owned(),
                name: company.title.to_owned(),
                deliver_to: deliver_to.to_owned(),
                street: street.to_owned(),
                city: city.to_owned(),
                postal_code: postal_code.to_owned(),
                country: country.to_owned(),
                email: None,
            },
            is_default: code == "main",
            version: 1,
        };
        store::organisation::save_address(cx.conn, &row).await?;
    }
    Ok(())
}
