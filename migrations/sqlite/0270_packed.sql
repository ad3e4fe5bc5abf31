-- A document of some length stands packed in its row: the audit keeps every document, and most of
-- what a setup request writes is its document.
alter table document add column packing text;   -- how the body is packed; null: as it came

-- Answers are found by what they answer, and are listed with it.
drop index document_by_organisation;
create index document_by_organisation on document (organisation_id, id) where reply_to is null;
drop index document_by_kind;
create index document_by_kind on document (organisation_id, kind, id) where reply_to is null;

-- A start link names its session, so nothing is looked up by the hash: an index of hashes writes a
-- page of its own for every session. What a session refers to is read in the same transaction and
-- never deleted.
create table lean_session (
    id text primary key,
    organisation_id text not null,
    partner_id text not null,
    person_id text not null,
    protocol text not null check (protocol in ('cxml', 'oci')),
    operation text not null check (operation in ('create', 'edit', 'inspect', 'source')),
    state text not null check (state in ('issued', 'open', 'returned', 'cancelled', 'expired')),
    buyer_cookie text not null,
    cookie_sha256 text not null,            -- a cookie may be longer than an index can hold
    return_url text not null,
    return_target text not null,
    charset text not null,
    echo text not null,                     -- JSON: parameters that travel back as they came
    wire text not null,                     -- JSON: identities, language and mode for the return document
    selected_item text,
    start_hash text not null,
    start_expires_at integer not null,
    started_at integer,
    path_at integer,                        -- went on by the address: no cookies
    cart_id text,
    return_document_id text,                -- what was last frozen for the way back
    created_at integer not null,
    returned_at integer,
    version integer not null,
    cookie_at integer
) strict;
insert into lean_session (id, organisation_id, partner_id, person_id, protocol, operation, state,
    buyer_cookie, cookie_sha256, return_url, return_target, charset, echo, wire, selected_item,
    start_hash, start_expires_at, started_at, path_at, cart_id, return_document_id, created_at,
    returned_at, version, cookie_at)
select id, organisation_id, partner_id, person_id, protocol, operation, state,
    buyer_cookie, cookie_sha256, return_url, return_target, charset, echo, wire, selected_item,
    start_hash, start_expires_at, started_at, path_at, cart_id, return_document_id, created_at,
    returned_at, version, cookie_at
from punchout_session;
drop table punchout_session;
alter table lean_session rename to punchout_session;
create index punchout_session_by_cookie on punchout_session (partner_id, cookie_sha256)
    where state = 'returned';
create index punchout_session_returned on punchout_session (organisation_id, returned_at)
    where state = 'returned';
