use super::*;
use crate::base::{
    decimal,
    id::{CartId, ExchangeId, InviteId, InvoiceId, OrderId, RequisitionId, TaskId},
    money::{Currency, Money, UnitPrice},
    quantity::Quantity,
    time::{Time, parse_day},
};
use crate::domain::notice::News;

const EVIL: &str = "<b>\"O'Neil\" & {{link}} {{{link}}} {number}\r\nBcc: all</b>\u{202E}";

fn euro(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn reader(language: Language) -> Reader {
    Reader { name: "Mia".into(), language, zone: "Europe/Berlin".into() }
}

fn asked(typed: &str, requisition: RequisitionBrief, letter: Option<Ring>) -> Notice {
    let line =
        LineBrief { quantity: "5 EA".into(), description: typed.into(), total: euro(600_000) };
    Notice::TaskOpened {
        task: TaskId::from_bits(3),
        letter,
        requisition,
        because: typed.into(),
        lines: vec![line; 23],
        budget_left: Some(euro(-1)),
        due_at: Some(Time::from_millis(1_795_424_400_000)),
        on_behalf_of: Some(typed.into()),
        comment: Some(typed.into()),
    }
}

fn remark(typed: &str, requisition: RequisitionBrief, question: bool) -> Notice {
    Notice::Remark { requisition, by: typed.into(), text: typed.into(), question }
}

fn rejected(typed: &str, requisition: RequisitionBrief) -> Notice {
    Notice::RequisitionRejected { requisition, by: typed.into(), reason: typed.into() }
}

fn watched(typed: &str, requisition: RequisitionBrief, news: News) -> Notice {
    Notice::Watched { requisition, news, because: typed.into(), reason: typed.into() }
}

/// One notice of every kind, with `typed` wherever people type.
fn every_notice(typed: &str) -> Vec<Notice> {
    let requisition = || RequisitionBrief {
        id: RequisitionId::from_bits(1),
        number: "REQ-2026-000042".into(),
        requester: typed.into(),
        total: euro(617_980),
        cost_center: "4100".into(),
    };
    let told = |news| watched(typed, requisition(), news);
    let order = || OrderBrief {
        id: OrderId::from_bits(2),
        number: "PO-2026-000123".into(),
        supplier: typed.into(),
        total: euro(3_500),
    };
    let trouble = || DeliveryTrouble {
        order: order(),
        channel: "cxml".into(),
        attempts: 4,
        reason: typed.into(),
    };
    let at = Time::from_millis(1_795_424_400_000);
    let approved = |then| Notice::RequisitionApproved { requisition: requisition(), then };
    vec![
        asked(typed, requisition(), None),
        asked(typed, requisition(), Some(Ring::Remind)),
        asked(typed, requisition(), Some(Ring::Escalate)),
        approved(AfterApproval::Ordered(vec!["PO-1".into(), "PO-2".into()])),
        approved(AfterApproval::Transfer(CartId::from_bits(4))),
        approved(AfterApproval::Forwarded),
        rejected(typed, requisition()),
        Notice::RequisitionExpired { requisition: requisition() },
        told(News::HandedIn),
        told(News::Approved),
        told(News::Rejected),
        told(News::Expired),
        remark(typed, requisition(), true),
        remark(typed, requisition(), false),
        Notice::OrderIssued { order: order() },
        Notice::OrderRejectedBySupplier { order: order(), reason: typed.into() },
        Notice::OrderShipped {
            order: order(),
            carrier: Some(typed.into()),
            tracking: None,
            expected_on: parse_day("2026-12-01").ok(),
        },
        Notice::InvoiceDifference {
            invoice: InvoiceId::from_bits(5),
            number: "INV-7".into(),
            supplier: typed.into(),
            total: euro(1),
            differences: vec![typed.into()],
        },
        Notice::Invite {
            invite: InviteId::from_bits(6),
            organisation: typed.into(),
            invited_by: Some(typed.into()),
            valid_hours: 72,
        },
        Notice::PasswordReset { invite: InviteId::from_bits(7), valid_hours: 2 },
        Notice::DeliveryLate { trouble: trouble(), next_at: at },
        Notice::DeliveryFailed { trouble: trouble() },
        Notice::ExchangeFailed {
            exchange: ExchangeId::from_bits(8),
            partner: typed.into(),
            document: "OrderRequest".into(),
            because: typed.into(),
        },
        Notice::Digest { requests: vec![typed.into()], news: vec![typed.into()] },
    ]
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn every_notice_has_words_in_every_language_and_one_link_in_each_text() {
    for language in Language::ALL {
        for notice in every_notice("Ed") {
            let letter = write(&notice, &reader(language));
            let kind = notice.kind();
            assert!(letter.subject.len() > 10, "{kind} {language:?}");
            assert_eq!(count(&letter.text, LINK_MARK), 1, "{kind} {language:?}");
            assert_eq!(count(&letter.html, LINK_MARK), 1, "{kind} {language:?}");
            let sent = letter.with_link("https://x.example/decide/T?a=1&b=\"2\"");
            for text in [&sent.subject, &sent.text, &sent.html] {
                assert!(!text.contains(['{', '}']), "{kind} {language:?}: {text}");
            }
            assert!(sent.text.contains("\nhttps://x.example/decide/T?a=1&b=\"2\"\n"));
            let href = "href=\"https://x.example/decide/T?a=1&amp;b=&quot;2&quot;\"";
            assert!(sent.html.contains(href));
            assert!(letter.html.contains(&format!("<html lang=\"{}\">", language.tag())));
        }
    }
}

#[test]
fn what_people_type_cannot_become_markup_a_header_or_a_link() {
    for language in Language::ALL {
        for notice in every_notice(EVIL) {
            let mut mia = reader(language);
            mia.name = EVIL.into();
            let letter = write(&notice, &mia);
            assert!(!letter.subject.contains(['\r', '\n', '\u{202E}']), "{}", letter.subject);
            assert_eq!(count(&letter.text, LINK_MARK), 1, "{}", letter.text);
            assert_eq!(count(&letter.html, LINK_MARK), 1, "{}", letter.html);
            assert!(!letter.html.contains("<b>") && !letter.html.contains("O'Neil"));
            assert!(!letter.text.contains("\nBcc:"));
            assert!(!letter.subject.contains(LINK_MARK));
        }
    }
}

#[test]
fn an_approver_sees_what_why_and_what_is_left() {
    let notice = &every_notice("Ed")[0];
    let letter = write(notice, &reader(Language::German));
    assert_eq!(letter.subject, "Bitte entscheiden: REQ-2026-000042, 6.179,80 EUR, von Ed");
    for expected in [
        "Guten Tag Mia,",
        "Warum Sie gefragt werden: Ed",
        "Noch im Budget: -0,01 EUR",
        "Zu entscheiden bis: 23. November 2026, 10:00 CET",
        "- 5 EA Ed: 6.000,00 EUR",
        "- und 3 weitere Positionen",
    ] {
        assert!(letter.text.contains(expected), "{expected} is missing in {}", letter.text);
    }
    assert_eq!(count(&letter.html, "<li>"), 21);
}

fn order(typed: &str) -> OrderMail {
    let line = OrderMailLine {
        number: 1,
        sku: "BOLT-M8".into(),
        description: typed.into(),
        quantity: Quantity::parse("1000").unwrap(),
        unit: "EA".into(),
        price: UnitPrice::new(decimal::parse("0.035").unwrap(), Currency::EUR, Quantity::ONE),
        total: euro(3_500),
    };
    let per = Quantity::parse("100").unwrap();
    let second = OrderMailLine {
        number: 2,
        price: UnitPrice::new(decimal::parse("1234.5").unwrap(), Currency::EUR, per),
        ..line.clone()
    };
    OrderMail {
        number: "PO-2026-000123".into(),
        ordered_on: parse_day("2026-11-21").unwrap(),
        buyer: "Acme Industries".into(),
        contact: Some(typed.into()),
        ship_to: vec!["Acme".into(), typed.into(), "12345 Town".into()],
        bill_to: vec!["Acme".into()],
        needed_on: None,
        comment: Some(typed.into()),
        lines: vec![line, second],
        total: euro(7_000),
        version: OrderVersion::New,
    }
}

#[test]
fn a_changed_or_cancelled_order_says_so_at_once() {
    let changed = OrderMail { version: OrderVersion::Changed(2), ..order("Bolt") };
    let letter = order_mail(&changed, Language::English);
    assert_eq!(letter.subject, "Changed purchase order PO-2026-000123 (v2), Acme Industries");
    let cancelled = OrderMail { version: OrderVersion::Cancelled, ..order("Bolt") };
    let letter = order_mail(&cancelled, Language::German);
    assert!(letter.subject.starts_with("Stornierung der Bestellung PO-2026-000123"));
    assert!(letter.text.contains("storniert, was bei Ihnen bestellt war"));
}

#[test]
fn an_order_mail_says_everything_in_text_and_html() {
    let letter = order_mail(&order("Bolt M8"), Language::English);
    assert_eq!(letter.subject, "Purchase order PO-2026-000123, Acme Industries");
    for text in [&letter.text, &letter.html] {
        for expected in [
            "Acme, Bolt M8, 12345 Town",
            "BOLT-M8",
            "1,000 EA",
            "0.035 EUR / EA",
            "1,234.5 EUR / 100 EA",
            "35.00 EUR",
            "70.00 EUR",
            "21 November 2026",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains("Needed on"), "what is not known is not shown");
    }
    assert_eq!(count(&letter.html, "<tr><td"), 2);
    let german = order_mail(&order("Schraube"), Language::German);
    assert!(german.html.contains("1.234,5 EUR / 100 EA"));
}

#[test]
fn an_order_mail_escapes_what_people_typed() {
    for language in Language::ALL {
        let letter = order_mail(&order(EVIL), language);
        assert!(!letter.html.contains("<b>"), "{}", letter.html);
        assert!(!letter.text.contains("\nBcc:") && !letter.text.contains(LINK_MARK));
        assert!(!letter.html.contains(LINK_MARK));
    }
}
