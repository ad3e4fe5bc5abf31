-- Exchanges in which something went wrong, as the wire doctor shows them: without secrets, cut to
-- size, the newest of each organisation only. What went well stands in document.
create table wire_exchange (
    id text primary key,
    organisation_id text not null,          -- empty when nobody here can be named
    partner_id text not null,               -- likewise
    proven integer not null check (proven in (0, 1)),
    direction text not null check (direction in ('in', 'out')),
    channel text not null,                  -- cxml, oci, email
    kind text not null,
    sender text not null,                   -- as claimed
    payload_id text not null,
    about text not null,
    document_id text,                       -- where the document itself is kept
    content_type text not null,
    body blob not null,                     -- empty when document_id says where it is
    body_bytes integer not null,            -- before it was cut
    answer_type text not null,
    answer blob not null,
    http integer not null,                  -- 0 without an answer
    status integer,                         -- cXML status code
    cause text not null,
    findings text not null,                 -- JSON
    at integer not null
) strict;
create index wire_exchange_by_organisation on wire_exchange (organisation_id, id);
create index wire_exchange_by_time on wire_exchange (at);
