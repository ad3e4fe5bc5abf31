use super::*;

#[test]
fn e_mail_addresses_are_folded_and_bare() {
    assert_eq!(
        "Ed@Acme.Example".parse::<Email>().map(|e| e.to_string()),
        Ok("ed@acme.example".into())
    );
    for bad in ["", "ed", "@acme", "ed@", "a b@c", "Ed <ed@acme>", "a@b@c", "a@b\r\nBcc: c"] {
        assert!(bad.parse::<Email>().is_err(), "{bad:?}");
    }
}

#[test]
fn identities_match_without_case_of_the_domain() {
    let registered = Identity::new("NetworkId", "AN01");
    assert!(registered.matches(&Identity::new("networkID", " AN01 ")));
    assert!(!registered.matches(&Identity::new("NetworkId", "an01")));
}
