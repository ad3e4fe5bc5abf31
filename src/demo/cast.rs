//! Who lives in the demo world: organisations, people, suppliers and their connections, as data.

use crate::domain::{
    approval::BudgetMode,
    party::{Channel, Checkout},
};

/// The password of everyone.
pub const PASSWORD: &str = "demo";

/// A buyer organisation.
pub struct Company {
    pub name: &'static str,
    pub title: &'static str,
    pub currency: &'static str,
    pub checkout: Checkout,
    pub locale: &'static str,
    pub time_zone: &'static str,
    /// cXML identity of its procurement system.
    pub identity: (&'static str, &'static str),
    /// cXML shared secret and OCI password; the OCI user is the short name.
    pub secret: &'static str,
    pub people: &'static [Member],
    pub street: [&'static str; 4],
    pub plant: [&'static str; 4],
}

/// A person of an organisation; the manager is named by the local part of the address.
pub struct Member {
    pub local: &'static str,
    pub name: &'static str,
    pub roles: &'static [&'static str],
    pub manager: Option<&'static str>,
    pub cost_centers: &'static [&'static str],
}

const fn member(
    local: &'static str,
    name: &'static str,
    roles: &'static [&'static str],
    manager: Option<&'static str>,
    cost_centers: &'static [&'static str],
) -> Member {
    Member { local, name, roles, manager, cost_centers }
}

const SMALL: &[Member] = &[
    member("mia", "Mia Berg", &["requester", "approver", "receiver"], None, &["4100"]),
    member("ed", "Ed Novak", &["requester"], Some("mia"), &["4100"]),
    member("ada", "Ada Klein", &["admin", "auditor"], None, &[]),
    member("abe", "Abe Sommer", &["admin", "auditor"], None, &[]),
];

const ACME: &[Member] = &[
    member("carla", "Carla Roth", &["requester", "cfo"], None, &["4100", "4200"]),
    member("dan", "Dan Weber", &["requester", "director"], Some("carla"), &["4100", "4200"]),
    member(
        "mia",
        "Mia Berg",
        &["requester", "approver", "receiver"],
        Some("dan"),
        &["4100", "4200"],
    ),
    member("ed", "Ed Novak", &["requester"], Some("mia"), &["4100", "4200"]),
    member("ivy", "Ivy Lang", &["requester", "it-reviewer"], Some("dan"), &["4100"]),
    member("fin", "Fin Adler", &["accounts-payable"], Some("carla"), &[]),
    member("ada", "Ada Klein", &["admin", "auditor"], None, &[]),
    member("abe", "Abe Sommer", &["admin", "auditor"], None, &[]),
];

pub const COMPANIES: &[Company] = &[
    Company {
        name: "acme",
        title: "Acme Industries",
        currency: "EUR",
        checkout: Checkout::ApproveThenOrder,
        locale: "en-IE",
        time_zone: "Europe/Berlin",
        identity: ("NetworkId", "AN01000000001"),
        secret: "acme-secret",
        people: ACME,
        street: ["Industriestrasse 12", "Dortmund", "44137", "DE"],
        plant: ["Hafenweg 3", "Duisburg", "47119", "DE"],
    },
    Company {
        name: "globex",
        title: "Globex",
        currency: "USD",
        checkout: Checkout::Transfer,
        locale: "en-US",
        time_zone: "America/New_York",
        identity: ("NetworkId", "AN01000000002"),
        secret: "globex-secret",
        people: SMALL,
        street: ["200 Harbor Street", "Springfield", "01103", "US"],
        plant: ["18 Mill Road", "Chicopee", "01020", "US"],
    },
    Company {
        name: "initech",
        title: "Initech",
        currency: "EUR",
        checkout: Checkout::ApproveThenTransfer,
        locale: "en-IE",
        time_zone: "Europe/Dublin",
        identity: ("DUNS", "123456789"),
        secret: "initech-secret",
        people: SMALL,
        street: ["14 Quay Lane", "Dublin", "D02 X285", "IE"],
        plant: ["Unit 7, Airport Park", "Cork", "T12 K8A2", "IE"],
    },
];

/// A supplier and how it gets its orders.
pub struct Vendor {
    pub name: &'static str,
    pub title: &'static str,
    pub mail: &'static str,
    pub duns: &'static str,
    pub secret: &'static str,
    pub channel: Channel,
    /// People at its desk: local part and name.
    pub desk: &'static [(&'static str, &'static str)],
    /// Its own shop, to which Acme's people may go on.
    pub shop: Option<&'static str>,
    /// Its catalogue, as `import` reads it.
    pub catalogue: &'static str,
}

pub const VENDORS: &[Vendor] = &[
    Vendor {
        name: "office-one",
        title: "Office One",
        mail: "orders@office-one.example",
        duns: "111111111",
        secret: "office-one-secret",
        channel: Channel::Cxml,
        desk: &[("olly", "Olly Stone")],
        shop: Some("Office One online"),
        catalogue: include_str!("catalogue/office-one.csv"),
    },
    Vendor {
        name: "toolworks",
        title: "Toolworks",
        mail: "orders@toolworks.example",
        duns: "222222222",
        secret: "toolworks-secret",
        channel: Channel::Email,
        desk: &[("tom", "Tom Baker")],
        shop: Some("Toolworks direct"),
        catalogue: include_str!("catalogue/toolworks.csv"),
    },
    Vendor {
        name: "partsdesk",
        title: "Partsdesk",
        mail: "orders@partsdesk.example",
        duns: "333333333",
        secret: "partsdesk-secret",
        channel: Channel::Desk,
        desk: &[("sue", "Sue Park")],
        shop: None,
        catalogue: include_str!("catalogue/partsdesk.csv"),
    },
];

/// A cost centre of an organisation and its yearly budget: whole currency units and mode.
pub struct Center {
    pub company: &'static str,
    pub code: &'static str,
    pub name: &'static str,
    pub budget: Option<(i64, BudgetMode)>,
}

pub const CENTERS: &[Center] = &[
    Center {
        company: "acme",
        code: "4100",
        name: "Operations",
        budget: Some((100_000, BudgetMode::RequireApproval)),
    },
    Center {
        company: "acme",
        code: "4200",
        name: "Workshop",
        budget: Some((10_000, BudgetMode::Block)),
    },
    Center { company: "globex", code: "4100", name: "Operations", budget: None },
    Center { company: "initech", code: "4100", name: "Operations", budget: None },
];
