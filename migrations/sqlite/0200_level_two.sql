-- Punchout level 2: articles that are chosen in the supplier's own shop, and shops whose hits are
-- shown beside those of the catalogue (OCI BACKGROUND_SEARCH).
alter table item add column at_site integer not null default 0;
alter table supplier_site add column is_searched integer not null default 0;
