use rust_decimal::Decimal;

use super::{write::express, *};
use crate::base::{decimal, money::Currency, text::one_line};
use crate::oci::fault::{Fault, FaultKind};
use crate::oci::form::{Charset, encode, parse};
use crate::oci::posted::{self, PostedLine};

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn price(amount: &str, per: &str) -> UnitPrice {
    UnitPrice::new(decimal::parse(amount).unwrap(), Currency::EUR, quantity(per))
}

fn line(amount: &str, per: &str) -> BasketLine {
    BasketLine::new("Bolt M8", quantity("1000"), "EA", price(amount, per))
}

fn full_line() -> BasketLine {
    BasketLine {
        long_text: Some("First line\nsecond \"line\"".into()),
        material: Some("MAT-7".into()),
        lead_days: Some(3),
        vendor: Some("77".into()),
        vendor_material: Some("031710    005  100 ".into()),
        maker_code: Some("M1".into()),
        maker_material: Some("MP-1".into()),
        material_group: Some("43211503".into()),
        service: true,
        contract: Some(("C1".into(), Some("10".into()))),
        product_id: Some("item_01".into()),
        category: Some(("UNSPSC".into(), "43211503".into())),
        custom: [Some("a".into()), None, None, None, Some("x".repeat(50))],
        ..line("0.035", "1")
    }
}

fn value<'p>(pairs: &'p Pairs, name: &str) -> &'p str {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str()).unwrap_or("-")
}

fn read(pairs: &[(&str, &str)]) -> Result<Vec<PostedLine>, Fault> {
    let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    posted::read(&pairs, &UnitMap::shipped())
}

#[test]
fn a_line_is_written_with_every_field_and_reads_back_equal() {
    let lines = [full_line(), line("89.9", "1")];
    let pairs = write(&lines, &Dialect::default()).unwrap();
    assert_eq!(value(&pairs, "NEW_ITEM-PRICE[1]"), "0.035");
    assert_eq!(value(&pairs, "NEW_ITEM-PRICEUNIT[1]"), "1");
    assert_eq!(value(&pairs, "NEW_ITEM-QUANTITY[1]"), "1000");
    assert_eq!(value(&pairs, "NEW_ITEM-LONGTEXT_1:132[]"), "First line\nsecond \"line\"");
    assert_eq!(value(&pairs, "NEW_ITEM-VENDORMAT[1]"), "031710    005  100 ");
    assert_eq!(value(&pairs, "NEW_ITEM-CURRENCY[2]"), "EUR");
    assert_eq!(value(&pairs, "NEW_ITEM-DESCRIPTION[0]"), "-");
    let back = posted::read(&pairs, &UnitMap::shipped()).unwrap();
    assert_eq!(back.iter().map(|posted| posted.index).collect::<Vec<_>>(), [1, 2]);
    assert!(back.iter().all(|posted| posted.other.is_empty()));
    let back: Vec<_> = back.into_iter().map(|posted| posted.line).collect();
    assert_eq!(back, lines);
}

#[test]
fn a_price_finer_than_three_decimals_is_told_per_ten_or_more() {
    for (amount, per, expected) in [
        ("0.035", "1", Some(("0.035", "1"))),
        ("0.0355", "1", Some(("0.355", "10"))),
        ("0.00012345", "1", None),
        ("0.0001234", "1", Some(("1.234", "10000"))),
        ("1200.00", "1", Some(("1200", "1"))),
        ("3.5", "100", Some(("3.5", "100"))),
        ("0.0355", "1000", Some(("0.355", "10000"))),
        ("1", "2.5", Some(("10", "25"))),
        ("0", "1", Some(("0", "1"))),
        ("99999999999.999", "1", Some(("99999999999.999", "1"))),
        ("100000000000", "1", None),
        ("0.0001", "12345", None),
    ] {
        let found = express(price(amount, per));
        let found = found.as_ref().map(|(price, unit)| (price.as_str(), unit.as_str()));
        assert_eq!(found, expected, "{amount} for {per}");
    }
}

#[test]
fn a_long_description_is_cut_and_stands_whole_in_the_long_text() {
    let mut long = line("1", "1");
    long.description = "Schreibtisch höhenverstellbar, 160 × 80 cm, Eiche".into();
    long.long_text = Some("Lieferung frei Haus".into());
    let pairs = write(&[long.clone()], &Dialect::default()).unwrap();
    let short = value(&pairs, "NEW_ITEM-DESCRIPTION[1]");
    assert_eq!(short.chars().count(), 40);
    assert!(long.description.starts_with(short.trim_end_matches('.')), "{short}");
    let whole = format!("{}\nLieferung frei Haus", long.description);
    assert_eq!(value(&pairs, "NEW_ITEM-LONGTEXT_1:132[]"), whole);
}

