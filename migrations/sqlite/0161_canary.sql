-- A live partner is asked once a day for its profile: when that was last, and what was wrong
-- (empty: it was well).
alter table partner_hold add column canary_at integer;
alter table partner_hold add column canary_said text not null default '';
