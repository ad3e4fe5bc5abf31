-- What the procurement system's order says of a line beside its goods, and which line of a returned
-- cart it was compared with: what is ordered of that line in all is never more than was returned.
alter table requisition_line add column buyer_line integer;    -- its lineNumber; none: the position
alter table requisition_line add column comment text not null default '';
alter table requisition_line add column needed_on text;
alter table requisition_line add column cart_line_id text;
create index requisition_line_by_cart_line on requisition_line (cart_line_id)
    where cart_line_id is not null;

-- The orderVersion of the procurement system's document; an older one changes nothing.
alter table requisition add column buyer_version integer;