#[test]
fn faults_name_line_field_and_mend_before_anything_leaves() {
    let mut bad = line("0.00000001", "1");
    bad.unit = "FURLONG".into();
    bad.quantity = quantity("1.0005");
    bad.product_id = Some("x".repeat(41));
    bad.custom[0] = Some("01234567890".into());
    bad.vendor_material = Some("a\nb".into());
    let faults = check(&[line("1", "1"), bad], &Dialect::default());
    let named: Vec<_> = faults.iter().map(|fault| (fault.index, fault.field)).collect();
    assert_eq!(
        named,
        [
            (2, "VENDORMAT"),
            (2, "QUANTITY"),
            (2, "UNIT"),
            (2, "PRICE"),
            (2, "EXT_PRODUCT_ID"),
            (2, "CUST_FIELD1"),
        ]
    );
    assert!(faults.iter().all(|fault| !fault.mend.is_empty() && !fault.expected.is_empty()));
    assert_eq!(faults[2].got, "FURLONG");
    assert_eq!(faults[2].wire_name(), "NEW_ITEM-UNIT[2]");
}

#[test]
fn quantities_keep_to_eleven_digits_and_three_decimals() {
    for (text, good) in
        [("99999999999.999", true), ("100000000000", false), ("0.001", true), ("0.0001", false)]
    {
        let mut one = line("1", "1");
        one.quantity = quantity(text);
        assert_eq!(check(&[one], &Dialect::default()).is_empty(), good, "{text}");
    }
}

const ITEM: [(&str, &str); 5] = [
    ("new_item-description[7]", "Pen"),
    ("NEW_ITEM-QUANTITY[7]", "2.000"),
    ("NEW_ITEM-UNIT[7]", "pce"),
    ("NEW_ITEM-PRICE[7]", "1.5"),
    ("NEW_ITEM-CURRENCY[7]", "EUR"),
];

fn with(more: &[(&str, &str)]) -> Result<Vec<PostedLine>, Fault> {
    read(&[&ITEM[..], more].concat())
}

fn fault(more: &[(&str, &str)]) -> (FaultKind, String) {
    let fault = with(more).unwrap_err();
    (fault.kind, fault.field)
}

#[test]
fn every_spelling_of_longtext_is_read() {
    for name in [
        "NEW_ITEM-LONGTEXT_7:132[]",
        "NEW_ITEM-LONGTEXT_7:132[7]",
        "NEW_ITEM-LONGTEXT_7:132",
        "NEW_ITEM-LONGTEXT:132[7]",
        "NEW_ITEM-LONGTEXT[7]",
        "NEW_ITEM-LONGTEXT_7:132[][7]",
        "new_item-longtext_7:132[]",
    ] {
        let lines = with(&[(name, "a\r\nb"), (name, "c")]).unwrap();
        assert_eq!(lines[0].line.long_text.as_deref(), Some("a\nb\nc"), "{name}");
    }
    for name in ["NEW_ITEM-LONGTEXT", "NEW_ITEM-LONGTEXT_0:132[]", "NEW_ITEM-LONGTEXT_7:132[8]"] {
        assert_eq!(fault(&[(name, "x")]).0, FaultKind::Unreadable, "{name}");
    }
}

#[test]
fn gaps_case_and_unknown_fields_are_tolerated() {
    let lines = with(&[
        ("NEW_ITEM-CUST_FIELD9[7]", "x"),
        ("NEW_ITEM-PRICEUNIT[7]", "1.0"),
        ("NEW_ITEM-LEADTIME[7]", ""),
        ("sid", "1"),
        ("NEW_ITEM_CERT", "y"),
    ])
    .unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].index, lines[0].line.unit.as_str()), (7, "H87"));
    assert_eq!(lines[0].line.price, price("1.5", "1"));
    assert_eq!(lines[0].other, [("CUST_FIELD9".to_owned(), "x".to_owned())]);
    assert_eq!(read(&[("sid", "1")]), Ok(Vec::new()));
}

#[test]
fn duplicates_orphans_and_wrong_indexes_are_refused_by_name() {
    let price_1 = [("NEW_ITEM-PRICE[7]", "0.01")];
    assert_eq!(fault(&price_1), (FaultKind::Twice, "NEW_ITEM-PRICE[7]".into()));
    assert_eq!(fault(&[("new_item-Price[7]", "1.5")]).0, FaultKind::Twice);
    let orphan = [("NEW_ITEM-PRICE[4294967295]", "1")];
    assert_eq!(fault(&orphan).0, FaultKind::Unreadable);
    let orphan = [("NEW_ITEM-PRICE[99999]", "1")];
    assert_eq!(fault(&orphan), (FaultKind::Orphan, "NEW_ITEM-PRICE[99999]".into()));
    let text = [("NEW_ITEM-LONGTEXT_9:132[]", "x")];
    assert_eq!(fault(&text), (FaultKind::Orphan, "NEW_ITEM-LONGTEXT_9:132[]".into()));
    let category = [("NEW_ITEM-EXT_CATEGORY_ID[7]", "1")];
    assert_eq!(fault(&category), (FaultKind::Orphan, "NEW_ITEM-EXT_CATEGORY_ID[7]".into()));
    for index in ["[0]", "[-1]", "[07]", "[]", "", "[7", "[7]]", "[1e1]"] {
        let name = format!("NEW_ITEM-VENDOR{index}");
        assert_eq!(fault(&[(&name, "x")]).0, FaultKind::Unreadable, "{name}");
    }
    assert_eq!(fault(&[("~xmlDocument", "PD94")]).0, FaultKind::Unsupported);
}

