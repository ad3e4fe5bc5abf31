create table invoice (
    id text primary key,
    organisation_id text not null references organisation (id),
    supplier_id text not null references supplier (id),
    number text not null,                   -- the supplier's invoiceID
    source text not null check (source in ('cxml', 'desk')),
    invoiced_on text not null,
    currency text not null,
    subtotal_minor bigint not null,
    tax_minor bigint not null,
    shipping_minor bigint not null,
    handling_minor bigint not null,
    discount_minor bigint not null,
    total_minor bigint not null,           -- what is to be paid
    state text not null check (state in ('received', 'difference', 'approved', 'issued', 'rejected', 'paid')),
    match_result text not null check (match_result in ('clean', 'difference')),
    decided_by text,                        -- the person who approved or rejected a difference
    reason text not null,                   -- why, in that person's words, or what took its place
    document_id text,
    issued_document_id text,
    received_at bigint not null,
    version bigint not null
);
create index invoice_by_organisation on invoice (organisation_id, id);
create index invoice_by_supplier on invoice (supplier_id, organisation_id, number);
-- Of one number of one supplier only one stands; rejected ones are history.
create unique index invoice_standing on invoice (supplier_id, organisation_id, number)
    where state <> 'rejected';

create table invoice_line (
    invoice_id text not null references invoice (id),
    line_number bigint not null,
    order_id text not null references purchase_order (id),
    order_line_number bigint not null,
    description text not null,
    sku text not null,
    quantity text not null,
    unit text not null,
    price_amount text not null,
    price_per text not null,
    subtotal_minor bigint not null,
    tax_rate text,                          -- percent; null when the supplier did not say
    tax_minor bigint not null,
    primary key (invoice_id, line_number)
);
create index invoice_line_by_order on invoice_line (order_id);

create table invoice_difference (
    invoice_id text not null references invoice (id),
    position bigint not null,
    line_number bigint,
    field text not null,
    expected text not null,
    got text not null,
    tolerance text not null,
    primary key (invoice_id, position)
);
