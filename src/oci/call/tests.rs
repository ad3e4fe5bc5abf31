use super::*;
use crate::oci::form;

fn pairs(text: &str) -> Pairs {
    form::parse(text.as_bytes()).unwrap()
}

const LOGIN: &str = "USERNAME=globex&PASSWORD=globex-secret&HOOK_URL=https%3A%2F%2Ferp.example%2Fh";

fn call(more: &str) -> Result<Call, Fault> {
    read(&pairs(&format!("{LOGIN}&{more}")), &Pairs::new(), &FieldNames::default())
}

fn fault_of(more: &str) -> (FaultKind, String) {
    let fault = call(more).unwrap_err();
    assert!(!fault.to_string().contains("globex-secret"), "{fault}");
    (fault.kind, fault.field)
}

#[test]
fn a_plain_call_is_read_and_unknown_parameters_are_kept() {
    let call = call(
        "OCI_VERSION=4.0&http_content_charset=ISO-8859-1&returntarget=_parent&~OkCode=ADDI\
         &~CALLER=CTLG&~TARGET=_top&sap-language=DE&x=1&x=2&USER_EMAIL=ed%40globex.example",
    )
    .unwrap();
    assert_eq!(call.user, "globex");
    assert_eq!(call.password.expose(), "globex-secret");
    assert_eq!(call.function, Function::Shop);
    assert_eq!(call.version.as_deref(), Some("4.0"));
    assert_eq!(call.user_email.as_deref(), Some("ed@globex.example"));
    assert_eq!(call.return_to.hook_url, "https://erp.example/h");
    assert_eq!(call.return_to.target.as_deref(), Some("_parent"));
    assert_eq!(call.return_to.charset, "iso-8859-1");
    let echoed: Vec<_> = call.return_to.echoes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(echoed, ["~OkCode", "~CALLER", "~TARGET"]);
    assert_eq!(call.other, pairs("sap-language=DE&x=1&x=2"));
    assert!(!format!("{call:?}").contains("globex-secret"));
}

#[test]
fn the_body_wins_over_the_query_and_names_have_no_case() {
    let query = pairs("username=mallory&Hook_Url=https://evil.example/&lang=en");
    let body = pairs(LOGIN);
    let call = read(&query, &body, &FieldNames::default()).unwrap();
    assert_eq!(call.user, "globex");
    assert_eq!(call.return_to.hook_url, "https://erp.example/h");
    assert_eq!(call.other, pairs("lang=en"));
    assert_eq!(user_of(&query, &body, &FieldNames::default()), Some("globex"));
}

#[test]
fn a_connection_has_its_own_field_names() {
    let names = FieldNames {
        user: "ORGANIZATION".into(),
        password: "SECRET".into(),
        hook_url: "RETURN_URL".into(),
        user_email: "NAME".into(),
    };
    let sent = pairs("organization=o&secret=s&return_url=https://erp.example/&name=a%40b.example");
    let call = read(&Pairs::new(), &sent, &names).unwrap();
    assert_eq!((call.user.as_str(), call.user_email.as_deref()), ("o", Some("a@b.example")));
    let fault = read(&Pairs::new(), &pairs(LOGIN), &names).unwrap_err();
    assert_eq!((fault.kind, fault.field.as_str()), (FaultKind::Missing, "ORGANIZATION"));
}

#[test]
fn credentials_and_hooks_stand_once() {
    assert_eq!(fault_of("username=other"), (FaultKind::Twice, "USERNAME".into()));
    assert_eq!(fault_of("Password=globex-secret"), (FaultKind::Twice, "PASSWORD".into()));
    assert_eq!(fault_of("hook_url=https://evil.example"), (FaultKind::Twice, "HOOK_URL".into()));
    assert_eq!(fault_of("FUNCTION=DETAIL&function="), (FaultKind::Twice, "FUNCTION".into()));
}