#[test]
fn values_that_can_be_read_two_ways_are_refused() {
    for (field, bad) in [
        ("QUANTITY", "1,5"),
        ("QUANTITY", "0"),
        ("QUANTITY", "-1"),
        ("QUANTITY", "1e3"),
        ("PRICE", "1.000,00"),
        ("PRICE", "-1"),
        ("UNIT", "FURLONG"),
        ("CURRENCY", "EURO"),
        ("CURRENCY", "XTS"),
        ("PRICEUNIT", "0"),
        ("PRICEUNIT", "2.5"),
        ("LEADTIME", "soon"),
    ] {
        let name = format!("NEW_ITEM-{field}[7]");
        let mut fields: Vec<_> = ITEM.iter().filter(|(other, _)| *other != name).copied().collect();
        fields.push((&name, bad));
        let fault = read(&fields).unwrap_err();
        assert_eq!((fault.field.as_str(), fault.got.as_str()), (name.as_str(), bad));
    }
    for gone in ["QUANTITY", "PRICE", "CURRENCY", "UNIT"] {
        let name = format!("NEW_ITEM-{gone}[7]");
        let fields: Vec<_> = ITEM.iter().filter(|(other, _)| *other != name).copied().collect();
        let fault = read(&fields).unwrap_err();
        assert_eq!((fault.kind, fault.field), (FaultKind::Missing, name));
    }
}

proptest::proptest! {
    /// Whatever may leave comes back with the same value, through bytes and charset.
    #[test]
    fn what_is_written_reads_back_with_the_same_value(
        minor in 0_i64..9_999_999_999,
        scale in 0_u32..6,
        per in 1_u32..2_000,
        quantity_thousandths in 1_i64..99_999_999_999,
        description in "[ -~äöüß€]{1,40}",
        article in "[ -~]{1,40}",
    ) {
        let per = Quantity::new(Decimal::from(per)).unwrap();
        let unit_price = UnitPrice::new(Decimal::new(minor, scale), Currency::EUR, per);
        let ordered = Quantity::new(Decimal::new(quantity_thousandths, 3)).unwrap();
        let mut one = BasketLine::new(one_line(&description), ordered, "XCT", unit_price);
        one.vendor_material = Some(article);
        proptest::prop_assume!(!one.description.is_empty());
        if let Ok(pairs) = write(std::slice::from_ref(&one), &Dialect::default()) {
            let sent = parse(&encode(&pairs, Charset::UTF_8)).unwrap();
            let back = posted::read(&sent, &UnitMap::shipped()).unwrap().remove(0).line;
            let (amount, basis) = (back.price.amount, back.price.per.value());
            // Equal as fractions: a/b = c/d when a*d = c*b.
            proptest::prop_assert_eq!(amount * one.price.per.value(), one.price.amount * basis);
            proptest::prop_assert_eq!(back.quantity, one.quantity);
            proptest::prop_assert_eq!(back.description, one.description);
            proptest::prop_assert_eq!(back.vendor_material, one.vendor_material);
            proptest::prop_assert_eq!(back.unit, one.unit);
        } else {
            // Refused only for a price that needs a basis beyond five digits.
            proptest::prop_assert!(scale > 3);
        }
    }
}

#[test]
fn a_value_is_measured_as_the_charset_spells_it() {
    let dialect = Dialect { charset: Some(Charset::LATIN_1), ..Dialect::default() };
    let mut one = line("1", "1");
    one.description = format!("{} €", "a".repeat(38));
    let pairs = write(&[one.clone()], &dialect).unwrap();
    assert_eq!(value(&pairs, "NEW_ITEM-DESCRIPTION[1]").chars().count(), 40);
    assert_eq!(value(&pairs, "NEW_ITEM-LONGTEXT_1:132[]"), format!("{} EUR", "a".repeat(38)));
    one.vendor_material = Some(format!("{}€", "7".repeat(39)));
    assert_eq!(check(&[one.clone()], &dialect)[0].field, "VENDORMAT");
    assert!(check(&[one], &Dialect::default()).is_empty(), "UTF-8 holds it");
}
