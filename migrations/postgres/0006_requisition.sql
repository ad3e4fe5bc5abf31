-- Carts handed in for sign-off, their plans, steps and tasks.
create table requisition (
    id text primary key,
    number text not null,
    organisation_id text not null references organisation (id),
    requester_id text not null references person (id),
    cart_id text references cart (id),
    punchout_session_id text references punchout_session (id),
    source text not null check (source in ('cart', 'incoming_order')),
    checkout text not null check (checkout in ('transfer', 'approve_then_transfer', 'approve_then_order')),
    buyer_order_id text,                    -- the procurement system's orderID, journey 1
    buyer_payload_id text,
    cost_center_id text references cost_center (id),
    cost_center text not null,
    ship_to text not null,                  -- JSON snapshot of the address
    bill_to text not null,                  -- JSON snapshot of the address
    needed_on text,
    comment text not null,
    currency text not null,
    total_minor bigint not null,
    state text not null check (state in ('draft', 'pending', 'approved', 'rejected', 'withdrawn', 'expired', 'ordered')),
    round bigint not null,                 -- counts edits while pending; each round has its own plan
    content_hash text not null,
    approval_version bigint not null,
    limits_version bigint not null,
    because text not null,                  -- why nobody is asked, when nobody is
    flags text not null,                    -- JSON: what was flagged on arrival (price differences)
    submitted_at bigint not null,
    decided_at bigint,
    reject_reason text,
    returned_pending_at bigint,
    returned_final_at bigint,
    version bigint not null,
    unique (organisation_id, number)
);
create index requisition_by_requester on requisition (requester_id, id);
create index requisition_by_organisation on requisition (organisation_id, id);
create unique index requisition_by_buyer_order on requisition (organisation_id, buyer_order_id);
create index requisition_by_cart on requisition (cart_id);

create table requisition_line (
    id text primary key,
    requisition_id text not null references requisition (id),
    position bigint not null,
    item_id text references item (id),
    supplier_id text not null references supplier (id),
    sku text not null,
    aux_id text not null,
    description text not null,
    quantity text not null,
    unit text not null,
    price_amount text not null,
    price_per text not null,
    currency text not null,
    total_minor bigint not null,
    unspsc text not null,
    manufacturer text not null,
    manufacturer_sku text not null,
    lead_time_days bigint,
    accounts text not null,                 -- JSON: accounting segments
    attachments text not null,              -- JSON: SHA-256 of attached files
    unique (requisition_id, position)
);

create table step (
    id text primary key,
    requisition_id text not null references requisition (id),
    round bigint not null,
    position bigint not null,              -- steps side by side share one
    mode text not null check (mode in ('all', 'any')),
    state text not null check (state in ('waiting', 'open', 'approved', 'rejected', 'void')),
    rule_id text not null,
    rule_version bigint not null,
    because text not null
);
create index step_by_requisition on step (requisition_id, round, position);

create table task (
    id text primary key,
    step_id text not null references step (id),
    requisition_id text not null references requisition (id),
    organisation_id text not null references organisation (id),
    requester_id text not null references person (id),
    assignee_id text not null references person (id),
    state text not null check (state in ('waiting', 'open', 'approved', 'rejected', 'void')),
    content_hash text not null,
    opened_at bigint,
    due_at bigint,
    decision text check (decision in ('approve', 'reject')),
    decided_by text references person (id),
    on_behalf_of text references person (id),
    decided_at bigint,
    comment text,
    version bigint not null,
    -- Nobody signs his own requisition, whatever a program may have got wrong.
    check (assignee_id <> requester_id),
    check (decided_by is null or decided_by <> requester_id),
    -- A decision stays with its task for ever, also when the task is void later.
    check (state not in ('approved', 'rejected') or decision is not null),
    check ((decision is null) = (decided_by is null)),
    check ((decision is null) = (decided_at is null))
);
create index task_by_assignee on task (assignee_id, state, id);
create index task_by_requisition on task (requisition_id);
create index task_by_step on task (step_id);
