//! Catalogues of both versions, what is chosen of several prices, and what is refused or noted.

use super::*;
use crate::base::time::parse_day;
use crate::exchange::catalogue::read as read_any;

const OLD: &str = "xmlns=\"http://www.bmecat.org/bmecat/1.2/bmecat_new_catalog\" version=\"1.2\"";
const HEADER: &str = "<HEADER><CATALOG><LANGUAGE>deu</LANGUAGE><TERRITORY>DE</TERRITORY>\
    <TERRITORY>AT</TERRITORY><CURRENCY>EUR</CURRENCY></CATALOG></HEADER>";
const ORDER: &str = "<ARTICLE_ORDER_DETAILS><ORDER_UNIT>C62</ORDER_UNIT></ARTICLE_ORDER_DETAILS>";

fn outcome(bytes: &[u8]) -> Result<Sheet, Refusal> {
    read_any(bytes, SupplierId::from_bits(7), parse_day("2026-11-22").unwrap())
}

/// What a file of this kind with these articles gives.
fn read_as(kind: &str, articles: &str) -> Sheet {
    let text = format!("<BMECAT {OLD}>\n{HEADER}\n<{kind}>\n{articles}\n</{kind}>\n</BMECAT>");
    outcome(text.as_bytes()).unwrap()
}

fn article(sku: &str, order: &str, prices: &str) -> String {
    format!(
        "<ARTICLE><SUPPLIER_AID>{sku}</SUPPLIER_AID><ARTICLE_DETAILS><DESCRIPTION_SHORT>Pen\
         </DESCRIPTION_SHORT></ARTICLE_DETAILS>{order}<ARTICLE_PRICE_DETAILS>{prices}\
         </ARTICLE_PRICE_DETAILS></ARTICLE>\n"
    )
}

fn price(kind: &str, amount: &str, more: &str) -> String {
    format!(
        "<ARTICLE_PRICE price_type=\"{kind}\"><PRICE_AMOUNT>{amount}</PRICE_AMOUNT>{more}\
         </ARTICLE_PRICE>"
    )
}

/// The tiers in words: `1.5 EUR from 1`.
fn told(sheet: &Sheet) -> Vec<String> {
    let told = |row: &Row| {
        let price = row.price;
        format!("{} {} per {} from {}", price.amount, price.currency, price.per, row.min_quantity)
    };
    sheet.rows.iter().map(told).collect()
}

/// The first fault of an article with this order and these prices: element and what was got.
fn fault(order: &str, prices: &str) -> (String, String) {
    let sheet = read_as(NEW, &article("A", order, prices));
    assert!(sheet.rows.is_empty(), "{sheet:?}");
    let fault = &sheet.faults[0];
    assert!(!fault.expected.is_empty());
    (fault.field.clone(), fault.got.clone())
}

#[test]
fn the_sample_of_1_2_is_read_whole() {
    let bytes = include_bytes!("../../../../cxml-samples/catalogues/bmecat-1.2.xml");
    let sheet = outcome(bytes).unwrap();
    assert_eq!(sheet.faults, []);
    let first = &sheet.rows[0];
    let Item { name, description, unit, unspsc, manufacturer, manufacturer_sku, .. } = &first.item;
    assert_eq!((&*first.item.sku, &**name), ("BME-01", "Tacker für Büros"));
    assert!(description.starts_with("Heftet bis zu 30 Blatt"));
    assert_eq!((&**unit, &**unspsc), ("C62", "44121615"));
    assert_eq!((&**manufacturer, &**manufacturer_sku), ("Klammer & Co", "KT-30"));
    assert_eq!(first.item.lead_time_days, Some(2), "a day and a half is two");
    let expected = ["7.50 EUR per 1 from 1", "6.90 EUR per 1 from 10", "4.80 EUR per 1000 from 5"];
    assert_eq!(told(&sheet), expected);
    let lines: Vec<u64> = sheet.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [23, 23, 59]);
    assert_eq!((sheet.gone[0].line, &*sheet.gone[0].sku), (80, "BME-03"));
    let notes: Vec<_> = sheet.notes.iter().map(|note| (note.line, &*note.text)).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].0 == 59 && notes[0].1.contains("ECLASS-5.1"), "{notes:?}");
    assert!(notes[1].1.contains("QUANTITY_INTERVAL 5"), "{notes:?}");
}

