create table budget (
    id text primary key,
    organisation_id text not null references organisation (id),
    cost_center_id text not null references cost_center (id),
    period text not null,                   -- its name: 2026
    starts_on text not null,
    ends_on text not null,
    mode text not null check (mode in ('block', 'warn', 'require_approval')),
    currency text not null,
    limit_minor bigint not null check (limit_minor >= 0),
    reserved_minor bigint not null check (reserved_minor >= 0),
    committed_minor bigint not null check (committed_minor >= 0),
    spent_minor bigint not null check (spent_minor >= 0),
    version bigint not null,
    unique (cost_center_id, period)
);
create index budget_by_organisation on budget (organisation_id, id);

-- Double entry: every movement leaves one account and arrives in another.
create table budget_entry (
    id text primary key,
    budget_id text not null references budget (id),
    source text not null check (source in ('available', 'reserved', 'committed', 'spent')),
    target text not null check (target in ('available', 'reserved', 'committed', 'spent')),
    amount_minor bigint not null check (amount_minor > 0),
    requisition_id text,
    about text not null,                    -- the requisition, order or invoice that moved it
    at bigint not null,
    check (source <> target)
);
create index budget_entry_by_budget on budget_entry (budget_id, at, id);
create index budget_entry_by_requisition on budget_entry (requisition_id);
