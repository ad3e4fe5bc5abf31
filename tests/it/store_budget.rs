//! The ledger of budgets on both databases: exact at every past instant, guarded twice, carried
//! over once, and given back what an invoice did not cost.

use countersign::{
    app::{
        act,
        budget::{self, Save},
        invoice::{Accept, CreateFromOrder},
        requisition::{Submit, Wish},
    },
    base::{
        id::{BudgetEntryId, Id},
        money::{Currency, Money},
        page::Cut,
        time::{DAY_MS, Time},
    },
    domain::{
        approval::BudgetMode,
        budget::{Budget, BudgetAccount, Cause, Entry, Movement, Standing, Subject, SubjectKind},
    },
    store::{self, Conn, StoreError, Work, budget::Guard},
};

use crate::harness::{
    Kind,
    inside::{Inside, euro},
};

/// The newest budget of a cost centre of Acme.
async fn found(inside: &Inside, cost_center: &str) -> Budget {
    let mut conn = inside.app.store.read().await.unwrap();
    let acme = store::organisation::by_name(&mut conn, "acme").await.unwrap().unwrap();
    let center =
        store::organisation::cost_center(&mut conn, acme.id, cost_center).await.unwrap().unwrap();
    let all = store::budget::of_organisation(&mut conn, acme.id, &Cut::default()).await.unwrap();
    all.items.into_iter().find(|budget| budget.subject == Subject::cost_center(center.id)).unwrap()
}

/// Entries of one transaction, made as the use cases make them.
struct Batch {
    budget: Budget,
    entries: Vec<Entry>,
}

impl Work for Batch {
    type Answer = ();
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<(), StoreError> {
        for entry in &self.entries {
            let Movement { source, target, amount } = entry.movement;
            let id = self.budget.id;
            if (source, target) == (BudgetAccount::Available, BudgetAccount::Reserved) {
                let mode = self.budget.mode;
                let taken =
                    store::budget::reserve(conn, id, amount, mode, Guard::Available).await?;
                assert!(taken, "{amount} was available");
            } else {
                store::budget::shift(conn, id, &entry.movement).await?;
            }
            store::budget::insert_entry(conn, entry).await?;
        }
        Ok(())
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

/// A repeatable sequence of numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// What can happen next to a budget that stands so; nothing when the dice ask for the impossible.
fn next(dice: &mut Dice, standing: &Standing) -> Option<Movement> {
    use BudgetAccount::{Available, Committed, Granted, Reserved, Spent};
    let available = standing.available().unwrap();
    let (source, target, most) = match dice.roll(10) {
        0..=3 => (Available, Reserved, available.minor()),
        4 => (Reserved, Available, standing.reserved.minor()),
        5..=6 => (Reserved, Committed, standing.reserved.minor()),
        7 => (Committed, Spent, standing.committed.minor()),
        8 => (Committed, Available, standing.committed.minor()),
        _ if dice.roll(2) == 0 => (Granted, Available, 5_000),
        _ => (Available, Spent, 300),
    };
    let amount = Money::from_minor(1 + dice.roll(most.clamp(1, 2_000)), Currency::EUR);
    (most > 0).then_some(Movement { source, target, amount })
}

#[tokio::test]
async fn after_five_thousand_events_every_past_instant_is_the_sum_of_its_entries() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4200", BudgetMode::Block, "1000.00").await;
        let budget = found(&inside, "4200").await;
        let (mut dice, mut at) = (Dice(7), inside.app.now());
        let mut standing = budget.standing;
        let mut entries: Vec<Entry> = Vec::new();
        while entries.len() < 5_000 {
            let Some(movement) = next(&mut dice, &standing) else { continue };
            standing = standing.after(&movement).unwrap();
            at = at.plus_ms(dice.roll(3) * 1_000);
            let id: BudgetEntryId = Id::fresh(at, &*inside.app.entropy);
            let about = format!("event {}", entries.len());
            let (actor, cause) = ("test".to_owned(), Cause::Released);
            let requisition = None;
            let budget = budget.id;
            entries.push(Entry { id, budget, movement, cause, actor, requisition, about, at });
        }
        for part in entries.chunks(1_000) {
            let batch = Batch { budget: budget.clone(), entries: part.to_vec() };
            inside.app.store.write(batch).await.unwrap();
        }
        assert_eq!(found(&inside, "4200").await.standing, standing);
        let (first, last) = (entries[0].at, at.millis() - entries[0].at.millis());
        let mut conn = inside.app.store.read().await.unwrap();
        for _ in 0..150 {
            let instant = first.plus_ms(dice.roll(last + 2_000));
            let mut expected = budget.standing;
            for entry in entries.iter().filter(|entry| entry.at <= instant) {
                expected = expected.after(&entry.movement).unwrap();
            }
            let then = store::budget::standing_at(&mut conn, &budget, instant).await.unwrap();
            assert_eq!(then, expected, "at {instant}");
        }
        let never = Time::from_millis(0);
        let none = store::budget::standing_at(&mut conn, &budget, never).await.unwrap();
        assert_eq!(none, Standing::fresh(Money::zero(Currency::EUR)));
    }
}

/// A reservation that forgets to look.
struct Careless(Budget, Money);

