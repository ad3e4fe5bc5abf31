-- Written with their own hash in the deciding transaction; linked into the chain by the sealer.
create table audit_entry (
    id text primary key,
    organisation_id text,
    at bigint not null,
    actor text not null,
    kind text not null,
    about text not null,
    body text not null,                     -- canonical JSON of the fact
    entry_hash text not null,
    position bigint unique,
    chain_hash text
);
create index audit_entry_unsealed on audit_entry (id) where position is null;
create index audit_entry_by_organisation on audit_entry (organisation_id, id);

create table audit_about (
    about text not null,
    entry_id text not null references audit_entry (id),
    primary key (about, entry_id)
);

-- Answers already given to an Idempotency-Key; kept for ever.
create table idempotency (
    person_id text not null,
    call text not null,
    key text not null,
    body_sha256 text not null,
    answer text not null,
    at bigint not null,
    primary key (person_id, call, key)
);

-- One holder at a time for work that must not run twice: the sealer, the timers.
create table lease (
    name text primary key,
    holder text not null,
    fence bigint not null,
    until bigint not null
);
