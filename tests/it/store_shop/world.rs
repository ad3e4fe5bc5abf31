//! A small world made through the store: two organisations, two suppliers, three shoppers.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use countersign::{
    app::{Actor, App, Policies, Scope, Site, cart, import},
    base::{
        id::{CartId, Entropy, Id, Kind as IdKind, OrganisationId, PunchoutSessionId, SessionId},
        money::Currency,
        secret::Keys,
        time::{Clock, Time},
    },
    domain::{
        cart::CartState,
        party::{Checkout, Home, Identity, Organisation, Person, Supplier},
        role::Role,
    },
    outbound::{client::Client, resolve::AddressRule},
    store::{self, Conn, Store, StoreError, Work, db},
};

use crate::harness::{Database, Kind};

/// Article by article: list and contract prices, tiers, another currency.
pub const FILE: &str = "\
sku,name,unit,price,currency,min_quantity,organisation,category,unspsc,manufacturer
PEN-1,Ball pen,EA,1.50,EUR,,,Writing,44121704,Scripta
PEN-1,,,1.00,EUR,,acme,,,
PEN-1,,,0.80,EUR,10,acme,,,
PEN-1,,,1.70,USD,,,,,
PEN-10,Ball pen box,BX,9.00,EUR,,,Writing,44121704,Scripta
LAPTOP-01,Laptop 14 inch,EA,1200.00,EUR,,,Computers,43211503,Lumen
LAMP-01,\"Stehlampe, Größe 2\",EA,89.00,EUR,,,Lighting,39111501,Lumen
DOLLAR-1,Dollar article,EA,1.00,USD,,,Imports,,
";
const BOLTS: &str = "\
sku;name;unit;price;currency;category
BOLT-M8;Bolt M8 x 40;EA;0.035;EUR;Fasteners
";

struct Ticking(AtomicI64);
impl Clock for Ticking {
    fn now(&self) -> Time {
        Time::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

struct Counting(AtomicU64);
impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let at = bytes.len() - count.len();
        bytes.fill(0);
        bytes[at..].copy_from_slice(&count);
    }
}

pub struct World {
    pub app: Arc<App>,
    pub ed: Actor,
    /// Also of Acme.
    pub eve: Actor,
    /// Of Globex, which buys in dollars.
    pub gina: Actor,
    pub system: Actor,
    database: Database,
}

pub fn import_of(file: &str, supplier: &str) -> import::Import {
    import::Import {
        supplier: supplier.to_owned(),
        organisation: None,
        bytes: file.as_bytes().to_vec(),
        dry_run: false,
    }
}

impl World {
    pub async fn new(kind: Kind) -> Self {
        let database = Database::new(kind).await;
        let file = format!("sqlite:{}", database.folder().join("countersign.db").display());
        let url = database.url().map_or(file, str::to_owned);
        store::migrate(&url).await.unwrap();
        let app = Arc::new(App {
            store: Store::open(&url).await.unwrap(),
            clock: Arc::new(Ticking(AtomicI64::new(1_800_000_000_000))),
            entropy: Arc::new(Counting(AtomicU64::new(1))),
            keys: Keys::derive(&[7; 32]),
            policies: Policies::new().unwrap(),
            client: Client::new(AddressRule::default()).unwrap(),
            site: Site {
                public_url: "http://127.0.0.1".to_owned(),
                identity: Identity::new("DUNS", "999999999"),
                addresses: AddressRule::default(),
                demo: false,
            },
            wake: countersign::app::Wake::default(),
        });
        let (acme, globex) = (
            organisation(&app, "acme", Currency::EUR),
            organisation(&app, "globex", Currency::USD),
        );
        let people = ["ed", "eve"].map(|name| person(&app, name, acme.id));
        let gina = person(&app, "gina", globex.id);
        let suppliers = [("office-one", "Office One"), ("partsdesk", "Parts Desk")];
        let parties = Parties {
            organisations: vec![acme, globex],
            people: people.iter().cloned().chain([gina.clone()]).collect(),
            suppliers: suppliers.map(|(name, title)| supplier(&app, name, title)).to_vec(),
        };
        app.store.write(parties).await.unwrap();
        let actor = |person: Person| Actor::person(person, Scope::Login(app.id::<_>()));
        let [ed, eve] = people.map(actor);
        let gina = actor(gina);
        let system = Actor::system("test", None);
        let world = Self { app, ed, eve, gina, system, database };
        for (file, supplier) in [(FILE, "office-one"), (BOLTS, "partsdesk")] {
            let import = import_of(file, supplier);
            let report = import::run(&world.app, &world.system, &import).await.unwrap();
            assert_eq!(report.faults, 0, "{report}");
        }
        world
    }

