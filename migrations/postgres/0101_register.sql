-- What rules may ask about beside carts and people: groups, units, projects, and what the
-- organisation thinks of a supplier. One line each, as an admin writes them.
create table register_entry (
    organisation_id text not null references organisation (id),
    kind text not null check (kind in ('groups', 'units', 'projects', 'suppliers')),
    position bigint not null,
    name text not null,                     -- group; person's e-mail; project's code; supplier
    value text not null,                    -- person's e-mail; unit; project's name; status
    owner text not null,                    -- e-mail of the contract's owner, of a supplier
    primary key (organisation_id, kind, position)
);
create index register_entry_by_name on register_entry (organisation_id, kind, name);

alter table requisition add column extras text not null default '{}';  -- JSON: project, own fields, added approvers
alter table item add column eclass text not null default '';

-- What a plan was made from, and the plan itself, so that it can be made again at any time.
create table plan_record (
    requisition_id text not null references requisition (id),
    round bigint not null,
    organisation_id text not null references organisation (id),
    facts text not null,                    -- JSON
    plan text not null,                     -- JSON
    primary key (requisition_id, round)
);
create index plan_record_by_organisation on plan_record (organisation_id, requisition_id, round);

-- A version may be approved to come into force later.
alter table policy_version add column activate_at bigint;

-- A draft that runs beside the rules in force and changes nothing.
create table policy_shadow (
    organisation_id text not null references organisation (id),
    kind text not null check (kind in ('approval', 'limits')),
    number bigint not null,
    since_at bigint not null,
    primary key (organisation_id, kind)
);
create table policy_divergence (
    requisition_id text not null references requisition (id),
    round bigint not null,
    organisation_id text not null references organisation (id),
    shadow text not null,                   -- which drafts ran: approval 4, limits 2
    draft text not null,                    -- JSON: the plan the draft would have made
    at bigint not null,
    primary key (requisition_id, round, shadow)
);
create index policy_divergence_by_organisation on policy_divergence (organisation_id, requisition_id);
