use super::*;

#[test]
fn times_are_read_as_real_senders_write_them() {
    let time = |text: &str| Stamp(text.to_owned()).time().map(|time| time.to_string());
    let expected = Some("2008-05-19T18:29:48.000Z".to_owned());
    for text in [
        "2008-05-19T18:29:48Z",
        "2008-05-19T20:29:48+02:00",
        "2008-05-19T13:29:48-0500",
        "2008-05-19T18:29:48",
        "2008-05-19 18:29:48",
        "Mon May 19 18:29:48 +0000 2008",
        " 2008-05-19T18:29:48.000+00:00 ",
    ] {
        assert_eq!(time(text), expected, "{text}");
    }
    assert_eq!(time("20060428"), Some("2006-04-28T00:00:00.000Z".to_owned()));
    assert_eq!(time("2006-04-28"), Some("2006-04-28T00:00:00.000Z".to_owned()));
    assert_eq!(time("soon"), None);
    assert_eq!(time(""), None);
    assert_eq!(time("2026-02-30"), None);
}

#[test]
fn the_day_is_the_one_written() {
    let day = |text: &str| Stamp(text.to_owned()).day().map(|day| day.to_string());
    assert_eq!(day("2026-11-21T23:59:00-08:00"), Some("2026-11-21".to_owned()));
    assert_eq!(day("20261121"), Some("2026-11-21".to_owned()));
    assert_eq!(day("ü026-11-21"), None);
}

#[test]
fn extrinsics_are_found_under_all_their_spellings() {
    let extrinsics = [Extrinsic::new("User email", " ed@acme.example ")];
    assert_eq!(Extrinsic::find(&extrinsics, "UserEmail"), Some("ed@acme.example"));
    assert_eq!(Extrinsic::find(&extrinsics, "Email"), None);
}

#[test]
fn empty_money_counts_as_not_sent_where_it_may_be_absent() {
    let tree = tree::parse(
        "<a><b><Money currency='USD'/></b><c><Money currency='usd'>.34</Money></c></a>",
    )
    .unwrap();
    let (b, c) = (tree.root().first("b"), tree.root().first("c"));
    assert_eq!(Amount::maybe_inside(b), Ok(None));
    assert!(Amount::inside(b.unwrap()).is_err());
    let read = Amount::inside(c.unwrap()).unwrap();
    assert_eq!((read.value.to_string().as_str(), read.currency), ("0.34", Currency::USD));
}