    pub async fn cart(&self, who: &Actor, id: CartId) -> cart::View {
        let mut reader = self.app.reader(who).await.unwrap();
        cart::view(&mut reader, id).await.unwrap()
    }

    pub async fn set_state(&self, cart: CartId, state: CartState) {
        self.app.store.write(SetState { cart, state }).await.unwrap();
    }

    /// Ed inside a punchout session with this operation.
    pub async fn visit(&self, operation: &'static str) -> Actor {
        let session: PunchoutSessionId = self.app.id();
        let ed = self.ed.as_person().unwrap().clone();
        let visit = Visit { session, operation, person: ed.clone(), partner: self.app.id() };
        self.app.store.write(visit).await.unwrap();
        let login: SessionId = self.app.id();
        Actor::person(ed, Scope::Punchout(login, session))
    }

    pub async fn close(self) {
        self.app.store.close().await;
        drop(self.database);
    }
}

fn fresh<K: IdKind>(app: &App) -> Id<K> {
    app.id()
}

fn organisation(app: &App, name: &str, currency: Currency) -> Organisation {
    Organisation {
        id: fresh(app),
        name: name.to_owned(),
        title: name.to_owned(),
        currency,
        checkout: Checkout::ApproveThenOrder,
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        default_manager: None,
        default_cost_center: None,
        order_url: None,
        invoice_url: None,
        price_tolerance: 0.into(),
        fiscal_month: 1,
        version: 1,
    }
}

fn person(app: &App, name: &str, organisation: OrganisationId) -> Person {
    Person {
        id: fresh(app),
        home: Home::Organisation(organisation),
        email: format!("{name}@x.example").parse().unwrap(),
        name: name.to_owned(),
        roles: vec![Role::REQUESTER],
        manager: None,
        default_cost_center: None,
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        disabled_at: None,
        has_password: false,
        version: 1,
    }
}

fn supplier(app: &App, name: &str, title: &str) -> Supplier {
    let (name, title) = (name.to_owned(), title.to_owned());
    Supplier { id: fresh(app), name, title, email: None, owner: None, version: 1 }
}

struct Parties {
    organisations: Vec<Organisation>,
    people: Vec<Person>,
    suppliers: Vec<Supplier>,
}

impl Work for Parties {
    type Answer = ();
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let at = Time::from_millis(0);
        for organisation in &self.organisations {
            store::organisation::insert(conn, organisation, at).await?;
        }
        for person in &self.people {
            store::person::insert(conn, person, at).await?;
        }
        for supplier in &self.suppliers {
            store::supplier::insert(conn, supplier, at).await?;
        }
        Ok(())
    }

    fn is_retryable(_: &StoreError) -> bool {
        false
    }
}

struct SetState {
    cart: CartId,
    state: CartState,
}

impl Work for SetState {
    type Answer = ();
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let cart = store::cart::get(conn, self.cart).await?.unwrap();
        store::cart::set_state(conn, &cart, self.state, Time::from_millis(1)).await
    }

    fn is_retryable(_: &StoreError) -> bool {
        false
    }
}

/// A punchout session as a row, with the connection it belongs to.
struct Visit {
    session: PunchoutSessionId,
    operation: &'static str,
    person: Person,
    partner: countersign::base::id::PartnerId,
}

const PARTNER: &str = "
    insert into partner (id, kind, organisation_id, name, cart_encoding, return_hosts,
        frame_ancestors, allow_http, oci_user_field, oci_password_field, oci_hook_field,
        created_at, version)
    values ($1, 'buyer', $2, 'erp', 'urlencoded', '', '', 0, 'u', 'p', 'h', 0, 1)";
const SESSION: &str = "
    insert into punchout_session (id, organisation_id, partner_id, person_id, protocol, operation,
        state, buyer_cookie, cookie_sha256, return_url, return_target, charset, echo, wire,
        start_hash, start_expires_at, created_at, version)
    values ($1, $2, $3, $4, 'cxml', $5, 'open', '', '', '', '', 'utf-8', '{}', '{}', $1, 0, 0, 1)";

impl Work for Visit {
    type Answer = ();
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let organisation = self.person.organisation().unwrap().to_string();
        let partner = self.partner.to_string();
        db::query(PARTNER).bind(&partner).bind(&organisation).execute(&mut *conn).await?;
        db::query(SESSION)
            .bind(self.session.to_string())
            .bind(organisation)
            .bind(partner)
            .bind(self.person.id.to_string())
            .bind(self.operation)
            .execute(&mut *conn)
            .await?;
        Ok(())
    }

    fn is_retryable(_: &StoreError) -> bool {
        false
    }
}
