-- A receipt that the procurement system sent: its own number, and the document that said it.
alter table receipt add column number text not null default '';
alter table receipt add column document_id text;

-- What the procurement system says it paid for an invoice. What the sum of the gross amounts leaves
-- of the invoice is still open.
create table payment (
    invoice_id text not null references invoice (id),
    remittance text not null,               -- the payer's number of the remittance
    document_id text not null,
    paid_on text,
    currency text not null,
    gross_minor bigint not null,            -- what it settles of the invoice
    net_minor bigint not null,              -- what was transferred for that
    at bigint not null,
    primary key (invoice_id, remittance)
);

-- Lists of what came by kind, such as suppliers' catalogues.
create index document_by_kind on document (organisation_id, kind, id);
