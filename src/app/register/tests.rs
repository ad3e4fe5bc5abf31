use super::*;

#[test]
fn classes_are_a_tree_in_which_every_code_stands_once() {
    let tree = |lines: &str| -> Option<Result<(), Refusal>> {
        let cells = |line: &str| line.splitn(3, ',').map(str::to_owned).collect::<Vec<_>>();
        let all = lines.split(';').map(cells).map(|cells| {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            read(RegisterKind::Classes, &cells)
        });
        Some(is_tree(&all.collect::<Option<Vec<_>>>()?))
    };
    assert_eq!(tree("44,,Office;44-12,44,\"Pens, ink\""), Some(Ok(())));
    assert!(tree("44,,Office;44,,Again").unwrap().is_err());
    assert!(tree("44,45,Office").unwrap().is_err());
    assert!(tree("44,45,Office;45,44,Round").unwrap().is_err());
    assert_eq!(tree("pens,,Pens"), None);
}

#[test]
fn a_line_that_is_not_of_its_register_is_not_read() {
    let fine = |kind, line: &str| read(kind, &line.split(',').collect::<Vec<_>>()).is_some();
    assert!(fine(RegisterKind::Groups, "buyers,mia@acme.example"));
    assert!(fine(RegisterKind::Suppliers, "office-one,preferred,mia@acme.example"));
    assert!(fine(RegisterKind::Suppliers, "office-one,blocked"));
    for (kind, line) in [
        (RegisterKind::Groups, "Buyers,mia@acme.example"),
        (RegisterKind::Groups, "buyers,mia"),
        (RegisterKind::Units, "mia@acme.example,none"),
        (RegisterKind::Suppliers, "office-one,good"),
        (RegisterKind::Projects, "p 17,Plant"),
        (RegisterKind::Projects, "p-17,Plant,extra"),
        (RegisterKind::Rates, "EUR/EUR,1,2026-01-01"),
        (RegisterKind::Rates, "EUR/USD,0,2026-01-01"),
        (RegisterKind::Rates, "EUR/USD,1.1,1 May"),
        (RegisterKind::Rates, "EUR/USD,1.1"),
    ] {
        assert!(!fine(kind, line), "{line}");
    }
}

#[test]
fn of_each_pair_the_rate_that_began_last_is_the_days() {
    let entry = |line: &str| {
        read(RegisterKind::Rates, &line.split(',').collect::<Vec<_>>()).expect("a rate")
    };
    let sheet = [
        "EUR/USD,1.10,2026-02-01",
        "EUR/USD,1.05,2026-01-01",
        "EUR/USD,1.20,2026-03-01",
        "USD/EUR,0.90,2026-01-15",
    ];
    let on = |day: &str| {
        let rates = of_day(&sheet.map(entry), day.parse().expect("a day"));
        rates.iter().map(|one| format!("{} {}", one.from, one.rate)).collect::<Vec<_>>()
    };
    assert!(on("2025-12-31").is_empty());
    assert_eq!(on("2026-01-01"), ["EUR 1.05"]);
    assert_eq!(on("2026-02-28"), ["EUR 1.10", "USD 0.90"]);
    assert_eq!(on("2026-03-01"), ["EUR 1.20", "USD 0.90"]);
}
