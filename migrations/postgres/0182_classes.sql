-- The organisation's own classification tree (UNSPSC or eCl@ss) is one more register: code, title
-- and the code above it.
alter table register_entry drop constraint register_entry_kind_check;
alter table register_entry add constraint register_entry_kind_check
    check (kind in ('groups', 'units', 'projects', 'suppliers', 'rates', 'classes'));
