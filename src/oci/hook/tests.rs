use super::*;

fn back_to(hook_url: &str) -> ReturnTo {
    ReturnTo {
        hook_url: hook_url.to_owned(),
        target: None,
        echoes: vec![("~OkCode".to_owned(), "ADDI".to_owned())],
        charset: "iso-8859-1".to_owned(),
    }
}

#[test]
fn addresses_that_can_be_read_two_ways_are_refused() {
    for bad in [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//erp.example/x",
        "/x",
        "https:erp.example",
        "https:///erp.example",
        "https://user@erp.example/",
        "https://:pw@erp.example/",
        "https://erp.example\\@evil.example/",
        "https://erp.example/a b",
        "ht\ntps://erp.example/",
        " https://erp.example/",
        "https://",
        "ftp://erp.example/",
        "SAPEVENT:GET",
        "https://erp.example/?NEW_ITEM-PRICE%5B1%5D=0.01",
        "https://erp.example/?new_item-price[1]=0.01",
    ] {
        assert!(Hook::parse("HOOK_URL", bad).is_err(), "{bad:?}");
    }
    assert!(Hook::parse("HOOK_URL", "HTTPS://ERP.example/sap?sid=1").is_ok());
}

#[test]
fn only_registered_hosts_are_allowed() {
    let rule = HookRule {
        hosts: vec!["erp.example".into(), "old.example:8000".into()],
        ..HookRule::default()
    };
    let ask = |url: &str, rule: &HookRule| {
        Hook::parse("HOOK_URL", url).and_then(|hook| hook.allowed_by("HOOK_URL", rule)).is_ok()
    };
    assert!(ask("https://ERP.example/x", &rule));
    assert!(ask("https://erp.example:443/x", &rule));
    assert!(!ask("https://erp.example:8443/x", &rule), "a port of its own is named");
    assert!(ask("https://old.example:8000/x", &rule));
    assert!(!ask("https://old.example/x", &rule));
    assert!(!ask("https://erp.example.evil.example/x", &rule));
    assert!(!ask("https://evil.example/erp.example", &rule));
    assert!(!ask("http://erp.example/x", &rule));
    assert!(!ask("SAPEVENT:POST", &rule));
    let open = HookRule { allow_http: true, allow_sap_event: true, ..rule };
    assert!(ask("http://erp.example/x", &open));
    assert!(!ask("http://erp.example:8080/x", &open));
    let any = HookRule { hosts: vec!["localhost:*".into()], ..open.clone() };
    assert!(ask("http://localhost:8080/x", &any) && ask("http://localhost/x", &any));
    assert!(ask("sapevent:post", &open));
}

#[test]
fn the_query_of_the_hook_becomes_hidden_fields_decoded_once() {
    let to = back_to("https://erp.example/hook;x=1?sid=a%2520b&m=%C3%A4+c&flag#part");
    let fields = vec![("NEW_ITEM-DESCRIPTION[1]".to_owned(), "5 €".to_owned())];
    let form = return_form(&to, Query::Split, fields).unwrap();
    assert_eq!(form.action, "https://erp.example/hook;x=1#part");
    let hidden: Vec<_> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(
        hidden,
        [
            ("sid", "a%20b"),
            ("m", "ä c"),
            ("flag", ""),
            ("~OkCode", "ADDI"),
            ("NEW_ITEM-DESCRIPTION[1]", "5 EUR"),
        ]
    );
    assert_eq!(form.target, "_top");
    let bytes = encode_form(&form);
    assert!(bytes.starts_with(b"sid=a%2520b&m=%E4+c&flag=&%7EOkCode=ADDI&"), "{bytes:?}");
}

#[test]
fn sap_gui_gets_its_pseudo_address_back_letter_by_letter() {
    let form = return_form(&back_to("SAPEVENT:POST"), Query::Split, Pairs::new()).unwrap();
    assert_eq!(form.action, "SAPEVENT:POST");
    assert_eq!(form.hidden.len(), 1);
}

#[test]
fn a_target_that_is_no_frame_name_becomes_the_whole_window() {
    let mut to = back_to("https://erp.example/");
    to.target = Some("OCI_frame".to_owned());
    assert_eq!(return_form(&to, Query::Split, Pairs::new()).unwrap().target, "OCI_frame");
    to.target = Some("\"><script>".to_owned());
    assert_eq!(return_form(&to, Query::Split, Pairs::new()).unwrap().target, "_top");
}