#[test]
fn what_is_missing_is_named() {
    let missing = |sent: &str| {
        let fault = read(&pairs(sent), &Pairs::new(), &FieldNames::default()).unwrap_err();
        (fault.kind, fault.field)
    };
    assert_eq!(missing(""), (FaultKind::Missing, "USERNAME".into()));
    assert_eq!(missing("USERNAME=a&PASSWORD="), (FaultKind::Missing, "PASSWORD".into()));
    assert_eq!(missing("USERNAME=a&PASSWORD=b"), (FaultKind::Missing, "HOOK_URL".into()));
    assert_eq!(
        missing("USERNAME=a&PASSWORD=b&HOOK_URL=javascript:x"),
        (FaultKind::Unreadable, "HOOK_URL".into())
    );
}

#[test]
fn each_function_has_its_arguments() {
    let function = |more: &str| call(more).map(|call| call.function);
    let detail = Function::Detail { product_id: "DESK-01".into() };
    assert_eq!(function("FUNCTION=DETAIL&PRODUCTID=DESK-01"), Ok(detail.clone()));
    assert_eq!(function("function=DetailAdd&productid=DESK-01"), Ok(detail));
    assert_eq!(
        function("FUNCTION=SOURCING&SEARCHSTRING=blue+pen&VENDOR=77"),
        Ok(Function::Sourcing { search: "blue pen".into(), vendor: Some("77".into()) })
    );
    assert_eq!(fault_of("FUNCTION=DETAIL"), (FaultKind::Missing, "PRODUCTID".into()));
    assert_eq!(fault_of("FUNCTION=SOURCING"), (FaultKind::Missing, "SEARCHSTRING".into()));
    assert_eq!(fault_of("FUNCTION=DANCE"), (FaultKind::Unsupported, "FUNCTION".into()));
}

#[test]
fn a_background_search_may_come_without_a_hook() {
    let sent = pairs("USERNAME=a&PASSWORD=b&FUNCTION=BACKGROUND_SEARCH&SEARCHSTRING=pen");
    let call = read(&sent, &Pairs::new(), &FieldNames::default()).unwrap();
    assert_eq!(call.hook, None);
    assert_eq!(call.function, Function::BackgroundSearch { search: "pen".into(), vendor: None });
}

#[test]
fn validate_asks_about_one_product_or_many() {
    let asked = |more: &str| match call(&format!("FUNCTION=VALIDATE&{more}")).unwrap().function {
        Function::Validate { items } => items
            .into_iter()
            .map(|item| (item.index, item.product_id, item.quantity.map(|q| q.to_string())))
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        asked("PRODUCTID=PEN-01&QUANTITY=10.000"),
        [(None, "PEN-01".to_owned(), Some("10".to_owned()))]
    );
    assert_eq!(
        asked("QUANTITY[2]=2&PRODUCTID[2]=B&PRODUCTID%5B99999%5D=C&PRODUCTID[1]=A&QUANTITY[1]="),
        [
            (Some(1), "A".to_owned(), None),
            (Some(2), "B".to_owned(), Some("2".to_owned())),
            (Some(99_999), "C".to_owned(), None),
        ]
    );
}

#[test]
fn validate_refuses_orphans_duplicates_and_wrong_indexes() {
    let fault = |more: &str| fault_of(&format!("FUNCTION=VALIDATE&{more}"));
    assert_eq!(fault("QUANTITY=1"), (FaultKind::Orphan, "QUANTITY".into()));
    assert_eq!(fault("PRODUCTID[1]=A&QUANTITY[2]=1"), (FaultKind::Orphan, "QUANTITY[2]".into()));
    assert_eq!(fault("PRODUCTID[1]=A&productid[1]=B").0, FaultKind::Twice);
    for index in ["0", "01", "-1", "100000", "4294967297", "x", ""] {
        assert_eq!(fault(&format!("PRODUCTID[{index}]=A")).0, FaultKind::Unreadable, "{index}");
    }
    for quantity in ["0", "-1", "1e3", "1,5", "x"] {
        let sent = format!("PRODUCTID=A&QUANTITY={quantity}");
        assert_eq!(fault(&sent), (FaultKind::Unreadable, "QUANTITY".into()));
    }
    assert_eq!(fault("x=1"), (FaultKind::Missing, "PRODUCTID".into()));
}

