-- What every setup request, document and audit entry costs. No index that no question uses; none of
-- what is asked only once a cart came back.
drop index document_by_about;
create index document_by_reply on document (reply_to) where reply_to is not null;
drop index punchout_session_by_partner;
drop index punchout_session_by_person;
drop index punchout_session_by_cookie;
create index punchout_session_by_cookie on punchout_session (partner_id, cookie_sha256)
    where state = 'returned';
drop index punchout_session_returned;
create index punchout_session_returned on punchout_session (organisation_id, returned_at)
    where state = 'returned';

-- The next event of an address, however many wait for it.
create index webhook_event_next on webhook_event (webhook_id, next_at) where state = 'waiting';

-- What a document or an entry is about stands in one place instead of in a table and its index, and
-- is not checked against the row that was written with it.
create table lean_about (
    about text not null,
    document_id text not null,
    primary key (about, document_id)
) strict, without rowid;
insert into lean_about (about, document_id) select about, document_id from document_about;
drop table document_about;
alter table lean_about rename to document_about;

create table lean_about (
    about text not null,
    entry_id text not null,
    primary key (about, entry_id)
) strict, without rowid;
insert into lean_about (about, entry_id) select about, entry_id from audit_about;
drop table audit_about;
alter table lean_about rename to audit_about;
