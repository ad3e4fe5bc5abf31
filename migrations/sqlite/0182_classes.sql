-- The organisation's own classification tree (UNSPSC or eCl@ss) is one more register: code, title
-- and the code above it.
create table register_entry_next (
    organisation_id text not null references organisation (id),
    kind text not null
        check (kind in ('groups', 'units', 'projects', 'suppliers', 'rates', 'classes')),
    position integer not null,
    name text not null,                     -- group; person's e-mail; project's code; supplier; class
    value text not null,                    -- person's e-mail; unit; project's name; status; title
    owner text not null,                    -- e-mail of the contract's owner, of a supplier; the class above
    primary key (organisation_id, kind, position)
) strict;
insert into register_entry_next (organisation_id, kind, position, name, value, owner)
select organisation_id, kind, position, name, value, owner from register_entry;
drop table register_entry;
alter table register_entry_next rename to register_entry;
create index register_entry_by_name on register_entry (organisation_id, kind, name);
