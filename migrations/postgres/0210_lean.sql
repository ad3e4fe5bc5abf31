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

-- What a document or an entry is about is not checked against the row that was written with it.
alter table document_about drop constraint document_about_document_id_fkey;
alter table audit_about drop constraint audit_about_entry_id_fkey;

-- A reference locks the row it names: every setup request would lock the same organisation,
-- connection and person, which are read in the same transaction and never deleted. The words are
-- those of enumerations; to check them PostgreSQL reads the condition's text for every statement.
alter table punchout_session
    drop constraint punchout_session_organisation_id_fkey,
    drop constraint punchout_session_partner_id_fkey,
    drop constraint punchout_session_person_id_fkey,
    drop constraint punchout_session_protocol_check,
    drop constraint punchout_session_operation_check,
    drop constraint punchout_session_state_check;
alter table document drop constraint document_direction_check;
