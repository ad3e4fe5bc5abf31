use super::*;

#[test]
fn a_list_is_found_again_with_its_filters() {
    let query = catalogue::Query {
        text: "m8 & more".to_owned(),
        supplier: Some("office-one".to_owned()),
        ..catalogue::Query::default()
    };
    let path = list_path(&query);
    assert_eq!(path, "/shop?q=m8%20%26%20more&supplier=office-one");
    assert_eq!(with(&path, "added", "yes"), format!("{path}&added=yes"));
    assert_eq!(with("/shop", "added", "yes"), "/shop?added=yes");
    assert_eq!(item_path("a", "x/y"), "/shop/a/x%2Fy");
}
