-- Who takes part: buyer organisations, suppliers, people, connections, logins.
create table organisation (
    id text primary key,
    name text not null unique,              -- short name: acme
    title text not null,                    -- Acme Industries
    currency text not null,
    checkout text not null check (checkout in ('transfer', 'approve_then_transfer', 'approve_then_order')),
    locale text not null,
    time_zone text not null,
    default_manager_id text,
    default_cost_center_id text,
    order_url text,                         -- where a copy of each OrderRequest goes
    invoice_url text,                       -- where approved invoices and status updates go
    price_tolerance text not null,          -- percent by which an ordered price may differ; 0 = exact
    created_at bigint not null,
    version bigint not null
);

create table supplier (
    id text primary key,
    name text not null unique,              -- short name: office-one
    title text not null,
    email text,
    owner_id text references organisation (id),
    created_at bigint not null,
    version bigint not null
);

create table person (
    id text primary key,
    organisation_id text references organisation (id),
    supplier_id text references supplier (id),
    email text not null unique,             -- folded
    name text not null,
    password_hash text,
    manager_id text references person (id),
    default_cost_center_id text,
    locale text not null,
    time_zone text not null,
    disabled_at bigint,
    created_at bigint not null,
    version bigint not null,
    check ((organisation_id is null) <> (supplier_id is null))
);
create index person_by_organisation on person (organisation_id, id);
create index person_by_supplier on person (supplier_id, id);

create table person_role (
    person_id text not null references person (id),
    role text not null,
    primary key (person_id, role)
);
create index person_role_by_role on person_role (role, person_id);

create table cost_center (
    id text primary key,
    organisation_id text not null references organisation (id),
    code text not null,
    name text not null,
    owner_id text references person (id),
    disabled_at bigint,
    version bigint not null,
    unique (organisation_id, code)
);

create table person_cost_center (
    person_id text not null references person (id),
    cost_center_id text not null references cost_center (id),
    primary key (person_id, cost_center_id)
);

create table address (
    id text primary key,
    organisation_id text not null references organisation (id),
    kind text not null check (kind in ('ship_to', 'bill_to')),
    code text not null,
    name text not null,
    deliver_to text not null,
    street text not null,
    city text not null,
    postal_code text not null,
    country text not null,                  -- ISO 3166-1 alpha-2
    email text,
    is_default bigint not null,
    version bigint not null,
    unique (organisation_id, kind, code)
);

-- A connection: to a buyer's procurement system, or to a supplier on behalf of one organisation.
create table partner (
    id text primary key,
    kind text not null check (kind in ('buyer', 'supplier')),
    organisation_id text not null references organisation (id),
    supplier_id text references supplier (id),
    name text not null,
    -- buyer side
    cart_encoding text not null check (cart_encoding in ('urlencoded', 'base64')),
    return_hosts text not null,             -- host[:port], blank separated
    frame_ancestors text not null,          -- origins, blank separated
    allow_http bigint not null,
    oci_user text,
    oci_user_field text not null,
    oci_password_field text not null,
    oci_hook_field text not null,
    -- supplier side
    channel text check (channel in ('cxml', 'email', 'desk')),
    url text,
    email text,
    disabled_at bigint,
    created_at bigint not null,
    version bigint not null,
    check ((kind = 'supplier') = (supplier_id is not null)),
    check ((kind = 'supplier') = (channel is not null))
);
create unique index partner_supply on partner (organisation_id, supplier_id);
create unique index partner_oci_user on partner (oci_user);
create index partner_by_organisation on partner (organisation_id, id);

create table partner_identity (
    partner_id text not null references partner (id),
    position bigint not null,              -- the first is written into documents
    domain text not null,                   -- as registered: NetworkId
    domain_fold text not null,              -- as compared: networkid
    identity text not null,
    primary key (partner_id, position)
);
create index partner_identity_lookup on partner_identity (identity, domain_fold);

-- Two slots, so that a secret can be changed while both sides still use the old one.
create table partner_secret (
    partner_id text not null references partner (id),
    slot bigint not null check (slot in (1, 2)),
    sealed bytea not null,
    digest text not null,
    created_at bigint not null,
    primary key (partner_id, slot)
);

create table session (
    id text primary key,
    kind text not null check (kind in ('login', 'api', 'punchout')),
    person_id text not null references person (id),
    punchout_session_id text,
    token_hash text not null unique,
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    ended_at bigint
);
create index session_by_person on session (person_id, id);

create table invite (
    id text primary key,
    person_id text not null references person (id),
    kind text not null check (kind in ('invite', 'reset')),
    expires_at bigint not null,
    used_at bigint,
    created_at bigint not null
);

-- Failed logins per e-mail address, so that guessing slows down.
create table login_failure (
    email text primary key,
    failures bigint not null,
    last_at bigint not null
);
