-- Suppliers' own punchout sites, the visits made to them, and the cart lines they sent.
create table supplier_site (
    id text primary key,
    organisation_id text not null references organisation (id),
    supplier_id text not null references supplier (id),
    title text not null,
    protocol text not null check (protocol in ('cxml', 'oci')),
    url text not null,
    domain text not null,                   -- cXML: the supplier's identity; empty: as its orders have it
    identity text not null,
    oci_user text not null,
    oci_user_field text not null,
    oci_password_field text not null,
    oci_hook_field text not null,
    oci_more text not null,                 -- JSON: further parameters of the call
    price_check text not null check (price_check in ('none', 'validate', 'inspect')),
    sealed blob,                            -- the secret or password; none: as its orders have it
    disabled_at integer,
    created_at integer not null,
    version integer not null,
    unique (organisation_id, supplier_id)
) strict;

create table site_visit (
    id text primary key,
    site_id text not null references supplier_site (id),
    organisation_id text not null references organisation (id),
    person_id text not null references person (id),
    session_id text not null references session (id),
    punchout_session_id text references punchout_session (id),
    cart_id text not null references cart (id),
    operation text not null check (operation in ('create', 'edit', 'inspect')),
    state text not null check (state in ('asked', 'open', 'returned', 'failed')),
    return_hash text not null unique,       -- of the token in the address the cart comes back to
    expires_at integer not null,
    body_sha256 text,                       -- of what came back
    created_at integer not null,
    returned_at integer,
    version integer not null
) strict;
create index site_visit_by_person on site_visit (person_id, id);
create index site_visit_by_cart on site_visit (cart_id, id);

create table site_line (
    cart_id text not null references cart (id),
    line_id text not null,
    site_id text not null references supplier_site (id),
    allowed text not null check (allowed in ('create', 'edit', 'inspect')),
    held text,                              -- why somebody must look at its price; none: the supplier stands by it
    primary key (cart_id, line_id)
) strict;
