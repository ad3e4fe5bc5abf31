use super::*;

#[test]
fn a_visit_counts_on_its_own_pages_only() {
    for page in ["/shop", "/shop/item_1", "/cart", "/cart/transfer", "/orders/po_1"] {
        assert!(is_visit_page(page), "{page}");
    }
    for page in ["/", "/approvals", "/admin/people", "/audit", "/api/v1/carts", "/shopping"] {
        assert!(!is_visit_page(page), "{page}");
    }
}
