-- Addresses that an organisation wants to be told at, and what is on its way to them.
create table webhook (
    id text primary key,
    organisation_id text not null references organisation (id),
    url text not null,
    kinds text not null,                    -- words of kinds, with a blank between
    sealed bytea not null,                   -- the secret that signs what is sent
    made_by text not null references person (id),
    made_at bigint not null,
    removed_at bigint
);
create index webhook_by_organisation on webhook (organisation_id, id);

create table webhook_event (
    id text primary key,
    event_id text not null,                 -- the same for every address that is told of a fact
    webhook_id text not null references webhook (id),
    organisation_id text not null,
    kind text not null,
    about text not null,
    body text not null,
    state text not null check (state in ('waiting', 'sending', 'delivered', 'failed')),
    attempts bigint not null,
    created_at bigint not null,
    next_at bigint,
    lease_until bigint,
    fence bigint not null,
    finished_at bigint
);
create index webhook_event_due on webhook_event (state, next_at);
create index webhook_event_by_webhook on webhook_event (webhook_id, id);
