create table cart (
    id text primary key,
    organisation_id text not null references organisation (id),
    person_id text not null references person (id),
    punchout_session_id text references punchout_session (id),
    currency text not null,
    state text not null check (state in ('open', 'submitted', 'returned', 'cancelled')),
    created_at integer not null,
    updated_at integer not null,
    returned_at integer,
    version integer not null
) strict;
create index cart_by_person on cart (person_id, state, id);
create index cart_by_session on cart (punchout_session_id);

create table cart_line (
    id text not null,                       -- the same in every cart that was made from this one
    cart_id text not null references cart (id),
    position integer not null,
    item_id text references item (id),
    supplier_id text not null references supplier (id),
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
    lead_time_days integer,
    primary key (cart_id, id),
    unique (cart_id, position)
) strict;
create index cart_line_by_id on cart_line (id);
