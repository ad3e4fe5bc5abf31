-- How long an organisation keeps exchanges that went wrong; without a row 60 days.
create table wire_keeping (
    organisation_id text primary key references organisation (id),
    days bigint not null
);

-- Links to an exchange that are good. The link itself is a token of these three and stands nowhere.
create table wire_share (
    organisation_id text not null,
    exchange text not null,                 -- id of a wire_exchange or of a document
    until bigint not null,
    person text not null,                   -- who made it, by name
    at bigint not null,
    primary key (organisation_id, exchange, until)
);

-- When admins were last told of a cause with a partner, and which exchanges were looked at for that.
create table wire_told (
    partner_id text not null,
    cause text not null,
    at bigint not null,
    primary key (partner_id, cause)
);
alter table wire_exchange add column looked_at bigint;
create index wire_exchange_to_tell on wire_exchange (id) where looked_at is null;
