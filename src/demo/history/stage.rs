//! The past as it is acted: who bought what, when, and what became of it.

use crate::{
    app::{
        AppError, Cx,
        cart::{LineAsked, price_lines},
        order,
        requisition::{Draft, Planned, fact_of, keep_record, number, outcome, plan, steps},
    },
    base::{
        id::{Id, Kind},
        quantity::Quantity,
        time::{DAY_MS, MINUTE_MS, Time},
    },
    domain::{
        approval::{self, Outcome, Task, TaskState},
        cart::Goods,
        fact::{self, Fact},
        order::OrderState,
        party::{AddressKind, Organisation, Person, PostalAddress},
        refusal::Refusal,
        requisition::{
            BuyerLine, Extras, Requisition, RequisitionLine, RequisitionSource, RequisitionState,
            content_hash,
        },
    },
    store,
};

use super::{
    BUYERS, COMPANY, GOODS,
    answers::{Dice, decide},
};

/// A buyer with the facts that any of his requisitions shares.
struct Buyer {
    person: Person,
    /// For each cost centre, a first draft and its plan.
    charged: Vec<(Draft, Planned)>,
}

/// What every past requisition is made of.
pub(super) struct Stage {
    pub(super) organisation: Organisation,
    goods: Vec<(Goods, u64)>,
    buyers: Vec<Buyer>,
    ship_to: PostalAddress,
    bill_to: PostalAddress,
}

pub(super) fn missing(what: &str) -> AppError {
    AppError::internal(format!("the demo world has no {what}"))
}

impl Stage {
    pub(super) async fn set(cx: &mut Cx<'_>) -> Result<Self, AppError> {
        let all = store::organisation::all(cx.conn).await?;
        let organisation = all.into_iter().find(|one| one.name == COMPANY);
        let organisation = organisation.ok_or_else(|| missing(COMPANY))?;
        let one = Quantity::parse("1").map_err(AppError::internal)?;
        let asked = |(sku, supplier, _): &(&str, &str, u64)| LineAsked {
            supplier: (*supplier).to_owned(),
            sku: (*sku).to_owned(),
            quantity: one,
        };
        let asked: Vec<LineAsked> = GOODS.iter().map(asked).collect();
        let currency = organisation.currency;
        let priced = price_lines(cx.conn, organisation.id, currency, &asked).await?;
        let goods = priced.into_iter().zip(GOODS.iter().map(|(_, _, most)| *most)).collect();
        let address = |mut found: Vec<crate::domain::party::Address>| {
            (!found.is_empty()).then(|| found.swap_remove(0).postal)
        };
        let id = organisation.id;
        let ship_to = store::organisation::addresses(cx.conn, id, AddressKind::ShipTo).await?;
        let bill_to = store::organisation::addresses(cx.conn, id, AddressKind::BillTo).await?;
        let mut stage = Self {
            ship_to: address(ship_to).ok_or_else(|| missing("ship-to address"))?,
            bill_to: address(bill_to).ok_or_else(|| missing("bill-to address"))?,
            organisation,
            goods,
            buyers: Vec::new(),
        };
        for name in ["ed", "mia", "ivy"] {
            let buyer = stage.buyer(cx, name).await?;
            stage.buyers.push(buyer);
        }
        Ok(stage)
    }

    async fn buyer(&self, cx: &mut Cx<'_>, name: &str) -> Result<Buyer, AppError> {
        let mail = format!("{name}@{COMPANY}.example").parse().map_err(AppError::internal)?;
        let person = store::person::by_email(cx.conn, &mail).await?;
        let person = person.ok_or_else(|| missing(name))?;
        let centers = store::organisation::cost_centers(cx.conn, self.organisation.id).await?;
        let own = store::person::cost_centers(cx.conn, person.id).await?;
        let mut charged = Vec::new();
        for center in centers.into_iter().filter(|center| own.contains(&center.id)) {
            let lines = vec![line(cx, 1, self.of(0, 1)?)];
            let draft = Draft {
                organisation: self.organisation.clone(),
                requester: person.clone(),
                cost_center_code: center.code.clone(),
                cost_center: Some(center),
                source: RequisitionSource::Cart,
                flagged: false,
                signed_as: None,
                versions: None,
                total: Draft::total_of(&lines, self.organisation.currency)?,
                lines,
                ship_to_country: self.ship_to.country.clone(),
                extras: Extras::default(),
                id: cx.id(),
                at: cx.now.plus_ms(-800 * DAY_MS),
                until: cx.now.plus_ms(-800 * DAY_MS),
            };
            let planned = plan(cx.app, cx.conn, &draft).await?;
            charged.push((draft, planned));
        }
        Ok(Buyer { person, charged })
    }

