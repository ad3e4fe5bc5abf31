-- What can be bought, at which price, and how it is found.
create table item (
    id text primary key,
    supplier_id text not null references supplier (id),
    sku text not null,
    aux_id text not null,                   -- SupplierPartAuxiliaryID, echoed byte for byte
    name text not null,
    description text not null,
    unit text not null,                     -- UN/ECE Rec 20 or the catalogue's own code
    unspsc text not null,
    category text not null,
    manufacturer text not null,
    manufacturer_sku text not null,
    lead_time_days integer,
    withdrawn_at integer,
    updated_at integer not null,
    version integer not null,
    unique (supplier_id, sku)
) strict;
create index item_by_category on item (category, id);
create index item_by_supplier on item (supplier_id, id);

create table item_word (
    word text not null,                     -- folded, see base::text::words
    item_id text not null references item (id),
    primary key (word, item_id)
) strict, without rowid;
create index item_word_by_item on item_word (item_id, word);

-- A price for everybody (organisation_id null) or the contract price of one organisation.
create table price (
    id text primary key,
    item_id text not null references item (id),
    organisation_id text references organisation (id),
    currency text not null,
    amount text not null,
    per text not null,                      -- price basis quantity
    min_quantity text not null,             -- the tier begins here
    updated_at integer not null
) strict;
create index price_by_item on price (item_id, currency);
