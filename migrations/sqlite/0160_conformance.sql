-- Trials of a partner's system by the conformance suite. The documents themselves are in
-- `document`, under the trial's id; nothing here or there can become an order.
create table conformance_trial (
    id text primary key,
    partner_id text not null references partner (id),
    organisation_id text not null references organisation (id),
    side text not null,
    -- the test address of the partner, typed for this trial
    url text not null,
    began_at integer not null,
    -- somebody is sending until then at the latest
    sending_until integer,
    version integer not null
) strict;
create index conformance_trial_partner on conformance_trial (partner_id, id);

-- One document and its answer, in the order in which they went.
create table conformance_exchange (
    trial_id text not null references conformance_trial (id),
    number integer not null,
    way text not null,
    step text not null,
    request_id text not null references document (id),
    answer_id text references document (id),
    http integer,
    took_ms integer not null,
    -- what was seen while the secrets were still in the bytes
    notes text not null,
    trouble text not null,
    primary key (trial_id, number)
) strict;

-- Signed reports, as they were given out.
create table conformance_report (
    id text primary key,
    trial_id text not null references conformance_trial (id),
    partner_id text not null references partner (id),
    organisation_id text not null references organisation (id),
    passed integer not null,
    body text not null,
    signature text not null,
    made_at integer not null
) strict;
create index conformance_report_partner on conformance_report (partner_id, id);

-- Partners that are held back until a report passed, or were. Who has no row is live.
create table partner_hold (
    partner_id text primary key references partner (id),
    held integer not null,
    report_id text references conformance_report (id),
    changed_at integer not null
) strict;
