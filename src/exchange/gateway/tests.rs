use super::*;
use crate::base::{
    id::SupplierId,
    money::{Currency, UnitPrice},
    quantity::Quantity,
};

const SUPPLIER: SupplierId = SupplierId::from_bits(1);

fn fields(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn oci(price: &str, currency: &str) -> Pairs {
    fields(&[
        ("NEW_ITEM-DESCRIPTION[1]", "Bohrer"),
        ("NEW_ITEM-VENDORMAT[1]", "B 8"),
        ("NEW_ITEM-EXT_PRODUCT_ID[1]", "k1"),
        ("NEW_ITEM-QUANTITY[1]", "2"),
        ("NEW_ITEM-UNIT[1]", "PCE"),
        ("NEW_ITEM-PRICE[1]", price),
        ("NEW_ITEM-CURRENCY[1]", currency),
        ("NEW_ITEM-PRICEUNIT[1]", "100"),
    ])
}

fn brought(fields: &Pairs) -> Result<Brought, Refusal> {
    read_cart(fields, SUPPLIER, Currency::EUR)
}

#[test]
fn an_oci_cart_keeps_number_key_and_price_basis() {
    let cart = brought(&oci("3.5", "EUR")).unwrap();
    let line = &cart.lines[0];
    assert_eq!((line.sku.as_str(), line.aux_id.as_str(), line.item), ("B 8", "k1", None));
    assert_eq!(line.price.per.to_string(), "100");
    assert_eq!(line.total.to_string(), "0.07 EUR");
    assert_eq!((cart.cookie, cart.allowed), (None, Operation::Create));
}

#[test]
fn another_currency_or_a_missing_number_refuses_the_whole_cart() {
    assert_eq!(brought(&oci("3.5", "USD")).unwrap_err().code, "cart-line");
    let mut nameless = oci("3.5", "EUR");
    nameless.retain(|(name, _)| !name.contains("VENDORMAT") && !name.contains("PRODUCT"));
    assert_eq!(brought(&nameless).unwrap_err().code, "cart-line");
    let xml = fields(&[("cXML-urlencoded", "<cXML")]);
    assert_eq!(brought(&xml).unwrap_err().code, "cart-unreadable");
    let base64 = fields(&[("cxml-base64", "?")]);
    assert_eq!(brought(&base64).unwrap_err().code, "cart-unreadable");
    assert!(brought(&Pairs::new()).unwrap().lines.is_empty());
}

#[test]
fn a_unit_that_nobody_knows_refuses_a_cxml_cart_too() {
    let cart = |unit: &str| {
        let item = format!(
            "<ItemIn quantity=\"2\"><ItemID><SupplierPartID>B 8</SupplierPartID></ItemID>\
             <ItemDetail><UnitPrice><Money currency=\"EUR\">3.50</Money></UnitPrice>\
             <Description xml:lang=\"en\">Bit</Description><UnitOfMeasure>{unit}</UnitOfMeasure>\
             <Classification domain=\"UNSPSC\">27112821</Classification></ItemDetail></ItemIn>"
        );
        let party = "<Credential domain=\"DUNS\"><Identity>1</Identity></Credential>";
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><cXML payloadID=\"2@shop\" \
             timestamp=\"2026-11-21T09:10:00+00:00\"><Header><From>{party}</From><To>{party}</To>\
             <Sender>{party}<UserAgent>Shop</UserAgent></Sender></Header><Message>\
             <PunchOutOrderMessage><BuyerCookie>c</BuyerCookie><PunchOutOrderMessageHeader \
             operationAllowed=\"edit\"><Total><Money currency=\"EUR\">7.00</Money></Total>\
             </PunchOutOrderMessageHeader>{item}</PunchOutOrderMessage></Message></cXML>"
        );
        brought(&fields(&[("cXML-urlencoded", &text)]))
    };
    assert_eq!(cart("EA").unwrap().lines[0].unit, "EA");
    assert_eq!(cart("PCE").unwrap().lines[0].unit, "PCE");
    let refused = cart("KISTE").unwrap_err();
    assert_eq!((refused.code, refused.got.as_deref()), ("cart-line", Some("KISTE")));
}

#[test]
fn the_shop_stands_by_its_own_price_alone() {
    let goods = brought(&oci("3.5", "EUR")).unwrap().lines.remove(0);
    let said = |price| {
        crate::oci::posted::read(&oci(price, "EUR"), &crate::base::unit::UnitMap::shipped())
    };
    assert_eq!(validated(&goods, &said("3.50").unwrap()), Ok((goods.clone(), None)));
    let differs = validated(&goods, &said("3.51").unwrap()).unwrap_err();
    assert_eq!(differs.code, "cart-price-differs");
    assert!(validated(&goods, &[]).is_err(), "a product that is gone is no confirmation");
}

