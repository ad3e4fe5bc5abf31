//! One cart in every format in which it can go home, read by a reader of its own that shares no
//! code with the server: what leaves must mean the same, whatever it looks like.

mod reader;

use countersign::{
    base::{
        decimal,
        id::{
            CartLineId, ItemId, OrganisationId, PartnerId, PersonId, PunchoutSessionId, SupplierId,
        },
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
        time::Time,
    },
    domain::{
        cart::Goods,
        party::{CartEncoding, Identity},
        profile::profile,
        punchout::{Operation, Protocol, PunchoutSession, SessionState, Wire},
    },
    exchange::punchout::{Line, Returned, form_of, write},
    oci::form::{Charset, encode},
};

use reader::Read;

/// Umlauts, ampersands, quotes, mark-up, 2,000 characters, prices for many, three decimals.
fn cart(currency: Currency) -> Returned {
    let long: String =
        "Schläuche & Größen, 19\" <Rack> 'fest' ".repeat(60).chars().take(1_999).collect();
    let long = format!("{long}.");
    let rows = [
        ("031710    005  100", "Schlüssel 19\" & Dübel 'S'", "10", "12.50", "1", "EA"),
        ("BOLT-M8", "Bolt <M8> & nut", "1000", "0.035", "1", "H87"),
        ("WIRE&1", long.as_str(), "2.5", "35", "1000", "MTR"),
        ("BOX/7", "Ø-Ring, ½ Zoll, 5 µm", "7", "1.234", "1", "XBX"),
    ];
    let lines: Vec<Line> = rows
        .into_iter()
        .enumerate()
        .map(|(at, (sku, description, quantity, price, per, unit))| {
            let price = decimal::parse(price).unwrap();
            let price = UnitPrice::new(price, currency, Quantity::parse(per).unwrap());
            let quantity = Quantity::parse(quantity).unwrap();
            let goods = Goods {
                item: Some(ItemId::from_bits(at as u128 + 1)),
                supplier: SupplierId::from_bits(1),
                sku: sku.to_owned(),
                aux_id: String::new(),
                description: description.to_owned(),
                quantity,
                unit: unit.to_owned(),
                price,
                total: price.times(quantity).unwrap(),
                unspsc: "31161500".to_owned(),
                manufacturer: "Würth & Söhne".to_owned(),
                manufacturer_sku: "W\"1\"".to_owned(),
                lead_time_days: Some(3),
            };
            let supplier = Some(Identity::new("Countersign", "partsdesk"));
            Line { key: CartLineId::from_bits(at as u128).to_string(), goods, supplier }
        })
        .collect();
    let total = Money::sum(lines.iter().map(|line| line.goods.total), currency).unwrap();
    Returned { lines, total, is_final: true, was_pending: false }
}

fn session(protocol: Protocol, charset: &str) -> PunchoutSession {
    let at = Time::from_millis(1_800_000_000_000);
    PunchoutSession {
        id: PunchoutSessionId::from_bits(1),
        organisation: OrganisationId::from_bits(1),
        partner: PartnerId::from_bits(1),
        person: PersonId::from_bits(1),
        protocol,
        operation: Operation::Create,
        state: SessionState::Open,
        buyer_cookie: "cookie".to_owned(),
        return_url: "https://erp.example/hook".to_owned(),
        return_target: String::new(),
        charset: charset.to_owned(),
        echo: Vec::new(),
        wire: Wire {
            buyer: Identity::new("NetworkId", "AN01"),
            us: Identity::new("DUNS", "999999999"),
            test: false,
            search: None,
            missing: Vec::new(),
            preset: Vec::new(),
        },
        selected_item: None,
        start_hash: String::new(),
        start_expires_at: at,
        started_at: Some(at),
        path_at: None,
        cookie_at: None,
        cart: None,
        return_document: None,
        created_at: at,
        returned_at: None,
        version: 1,
    }
}

/// The bytes that a browser posts for this cart, in the page's charset.
fn posted(
    (protocol, charset): (Protocol, &str),
    (overrides, encoding): (&str, CartEncoding),
    cart: &Returned,
) -> Vec<u8> {
    let session = session(protocol, charset);
    let profile = profile("generic", overrides).unwrap();
    let stamp = ("1@countersign".to_owned(), Time::from_millis(1_800_000_000_000));
    let written = write(&session, &profile, cart, stamp, ("Countersign", "Acme & Co"));
    let written = written.unwrap_or_else(|faults| panic!("{faults:?}"));
    let kept = (written.kind, written.body.as_slice());
    let form = form_of(&session, &profile, encoding, kept).unwrap();
    encode(&form.hidden, Charset::of_label(&form.charset).unwrap())
}

#[test]
fn the_same_cart_means_the_same_in_every_format() {
    use CartEncoding::{Base64, Urlencoded};
    for currency in ["EUR", "KWD", "JPY"] {
        let currency: Currency = currency.parse().unwrap();
        let cart = cart(currency);
        let expected: Vec<Read> = cart.lines.iter().map(|line| Read::of(&line.goods)).collect();
        assert_eq!(expected[2].description.chars().count(), 2_000);
        for (name, visit, how) in [
            ("cxml-urlencoded", (Protocol::Cxml, "utf-8"), ("", Urlencoded)),
            ("cxml-base64", (Protocol::Cxml, "utf-8"), ("", Base64)),
            ("OCI, UTF-8", (Protocol::Oci, "utf-8"), ("units.style = \"sap\"", Urlencoded)),
            ("OCI, ISO-8859-1", (Protocol::Oci, "iso-8859-1"), ("", Urlencoded)),
            ("Oracle", (Protocol::Cxml, "utf-8"), ("cart.format = \"oracle-xml\"", Urlencoded)),
            ("Peppol", (Protocol::Cxml, "utf-8"), ("cart.format = \"peppol\"", Urlencoded)),
        ] {
            let bytes = posted(visit, how, &cart);
            let read = reader::read(&bytes, visit.1);
            assert_eq!(read.len(), expected.len(), "{name}");
            for (got, wanted) in read.iter().zip(&expected) {
                assert_eq!(got, wanted, "{name} in {currency}");
            }
        }
    }
}
