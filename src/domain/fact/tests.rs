use super::*;

#[test]
fn a_fact_names_its_kind_and_what_it_is_about() {
    let fact = Fact::OrderSent { order: "po_1".into(), requisition: "req_1".into() };
    assert_eq!(fact.kind(), "order-sent");
    assert_eq!(fact.about(), ["po_1", "req_1"]);
    let back: Fact = serde_json::from_str(&serde_json::to_string(&fact).unwrap()).unwrap();
    assert_eq!(back, fact);
}
