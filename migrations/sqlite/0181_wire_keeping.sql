-- How long an organisation keeps exchanges that went wrong; without a row 60 days.
create table wire_keeping (
    organisation_id text primary key references organisation (id),
    days integer not null
) strict;

-- Links to an exchange that are good. The link itself is a token of these three and stands nowhere.
create table wire_share (
    organisation_id text not null,
    exchange text not null,                 -- id of a wire_exchange or of a document
    until integer not null,
    person text not null,                   -- who made it, by name
    at integer not null,
    primary key (organisation_id, exchange, until)
) strict;

-- When admins were last told of a cause with a partner, and which exchanges were looked at for that.
create table wire_told (
    partner_id text not null,
    cause text not null,
    at integer not null,
    primary key (partner_id, cause)
) strict;
alter table wire_exchange add column looked_at integer;
create index wire_exchange_to_tell on wire_exchange (id) where looked_at is null;
