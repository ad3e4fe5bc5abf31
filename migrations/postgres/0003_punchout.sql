-- Visits from procurement systems.
create table punchout_session (
    id text primary key,
    organisation_id text not null references organisation (id),
    partner_id text not null references partner (id),
    person_id text not null references person (id),
    protocol text not null check (protocol in ('cxml', 'oci')),
    operation text not null check (operation in ('create', 'edit', 'inspect', 'source')),
    state text not null check (state in ('issued', 'open', 'returned', 'cancelled', 'expired')),
    buyer_cookie text not null,
    cookie_sha256 text not null,            -- a cookie may be longer than an index can hold
    return_url text not null,
    return_target text not null,
    charset text not null,
    echo text not null,                     -- JSON: parameters that travel back as they came
    wire text not null,                     -- JSON: identities, language and mode for the return document
    selected_item text,
    start_hash text not null unique,
    start_expires_at bigint not null,
    started_at bigint,
    path_at bigint,                         -- went on by the address: no cookies
    cart_id text,
    return_document_id text,                -- what was last frozen for the way back
    created_at bigint not null,
    returned_at bigint,
    version bigint not null
);
create index punchout_session_by_partner on punchout_session (partner_id, id);
create index punchout_session_by_person on punchout_session (person_id, id);
create index punchout_session_by_cookie on punchout_session (partner_id, cookie_sha256);
create index punchout_session_returned on punchout_session (organisation_id, state, returned_at);
