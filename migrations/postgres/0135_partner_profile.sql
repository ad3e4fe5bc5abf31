-- What the other side's system wants: a shipped profile, and the connection's own lines over it.
alter table partner add column profile text not null default 'generic';
alter table partner add column profile_overrides text not null default '';   -- TOML