#[test]
fn products_of_2005_are_read_with_any_prefix_and_in_the_language_of_the_catalogue() {
    let product = "<b:PRODUCT mode=\"new\"><b:SUPPLIER_PID>P-1</b:SUPPLIER_PID><b:PRODUCT_DETAILS>\
         <b:DESCRIPTION_SHORT lang=\"eng\">Chair</b:DESCRIPTION_SHORT>\
         <b:DESCRIPTION_SHORT lang=\"deu\">Stuhl</b:DESCRIPTION_SHORT>\
         <b:MANUFACTURER_PID>M-1</b:MANUFACTURER_PID></b:PRODUCT_DETAILS>\
         <b:PRODUCT_FEATURES><b:REFERENCE_FEATURE_SYSTEM_NAME>UNSPSC-7.0901\
         </b:REFERENCE_FEATURE_SYSTEM_NAME><b:REFERENCE_FEATURE_GROUP_ID>56-10-15-04\
         </b:REFERENCE_FEATURE_GROUP_ID></b:PRODUCT_FEATURES>\
         <b:PRODUCT_ORDER_DETAILS><b:ORDER_UNIT>C62</b:ORDER_UNIT></b:PRODUCT_ORDER_DETAILS>\
         <b:PRODUCT_PRICE_DETAILS><b:VALID_START_DATE>2026-01-01T00:00:00</b:VALID_START_DATE>\
         <b:PRODUCT_PRICE price_type=\"net_list\"><b:PRICE_AMOUNT>90</b:PRICE_AMOUNT>\
         <b:PRICE_BASE><b:PRICE_UNIT>C62</b:PRICE_UNIT></b:PRICE_BASE></b:PRODUCT_PRICE>\
         </b:PRODUCT_PRICE_DETAILS><b:PRODUCT_LOGISTIC_DETAILS><b:DELIVERY_TIMES><b:LEADTIME>4\
         </b:LEADTIME></b:DELIVERY_TIMES></b:PRODUCT_LOGISTIC_DETAILS></b:PRODUCT>";
    let text = format!(
        "<!DOCTYPE b:BMECAT SYSTEM \"bmecat_2005.dtd\"><b:BMECAT version=\"2005\" \
         xmlns:b=\"http://www.bmecat.org/bmecat/2005fd\"><b:HEADER><b:CATALOG><b:LANGUAGE \
         default=\"true\">deu</b:LANGUAGE><b:CURRENCY>EUR</b:CURRENCY></b:CATALOG></b:HEADER>\
         <b:T_NEW_CATALOG>{product}</b:T_NEW_CATALOG></b:BMECAT>"
    );
    let sheet = outcome(text.as_bytes()).unwrap();
    assert_eq!((&sheet.faults, &sheet.notes), (&vec![], &vec![]));
    let item = &sheet.rows[0].item;
    assert_eq!((&*item.name, &*item.unspsc, &*item.manufacturer_sku), ("Stuhl", "56101504", "M-1"));
    assert_eq!(item.lead_time_days, Some(4));
    let other = text.replace("<b:PRICE_UNIT>C62", "<b:PRICE_UNIT>KGM");
    let sheet = outcome(other.as_bytes()).unwrap();
    assert_eq!((&*sheet.faults[0].field, &*sheet.faults[0].got), ("PRICE_BASE", "KGM"));
}

#[test]
fn the_price_that_the_buyer_pays_is_chosen() {
    let all = [
        price("net_list", "5", ""),
        price("net_customer_exp", "9", ""),
        price("gros_list", "6", ""),
        price("net_customer", "4.80", "<PRICE_FACTOR>0.95</PRICE_FACTOR>"),
        price("net_customer", "6", "<PRICE_CURRENCY>USD</PRICE_CURRENCY>"),
        price("net_customer", "4", "<LOWER_BOUND>50</LOWER_BOUND>"),
    ];
    let of = |prices: &[String]| read_as(NEW, &article("A", ORDER, &prices.concat()));
    let expected = ["4.56 EUR per 1 from 1", "6 USD per 1 from 1", "4 EUR per 1 from 50"];
    assert_eq!(told(&of(&all)), expected);
    assert_eq!(told(&of(&all[..3])), ["5 EUR per 1 from 1"]);
    let express = of(&all[1..3]);
    assert_eq!(told(&express), ["9 EUR per 1 from 1"]);
    assert!(express.notes[0].text.contains("express"));
    let order = ORDER.replace("</ARTICLE", "<QUANTITY_MIN>10</QUANTITY_MIN></ARTICLE");
    let least = read_as(NEW, &article("A", &order, &all[3..].concat()));
    let expected = ["4.56 EUR per 1 from 10", "4 EUR per 1 from 50", "6 USD per 1 from 10"];
    assert_eq!(told(&least), expected);
}

#[test]
fn prices_hold_from_a_day_on_and_until_another() {
    let dated = |from: &str, until: &str| {
        let time = |kind: &str, day: &str| {
            format!("<DATETIME type=\"valid_{kind}_date\"><DATE>{day}</DATE></DATETIME>")
        };
        [time("start", from), time("end", until), price("net_list", "1", "")].concat()
    };
    let now = read_as(NEW, &article("A", ORDER, &dated("2026-11-22", "2026-11-22")));
    assert_eq!(told(&now).len(), 1);
    assert!(now.notes[0].text.contains("ends on 2026-11-22"));
    let got = |from: &str, until: &str| fault(ORDER, &dated(from, until));
    let field = |got: &str| ("DATETIME".to_owned(), got.to_owned());
    assert_eq!(got("2001-01-01", "2001-07-31"), field("a price until 2001-07-31"));
    assert_eq!(got("2026-11-23", "2027-07-31"), field("a price from 2026-11-23 on"));
    assert_eq!(got("2026-11-1", "2027-07-31").0, "VALID_START_DATE");
}

