-- What went over the wire. Secrets and live tokens are cut out before anything is stored.
create table document (
    id text primary key,
    direction text not null check (direction in ('in', 'out')),
    kind text not null,                     -- payload element or form: OrderRequest, OciBasket
    organisation_id text,
    supplier_id text,
    partner_id text,
    about text,                             -- the object it is about
    sender text not null,
    payload_id text not null,
    content_type text not null,
    body bytea not null,
    sha256 text not null,
    status bigint,                         -- cXML status code of an answer
    reply_to text,                          -- the document this one answers
    at bigint not null
);
create index document_by_about on document (about, id);
create index document_by_organisation on document (organisation_id, id);

-- A document may concern more than one object (an order and its requisition).
create table document_about (
    about text not null,
    document_id text not null references document (id),
    primary key (about, document_id)
);

-- Which (sender, payloadID) was answered, with what.
create table inbox (
    sender text not null,
    payload_id text not null,
    body_sha256 text not null,
    document_id text not null,
    answer_id text not null,
    at bigint not null,
    primary key (sender, payload_id)
);

-- The outbox: frozen bytes on their way to a partner.
create table delivery (
    id text primary key,
    document_id text not null references document (id),
    organisation_id text not null,
    partner_id text,
    purpose text not null check (purpose in ('order', 'order_copy', 'status_update', 'invoice')),
    about text not null,
    channel text not null check (channel in ('cxml', 'email', 'desk')),
    target text not null,                   -- URL or e-mail address at the time of freezing
    state text not null check (state in ('waiting', 'sending', 'delivered', 'failed')),
    attempts bigint not null,             -- of all rounds
    round_attempts bigint not null,       -- since round_at
    round_at bigint,                       -- first attempt, or when a person asked for it again
    created_at bigint not null,
    next_at bigint,
    lease_until bigint,
    fence bigint not null,
    told_at bigint,                        -- people were told that it is late
    finished_at bigint
);
create index delivery_due on delivery (state, next_at);
create index delivery_by_about on delivery (about, id);

-- Mail to people.
create table letter (
    id text primary key,
    organisation_id text,
    person_id text references person (id),
    address text not null,
    name text not null,
    language text not null,
    subject text not null,
    text_body text not null,                -- with the link mark where a live link goes
    html_body text not null,
    link text not null,                     -- what the live link leads to: decide task_01J..; or nothing
    link_bound text not null,               -- content hash a decide link is bound to
    about text not null,
    state text not null check (state in ('waiting', 'sending', 'delivered', 'failed')),
    attempts bigint not null,
    created_at bigint not null,
    next_at bigint,
    lease_until bigint,
    fence bigint not null,
    finished_at bigint
);
create index letter_due on letter (state, next_at);
create index letter_by_about on letter (about, id);

create table attempt (
    subject_id text not null,               -- delivery or letter
    number bigint not null,
    started_at bigint not null,
    finished_at bigint not null,
    outcome text not null check (outcome in ('delivered', 'transient', 'permanent')),
    status bigint,
    detail text not null,
    primary key (subject_id, number)
);