    /// So many of the nth article.
    fn of(&self, nth: usize, quantity: u64) -> Result<Goods, AppError> {
        let (goods, _) = self.goods.get(nth).ok_or_else(|| missing("article"))?;
        let quantity = Quantity::parse(&quantity.to_string()).map_err(AppError::internal)?;
        let total = goods.price.times(quantity).map_err(AppError::internal)?;
        Ok(Goods { quantity, total, ..goods.clone() })
    }

    /// When the nth of so many was handed in: at work, in one of the two years before this one.
    fn moment(&self, nth: u32, of: u32, now: Time, dice: &mut Dice) -> Result<Time, AppError> {
        let zone = &self.organisation.time_zone;
        let year = now.day_in(zone).year();
        let first = Time::in_zone(&format!("{}-01-02T08:00", year - 2), zone);
        let last = Time::in_zone(&format!("{}-12-10T08:00", year - 1), zone);
        let (first, last) = first.zip(last).ok_or_else(|| missing("calendar"))?;
        let days = last.since(first) / DAY_MS;
        let day = days.saturating_mul(nth.into()) / i64::from(of.max(1));
        let minute = i64::try_from(dice.roll(9 * 60)).unwrap_or(0);
        Ok(first.plus_ms(day * DAY_MS + minute * MINUTE_MS))
    }

    pub(super) async fn one(
        &self,
        cx: &mut Cx<'_>,
        nth: u32,
        of: u32,
        now: Time,
    ) -> Result<(), AppError> {
        let mut dice = Dice(u64::from(nth) + 1);
        cx.now = self.moment(nth, of, now, &mut dice)?;
        let mut goods = Vec::new();
        for _ in 0..=dice.roll(3) {
            let which = usize::try_from(dice.roll(GOODS.len() as u64)).unwrap_or(0);
            let most = self.goods.get(which).map_or(1, |(_, most)| *most);
            // Small orders are many, large ones few.
            let quantity = 1 + dice.roll(most) * dice.roll(101) * dice.roll(101) / 10_000;
            goods.push(self.of(which, quantity)?);
        }
        let lines: Vec<RequisitionLine> =
            (1..).zip(goods).map(|(position, goods)| line(cx, position, goods)).collect();
        let who = BUYERS[usize::try_from(dice.roll(BUYERS.len() as u64)).unwrap_or(0)];
        let center = dice.roll(2);
        // What the buyer could not have handed in himself, somebody else did.
        for name in [who, "ed"] {
            let planned = self.planned(name, center, &lines)?;
            if !matches!(planned.1.outcome, Outcome::Blocked(_)) {
                return self.hand_in(cx, planned, lines, &mut dice).await;
            }
        }
        Err(AppError::internal("a past requisition that nobody could hand in"))
    }

    fn planned(
        &self,
        name: &str,
        center: u64,
        lines: &[RequisitionLine],
    ) -> Result<(Draft, Planned), AppError> {
        let mail = format!("{name}@{COMPANY}.example");
        let buyer = self.buyers.iter().find(|one| one.person.email.as_str() == mail);
        let charged = buyer.map(|one| one.charged.as_slice()).unwrap_or_default();
        let at = usize::try_from(center).unwrap_or(0).min(charged.len().saturating_sub(1));
        let (mut draft, mut planned) = charged.get(at).cloned().ok_or_else(|| missing(name))?;
        draft.total = Draft::total_of(lines, self.organisation.currency)?;
        let pattern = planned.facts.lines.first().cloned().ok_or_else(|| missing("line"))?;
        planned.facts.total = draft.total;
        planned.facts.lines = lines
            .iter()
            .zip(1..)
            .map(|(line, number)| approval::Line {
                number,
                supplier: GOODS
                    .iter()
                    .find(|(sku, _, _)| *sku == line.goods.sku)
                    .map(|(_, supplier, _)| (*supplier).to_owned())
                    .unwrap_or_default(),
                sku: line.goods.sku.clone(),
                unspsc: Some(line.goods.unspsc.clone()),
                total: line.goods.total,
                unit: line.goods.unit.clone(),
                ..pattern.clone()
            })
            .collect();
        planned.outcome = outcome(&planned.rules, &planned.facts);
        Ok((draft, planned))
    }