#[test]
fn every_bad_thing_is_named_by_its_element() {
    let net = |amount: &str, more: &str| price("net_list", amount, more);
    let unit = |unit: &str| ORDER.replace("C62", unit);
    let with = |more: &str| ORDER.replace("</ARTICLE", &format!("{more}</ARTICLE"));
    for (order, prices, field, got) in [
        (unit("QQQ"), net("1", ""), "ORDER_UNIT", "QQQ"),
        (String::new(), net("1", ""), "ORDER_UNIT", "nothing"),
        (ORDER.into(), net("1,50", ""), "PRICE_AMOUNT", "1,50"),
        (ORDER.into(), net("-1", ""), "PRICE_AMOUNT", "-1"),
        (ORDER.into(), net("", ""), "PRICE_AMOUNT", ""),
        (ORDER.into(), net("1", "<PRICE_CURRENCY>euro</PRICE_CURRENCY>"), "PRICE_CURRENCY", "euro"),
        (ORDER.into(), net("1", "<LOWER_BOUND>ten</LOWER_BOUND>"), "LOWER_BOUND", "ten"),
        (ORDER.into(), net("1", "<PRICE_FACTOR>x</PRICE_FACTOR>"), "PRICE_FACTOR", "1 x x"),
        (
            ORDER.into(),
            net("0.12345", "<PRICE_FACTOR>0.12345</PRICE_FACTOR>"),
            "PRICE_FACTOR",
            "0.12345 x 0.12345",
        ),
        (ORDER.into(), price("gros_list", "1", ""), "price_type", "gros_list"),
        (ORDER.into(), String::new(), "PRICE_DETAILS", "no price"),
        (with("<PRICE_QUANTITY>0</PRICE_QUANTITY>"), net("1", ""), "PRICE_QUANTITY", "0"),
        (with("<QUANTITY_MIN>no</QUANTITY_MIN>"), net("1", ""), "QUANTITY_MIN", "no"),
        (
            ORDER.into(),
            [net("1", "<TERRITORY>DE</TERRITORY>"), net("2", "<TERRITORY>AT</TERRITORY>")].concat(),
            "LOWER_BOUND",
            "two prices from 1 on AT",
        ),
    ] {
        assert_eq!(fault(&order, &prices), (field.to_owned(), got.to_owned()));
    }
    let good = article("A", ORDER, &net("1", "<TERRITORY>DE</TERRITORY>"));
    let twice = read_as(NEW, &[good.clone(), good.clone(), article("", ORDER, "")].concat());
    assert_eq!(twice.rows.len(), 1);
    let faults: Vec<_> = twice.faults.iter().map(|f| (f.line, &*f.field, &*f.got)).collect();
    assert_eq!(faults, [(5, "SUPPLIER_AID", "A"), (6, "SUPPLIER_AID", "nothing")]);
    assert!(twice.notes[0].text.contains("meant for DE"), "{:?}", twice.notes);
    let mode = read_as(PRODUCTS, &good.replace("<ARTICLE>", "<ARTICLE mode=\"replace\">"));
    assert_eq!((&*mode.faults[0].field, &*mode.faults[0].got), ("mode", "replace"));
}

#[test]
fn an_update_of_prices_says_prices_alone() {
    let alone = "<ARTICLE mode=\"update\"><SUPPLIER_AID>A</SUPPLIER_AID><ARTICLE_PRICE_DETAILS>\
                 <ARTICLE_PRICE price_type=\"net_list\"><PRICE_AMOUNT>2</PRICE_AMOUNT>\
                 </ARTICLE_PRICE></ARTICLE_PRICE_DETAILS></ARTICLE>";
    let sheet = read_as(PRICES, alone);
    assert_eq!(sheet.faults, []);
    assert!(sheet.rows[0].price_alone && sheet.rows[0].item.name.is_empty());
    let sheet = read_as(PRICES, &article("A", ORDER, &price("net_list", "2", "")));
    assert_eq!(sheet.faults[0].field, "ORDER_DETAILS");
    assert_eq!(read_as(PRODUCTS, alone).faults[0].field, "ARTICLE_DETAILS");
}

#[test]
fn other_documents_are_refused_by_name() {
    let got = |text: &str| outcome(text.as_bytes()).unwrap_err().got.unwrap();
    assert!(got("<BMECAT xmlns=\"urn:other\"/>").contains("namespace urn:other"));
    assert!(got("<BMECAT version=\"1.01\"/>").contains("version 1.01"));
    assert_eq!(got(&format!("<BMECAT {OLD}>{HEADER}</BMECAT>")), "none of them");
    assert_eq!(got(&format!("<BMECAT {OLD}><T_NEW_PRODUCTDATA/></BMECAT>")), "T_NEW_PRODUCTDATA");
    let both = format!("<BMECAT {OLD}><T_NEW_CATALOG/><T_UPDATE_PRICES/></BMECAT>");
    assert_eq!(got(&both), "T_UPDATE_PRICES as well");
    assert!(got("<!DOCTYPE BMECAT [<!ENTITY a \"b\">]><BMECAT/>").contains("subset"));
}
