-- Credit and debit memos stand among the invoices: which one they correct, and what their lines
-- count. The sums of a credit memo are below zero.
alter table invoice add column kind text not null default 'invoice'
    check (kind in ('invoice', 'credit_memo', 'debit_memo'));
alter table invoice add column corrects_id text;       -- the invoice that a memo is about
alter table invoice add column charges_minor integer not null default 0;
alter table invoice add column allowances_minor integer not null default 0;
create index invoice_by_corrected on invoice (corrects_id);

-- goods: a quantity at a price; amount: money alone, for a line; order: money for a whole order.
alter table invoice_line add column scope text not null default 'goods'
    check (scope in ('goods', 'amount', 'order'));
