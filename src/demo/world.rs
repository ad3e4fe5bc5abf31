//! Makes the demo world in one transaction, so that it is there whole or not at all.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::{
    app::{AppError, Command, Cx, Need, setup},
    base::id::{CostCenterId, OrganisationId, PersonId, SupplierId},
    domain::{
        fact::Fact,
        gateway::{PriceCheck, SupplierSite},
        party::{
            CartEncoding, Channel, Home, Identity, OciFields, Organisation, Partner, PartnerKind,
            Person, Supplier,
        },
        punchout::Protocol,
        role::Role,
    },
    store::{self},
};

use super::cast::{COMPANIES, Company, Member, VENDORS, Vendor};

mod surroundings;

use surroundings::{
    connection, loopback_hosts, loopback_origins, make_addresses, make_cost_centers, save_partner,
};

/// Makes the world of `cast`. Answers nothing when there is a world already.
pub struct MakeWorld {
    /// Argon2id hash of the password of everyone.
    pub password_hash: String,
    /// Where the simulators stand: `http://localhost:PORT`.
    pub simulators: String,
}

impl Command for MakeWorld {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        if !store::organisation::all(cx.conn).await?.is_empty() {
            cx.nothing_changed();
            return Ok(());
        }
        let mut suppliers = Vec::new();
        for company in COMPANIES {
            let organisation = self.make_organisation(cx, company).await?;
            // The first company keeps the suppliers' catalogues; the others buy from them too.
            if suppliers.is_empty() {
                for vendor in VENDORS {
                    let supplier = self.make_supplier(cx, vendor, organisation).await?;
                    suppliers.push((vendor, supplier));
                }
            }
            for (vendor, supplier) in &suppliers {
                self.make_supply(cx, organisation, vendor, *supplier).await?;
                if let ("acme", Some(title)) = (company.name, vendor.shop) {
                    let own = (organisation, *supplier);
                    self.make_site(cx, own, (title, vendor.channel)).await?;
                }
            }
        }
        Ok(())
    }
}

impl MakeWorld {
    async fn make_supplier(
        &self,
        cx: &mut Cx<'_>,
        vendor: &Vendor,
        owner: OrganisationId,
    ) -> Result<SupplierId, AppError> {
        let supplier = Supplier {
            id: cx.id(),
            name: vendor.name.to_owned(),
            title: vendor.title.to_owned(),
            email: Some(vendor.mail.to_owned()),
            owner: Some(owner),
            version: 1,
        };
        store::supplier::insert(cx.conn, &supplier, cx.now).await?;
        for (local, name) in vendor.desk {
            let person = Person {
                id: cx.id(),
                home: Home::Supplier(supplier.id),
                email: address(local, vendor.name)?,
                name: (*name).to_owned(),
                roles: vec![Role::SUPPLIER],
                manager: None,
                default_cost_center: None,
                locale: "en".to_owned(),
                time_zone: "Europe/Berlin".to_owned(),
                disabled_at: None,
                has_password: false,
                version: 1,
            };
            self.add_person(cx, &person).await?;
        }
        Ok(supplier.id)
    }

    async fn add_person(&self, cx: &mut Cx<'_>, person: &Person) -> Result<(), AppError> {
        store::person::insert(cx.conn, person, cx.now).await?;
        store::person::set_password_hash(cx.conn, person.id, &self.password_hash).await?;
        Ok(())
    }

    async fn make_organisation(
        &self,
        cx: &mut Cx<'_>,
        company: &Company,
    ) -> Result<OrganisationId, AppError> {
        let sink = format!("{}/sim/buyer/{}/cxml", self.simulators, company.name);
        let mut organisation = Organisation {
            id: cx.id(),
            name: company.name.to_owned(),
            title: company.title.to_owned(),
            currency: company.currency.parse().map_err(AppError::internal)?,
            checkout: company.checkout,
            locale: company.locale.to_owned(),
            time_zone: company.time_zone.to_owned(),
            default_manager: None,
            default_cost_center: None,
            order_url: None,
            invoice_url: Some(sink),
            price_tolerance: Decimal::ZERO,
            fiscal_month: 1,
            version: 1,
        };
        store::organisation::insert(cx.conn, &organisation, cx.now).await?;
        let fact = Fact::OrganisationMade {
            organisation: organisation.id.to_string(),
            name: organisation.name.clone(),
        };
        cx.fact_in(organisation.id, fact);
        let centers = make_cost_centers(cx, company, &organisation).await?;
        let people = self.make_people(cx, company, organisation.id, &centers).await?;
        organisation.default_manager = people.get("mia").copied();
        organisation.default_cost_center = centers.get("4100").copied();
        store::organisation::update(cx.conn, &organisation).await?;
        make_addresses(cx, company, organisation.id).await?;
        setup::seed_policies(cx, &organisation).await?;
        self.make_buyer_partner(cx, company, organisation.id).await?;
        Ok(organisation.id)
    }

