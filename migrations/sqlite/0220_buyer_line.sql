-- What the procurement system's order says of a line beside its goods, and which line of a returned
-- cart it was compared with.
alter table requisition_line add column buyer_line integer;    -- its lineNumber; none: the position
alter table requisition_line add column comment text not null default '';
alter table requisition_line add column needed_on text;
alter table requisition_line add column cart_line_id text;

-- The orderVersion of the procurement system's document; an older one changes nothing.
alter table requisition add column buyer_version integer;
