-- Rates of exchange are a register, too. SQLite changes no check in place: the table is made anew.
create table register_entry_with_rates (
    organisation_id text not null references organisation (id),
    kind text not null check (kind in ('groups', 'units', 'projects', 'suppliers', 'rates')),
    position integer not null,
    name text not null,                     -- group; person's e-mail; project's code; supplier; EUR/USD
    value text not null,                    -- person's e-mail; unit; project's name; status; rate
    owner text not null,                    -- e-mail of the contract's owner; a rate's first day
    primary key (organisation_id, kind, position)
) strict;
insert into register_entry_with_rates (organisation_id, kind, position, name, value, owner)
select organisation_id, kind, position, name, value, owner from register_entry;
drop table register_entry;
alter table register_entry_with_rates rename to register_entry;
create index register_entry_by_name on register_entry (organisation_id, kind, name);
