-- The month a fiscal year begins with, 1 to 12: limits and budgets count by it.
alter table organisation add column fiscal_month integer not null default 1
    check (fiscal_month between 1 and 12);

-- What was handed in within a period, by one person or by everybody.
create index requisition_by_requester_time on requisition (requester_id, submitted_at);
create index requisition_by_organisation_time on requisition (organisation_id, submitted_at);
