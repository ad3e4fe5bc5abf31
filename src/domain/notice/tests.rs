use super::*;

#[test]
fn links_read_back_and_never_change_their_kind() {
    let task = TaskId::from_bits(7);
    let links = [
        Link::Decide(task),
        Link::SetPassword(InviteId::from_bits(8)),
        Link::Requisition(RequisitionId::from_bits(9)),
        Link::Cart(CartId::from_bits(10)),
        Link::Order(OrderId::from_bits(11)),
        Link::Invoice(InvoiceId::from_bits(12)),
        Link::Exchange(ExchangeId::from_bits(13)),
        Link::Home,
    ];
    for link in links {
        assert_eq!(link.to_string().parse(), Ok(link));
    }
    assert!(format!("order {task}").parse::<Link>().is_err());
    assert!("decide".parse::<Link>().is_err());
    assert!("".parse::<Link>().is_err());
}

#[test]
fn languages_are_found_by_their_primary_tag() {
    assert_eq!(Language::of_tag("de-AT"), Language::German);
    assert_eq!(Language::of_tag(" FR_ch"), Language::French);
    assert_eq!(Language::of_tag("nl"), Language::English);
    assert_eq!(Language::of_tag(""), Language::English);
}
