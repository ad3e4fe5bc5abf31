//! The use cases of the server inside the test's own process, on a real database: for races and
//! ledgers that must be looked at between two steps.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use countersign::{
    app::{Actor, App, Policies, Scope, Site, Wake, act, budget, cart, import},
    base::{
        id::{Entropy, SessionId},
        money::{Currency, Money},
        quantity::Quantity,
        secret::Keys,
        time::{Clock, Time},
    },
    demo::{cast::PASSWORD, world::MakeWorld},
    domain::{approval::BudgetMode, party::Identity},
    outbound::{client::Client, resolve::AddressRule},
    store::{self, Store, migrate},
};

use super::{Database, Kind};

/// A clock that stands still until it is moved.
pub struct Hand(AtomicI64);

impl Hand {
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        // One millisecond a look, so that ids sort by birth.
        Time::from_millis(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

struct Chance;
impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}

pub struct Inside {
    pub app: Arc<App>,
    pub clock: Arc<Hand>,
    _database: Database,
}

/// What the tests buy.
const OFFICE: &str = "\
sku,name,description,unit,price,currency,per,min_quantity,unspsc,category
PEN-01,Pen,A pen,EA,1.00,EUR,1,1,44121704,Writing
CENT-01,Pin,A pin,EA,0.01,EUR,1,1,44121704,Writing
DESK-01,Desk,A desk,EA,450.00,EUR,1,1,56101703,Furniture
LAPTOP-01,Laptop,A laptop,EA,1200.00,EUR,1,1,43211503,Computers
";
const TOOLS: &str = "\
sku,name,description,unit,price,currency,per,min_quantity,unspsc,category
DRILL-01,Drill,A drill,EA,89.90,EUR,1,1,27112700,Tools
";
const PARTS: &str = "\
sku,name,description,unit,price,currency,per,min_quantity,unspsc,category
BOLT-M8,Bolt,A bolt,EA,0.035,EUR,1,1,31161500,Parts
";

impl Inside {
    /// The demo world with five articles, on a database of its own.
    pub async fn new(kind: Kind) -> Self {
        let database = Database::new(kind).await;
        let file = format!("sqlite:{}", database.folder().join("inside.db").display());
        let url = database.url().map_or(file, str::to_owned);
        migrate(&url).await.unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_795_254_291_042)));
        let app = Arc::new(App {
            store: Store::open(&url).await.unwrap(),
            clock: clock.clone(),
            entropy: Arc::new(Chance),
            keys: Keys::derive(&[7; 32]),
            policies: Policies::new().unwrap(),
            client: Client::new(AddressRule::default()).unwrap(),
            site: Site {
                public_url: "http://127.0.0.1:1".to_owned(),
                identity: Identity::new("DUNS", "999999999"),
                addresses: AddressRule::default(),
                demo: true,
            },
            wake: Wake::default(),
        });
        let system = Actor::system("test", None);
        let world = MakeWorld {
            password_hash: PASSWORD.to_owned(),
            simulators: "http://localhost:1".to_owned(),
        };
        act(&app, &system, world).await.unwrap();
        for (supplier, csv) in [("office-one", OFFICE), ("toolworks", TOOLS), ("partsdesk", PARTS)]
        {
            let import = import::Import {
                supplier: supplier.to_owned(),
                organisation: None,
                bytes: csv.as_bytes().to_vec(),
                dry_run: false,
            };
            let report = import::run(&app, &system, &import).await.unwrap();
            assert_eq!(report.faults, 0, "{report:?}");
        }
        Self { app, clock, _database: database }
    }

    /// Somebody who has signed in.
    pub async fn actor(&self, email: &str) -> Actor {
        let mut conn = self.app.store.read().await.unwrap();
        let email = email.parse().unwrap();
        let person = store::person::by_email(&mut conn, &email).await.unwrap().unwrap();
        Actor::person(person, Scope::Api(SessionId::from_bits(1)))
    }

    /// This year's budget of a cost centre of Acme.
    pub async fn budget(&self, cost_center: &str, mode: BudgetMode, limit: &str) {
        let save = budget::Save {
            kind: countersign::domain::budget::SubjectKind::CostCenter,
            code: cost_center.to_owned(),
            period: "2026".to_owned(),
            mode,
            limit: euro(limit),
            carries_over: None,
            fresh: false,
        };
        act(&self.app, &self.actor("ada@acme.example").await, save).await.unwrap();
    }

    /// A filled cart: `supplier/sku x quantity`.
    pub async fn cart(
        &self,
        actor: &Actor,
        lines: &[(&str, &str)],
    ) -> countersign::base::id::CartId {
        let cart = act(&self.app, actor, cart::Make).await.unwrap();
        let set = cart::SetLines { cart, lines: asked(lines) };
        act(&self.app, actor, set).await.unwrap();
        cart
    }
}

/// Lines as a buyer asks for them; the article's number says its supplier.
pub fn asked(lines: &[(&str, &str)]) -> Vec<cart::LineAsked> {
    let supplier = |sku: &str| match sku {
        "DRILL-01" => "toolworks",
        "BOLT-M8" => "partsdesk",
        _ => "office-one",
    };
    let line = |(sku, quantity): &(&str, &str)| cart::LineAsked {
        supplier: supplier(sku).to_owned(),
        sku: (*sku).to_owned(),
        quantity: Quantity::parse(quantity).unwrap(),
    };
    lines.iter().map(line).collect()
}

pub fn euro(amount: &str) -> Money {
    Money::parse(amount, Currency::EUR).unwrap()
}
