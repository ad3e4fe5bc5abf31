-- Rates of exchange are a register, too.
alter table register_entry drop constraint register_entry_kind_check;
alter table register_entry add constraint register_entry_kind_check
    check (kind in ('groups', 'units', 'projects', 'suppliers', 'rates'));
