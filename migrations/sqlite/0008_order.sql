create table purchase_order (
    id text primary key,
    number text not null,
    organisation_id text not null references organisation (id),
    supplier_id text not null references supplier (id),
    requisition_id text not null references requisition (id),
    buyer_order_id text,                    -- the procurement system's orderID stays beside our number
    cost_center text not null,
    ship_to text not null,
    bill_to text not null,
    needed_on text,
    comment text not null,
    currency text not null,
    total_minor integer not null,
    state text not null check (state in ('issued', 'sent', 'confirmed', 'partly_confirmed', 'rejected',
        'partly_shipped', 'shipped', 'partly_received', 'received', 'closed', 'cancelled')),
    content_hash text not null,             -- of this order's part of the signed content
    signed_hash text not null,              -- the requisition's content hash that was signed
    payload_id text not null unique,
    document_id text not null,
    issued_at integer not null,
    version integer not null,
    unique (organisation_id, number),
    unique (requisition_id, supplier_id)
) strict;
create index purchase_order_by_organisation on purchase_order (organisation_id, id);
create index purchase_order_by_supplier on purchase_order (supplier_id, id);
create index purchase_order_by_buyer_order on purchase_order (organisation_id, buyer_order_id);

create table order_line (
    id text primary key,
    order_id text not null references purchase_order (id),
    line_number integer not null,
    requisition_line_id text not null references requisition_line (id),
    sku text not null,
    aux_id text not null,
    description text not null,
    quantity text not null,
    unit text not null,
    price_amount text not null,
    price_per text not null,
    currency text not null,
    total_minor integer not null,
    unspsc text not null,
    manufacturer text not null,
    manufacturer_sku text not null,
    confirmed text not null,
    backordered text not null,
    rejected text not null,
    shipped text not null,
    received text not null,
    invoiced text not null,
    unique (order_id, line_number)
) strict;

create table confirmation (
    id text primary key,
    order_id text not null references purchase_order (id),
    confirm_id text not null,
    kind text not null,
    source text not null check (source in ('cxml', 'desk')),
    document_id text,
    comment text not null,
    replaced integer not null,              -- a later one of the same number took its place
    at integer not null
) strict;
create index confirmation_by_order on confirmation (order_id, id);

create table confirmation_line (
    confirmation_id text not null references confirmation (id),
    position integer not null,
    line_number integer not null,
    kind text not null,
    quantity text not null,
    price_amount text,
    delivery_on text,
    comment text not null,
    primary key (confirmation_id, position)
) strict;

create table shipment (
    id text primary key,
    order_id text not null references purchase_order (id),
    shipment_number text not null,
    source text not null check (source in ('cxml', 'desk')),
    document_id text,
    carrier text not null,
    tracking text not null,
    delivery_on text,
    replaced integer not null,
    at integer not null
) strict;
create index shipment_by_order on shipment (order_id, id);

create table shipment_line (
    shipment_id text not null references shipment (id),
    line_number integer not null,
    quantity text not null,
    primary key (shipment_id, line_number)
) strict;

create table receipt (
    id text primary key,
    order_id text not null references purchase_order (id),
    person_id text not null references person (id),
    at integer not null
) strict;
create index receipt_by_order on receipt (order_id, id);

create table receipt_line (
    receipt_id text not null references receipt (id),
    line_number integer not null,
    quantity text not null,
    primary key (receipt_id, line_number)
) strict;

-- Numbers without gaps per organisation: taken last in a transaction, given back by its rollback.
create table number_series (
    organisation_id text not null references organisation (id),
    series text not null,
    last integer not null,
    primary key (organisation_id, series)
) strict;
