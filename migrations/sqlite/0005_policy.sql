-- Policies are versioned rows; at most one version of a kind is active in an organisation.
create table policy_version (
    id text primary key,
    organisation_id text not null references organisation (id),
    kind text not null check (kind in ('access', 'approval', 'limits')),
    number integer not null,
    csv text not null,
    author_id text references person (id),
    comment text not null,
    state text not null check (state in ('draft', 'active', 'retired')),
    created_at integer not null,
    activated_by text references person (id),
    activated_at integer,
    version integer not null,
    unique (organisation_id, kind, number)
) strict;
create unique index policy_version_active on policy_version (organisation_id, kind) where state = 'active';
