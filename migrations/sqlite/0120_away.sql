-- Who is away, who stands in for whom, and when the timers of tasks ring.
create table delegation (
    id text primary key,
    organisation_id text not null references organisation (id),
    principal_id text not null references person (id),  -- whose tasks are handed over
    deputy_id text not null references person (id),
    up_to_minor integer,                        -- only requisitions up to this total
    currency text,
    category text,                          -- only lines whose UNSPSC codes begin so
    starts_at integer not null,
    ends_at integer not null,
    reason text not null,
    made_by text not null references person (id),
    made_at integer not null,
    ended_at integer,
    version integer not null,
    check (principal_id <> deputy_id),
    check (starts_at < ends_at),
    check ((up_to_minor is null) = (currency is null))
) strict;
create index delegation_by_principal on delegation (principal_id, ends_at);
create index delegation_by_deputy on delegation (deputy_id, ends_at);
create index delegation_by_organisation on delegation (organisation_id, id);

-- Who may decide a task beside its assignee, recorded when it arose.
create table stand_in (
    task_id text not null references task (id),
    person_id text not null references person (id),
    requester_id text not null references person (id),
    kind text not null check (kind in ('delegation', 'escalation')),
    delegation_id text references delegation (id),
    since_at integer not null,
    until_at integer,
    primary key (task_id, person_id),
    -- Nobody signs his own requisition, by whatever way.
    check (person_id <> requester_id)
) strict;
create index stand_in_by_person on stand_in (person_id, task_id);

alter table task add column remind_at integer;
alter table task add column escalate_at integer;
alter table task add column expire_at integer;
alter table task add column reminded_at integer;
alter table task add column escalated_at integer;
alter table task add column stopped_at integer;     -- since when a question stops the clock
alter table task add column next_timer_at integer;  -- the earliest of what is still to ring
create index task_by_timer on task (next_timer_at);

create table absence (
    id text primary key,
    organisation_id text not null references organisation (id),
    person_id text not null references person (id),
    starts_on text not null,
    ends_on text not null,                  -- the last day away
    reason text not null,
    uid text,                               -- of the calendar entry it was imported from
    made_at integer not null,
    check (starts_on <= ends_on),
    unique (person_id, uid)
) strict;
create index absence_by_person on absence (person_id, starts_on);
create index absence_by_organisation on absence (organisation_id, id);

create table holiday (
    organisation_id text not null references organisation (id),
    day text not null,
    name text not null,
    primary key (organisation_id, day)
) strict;

-- How an organisation signs off beside its policy; without a row the built-in values hold.
create table sign_off (
    organisation_id text primary key references organisation (id),
    remind_after integer not null,              -- working days; 0: never
    escalate_after integer not null,
    expire_after integer not null,
    tolerance text not null,                -- percent by which an edit may raise the total
    approver_quantity integer not null,
    approver_account integer not null,
    version integer not null
) strict;