impl Work for Careless {
    type Answer = bool;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        store::budget::reserve(conn, self.0.id, self.1, self.0.mode, Guard::None).await
    }

    fn is_retryable(_: &StoreError) -> bool {
        false
    }
}

#[tokio::test]
async fn the_database_itself_keeps_a_blocking_budget_from_being_exceeded() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4200", BudgetMode::Block, "10.00").await;
        let budget = found(&inside, "4200").await;
        let over = inside.app.store.write(Careless(budget.clone(), euro("10.01"))).await;
        assert!(over.is_err(), "{over:?}");
        assert!(inside.app.store.write(Careless(budget, euro("10.00"))).await.unwrap());
        assert_eq!(found(&inside, "4200").await.standing.reserved, euro("10.00"));
    }
}

/// Ed orders these from cost centre 4200, within his limit; the requisition goes on at once.
async fn ordered(inside: &Inside, lines: &[(&str, &str)]) -> countersign::base::id::RequisitionId {
    let ed = inside.actor("ed@acme.example").await;
    let cart = inside.cart(&ed, lines).await;
    let wish = Wish { cost_center: "4200".to_owned(), ..Wish::default() };
    act(&inside.app, &ed, Submit { cart, wish }).await.unwrap().requisition
}

fn month(period: &str, limit: &str) -> Save {
    Save {
        kind: SubjectKind::CostCenter,
        code: "4200".to_owned(),
        period: period.to_owned(),
        mode: BudgetMode::Block,
        limit: euro(limit),
        carries_over: Some(true),
        fresh: true,
    }
}

#[tokio::test]
async fn what_is_left_of_a_month_is_carried_over_once_and_to_the_cent() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let ada = inside.actor("ada@acme.example").await;
        // The demo's own budget of 2026 covers this year; the months of the next one are free.
        inside.clock.advance(45 * DAY_MS);
        let january = Save { carries_over: Some(false), ..month("2027-01", "100.00") };
        act(&inside.app, &ada, january).await.unwrap();
        act(&inside.app, &ada, month("2027-02", "50.00")).await.unwrap();
        ordered(&inside, &[("PEN-01", "70")]).await;
        inside.clock.advance(31 * DAY_MS);
        ordered(&inside, &[("PEN-01", "60")]).await;
        ordered(&inside, &[("PEN-01", "20")]).await;
        let february = found(&inside, "4200").await;
        assert_eq!(february.period, "2027-02");
        let Standing { limit, carried, committed, .. } = february.standing;
        assert_eq!((limit, carried, committed), (euro("80.00"), euro("30.00"), euro("80.00")));
        let mut conn = inside.app.store.read().await.unwrap();
        let cut = Cut::default();
        let ledger = store::budget::ledger(&mut conn, february.id, &cut).await.unwrap();
        let carried = ledger.items.iter().filter(|(entry, _)| entry.cause == Cause::Carried);
        assert_eq!(carried.count(), 1);
        let day = february.starts_on.yesterday().unwrap();
        let january =
            store::budget::ending_on(&mut conn, (february.organisation, &february.subject), day);
        let january = january.await;
        let january = january.unwrap().unwrap().standing;
        assert_eq!((january.limit, january.available().unwrap()), (euro("70.00"), euro("0.00")));
    }
}

#[tokio::test]
async fn what_an_invoice_does_not_cost_is_given_back_and_what_it_costs_more_is_taken() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        inside.budget("4200", BudgetMode::Block, "100.00").await;
        let requisition = ordered(&inside, &[("BOLT-M8", "1000")]).await;
        let mut conn = inside.app.store.read().await.unwrap();
        let order = store::order::of_requisition(&mut conn, requisition).await.unwrap().remove(0);
        drop(conn);
        let sue = inside.actor("sue@partsdesk.example").await;
        let line = |number, quantity: &str| countersign::app::invoice::LineInput {
            line_number: number,
            quantity: countersign::base::quantity::Quantity::parse(quantity).unwrap(),
        };
        // 0.035 each: 333 and 667 pieces are rounded apart, and together exactly 35.00.
        for quantity in ["333", "333", "334"] {
            let create = CreateFromOrder {
                order: order.id,
                number: None,
                tax_rate: 19.into(),
                lines: vec![line(1, quantity)],
            };
            let invoice = act(&inside.app, &sue, create).await.unwrap();
            let fin = inside.actor("fin@acme.example").await;
            let accept = Accept { invoice, reason: "rounded".to_owned() };
            let _ = act(&inside.app, &fin, accept).await;
        }
        let Standing { committed, spent, .. } = found(&inside, "4200").await.standing;
        assert_eq!(committed, euro("0.00"), "nothing stays committed");
        let sums: i64 = [333_i64, 333, 334].iter().map(|n| (n * 35 + 5) / 10).sum();
        assert_eq!(spent, Money::from_minor(sums, Currency::EUR));
        let ada = inside.actor("ada@acme.example").await;
        let mut reader = inside.app.reader(&ada).await.unwrap();
        let id = found(&inside, "4200").await.id;
        let ledger = budget::ledger(&mut reader, id, &Cut::default()).await.unwrap();
        let causes: Vec<Cause> = ledger.items.iter().map(|(entry, _)| entry.cause).collect();
        assert!(causes.contains(&Cause::PriceDifference), "{causes:?}");
        assert!(ledger.items.iter().any(|(_, number)| number.starts_with("INV-PO-")));
    }
}
