-- What approvers did to single lines, the amounts that standing signatures were given over, and the
-- conversation about a requisition.
create table line_edit (
    id text primary key,
    requisition_id text not null references requisition (id),
    task_id text references task (id),
    person_id text not null references person (id),
    position bigint not null,
    what text not null check (what in ('rejected', 'quantity', 'account')),
    sku text not null,
    description text not null,
    before_text text not null,
    after_text text not null,
    reason text not null,
    made_at bigint not null
);
create index line_edit_by_requisition on line_edit (requisition_id, id);

alter table requisition add column signed text;  -- JSON; nothing: what was handed in

create table remark (
    id text primary key,
    requisition_id text not null references requisition (id),
    person_id text not null references person (id),
    kind text not null check (kind in ('comment', 'question', 'answer')),
    text text not null,
    made_at bigint not null
);
create index remark_by_requisition on remark (requisition_id, id);
