-- A document of some length stands packed in its row: the audit keeps every document, and most of
-- what a setup request writes is its document.
alter table document add column packing text;   -- how the body is packed; null: as it came

-- Answers are found by what they answer, and are listed with it.
drop index document_by_organisation;
create index document_by_organisation on document (organisation_id, id) where reply_to is null;
drop index document_by_kind;
create index document_by_kind on document (organisation_id, kind, id) where reply_to is null;

-- A start link names its session, so nothing is looked up by the hash: an index of hashes writes a
-- page of its own for every session.
alter table punchout_session drop constraint punchout_session_start_hash_key;
