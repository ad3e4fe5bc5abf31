use super::*;
use crate::{
    base::money::{Currency, UnitPrice},
    base::quantity::Quantity,
    domain::{
        invoice::{MatchResult, Sums, turned},
        matching::{
            Tolerance, Ways, matched,
            tests::{claim, kept_invoice, line, order},
        },
        order::tests::pens,
    },
};

fn euro(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

fn price(text: &str) -> UnitPrice {
    UnitPrice::new(text.parse().unwrap(), Currency::EUR, Quantity::ONE)
}

/// The invoice of ten pens at one euro.
fn invoiced() -> (Ordered, Left) {
    let ordered = order(vec![pens(1, 10)]);
    let bill = claim(vec![line(1, "10", price("1"))]);
    let found = matched(&bill, &[&ordered], Tolerance::NONE, Ways::Two).unwrap();
    let invoice = kept_invoice(bill.sums);
    let left = Left { invoice, lines: found.lines, given: Vec::new(), credited: euro("0") };
    (ordered, left)
}

fn memo(kind: InvoiceKind, lines: Vec<ClaimLine>) -> Claim {
    Claim { kind, ..claim(lines) }
}

fn run(left: &Left, of: &Ordered, lines: Vec<ClaimLine>) -> Result<Matched, Refusal> {
    let claim = memo(InvoiceKind::CreditMemo, lines);
    let orders: Vec<&Ordered> = claim.lines.iter().map(|_| of).collect();
    corrected(&claim, left.clone(), &orders)
}

/// As if the memo had passed.
fn passed(left: &mut Left, found: Matched) {
    for mut line in found.lines {
        left.credited = left.credited.checked_add(line.subtotal).unwrap();
        line.subtotal = turned(line.subtotal);
        left.given.push(line);
    }
}

#[test]
fn goods_go_back_at_the_price_they_were_billed_at_and_other_prices_are_money() {
    let (of, left) = invoiced();
    let found = run(&left, &of, vec![line(1, "4", price("1"))]).unwrap();
    assert_eq!((found.result(), found.lines[0].scope), (MatchResult::Clean, Scope::Goods));
    let found = run(&left, &of, vec![line(1, "10", price("0.10"))]).unwrap();
    assert_eq!((found.result(), found.lines[0].scope), (MatchResult::Clean, Scope::Amount));
}

#[test]
fn memos_together_never_give_back_more_than_was_invoiced() {
    let (of, mut left) = invoiced();
    assert_eq!(run(&left, &of, vec![line(1, "11", price("1"))]).unwrap_err().code, "over-credited");
    let twice = vec![line(1, "6", price("1")), line(1, "5", price("1"))];
    assert_eq!(run(&left, &of, twice).unwrap_err().code, "over-credited");
    let found = run(&left, &of, vec![line(1, "6", price("1"))]).unwrap();
    passed(&mut left, found);
    let over = run(&left, &of, vec![line(1, "5", price("1"))]).unwrap_err();
    assert_eq!((over.code, over.expected.as_deref()), ("over-credited", Some("at most 4 EA")));
    // Money for the line is left to four euros as well, however it is put.
    let over = run(&left, &of, vec![line(1, "10", price("0.41"))]).unwrap_err();
    assert_eq!(over.expected.as_deref(), Some("at most 4.00 EUR"));
    assert!(run(&left, &of, vec![line(1, "4", price("1"))]).is_ok());
}

#[test]
fn a_sum_for_the_whole_order_counts_with_its_lines() {
    let (of, mut left) = invoiced();
    let whole = |sum: &str| ClaimLine { scope: Scope::Order, ..line(1, "1", price(sum)) };
    let found = run(&left, &of, vec![whole("7")]).unwrap();
    assert_eq!((found.lines[0].scope, found.lines[0].order_line), (Scope::Order, WHOLE_ORDER));
    passed(&mut left, found);
    assert_eq!(run(&left, &of, vec![whole("4")]).unwrap_err().code, "over-credited");
    assert_eq!(run(&left, &of, vec![line(1, "4", price("1"))]).unwrap_err().code, "over-credited");
    assert!(run(&left, &of, vec![line(1, "3", price("1"))]).is_ok());
}

#[test]
fn what_the_invoice_does_not_bill_is_refused_by_name() {
    let (_, left) = invoiced();
    let mut of = order(vec![pens(1, 10), pens(2, 5)]);
    let none = run(&left, &of, vec![line(2, "1", price("1"))]).unwrap_err();
    assert_eq!(none.code, "line-not-invoiced");
    of.order.id = crate::base::id::OrderId::from_bits(9);
    let none = run(&left, &of, vec![line(1, "1", price("1"))]).unwrap_err();
    assert_eq!(none.code, "order-not-invoiced");
}

#[test]
fn tax_counts_to_what_is_left_and_sums_must_add_up() {
    let (of, left) = invoiced();
    let mut taxed = memo(InvoiceKind::CreditMemo, vec![line(1, "10", price("1"))]);
    taxed.sums = Sums::plain(euro("10"), euro("1.90"), euro("11.90"));
    (taxed.stated.gross, taxed.stated.net) = (None, Some(euro("11.90")));
    assert_eq!(corrected(&taxed, left.clone(), &[&of]).unwrap_err().code, "over-credited");
    taxed.sums = Sums::plain(euro("10"), euro("0"), euro("9"));
    taxed.stated.net = Some(euro("9"));
    let found = corrected(&taxed, left, &[&of]).unwrap();
    assert_eq!(found.differences[0].field, "net");
}

#[test]
fn people_decide_on_every_debit() {
    let (of, left) = invoiced();
    let more = memo(InvoiceKind::DebitMemo, vec![line(1, "10", price("0.05"))]);
    let found = corrected(&more, left, &[&of]).unwrap();
    assert_eq!((found.lines[0].scope, &*found.differences[0].field), (Scope::Amount, "debit"));
}