#[test]
fn an_unknown_charset_is_kept_and_left_to_the_connection() {
    let call = call("http_content_charset=8859%2F1").unwrap();
    assert_eq!(call.unknown_charset.as_deref(), Some("8859/1"));
    assert_eq!(call.return_to.charset, "");
    let to = call.return_to.or("iso-8859-1", "_parent");
    assert_eq!((to.charset.as_str(), to.target.as_deref()), ("iso-8859-1", Some("_parent")));
}

#[test]
fn what_a_buyer_sends_is_read_back() {
    use build::{Outgoing, parameters};
    let asked = |index| Asked {
        index,
        product_id: "item_1".to_owned(),
        quantity: Quantity::parse("2.5").ok(),
    };
    let functions = [
        Function::Shop,
        Function::Detail { product_id: "A/7".to_owned() },
        Function::Validate { items: vec![asked(None)] },
        Function::QuantityCheck { items: vec![asked(Some(1)), asked(Some(7))] },
        Function::Sourcing { search: "bolt & nut".to_owned(), vendor: None },
        Function::BackgroundSearch { search: "ß".to_owned(), vendor: Some("7".to_owned()) },
        Function::Download(Part { page_size: 10, page: 2, transaction: Some("t".to_owned()) }),
    ];
    for function in functions {
        let names = FieldNames { user: "ORGANIZATION".to_owned(), ..FieldNames::default() };
        let outgoing = Outgoing {
            user: "acme".to_owned(),
            password: Secret::new("s3cret"),
            hook_url: Some("https://here.example/back?t=1".to_owned()),
            user_email: Some("ed@acme.example".to_owned()),
            function: function.clone(),
            version: "4.0".to_owned(),
            charset: Charset::LATIN_1,
            target: "_top".to_owned(),
            more: pairs("secureMode=true"),
        };
        let sent = form::encode(&parameters(&outgoing, &names), Charset::UTF_8);
        let read = read(&Pairs::new(), &form::parse(&sent).unwrap(), &names).unwrap();
        assert_eq!((read.user.as_str(), read.password.expose()), ("acme", "s3cret"));
        assert_eq!(read.function, function);
        assert_eq!(read.return_to.hook_url, "https://here.example/back?t=1");
        assert_eq!(read.return_to.charset, "iso-8859-1");
        assert_eq!(read.other, pairs("secureMode=true"));
    }
}

#[test]
fn a_download_names_its_page_and_needs_no_hook() {
    let ask = |more: &str| {
        let all = pairs(&format!("USERNAME=a&PASSWORD=b&FUNCTION=DOWNLOADJSON&{more}"));
        read(&all, &Pairs::new(), &FieldNames::default())
    };
    let part = Part { page_size: 50, page: 1, transaction: None };
    assert_eq!(ask("").unwrap().function, Function::Download(part));
    for bad in ["requestedpage=0", "pagesize=-1", "pagesize=1001", "requestedpage=x"] {
        assert_eq!(ask(bad).unwrap_err().kind, FaultKind::Unreadable, "{bad}");
    }
}

#[test]
fn a_call_fixes_the_buyers_own_numbers_and_never_a_price() {
    let call = call(
        "NEW_ITEM-VENDOR=4711&new_item-cust_field1=kst&NEW_ITEM-PRICE=0.01&NEW_ITEM-QUANTITY=9\
         &NEW_ITEM-MATGROUP=much-too-long&NEW_ITEM-CONTRACT=1&NEW_ITEM-CONTRACT=2",
    )
    .unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(call.presets(), [pair("VENDOR", "4711"), pair("CUST_FIELD1", "kst")]);
}
