-- A changed order of the procurement system is a new requisition under the same orderID; the
-- earlier one no longer stands for that orderID.
alter table requisition add column superseded_at bigint;
drop index requisition_by_buyer_order;
create unique index requisition_by_buyer_order on requisition (organisation_id, buyer_order_id)
    where superseded_at is null;

-- How often the order was changed after it was issued, plus one: the orderVersion of the documents.
alter table purchase_order add column revision bigint not null default 1;
