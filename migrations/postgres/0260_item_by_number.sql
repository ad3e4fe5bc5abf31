-- An article is found by its very number among all suppliers: search, carts that come back.
create index item_by_number on item (sku);