    async fn hand_in(
        &self,
        cx: &mut Cx<'_>,
        (draft, planned): (Draft, Planned),
        lines: Vec<RequisitionLine>,
        dice: &mut Dice,
    ) -> Result<(), AppError> {
        let mut requisition = self.requisition(cx, &draft, &planned);
        requisition.content_hash = content_hash(&requisition, &lines);
        requisition.number = number(cx, &self.organisation).await?;
        let mut steps = steps(cx, &planned, &requisition);
        let submitted = fact_of(&requisition, draft.requester.email.as_str(), steps.len());
        let home = self.organisation.id;
        cx.fact_in(home, Fact::RequisitionSubmitted(submitted));
        let rejected = decide(&mut steps, cx.now, dice);
        requisition.decided_at = Some(rejected.0);
        requisition.state = match rejected.1 {
            true => RequisitionState::Rejected,
            false => RequisitionState::Ordered,
        };
        requisition.reject_reason = rejected.1.then(|| "Not needed now".to_owned());
        store::requisition::insert(cx.conn, &requisition, &lines).await?;
        keep_record(cx, &planned, &requisition).await?;
        for step in &steps {
            // Steps are born without answers, here as anywhere.
            let mut born = step.clone();
            born.tasks.iter_mut().for_each(|task| {
                (task.state, task.decision) = (TaskState::Waiting, None);
            });
            store::step::insert(cx.conn, &born).await?;
            for task in &step.tasks {
                store::step::update_task(cx.conn, task).await?;
            }
        }
        for task in steps.iter().flat_map(|step| &step.tasks) {
            self.tell(cx, task, &planned);
        }
        let id = requisition.id.to_string();
        if rejected.1 {
            let reason = requisition.reject_reason.clone().unwrap_or_default();
            let decided = steps.iter().flat_map(|step| &step.tasks);
            let no = decided.filter(|task| task.state == TaskState::Rejected).map(|t| t.assignee);
            let by = no.map(|by| by.to_string()).next().unwrap_or_default();
            cx.fact_in(home, Fact::RequisitionRejected { requisition: id, reason, by });
            return Ok(());
        }
        let content_hash = requisition.content_hash.clone();
        cx.fact_in(home, Fact::RequisitionApproved { requisition: id, content_hash });
        cx.now = rejected.0;
        for order in order::issue(cx, &requisition, &lines).await? {
            let order = store::order::get(cx.conn, order).await?;
            let order = order.ok_or_else(|| Refusal::not_found("order"))?;
            store::order::set_state(cx.conn, &order, OrderState::Closed).await?;
        }
        Ok(())
    }

    fn requisition(&self, cx: &Cx<'_>, draft: &Draft, planned: &Planned) -> Requisition {
        Requisition {
            id: fresh(cx),
            number: String::new(),
            organisation: self.organisation.id,
            requester: draft.requester.id,
            cart: None,
            punchout_session: None,
            source: draft.source,
            checkout: self.organisation.checkout,
            buyer_order_id: None,
            buyer_payload_id: None,
            cost_center: draft.cost_center.as_ref().map(|center| center.id),
            cost_center_code: draft.cost_center_code.clone(),
            ship_to: self.ship_to.clone(),
            bill_to: self.bill_to.clone(),
            needed_on: None,
            comment: String::new(),
            extras: Extras::default(),
            currency: draft.total.currency(),
            total: draft.total,
            state: RequisitionState::Pending,
            round: 1,
            content_hash: String::new(),
            approval_version: planned.rules.approval_number,
            limits_version: planned.rules.limits_number,
            because: planned.because(),
            flags: Vec::new(),
            submitted_at: cx.now,
            decided_at: None,
            reject_reason: None,
            returned_pending_at: None,
            returned_final_at: None,
            version: 1,
        }
    }

    /// States a decision, as the door would have stated it then.
    fn tell(&self, cx: &mut Cx<'_>, task: &Task, planned: &Planned) {
        let Some(decision) = &task.decision else { return };
        let people = planned.outcome.steps().iter().flat_map(|step| &step.approvers);
        let by = people.filter(|person| person.id == decision.by).map(|person| &person.mail).next();
        let decided = Fact::Decided(fact::Decided {
            requisition: task.requisition.to_string(),
            task: task.id.to_string(),
            decision: decision.verdict.to_string(),
            by: by.cloned().unwrap_or_default(),
            on_behalf_of: None,
            comment: decision.comment.clone(),
            content_hash: task.content_hash.clone(),
            decision_hash: task.decision_hash().unwrap_or_default(),
            at: decision.at,
        });
        cx.fact_in(self.organisation.id, decided);
    }
}

/// An id born when the thing itself was.
fn fresh<K: Kind>(cx: &Cx<'_>) -> Id<K> {
    Id::fresh(cx.now, &*cx.app.entropy)
}

fn line(cx: &Cx<'_>, position: i64, goods: Goods) -> RequisitionLine {
    let (accounts, attachments, buyer) = (Vec::new(), Vec::new(), BuyerLine::default());
    RequisitionLine { id: fresh(cx), position, goods, accounts, attachments, buyer }
}