    async fn make_people(
        &self,
        cx: &mut Cx<'_>,
        company: &Company,
        organisation: OrganisationId,
        centers: &HashMap<&'static str, CostCenterId>,
    ) -> Result<HashMap<&'static str, PersonId>, AppError> {
        let mut people = HashMap::new();
        for member in company.people {
            let Member { local, name, roles, manager, cost_centers } = member;
            let charged: Vec<CostCenterId> =
                cost_centers.iter().filter_map(|code| centers.get(code).copied()).collect();
            let roles = roles.iter().map(|role| role.parse());
            let person = Person {
                id: cx.id(),
                home: Home::Organisation(organisation),
                email: address(local, company.name)?,
                name: (*name).to_owned(),
                roles: roles.collect::<Result<_, _>>()?,
                manager: manager.and_then(|local| people.get(local).copied()),
                default_cost_center: charged.first().copied(),
                locale: company.locale.to_owned(),
                time_zone: company.time_zone.to_owned(),
                disabled_at: None,
                has_password: false,
                version: 1,
            };
            self.add_person(cx, &person).await?;
            store::person::set_cost_centers(cx.conn, person.id, &charged).await?;
            people.insert(*local, person.id);
        }
        Ok(people)
    }

    async fn make_buyer_partner(
        &self,
        cx: &mut Cx<'_>,
        company: &Company,
        organisation: OrganisationId,
    ) -> Result<(), AppError> {
        let (domain, identity) = company.identity;
        let base64 = company.name == "initech";
        let partner = Partner {
            name: format!("{} procurement system", company.title),
            identities: vec![Identity::new(domain, identity)],
            cart_encoding: if base64 { CartEncoding::Base64 } else { CartEncoding::Urlencoded },
            return_hosts: loopback_hosts(),
            frame_ancestors: loopback_origins(),
            oci_user: Some(company.name.to_owned()),
            ..connection(cx.id(), organisation, PartnerKind::Buyer)
        };
        save_partner(cx, &partner, company.secret).await
    }

    /// The supplier simulator's own shops; the secret of each is that of its orders.
    async fn make_site(
        &self,
        cx: &mut Cx<'_>,
        (organisation, supplier): (OrganisationId, SupplierId),
        (title, channel): (&str, Channel),
    ) -> Result<(), AppError> {
        // Who takes orders by cXML has a cXML shop; the other one is called by OCI and searched.
        let is_oci = channel != Channel::Cxml;
        let (protocol, door, price_check) = match is_oci {
            true => (Protocol::Oci, "direct", PriceCheck::Validate),
            false => (Protocol::Cxml, "online", PriceCheck::Inspect),
        };
        let site = SupplierSite {
            id: cx.id(),
            organisation,
            supplier,
            title: title.to_owned(),
            protocol,
            url: format!("{}/sim/supplier/{door}", self.simulators),
            identity: None,
            oci_user: if is_oci { "acme".to_owned() } else { String::new() },
            oci_fields: OciFields::usual(),
            oci_more: Vec::new(),
            price_check,
            is_searched: is_oci,
            disabled_at: None,
            version: 0,
        };
        store::gateway::save_site(cx.conn, &site, cx.now).await?;
        Ok(())
    }

    async fn make_supply(
        &self,
        cx: &mut Cx<'_>,
        organisation: OrganisationId,
        vendor: &Vendor,
        supplier: SupplierId,
    ) -> Result<(), AppError> {
        let (url, email) = match vendor.channel {
            Channel::Cxml => (Some(format!("{}/sim/supplier/cxml", self.simulators)), None),
            Channel::Email => (None, Some(vendor.mail.to_owned())),
            Channel::Desk => (None, None),
        };
        let kind = PartnerKind::Supplier { supplier, channel: vendor.channel, url, email };
        let partner = Partner {
            name: vendor.title.to_owned(),
            identities: vec![Identity::new("DUNS", vendor.duns)],
            ..connection(cx.id(), organisation, kind)
        };
        save_partner(cx, &partner, vendor.secret).await
    }
}

fn address(local: &str, host: &str) -> Result<crate::domain::party::Email, AppError> {
    format!("{local}@{host}.example").parse().map_err(AppError::internal)
}
