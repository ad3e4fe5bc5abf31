-- Whom a rule tells of a requisition without asking them.
create table watcher (
    requisition_id text not null references requisition (id),
    person_id text not null references person (id),
    round integer not null,                 -- of the plan that named them first
    because text not null,
    primary key (requisition_id, person_id)
) strict;
create index watcher_by_person on watcher (person_id, requisition_id);

-- What people attached to a requisition for those who sign it; a file of a line is an attachment
-- of its order and stands among those.
create table requisition_file (
    id text primary key,
    requisition_id text not null references requisition (id),
    person_id text not null references person (id),
    name text not null,
    content_type text not null,
    body blob not null,
    sha256 text not null,
    made_at integer not null
) strict;
create index requisition_file_by_requisition on requisition_file (requisition_id, id);