#[test]
fn a_browser_swaps_neither_article_nor_classification_under_a_true_price() {
    let with = |field: &str, value: &str| {
        let mut all = oci("3.5", "EUR");
        all.retain(|(name, _)| !name.contains(field));
        if !value.is_empty() {
            all.push((format!("NEW_ITEM-{field}[1]"), value.to_owned()));
        }
        all
    };
    let answer = |fields: &Pairs| {
        crate::oci::posted::read(fields, &crate::base::unit::UnitMap::shipped()).unwrap()
    };
    let goods = |fields: &Pairs| brought(fields).unwrap().lines.remove(0);
    let shop = answer(&with("MATGROUP", "43211503"));
    let swapped = validated(&goods(&with("VENDORMAT", "GOLD-BAR")), &shop).unwrap_err();
    assert_eq!(swapped.code, "cart-article-differs");
    assert_eq!(
        (swapped.got.as_deref(), swapped.expected.as_deref()),
        (Some("GOLD-BAR"), Some("B 8"))
    );
    // A number that the browser left out is not the key either.
    assert!(validated(&goods(&with("VENDORMAT", "")), &shop).is_err());
    for (field, told) in [("MATGROUP", "44121701"), ("DESCRIPTION", "Pens"), ("MANUFACTMAT", "X")] {
        let (own, held) = validated(&goods(&with(field, told)), &shop).unwrap();
        assert_eq!((own.unspsc.as_str(), own.description.as_str()), ("43211503", "Bohrer"));
        assert_eq!((own.manufacturer_sku.as_str(), held), ("", None));
    }
    // What the answer leaves open is looked at by a person.
    let silent = answer(&oci("3.5", "EUR"));
    let (own, held) = validated(&goods(&with("MATGROUP", "44121701")), &silent).unwrap();
    assert!(own.unspsc == "44121701" && held.unwrap().contains("classification"));
    let nameless = answer(&with("VENDORMAT", ""));
    assert!(validated(&goods(&oci("3.5", "EUR")), &nameless).unwrap().1.is_some());
    let other_key = validated(&goods(&with("EXT_PRODUCT_ID", "k2")), &silent).unwrap();
    assert!(other_key.1.unwrap().contains("key"));
}

#[test]
fn inputs_of_a_page_are_read_as_a_browser_would() {
    let page = "<!-- <input name=x value=y> --><form><INPUT TYPE='hidden' value=\"19&quot; &amp; \
        &#252;&#xE4;\" name='NEW_ITEM-DESCRIPTION[1]'/><inputs name=no><input name=plain value=a/b>\
        <input value=nameless><input name=last";
    assert_eq!(
        inputs(page),
        fields(&[("NEW_ITEM-DESCRIPTION[1]", "19\" & üä"), ("plain", "a/b"), ("last", ""),])
    );
    assert_eq!(page_text(b"Gr\xF6\xDFe"), "Größe");
}

#[test]
fn a_setup_request_names_the_shopper_the_way_back_and_the_lines_as_they_came() {
    let price = UnitPrice::new(1.into(), Currency::EUR, Quantity::ONE);
    let mut goods = brought(&oci("3.5", "EUR")).unwrap().lines.remove(0);
    goods.price = price;
    let kept = Kept { text: String::new(), xml: Some("<a>1</a>".to_owned()) };
    goods.aux_id = kept.one_text();
    let id = crate::base::id::CartLineId::from_bits(1);
    let ask = Ask {
        cookie: "vst_1".to_owned(),
        operation: Operation::Edit,
        shopper: ("Ed".to_owned(), "ed@acme.example".to_owned()),
        return_url: "https://buy.example/gateway/back/x".to_owned(),
        selected: None,
        lines: vec![CartLine { id, position: 1, goods }],
    };
    let own = |text: &str| Identity::new("DUNS", text);
    let parties = Parties { from: own("1"), to: own("2"), sender: own("3") };
    let document = setup_request(&ask, &parties, "1@x", Time::from_millis(0));
    let text = String::from_utf8(crate::cxml::encode(&document)).unwrap();
    for part in [
        "operation=\"edit\"",
        "<BuyerCookie>vst_1</BuyerCookie>",
        "https://buy.example/gateway/back/x",
        "<SupplierPartAuxiliaryID><a>1</a></SupplierPartAuxiliaryID>",
        SECRET_MARK,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
