-- A budget is for a cost centre, a project or an account: kind and key together. The key of a cost
-- centre is its id, which stays when its code changes; of the others it is their code.
create table budget_new (
    id text primary key,
    organisation_id text not null references organisation (id),
    subject_kind text not null check (subject_kind in ('cost_center', 'project', 'account')),
    subject text not null,
    period text not null,                   -- its name: 2026, 2026-Q2 or 2026-03
    starts_on text not null,
    ends_on text not null,
    mode text not null check (mode in ('block', 'warn', 'require_approval')),
    currency text not null,
    limit_minor bigint not null check (limit_minor >= 0),  -- granted and carried over together
    carried_minor bigint not null,         -- below zero: left to the period after
    carries_over bigint not null check (carries_over in (0, 1)),
    reserved_minor bigint not null check (reserved_minor >= 0),
    committed_minor bigint not null check (committed_minor >= 0),
    spent_minor bigint not null check (spent_minor >= 0),
    -- How far invoices or a smaller limit went beyond it; no reservation may.
    overdrawn_minor bigint not null check (overdrawn_minor >= 0),
    version bigint not null,
    unique (organisation_id, subject_kind, subject, period),
    check (mode <> 'block'
        or reserved_minor + committed_minor + spent_minor <= limit_minor + overdrawn_minor)
);
insert into budget_new select id, organisation_id, 'cost_center', cost_center_id, period, starts_on,
    ends_on, mode, currency, limit_minor, carried_minor, carries_over, reserved_minor,
    committed_minor, spent_minor, overdrawn_minor, version
    from budget;

create table budget_entry_new (
    id text primary key,
    budget_id text not null references budget_new (id),
    source text not null
        check (source in ('available', 'reserved', 'committed', 'spent', 'granted', 'carried')),
    target text not null
        check (target in ('available', 'reserved', 'committed', 'spent', 'granted', 'carried')),
    amount_minor bigint not null check (amount_minor > 0),
    cause text not null,
    actor text not null,                    -- by the name it has in the audit trail
    requisition_id text,
    about text not null,                    -- the requisition, order, invoice or budget that moved it
    at bigint not null,
    check (source <> target)
);
insert into budget_entry_new select id, budget_id, source, target, amount_minor, cause, actor,
    requisition_id, about, at
    from budget_entry;
drop table budget_entry;
drop table budget;
alter table budget_new rename to budget;
alter table budget_entry_new rename to budget_entry;
create index budget_by_organisation on budget (organisation_id, id);
create index budget_entry_by_budget on budget_entry (budget_id, at, id);
create index budget_entry_by_requisition on budget_entry (requisition_id);
